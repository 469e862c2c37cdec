import Addressing
import Audit
import Authority
import Declarations
import Foundation
import LabSupport
import Profiles
import Records
import Testing

/// What follows in a whole run from the family of a device and from what its owner declares.
struct FamilyRunTests {
  private static func box(_ banner: String, mac: String = "00:11:22:00:00:31") -> VirtualDevice {
    let device = VirtualDevice(mac: mac, address: "10.0.0.11", open: [22, 80])
    device.greetings[22] = Array("SSH-2.0-\(banner)\r\n".utf8)
    device.closing = [22]
    return device
  }

  private func plan(_ declarations: Declarations? = nil, scope: Scope? = nil, ports: String = "22,80,100-160") throws
    -> AuditPlan
  {
    var plan = try VirtualAudit.plan(ports: ports, scope: scope)
    plan.profiles = TestRules.store
    plan.declarations = declarations
    let families = TestRules.store.deviceProfiles
    plan.references = [FirmwareReference(families), ServiceReference(declarations, profiles: families)]
    return plan
  }

  private func result(_ device: VirtualDevice, _ plan: AuditPlan) throws -> AuditResult {
    let audit = try VirtualAudit([device], plan, fingerprints: TestRecogniser())
    try audit.run.run()
    return audit.result()
  }

  @Test func `firmware older than the reference is a finding with both sources`() throws {
    let device = Self.box("test-box 1.4")
    let result = try result(device, plan())
    let finding = try #require(result.findings.first { $0.check == "firmware.outdated" })
    for part in ["1.4", "tcp/22 ssh.banner", "2.0", "Test release notes", "2026-01-15"] {
      #expect(finding.detail.en.contains(part) && finding.detail.ja.contains(part), "\(part)")
    }
    #expect(result.verdicts(device, "jssec-iot-v1/JSSEC-15.3.a").map(\.status) == [.fail])
    #expect(result.inventory.devices.first?.claims.contains { $0.kind == .role && $0.value == "gateway" } == true)
  }

  @Test(arguments: [
    ("test-box 2.0", VerdictStatus.pass, Polarity.supports), ("test-box 2.1", .needsReview, .supports),
    ("other 1.4", .needsReview, .neutral),
  ])
  func `firmware passes as the latest that a document names, and not where it is newer or has no reference`(
    banner: String, status: VerdictStatus, polarity: Polarity
  ) throws {
    let device = Self.box(banner)
    let result = try result(device, plan())
    #expect(!result.findings.contains { $0.check == "firmware.outdated" })
    let verdicts = result.verdicts(device, "jssec-iot-v1/JSSEC-15.3.a")
    #expect(verdicts.map(\.status) == [status] && verdicts.map(\.polarity) == [polarity])
  }

  @Test func `a device that says no version is not judged`() throws {
    let device = Self.box("nothing")
    let verdict = try #require(try result(device, plan()).verdicts(device, "jssec-iot-v1/JSSEC-15.3.a").first)
    #expect(verdict.status == .notTested && verdict.reason == .noReferenceData)
  }

  @Test func `a port that the owner did not declare is a finding of its own`() throws {
    let device = Self.box("x")
    let declared = try TestRules.declarations("devices: [{ device: \"00:11:22:00:00:31\", allow: [tcp/22] }]")
    let result = try result(device, plan(declared))
    let findings = result.findings.filter { $0.check == "port.unnecessary" }
    #expect(findings.map { "\($0.service.map(\.description) ?? "")" } == ["tcp/80"])
    #expect(findings.first?.detail.en.contains("d.yaml:2") == true)
    #expect(result.verdicts(device, "jssec-iot-v1/JSSEC-15.2.b").map(\.status) == [.fail])
  }

  @Test func `declared ports are said to be, and without a declaration the owner gets the rest as a list`() throws {
    let device = Self.box("test-box 2.0")
    let item = "jssec-iot-v1/JSSEC-15.2.b"
    let declared = try TestRules.declarations("devices: [{ device: 10.0.0.11, allow: [tcp/22, tcp/80] }]")
    let allowed = try #require(try result(device, plan(declared)).verdicts(device, item).first)
    // Not every port was asked, so that nothing is said of the item beyond that.
    #expect(allowed.status == .notTested && allowed.reason == .incomplete)
    #expect(allowed.explanation.en.contains("Every open port that was found (tcp/22, tcp/80)"))
    // The family's documents name tcp/80; nobody names tcp/22.
    let asked = try #require(try result(Self.box("test-box 2.0"), plan()).verdicts(device, item).first)
    #expect(asked.status == .needsReview && asked.polarity == .neutral)
    #expect(asked.explanation.en.contains("each open port (tcp/22)") && asked.explanation.en.contains("name tcp/80"))
    let unknown = try #require(try result(Self.box("x"), plan()).verdicts(device, item).first)
    #expect(unknown.explanation.en.contains("tcp/22, tcp/80") && unknown.reason == .noReferenceData)
  }

  @Test func `the family lowers what a device gets from then on`() throws {
    let device = Self.box("test-box 2.0")
    let audit = try VirtualAudit([device], plan(ports: "22,80,100-300"), fingerprints: TestRecogniser())
    try audit.run.run()
    let coverage = try audit.result().coverage(device)
    #expect(coverage.deviceClass == "fragile" && coverage.rateCeiling == 20)
    #expect(audit.sink.events["device.class"]?.count == 1)
  }

  @Test func `what shows to be a controller is left alone from then on`() throws {
    let device = Self.box("test-controller 2.0")
    let scope = try VirtualAudit.scope(techniques: [.arpDiscovery, .tcpSYN, .serviceQuestions])
    let audit = try VirtualAudit(
      [device], plan(scope: scope, ports: "22,80,100-900"), fingerprints: TestRecogniser())
    try audit.run.run()
    let coverage = try audit.result().coverage(device)
    #expect(coverage.stopped?.en.contains("ot-identify") == true && coverage.tcp.unresolved > 0)
    #expect(audit.sink.events["target.industrial"]?.count == 1)
    #expect(device.connections.count { $0 == 80 } <= 1 && audit.run.stopReason == nil)
  }

  @Test func `a controller's complete list excludes what is not in it`() throws {
    let device = Self.box("test-controller 2.0")
    let result = try result(device, plan())
    let finding = try #require(result.findings.first { $0.check == "port.unnecessary" })
    #expect(finding.service == ServiceEndpoint(transport: .tcp, port: 22))
    #expect(finding.detail.en.contains("Test manual"))
  }

  @Test func `what the owner declares fragile is, from the first frame on`() throws {
    let device = Self.box("x")
    let declared = try TestRules.declarations("fragile: [{ device: 10.0.0.11, why: fell over in May }]")
    let result = try result(device, plan(declared, ports: "22,80,100-200"))
    #expect(try result.coverage(device).deviceClass == "fragile")
    #expect(device.peak <= 20)
  }

  @Test func `what the owner declares a controller gets nothing without consent`() throws {
    let device = Self.box("x")
    let declared = try TestRules.declarations("fragile: [{ device: \"00:11:22:00:00:31\", why: line 2, ot: true }]")
    let scope = try VirtualAudit.scope(techniques: [.arpDiscovery, .tcpSYN, .serviceQuestions])
    let result = try result(device, plan(declared, scope: scope))
    #expect(device.probes.isEmpty && device.connections.isEmpty)
    let omission = try #require(result.coverage.omitted.first { $0.addresses == "10.0.0.11" })
    #expect(omission.detail.en.contains("Its owner declares it a controller") && omission.detail.en.contains("line 2"))
  }
}
