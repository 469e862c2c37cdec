import Foundation
import LabSupport
import Testing

@testable import Records

struct TimeTests {
  /// Computed with Python's `datetime`, which shares no code with ours.
  @Test(arguments: [
    ("1970-01-01T00:00:00+00:00", 0 as Int64), ("2000-02-29T23:59:59Z", 951_868_799_000_000_000),
    ("2000-03-01T00:00:00Z", 951_868_800_000_000_000), ("2024-02-29T12:34:56Z", 1_709_210_096_000_000_000),
    ("2100-02-28T23:59:59Z", 4_107_542_399_000_000_000), ("2100-03-01T00:00:00Z", 4_107_542_400_000_000_000),
    ("1969-12-31T23:59:59.999Z", -1_000_000), ("1969-07-20T20:17:40Z", -14_182_940_000_000_000),
    ("1900-01-01T00:00:00Z", -2_208_988_800_000_000_000), ("1900-03-01T00:00:00Z", -2_203_891_200_000_000_000),
    ("1901-12-13T20:45:52Z", -2_147_483_648_000_000_000), ("2038-01-19T03:14:08Z", 2_147_483_648_000_000_000),
    ("2026-11-20T10:02:11.042+09:00", 1_795_136_531_042_000_000),
    ("2026-11-20T10:02:11.042-03:30", 1_795_181_531_042_000_000),
    ("2026-01-01T00:30:00+09:00", 1_767_195_000_000_000_000),
    ("2024-12-31T23:30:00-01:00", 1_735_691_400_000_000_000), ("1700-01-01T00:00:00Z", -8_520_336_000_000_000_000),
    ("2261-12-31T23:59:59.999Z", 9_214_646_399_999_000_000),
  ])
  func `known moments are read`(text: String, nanoseconds: Int64) {
    #expect(Timestamp(rfc3339: text)?.nanoseconds == nanoseconds)
  }

  @Test(arguments: [
    (Int64(0), 0, "1970-01-01T00:00:00.000Z"), (1_795_136_531_042_000_000, 540, "2026-11-20T10:02:11.042+09:00"),
    (1_795_181_531_042_000_000, -210, "2026-11-20T10:02:11.042-03:30"),
    (1_767_195_000_000_000_000, 540, "2026-01-01T00:30:00.000+09:00"),
    (1_767_195_000_000_000_000, 0, "2025-12-31T15:30:00.000Z"),
    (951_868_799_000_000_000, 0, "2000-02-29T23:59:59.000Z"),
    (4_107_542_400_000_000_000, 0, "2100-03-01T00:00:00.000Z"), (-1_000_000, 0, "1969-12-31T23:59:59.999Z"),
    (-1, 0, "1969-12-31T23:59:59.999Z"), (999_999, 0, "1970-01-01T00:00:00.000Z"),
    (-8_520_336_000_000_000_000, 0, "1700-01-01T00:00:00.000Z"),
  ])
  func `known moments are printed`(nanoseconds: Int64, offset: Int, text: String) {
    #expect(Timestamp(nanoseconds: nanoseconds).rfc3339(offsetMinutes: offset) == text)
  }

  @Test(arguments: [
    ("1970-01-01T00:00:00.5Z", 500_000_000 as Int64), ("1970-01-01T00:00:00.000000001Z", 1),
    ("1970-01-01T00:00:00.123456789Z", 123_456_789), ("1970-01-01T00:00:00.10Z", 100_000_000),
    ("1970-01-01t00:00:00z", 0), ("1970-01-01 00:00:00Z", 0), ("1970-01-01T00:00:00-00:00", 0),
  ])
  func `fractions and the spellings of RFC 3339 are read`(text: String, nanoseconds: Int64) {
    #expect(Timestamp(rfc3339: text)?.nanoseconds == nanoseconds)
  }

  @Test(arguments: [
    "", "2026-11-20", "2026-11-20T10:02:11", "2026-11-20T10:02:11.042", "2026-11-20T10:02Z", "2026-11-20T10:02:60Z",
    "2026-11-20T10:60:00Z", "2026-11-20T24:00:00Z", "2026-02-30T00:00:00Z", "2026-02-29T00:00:00Z",
    "2100-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2026-04-31T00:00:00Z", "2026-00-01T00:00:00Z",
    "2026-13-01T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-32T00:00:00Z", "2026-11-20T10:02:11.Z",
    "2026-11-20T10:02:11.0000000001Z", "2026-11-20T10:02:11+0900", "2026-11-20T10:02:11+09",
    "2026-11-20T10:02:11+24:00",
    "2026-11-20T10:02:11+09:60", "2026-11-20T10:02:11JST", "2026-11-20T10:02:11Z ", " 2026-11-20T10:02:11Z",
    "26-11-20T10:02:11Z", "2026-11-20T10:02:11+09:00Z", "+2026-11-20T10:02:11Z", "２026-11-20T10:02:11Z",
    "2026/11/20T10:02:11Z",
  ])
  func `a time that is incomplete or does not exist is refused`(text: String) {
    #expect(Timestamp(rfc3339: text) == nil)
  }

