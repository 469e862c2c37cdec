import LabSupport
import Records
import Schedules
import Testing

/// Whose turn it is, with a clock that passes when the test says so.
@Suite struct TurnTests {
  static func schedule(
    _ calendar: String, created: String = "2026-11-30T00:00:00+09:00", randomDelay: Int = 0, patience: Int = 0
  ) throws -> Schedule {
    Schedule(
      name: "weekly", calendar: try CalendarExpression(parsing: calendar), created: try moment(created),
      randomDelay: randomDelay, patience: patience, audit: ["10.0.0.0/24", "--scope", "s.yaml"],
      directory: "/etc/tenken",
      scopeDigest: String(repeating: "a", count: 64), packs: "/var/lib/tenken/packs")
  }

  static let tokyo = FixedZone(seconds: 9 * 3600)

  static func circumstances(_ now: Timestamp) throws -> Circumstances {
    Circumstances(
      now: now, scopeDigest: String(repeating: "a", count: 64), scopeFrom: try moment("2020-01-01T00:00:00Z"),
      scopeUntil: try moment("2099-01-01T00:00:00Z"))
  }

  /// Wakes a schedule at moments, as a timer or cron would; a run takes no time. What it ran, and its journal.
  static func simulate(
    _ schedule: Schedule, _ wakes: some Sequence<Timestamp>, in zone: some ZoneRules,
    _ change: (inout Circumstances) -> Void = { _ in }
  ) throws -> (runs: [(due: Timestamp, at: Timestamp)], journal: [ScheduleEntry]) {
    var runs: [(due: Timestamp, at: Timestamp)] = []
    var journal: [ScheduleEntry] = []
    for now in wakes {
      let decision = try ScheduleDecision(schedule, journal, at: now, in: zone, isByHand: false) {
        var found = try circumstances(now)
        change(&found)
        return found
      }
      journal += decision.entries
      guard case .run(let due) = decision.action, let due else { continue }
      journal.append(ScheduleEntry(.began, at: now, due: due))
      journal.append(
        ScheduleEntry(
          ScheduledOutcome(
            schedule: schedule.name, due: due, at: now,
            result: .completed(run: "r\(runs.count)", pack: "/p", partial: false))))
      runs.append((due, now))
    }
    return (runs, journal)
  }

  private static func every(_ seconds: Int, from begin: String, to end: String) throws -> [Timestamp] {
    let (begin, end) = (try moment(begin), try moment(end))
    return (0...Int((end - begin).seconds) / seconds).map { begin + .seconds(Int64($0 * seconds)) }
  }

  @Test func `five years of weeks are 261 runs, each once and in its quarter of an hour`() throws {
    let schedule = try Self.schedule("Mon *-*-* 22:00 Asia/Tokyo")
    let wakes = try Self.every(900, from: "2026-11-30T00:07:00+09:00", to: "2031-12-01T00:00:00+09:00")
    let (runs, journal) = try Self.simulate(schedule, wakes, in: Self.tokyo)
    #expect(runs.count == 261)
    #expect(runs.first?.due == (try moment("2026-11-30T22:00:00+09:00")))
    #expect(zip(runs, runs.dropFirst()).allSatisfy { $1.due - $0.due == .seconds(7 * 86_400) })
    #expect(runs.allSatisfy { $0.at - $0.due == .seconds(420) })
    #expect(!journal.contains { $0.event == .missed })
  }

