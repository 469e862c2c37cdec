import Addressing
import Authority
import Probes
import Records
import Testing

@testable import Credentials

struct CredentialFormulaTests {
  private func device(mac: String? = nil, _ claims: [(Claim.Kind, String, Claim.Confidence)] = []) throws -> Device {
    let address = try #require(IPAddress("192.0.2.9"))
    var device = Device(address: address)
    if let mac { device = Device(mac: try #require(MACAddress(mac)), addresses: [address]) }
    device.claims = claims.map { Claim($0.0, $0.1, source: "test", confidence: $0.2) }
    return device
  }

  private func profile(
    _ pairs: [CredentialPair], id: String = "maker/device", rules: [CredentialProfile.Rule] = []
  ) -> CredentialProfile {
    CredentialProfile(
      id: id, family: LocalizedText(ja: "機器", en: "devices"), rules: rules, transports: [.telnet],
      telnet: TelnetRecipe(), http: HTTPRecipe(), snmp: .version2c, proof: .answer, pairs: pairs, threshold: .unknown,
      confidence: .low,
      sources: [])
  }

  private func pair(_ account: String, _ password: String) -> CredentialPair {
    CredentialPair(account: account, secret: Secret(Array(password.utf8)))
  }

  private func entered(_ formula: CredentialFormula, _ device: Device) -> CredentialPair? {
    profile([CredentialPair(account: "root", formula: formula)]).resolved(for: device).pairs.first
  }

  /// The example of OKI's manual: 00:80:87:D4:FA:00 is D4FA00.
  @Test func `a MAC address is 12 digits, in capitals unless the rule says otherwise`() throws {
    let device = try device(mac: "00:80:87:d4:fa:00")
    #expect(entered(CredentialFormula(origin: .mac, last: 6), device) == pair("root", "D4FA00"))
    #expect(entered(CredentialFormula(origin: .mac), device) == pair("root", "008087D4FA00"))
    #expect(entered(CredentialFormula(origin: .mac, letters: .lower), device) == pair("root", "008087d4fa00"))
  }

  @Test func `beyond a router the address that the device names is taken, and its own before that`() throws {
    let named = try device([(.mac, "00-80-87-00-00-0A", .medium), (.mac, "none", .low)])
    #expect(entered(CredentialFormula(origin: .mac), named) == pair("root", "00808700000A"))
    let both = try device(mac: "02:00:00:00:00:01", [(.mac, "00-80-87-00-00-0A", .high)])
    #expect(entered(CredentialFormula(origin: .mac), both) == pair("root", "020000000001"))
  }

  @Test func `a serial number is taken as it stands, the best believed first`() throws {
    let device = try device([(.serial, "low-1", .low), (.serial, "8G172550BAZ3Cq", .high)])
    #expect(entered(CredentialFormula(origin: .serial), device) == pair("root", "8G172550BAZ3Cq"))
    #expect(entered(CredentialFormula(origin: .serial, last: 6), device) == pair("root", "BAZ3Cq"))
    #expect(entered(CredentialFormula(origin: .serial, last: 2, letters: .upper), device) == pair("root", "CQ"))
  }

  /// What a device says would be entered: a line end would be one there.
  @Test(arguments: ["ab\r\nreboot", "a b", "番号", "000000", "", "12345", String(repeating: "ab", count: 33)])
  func `what is no serial number, or too short, is not entered`(_ value: String) throws {
    let device = try device([(.serial, value, .high)])
    let formula = CredentialFormula(origin: .serial, last: 6)
    #expect(entered(formula, device) == CredentialPair(account: "root", formula: formula))
  }

  @Test func `a pair that cannot be derived keeps its place and is passed over`() throws {
    let pairs = [
      CredentialPair(account: "admin", formula: CredentialFormula(origin: .serial)),
      CredentialPair(account: "admin", formula: CredentialFormula(origin: .mac)), pair("admin", "1"),
    ]
    let resolved = profile(pairs).resolved(for: try device(mac: "00:80:87:d4:fa:00"))
    #expect(resolved.pairs == [pairs[0], pair("admin", "008087D4FA00"), pairs[2]])
    let service = Service(endpoint: ServiceEndpoint(transport: .tcp, port: 23), state: .open)
    var course = LoginCourse(
      profile: resolved, service: service, transport: .telnet, machine: TelnetLogin(port: 23, recipe: TelnetRecipe()))
    #expect(course.next == .pair(1))
    course.note(.refused, latency: nil)
    #expect(course.next == .pair(2) && course.failures(before: 2) == 1, "nothing was tried for the first")
    course.note(.refused, latency: nil)
    #expect(course.conclusion == .refused && course.tried == 2)
  }

  @Test func `a profile that has nothing to enter is not chosen`() throws {
    let claim = CredentialProfile.Rule(sign: .claim(.vendor, "Maker"), strength: .strong)
    let own = profile([CredentialPair(account: "", formula: CredentialFormula(origin: .serial))], rules: [claim])
    let all = CredentialProfiles(all: [profile([pair("root", "root")], id: "generic/telnet"), own])
    func choice(_ claims: [(Claim.Kind, String, Claim.Confidence)]) throws -> CredentialProfile? {
      all.choice(for: DeviceTraits(device: try device(claims), family: nil, greeting: []), by: .telnet)
    }
    #expect(try choice([(.vendor, "Maker", .high)])?.id == "generic/telnet")
    let known = try choice([(.vendor, "Maker", .high), (.serial, "S-77", .high)])
    #expect(known?.id == "maker/device" && known?.pairs == [pair("", "S-77")])
  }

  @Test func `a plan says what a password follows from, and never the password`() throws {
    let profile = profile([
      CredentialPair(account: "admin", formula: CredentialFormula(origin: .mac)),
      CredentialPair(account: "", formula: CredentialFormula(origin: .serial)), pair("root", "hunter2"),
    ])
    #expect(
      profile.accounts(on: nil)
        == "#1 admin (from the MAC address / MACアドレスから), #2 - (from the serial number / 製造番号から), #3 root")
    let text = profile.accounts(on: try device(mac: "00:80:87:d4:fa:00"))
    #expect(
      text.hasPrefix("#1 admin (from the MAC address / MACアドレスから), #2 - (from the serial number, which is not known / ")
    )
    #expect(!text.contains("D4FA00") && !text.contains("hunter2"))
  }

  /// Values as IPP, SNMP and the web page give them; a device that says nothing of the model keeps what its family has.
  @Test(arguments: [
    ("oki/printer", "C3520", "oki/c3520"), ("oki/printer", "C3530", "oki/printer"),
    ("kyocera/mfp", "TASKalfa PA4500ci", "kyocera/pa4500ci"), ("kyocera/mfp", "TASKalfa 400ci", "kyocera/mfp"),
    ("canon/printer", "Canon TR8500 series", "canon/pixma"), ("polycom/phone", "Poly G7500", "poly/g7500"),
    ("", "XP-8800 Series", "epson/printer"), ("epson/tm", "TM-T20", "epson/tm"),
  ])
  func `the profile of the model comes before that of its family`(family: String, model: String, id: String) throws {
    let claims: [(Claim.Kind, String, Claim.Confidence)] = [(.model, model, .high), (.serial, "X12345678", .high)]
    let device = try device(
      mac: "00:80:87:d4:fa:00", claims + [(.vendor, "EPSON", .high), (.role, "printer", .medium)])
    let traits = DeviceTraits(
      device: device, family: family.isEmpty ? nil : (id: family, byMore: true), greeting: [])
    #expect(try Rules.credentials().choice(for: traits, by: .http)?.id == id)
  }
}
