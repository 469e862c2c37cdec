/// Reads what a run left below `data/`; changes nothing.
public struct PackReader: Sendable {
  public let path: String

  public init(_ path: String) { self.path = path }

  /// A file below `data/`, whole; nil when there is none.
  public func octets(of relativePath: String) throws(PackError) -> [UInt8]? {
    let name = path + "/data/" + relativePath
    guard case .file = FileKind(at: name) else { return nil }
    let file = try OpenFile(reading: name)
    var octets: [UInt8] = []
    while let piece = try file.read(atMost: 1 << 16) { octets += piece }
    return octets
  }

  /// Hands out the whole lines of a file below `data/`, without their line feeds, one after the other.
  public func lines(of relativePath: String, _ body: (ArraySlice<UInt8>) throws -> Void) throws {
    let name = path + "/data/" + relativePath
    guard case .file = FileKind(at: name) else { return }
    var lines = try OpenLines(name)
    while let line = try lines.next() { try body(line) }
  }

  /// The files below `data/`, relative to it, sorted.
  public func files() throws(PackError) -> [String] {
    try PackTree.entries(of: path, below: Bag.payload).compactMap { entry in
      guard case .file = entry.kind else { return nil }
      return entry.path.map { String($0.dropFirst(Bag.payload.count + 1)) }
    }
  }

  static func measure<Records: WholeRecords>(_ name: String, _ records: Records) throws(PackError) -> Records {
    var records = records
    let file = try OpenFile(reading: name)
    while let piece = try file.read(atMost: 1 << 16), records.take(piece) {}
    return records
  }
}

/// The whole lines of a file, one after the other, in a memory of a few of them.
struct OpenLines: ~Copyable {
  private let file: OpenFile
  /// Octets up to the last line feed that are still to be read.
  private var left: Int
  private var rest: [UInt8] = []
  private var start = 0

  init(_ path: String) throws(PackError) {
    let whole = try PackReader.measure(path, WholeLines()).whole
    file = try OpenFile(reading: path)
    left = whole
  }

  /// The next line without its line feed; nil after the last.
  mutating func next() throws(PackError) -> ArraySlice<UInt8>? {
    while true {
      if let end = rest[start...].firstIndex(of: 0x0a) {
        defer { start = end + 1 }
        return rest[start..<end]
      }
      rest.removeFirst(start)
      start = 0
      guard left > 0, let piece = try file.read(atMost: 1 << 20) else { return nil }
      rest += piece.prefix(left)
      left -= min(left, piece.count)
    }
  }
}
