import Documents
import Records
import Testing
import Wire

@testable import Profiles

struct TLSGuidelineTests {
  private let guidelines: TLSGuidelines

  /// Read once for all cases.
  private static let shipped = Result { try TLSGuidelines(try RuleSet.store()) }

  init() throws { guidelines = try Self.shipped.get() }

  @Test func `the guidelines are there, our own first`() {
    #expect(
      guidelines.all.map(\.id) == [
        "iot-baseline", "ipa-tls-exception", "ipa-tls-high", "ipa-tls-recommended", "mozilla-intermediate",
        "mozilla-modern", "mozilla-old", "nist-sp800-52r2",
      ])
    #expect(guidelines["mozilla-old"]?.edition == "5.7" && guidelines["mozilla"] == nil)
    for guideline in guidelines.all {
      #expect(!guideline.title.ja.isEmpty && !guideline.title.en.isEmpty && !guideline.source.title.isEmpty)
      for row in guideline.rows { #expect(!row.term.isEmpty && !row.source.isEmpty, "\(guideline.id) \(row.id)") }
    }
  }

  /// Only what was read where it is said counts as verified: Mozilla's JSON, and what we say ourselves.
  @Test func `rows that nobody has verified say so`() {
    for guideline in guidelines.all {
      let isRead = guideline.id.hasPrefix("mozilla-") || guideline.id == "iot-baseline"
      #expect(guideline.rows.allSatisfy { $0.isVerified == isRead }, "\(guideline.id)")
      #expect(!isRead || guideline.source.retrieved == "2026-11-29")
    }
  }

  @Test func `each row of our own has its reason`() {
    for row in guidelines.all[0].rows {
      #expect(row.why?.ja.isEmpty == false && row.why?.en.isEmpty == false, "\(row.id)")
    }
  }

