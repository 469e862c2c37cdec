import Addressing
import Documents
import Foundation
import LabSupport
import Records
import RunComparison
import Schedules

@testable import Notices

/// Occasions of a small site, whose differences are known by how they are made.
enum Sample {
  static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  static let telnet = SampleRun.telnet

  static let engagement = Engagement(id: "E-1", customer: "Example", site: "Plant", operator: "K")

  static func settings(_ yaml: String) throws -> NoticeSettings {
    try NoticeSettings(parsing: Array(yaml.utf8), file: "notices.yaml")
  }

  static func texts() throws -> NoticeTexts {
    try NoticeTexts {
      try String(contentsOf: repository.appendingPathComponent("Profiles/notices/\($0)"), encoding: .utf8)
    }
  }

  /// Device 1 has Telnet in both runs and more afterwards, device 2 loses its weakness without an answer, device 3 comes.
  static func runs(_ firmware: String = "2.0") -> (RunRecord, RunRecord) {
    var before = SampleRun(1)
    // What its port 443 said is not known.
    before.add(1, at: 11, open: [telnet], closed: "1-22,24-442,444-65535")
    before.add(2, at: 12, open: [telnet])
    before.find("telnet.enabled", on: 1, at: telnet)
    before.find("telnet.enabled", on: 2, at: telnet)
    before.unanswered = "10.0.0.13-10.0.0.254"
    var after = SampleRun(2)
    after.add(1, at: 11, open: [telnet, SampleRun.web], firmware: firmware)
    after.add(2, at: 12, isFinished: false, closed: "")
    after.add(3, at: 13)
    after.find("telnet.enabled", on: 1, at: telnet)
    after.find("tls.expired", on: 1, at: SampleRun.web, .medium)
    after.find("http.banner", on: 1, at: SampleRun.web, .info)
    after.unanswered = "10.0.0.14-10.0.0.254"
    return (before.record, after.record)
  }

  static func completed(
    _ record: RunRecord, partial: Bool = false, schedule: String = "weekly"
  ) -> ScheduledOutcome {
    ScheduledOutcome(
      schedule: schedule, due: record.run.started, at: record.run.ended,
      result: .completed(run: record.run.runID, pack: "/p", partial: partial))
  }

  static func occasion(_ firmware: String = "2.0", troubles: [Occasion.Trouble] = []) -> Occasion {
    let (before, after) = runs(firmware)
    return Occasion(
      outcome: completed(after), engagement: after.run.engagement, run: after,
      difference: RunDifference(earlier: before, later: after), troubles: troubles)
  }

  static func skipped(_ reason: SkipReason, detail: LocalizedText? = nil, at: Timestamp = SampleRun.start) -> Occasion {
    Occasion(
      outcome: ScheduledOutcome(schedule: "weekly", due: at, at: at, result: .skipped(reason), detail: detail),
      engagement: Engagement(id: "E-1", customer: "Example", site: "Plant", operator: "K"))
  }

  /// What devices say who want to be a header, a log line, a label, a page or a terminal's orders.
  static let injections = [
    "<script>alert(1)</script>", "\" onload=\"x", "{{id}} {{{headline}}} {{#entries}}",
    "a\r\nBcc: evil@example.com\r\n\r\nbody",
    "line\nfeed\ttab", "\u{1b}[31mred\u{1b}[0m\u{9b}2J", "\u{202e}fdp.exe\u{202c}\u{2066}", "\u{0}\u{1}\u{7f}",
    "\u{2028}x\u{2029}",
    "] [evil@32473 a=\"b\"", "\\\"] \\", "=?UTF-8?B?ZXZpbA==?=", "<34>1 2026-01-01T00:00:00Z evil - - - - x",
    "$(reboot) `reboot` ; reboot",
    "--help", "Z" + String(repeating: "\u{300}", count: 5000), "\u{e0041}\u{feff}",
    "tenken_findings{severity=\"high\"} 9\n# HELP x",
  ]
}

/// Programs that nobody here wrote.
enum Oracle {
  static let python = Sample.repository.path + "/.build/oracles/bin/python"

  /// What a Python script says about octets on its standard input.
  static func read(_ script: String, _ octets: [UInt8], arguments: [String] = [], python: String = "/usr/bin/python3")
    throws -> String
  {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: python)
    process.arguments = ["-c", script] + arguments
    let input = FileManager.default.temporaryDirectory.appendingPathComponent("tenken-oracle-\(UUID().uuidString)")
    try Data(octets).write(to: input)
    defer { try? FileManager.default.removeItem(at: input) }
    process.standardInput = try FileHandle(forReadingFrom: input)
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let said = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw CocoaError(.executableLoad) }
    return String(decoding: said, as: UTF8.self)
  }
}
