import Authority
import Engine
import Profiles
import Records
import Testing

@testable import Audit

/// What a device gets: the least of profile, scope and command line. The figures are those of
/// Profiles/scans/standard.yaml and fast.yaml.
struct LimitsTests {
  private func plan(_ profile: String, scope: Int, asked: Int?) throws -> AuditPlan {
    var plan = try VirtualAudit.plan(
      ports: "80", scope: VirtualAudit.scope(rates: Scope.Rates(perDevice: scope, total: 0)), profile: profile)
    plan.deviceRate = asked
    return plan
  }

  @Test func `a device gets what its class gets`() throws {
    let plan = try plan("standard", scope: 10_000, asked: nil)
    #expect(plan.limits(for: .fragile) == SegmentScan.Limits(rate: 20, inFlight: 2))
    #expect(plan.limits(for: .normal) == SegmentScan.Limits(rate: 100, inFlight: 8))
    #expect(plan.limits(for: .robust) == SegmentScan.Limits(rate: 100, inFlight: 8))
  }

  @Test func `the scope's ceiling lowers every class, and 0 lowers none`() throws {
    let low = try plan("standard", scope: 50, asked: nil)
    #expect([DeviceClass.fragile, .normal, .robust].map { low.limits(for: $0).rate } == [20, 50, 50])
    let none = try plan("fast", scope: 0, asked: nil)
    #expect([DeviceClass.fragile, .normal, .robust].map { none.limits(for: $0).rate } == [20, 1000, 0])
    // A profile without a ceiling has the scope's.
    #expect(try plan("fast", scope: 700, asked: nil).limits(for: .robust).rate == 700)
  }

  @Test func `what is asked for holds for all but fragile devices, below the scope's ceiling`() throws {
    let slower = try plan("standard", scope: 10_000, asked: 30)
    #expect([DeviceClass.fragile, .normal, .robust].map { slower.limits(for: $0).rate } == [20, 30, 30])
    let faster = try plan("standard", scope: 10_000, asked: 4000)
    #expect([DeviceClass.fragile, .normal, .robust].map { faster.limits(for: $0).rate } == [20, 4000, 4000])
    #expect(faster.limits(for: .fragile).inFlight == 2)
    #expect(try plan("standard", scope: 500, asked: 4000).limits(for: .normal).rate == 500)
    #expect(try plan("standard", scope: 500, asked: 0).limits(for: .normal).rate == 500)
    #expect(try plan("standard", scope: 0, asked: 0).limits(for: .normal).rate == 0)
  }

  @Test func `less than its class gets is given to a fragile device as well`() throws {
    #expect(try plan("standard", scope: 10_000, asked: 5).limits(for: .fragile).rate == 5)
    #expect(try plan("standard", scope: 3, asked: 5).limits(for: .fragile).rate == 3)
  }

  @Test func `enough probes are on their way for the rate that was asked for`() throws {
    // A silent port is waited for: at 4000 a second and 60 ms, 240 and the one that follows.
    #expect(try plan("standard", scope: 10_000, asked: 4000).limits(for: .normal).inFlight == 241)
    #expect(try plan("standard", scope: 10_000, asked: 30).limits(for: .normal).inFlight == 8)
    #expect(try plan("standard", scope: 0, asked: 0).limits(for: .normal).inFlight == 0)
  }
}
