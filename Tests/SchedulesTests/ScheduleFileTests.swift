import Documents
import Records
import Schedules
import Testing

/// The file of a schedule, and the units that are made of it.
@Suite struct ScheduleFileTests {
  private static func schedule() throws -> Schedule {
    var schedule = try TurnTests.schedule("Mon *-*-* 22:00 Asia/Tokyo", randomDelay: 600, patience: 43_200)
    schedule.audit = ["10.0.0.0/24", "--scope", "a \"b\" \\ %n $HOME\n#: ü 日本.yaml"]
    schedule.network = .init(gateway: "00:11:22:33:44:55", ssid: "plant: #1", dhcpServer: "10.0.0.1")
    schedule.retention = .init(days: 400, runs: 60)
    (schedule.notices, schedule.determinations) = ("/etc/tenken/notices.yaml", "/etc/tenken/d.yaml")
    schedule.continueWithin = 129_600
    (schedule.needsMains, schedule.isEnabled) = (true, false)
    return schedule
  }

  @Test func `a schedule reads as it was written, whatever stands in it`() throws {
    let schedule = try Self.schedule()
    #expect(try Schedule(parsing: Array(schedule.yaml.utf8), file: "weekly.yaml") == schedule)
  }

  @Test(arguments: [
    ("calendar: \"Mon *-*-* 22:00\"", "time zone"), ("calendar: \"Mox 22:00 UTC\"", "Mox"),
    ("patience: 604801", "week"), ("patience: -1", "week"), ("directory: \"etc\"", "absolute"),
    ("scopeSHA256: \"abc\"", "SHA-256"), ("created: \"2026-11-30\"", "offset"), ("packs: \"packs\"", "absolute"),
    ("network: {gateway: \"10.0.0.1\"}", "MAC"), ("network: {}", "network"), ("network: {gatway: \"x\"}", "gatway"),
    ("keep: {days: 0}", "days"), ("needMains: true", "needMains"), ("version: 2", "version 1"),
    ("name: \"../x\"", "name"), ("enabled: maybe", "true or false"),
  ])
  func `a line that cannot be meant is refused where it stands`(line: String, word: String) throws {
    let key = line.prefix { $0 != ":" }
    var lines = try Self.schedule().yaml.split(separator: "\n").map(String.init)
    let place = lines.firstIndex { $0.hasPrefix("\(key):") }
    if let place { lines[place] = line } else { lines.append(line) }
    let error = #expect(throws: DocumentError.self) {
      try Schedule(parsing: Array(lines.joined(separator: "\n").utf8), file: "weekly.yaml")
    }
    #expect(error?.line == (place ?? lines.count - 1) + 1)
    #expect(error?.description.contains(word) == true, "\(error.map { "\($0)" } ?? "")")
  }

  /// systemd.unit(5): `%` begins a specifier; systemd.service(5): `$` a variable, `"` and `\` quote.
  @Test func `words of a command reach the program as they are`() throws {
    let units = SystemdUnits(
      try Self.schedule(),
      .init(program: "/opt/a b/tenken", schedules: "/etc/%n $HOME \"x\"", user: "tenken", writes: ["/srv/p%q"]))
    let lines = units.service.split(separator: "\n")
    #expect(
      lines.contains(
        "ExecStart=\"/opt/a b/tenken\" schedule run --due --timer --schedules \"/etc/%%n $$HOME \\\"x\\\"\" weekly"))
    #expect(lines.contains("ReadWritePaths=\"/srv/p%%q\""))
    #expect(
      lines.filter { $0.hasPrefix("CapabilityBoundingSet=") } == ["CapabilityBoundingSet=CAP_NET_RAW CAP_NET_ADMIN"])
    #expect(
      units.timer.contains("\nOnCalendar=Mon *-*-* 22:00 Asia/Tokyo\n") && units.timer.contains("\nPersistent=true\n"))
    #expect(units.noticesService?.contains("notices flush /etc/tenken/notices.yaml") == true)
    #expect(units.noticesService?.contains("Capabilit") == false)
  }

  /// crontab(5): `%` is a line break unless a backslash stands before it.
  @Test func `a crontab gives the shell one word for each path`() {
    let text = Crontab.text(program: "/opt/it's/tenken", schedules: "/etc/100%", user: "root")
    #expect(text.contains("root '/opt/it'\\''s/tenken' schedule run --due --quiet --schedules '/etc/100\\%'\n"))
  }
}
