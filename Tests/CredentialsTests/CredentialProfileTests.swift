import Addressing
import Authority
import Credentials
import Documents
import Foundation
import Profiles
import Records
import Testing

struct CredentialProfileTests {
  private static let usual = ProfileText()

  /// A profile to damage, a line at a time, in a rule set of its own.
  struct ProfileText {
    var text = """
      id: maker/camera
      family: { en: Cameras, ja: カメラ }
      identify:
        - { strength: strong, greeting: MakerCam }
      transports: [telnet]
      telnet:
        logout: quit
      pairs:
        - { account: root, password: "1" }
      lockout: { failures: 5 }
      proof: answer
      confidence: medium
      sources:
        - { title: Manual, url: "https://example.invalid/manual", retrieved: 2026-11-29 }

      """

    func read(_ name: String = "maker/camera") throws -> CredentialProfiles {
      let scratch = FileManager.default.temporaryDirectory.appendingPathComponent("tenken-cred-\(UUID().uuidString)")
      defer { try? FileManager.default.removeItem(at: scratch) }
      let rules = URL(fileURLWithPath: try Rules.store.get().directory)
      try FileManager.default.copyItem(at: rules, to: scratch)
      try FileManager.default.removeItem(at: scratch.appendingPathComponent("credentials"))
      let file = scratch.appendingPathComponent("credentials/\(name).yaml")
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
      return try CredentialProfiles(try ProfileStore(directory: scratch.path, readingCases: false))
    }

    func replacing(_ old: String, _ new: String) throws -> ProfileText {
      try #require(text.contains(old))
      var copy = self
      copy.text = text.replacing(old, with: new)
      return copy
    }
  }

  @Test func `every profile of the rule set is in order and small, and each transport has one generic`() throws {
    let all = try Rules.credentials().all
    #expect(all.count { !$0.isGeneric } >= 40)
    for transport in LoginTransport.allCases {
      #expect(all.count { $0.isGeneric && $0.transports.contains(transport) } == 1, "\(transport)")
    }
    for profile in all {
      #expect(profile.pairs.count <= (profile.isGeneric ? 2 : 3), "\(profile.id)")
      #expect(!profile.family.ja.isEmpty && profile.sources.allSatisfy { $0.url.hasPrefix("https://") })
      // A threshold of one would leave no room for any pair.
      if case .failures(let count) = profile.threshold { #expect(count >= 3, "\(profile.id)") }
    }
  }

  @Test func `a profile reads as it was written`() throws {
    let profile = try #require(try Self.usual.read().profile("maker/camera"))
    #expect(profile.telnet == TelnetRecipe(logout: "quit"))
    #expect(profile.threshold == .failures(5) && profile.threshold.limit == 4)
    #expect(profile.pairs == [CredentialPair(account: "root", secret: Secret(Array("1".utf8)))])
  }

  @Test func `a rule to derive a password is read`() throws {
    let text = try Self.usual.replacing("password: \"1\"", "derive: { from: serial, last: 6, case: lower }")
    let formula = CredentialFormula(origin: .serial, last: 6, letters: .lower)
    #expect(try text.read().profile("maker/camera")?.pairs == [CredentialPair(account: "root", formula: formula)])
    // Of devices that nobody knows no rule is known.
    let generic = try text.replacing("id: maker/camera", "id: generic/telnet")
      .replacing("identify:\n  - { strength: strong, greeting: MakerCam }\n", "")
      .replacing("{ failures: 5 }", "unknown")
    let error = #expect(throws: DocumentError.self) { _ = try generic.read("generic/telnet") }
    #expect(error?.line == 7, "\(String(describing: error))")
  }

  @Test(arguments: [
    ("id: maker/camera", "id: other/camera", 1), ("transports: [telnet]", "transports: [finger]", 5),
    ("strength: strong", "strength: weak", 1), ("greeting: MakerCam", "organisation: Maker", 4),
    ("greeting: MakerCam", "family: nobody/nothing", 4), ("  logout: quit", "  exit: quit", 7),
    ("lockout: { failures: 5 }", "lockout: { failures: 0 }", 10), ("proof: answer", "proof: text", 1),
    ("https://", "http://", 14), ("2026-11-29", "yesterday", 14), ("password: \"1\"", "password: \"a\\nb\"", 9),
    (
      "  - { account: root, password: \"1\" }",
      "  - {account: a}\n  - {account: b}\n  - {account: c}\n  - {account: d}", 9
    ),
    ("  - { account: root, password: \"1\" }", "  - {account: a}\n  - {account: a}", 9),
    ("password: \"1\"", "password: \"1\", derive: { from: mac }", 9), ("password: \"1\"", "derive: { from: imei }", 9),
    ("password: \"1\"", "derive: { from: mac, last: 13 }", 9), ("password: \"1\"", "derive: { from: mac, last: 0 }", 9),
    ("password: \"1\"", "derive: { from: serial, first: 6 }", 9), ("password: \"1\"", "derive: { case: upper }", 9),
    ("password: \"1\"", "derive: { from: serial, case: Upper }", 9),
  ])
  func `what is not understood is refused with its line`(old: String, new: String, line: Int) throws {
    let text = try Self.usual.replacing(old, new)
    let error = #expect(throws: DocumentError.self) { _ = try text.read() }
    #expect(
      error?.line == line && error?.file.hasSuffix("credentials/maker/camera.yaml") == true,
      "\(String(describing: error))")
  }

