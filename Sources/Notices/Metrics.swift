internal import Records
internal import RunComparison
internal import Schedules

/// What is known of each schedule, so that a monitoring system can ask for it at any time.
public struct MetricsState: Hashable, Sendable, Codable {
  struct Schedule: Hashable, Sendable, Codable {
    var engagement = ""
    var lastTurn = Timestamp(nanoseconds: 0)
    var result = ""
    var reason = ""
    /// Turns by `result` and `reason` with a blank between.
    var turns: [String: Int] = [:]
    /// Of the last run that looked.
    var lastRun: Timestamp?
    var devices = 0
    var unfinished = 0
    var findings: [String: Int] = [:]
  }

  /// More schedules than a site has; the one that was heard of last stays.
  static let mostSchedules = 200
  private var schedules: [String: Schedule] = [:]

  public init() {}

  public mutating func take(_ occasion: Occasion) {
    let name = harmless(occasion.outcome.schedule)
    var one = schedules[name] ?? Schedule()
    one.engagement = harmless(occasion.engagement.id)
    one.lastTurn = occasion.outcome.at
    one.reason = ""
    switch occasion.outcome.result {
    case .completed(_, _, let partial): one.result = partial ? "partial" : "completed"
    case .skipped(let reason): (one.result, one.reason) = ("skipped", reason.rawValue)
    case .failed: one.result = "failed"
    }
    one.turns["\(one.result) \(one.reason)", default: 0] += 1
    if let run = occasion.run {
      one.lastRun = run.run.ended
      one.devices = run.devices.count
      one.unfinished = run.looks.count { !$0.isFinished }
      one.findings = Dictionary(
        Severity.allCases.map { severity in (severity.rawValue, run.weaknesses.count { $0.severity == severity }) },
        uniquingKeysWith: { first, _ in first })
    }
    schedules[name] = one
    while schedules.count > Self.mostSchedules,
      let oldest = schedules.min(by: { $0.value.lastTurn < $1.value.lastTurn })
    {
      schedules[oldest.key] = nil
    }
  }

  /// The text format of Prometheus 0.0.4.
  public var page: [UInt8] {
    var page = Page()
    let known = schedules.sorted { $0.key < $1.key }
    page.add(
      "tenken_last_turn_timestamp_seconds", "gauge", "When a schedule's turn last came, whatever came of it.", known
    ) {
      [([], $0.lastTurn.nanoseconds / 1_000_000_000)]
    }
    page.add("tenken_last_turn_result", "gauge", "What came of the last turn, and why it was skipped.", known) {
      [([("result", $0.result), ("reason", $0.reason)], 1)]
    }
    page.add("tenken_turns_total", "counter", "Turns by what came of them.", known) { schedule in
      schedule.turns.sorted { $0.key < $1.key }.map { key, count in
        let words = key.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        return ([("result", words[0]), ("reason", words.count > 1 ? words[1] : "")], Int64(count))
      }
    }
    let looked = known.filter { $0.value.lastRun != nil }
    page.add("tenken_last_run_timestamp_seconds", "gauge", "When the last run that looked ended.", looked) {
      [([], ($0.lastRun?.nanoseconds ?? 0) / 1_000_000_000)]
    }
    page.add("tenken_devices", "gauge", "Devices that the last run saw.", looked) { [([], Int64($0.devices))] }
    page.add("tenken_devices_unfinished", "gauge", "Devices that the last run did not look at to the end.", looked) {
      [([], Int64($0.unfinished))]
    }
    page.add("tenken_findings", "gauge", "Findings of the last run by severity.", looked) { schedule in
      Severity.allCases.map { ([("severity", $0.rawValue)], Int64(schedule.findings[$0.rawValue] ?? 0)) }
    }
    return Array(page.text.utf8)
  }

  private struct Page {
    var text = ""

    mutating func add(
      _ name: String, _ type: String, _ help: String, _ schedules: [(key: String, value: Schedule)],
      _ samples: (Schedule) -> [([(String, String)], Int64)]
    ) {
      guard !schedules.isEmpty else { return }
      text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
      for (schedule, state) in schedules {
        for (labels, value) in samples(state) {
          let all = [("schedule", schedule), ("engagement", state.engagement)] + labels
          text += name + "{" + all.map { "\($0)=\"\(Self.escaped($1))\"" }.joined(separator: ",") + "} \(value)\n"
        }
      }
    }

    private static func escaped(_ value: String) -> String {
      value.unicodeScalars.map { scalar in
        switch scalar {
        case "\\": "\\\\"
        case "\"": "\\\""
        case "\n": "\\n"
        default: String(Character(scalar))
        }
      }.joined()
    }
  }
}