  /// 64 bits of nanoseconds end in 1677 and 2262.
  @Test(arguments: ["0000-01-01T00:00:00Z", "1600-02-29T00:00:00Z", "2262-04-12T00:00:00Z", "9999-12-31T23:59:59Z"])
  func `a time beyond what fits is refused instead of trapping`(text: String) {
    #expect(Timestamp(rfc3339: text) == nil)
  }

  @Test func `the first and last readable moments can be printed and subtracted`() throws {
    let first = try #require(Timestamp(rfc3339: "1678-01-01T00:00:00+23:59"))
    let last = try #require(Timestamp(rfc3339: "2261-12-31T23:59:59.999-23:59"))
    #expect(first.rfc3339(offsetMinutes: -1439).hasPrefix("1677-12-30"))
    #expect(last.rfc3339(offsetMinutes: 1439).hasPrefix("2262-01-02"))
    // 584 years of which 141 are leap years (by `calendar.isleap` of Python), less the millisecond, plus both offsets.
    let days = 584 * 365 + 141
    let expected = Duration.seconds(days * 86_400 + 2 * 1439 * 60) - Duration.milliseconds(1)
    #expect(last - first == expected)
  }

  @Test func `random moments survive printing and reading in random offsets`() {
    var random = SeededRandom(seed: 20_261_123)
    for _ in 0..<20_000 {
      let milliseconds = Int64.random(in: -9_000_000_000_000...9_000_000_000_000, using: &random)
      let moment = Timestamp(nanoseconds: milliseconds * 1_000_000)
      let text = moment.rfc3339(offsetMinutes: Int.random(in: -1439...1439, using: &random))
      #expect(Timestamp(rfc3339: text) == moment, "\(text)")
    }
  }

  /// Foundation's calendar is the second opinion here.
  @Test func `random dates agree with Foundation`() throws {
    let formatter = ISO8601DateFormatter()
    var random = SeededRandom(seed: 7)
    for _ in 0..<2_000 {
      let seconds = Int64.random(in: -2_000_000_000...8_000_000_000, using: &random)
      let text = formatter.string(from: Date(timeIntervalSince1970: Double(seconds)))
      #expect(Timestamp(rfc3339: text)?.nanoseconds == seconds * 1_000_000_000, "\(text)")
    }
  }

  @Test(
    arguments: [
      (Duration.nanoseconds(1), 1), (.microseconds(3), 3_000), (.milliseconds(700), 700_000_000),
      (.seconds(4), 4_000_000_000), (.zero, 0), (.milliseconds(-1_500), -1_500_000_000),
      (Duration(secondsComponent: 1, attosecondsComponent: 999_999_999), 1_000_000_000),
      (.seconds(3_600 * 24 * 365), 31_536_000_000_000_000),
    ] as [(Duration, Int64)])
  func `a duration in nanoseconds`(duration: Duration, nanoseconds: Int64) {
    #expect(duration.nanoseconds == nanoseconds)
  }

  @Test func `instants move by durations and order by time`() {
    let start = MonotonicInstant(nanoseconds: 5_000)
    #expect((start + .milliseconds(2)).nanoseconds == 2_005_000)
    #expect((start + .milliseconds(2)) - start == .milliseconds(2))
    #expect(start - (start + .milliseconds(2)) == .milliseconds(-2))
    #expect(start < start + .nanoseconds(1))
    #expect(Duration.milliseconds(1_500).seconds == 1.5)
  }

  /// RFC 3339 §5.6 writes an offset with two digits of hours.
  @Test(
    arguments: [(1439, "+23:59"), (1440, "+23:59"), (.max, "+23:59"), (-1440, "-23:59"), (.min, "-23:59")]
      as [(Int, String)])
  func `an offset beyond a day is taken for the largest`(offset: Int, written: String) {
    #expect(Timestamp(nanoseconds: 0).rfc3339(offsetMinutes: offset).hasSuffix(written))
  }

  @Test func `a time is written in UTC to the millisecond`() throws {
    let moment = Timestamp(nanoseconds: 1_795_136_531_042_999_999)
    let octets = try JSONEncoder().encode([moment])
    #expect(String(decoding: octets, as: UTF8.self) == #"["2026-11-20T01:02:11.042Z"]"#)
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode([Timestamp].self, from: Data(#"["2026-11-20T01:02:11"]"#.utf8))
    }
  }
}
