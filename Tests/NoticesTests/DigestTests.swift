import LabSupport
import Records
import RunComparison
import Schedules
import Testing

@testable import Notices

@Suite struct DigestTests {
  private func moment(_ text: String) throws -> Timestamp { try #require(Timestamp(rfc3339: text)) }

  /// Weekdays by `cal`: 2026-11-30 is a Monday, 2028-02-29 a Tuesday.
  @Test(arguments: [
    ("2026-11-30T08:00:00+09:00", "2026-11-30T08:00:00+09:00"),
    ("2026-11-30T07:59:59+09:00", "2026-11-23T08:00:00+09:00"),
    ("2026-12-06T23:59:59+09:00", "2026-11-30T08:00:00+09:00"), ("2026-11-29T23:30:00Z", "2026-11-30T08:00:00+09:00"),
    ("2026-11-29T22:30:00Z", "2026-11-23T08:00:00+09:00"), ("2028-02-29T12:00:00+09:00", "2028-02-28T08:00:00+09:00"),
    ("2027-01-01T00:00:00+09:00", "2026-12-28T08:00:00+09:00"),
    ("1969-12-31T00:00:00+09:00", "1969-12-29T08:00:00+09:00"),
  ])
  func `a digest is due at the last of its weekdays and times`(now: String, due: String) throws {
    let time = NoticeSettings.DigestTime(weekday: 1, minute: 480)
    #expect(time.latest(before: try moment(now), offsetMinutes: 540) == (try moment(due)))
  }

  @Test func `in five years a digest is due once a week`() throws {
    let time = NoticeSettings.DigestTime(weekday: 0, minute: 1439)
    let start = try moment("2026-11-30T00:00:00+09:00")
    let all = Set((0..<(5 * 365 * 24)).map { time.latest(before: start + .seconds($0 * 3600), offsetMinutes: 540) })
    #expect(all.count == 5 * 365 / 7 + 1)
    let sorted = all.sorted()
    #expect(zip(sorted, sorted.dropFirst()).allSatisfy { $1 - $0 == Digest.week })
  }

  private func outcome(_ result: ScheduledOutcome.Result, hours: Int, _ schedule: String = "weekly") -> ScheduledOutcome
  {
    ScheduledOutcome(schedule: schedule, due: nil, at: SampleRun.start + .seconds(Int64(hours) * 3600), result: result)
  }

  @Test func `a week without a run is told as such`() {
    let trend = RunTrend(points: [], sightings: [])
    let notice = Digest(
      due: SampleRun.start, Sample.engagement, source: "h", .init(outcomes: [], trend: trend, differences: []),
      NoticeFilter()
    )
    .notice()
    let text = notice.remarks.map(\.en).joined(separator: "\n")
    #expect(text.contains("Nothing was looked at this week") && text.contains("no record of a scheduled turn"))
    #expect(notice.entries.isEmpty && notice.counts.isEmpty && notice.kind == .digest)
  }

  @Test func `turns are told by schedule with their reasons, and those of other weeks are not`() throws {
    let due = SampleRun.start + .seconds(7 * 86_400)
    let outcomes = [
      outcome(.completed(run: "a", pack: "/a", partial: false), hours: 1), outcome(.skipped(.onBattery), hours: 2),
      outcome(.skipped(.onBattery), hours: 3), outcome(.skipped(.overlap), hours: 4), outcome(.failed("x"), hours: 5),
      outcome(.completed(run: "b", pack: "/b", partial: true), hours: 6, "night"),
      outcome(.failed("before"), hours: -1), outcome(.failed("after"), hours: 7 * 24),
    ]
    let trend = RunTrend(points: [], sightings: [])
    let notice = Digest(
      due: due, Sample.engagement, source: "h", .init(outcomes: outcomes, trend: trend, differences: []), NoticeFilter()
    ).notice()
    #expect(
      notice.entries.map(\.text.en) == [
        "night: completed 0, interrupted 1",
        "weekly: completed 1, failed 1, skipped 2 (on battery), skipped 1 (another run was going on)",
      ])
    #expect(notice.headline.en.hasSuffix("turns skipped or failed 4"))
    #expect(
      notice.id
        == Digest(
          due: due, Sample.engagement, source: "h", .init(outcomes: [], trend: trend, differences: []), NoticeFilter()
        ).notice().id)
  }

  @Test func `what changed, what is not known and who was not seen are told`() throws {
    let (before, after) = Sample.runs()
    let difference = RunDifference(earlier: before, later: after)
    let points = [before, after].map { record in
      RunTrend.Point(
        run: record.run.runID, started: record.run.started, partial: false, packDigest: "",
        devices: record.devices.count,
        findings: [.high: 1])
    }
    let gone = RunTrend.Sighting(device: SampleRun.id(9), first: before.run.started, last: before.run.started, runs: 1)
    let seen = RunTrend.Sighting(device: SampleRun.id(1), first: before.run.started, last: after.run.started, runs: 2)
    let material = Digest.Material(
      outcomes: [Sample.completed(after)], trend: RunTrend(points: points, sightings: [gone, seen]),
      differences: [difference, difference], last: after)
    let notice = Digest(
      due: after.run.started + .seconds(86_400), Sample.engagement, source: "h", material, NoticeFilter()
    ).notice()
    #expect(notice.entries.map(\.topic) == [.turns, .newFinding, .newDevice, .newFinding, .newDevice, .unseenDevice])
    #expect(notice.entries.last?.device == SampleRun.id(9).rawValue)
    // What happened adds up over the week; what nobody looked at is what the last run says.
    #expect(notice.counts["new"] == 4 && notice.counts["not-retested"] == 1)
    let text = notice.remarks.map(\.en).joined(separator: "\n")
    #expect(text.contains("Not re-tested: 1") && text.contains("devices 3, findings critical 0, high 1"))
    #expect(text.contains("Runs of this week: 1") && text.contains("not looked at to the end: 1"))
    #expect(notice.looked?.devices == 3 && notice.engagement?.id == "E-1")
    let due = after.run.started + .seconds(86_400)
    let other = Engagement(id: "E-2", customer: "Example", site: "Plant", operator: "K")
    #expect(Digest(due: due, other, source: "h", material, NoticeFilter()).notice().id != notice.id)
  }
}
