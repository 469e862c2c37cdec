internal import Wire

/// A file that grows during the run, with the digest of what has been written to it.
final class GrowingFile {
  private var file: OpenFile
  private var hash: SHA256? = SHA256()

  init(creating path: String) throws(PackError) { file = try OpenFile(creating: path) }

  /// Goes on with a file that holds whole records.
  init(continuing path: String) throws(PackError) {
    file = try OpenFile(appendingTo: path)
    let existing = try OpenFile(reading: path)
    while let piece = try existing.read(atMost: 65_536) { hash?.update(piece) }
  }

  /// Takes the file for this process alone.
  func lock() throws(PackError) { try file.lock() }

  var octets: Int { file.length }

  func append(_ octets: [UInt8]) throws(PackError) {
    try file.append(octets)
    hash?.update(octets)
  }

  func synchroniseData() throws(PackError) { try file.synchroniseData() }

  /// Puts everything on the disk; nothing may be appended afterwards.
  func seal() throws(PackError) -> WrittenFile {
    try file.synchronise()
    guard let hash = hash.take() else {
      throw PackError(.closed, path: file.path, problem: "was closed before")
    }
    return WrittenFile(digest: SHA256.hex(hash.finish()), octets: file.length)
  }
}

/// A file as it was written or read.
struct WrittenFile: Hashable {
  /// SHA-256 in lower-case hexadecimal.
  let digest: String
  let octets: Int
}

/// A capture file that grows during the run. Interfaces are described at their first frame.
final class GrowingCapture {
  private let file: GrowingFile
  private var interfaces: [CaptureInterface] = []
  /// Whole blocks that are not written yet; never more than ``piece``.
  private var waiting: [UInt8] = []
  /// Octets that are written at once; 0 for each block by itself.
  private let piece: Int

  /// - Parameter comment: on the whole file, such as how its clock was kept.
  init(creating path: String, application: String, comment: String? = nil, piece: Int = 0) throws(PackError) {
    file = try GrowingFile(creating: path)
    self.piece = piece
    try file.append(PcapNG.sectionHeader(application: application, operatingSystem: "Linux", comment: comment))
  }

  /// Goes on with a file that holds whole blocks. A section of its own numbers the interfaces anew
  /// (draft-ietf-opsawg-pcapng §4.1).
  init(continuing path: String, application: String, comment: String? = nil) throws(PackError) {
    file = try GrowingFile(continuing: path)
    piece = 0
    try file.append(PcapNG.sectionHeader(application: application, operatingSystem: "Linux", comment: comment))
  }

  /// Written or waiting to be.
  var octets: Int { file.octets + waiting.count }

  func append(_ frame: CapturedFrame, _ interface: CaptureInterface, comment: String?) throws(PackError) {
    try put(PcapNG.enhancedPacket(frame, interface: try number(of: interface), comment: comment))
  }

  private func put(_ block: [UInt8]) throws(PackError) {
    guard piece > 0 else { return try file.append(block) }
    waiting += block
    if waiting.count >= piece { try flush() }
  }

  private func flush() throws(PackError) {
    guard !waiting.isEmpty else { return }
    try file.append(waiting)
    waiting.removeAll(keepingCapacity: true)
  }

  func appendStatistics(
    _ interface: CaptureInterface, at nanoseconds: Int64, received: Int, dropped: Int
  ) throws(PackError) {
    try put(
      PcapNG.interfaceStatistics(
        interface: try number(of: interface), at: nanoseconds, received: UInt64(clamping: received),
        dropped: UInt64(clamping: dropped)))
  }

  func synchroniseData() throws(PackError) {
    try flush()
    try file.synchroniseData()
  }

  func seal() throws(PackError) -> WrittenFile {
    try flush()
    return try file.seal()
  }

  private func number(of interface: CaptureInterface) throws(PackError) -> UInt32 {
    if let known = interfaces.firstIndex(of: interface) { return UInt32(known) }
    try put(interface.description)
    interfaces.append(interface)
    return UInt32(interfaces.count - 1)
  }
}

/// Where and how frames were captured; it becomes an interface description in the capture files.
public struct CaptureInterface: Hashable, Sendable {
  public let name: String
  /// The capture filter in libpcap's language; nil when every frame was taken.
  public let filter: String?
  /// The most octets kept of a frame; 0 for no limit.
  public let snapLength: Int

  public init(name: String, filter: String? = nil, snapLength: Int = 0) {
    self.name = name
    self.filter = filter
    self.snapLength = snapLength
  }

  /// The pcapng block.
  var description: [UInt8] {
    PcapNG.interfaceDescription(name: name, filter: filter, snapLength: UInt32(clamping: snapLength))
  }
}
