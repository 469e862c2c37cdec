internal import Foundation
internal import LinkIO

/// Where this computer keeps what outlives a run: TENKEN_STATE, /var/lib/tenken for root, else below the user's state folder
/// (file-hierarchy(7), XDG Base Directory).
enum StateFolder {
  static var path: String {
    let environment = ProcessInfo.processInfo.environment
    if let named = environment["TENKEN_STATE"], named.hasPrefix("/") { return named }
    if geteuid() == 0 { return "/var/lib/tenken" }
    let state = environment["XDG_STATE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
    return (state ?? FileManager.default.homeDirectoryForCurrentUser.path + "/.local/state") + "/tenken"
  }

  /// Makes a folder of it, for its owner only.
  static func make(_ name: String = "") throws -> String {
    let folder = name.isEmpty ? path : "\(path)/\(name)"
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    return folder
  }

  /// The same of everything that a run by root may have made there; packs are handed over one by one.
  static func handOver() {
    guard geteuid() == 0, let owner = try? FileManager.default.attributesOfItem(atPath: path)[.ownerAccountID] as? Int,
      owner != 0
    else { return }
    let below = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    for name in below where name != "packs" {
      let whole = (try? FileManager.default.subpathsOfDirectory(atPath: "\(path)/\(name)")) ?? []
      inheritOwner("\(path)/\(name)")
      for file in whole { inheritOwner("\(path)/\(name)/\(file)") }
    }
  }

  /// What root leaves in a folder of the service's user belongs to that user, who has to go on with it.
  static func inheritOwner(_ file: String) {
    guard geteuid() == 0 else { return }
    let folder = URL(fileURLWithPath: file).deletingLastPathComponent().path
    guard let attributes = try? FileManager.default.attributesOfItem(atPath: folder),
      let owner = attributes[.ownerAccountID], let group = attributes[.groupOwnerAccountID]
    else { return }
    try? FileManager.default.setAttributes(
      [.ownerAccountID: owner, .groupOwnerAccountID: group], ofItemAtPath: file)
  }
}

/// Keeps runs of this computer apart: two at once would give each device twice what its budget allows.
///
/// Runs that people start share it, since they see what they do; a scheduled run has it alone.
final class RunLock {
  private let file: FileHandle

  static var path: String { StateFolder.path + "/run.lock" }

  private init(_ file: FileHandle) { self.file = file }

  private static func open() throws -> FileHandle {
    _ = try StateFolder.make()
    if !FileManager.default.fileExists(atPath: path) {
      _ = FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
      StateFolder.inheritOwner(path)
    }
    return try FileHandle(forUpdating: URL(fileURLWithPath: path))
  }

  /// For a run that somebody starts.
  /// - Returns: nil where this user can keep no lock; then no schedule of this user runs either.
  /// - Throws: ``CommandFailure`` while a scheduled run has it.
  static func shared() throws -> RunLock? {
    guard let file = try? open() else { return nil }
    guard flock(file.fileDescriptor, LOCK_SH | LOCK_NB) != 0 else { return RunLock(file) }
    guard errno == EWOULDBLOCK else { return nil }
    throw CommandFailure(
      .notPermitted,
      "a scheduled run is under way (\(holder(file))); wait until it has ended (tenken schedule list).\nNothing was sent."
    )
  }

  /// For a scheduled run.
  /// - Returns: who has it, when it cannot be had.
  static func alone(_ name: String) throws -> (lock: RunLock?, holder: String?) {
    let file = try open()
    guard flock(file.fileDescriptor, LOCK_EX | LOCK_NB) == 0 else {
      return (nil, errno == EWOULDBLOCK ? holder(file) : "flock: error \(errno)")
    }
    let note = "schedule \(name), process \(ProcessInfo.processInfo.processIdentifier)\n"
    try file.truncate(atOffset: 0)
    try file.write(contentsOf: Data(note.utf8))
    return (RunLock(file), nil)
  }

  /// Only a hint for people: shared holders do not write it.
  private static func holder(_ file: FileHandle) -> String {
    try? file.seek(toOffset: 0)
    let text = (try? file.read(upToCount: 200)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    let line = text.split(separator: "\n").first.map(String.init) ?? ""
    let process = line.split(separator: " ").last.flatMap { Int32($0) }
    guard let process, kill(process, 0) == 0 || errno == EPERM else { return "an audit that somebody started" }
    return line
  }

  deinit {
    try? file.truncate(atOffset: 0)
    try? file.close()
  }
}
