import Addressing
import Audit
import Foundation
import LabSupport
import Records
import Testing

/// Devices held against data from outside when everything was looked at.
struct ReferenceTests {
  /// Says the same of every device.
  private struct Says: ReferenceCheck {
    let result: ProbeVerdict.Result

    func verdicts(of devices: [Device]) -> [ReferenceVerdict] {
      devices.map {
        ReferenceVerdict(
          device: $0.id,
          verdict: ProbeVerdict("device.unlisted", result, basis: LocalizedText(ja: "台帳に記載なし", en: "not listed")))
      }
    }
  }

  private func audit(_ result: ProbeVerdict.Result, stopAfter: Duration? = nil) throws -> VirtualAudit {
    var plan = try VirtualAudit.plan(ports: "1-100")
    plan.references = [Says(result: result)]
    let audit = try VirtualAudit(
      [Site.camera(), Site.recorder()], plan, stop: stopAfter.map { (after: $0, reason: .interrupted) })
    try audit.run.run()
    return audit
  }

  @Test func `what a reference proves is a finding about the device, with its observation`() throws {
    let audit = try audit(.proven)
    let findings = audit.result().findings.filter { $0.check == "device.unlisted" }
    #expect(findings.count == 2 && findings.allSatisfy { $0.service == nil && $0.detail.en == "not listed" })
    #expect(Set(findings.map(\.device.id)).count == 2 && Set(findings.map(\.id)).count == 2)
  }

  @Test func `what was found by it counts where the journal is read again`() throws {
    let audit = try audit(.proven)
    var restored = RestoredRun(portCount: 100)
    for line in audit.sink.journal { restored.take(try JSONDecoder().decode(JournalLine.self, from: line)) }
    #expect(restored.discarded.isEmpty)
    #expect(restored.findings.count { $0.check == "device.unlisted" } == 2)
  }

  @Test(arguments: [ProbeVerdict.Result.refuted, .inconclusive(reason: "address-only")])
  func `what it does not prove is none`(result: ProbeVerdict.Result) throws {
    #expect(try audit(result).result().findings.allSatisfy { $0.check != "device.unlisted" })
  }

  @Test func `an interrupted run is not held against anything yet`() throws {
    let audit = try audit(.proven, stopAfter: .milliseconds(900))
    #expect(audit.run.stopReason == .interrupted)
    #expect(audit.result().findings.allSatisfy { $0.check != "device.unlisted" })
  }

  @Test func `nothing is sent for it`() throws {
    var plan = try VirtualAudit.plan(ports: "1-100")
    let without = try VirtualAudit([Site.camera()], plan)
    try without.run.run()
    plan.references = [Says(result: .proven)]
    let with = try VirtualAudit([Site.camera()], plan)
    try with.run.run()
    #expect(with.run.totalFramesSent == without.run.totalFramesSent)
  }
}
