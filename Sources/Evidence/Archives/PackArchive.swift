internal import Records

/// A pack as one file: a single folder in it, named by the run (RFC 8493 §5), with the pack's files sorted by name.
///
/// The same pack gives the same octets: no time but the run's end, no owner, no order of the disk.
public enum PackArchive {
  /// The two forms, by the ends of their names.
  public enum Form: String, Sendable, CaseIterable {
    case zip = ".zip"
    case tarZstandard = ".tar.zst"

    public init?(name: String) {
      guard let form = Self.allCases.first(where: { name.lowercased().hasSuffix($0.rawValue) }) else { return nil }
      self = form
    }
  }

  public struct Count: Hashable, Sendable {
    public internal(set) var files = 0
    public internal(set) var octets = 0
    /// The folder that holds them; empty where they lie at the top.
    public internal(set) var folder = ""
  }

  /// What an archive may at most hold. It is a stranger's.
  public struct Limits: Hashable, Sendable {
    public var files: Int
    public var octets: Int
    /// Octets for each of the archive's, once ``generous`` are out: no capture and no text packs that well.
    public var ratio: Int
    public var generous: Int
    /// What is left free on the disk.
    public var reserve: Int

    public init(
      files: Int = 500_000, octets: Int = 256 << 30, ratio: Int = 250, generous: Int = 4 << 30,
      reserve: Int = 64 << 20
    ) {
      self.files = files
      self.octets = octets
      self.ratio = ratio
      self.generous = generous
      self.reserve = reserve
    }
  }

  /// Writes a sealed pack as an archive.
  /// - Parameter verification: the pack's, which must be intact.
  /// - Throws: ``PackError`` when the pack cannot be read, or the archive exists or cannot be written; what was begun is taken away.
  public static func write(
    _ pack: String, _ verification: PackVerification, to archive: String, form: Form
  ) throws(PackError) -> Count {
    func fact(_ label: String) -> String? { verification.bagInfo.first { $0.label == label }?.value }
    guard verification.isIntact, let ended = fact("Tenken-Ended").flatMap({ Timestamp(rfc3339: $0) }) else {
      throw PackError(.altered, path: pack, problem: "does not verify", advice: "tenken evidence verify says why.")
    }
    var count = Count()
    count.folder = fact("External-Identifier").flatMap { folderName($0) } ?? "pack"
    let output = try ArchiveOutput(creating: archive, form: form, modified: ended.nanoseconds / 1_000_000_000)
    do throws(PackError) {
      // By whole paths: a folder's files would stand before `name.json` otherwise.
      let entries = try PackTree.entries(of: pack, below: "").sorted {
        $0.shown.utf8.lexicographicallyPrecedes($1.shown.utf8)
      }
      for entry in entries {
        guard let path = entry.path, case .file(let octets) = entry.kind else { continue }
        try output.add(pack + "/" + path, as: "\(count.folder)/\(path)", octets: octets)
        count.files += 1
        count.octets += octets
      }
      try output.finish()
    } catch {
      output.discard()
      throw error
    }
    return count
  }

  /// An identifier as a folder's name, or nil where it cannot be one.
  private static func folderName(_ identifier: String) -> String? {
    PayloadPath.objection(to: identifier) == nil && !identifier.utf8.contains(UInt8(ascii: "/")) ? identifier : nil
  }

  /// Unpacks an archive into a folder that is there and empty. Nothing is written outside of it, whatever the archive says.
  /// - Returns: the pack's folder in it, and what was unpacked.
  /// - Throws: ``PackError`` with the archive's path; what was written until then is left to the caller.
  public static func unpack(
    _ archive: String, into folder: String, limits: Limits = Limits()
  ) throws(PackError) -> (pack: String, count: Count) {
    var unpacking = try Unpacking(archive, into: folder, limits: limits)
    try unpacking.run()
    return (unpacking.pack, unpacking.count)
  }
}

