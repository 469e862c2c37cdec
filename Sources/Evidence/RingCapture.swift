internal import Records
internal import Wire

/// Every frame of a run, in files of bounded size of which the oldest give way to new ones.
///
/// Frames are written in pieces: what a kill leaves is whole blocks, and less than the last piece is lost.
final class RingCapture {
  static let folder = "data/capture"
  /// Files in the ring, so that with a new one only a part of the capture is given up.
  static let files = 8
  private static let piece = 1 << 16

  /// A file that gave way.
  struct Dropped: Encodable, Sendable {
    let file: String
    let octets: Int
    let frames: Int
    let sha256: String
  }

  private struct Growing {
    let name: String
    let capture: GrowingCapture
    var frames = 0
  }

  private let pack: String
  private let software: String
  private let comment: String?
  /// Octets of a file at which the next is begun.
  private let limit: Int
  private var number: Int
  private var current: Growing?
  private var ended: [(name: String, file: WrittenFile, frames: Int)] = []

  /// - Parameters:
  ///   - octets: of all files of the ring together.
  ///   - after: the number of the last file of an earlier part of the run, whose files stay as they are.
  init(pack: String, software: String, comment: String?, octets: Int, after: Int) {
    self.pack = pack
    self.software = software
    self.comment = comment
    limit = max(1 << 20, octets / Self.files)
    number = after
  }

  /// Adds a frame, and tells what gave way to it.
  func append(
    _ frame: CapturedFrame, _ interface: CaptureInterface, comment: String?
  ) throws(PackError) -> [Dropped] {
    var dropped: [Dropped] = []
    if let current, current.capture.octets >= limit { dropped = try turn() }
    if current == nil { try begin() }
    try current?.capture.append(frame, interface, comment: comment)
    current?.frames += 1
    return dropped
  }

  func synchroniseData() throws(PackError) { try current?.capture.synchroniseData() }

  /// Ends the ring; what it holds, by path in the pack.
  func seal() throws(PackError) -> [String: WrittenFile] {
    if let current { ended.append((current.name, try current.capture.seal(), current.frames)) }
    current = nil
    return Dictionary(ended.map { ($0.name, $0.file) }, uniquingKeysWith: { first, _ in first })
  }

  private func begin() throws(PackError) {
    number += 1
    let name = "\(Self.folder)/\(numbered("everything-", number, digits: 6)).pcapng"
    try Folder.make(pack + "/" + Self.folder)
    let capture = try GrowingCapture(
      creating: pack + "/" + name, application: software, comment: comment, piece: Self.piece)
    try Folder.synchronise(pack + "/" + Self.folder)
    current = Growing(name: name, capture: capture)
  }

  private func turn() throws(PackError) -> [Dropped] {
    guard let full = current else { return [] }
    ended.append((full.name, try full.capture.seal(), full.frames))
    current = nil
    var dropped: [Dropped] = []
    while ended.count >= Self.files {
      let oldest = ended.removeFirst()
      try Folder.remove(pack + "/" + oldest.name)
      dropped.append(
        Dropped(
          file: oldest.name, octets: oldest.file.octets, frames: oldest.frames, sha256: oldest.file.digest))
    }
    return dropped
  }

  /// The number in a file's path; nil where it is none of a ring.
  static func number(in path: String) -> Int? {
    guard path.hasPrefix("\(folder)/everything-"), path.hasSuffix(".pcapng") else { return nil }
    return Int(path.dropFirst(folder.count + 12).dropLast(7))
  }
}