  @Test(arguments: [
    ("", "password: a", SNMPRecipe.version2c), ("snmp: { version: 1 }", "password: a", .version1),
    ("snmp: { version: 2c }", "password: a", .version2c),
    ("snmp: { version: 3, auth: md5 }", "account: b, password: a", .version3(.md5)),
    ("snmp: { version: 3, auth: sha }", "account: b, password: a", .version3(.sha)),
    ("snmp: { version: 3, auth: md5, context: c_v }", "account: b, password: a", .version3(.md5, context: "c_v")),
    ("snmp: { version: 2c, context: c_v }", "password: a", nil),
    ("snmp: { version: 3, auth: md5, context: c v }", "account: b, password: a", nil),
    // Without a digest, with one that is not asked for, a name as a community, a user without name or password.
    ("snmp: { version: 3 }", "account: b, password: a", nil), ("snmp: { version: 1, auth: sha }", "password: a", nil),
    ("snmp: { version: 2 }", "password: a", nil), ("", "account: b, password: a", nil),
    ("snmp: { version: 3, auth: sha }", "password: a", nil), ("snmp: { version: 3, auth: sha }", "account: b", nil),
  ])
  func `communities and users of SNMP are kept apart`(recipe: String, pair: String, result: SNMPRecipe?) throws {
    let text = try Self.usual.replacing(
      "transports: [telnet]\ntelnet:\n  logout: quit", "transports: [snmp]\n\(recipe)"
    )
    .replacing("account: root, password: \"1\"", pair)
    if let result {
      #expect(try text.read().profile("maker/camera")?.snmp == result)
    } else {
      #expect(throws: DocumentError.self) { _ = try text.read() }
    }
  }

  @Test func `a fault never tells a password`() throws {
    let text = try Self.usual.replacing("password: \"1\"", "password: \"Zq7-vault\", word: x")
    let error = #expect(throws: DocumentError.self) { _ = try text.read() }
    #expect(error.map { "\($0)".contains("Zq7") } == false)
  }

  private func device(
    vendor: String? = nil, claims: [Claim] = [], ports: [UInt16] = [23]
  ) throws -> Device {
    Device(
      mac: try #require(MACAddress("02:00:00:00:00:01")), addresses: [],
      vendor: vendor.map { Attribution(name: $0, source: "test") },
      services: ports.map { Service(endpoint: ServiceEndpoint(transport: .tcp, port: $0), state: .open) }
    ).with(claims)
  }

  private func choice(
    _ device: Device, family: (id: String, byMore: Bool)? = nil, greeting: String = "login: "
  ) throws -> String? {
    try Rules.credentials().choice(
      for: DeviceTraits(device: device, family: family, greeting: Array(greeting.utf8)), by: .telnet)?
      .id
  }

  @Test func `one strong sign or two weak ones choose a profile, and nothing less`() throws {
    let dahua = "Zhejiang Dahua Technology Co., Ltd."
    #expect(try choice(device()) == "generic/telnet")
    #expect(try choice(device(vendor: dahua)) == "generic/telnet", "a maker makes more than cameras")
    #expect(try choice(device(vendor: dahua, ports: [23, 37777])) == "dahua/camera")
    #expect(try choice(device(ports: [23, 37777])) == "generic/telnet", "anybody may open a port")
    #expect(try choice(device(vendor: "Zhejiang Dahuang Ltd", ports: [23, 37777])) == "generic/telnet")
    #expect(try choice(device(), family: ("dahua/camera", true)) == "dahua/camera")
    #expect(
      try choice(device(vendor: dahua), family: ("dahua/camera", false)) == "generic/telnet", "the same sign twice")
    #expect(try choice(device(), greeting: "\r\nAXIS 2120 Network Camera\r\nlogin: ") == "axis/camera")
    let claim = Claim(.vendor, "Symmetricom, Inc.", source: "t", confidence: .high)
    #expect(try choice(device(claims: [claim])) == "symmetricom/timevault")
  }
}

extension Device {
  fileprivate func with(_ claims: [Claim]) -> Device {
    var copy = self
    copy.claims = claims
    return copy
  }
}