  /// Counted in Mozilla's JSON of edition 5.7: `ciphersuites` has three, `ciphers.iana` none, 9 and 26.
  @Test func `Mozilla's lists have the length of its JSON`() throws {
    func suites(_ id: String, _ row: String) -> Set<UInt32>? {
      guard case .suitesAllowed(let suites, _)? = guidelines[id]?.rows.first(where: { $0.id == row })?.rule else {
        return nil
      }
      return suites
    }
    for id in ["mozilla-modern", "mozilla-intermediate", "mozilla-old"] {
      #expect(suites(id, "suites.tls13") == [0x1301, 0x1302, 0x1303])
    }
    #expect(suites("mozilla-modern", "suites.tls12") == nil)
    // RFC 5289 §3.2, RFC 5288 §3, RFC 7905 §2.
    #expect(
      suites("mozilla-intermediate", "suites.tls12") == [
        0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0x009e, 0x009f, 0xccaa,
      ])
    #expect(suites("mozilla-old", "suites.tls12")?.count == 26)
    #expect(suites("nist-sp800-52r2", "suites.tls12")?.count == 56)
  }

  /// RFC 5246 §A.5; the drafts' ChaCha20 has the name that IANA gave to another (RFC 7905 §2).
  @Test func `a suite is found by its name`() {
    #expect(CipherSuite(named: "TLS_RSA_WITH_RC4_128_SHA")?.rawValue == 0x0005)
    #expect(CipherSuite(named: "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256")?.rawValue == 0xccaa)
    #expect(CipherSuite(named: "SSL_CK_DES_64_CBC_WITH_MD5")?.rawValue == 0x060040)
    for name in ["", "TLS_", "RSA_WITH_RC4_128_SHA", "TLS_RSA_WITH_RC5", "0x0005"] {
      #expect(CipherSuite(named: name) == nil, "\(name)")
    }
  }

  // MARK: Strictness

  private static let path = "tls/guidelines/test.yaml"

  static func guideline(_ rows: String) throws -> TLSGuideline {
    let head = "id: test\ntitle: { en: t, ja: t }\nsource: { title: t, edition: \"1\" }\nrows:\n"
    return try TLSGuideline(try YAMLValue(parsing: Array((head + rows).utf8), file: path), named: "test")
  }

  /// One row with this rule.
  static func guideline(rule: String, verified: Bool = true) throws -> TLSGuideline {
    try guideline(
      "  - { id: r, title: { en: t, ja: t }, term: MUST, source: s, verified: \(verified), \(rule) }\n")
  }

  @Test(arguments: [
    ("versions: { forbidden: [TLS 1.4] }", "unknown version TLS 1.4"),
    ("versions: { forbidden: [] }", "at least one version"),
    ("versions: { forbidden: [TLS 1.0, TLS 1.0] }", "given twice"),
    ("versions: { forbidden: [TLS 1.0], required: [TLS 1.2] }", "exactly one"),
    ("versions: { banned: [TLS 1.0] }", "unknown key banned"),
    ("suites: { allowed: [TLS_RSA_WITH_AES_512], in: [TLS 1.2] }", "unknown suite TLS_RSA_WITH_AES_512"),
    ("suites: { allowed: [TLS_RSA_WITH_AES_128_CBC_SHA] }", "the key in is missing"),
    ("suites: { forbidden: [weak], in: [TLS 1.2] }", "weak is not one of"),
    ("suites: { in: [TLS 1.2] }", "exactly one"),
    ("picks: { allowed: [rc4] }", "unknown key allowed"),
    ("keyExchange: { groups: [curve25519] }", "unknown group curve25519"),
    ("keyExchange: { leastDHBits: 1 }", "from 512 to 16384"),
    ("keyExchange: { leastBits: 2048 }", "unknown key leastBits"),
    ("certificate: { keys: { rsa: any } }", "whole number"),
    ("certificate: { keys: { ed25519: 256 } }", "write any"),
    ("certificate: { keys: {} }", "at least one kind"),
    ("certificate: { curves: [P-256] }", "unknown curve P-256"),
    ("certificate: { signatures: [sha256] }", "unknown signature sha256"),
    ("certificate: { forbiddenHashes: [sha3] }", "sha3 is not one of"),
    ("certificate: { longestDays: 0 }", "from 1 to 36500"),
    ("compression: required", "only be forbidden"),
    ("renegotiationInfo: forbidden", "only be required"),
    ("fallback: required", "unknown key fallback"),
    ("why: { en: t, ja: t }", "exactly one"),
    ("compression: forbidden, fallbackSCSV: required", "exactly one"),
  ])
  func `a fault is said with file, line and what is known`(rule: String, complaint: String) throws {
    let error = try #require(throws: DocumentError.self) { try Self.guideline(rule: rule) }
    #expect(error.file == Self.path && error.line == 5 && !error.remedy.isEmpty, "\(error)")
    #expect("\(error)".contains(complaint), "\(error)")
  }

  /// A row whose author did not say so would otherwise count as verified.
  @Test(arguments: ["id", "title", "term", "source", "verified"])
  func `a row says all of this`(key: String) throws {
    let all = [
      "id": "r", "title": "{ en: t, ja: t }", "term": "MUST", "source": "s", "verified": "true",
      "compression": "forbidden",
    ]
    func row(_ keys: [String: String]) -> String {
      "  - { " + keys.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", ") + " }\n"
    }
    #expect(try Self.guideline(row(all)).rows.count == 1)
    let error = try #require(throws: DocumentError.self) { try Self.guideline(row(all.filter { $0.key != key })) }
    #expect("\(error)".contains("the key \(key) is missing"), "\(error)")
    #expect(throws: DocumentError.self) { try Self.guideline(row(all) + row(all)) }
  }

  @Test func `a baseline that is missing is named`() throws {
    let files = try RuleSet.store().files.filter { $0.path != "tls/guidelines/iot-baseline.yaml" }
    let error = try #require(throws: DocumentError.self) { try TLSGuidelines(files, in: "Profiles") }
    #expect(error.file == "Profiles/tls/guidelines/iot-baseline.yaml")
  }
}
