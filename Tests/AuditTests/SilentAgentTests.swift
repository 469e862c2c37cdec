import Addressing
import Audit
import Authority
import Credentials
import LabSupport
import Probes
import Records
import Testing

/// Communities for agents that have answered nothing: they may be there, and a filter looks the same.
struct SilentAgentTests {
  private final class Journals: LoginJournalStore {
    final class File: LoginJournal {
      let store: Journals
      init(_ store: Journals) { self.store = store }
      func read() throws -> [UInt8] { store.octets }
      func append(_ octets: [UInt8]) throws { store.octets += octets }
    }

    var octets: [UInt8] = []
    func open(_ device: DeviceID) throws -> (any LoginJournal)? { File(self) }
  }

  private final class NoStreams: LoginDialer {
    let dialer: VirtualDialer
    init(_ dialer: VirtualDialer) { self.dialer = dialer }
    func open(_ address: IPAddress, zone: Int32?, mac: MACAddress?, port: UInt16, from source: IPAddress?)
      -> SessionOpening
    { dialer.open(address, zone: zone, mac: mac, port: port, from: source) }
    func send(_ session: Int, _ octets: [UInt8]) -> SendOutcome { dialer.send(session, octets) }
    func poll() -> [SessionEvent] { dialer.poll() }
    func close(_ session: Int) { dialer.close(session) }
    func enter(_ session: Int, _ octets: [UInt8], under permit: borrowing LoginPermit) -> SendOutcome { .refused("no") }
    func enter(_ session: Int, _ octets: [UInt8], spending permit: consuming LoginPermit) -> SendOutcome {
      .refused("no")
    }
  }

  /// The agent's side of version 2c (RFC 3416 §3): silent but for a GetRequest with this community; what is answered is the
  /// request with sysObjectID's value in it.
  private static func agent(_ community: String?) -> (UInt16, [UInt8]) -> VirtualDevice.DatagramAnswer {
    { port, octets in
      guard port == 161 else { return .closed }
      guard let community, octets.count > 20, octets[4] == 1, octets[5] == 4,
        octets[7..<(7 + Int(octets[6]))].elementsEqual(community.utf8)
      else { return .silent }
      let unit = 7 + Int(octets[6])
      let value: [UInt8] = [0x06, 10, 0x2b, 6, 1, 4, 1, 0xbf, 8, 3, 2, 10]
      let row: [UInt8] = [0x06, 8, 0x2b, 6, 1, 2, 1, 1, 2, 0] + value
      let rows = [0x30, UInt8(row.count + 2), 0x30, UInt8(row.count)] + row
      let content = Array(octets[(unit + 2)..<(unit + 8)]) + [2, 1, 0, 2, 1, 0] + rows
      let body = Array(octets[2..<unit]) + [0xa2, UInt8(content.count)] + content
      return .octets([0x30, UInt8(body.count)] + body)
    }
  }

  private func audit(
    _ answer: @escaping (UInt16, [UInt8]) -> VirtualDevice.DatagramAnswer, isAsked: Bool = true, consents: Bool = true,
    scansDatagrams: Bool = true
  ) throws -> (audit: VirtualAudit, device: VirtualDevice, journals: Journals) {
    let device = VirtualDevice(mac: "00:11:22:00:00:05", address: "10.0.0.5", open: [])
    device.datagrams = answer
    var techniques: Set<Technique> = [.arpDiscovery, .tcpSYN, .serviceQuestions, .defaultCredentials]
    if scansDatagrams { techniques.insert(.udpProbe) }
    var scope = try VirtualAudit.scope(techniques: techniques)
    if consents {
      scope.consents = [
        Consent(
          name: "g", members: [.addresses(try AddressRange(parsing: "10.0.0.0/24"))],
          administrator: .init(name: "a", organisation: "o"), techniques: [.defaultCredentials],
          validFrom: scope.validFrom, validUntil: scope.validUntil, paper: .init(file: "p", sha256: ""))
      ]
    }
    let gate = TransmissionGate(scope: scope)
    let journals = Journals()
    let profiles = try CredentialProfiles(VirtualAudit.profiles)
    let audit = try VirtualAudit(
      [device], try VirtualAudit.plan(ports: "100-160", scope: scope),
      logins: isAsked
        ? { dialer, clock in
          LoginSetup(
            authority: LoginAuthority(store: journals, gate: gate, wall: { clock.wall }), dialer: NoStreams(dialer),
            profiles: profiles, random: { CredentialPair(account: "nobody", secret: Secret(Array("k4x9q".utf8))) })
        } : nil)
    return (audit, device, journals)
  }

  /// The communities that reached the device in version 2c.
  private func communities(_ device: VirtualDevice) -> [String] {
    device.received.filter { $0.port == 161 && $0.payload.count > 7 && $0.payload[4] == 1 }
      .map { String(decoding: $0.payload[7..<(7 + Int($0.payload[6]))], as: UTF8.self) }
  }

  @Test func `an agent that answers its own community alone is found, and a random one is not answered`() throws {
    let (audit, device, _) = try audit(Self.agent("private"))
    try audit.run.run()
    #expect(communities(device) == ["private", "k4x9q"])
    let finding = try #require(audit.result().findings.first { $0.check == "cred.default" })
    #expect(finding.service == ServiceEndpoint(transport: .udp, port: 161) && finding.evidence.count == 2)
    #expect(finding.detail.en.contains("generic/snmp, no. 1"))
    // It is there, then.
    let services = try #require(audit.result().inventory.devices.first).services
    #expect(services.map(\.endpoint.description) == ["udp/161"] && services.first?.protocolName == .snmp)
    #expect(audit.run.loginTally.accepted == 1 && audit.run.loginTally.pairs == 1)
  }

  @Test func `silence stays inconclusive, with how many were asked and that it may be a filter`() throws {
    let (audit, device, journals) = try audit(Self.agent(nil))
    try audit.run.run()
    #expect(communities(device) == ["private"])
    let result = audit.result()
    #expect(!result.findings.contains { $0.check == "cred.default" })
    #expect(result.verdicts(device, "jssec-iot-v1/JSSEC-15.1").map(\.status) == [.needsReview])
    let told = try #require(
      audit.sink.events["observation"]?.first { $0.contains("cred.default") && $0.contains("no-answer") })
    #expect(told.contains("1 of 1 published communities") && told.contains("may as well be filtered"), "\(told)")
    #expect(told.contains("遮断されている場合も応答はありません"))
    #expect(audit.run.loginTally.undecided == 1 && result.inventory.devices.first?.services.isEmpty == true)
    // It counts as a failure all the same: the agent may have counted it.
    #expect(String(decoding: journals.octets, as: UTF8.self).contains("unclear"))
    #expect(try result.coverage(device).udp?.silentPorts == [161])
  }

  @Test func `a port that is closed, was not scanned, or that nobody consented to gets none`() throws {
    let (closed, first, _) = try audit { _, _ in .closed }
    try closed.run.run()
    let (unscanned, second, _) = try audit(Self.agent("private"), scansDatagrams: false)
    try unscanned.run.run()
    let (unconsented, third, journal) = try audit(Self.agent("private"), consents: false)
    try unconsented.run.run()
    let (unasked, fourth, _) = try audit(Self.agent("private"), isAsked: false)
    try unasked.run.run()
    for device in [first, second, third, fourth] { #expect(communities(device).isEmpty) }
    #expect(journal.octets.isEmpty)
  }
}