  @Test func `a laptop that slept for ten weeks makes one run, and tells the nine that nobody was there for`() throws {
    let schedule = try Self.schedule("Mon *-*-* 22:00 Asia/Tokyo")
    let wakes =
      try Self.every(900, from: "2026-11-30T12:00:00+09:00", to: "2026-12-01T12:00:00+09:00")
      + Self.every(900, from: "2027-02-10T09:00:00+09:00", to: "2027-02-16T12:00:00+09:00")
    let (runs, journal) = try Self.simulate(schedule, wakes, in: Self.tokyo)
    #expect(
      runs.map(\.due)
        == [
          try moment("2026-11-30T22:00:00+09:00"), try moment("2027-02-08T22:00:00+09:00"),
          try moment("2027-02-15T22:00:00+09:00"),
        ])
    #expect(runs[1].at == (try moment("2027-02-10T09:00:00+09:00")))
    // The Mondays from 2026-12-07 to 2027-02-01.
    #expect(journal.filter { $0.event == .missed }.map(\.count) == [9 as Int?])
    #expect(journal.first { $0.event == .missed }?.due == (try moment("2027-02-01T22:00:00+09:00")))
  }

  @Test func `a laptop that is open on office days only still looks every week`() throws {
    var random = SeededRandom(seed: 7)
    let schedule = try Self.schedule("Sun *-*-* 03:00 Asia/Tokyo", randomDelay: 1800)
    let wakes = try Self.every(900, from: "2026-11-30T00:00:00+09:00", to: "2031-12-02T00:00:00+09:00").filter { now in
      let local = now.nanoseconds / 1_000_000_000 + 9 * 3600
      let (day, hour) = (local / 86_400, local % 86_400 / 3600)
      // 1970-01-01 was a Thursday: 0 Thursday … 2, 3 the weekend.
      return ![2, 3].contains(day % 7) && (9..<18).contains(hour) && random.next() % 10 != 0
    }
    let (runs, journal) = try Self.simulate(schedule, wakes, in: Self.tokyo)
    // Sundays of five years, made up for on the Monday after each.
    #expect(runs.count == 261)
    #expect(runs.allSatisfy { $0.at - $0.due < .seconds(2 * 86_400) })
    #expect(!journal.contains { $0.event == .missed })
  }

  @Test func `a leap day comes every four years`() throws {
    let schedule = try Self.schedule("*-02-29 22:00 Asia/Tokyo")
    let wakes = try Self.every(3600, from: "2026-11-30T00:00:00+09:00", to: "2037-01-01T00:00:00+09:00")
    let (runs, _) = try Self.simulate(schedule, wakes, in: Self.tokyo)
    #expect(runs.map { $0.due.rfc3339(offsetMinutes: 540).prefix(10) } == ["2028-02-29", "2032-02-29", "2036-02-29"])
  }

  @Test func `an hour that is skipped has no turn, one that comes twice has one`() throws {
    let berlin = try SystemZone("Europe/Berlin")
    let schedule = try Self.schedule("*-*-* 02:30 Europe/Berlin", created: "2027-03-26T12:00:00Z")
    let spring = try Self.simulate(
      schedule, try Self.every(900, from: "2027-03-26T12:00:00Z", to: "2027-03-30T12:00:00Z"), in: berlin)
    // On 2027-03-28 clocks go from 02:00 to 03:00.
    #expect(
      spring.runs.map { $0.due.rfc3339() } == [
        "2027-03-27T01:30:00.000Z", "2027-03-29T00:30:00.000Z", "2027-03-30T00:30:00.000Z",
      ])
    let late = try Self.schedule("*-*-* 02:30 Europe/Berlin", created: "2027-10-30T12:00:00Z")
    let autumn = try Self.simulate(
      late, try Self.every(900, from: "2027-10-30T12:00:00Z", to: "2027-11-01T12:00:00Z"), in: berlin)
    // On 2027-10-31 02:30 comes at 00:30 and at 01:30 UTC.
    #expect(autumn.runs.map { $0.due.rfc3339() } == ["2027-10-31T00:30:00.000Z", "2027-11-01T01:30:00.000Z"])
  }

  @Test func `the delay is the same whenever it is asked, bounded, and spread`() throws {
    let schedule = try Self.schedule("*-*-* 22:00 Asia/Tokyo", randomDelay: 3600)
    let dues = (0..<1000).map { ManualClock.startOfDay + .seconds(Int64($0) * 86_400) }
    let delays = dues.map { schedule.delay(of: $0).seconds }
    #expect(delays == dues.map { schedule.delay(of: $0).seconds })
    #expect(delays.allSatisfy { (0...3600).contains($0) })
    // Evenly: about 250 in each quarter of an hour.
    for quarter in 0..<4 {
      let count = delays.count { ($0 / 900).rounded(.down) == Double(quarter) }
      #expect((180...320).contains(count), "\(count)")
    }
    let begun = try Self.simulate(
      schedule, try Self.every(60, from: "2026-11-30T00:00:00+09:00", to: "2026-12-07T00:00:00+09:00"), in: Self.tokyo)
    #expect(begun.runs.count == 7)
    #expect(begun.runs.allSatisfy { $0.at >= $0.due + schedule.delay(of: $0.due) })
  }

  @Test func `a clock that ran ahead for a while silences nothing`() throws {
    let schedule = try Self.schedule("*-*-* 22:00 Asia/Tokyo")
    let wakes = [
      try moment("2026-11-30T22:05:00+09:00"), try moment("2036-01-01T00:00:00+09:00"),
      try moment("2026-12-01T22:05:00+09:00"), try moment("2026-12-01T22:20:00+09:00"),
    ]
    let (runs, _) = try Self.simulate(schedule, wakes, in: Self.tokyo)
    #expect(runs.last?.due == (try moment("2026-12-01T22:00:00+09:00")))
    #expect(runs.count == 3)
  }

  @Test func `a timer that has waited already is not made to wait again`() throws {
    let schedule = try Self.schedule("*-*-* 22:00 Asia/Tokyo", randomDelay: 3600)
    let now = try moment("2026-11-30T22:00:01+09:00")
    let due = try moment("2026-11-30T22:00:00+09:00")
    #expect(
      Turn(of: schedule, [], at: now, in: Self.tokyo, delays: false) == .now(due: due, missed: 0, lastMissed: nil))
    #expect(Turn(of: schedule, [], at: now, in: Self.tokyo) == .wait(until: due + schedule.delay(of: due)))
  }
}
