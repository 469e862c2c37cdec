import Addressing
import LabSupport
import Records
import Schedules
import Testing

/// What keeps a turn from beginning, and what is then written down.
@Suite struct ScheduleDecisionTests {
  private static func decide(
    _ schedule: Schedule, _ journal: [ScheduleEntry] = [], at now: String, byHand: Bool = false,
    _ change: (inout Circumstances) -> Void = { _ in }
  ) throws -> ScheduleDecision {
    let now = try moment(now)
    return try ScheduleDecision(schedule, journal, at: now, in: TurnTests.tokyo, isByHand: byHand) {
      var found = try TurnTests.circumstances(now)
      change(&found)
      return found
    }
  }

  private static func every(_ minutes: Int, _ count: Int, from begin: String) throws -> [Timestamp] {
    let begin = try moment(begin)
    return (0..<count).map { begin + .seconds(Int64($0 * minutes * 60)) }
  }

  static let obstacles: [(SkipReason, @Sendable (inout Circumstances) -> Void)] = [
    (.overlap, { $0.lockHolder = "weekly, process 17" }), (.onBattery, { $0.power = .battery }),
    (.windowClosed, { $0.windowIsOpen = false }), (.wrongNetwork, { $0.gateway = "00:11:22:00:00:99" }),
    (.wrongNetwork, { $0.ssid = nil }), (.wrongNetwork, { $0.dhcpServer = "192.0.2.1" }),
    (.scopeNotValid, { $0.scopeUntil = $0.now }), (.scopeNotValid, { $0.scopeFrom = $0.now + .seconds(1) }),
    (.scopeChanged, { $0.scopeDigest = String(repeating: "b", count: 64) }), (.scopeChanged, { $0.scopeDigest = nil }),
  ]

  @Test(arguments: obstacles.indices)
  func `each obstacle skips the turn with its reason and what was found`(index: Int) throws {
    let (reason, change) = Self.obstacles[index]
    var schedule = try TurnTests.schedule("*-*-* 22:00 Asia/Tokyo")
    schedule.needsMains = true
    schedule.network = .init(gateway: "00:11:22:00:00:01", ssid: "plant", dhcpServer: "10.0.0.1")
    func found(_ circumstances: inout Circumstances) {
      (circumstances.gateway, circumstances.ssid, circumstances.dhcpServer) = ("00:11:22:00:00:01", "plant", "10.0.0.1")
    }
    let free = try Self.decide(schedule, at: "2026-11-30T22:01:00+09:00", found)
    #expect(free.action == .run(due: try moment("2026-11-30T22:00:00+09:00")))
    let decision = try Self.decide(schedule, at: "2026-11-30T22:01:00+09:00") {
      found(&$0)
      change(&$0)
    }
    #expect(decision.action == .skip(reason))
    #expect(decision.entries.map(\.event) == [.skipped])
    #expect(decision.entries.map(\.reason) == [reason])
    #expect(decision.entries.allSatisfy { $0.detail?.ja.isEmpty == false && $0.detail?.en.isEmpty == false })
    // By hand the calendar is not asked; the rest is.
    let byHand = try Self.decide(schedule, at: "2026-11-30T12:00:00+09:00", byHand: true) {
      found(&$0)
      change(&$0)
    }
    #expect(byHand.action == .skip(reason))
  }

  @Test func `a schedule that is switched off asks for nothing`() throws {
    var schedule = try TurnTests.schedule("*-*-* 22:00 Asia/Tokyo")
    schedule.isEnabled = false
    #expect(try Self.decide(schedule, at: "2026-11-30T22:01:00+09:00").action == .skip(.disabled))
  }

  @Test func `within its patience a turn is tried again, said once, and run when it can begin`() throws {
    let schedule = try TurnTests.schedule("Mon *-*-* 22:00 Asia/Tokyo", patience: 86_400)
    var wakes = 0
    let (runs, journal) = try TurnTests.simulate(
      schedule, try Self.every(15, 60, from: "2026-11-30T22:00:00+09:00"), in: TurnTests.tokyo
    ) { found in
      wakes += 1
      if wakes <= 40 { found.lockHolder = "another" }
    }
    #expect(runs.map(\.at) == [try moment("2026-12-01T08:00:00+09:00")])
    #expect(journal.map(\.event) == [.postponed, .began, .completed])
  }

