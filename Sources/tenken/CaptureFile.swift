internal import Foundation
internal import WiFiAudit
internal import Wire

/// The octets of a capture file that a user names: read in pieces, each frame handed on and forgotten.
struct CaptureOctets {
  /// Octets that are read at a time.
  private static let piece = 1 << 20

  private let path: String

  init(_ path: String) { self.path = path }

  /// Hands out every frame of the file.
  /// - Returns: where and why it breaks off; nil for one that is whole.
  /// - Throws: ``CommandFailure`` for a file that cannot be read or is no capture: that is the user's mistake.
  @discardableResult
  func read(_ take: (CaptureStream.Frame, Span<UInt8>) -> Void) throws -> CaptureStream.Fault? {
    var stream = CaptureStream()
    do {
      let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      defer { try? file.close() }
      while let data = try file.read(upToCount: Self.piece), !data.isEmpty { try stream.feed(Array(data), take) }
      try stream.finish()
      return nil
    } catch let fault as CaptureStream.Fault {
      try refuse(fault)
      return fault
    } catch {
      throw CommandFailure(
        .usage, "the capture \(path) cannot be read: \((error as NSError).localizedDescription) Name an existing file.")
    }
  }

  private func refuse(_ fault: CaptureStream.Fault) throws {
    switch fault.kind {
    case .truncated, .malformed: return
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

/// A capture of 802.11.
struct CaptureFile {
  private let path: String

  init(_ path: String) { self.path = path }

  /// Hears every frame of the file. One that breaks off is heard up to there, which the hearing tells.
  func hear(_ hearing: inout WiFiHearing) throws {
    hearing.begin(WiFiSource(.file, name: path))
    let fault = try CaptureOctets(path).read { frame, octets in
      if let type = RadioHeader.LinkType(rawValue: frame.linkType) {
        hearing.take(octets, type, at: frame.time)
      } else {
        hearing.passOver(frame.linkType)
      }
    }
    switch fault?.kind {
    case .truncated: hearing.breakOff(.truncated(at: fault?.offset ?? 0))
    case .malformed: hearing.breakOff(.malformed(at: fault?.offset ?? 0))
    case .noCapture, .compressed, nil: break
    }
  }
}
