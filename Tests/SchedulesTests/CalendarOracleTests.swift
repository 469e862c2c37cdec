import Foundation
import LabSupport
import Records
import Schedules
import Testing

/// systemd wakes the schedules of most users: what it makes of an expression is what this program must make of it.
@Suite struct CalendarOracleTests {
  /// Moments by systemd-analyze(1), in UTC; nil where it refuses the expression.
  private static func systemd(_ expression: String, from base: Timestamp, _ count: Int) throws -> [Timestamp]? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    let begin = base.rfc3339().prefix(19).replacing("T", with: " ")
    process.arguments = [
      "systemd-analyze", "calendar", "--base-time=\(begin) UTC", "--iterations=\(count)", expression,
    ]
    process.environment = ProcessInfo.processInfo.environment.merging(["TZ": "UTC", "LC_ALL": "C"]) { $1 }
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { return nil }
    return try text.split(separator: "\n").filter { $0.contains("Next elapse: ") || $0.contains("Iter. #") }
      .compactMap { line in
        let words = line.split(separator: " ")
        guard let last = words.last, last == "UTC" else { return nil }
        return try moment("\(words[words.count - 3])T\(words[words.count - 2])Z")
      }
  }

  private static func ours(_ expression: String, from base: Timestamp, _ count: Int) throws -> [Timestamp]? {
    guard let calendar = try? CalendarExpression(parsing: expression) else { return nil }
    let zone = try SystemZone(calendar.zone ?? "UTC")
    var (moments, last): ([Timestamp], Timestamp) = ([], base)
    while moments.count < count, let next = calendar.next(after: last, in: zone) {
      moments.append(next)
      last = next
    }
    return moments
  }

  @Test func `systemd-analyze is there to ask`() throws {
    let found = try Self.systemd("daily", from: ManualClock.startOfDay, 1)
    #expect(found == [try moment("2026-11-21T00:00:00Z")])
  }

  @Test(arguments: [
    "Mon *-*-* 22:00", "Mon..Wed,Sat *-*-1..7/2 22:00", "weekly", "Mon *-*~07/1", "*-*~3 10:00", "quarterly",
    "semiannually", "10:5", "*:0/15", "Fri *-*-13", "00/6:00", "Mon", "12-31", "*-*-31", "*-*~1..3", "*-*-1/10",
    "1..3-*", "*-02-29 22:00 Asia/Tokyo", "*-*-* 02:30 Europe/Berlin", "*-*-* *:30 Europe/Berlin",
    "Sun *-*-* 01..03:15 America/New_York", "*-*-* 02:15 Australia/Lord_Howe", "monday,FRIDAY 9:00:30",
  ])
  func `an expression names the moments that systemd names`(expression: String) throws {
    let base = try moment("2026-03-20T00:00:00Z")
    let expected = try #require(try Self.systemd(expression, from: base, 24))
    try #require(!expected.isEmpty)
    #expect(try Self.ours(expression, from: base, expected.count) == expected)
  }

  @Test func `five years of a weekly audit are systemd's, over every change of the clocks`() throws {
    for zone in ["Asia/Tokyo", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"] {
      let expression = "Sun *-*-* 02:30 \(zone)"
      let base = try moment("2026-11-30T00:00:00Z")
      let expected = try #require(try Self.systemd(expression, from: base, 261))
      #expect(try Self.ours(expression, from: base, 261) == expected, "\(zone)")
    }
  }

  @Test func `expressions made at random are read as systemd reads them`() throws {
    var random = SeededRandom(seed: 2026)
    func pick(_ choices: [String]) -> String { choices[Int(random.next() % UInt64(choices.count))] }
    func number(_ range: ClosedRange<Int>) -> Int { range.lowerBound + Int(random.next() % UInt64(range.count)) }
    func field(_ range: ClosedRange<Int>) -> String {
      switch number(0...4) {
      case 0: return "*"
      case 1: return "\(number(range))"
      case 2:
        let low = number(range)
        return "\(low)..\(number(low...range.upperBound))"
      case 3: return "\(number(range))/\(number(1...9))"
      default: return "\(number(range)),\(number(range))"
      }
    }
    var compared = 0
    for _ in 0..<120 {
      let day = pick(["", "Mon ", "Tue..Thu ", "Sat,Sun ", "mon,wed..fri "])
      let date = pick([
        "", "\(field(1...12))-\(field(1...28)) ", "*-\(field(1...12))-\(field(1...31)) ", "*-*~\(number(1...9)) ",
      ])
      let time = "\(field(0...23)):\(field(0...59))"
      let expression = day + date + time + pick(["", " UTC", " Asia/Tokyo", " Europe/Berlin"])
      guard let expected = try Self.systemd(expression, from: ManualClock.startOfDay, 8) else {
        #expect((try? CalendarExpression(parsing: expression)) == nil, "systemd refuses \(expression)")
        continue
      }
      compared += 1
      // It goes on for longer than we do.
      let near = expected.filter { $0 - ManualClock.startOfDay < .seconds(11 * 365 * 86_400) }
      #expect(try Self.ours(expression, from: ManualClock.startOfDay, near.count) == near, "\(expression)")
    }
    #expect(compared > 80)
  }

  @Test(arguments: [
    "", " ", "Mon..", "Fre 10:00", "25:00", "10:60", "*-13-1", "*-*-32", "*-*-0", "Wed..Mon 10:00", "7..3:00",
    "*-*-*/10", "*/2:00",
    "10", "*-*-* 24:00", "22:00 *-*-*", "*-*-1..5/2~3", "10:00:00:00", "1/0:00", "10:00 Asia/../Tokyo",
    "mon,tue 9", "*-*-1,*:00", String(repeating: "1,", count: 200) + "1:00",
  ])
  func `what cannot be read is refused with words`(expression: String) {
    let error = #expect(throws: CalendarError.self) { try CalendarExpression(parsing: expression) }
    #expect(error.map { !$0.problem.isEmpty } ?? false)
  }
}
