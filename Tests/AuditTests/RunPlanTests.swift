import Audit
import Foundation
import LabSupport
import Records
import Testing

struct RunPlanTests {
  private let plan = RunPlan(
    run: RunSummary(
      runID: "R", toolVersion: "1", rulesDigest: "r",
      engagement: Engagement(id: "E", customer: "C", site: "S", operator: "O"), scopeDigest: "s", targets: ["10.0.0.1"],
      ports: "", host: "h", started: ManualClock.startOfDay, ended: ManualClock.startOfDay, offsetMinutes: 0,
      seed: "0", partial: false, framesSent: 0),
    purpose: .discover, ports: "", profile: "passive-only", link: nil, deviceRate: nil, maxRate: nil, window: nil,
    shard: nil, unprivileged: false, language: .en, seedWasGiven: false, interfaces: ["eth0"])

  private func object(_ plan: RunPlan) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: JSONEncoder().encode(plan)) as? [String: Any])
  }

  @Test func `how long a run listens is kept, and null where it was not said`() throws {
    #expect(try object(plan)["listen"] is NSNull)
    var listening = plan
    listening.listen = 90
    #expect(try object(listening)["listen"] as? Int == 90)
    #expect(try JSONDecoder().decode(RunPlan.self, from: JSONEncoder().encode(listening)) == listening)
  }

  @Test func `further fingerprints are kept with their digest, and null without them`() throws {
    #expect(try object(plan)["fingerprints"] is NSNull && object(plan)["fingerprintsDigest"] is NSNull)
    var further = plan
    (further.fingerprints, further.fingerprintsDigest) = ("/data/recog", "d")
    #expect(try JSONDecoder().decode(RunPlan.self, from: JSONEncoder().encode(further)) == further)
  }

  @Test func `what decides the exit status is kept, and the folder of the rules`() throws {
    #expect(try object(plan)["failOn"] is NSNull && object(plan)["profiles"] is NSNull)
    var strict = plan
    (strict.failOn, strict.profiles) = (.low, "/data/Profiles")
    #expect(try object(strict)["failOn"] as? String == "low")
    #expect(try JSONDecoder().decode(RunPlan.self, from: JSONEncoder().encode(strict)) == strict)
  }

  @Test func `a plan of a version that did not keep it is read`() throws {
    var older = try object(plan)
    for key in ["listen", "failOn", "profiles", "fingerprints", "fingerprintsDigest"] { older.removeValue(forKey: key) }
    #expect(try JSONDecoder().decode(RunPlan.self, from: JSONSerialization.data(withJSONObject: older)) == plan)
  }
}
