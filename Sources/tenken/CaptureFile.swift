internal import Foundation
internal import WiFiAudit
internal import Wire

/// A capture file that a user names: read in pieces, each frame handed on and forgotten.
struct CaptureFile {
  /// Octets that are read at a time.
  private static let piece = 1 << 20

  private let path: String

  init(_ path: String) { self.path = path }

  /// Hears every frame of the file.
  ///
  /// A file that breaks off is heard up to there, which the hearing tells.
  /// - Throws: ``CommandFailure`` for a file that cannot be read or is no capture.
  func hear(_ hearing: inout WiFiHearing) throws {
    hearing.begin(WiFiSource(.file, name: path))
    var stream = CaptureStream()
    do {
      let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      defer { try? file.close() }
      while let data = try file.read(upToCount: Self.piece), !data.isEmpty {
        try stream.feed(Array(data)) { frame, octets in
          if let type = RadioHeader.LinkType(rawValue: frame.linkType) {
            hearing.take(octets, type, at: frame.time)
          } else {
            hearing.passOver(frame.linkType)
          }
        }
      }
      try stream.finish()
    } catch let fault as CaptureStream.Fault {
      try settle(fault, &hearing)
    } catch {
      throw CommandFailure(
        .usage, "the capture \(path) cannot be read: \((error as NSError).localizedDescription) Name an existing file.")
    }
  }

  /// What is no capture at all is the user's mistake; one that breaks off is heard as far as it goes.
  private func settle(_ fault: CaptureStream.Fault, _ hearing: inout WiFiHearing) throws {
    switch fault.kind {
    case .truncated: hearing.breakOff(.truncated(at: fault.offset))
    case .malformed: hearing.breakOff(.malformed(at: fault.offset))
    case .noCapture:
      throw CommandFailure(
        .usage,
        "\(path) is no capture of pcap or pcapng: its first octets at offset \(fault.offset) are those of neither. "
          + "Name a file that tcpdump, dumpcap or Wireshark wrote.")
    case .compressed:
      throw CommandFailure(
        .usage, "\(path) is compressed (offset \(fault.offset)). Unpack it, and name the capture in it.")
    }
  }
}
