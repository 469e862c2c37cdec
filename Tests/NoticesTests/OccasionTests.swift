import LabSupport
import Notices
import Records
import RunComparison
import Schedules
import Testing

@Suite struct OccasionTests {
  @Test func `a first run has nothing to differ from`() {
    let record = SampleRun(1).record
    let occasion = Occasion(
      outcome: ScheduledOutcome(
        schedule: "weekly", due: nil, at: record.run.ended,
        result: .completed(run: record.run.runID, pack: "/p", partial: false)), engagement: record.run.engagement,
      run: record)
    #expect(occasion.difference == nil)
  }
}
