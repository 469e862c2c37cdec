import Foundation
import Records
import Schedules
import Testing

@Suite struct ScheduledOutcomeTests {
  @Test func `an outcome comes back from JSON as it was`() throws {
    let outcome = ScheduledOutcome(
      schedule: "weekly", due: Timestamp(nanoseconds: 1_000_000_000), at: Timestamp(nanoseconds: 2_000_000_000),
      result: .skipped(.wrongNetwork), detail: LocalizedText(ja: "別", en: "another"))
    #expect(try JSONDecoder().decode(ScheduledOutcome.self, from: JSONEncoder().encode(outcome)) == outcome)
  }
}