  @Test func `when its patience is over the turn is skipped, and the next one has its own`() throws {
    let schedule = try TurnTests.schedule("Mon *-*-* 22:00 Asia/Tokyo", patience: 3600)
    let (runs, journal) = try TurnTests.simulate(
      schedule, try Self.every(15, 4 * 24 * 8, from: "2026-11-30T22:00:00+09:00"), in: TurnTests.tokyo
    ) { $0.power = .battery }
    // Nobody asked for mains: the battery is no obstacle.
    #expect(runs.count == 2)
    #expect(journal.map(\.event) == [.began, .completed, .began, .completed])
    var careful = schedule
    careful.needsMains = true
    let (none, told) = try TurnTests.simulate(
      careful, try Self.every(15, 4 * 24 * 8, from: "2026-11-30T22:00:00+09:00"), in: TurnTests.tokyo
    ) { $0.power = .battery }
    #expect(none.isEmpty)
    #expect(told.map(\.event) == [.postponed, .skipped, .postponed, .skipped])
    #expect(told[1].at == (try moment("2026-11-30T23:00:00+09:00")))
  }

  @Test func `authority comes before patience: an expired scope is not waited for`() throws {
    let schedule = try TurnTests.schedule("Mon *-*-* 22:00 Asia/Tokyo", patience: 86_400)
    let decision = try Self.decide(schedule, at: "2026-11-30T22:01:00+09:00") {
      $0.scopeUntil = $0.now
      $0.lockHolder = "another"
    }
    #expect(decision.action == .skip(.scopeNotValid))
  }

  @Test func `a run whose end nobody wrote is told as failed and not begun again`() throws {
    let schedule = try TurnTests.schedule("Mon *-*-* 22:00 Asia/Tokyo")
    var began = ScheduleEntry(
      .began, at: try moment("2026-11-30T22:00:10+09:00"), due: try moment("2026-11-30T22:00:00+09:00"))
    began.pack = "/var/lib/tenken/packs/weekly-1"
    let decision = try Self.decide(schedule, [began], at: "2026-12-01T08:00:00+09:00")
    #expect(decision.action == .wait(until: try moment("2026-12-07T22:00:00+09:00")))
    #expect(decision.entries.map(\.event) == [.failed])
    #expect(decision.entries[0].detail?.en.contains("tenken resume /var/lib/tenken/packs/weekly-1") == true)
    let again = try Self.decide(schedule, [began] + decision.entries, at: "2026-12-01T08:15:00+09:00")
    #expect(again.entries.isEmpty)
  }

  @Test func `an interrupted run is gone on with while it is young, a finished one never`() throws {
    let start = try moment("2026-11-30T22:00:10+09:00")
    func journal(_ end: ScheduleEntry.Event?, partial: Bool? = nil, pack: String? = "/p/1") -> [ScheduleEntry] {
      var began = ScheduleEntry(.began, at: start, due: start)
      began.pack = "/p/1"
      guard let end else { return [began] }
      var ended = ScheduleEntry(end, at: start + .seconds(3600), due: start)
      (ended.pack, ended.partial) = (pack, partial)
      return [began, ended]
    }
    let (soon, late) = (start + .seconds(86_400), start + .seconds(86_401))
    #expect(journal(.completed, partial: true).unfinished(within: 86_400, at: soon) == "/p/1")
    #expect(journal(.completed, partial: true).unfinished(within: 86_400, at: late) == nil)
    #expect(journal(.completed, partial: true).unfinished(within: 0, at: soon) == nil)
    #expect(journal(.failed).unfinished(within: 86_400, at: soon) == "/p/1")
    #expect(journal(.failed, pack: nil).unfinished(within: 86_400, at: soon) == nil)
    #expect(journal(.completed, partial: false).unfinished(within: 86_400, at: soon) == nil)
    #expect(journal(nil).unfinished(within: 86_400, at: soon) == nil)
    // Gone on with twice, it is as old as its beginning.
    let again = journal(.completed, partial: true) + journal(.completed, partial: true)
    #expect(again.unfinished(within: 86_400, at: late) == nil)
  }

