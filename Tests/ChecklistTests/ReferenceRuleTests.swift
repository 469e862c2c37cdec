import Profiles
import Records
import Testing

@testable import Checklist

/// Items that are answered by holding a device against documents and declarations.
struct ReferenceRuleTests {
  private let context: ChecklistContext
  private let sample = DeviceSample(open: [22: .ssh, 443: .nothing])

  init() throws { context = ChecklistContext(profiles: try RuleSet.store(), serviceQuestionsAllowed: true) }

  /// The sample, with a verdict on some of its ports or on itself.
  private func facts(_ question: String, _ verdicts: [(port: UInt16?, ProbeVerdict.Result)]) throws -> DeviceFacts {
    let facts = sample.facts(checks: try RuleSet.store().checks)
    let said = verdicts.enumerated().map { number, verdict in
      Observation(
        id: "EV-9\(number)", at: DeviceSample.moment, technique: .passive,
        subject: verdict.port.map { .service(facts.device.id, ServiceEndpoint(transport: .tcp, port: $0)) }
          ?? .device(facts.device.id),
        fact: .probed(ProbeVerdict(question, verdict.1, basis: LocalizedText(ja: "根拠", en: "basis"))), evidence: [])
    }
    return DeviceFacts(
      device: facts.device, coverage: facts.coverage, findings: [], observations: facts.observations + said)
  }

  private func site(_ facts: DeviceFacts) -> SiteFacts { SiteFacts(at: DeviceSample.moment, devices: [facts]) }

  /// No declaration of the owner's holds for the device: whoever named the ports, it was documents about the model.
  @Test func `open ports that documents name support the item and never pass it`() throws {
    let all = try facts("port.unnecessary", [(22, .refuted), (443, .refuted)])
    #expect(PortsClosedRule().judge(all, of: site(all), in: context).map(RuleCase.outline) == ["needs-review supports"])
  }

  @Test func `the list for the owner has the ports that nobody names, and only those`() throws {
    let some = try facts("port.unnecessary", [(22, .refuted), (443, .inconclusive(reason: "no-declaration"))])
    let verdict = try #require(PortsClosedRule().judge(some, of: site(some), in: context).first)
    #expect(RuleCase.outline(verdict) == "needs-review NT-DATA neutral")
    #expect(verdict.explanation.en.contains("each open port (tcp/443)"))
    #expect(verdict.explanation.ja.contains("(tcp/443)がそれぞれ必要かどうか"))
  }

  @Test(arguments: [
    (ProbeVerdict.Result.refuted, "needs-review supports"),
    (.inconclusive(reason: "no-reference"), "needs-review NT-DATA neutral"),
  ])
  func `firmware that is merely not older never passes`(result: ProbeVerdict.Result, outline: String) throws {
    let facts = try facts("firmware.outdated", [(nil, result)])
    let verdict = try #require(FirmwareRule().judge(facts, of: site(facts), in: context).first)
    #expect(RuleCase.outline(verdict) == outline && verdict.explanation.en == "basis")
  }

  @Test func `firmware of which nothing was said is not tested`() throws {
    let facts = try facts("", [])
    #expect(
      FirmwareRule().judge(facts, of: site(facts), in: context).map(RuleCase.outline) == ["not-tested NT-DATA"])
  }
}
