internal import ArgumentParser
internal import Documents
internal import Foundation
internal import Records
internal import Schedules

/// Where schedules lie, a file each, and what became of their turns.
struct SchedulePlace: ParsableArguments {
  @Option(
    help:
      "Folder of schedules (default: TENKEN_SCHEDULES, else /etc/tenken/schedules or your configuration folder) / 定期検査の設定フォルダー"
  )
  var schedules: String?

  var folder: String { URL(fileURLWithPath: schedules ?? Self.standard).standardizedFileURL.path }

  static var standard: String {
    let environment = ProcessInfo.processInfo.environment
    if let named = environment["TENKEN_SCHEDULES"], !named.isEmpty { return named }
    if geteuid() == 0 { return "/etc/tenken/schedules" }
    let configuration = environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
    return (configuration ?? FileManager.default.homeDirectoryForCurrentUser.path + "/.config") + "/tenken/schedules"
  }

  func file(_ name: String) -> String { "\(folder)/\(name).yaml" }

  /// All of them by name; files that cannot be read are told and left out.
  func all() -> [Schedule] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasSuffix(".yaml") }.sorted().compactMap { name in
      do {
        return try read(String(name.dropLast(5)))
      } catch {
        complain((error as? CommandFailure)?.message ?? "\(error)")
        return nil
      }
    }
  }

  /// - Throws: ``CommandFailure``, also for a file that others than its owner may write: they could have this user audit anything.
  func read(_ name: String) throws -> Schedule {
    let path = file(name)
    guard Schedule.isName(name), FileManager.default.fileExists(atPath: path) else {
      throw CommandFailure(
        .usage, "there is no schedule \(name.debugDescription) in \(folder); tenken schedule list shows them")
    }
    let mode = (try? FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int) ?? 0
    guard mode & 0o022 == 0 else {
      throw CommandFailure(
        .usage, "\(path) can be written by others (mode \(String(mode, radix: 8))); run chmod go-w \(path)")
    }
    let schedule: Schedule
    do throws(DocumentError) {
      schedule = try Schedule(parsing: try Self.octets(path), file: path)
    } catch {
      throw CommandFailure(.usage, "\(error)")
    }
    guard schedule.name == name else {
      throw CommandFailure(.usage, "\(path) is of the schedule \(schedule.name); give file and schedule one name")
    }
    return schedule
  }

  private static func octets(_ path: String) throws(DocumentError) -> [UInt8] {
    guard let octets = FileManager.default.contents(atPath: path) else {
      throw DocumentError(.missing, file: path, problem: "it cannot be read", remedy: "check its permissions")
    }
    return Array(octets)
  }

  /// Changes one line of a schedule's file, and leaves what its owner wrote around it.
  /// - Parameter schedule: as it is to read afterwards.
  func amend(_ schedule: Schedule, _ key: String, _ value: String) throws {
    let path = file(schedule.name)
    let text = String(decoding: try contents(of: path, what: "the schedule"), as: UTF8.self)
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if lines.last == "" { lines.removeLast() }
    if let line = lines.firstIndex(where: { $0.hasPrefix("\(key):") }) {
      lines[line] = "\(key): \(value)"
    } else {
      lines.append("\(key): \(value)")
    }
    let changed = lines.map { $0 + "\n" }.joined()
    guard let read = try? Schedule(parsing: Array(changed.utf8), file: path), read == schedule else {
      throw CommandFailure(
        .failed,
        "\(path) is written in a way that is not understood well enough to change it; set \(key): \(value) in it")
    }
    try write(changed, to: path)
  }

  func write(_ schedule: Schedule) throws {
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
    try write(schedule.yaml, to: file(schedule.name))
  }

  private func write(_ text: String, to path: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
  }
}

/// What became of a schedule's turns: a JSON object a line, each on the disk before anything else is done.
struct ScheduleJournal {
  let path: String

  init(_ name: String) { path = "\(StateFolder.path)/schedules/\(name).jsonl" }

  /// - Throws: ``CommandFailure`` for a line that cannot be read, but for the last: a computer that was switched off while it was
  ///   written leaves a part.
  func entries() throws -> [ScheduleEntry] {
    guard FileManager.default.fileExists(atPath: path) else { return [] }
    let lines = try contents(of: path, what: "the journal").split(separator: 0x0a)
    let decoder = JSONDecoder()
    return try lines.enumerated().compactMap { number, line in
      if let entry = try? decoder.decode(ScheduleEntry.self, from: Data(line)) { return entry }
      guard number == lines.count - 1 else {
        throw CommandFailure(
          .failed,
          "\(path):\(number + 1) is no line of a journal; move the file away to begin anew (turns may then come twice)")
      }
      return nil
    }
  }

  func append(_ entries: [ScheduleEntry]) throws {
    guard !entries.isEmpty else { return }
    _ = try StateFolder.make("schedules")
    if !FileManager.default.fileExists(atPath: path) {
      _ = FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
      StateFolder.inheritOwner(path)
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
    defer { try? file.close() }
    let end = try file.seekToEnd()
    var octets = Data()
    // A part of a line that was left behind does not swallow the next one.
    if end > 0 {
      try file.seek(toOffset: end - 1)
      if try file.read(upToCount: 1) != Data([0x0a]) { octets.append(0x0a) }
    }
    for entry in entries { octets += try encoder.encode(entry) + Data([0x0a]) }
    try file.write(contentsOf: octets)
    try file.synchronize()
  }
}

/// A zone of this computer's zone database.
struct SystemZone: ZoneRules {
  private let zone: TimeZone

  /// - Throws: ``CommandFailure`` for a name that the database does not have.
  init(_ calendar: CalendarExpression) throws {
    let name = calendar.zone ?? Self.local
    guard let zone = TimeZone(identifier: name) else {
      throw CommandFailure(
        .usage, "\(name.debugDescription) is no time zone; write one such as Asia/Tokyo (timedatectl list-timezones)")
    }
    self.zone = zone
  }

  /// This computer's own.
  static var local: String {
    let name = TimeZone.current.identifier
    return name == "GMT" ? "UTC" : name
  }

  func offset(at moment: Timestamp) -> Int {
    zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(moment.nanoseconds / 1_000_000_000)))
  }
}
