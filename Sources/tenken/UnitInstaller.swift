internal import Foundation
internal import Schedules

/// Puts the units of a schedule where systemd looks, or says what cron needs.
struct UnitInstaller {
  static let folder = "/etc/systemd/system"
  static let users = "/etc/sysusers.d/tenken.conf"

  private let units: SystemdUnits
  private let cron: String
  private let target: String
  private let scope: String

  /// - Throws: ``CommandFailure`` for a name that no user can have.
  init(_ schedule: Schedule, _ place: SchedulePlace, user: String, folder: String, audit: ScheduledAudit) throws {
    guard !user.isEmpty,
      user.utf8.allSatisfy({ octet in
        (0x30...0x39).contains(octet) || (0x61...0x7a).contains(octet) || octet == 0x2d || octet == 0x5f
      })
    else { throw CommandFailure(.usage, "--user \(user.debugDescription) is no name of a user") }
    let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "/usr/bin/tenken"
    let profiles = try RunOptions.locateProfiles(audit.command.options.profiles)
    var reads = [program, place.folder, schedule.directory, URL(fileURLWithPath: profiles).standardizedFileURL.path]
    if let notices = schedule.notices { reads.append(URL(fileURLWithPath: notices).deletingLastPathComponent().path) }
    let hidden = ["/home", "/root", "/run/user", "/tmp", "/var/tmp"]
    units = SystemdUnits(
      schedule,
      .init(
        program: program, schedules: place.folder, user: user, profiles: reads[3],
        reads: Set(reads).sorted().filter { path in hidden.contains { path.hasPrefix("\($0)/") || path == $0 } },
        writes: schedule.packs.hasPrefix("/var/lib/tenken/") ? [] : [schedule.packs]))
    cron = Crontab.text(program: program, schedules: place.folder, user: "root")
    target = folder
    scope = URL(fileURLWithPath: audit.command.options.scope).path
  }

  /// The service is another user: what nobody but root may read keeps it from running.
  private func warn() {
    for path in [scope, units.schedule.directory] {
      let mode = (try? FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int) ?? 0
      guard mode & 0o004 == 0, units.place.user != "root" else { continue }
      complain("\(path) can only be read by its owner and group; see that the user \(units.place.user) can read it")
    }
  }

  /// systemd is what this computer was started with (sd_booted(3)).
  private static var isBooted: Bool { FileManager.default.fileExists(atPath: "/run/systemd/system") }

  func preview(_ schedule: String, _ file: String) -> String {
    let parts = [
      (file, schedule), ("\(target)/\(units.serviceName)", units.service),
      ("\(target)/\(units.timerName)", units.timer),
      (Self.users, units.user), ("/etc/cron.d/tenken (instead, without systemd)", cron),
    ]
    return parts.map { "==> \($0) <==\n\($1)" }.joined(separator: "\n")
  }

  /// Name and text of each unit.
  private var texts: [(name: String, text: String)] {
    let audit = [(units.serviceName, units.service), (units.timerName, units.timer)]
    guard let service = units.noticesService else { return audit }
    return audit + [(units.noticesServiceName, service), (units.noticesTimerName, units.noticesTimer)]
  }

  /// - Throws: ``CommandFailure``; the schedule's file is there by then, and can be run by hand or by cron.
  func install() throws {
    guard Self.isBooted || target != Self.folder else {
      complain("systemd does not run here; for cron, put this into /etc/cron.d/tenken:\n\(cron)")
      return
    }
    warn()
    for (name, text) in texts { try Self.write(text, to: "\(target)/\(name)") }
    guard Self.isBooted, target == Self.folder else { return }
    if units.place.user == "tenken" {
      try Self.write(units.user, to: Self.users)
      try Self.start("systemd-sysusers", [Self.users])
    }
    for folder in units.place.writes where !FileManager.default.fileExists(atPath: folder) {
      // The service cannot make what lies outside of its own folder, and does not start without it.
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      try FileManager.default.setAttributes(
        [.ownerAccountName: units.place.user, .groupOwnerAccountName: units.place.user], ofItemAtPath: folder)
    }
    try Self.start("systemctl", ["daemon-reload"])
    try Self.start("systemctl", ["enable", "--now"] + texts.map(\.name).filter { $0.hasSuffix(".timer") })
  }

  static func remove(_ name: String, from folder: String) throws {
    let timers = ["tenken-\(name).timer", "tenken-\(name)-notices.timer"]
    let paths = (timers + ["tenken-\(name).service", "tenken-\(name)-notices.service"]).map { "\(folder)/\($0)" }
    // Somebody else's unit of that name is left alone.
    let ours = paths.filter { path in
      FileManager.default.contents(atPath: path)?.starts(with: Data(SystemdUnits.mark.utf8)) == true
    }
    let isRunning = isBooted && folder == Self.folder && !ours.isEmpty
    if isRunning {
      try start("systemctl", ["disable", "--now"] + timers.filter { ours.contains("\(folder)/\($0)") })
    }
    for path in ours { try FileManager.default.removeItem(atPath: path) }
    if isRunning { try start("systemctl", ["daemon-reload"]) }
  }

  private static func write(_ text: String, to path: String) throws {
    if let there = FileManager.default.contents(atPath: path), !there.starts(with: Data(SystemdUnits.mark.utf8)) {
      throw CommandFailure(.usage, "\(path) is there already and not of tenken; it was left as it is")
    }
    do {
      try FileManager.default.createDirectory(
        atPath: URL(fileURLWithPath: path).deletingLastPathComponent().path, withIntermediateDirectories: true)
      try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
      try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
    } catch {
      throw CommandFailure(
        .notPermitted,
        "\(path) cannot be written: \((error as NSError).localizedDescription) Run it with sudo, or see --print.")
    }
  }

  private static func start(_ program: String, _ words: [String]) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + words
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw CommandFailure(
        .failed, "\(program) \(words.joined(separator: " ")) failed with status \(process.terminationStatus)")
    }
  }
}
