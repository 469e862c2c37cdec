import Records
import Testing

@testable import Sheets

@Suite struct DayTests {
  /// Spreadsheets write days with slashes and without zeros (Excel's short date of Japan is yyyy/m/d).
  @Test(arguments: [("2026-11-30", "2026-11-30"), ("2026/1/5", "2026-01-05"), ("2028-02-29", "2028-02-29")])
  func `days are read as people and spreadsheets write them`(text: String, day: String) {
    #expect(Day(text)?.description == day)
  }

  @Test(arguments: ["2026-02-29", "2026-13-01", "26-1-1", "2026-11-30T00:00", "", "2026--1", "２０２６-1-1", "30.11.2026"])
  func `what is no day is none`(text: String) { #expect(Day(text) == nil) }

  @Test func `the day of a moment is Japan's`() {
    // 2026-11-29T16:00:00Z is one in the morning of the 30th in Japan.
    #expect(Timestamp(rfc3339: "2026-11-29T16:00:00Z").map { Day(of: $0).description } == "2026-11-30")
    #expect(Day("2026-09-30").flatMap { a in Day("2026-10-01").map { a < $0 } } == true)
  }
}
