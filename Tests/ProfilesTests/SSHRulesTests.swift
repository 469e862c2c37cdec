import Documents
import Testing

@testable import Profiles

struct SSHRulesTests {
  private let rules: SSHRules

  init() throws { rules = try SSHRules(try RuleSet.store()) }

  private static func files(replacing path: String, _ change: (String) -> String) throws -> [ProfileStore.RuleFile] {
    try RuleSet.store().files.map { file in
      guard file.path == path else { return file }
      return ProfileStore.RuleFile(
        path: path, bytes: Array(change(String(decoding: file.bytes, as: UTF8.self)).utf8))
    }
  }

  private func level(_ name: String, _ kind: SSHGuideline.Kind) -> SSHGuideline.Level? {
    rules.baseline.row(name, kind)?.level
  }

  @Test func `the guidelines are there, each with its source`() {
    #expect(rules.guidelines.map(\.id) == ["iot-baseline", "nist-sp800-131a", "rfc9142"])
    for guideline in rules.guidelines {
      #expect(!guideline.source.title.isEmpty && !guideline.rows.isEmpty)
      for row in guideline.rows.values.joined() { #expect(!row.source.isEmpty) }
    }
  }

  /// RFC 8758 §3, RFC 9142 §4, RFC 4253 §6.3, RFC 6151 §2; what SSH of today offers by default is not weak.
  @Test func `what is weak is weak, and what is usual is not`() {
    for name in ["diffie-hellman-group1-sha1", "rsa1024-sha1", "gss-gex-sha1-toWM5Slw5Ew8Mqkay+al2g=="] {
      #expect(level(name, .keyExchange) == .weak, "\(name)")
    }
    for name in ["arcfour", "none", "3des-cbc", "des-cbc"] { #expect(level(name, .encryption) == .weak, "\(name)") }
    for name in ["none", "hmac-md5-96", "hmac-md5"] { #expect(level(name, .mac) == .weak, "\(name)") }
    #expect(level("ssh-dss", .hostKey) == .weak && level("ssh-rsa", .hostKey) == .aging)
    #expect(rules.baseline.row("ssh-rsa", .hostKey)?.alone == .weak)
    #expect(level("curve25519-sha256", .keyExchange) == .accepted && level("aes256-ctr", .encryption) == .accepted)
    #expect(level("hmac-sha2-256", .mac) == .accepted && level("an-algorithm@example.org", .mac) == nil)
    #expect(rules.baseline.leastSize(of: "ssh-rsa")?.below == 2048 && rules.baseline.groups?.below == 2048)
  }

  /// Nobody has read this document for it.
  @Test func `rows that nobody has verified say so`() throws {
    let nist = try #require(rules.guidelines.first { $0.id == "nist-sp800-131a" })
    let rows = nist.rows.values.joined()
    #expect(rows.allSatisfy { !$0.isVerified } && nist.groups?.isVerified == false)
    let own = rules.baseline.rows.values.joined()
    #expect(own.allSatisfy { $0.isVerified })
  }

  /// The fingerprints that `ssh-keygen -l` prints of keys in that collection.
  @Test func `known keys are found by fingerprint`() {
    #expect(rules.knownKeys.count == 30)
    #expect(rules.knownKeys["MlQfTrr4GkwEXWhIdaO2UQqraKMWLwNos2gDRkahH9g"]?.device == "Piunora (image of 2021-11-24)")
    #expect(Set(rules.knownKeys.values.map(\.type)) == ["ecdsa-sha2-nistp256", "ssh-dss", "ssh-ed25519", "ssh-rsa"])
  }

  @Test(arguments: [
    ("OpenSSH_4.3", ["CVE-2006-5051"]), ("OpenSSH_4.4", []), ("OpenSSH_8.5p1", ["CVE-2024-6387"]),
    ("OpenSSH_9.7p1", ["CVE-2024-6387"]), ("OpenSSH_9.8p1", []), ("OpenSSH_10.0p2", []),
    ("dropbear_0.52", ["CVE-2016-7406", "CVE-2017-9078"]), ("dropbear_2016.74", ["CVE-2017-9078"]),
    ("dropbear_2022.83", []), ("libssh-0.6.3", ["CVE-2018-10933"]), ("libssh_0.7.6", []),
    ("libssh_0.8.3", ["CVE-2018-10933"]),
    ("libssh_0.8.4", []), ("libssh_0.5.9", []),
  ])
  func `a version has the flaws whose range it is in`(software: String, flaws: [String]) throws {
    let found = try #require(rules.software.identify(software))
    let version = try #require(found.version)
    #expect(rules.software.flaws(of: found.product, version).map(\.id) == flaws)
  }

  @Test func `versions are compared by their numbers`() throws {
    func version(_ text: String) throws -> SSHSoftware.Version { try #require(SSHSoftware.Version(text)) }
    #expect(try version("9.2p1") < version("9.2p2") && version("9.9") < version("9.10"))
    #expect(try version("0.6") == version("0.6.0") && version("0.6").hashValue == version("0.6.0").hashValue)
    #expect(try version("2022.83_rc1").description == "2022.83_")
    for text in ["", "x", "_1", "9999999.1"] { #expect(SSHSoftware.Version(text) == nil, "\(text)") }
    #expect(rules.software.identify("ROSSSH") == nil && rules.software.identify("dropbear_")?.version == nil)
  }

  // MARK: Strictness

  @Test(arguments: [
    ("ssh/guidelines/rfc9142.yaml", "level: weak, term: MUST NOT", "level: bad, term: MUST NOT"),
    ("ssh/guidelines/rfc9142.yaml", "term: MUST NOT", "trm: MUST NOT"),
    ("ssh/guidelines/rfc9142.yaml", "names: [rsa1024-sha1]", "names: [rsa1024-sha1, diffie-hellman-group1-sha1]"),
    ("ssh/guidelines/rfc9142.yaml", "names: [rsa1024-sha1]", "names: [\"*\"]"),
    ("ssh/guidelines/rfc9142.yaml", "id: rfc9142", "id: other"),
    ("ssh/guidelines/iot-baseline.yaml", "below: 2048", "below: 1"),
    ("ssh/guidelines/iot-baseline.yaml", "mac:\n  - names: [none]", "mac:\n  - names: [none, hmac-md5]"),
    ("ssh/known-keys.yaml", "fingerprint: \"", "fingerprint: \"x"),
    ("ssh/software.yaml", "software: dropbear", "software: bear"),
    ("ssh/software.yaml", "from: \"8.5p1\", before: \"9.8p1\"", "from: \"9.9\", before: \"9.8p1\""),
    ("ssh/software.yaml", "before: \"4.4\"", "before: \"four\""),
    ("ssh/software.yaml", "id: CVE-2017-9078", "id: CVE-2016-7406"),
  ])
  func `a fault is said with file and line`(path: String, text: String, fault: String) throws {
    let files = try Self.files(replacing: path) { $0.replacing(text, with: fault, maxReplacements: 1) }
    let error = try #require(throws: DocumentError.self) { try SSHRules(files, in: "Profiles") }
    #expect(error.file == "Profiles/\(path)" && error.line != nil, "\(error)")
  }

  @Test(arguments: ["ssh/guidelines/iot-baseline.yaml", "ssh/known-keys.yaml", "ssh/software.yaml"])
  func `a file that is missing is named`(path: String) throws {
    let files = try RuleSet.store().files.filter { $0.path != path }
    let error = try #require(throws: DocumentError.self) { try SSHRules(files, in: "Profiles") }
    #expect(error.file == "Profiles/\(path)")
  }
}
