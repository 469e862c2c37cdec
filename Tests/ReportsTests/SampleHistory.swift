import Addressing
import LabSupport
import Records
import Reports
import RunComparison

/// Courses of made-up sites.
enum SampleHistory {
  static let week: Int64 = 7 * 86_400

  /// - Parameter week: after the first run.
  static func point(
    _ week: Int64, devices: Int = 2, _ findings: [Severity: Int] = [:], partial: Bool = false, run: String? = nil
  ) -> RunTrend.Point {
    RunTrend.Point(
      run: run ?? "run-\(week)", started: moment(week), partial: partial,
      packDigest: String(repeating: "0", count: 60) + numbered("", Int(week), digits: 4), devices: devices,
      findings: findings)
  }

  static func moment(_ week: Int64) -> Timestamp { SampleRun.start + .seconds(week * Self.week) }

  static func sighting(_ device: Int, _ first: Int64, _ last: Int64, runs: Int) -> RunTrend.Sighting {
    RunTrend.Sighting(
      device: SampleRun.id(device), address: SampleRun.address(device), first: moment(first), last: moment(last),
      runs: runs)
  }

  /// Five runs, of which one is missing after the second; the last was interrupted.
  static let trend = RunTrend(
    points: [
      point(0, [.high: 2]), point(1, [:]), point(3, [.high: 4, .low: 1]), point(4, [.high: 1]),
      point(5, devices: 1, [.high: 1], partial: true),
    ],
    sightings: [sighting(1, 0, 5, runs: 5), sighting(2, 0, 4, runs: 4), sighting(3, 1, 3, runs: 2)])

  /// What changed between two runs: each state occurs.
  static func difference(_ text: String = "telnet.enabled") -> DifferenceDocument {
    func site(_ number: Int) -> SampleRun {
      var run = SampleRun(number)
      run.unanswered = "10.0.0.1-10.0.0.254"
      run.devices = [
        .init(
          id: DeviceID(rawValue: "dev-\(text)"), mac: nil, addresses: [SampleRun.address(90)], firmware: "1.\(number)")
      ]
      return run
    }
    var (before, after) = (site(1), site(2))
    before.add(1, at: 1, open: [SampleRun.telnet, SampleRun.web])
    after.add(1, at: 1, open: [SampleRun.telnet], firmware: text)
    before.find("still", on: 1, at: SampleRun.telnet)
    after.find("still", on: 1, at: SampleRun.telnet)
    before.find("fixed", on: 1, at: SampleRun.web, .medium)
    before.find("unclear", on: 1, at: nil, .low)
    after.find(text, on: 1, at: SampleRun.telnet, .critical)
    after.find("again", on: 1, at: SampleRun.telnet, .medium)
    before.add(2, at: 2)
    after.add(3, at: 3)
    let (earlier, later) = (before.record, after.record)
    let past: Set = [RunDifference.Place(device: SampleRun.id(1), service: SampleRun.telnet, check: "again")]
    let document = DifferenceDocument(
      RunDifference(earlier: earlier, later: later, past: past), earlier: earlier, later: later)
    return DifferenceDocument(
      earlier: .init(
        run: text, started: document.earlier.started, partial: true, packDigest: document.earlier.packDigest),
      later: document.later, compared: document.compared, entries: document.entries)
  }

  static func history(_ text: String = "telnet.enabled") -> RunHistory {
    let points = trend.points + [point(6, [.low: 1], run: text)]
    let sighting = RunTrend.Sighting(
      device: DeviceID(rawValue: "dev-\(text)"), first: moment(0), last: moment(6), runs: 6)
    return RunHistory(
      source: .pack, trend: RunTrend(points: points, sightings: trend.sightings + [sighting]),
      difference: difference(text))
  }

  /// Five years of weeks, 254 devices and as many more that came and went, and a difference as long as the findings.
  static let large: RunHistory = {
    let points = (0..<261).map { week in
      point(Int64(week), devices: 254, [.critical: 20, .high: 400, .medium: 700, .low: 900], partial: week % 20 == 19)
    }
    let sightings = (1...508).map { device in
      device <= 254
        ? sighting(device, 0, 260, runs: 261)
        : sighting(device, Int64(device % 200), Int64(device % 200 + 40), runs: 38)
    }
    var (before, after) = (SampleRun(1), SampleRun(2))
    for device in 1...254 {
      before.add(device, at: device, closed: "1-65535")
      after.add(device, at: device, firmware: "2.0", closed: "1-65535")
      for number in 0..<4 {
        before.find("old-\(number)", on: device, at: SampleRun.telnet)
        after.find("new-\(number)", on: device, at: SampleRun.web)
      }
    }
    let (earlier, later) = (before.record, after.record)
    return RunHistory(
      source: .pack, trend: RunTrend(points: points, sightings: sightings),
      difference: DifferenceDocument(RunDifference(earlier: earlier, later: later), earlier: earlier, later: later))
  }()
}