/// One archive on its way into a folder.
private struct Unpacking {
  let archive: String
  let folder: String
  let limits: PackArchive.Limits
  private let input: ArchiveInput
  private let most: Int
  private var made: Set<[UInt8]> = []
  private var folders: Set<[UInt8]> = []
  /// The first parts of all names.
  private var tops: Set<[UInt8]> = []
  private var hasTopFile = false
  private(set) var count = PackArchive.Count()

  init(_ archive: String, into folder: String, limits: PackArchive.Limits) throws(PackError) {
    guard case .file(let packed) = FileKind(at: archive) else {
      throw PackError(.read, path: archive, problem: "is neither a folder nor an archive")
    }
    self.archive = archive
    self.folder = folder
    self.limits = limits
    let byRatio = max(limits.generous, packed.multipliedReportingOverflow(by: limits.ratio).partialValue)
    most = min(limits.octets, byRatio, max(0, try Folder.free(folder) - limits.reserve))
    input = try ArchiveInput(archive)
  }

  /// One folder holds everything, or the bag's files lie at the top.
  var pack: String {
    guard !hasTopFile, tops.count == 1, let top = tops.first else { return folder }
    return folder + "/" + String(decoding: top, as: UTF8.self)
  }

  private func refusal(_ problem: String, advice: String = "Ask for the archive anew.") -> PackError {
    PackError(.archive, path: archive, problem: problem, advice: advice)
  }

  mutating func run() throws(PackError) {
    while let entry = try input.next() {
      guard var name = String(validating: entry.name, as: UTF8.self) else {
        throw refusal("holds a name that is not UTF-8")
      }
      if entry.kind == .folder, name.hasSuffix("/") { name.removeLast() }
      let shown = PackTree.shown(String(name.prefix(200)))
      if let objection = PayloadPath.objection(to: name) {
        throw refusal("holds a file whose name \(objection): \(shown)")
      }
      count.files += 1
      guard count.files <= limits.files else { throw refusal("holds more than \(limits.files) entries") }
      switch entry.kind {
      case .folder: try makeFolders(name.utf8[...])
      case .file: try unpack(name, entry.octets, shown)
      case .other: throw refusal("holds a link, device or pipe: \(shown)")
      case .encrypted:
        throw refusal("is encrypted", advice: "Unpack it with the program that made it, and name the folder.")
      }
    }
    guard count.files > 0 else { throw refusal("is empty") }
    count.folder = tops.count == 1 && !hasTopFile ? String(decoding: tops.first ?? [], as: UTF8.self) : ""
  }

  private mutating func unpack(_ name: String, _ octets: Int?, _ shown: String) throws(PackError) {
    guard made.insert(Array(name.utf8)).inserted else { throw refusal("holds two files of one name: \(shown)") }
    if let octets, octets > most - count.octets { throw tooMuch() }
    if let end = name.utf8.lastIndex(of: UInt8(ascii: "/")) {
      try makeFolders(name.utf8[..<end])
    } else {
      hasTopFile = true
    }
    var file = try OpenFile(creating: folder + "/" + name)
    while let piece = try input.read(atMost: 1 << 18) {
      count.octets += piece.count
      guard count.octets <= most else { throw tooMuch() }
      try file.append(piece)
    }
  }

  private func tooMuch() -> PackError {
    refusal(
      "holds more than \(most) octets, which is more than may be unpacked here",
      advice:
        "Free space below \(folder), or set TMPDIR to a larger disk; where the archive's own size is far smaller, do not trust it."
    )
  }

  private mutating func makeFolders(_ path: Substring.UTF8View) throws(PackError) {
    let parts = path.split(separator: UInt8(ascii: "/"))
    for number in parts.indices {
      let part = Array(parts[...number].joined(separator: [UInt8(ascii: "/")]))
      if number == 0 { tops.insert(part) }
      guard folders.insert(part).inserted else { continue }
      try Folder.make(folder + "/" + String(decoding: part, as: UTF8.self))
    }
  }
}
