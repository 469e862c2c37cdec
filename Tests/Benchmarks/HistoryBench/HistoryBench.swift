internal import Addressing
internal import History
internal import Records
internal import RunComparison

/// How long a history of five years answers: 261 weekly runs of 254 devices, each with about ten open services, ten answers and eight
/// weaknesses. A line for each question: name, milliseconds of each of five times. Printed for Scripts/bench, which asks `tenken`
/// about the same file too.
@main struct HistoryBench {
  /// - Parameter arguments: the file to make and keep; then, if other than 261 runs are wanted, how many.
  static func main() throws {
    guard let path = CommandLine.arguments.dropFirst().first else { return }
    let runs = CommandLine.arguments.dropFirst(2).first.flatMap { Int($0) } ?? 261
    var site = WeeklySite()
    do {
      let store = try HistoryStore(path, .writing)
      let known = try store.runs().count
      for number in 1...runs {
        let record = site.next()
        if number > known { try store.record(record) }
      }
    }
    let (before, after) = ("run-\(runs - 1)", "run-\(runs)")
    let store = try HistoryStore(path, .reading)
    try measure("list") { try store.runs().count }
    try measure("show") { try store.record(of: after)?.devices.count ?? 0 }
    try measure("devices") { try store.devices().count }
    try measure("trend") { try store.trend(engagement: WeeklySite.engagement).sightings.count }
    guard let earlier = try store.record(of: before), let later = try store.record(of: after) else { return }
    try measure("places") {
      try store.places(before: earlier.run.started, engagement: WeeklySite.engagement, except: before).count
    }
    let appeared = RunDifference.appeared(earlier: earlier, later: later)
    try measure("places that appeared") {
      try store.places(
        among: appeared, before: earlier.run.started, engagement: WeeklySite.engagement, except: before
      ).count
    }
    // As many as a run can ask about.
    try measure("places of a whole run") {
      let all = Set(
        later.weaknesses.map { RunDifference.Place(device: $0.device, service: $0.service, check: $0.check) })
      return try store.places(
        among: all, before: earlier.run.started, engagement: WeeklySite.engagement, except: before
      ).count
    }
    try measure("difference, made") { RunDifference(earlier: earlier, later: later).entries.count }
    try measure("difference, whole") {
      guard let earlier = try store.record(of: before), let later = try store.record(of: after) else { return 0 }
      let past = try store.places(
        among: RunDifference.appeared(earlier: earlier, later: later), before: earlier.run.started,
        engagement: WeeklySite.engagement, except: before)
      return RunDifference(earlier: earlier, later: later, past: past).entries.count
    }
    try measure("open to read") { try HistoryStore(path, .reading).path.utf8.count }
    try measure("open to write") { try HistoryStore(path, .writing).path.utf8.count }
  }

  private static func measure(_ name: String, _ work: () throws -> Int) throws {
    var times: [Int] = []
    var count = 0
    for _ in 0..<5 {
      let elapsed = try ContinuousClock().measure { count = try work() }
      times.append(Int(elapsed / .milliseconds(1)))
    }
    print("\(name): \(times.map(String.init).joined(separator: ",")) (\(count))")
  }
}
