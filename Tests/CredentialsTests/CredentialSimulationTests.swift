import Authority
import Records
import Testing

@testable import Credentials

struct CredentialSimulationTests {
  private func profile(
    _ transport: LoginTransport, telnet: TelnetRecipe = TelnetRecipe(), http: HTTPRecipe = HTTPRecipe(),
    rules: [CredentialProfile.Rule] = [], _ pairs: [(String, String)] = [("root", "1"), ("admin", "2")]
  ) -> CredentialProfile {
    CredentialProfile(
      id: "maker/device", family: LocalizedText(ja: "機器", en: "devices"), rules: rules, transports: [transport],
      telnet: telnet, http: http, snmp: .version2c, proof: .answer,
      pairs: pairs.map { CredentialPair(account: $0.0, secret: Secret(Array($0.1.utf8))) }, threshold: .unknown,
      confidence: .low, sources: [])
  }

  private func failures(_ profile: CredentialProfile) -> [String] {
    CredentialSimulation(profile).failures.map { "\($0.device.en): \($0.expected), \($0.came)" }
  }

  @Test func `every profile of the rule set comes to what it should on its own devices`() throws {
    let all = try Rules.credentials().all
    var simulated: Set<LoginTransport> = []
    for profile in all {
      let simulation = CredentialSimulation(profile)
      #expect(simulation.failures.isEmpty, "\(profile.id): \(failures(profile))")
      #expect(Set(simulation.simulated + simulation.notSimulated) == Set(profile.transports))
      simulated.formUnion(simulation.simulated)
    }
    #expect(simulated == Set(LoginTransport.allCases).subtracting([.ssh]))
  }

  /// Each kind of service, by the devices alone: what is not the pair is refused, and what accepts all is seen through.
  @Test(arguments: LoginTransport.allCases)
  func `a profile without faults passes on every kind of service`(_ transport: LoginTransport) {
    let hasNames = ![.vnc, .snmp].contains(transport)
    let simulation = CredentialSimulation(
      profile(transport, hasNames ? [("a", "1"), ("b", "2")] : [("", "1"), ("", "2")]))
    #expect(simulation.failures.isEmpty && simulation.simulated == (transport == .ssh ? [] : [transport]))
  }

  @Test func `a text that stands otherwise in a page is not seen, and fails`() {
    let recipe = HTTPRecipe(success: ["Setup & Status"])
    #expect(
      failures(profile(.http, http: recipe)).first
        == "a device that accepts #1 \u{201c}Setup & Status\u{201d}: accepted #1, inconclusive (no-proof)")
    #expect(failures(profile(.http, http: HTTPRecipe(path: "/a", success: ["Setup"], failure: ["Nope"]))).isEmpty)
  }

  @Test func `texts that contradict each other fail`() {
    let recipe = TelnetRecipe(success: ["Main Menu"], failure: ["main"])
    let came = failures(profile(.telnet, telnet: recipe))
    #expect(came.first?.hasSuffix(": accepted #1, inconclusive (signs-disagree)") == true, "\(came)")
    let lock = TelnetRecipe(success: ["Main Menu"], lockedOut: ["menu"])
    #expect(failures(profile(.telnet, telnet: lock)).first?.hasSuffix("inconclusive (locked-out)") == true)
    let good = TelnetRecipe(logout: "quit", success: ["Main Menu", "主菜单"], failure: ["No."], lockedOut: ["Come back"])
    #expect(failures(profile(.telnet, telnet: good)).isEmpty)
  }

  /// AUTH has a name or has none, by the first pair.
  @Test func `pairs that one recipe cannot enter fail`() {
    let came = failures(profile(.redis, [("", "1"), ("ops", "2")]))
    #expect(came == ["a device that accepts #2: accepted #2, refused"])
  }

  @Test func `the greeting that a profile is known by is said`() {
    func greeted(_ text: String) -> CredentialProfile {
      profile(.ftp, rules: [CredentialProfile.Rule(sign: .greeting(text), strength: .strong)])
    }
    #expect(failures(greeted("NASFTPD Turbo station")).isEmpty)
    // Longer than any service is listened to.
    #expect(failures(greeted(String(repeating: "x", count: 20_000))).first?.hasSuffix("(octet-limit)") == true)
  }

  @Test func `formulas are filled in by what the simulated device says`() {
    var derived = profile(.http)
    derived.pairs = [
      CredentialPair(account: "root", formula: CredentialFormula(origin: .mac, last: 6)),
      CredentialPair(account: "", formula: CredentialFormula(origin: .serial)),
    ]
    #expect(failures(derived).isEmpty)
    // Longer than any device's: it stays empty, and nothing is accepted.
    derived.pairs = [CredentialPair(account: "root", formula: CredentialFormula(origin: .serial, last: 60))]
    #expect(failures(derived).first == "a device that accepts #1: accepted #1, refused")
  }
}
