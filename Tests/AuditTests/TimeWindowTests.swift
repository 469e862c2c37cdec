import Audit
import Records
import Testing

struct TimeWindowTests {
  /// 2026-11-20T00:00:00Z: 20,777 days after the epoch.
  private static let midnight = Timestamp(nanoseconds: 20_777 * 86_400 * 1_000_000_000)

  private static func moment(_ hour: Int, _ minute: Int, _ second: Int = 0) -> Timestamp {
    midnight + .seconds(hour * 3600 + minute * 60 + second)
  }

  @Test func `the day of the samples is the one that is meant`() {
    #expect(Self.midnight.rfc3339(offsetMinutes: 0).hasPrefix("2026-11-20T00:00:00"))
  }

  @Test func `a window within a day is open from its first moment to before its last`() throws {
    let window = try #require(TimeWindow("09:30-17:00"))
    let end = Self.moment(17, 0)
    #expect(window.end(at: Self.moment(9, 29, 59), offsetMinutes: 0) == nil)
    #expect(window.end(at: Self.moment(9, 30), offsetMinutes: 0) == end)
    #expect(window.end(at: Self.moment(16, 59, 59), offsetMinutes: 0) == end)
    #expect(window.end(at: end, offsetMinutes: 0) == nil)
  }

  @Test func `a window over midnight ends on the next day`() throws {
    let window = try #require(TimeWindow("22:00-05:00"))
    #expect(window.end(at: Self.moment(21, 59, 59), offsetMinutes: 0) == nil)
    #expect(window.end(at: Self.moment(22, 0), offsetMinutes: 0) == Self.moment(24 + 5, 0))
    #expect(window.end(at: Self.moment(23, 59, 59), offsetMinutes: 0) == Self.moment(29, 0))
    #expect(window.end(at: Self.moment(0, 0), offsetMinutes: 0) == Self.moment(5, 0))
    #expect(window.end(at: Self.moment(4, 59, 59), offsetMinutes: 0) == Self.moment(5, 0))
    #expect(window.end(at: Self.moment(5, 0), offsetMinutes: 0) == nil)
  }

  @Test func `the hours are those of the customer's clock`() throws {
    let window = try #require(TimeWindow("22:00-05:00"))
    // 13:00 UTC is 22:00 in Tokyo; 20:00 UTC is 05:00 of the next day there.
    #expect(window.end(at: Self.moment(12, 59, 59), offsetMinutes: 540) == nil)
    #expect(window.end(at: Self.moment(13, 0), offsetMinutes: 540) == Self.moment(20, 0))
    #expect(window.end(at: Self.moment(20, 0), offsetMinutes: 540) == nil)
    // 03:30 west of Greenwich: 01:30 UTC is 22:00 of the day before.
    #expect(window.end(at: Self.moment(1, 29, 59), offsetMinutes: -210) == nil)
    #expect(window.end(at: Self.moment(1, 30), offsetMinutes: -210) == Self.moment(8, 30))
  }

  @Test func `a moment before the epoch lies in its day too`() throws {
    let window = try #require(TimeWindow("22:00-05:00"))
    // 23:00 of 1969-12-31.
    let evening = Timestamp(nanoseconds: -3600 * 1_000_000_000)
    #expect(window.end(at: evening, offsetMinutes: 0) == Timestamp(nanoseconds: 5 * 3600 * 1_000_000_000))
    #expect(window.end(at: Timestamp(nanoseconds: -12 * 3600 * 1_000_000_000), offsetMinutes: 0) == nil)
  }

  @Test func `each minute of a day is inside a window or inside the rest of the day`() throws {
    for text in ["00:00-12:00", "23:59-00:01", "05:00-04:59"] {
      let window = try #require(TimeWindow(text))
      let ends = text.split(separator: "-")
      let rest = try #require(TimeWindow("\(ends[1])-\(ends[0])"))
      for minute in 0..<24 * 60 {
        let moment = Self.moment(0, minute)
        let isOpen = window.end(at: moment, offsetMinutes: 0) != nil
        #expect(isOpen != (rest.end(at: moment, offsetMinutes: 0) != nil), "\(text) at minute \(minute)")
      }
    }
  }

  @Test(arguments: [
    "", "-", "22:00", "22:00-", "-05:00", "22:00-05:00-06:00", "24:00-05:00", "22:60-05:00", "2:00-05:00",
    "22:00-22:00", "2200-0500", "22:00–05:00", " 22:00-05:00", "+2:00-05:00", "٢٢:٠٠-٠٥:٠٠",
  ])
  func `what is no window is not taken for one`(_ text: String) { #expect(TimeWindow(text) == nil) }

  @Test func `it prints as it was written`() {
    for text in ["22:00-05:00", "00:00-00:01", "09:05-23:59"] { #expect(TimeWindow(text)?.description == text) }
  }
}
