internal import Foundation

/// A pack whose run ended before it was complete, held for this process alone: to be read, and then
/// to be continued. Nothing in it changes before ``reopen(software:keeping:)``.
public final class UnfinishedPack {
  public let path: String
  private let lock: OpenFile

  /// - Throws: ``PackError/Code/notContinuable`` when there is no run's record in the folder,
  ///   ``PackError/Code/inUse`` when another process writes to it.
  public init(_ path: String) throws(PackError) {
    self.path = path
    let record = path + "/" + PackWriter.eventsPath
    guard case .file = FileKind(at: record) else {
      throw PackError(
        .notContinuable, path: path, problem: "holds no run's record (\(PackWriter.eventsPath))",
        advice: "Name the folder that was given to --output.")
    }
    lock = try OpenFile(appendingTo: record)
    try lock.lock()
  }

  /// A run that came to its end sealed the pack, complete or partial.
  public var isSealed: Bool {
    if case .file = FileKind(at: path + "/" + Bag.tagManifestPath) { return true }
    return false
  }

  /// What is in it.
  public var reader: PackReader { PackReader(path) }

  /// What had to be taken away before the run could go on.
  public struct Repair: Hashable, Sendable, Encodable {
    /// Octets of a record that was not whole, by file.
    public internal(set) var cut: [String: Int] = [:]
    /// Files that were not finished, or that nothing in the run's record stands for.
    public internal(set) var removed: [String] = []
  }

  /// Makes the pack one that is being written: cuts what is not whole, takes the seal away, and reads
  /// the digests of what is there.
  /// - Parameter findings: the findings that count. Folders of others were left by a run that was
  ///   killed between a finding and its line.
  public func reopen(software: String, keeping findings: Set<String>) throws(PackError) -> (PackWriter, Repair) {
    var repair = Repair()
    // First what makes it look sealed.
    for name in PackSeal.paths + [Bag.tagManifestPath, Bag.manifestPath, Bag.infoPath, Bag.declarationPath] {
      if FileKind(at: path + "/" + name) != nil { try Folder.remove(path + "/" + name) }
    }
    let events = try cut(PackWriter.eventsPath, WholeLines(), &repair)
    _ = try cut(PackWriter.progressPath, WholeLines(), &repair)
    _ = try cut(PackWriter.capturePath, WholeBlocks(), &repair)
    try clear(findings, &repair)
    var written: [String: WrittenFile] = [:]
    let growing = [PackWriter.eventsPath, PackWriter.progressPath, PackWriter.capturePath]
    for entry in try PackTree.entries(of: path, below: Bag.payload) {
      guard case .file = entry.kind, let name = entry.path else {
        throw PackError(
          .altered, path: path + "/" + entry.shown, problem: "is no file that a run writes",
          advice: "Find out who put it there and move it away; then try again.")
      }
      guard !growing.contains(name) else { continue }
      let (digest, octets) = try SHA256.measure(file: path + "/" + name)
      written[name] = WrittenFile(digest: SHA256.hex(digest), octets: octets)
    }
    return (
      try PackWriter(
        continuing: self, software: software, written: written,
        chain: HashChain(after: events.lastLine, lines: events.lines)), repair
    )
  }

  /// Cuts a growing file to its whole records. One without any is removed, but for the run's record,
  /// which is held.
  private func cut<Records: WholeRecords>(
    _ name: String, _ records: Records, _ repair: inout Repair
  ) throws(PackError) -> Records {
    guard case .file(let octets) = FileKind(at: path + "/" + name) else { return records }
    let found = try PackReader.measure(path + "/" + name, records)
    if found.whole < octets {
      repair.cut[name] = octets - found.whole
      var file = try OpenFile(appendingTo: path + "/" + name)
      try file.cut(to: found.whole)
    }
    if found.whole == 0, name != PackWriter.eventsPath { try Folder.remove(path + "/" + name) }
    return found
  }

  /// Removes files that were not finished, findings that do not count, and folders that became empty.
  private func clear(_ findings: Set<String>, _ repair: inout Repair) throws(PackError) {
    for entry in try PackTree.entries(of: path, below: "") {
      guard let name = entry.path else { continue }
      let parts = name.split(separator: "/")
      let isOrphan = parts.count > 2 && parts[1] == "findings" && !findings.contains(String(parts[2]))
      guard parts.last.map(String.init) == PackWriter.unfinished || isOrphan else { continue }
      try Folder.remove(path + "/" + name)
      repair.removed.append(name)
    }
    // A folder may hold nothing but an empty folder.
    while let empty = try PackTree.entries(of: path, below: Bag.payload).first(where: { $0.kind == .folder }) {
      guard let name = empty.path else { break }
      try Folder.remove(path + "/" + name)
    }
  }
}

extension Folder {
  /// Removes a file, or a folder with what is in it, and makes that last.
  static func remove(_ path: String) throws(PackError) {
    do {
      try FileManager.default.removeItem(atPath: path)
    } catch {
      throw PackError(.write, path: path, problem: "cannot be removed: \((error as NSError).localizedDescription)")
    }
    guard let end = path.lastIndex(of: "/") else { return }
    try synchronise(String(path[..<end]))
  }
}
