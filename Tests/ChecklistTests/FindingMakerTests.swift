import Addressing
import Profiles
import Records
import Testing

@testable import Checklist

struct FindingMakerTests {
  private let profiles: ProfileStore
  private let device = Device(
    mac: MACAddress(rawValue: 0x0011_22aa_bbcc), addresses: [IPAddress(IPv4Address(rawValue: 0xc0a8_0a07))])

  init() throws { profiles = try RuleSet.store() }

  private func observation(_ fact: Observation.Fact, port: UInt16 = 23) -> Observation {
    Observation(
      id: "EV-000007", at: DeviceSample.moment, technique: .serviceQuestions,
      subject: .service(device.id, ServiceEndpoint(transport: .tcp, port: port)), fact: fact,
      evidence: ["evidence/a.json"])
  }

  @Test func `the cases beside each check come out as they say`() {
    let maker = FindingMaker(checks: profiles.checks)
    #expect(!profiles.checks.isEmpty)
    for check in profiles.checks {
      #expect(!check.cases.isEmpty, "\(check.id)")
      for example in check.cases {
        var found: [String] = []
        for seen in example.observations {
          // Networks are no devices; their findings are made where they are heard (WiFiReportTests).
          if case .network(let weakness) = seen {
            if check.rule.matches(weakness: weakness) { found.append("\(check.id) 0 \(check.severity)") }
            continue
          }
          let observation = observation(of: seen)
          for match in maker.matches(observation) where match.id == check.id {
            let finding = maker.finding(
              id: "F-1", check: match, observation: observation, device: device, evidence: ["e"])
            found.append("\(finding.check) \(finding.service?.port ?? 0) \(finding.severity)")
            #expect(!finding.detail.ja.isEmpty && !finding.detail.en.isEmpty)
          }
        }
        let expected = example.expect.map { "\($0.check) \($0.port ?? 0) \($0.severity ?? check.severity)" }
        #expect(found == expected, "\(check.id): \(example.name)")
      }
    }
  }

  private func observation(of seen: Check.Case.Observation) -> Observation {
    switch seen {
    case .network:
      return Observation(
        id: "EV-1", at: DeviceSample.moment, technique: .wifiListen, subject: .device(device.id),
        fact: .serviceUnidentified(octets: 0, ended: "silence"))
    case .service(let endpoint, let name):
      let fact: Observation.Fact =
        name.map { .serviceIdentified($0, basis: LocalizedText(ja: "case", en: "case")) }
        ?? .serviceUnidentified(octets: 0, ended: "silence")
      return Observation(
        id: "EV-1", at: DeviceSample.moment, technique: .serviceQuestions,
        subject: .service(device.id, endpoint), fact: fact)
    case .probe(let endpoint, let question, let result):
      return Observation(
        id: "EV-1", at: DeviceSample.moment, technique: .serviceQuestions,
        subject: endpoint.map { .service(device.id, $0) } ?? .device(device.id),
        fact: .probed(ProbeVerdict(question, result, basis: LocalizedText(ja: "case", en: "case"))))
    case .distress(let kind):
      return Observation(
        id: "EV-1", at: DeviceSample.moment, technique: .tcpSYN, subject: .device(device.id),
        fact: .distress(
          Distress(
            kind: kind, lastAnswer: DeviceSample.moment, frozen: DeviceSample.moment + .milliseconds(250),
            ended: kind == .lost ? nil : DeviceSample.moment + .seconds(9), frames: 41)))
    }
  }

  /// 2026-11-20T01:02:11.042Z and 250 ms later, in Japan.
  @Test func `a distress is told with its window and its frames`() throws {
    let maker = FindingMaker(checks: profiles.checks)
    let check = try #require(profiles.check("device.distress"))
    for (kind, severity) in [
      (Distress.Kind.recovered, Severity.medium), (.slow, .medium), (.rebooted, .high), (.lost, .high),
    ] {
      let observation = observation(of: .distress(kind))
      #expect(maker.matches(observation).map(\.id) == ["device.distress"])
      let finding = maker.finding(id: "F-1", check: check, observation: observation, device: device, evidence: [])
      #expect(finding.severity == severity && finding.service == nil && finding.items.isEmpty)
      for text in [finding.detail.ja, finding.detail.en] {
        #expect(text.contains("2026-11-20T10:02:11.042+09:00") && text.contains("2026-11-20T10:02:11.292+09:00"))
        #expect(text.contains("41"))
        #expect(text.contains("2026-11-20T10:02:20.042+09:00") == (kind != .lost))
      }
    }
  }

  @Test func `a finding carries the check's words and the observation's octets`() throws {
    let maker = FindingMaker(checks: profiles.checks)
    let seen = observation(
      .serviceIdentified(.telnet, basis: LocalizedText(ja: "login prompt: login:", en: "login prompt: login:")),
      port: 2_323)
    let check = try #require(profiles.check("telnet.enabled"))
    #expect(maker.matches(seen).map(\.id) == ["telnet.enabled"])
    let finding = maker.finding(id: "F-0001", check: check, observation: seen, device: device, evidence: seen.evidence)
    #expect(finding.id == "F-0001" && finding.check == "telnet.enabled" && finding.severity == .high)
    #expect(finding.title == check.title && finding.remediation == check.remediation)
    #expect(finding.device.id == device.id && finding.device.addresses == device.addresses)
    #expect(finding.service == ServiceEndpoint(transport: .tcp, port: 2_323))
    #expect(finding.items == ["jssec-iot-v1/JSSEC-14.2.c", "jssec-iot-v1/JSSEC-15.2.b"])
    #expect(finding.observations == ["EV-000007"] && finding.evidence == ["evidence/a.json"])
    #expect(finding.at == seen.at)
    for text in [finding.detail.ja, finding.detail.en] {
      #expect(text.contains("tcp/2323") && text.contains("telnet") && text.contains("login prompt: login:"))
    }
  }

  @Test func `nothing but an identified service or a distress makes a finding`() {
    let maker = FindingMaker(checks: profiles.checks)
    let facts: [Observation.Fact] = [
      .answeredARP(address: device.addresses[0]), .answeredNeighbourSolicitation(address: device.addresses[0]),
      .answeredEcho(address: device.addresses[0]), .answeredSYN(address: device.addresses[0]),
      .sighted(address: device.addresses[0], by: "mdns"), .port(.open),
      .port(.closed), .port(.silent), .udp(.open, probe: "snmp"),
      .serviceUnidentified(octets: 12, ended: "closed"), .connectionFailed(reason: "refused"),
      .serviceIdentified(.ssh, basis: LocalizedText(ja: "x", en: "x")),
      .probed(ProbeVerdict("telnet.enabled", .proven, basis: LocalizedText(ja: "x", en: "x"))),
      .claimed([Claim(.model, "telnet", source: "x", confidence: .high)]),
      .serviceIdentified(ProtocolName(rawValue: "Telnet"), basis: LocalizedText(ja: "x", en: "x")),
    ]
    for fact in facts { #expect(maker.matches(observation(fact)).isEmpty, "\(fact)") }
  }

  @Test func `without checks there are no findings`() {
    #expect(
      FindingMaker(checks: []).matches(observation(.serviceIdentified(.telnet, basis: LocalizedText(ja: "x", en: "x"))))
        .isEmpty)
  }
}
