internal import Records
internal import Schedules

extension FuzzTarget {
  /// Schedules, which somebody may have written by hand, calendar expressions, and what a DHCP client left.
  static let schedules = FuzzTarget(
    "schedules", ["Schedule", "CalendarExpression"], longest: 4096, seeds: seeds
  ) { octets in
    let text = String(decoding: octets, as: UTF8.self)
    if let calendar = try? CalendarExpression(parsing: text) {
      try promise(
        (try? CalendarExpression(parsing: "\(calendar)")) == calendar, "a calendar does not read as it is written")
      let now = Timestamp(nanoseconds: 1_795_399_331_000_000_000)
      if let next = calendar.next(after: now, in: FixedZone(seconds: 9 * 3600)) {
        try promise(next > now, "the next moment lies in the past")
      }
    }
    if let schedule = try? Schedule(parsing: octets, file: "schedule.yaml") {
      let again = try? Schedule(parsing: Array(schedule.yaml.utf8), file: "schedule.yaml")
      try promise(again == schedule, "a schedule does not read as it is written")
      let units = SystemdUnits(schedule, .init(program: "/usr/bin/tenken", schedules: "/etc/tenken", user: "tenken"))
      try promise(
        units.timer.split(separator: "\n").count(where: { $0.hasPrefix("OnCalendar=") }) == 1, "a unit was injected")
    }
    _ = DHCPLease.server(inKeys: octets)
    _ = DHCPLease.server(inLeases: octets, of: "eth0")
  }

  private static let seeds: [[UInt8]] = [
    "Mon *-*-* 22:00", "Mon..Wed,Sat *-*-1..7/2 22:00 Asia/Tokyo", "*-*~3/1 10:0/15", "quarterly",
    "lease {\n interface \"eth0\";\n option dhcp-server-identifier 10.0.0.1;\n}\n", "SERVER_ADDRESS=10.0.0.1\n",
    """
    version: 1
    name: "weekly"
    calendar: "Mon *-*-* 22:00 Asia/Tokyo"
    created: "2026-11-30T10:56:48.576Z"
    randomDelay: 600
    patience: 43200
    audit: ["10.9.0.0/24", "--scope", "s.yaml"]
    directory: "/tmp"
    scopeSHA256: "2f9adf1dda56507b40a146a86051053ee906019719995b75da7be7f3f9b5c360"
    packs: "/packs"
    network: {gateway: "00:11:22:33:44:55", ssid: "plant", dhcpServer: 10.0.0.1}
    needsMains: true
    keep: {days: 400, runs: 60}
    enabled: false

    """,
  ].map { Array($0.utf8) }
}