  @Test func `a run that is under way is left alone by whoever is woken meanwhile`() throws {
    let schedule = try TurnTests.schedule("Mon *-*-* 22:00 Asia/Tokyo", patience: 86_400)
    let began = ScheduleEntry(
      .began, at: try moment("2026-11-30T22:00:10+09:00"), due: try moment("2026-11-30T22:00:00+09:00"))
    let now = try moment("2026-11-30T22:15:00+09:00")
    let decision = try ScheduleDecision(
      schedule, [began], at: now, in: TurnTests.tokyo, isByHand: false, mayBeRunning: true
    ) {
      var found = try TurnTests.circumstances(now)
      found.lockHolder = "schedule weekly, process 17"
      return found
    }
    #expect(decision.entries.isEmpty)
    #expect(decision.action == .wait(until: try moment("2026-12-07T22:00:00+09:00")))
  }

  @Test func `circumstances are looked at only when it is the schedule's turn`() throws {
    let schedule = try TurnTests.schedule("Mon *-*-* 22:00 Asia/Tokyo")
    let now = try moment("2026-11-30T21:59:59+09:00")
    var looked = 0
    let decision = ScheduleDecision(schedule, [], at: now, in: TurnTests.tokyo, isByHand: false) {
      looked += 1
      return Circumstances(now: now, scopeDigest: nil, scopeFrom: nil, scopeUntil: nil)
    }
    #expect(decision.action == .wait(until: try moment("2026-11-30T22:00:00+09:00")))
    #expect(looked == 0)
  }

  @Test func `power is mains where there is no battery of this computer's own`() {
    func supply(_ type: String, _ online: Bool = false, scope: String = "", status: String = "") -> PowerSupply {
      PowerSupply(type: type, isOnline: online, scope: scope, status: status)
    }
    #expect(PowerSupply.power(of: []) == .mains)
    #expect(PowerSupply.power(of: [supply("Battery", scope: "Device", status: "Discharging")]) == .mains)
    #expect(PowerSupply.power(of: [supply("Battery", status: "Discharging"), supply("Mains")]) == .battery)
    #expect(PowerSupply.power(of: [supply("Battery", status: "Not charging"), supply("Mains", true)]) == .mains)
    #expect(PowerSupply.power(of: [supply("Battery", status: "Charging"), supply("USB", true)]) == .mains)
    #expect(PowerSupply.power(of: [supply("Battery", status: "Full")]) == .mains)
    #expect(PowerSupply.power(of: [supply("Battery", status: "Discharging")]) == .battery)
  }

  @Test func `a lease names its server`() {
    // dhclient.leases(5) and the files of systemd-networkd, written by hand.
    let leases = """
      lease {
        interface "eth0";
        fixed-address 192.168.10.20;
        option dhcp-server-identifier 192.168.10.1;
      }
      lease {
        interface "wlan0";
        option dhcp-server-identifier 172.16.0.1;
      }
      lease {
        interface "eth0";
        option dhcp-server-identifier 192.168.10.2;
      }

      """
    #expect(DHCPLease.server(inLeases: Array(leases.utf8), of: "eth0")?.description == "192.168.10.2")
    #expect(DHCPLease.server(inLeases: Array(leases.utf8), of: "wlan0")?.description == "172.16.0.1")
    #expect(DHCPLease.server(inLeases: Array(leases.utf8), of: "eth1") == nil)
    let keys = "# This is private data.\nADDRESS=10.0.0.7\nSERVER_ADDRESS=10.0.0.1\nT1=43200\n"
    #expect(DHCPLease.server(inKeys: Array(keys.utf8))?.description == "10.0.0.1")
    for end in 0..<leases.utf8.count {
      let found = DHCPLease.server(inLeases: Array(leases.utf8.prefix(end)), of: "eth0")?.description
      #expect([nil, "192.168.10.1", "192.168.10.2"].contains(found))
    }
  }
}
