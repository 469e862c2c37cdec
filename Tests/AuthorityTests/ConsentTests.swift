import Addressing
import Authority
import LabSupport
import Records
import Testing

struct ConsentTests {
  private static let start = ManualClock.startOfDay

  static func consent(
    _ members: [Consent.Member], name: String = "cameras", techniques: Set<Technique> = [.defaultCredentials],
    from: Timestamp = start, until: Timestamp = start + .seconds(3600)
  ) -> Consent {
    Consent(
      name: name, members: members, administrator: .init(name: "A", organisation: "B"), techniques: techniques,
      validFrom: from, validUntil: until, paper: .init(file: "c.pdf", sha256: String(repeating: "0", count: 64)))
  }

  static func scope(
    _ consents: [Consent], networks: [String] = ["10.0.0.0/24"],
    techniques: Set<Technique> = [.serviceQuestions, .defaultCredentials]
  ) throws -> Scope {
    Scope(
      engagement: Engagement(id: "1", customer: "c", site: "s", operator: "o"), validFrom: start + .seconds(-3600),
      validUntil: start + .seconds(86_400 * 30), networks: try networks.map { try AddressRange(parsing: $0) },
      exclusions: [.init(target: .addresses(try AddressRange(parsing: "10.0.0.9")))], techniques: techniques,
      rates: .init(perDevice: 10, total: 10), consents: consents)
  }

  private func rule(
    _ scope: Scope, _ address: String, mac: String? = nil, after: Duration = .seconds(1), port: UInt16 = 23,
    _ transport: Transport = .tcp
  ) throws -> Refusal.Rule? {
    let gate = TransmissionGate(scope: scope, otPorts: [502], neverWritePorts: [9100])
    return gate.refusal(
      ofLoginTo: try #require(IPAddress(address)), service: ServiceEndpoint(transport: transport, port: port),
      mac: mac.flatMap { MACAddress($0) }, technique: .defaultCredentials, at: Self.start + after)?.rule
  }

  @Test func `a login needs a consent that names the device, and is valid`() throws {
    let range = Consent.Member.addresses(try AddressRange(parsing: "10.0.0.0/28"))
    let scope = try Self.scope([Self.consent([range])])
    #expect(try rule(scope, "10.0.0.3") == nil)
    #expect(try rule(scope, "10.0.0.16") == .noConsent(.defaultCredentials))
    // Half open, like a scope's own window.
    #expect(try rule(scope, "10.0.0.3", after: .zero) == nil)
    #expect(try rule(scope, "10.0.0.3", after: .seconds(-1)) == .consentNotValid("cameras"))
    #expect(try rule(scope, "10.0.0.3", after: .seconds(3600)) == .consentNotValid("cameras"))
    #expect(try rule(try Self.scope([]), "10.0.0.3") == .noConsent(.defaultCredentials))
  }

  @Test func `what holds for every technique holds for logins, consent or not`() throws {
    let all = Consent.Member.addresses(try AddressRange(parsing: "0.0.0.0/0"))
    let scope = try Self.scope([Self.consent([all])])
    if case .excluded = try rule(scope, "10.0.0.9") {} else { Issue.record("an exclusion wins") }
    if case .outsideNetworks = try rule(scope, "10.0.1.3") {} else { Issue.record("networks count") }
    #expect(try rule(scope, "10.0.0.3", port: 9100) == .neverWrite(9100))
    #expect(try rule(scope, "10.0.0.3", port: 502) == .industrialPort(502))
    let without = try Self.scope([Self.consent([all])], techniques: [.serviceQuestions])
    #expect(try rule(without, "10.0.0.3") == .techniqueNotAllowed(.defaultCredentials))
  }

  @Test func `a consent for a MAC address holds at whatever address, and for that device alone`() throws {
    let mac = try #require(MACAddress("00:11:22:33:44:55"))
    let scope = try Self.scope([Self.consent([.device(mac)])])
    #expect(try rule(scope, "10.0.0.3", mac: "00:11:22:33:44:55") == nil)
    #expect(try rule(scope, "10.0.0.3", mac: "00:11:22:33:44:56") == .noConsent(.defaultCredentials))
    #expect(try rule(scope, "10.0.0.3") == .noConsent(.defaultCredentials), "behind a gateway nobody knows")
  }

  /// RFC 1918, RFC 3927, RFC 4193, RFC 4291, and what lies on either side of each block.
  @Test(arguments: [
    ("10.0.0.1", true), ("11.0.0.1", false), ("9.255.255.255", false), ("172.16.0.1", true), ("172.31.255.255", true),
    ("172.15.255.255", false), ("172.32.0.0", false), ("192.168.255.1", true), ("192.167.0.1", false),
    ("192.169.0.1", false), ("169.254.1.1", true), ("100.64.0.1", false), ("fe80::1", true), ("fec0::1", false),
    ("fc00::1", true), ("fdff::1", true), ("fe00::1", false), ("2001:db8::1", false),
  ])
  func `an address that is not private has to be listed by itself`(address: String, isPrivate: Bool) throws {
    let networks = ["0.0.0.0/0", "::/0"]
    let ranges = try networks.map { Consent.Member.addresses(try AddressRange(parsing: $0)) }
    let scope = try Self.scope([Self.consent(ranges)], networks: networks)
    #expect(try rule(scope, address) == (isPrivate ? nil : .publicAddress))
    let alone = Consent.Member.addresses(AddressRange(try #require(IPAddress(address))))
    let listed = try Self.scope([Self.consent([alone])], networks: networks)
    #expect(try rule(listed, address) == nil)
  }
}
