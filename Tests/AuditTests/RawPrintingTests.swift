import Addressing
import LabSupport
import Profiles
import Records
import Testing

@testable import Audit

/// Raw print ports, held against what the device says of itself when everything was asked.
struct RawPrintingTests {
  /// Says that whoever has a banner of SSH is for this.
  private struct SaysRole: TextRecogniser {
    let role: String
    let confidence: Claim.Confidence

    func recognise(_ text: SpokenText, at source: String) -> TextReading {
      guard text.kind == .sshBanner else { return TextReading() }
      return TextReading(claims: [Claim(.role, role, source: source + " ssh.banner", confidence: confidence)])
    }
  }

  private struct Outcome {
    let findings: [Finding]
    let verdicts: [ProbeVerdict]
    let audit: VirtualAudit
  }

  private static func device() -> VirtualDevice {
    let device = VirtualDevice(mac: "00:11:22:00:00:31", address: "10.0.0.11", open: [22, 9100])
    device.greetings[22] = Array("SSH-2.0-box\r\n".utf8)
    return device
  }

  private func audit(
    _ device: VirtualDevice, role: String = "printer", confidence: Claim.Confidence = .medium
  ) throws -> Outcome {
    var plan = try VirtualAudit.plan(ports: "22,100-160,515,9100")
    plan.references = [RawPrintingReference(VirtualAudit.profiles)]
    let audit = try VirtualAudit([device], plan, fingerprints: SaysRole(role: role, confidence: confidence))
    try audit.run.run()
    let verdicts = audit.run.observations.compactMap { observation -> ProbeVerdict? in
      guard case .probed(let verdict) = observation.fact, verdict.question == "printer.raw-open" else { return nil }
      return verdict
    }
    return Outcome(
      findings: audit.result().findings.filter { $0.check == "printer.raw-open" }, verdicts: verdicts, audit: audit)
  }

  @Test func `a printer whose port keeps the connection is a finding, and got not one octet`() throws {
    let device = Self.device()
    let outcome = try audit(device)
    let finding = try #require(outcome.findings.first)
    #expect(outcome.findings.count == 1 && finding.service == ServiceEndpoint(transport: .tcp, port: 9100))
    #expect(finding.severity == .low)
    for part in ["not one octet was sent", "tcp/22 ssh.banner"] { #expect(finding.detail.en.contains(part)) }
    // The connection that listened is all there was, and its frames are the finding's.
    #expect(device.connections.filter { $0 == 9100 }.count == 1 && device.payloadOctets == 0)
    #expect(outcome.audit.sink.findings.first { $0.finding.id == finding.id }?.frames.isEmpty == false)
  }

  @Test func `one that hangs up at once refutes it`() throws {
    let device = Self.device()
    device.greetings[9100] = []
    device.closing = [9100]
    let outcome = try audit(device)
    #expect(outcome.findings.isEmpty && outcome.verdicts.map(\.result) == [.refuted])
    #expect(outcome.verdicts[0].basis.en.contains("ended it at once (closed)"))
  }

  /// A web server behind the same number waits for its client, too.
  @Test(arguments: [("router", Claim.Confidence.high), ("printer", .low)])
  func `what does not say of itself that it prints is not taken for a printer`(
    role: String, confidence: Claim.Confidence
  ) throws {
    let outcome = try audit(Self.device(), role: role, confidence: confidence)
    #expect(outcome.findings.isEmpty)
    #expect(outcome.verdicts.map(\.result) == [.inconclusive(reason: "not-known-to-print")])
  }

  @Test func `a port that speaks is no raw print port`() throws {
    let device = Self.device()
    device.greetings[9100] = Array("hello\r\n".utf8)
    let outcome = try audit(device)
    #expect(outcome.findings.isEmpty && outcome.verdicts.map(\.result) == [.inconclusive(reason: "other-answer")])
  }

  @Test func `a port of another protocol, a closed one, and the line printer daemon's are not judged`() throws {
    let device = Self.device()
    device.greetings[9100] = Array("SSH-2.0-box\r\n".utf8)
    #expect(try audit(device).verdicts.isEmpty)
    let other = VirtualDevice(mac: "00:11:22:00:00:31", address: "10.0.0.11", open: [22, 515])
    other.greetings[22] = Array("SSH-2.0-box\r\n".utf8)
    #expect(try audit(other).verdicts.isEmpty)
  }

  @Test func `the attributes of a printer count, what a page says does not`() throws {
    let endpoint = ServiceEndpoint(transport: .tcp, port: 9100)
    let address = try #require(IPAddress("10.0.0.11"))
    func verdicts(_ claims: [Claim]) -> [ProbeVerdict.Result] {
      var device = Device(address: address, services: [Service(endpoint: endpoint, state: .open)])
      device.claims = claims
      let heard = Observation(
        id: "EV-000001", at: ManualClock.startOfDay, technique: .serviceQuestions,
        subject: .service(device.id, endpoint),
        fact: .serviceUnidentified(octets: 0, ended: "silence"), evidence: ["data/services/x.bin"])
      let said = RawPrintingReference(VirtualAudit.profiles).verdicts(of: [device], observations: [heard])
      #expect(said.allSatisfy { $0.evidence == ["data/services/x.bin"] && $0.service == endpoint })
      return said.map(\.verdict.result)
    }
    let model = Claim(.model, "ET-2750 Series", source: "tcp/631 ipp printer-make-and-model", confidence: .high)
    #expect(verdicts([model]) == [.proven])
    #expect(
      verdicts([Claim(.model, "ET-2750", source: "tcp/80 http title", confidence: .high)]) == [
        .inconclusive(reason: "not-known-to-print")
      ])
  }
}
