import Addressing
import Documents
import Records
import Testing

@testable import Profiles

struct TLSComparisonTests {
  private typealias Kind = TLSComparison.Kind

  private let guidelines: TLSGuidelines

  /// Read once for all cases.
  private static let shipped = Result { try TLSGuidelines(try RuleSet.store()) }

  init() throws { guidelines = try Self.shipped.get() }

  /// The rows of a guideline that have an outcome.
  private func rows(_ id: String, _ kind: Kind, _ capture: TLSCapture) throws -> [String] {
    TLSComparison(try #require(guidelines[id]), capture).rows.filter { $0.outcome.kind == kind }.map(\.row.id)
  }

  /// The outcome of one rule.
  private func outcome(_ rule: String, _ capture: TLSCapture) throws -> TLSComparison.Outcome {
    try #require(TLSComparison(try TLSGuidelineTests.guideline(rule: rule), capture).rows.first).outcome
  }

  // MARK: Whole captures

  /// TLS 1.2 and 1.3 with the suites of Mozilla's list and an ECDSA certificate for 90 days: nothing of it is against Mozilla's
  /// JSON. Groups are not enumerated by anybody.
  @Test func `a modern server, asked in full, deviates from nothing of Mozilla's intermediate`() throws {
    let capture = SampleCapture.modern(full: true)
    #expect(try rows("mozilla-intermediate", .deviates, capture) == [])
    #expect(try rows("mozilla-intermediate", .notDetermined, capture) == ["groups"])
    #expect(try rows("mozilla-intermediate", .needsReview, capture) == [])
    #expect(try rows("iot-baseline", .deviates, capture) == [])
    #expect(try rows("iot-baseline", .notDetermined, capture) == [])
    // `tls_versions` of modern has 1.3 alone.
    #expect(try rows("mozilla-modern", .deviates, capture) == ["versions"])
    // `certificate_types` of old has rsa alone, `certificate_signatures` sha256WithRSAEncryption.
    #expect(try rows("mozilla-old", .deviates, capture) == ["certificate.key", "certificate.signature"])
  }

  /// An audit offers weak families alone, and nothing in TLS 1.3.
  @Test func `what an audit did not offer is not determined`() throws {
    let capture = SampleCapture.modern(full: false)
    #expect(try rows("mozilla-intermediate", .deviates, capture) == [])
    #expect(try rows("mozilla-intermediate", .notDetermined, capture) == ["suites.tls13", "suites.tls12", "groups"])
    #expect(try rows("iot-baseline", .notDetermined, capture) == [])
    let comparison = TLSComparison(try #require(guidelines["mozilla-intermediate"]), capture)
    let suites = try #require(comparison.rows.first { $0.row.id == "suites.tls12" })
    #expect(suites.outcome.text.en == "audit-mode: run with --full")
    #expect(suites.outcome.text.ja.hasPrefix("audit-mode"))
  }

  /// A camera of 2009: SSL 3 and TLS 1.0, RC4 and 3DES, RSA with 1024 bits signed with SHA-1 for ten years.
  @Test func `an old camera deviates where the documents say so`() throws {
    let capture = SampleCapture.oldCamera
    #expect(
      try rows("iot-baseline", .deviates, capture) == [
        "versions.old", "versions.new", "suites.rc4", "suites.64-bit-block", "picks", "certificate.key",
        "certificate.signature", "renegotiation",
      ])
    #expect(
      try rows("iot-baseline", .meets, capture) == [
        "suites.no-encryption", "suites.anonymous", "suites.export", "suites.des", "compression",
      ])
    // Neither key exchange was looked at in SSL 3.
    #expect(try rows("iot-baseline", .notDetermined, capture) == ["dh", "curves"])
    // 3DES is in Mozilla's old list, RC4 is not; SSL 3 is in none.
    #expect(
      try rows("mozilla-old", .deviates, capture) == [
        "versions", "suites.tls12", "certificate.key", "certificate.signature", "certificate.days",
      ])
  }

  @Test func `what is only TLS 1.3 has none of the old flaws`() throws {
    let capture = SampleCapture.onlyTLS13
    #expect(try rows("iot-baseline", .deviates, capture) == [])
    #expect(try rows("iot-baseline", .notDetermined, capture) == [])
    #expect(try rows("mozilla-modern", .deviates, capture) == [])
    #expect(try rows("mozilla-modern", .notDetermined, capture) == ["groups"])
    #expect(try rows("mozilla-intermediate", .deviates, capture) == [])
  }

  @Test func `unverified rows ask for a review, whichever way they would go`() throws {
    for id in ["ipa-tls-high", "ipa-tls-recommended", "ipa-tls-exception", "nist-sp800-52r2"] {
      for capture in [SampleCapture.modern(full: true), SampleCapture.oldCamera, SampleCapture.onlyTLS13] {
        #expect(try rows(id, .deviates, capture) == [] && rows(id, .meets, capture) == [], "\(id)")
        #expect(try !rows(id, .needsReview, capture).isEmpty, "\(id)")
      }
    }
    let rule = "versions: { forbidden: [SSL 3.0] }"
    let guideline = try TLSGuidelineTests.guideline(rule: rule, verified: false)
    let old = TLSComparison(guideline, SampleCapture.oldCamera).rows[0].outcome
    guard case .needsReview(asWritten: .deviates, let seen) = old else { throw Failure(what: "\(old)") }
    #expect(seen.en == "takes SSL 3.0")
    let new = TLSComparison(guideline, SampleCapture.onlyTLS13).rows[0].outcome
    guard case .needsReview(asWritten: .meets, _) = new else { throw Failure(what: "\(new)") }
  }

  private struct Failure: Error { let what: String }

  @Test func `DTLS is compared with no guideline`() throws {
    let guideline = try #require(guidelines.all.first)
    var capture = TLSCapture(mode: "audit")
    #expect(TLSComparison.of(capture, guideline) == TLSComparison(guideline, capture))
    capture.transport = "udp"
    #expect(TLSComparison.of(capture, guideline) == nil)
  }

  @Test func `nothing follows from a service that was not asked`() throws {
    for mode in ["audit", "full"] {
      let capture = TLSCapture(mode: mode)
      for guideline in guidelines.all {
        let comparison = TLSComparison(guideline, capture)
        #expect(comparison.count(.notDetermined) == guideline.rows.count, "\(guideline.id)")
      }
    }
  }

  // MARK: Every kind of row, both ways

  /// Against `oldCamera`, `modern(full: true)`.
  @Test(arguments: [
    ("versions: { required: [TLS 1.2] }", Kind.deviates, Kind.meets),
    ("versions: { required: [SSL 3.0, TLS 1.0] }", .meets, .deviates),
    ("versions: { oneOf: [TLS 1.2, TLS 1.3] }", .deviates, .meets),
    ("versions: { allowed: [TLS 1.2, TLS 1.3] }", .deviates, .meets),
    ("versions: { forbidden: [TLS 1.0] }", .deviates, .meets),
    ("suites: { forbidden: [rc4], in: [TLS 1.0, TLS 1.2] }", .deviates, .meets),
    ("suites: { forbidden: [no-forward-secrecy], in: [TLS 1.0, TLS 1.2] }", .deviates, .meets),
    ("suites: { forbidden: [no-aead], in: [TLS 1.0, TLS 1.2] }", .deviates, .meets),
    ("suites: { forbidden: [export], in: [SSL 3.0, TLS 1.2] }", .meets, .meets),
    ("suites: { allowed: [TLS_RSA_WITH_RC4_128_SHA], in: [SSL 3.0, TLS 1.0, TLS 1.2] }", .deviates, .deviates),
    ("picks: { forbidden: [rc4] }", .deviates, .meets),
    ("keyExchange: { leastDHBits: 2048 }", .notDetermined, .meets),
    ("keyExchange: { leastDHBits: 3072 }", .notDetermined, .deviates),
    ("keyExchange: { leastCurveBits: 224 }", .notDetermined, .meets),
    ("keyExchange: { leastCurveBits: 256 }", .notDetermined, .notDetermined),
    ("keyExchange: { leastCurveBits: 384 }", .notDetermined, .deviates),
    ("keyExchange: { groups: [secp384r1] }", .notDetermined, .deviates),
    ("keyExchange: { groups: [x25519] }", .notDetermined, .notDetermined),
    ("certificate: { keys: { rsa: 2048, ec: 256 } }", .deviates, .meets),
    ("certificate: { keys: { rsa: 1024 } }", .meets, .deviates),
    ("certificate: { curves: [secp384r1] }", .meets, .deviates),
    ("certificate: { forbiddenHashes: [sha1] }", .deviates, .meets),
    ("certificate: { forbiddenHashes: [sha256] }", .meets, .deviates),
    ("certificate: { signatures: [ecdsa-with-SHA256] }", .deviates, .meets),
    ("certificate: { longestDays: 90 }", .deviates, .meets),
    ("certificate: { longestDays: 89 }", .deviates, .deviates),
    ("compression: forbidden", .meets, .meets), ("renegotiationInfo: required", .deviates, .meets),
    ("extendedMasterSecret: required", .notDetermined, .meets),
    ("fallbackSCSV: required", .notDetermined, .notDetermined),
  ])
  private func `each kind of row sees what was seen`(rule: String, old: Kind, modern: Kind) throws {
    #expect(try outcome(rule, SampleCapture.oldCamera).kind == old)
    #expect(try outcome(rule, SampleCapture.modern(full: true)).kind == modern)
  }

  @Test func `features deviate the other way too`() throws {
    var capture = SampleCapture.modern(full: true)
    (capture.compresses, capture.hasExtendedMasterSecret, capture.honoursFallbackSCSV) = (true, false, false)
    for rule in ["compression: forbidden", "extendedMasterSecret: required", "fallbackSCSV: required"] {
      #expect(try outcome(rule, capture).kind == .deviates, "\(rule)")
    }
    capture.honoursFallbackSCSV = true
    #expect(try outcome("fallbackSCSV: required", capture).kind == .meets)
  }

  /// RFC 2246 §A.5: RSA_EXPORT and DHE_EXPORT have 512 bits at most.
  @Test func `an export suite tells of its group`() throws {
    var capture = SampleCapture.modern(full: true)
    capture.suites[0] = SampleCapture.suites(0x0303, [0xc02b, 0x0014], "all")
    #expect(try outcome("keyExchange: { leastDHBits: 2048 }", capture).kind == .deviates)
    #expect(try outcome("suites: { forbidden: [export], in: [TLS 1.2] }", capture).text.en.contains("EXPORT"))
  }

  // MARK: Nothing is concluded from what is missing

  @Test func `a refusal in the best version says nothing about older ones`() throws {
    var capture = SampleCapture.modern(full: false)
    capture.finiteField = .declined(how: "alert 40")
    capture.dhGroup = nil
    #expect(try outcome("keyExchange: { leastDHBits: 2048 }", capture).kind == .meets)
    capture.versions[2] = TLSCapture.Version(number: 0x0301, answer: .accepted)
    #expect(try outcome("keyExchange: { leastDHBits: 2048 }", capture).kind == .notDetermined)
    #expect(try outcome("keyExchange: { leastCurveBits: 224 }", capture).kind == .notDetermined)
    // Nor were weak suites offered in it.
    #expect(try outcome("suites: { forbidden: [rc4], in: [TLS 1.0, TLS 1.2] }", capture).kind == .notDetermined)
  }

  @Test(arguments: [TLSCapture.Answer.inconclusive(reason: "control-failed"), .notAsked])
  func `a list that is not complete meets nothing`(end: TLSCapture.Answer) throws {
    for full in [true, false] {
      var capture = SampleCapture.modern(full: full)
      let suites = capture.suites[0]
      capture.suites[0] = .init(version: 0x0303, accepted: suites.accepted, offered: suites.offered, end: end)
      let outcome = try outcome("suites: { forbidden: [rc4], in: [TLS 1.2] }", capture)
      #expect(outcome.kind == .notDetermined)
      if end != .notAsked { #expect(outcome.text.en == "TLS 1.2: not settled (control-failed)") }
      #expect(try rows("mozilla-intermediate", .notDetermined, capture).contains("suites.tls12"))
    }
  }

  @Test func `a version that is not settled leaves open what depends on it`() throws {
    var capture = SampleCapture.modern(full: true)
    capture.versions[2] = TLSCapture.Version(number: 0x0301, answer: .inconclusive(reason: "time"))
    for rule in [
      "versions: { forbidden: [TLS 1.0, TLS 1.1] }", "versions: { allowed: [TLS 1.2, TLS 1.3] }",
      "versions: { required: [TLS 1.0, TLS 1.2] }", "versions: { oneOf: [SSL 3.0, TLS 1.0] }",
      "suites: { forbidden: [rc4], in: [TLS 1.0, TLS 1.2] }",
    ] {
      let outcome = try outcome(rule, capture)
      #expect(outcome.kind == .notDetermined && outcome.text.en == "TLS 1.0: not settled (time)", "\(rule)")
    }
    // What was seen stays so.
    #expect(try outcome("versions: { forbidden: [TLS 1.0, TLS 1.2] }", capture).kind == .deviates)
    #expect(try outcome("versions: { required: [TLS 1.0, TLS 1.1] }", capture).kind == .deviates)
    var new = SampleCapture.onlyTLS13
    new.versions[4] = TLSCapture.Version(number: 0x0303, answer: .inconclusive(reason: "time"))
    for rule in [
      "compression: forbidden", "keyExchange: { leastDHBits: 2048 }", "keyExchange: { leastCurveBits: 224 }",
    ] {
      #expect(try outcome(rule, new).kind == .notDetermined, "\(rule)")
    }
  }

  @Test func `suites and groups without a name are not judged`() throws {
    var capture = SampleCapture.modern(full: true)
    capture.suites[0] = SampleCapture.suites(0x0303, [0xc02b, 0xeeee], "all")
    #expect(try outcome("suites: { forbidden: [rc4], in: [TLS 1.2] }", capture).kind == .notDetermined)
    capture.curves = [4711]
    #expect(try outcome("keyExchange: { leastCurveBits: 224 }", capture).kind == .notDetermined)
    capture.preferred = TLSCapture.Choice(version: 0x0303, suite: 0xeeee)
    #expect(try outcome("picks: { forbidden: [rc4] }", capture).kind == .notDetermined)
  }

  @Test func `certificates that say less are not judged`() throws {
    let rules = [
      "keys: { ec: 256 }", "curves: [prime256v1]", "forbiddenHashes: [sha1]", "signatures: [ED25519]",
      "longestDays: 90",
    ]
    var capture = SampleCapture.modern(full: true)
    capture.certificates = []
    for rule in rules { #expect(try outcome("certificate: { \(rule) }", capture).kind == .notDetermined, "\(rule)") }
    capture = SampleCapture.modern(full: true)
    capture.certificates[0].publicKey = nil
    capture.certificates[0].notAfter = nil
    capture.certificates[0].signatureAlgorithm = "id-tc26-signwithdigest"
    for rule in rules where !rule.hasPrefix("signatures") {
      #expect(try outcome("certificate: { \(rule) }", capture).kind == .notDetermined, "\(rule)")
    }
  }

  /// One answer after the other becomes inconclusive, and each list ends so: no row may turn to `meets`.
  @Test func `an answer less never makes a row meet`() throws {
    let captures = [
      SampleCapture.modern(full: true), SampleCapture.modern(full: false), SampleCapture.oldCamera,
      SampleCapture.onlyTLS13, SampleCapture.everything,
    ]
    var compared = 0
    for capture in captures {
      for (less, what) in SampleCapture.withOneAnswerLess(capture) {
        for guideline in guidelines.all {
          let before = TLSComparison(guideline, capture).rows
          for (old, new) in zip(before, TLSComparison(guideline, less).rows) where Self.meets(new.outcome) {
            #expect(Self.meets(old.outcome), "\(guideline.id) \(old.row.id): \(what)")
          }
          compared += before.count
        }
      }
    }
    #expect(compared > 4000)
  }

  private static func meets(_ outcome: TLSComparison.Outcome) -> Bool {
    if case .needsReview(let kind, _) = outcome { return kind == .meets }
    return outcome.kind == .meets
  }

  /// Neither language praises, and neither counts more than rows.
  @Test func `no word claims safety or conformity`() throws {
    let captures = [SampleCapture.modern(full: true), SampleCapture.oldCamera, SampleCapture.everything]
    for guideline in guidelines.all {
      for capture in captures {
        for row in TLSComparison(guideline, capture).rows {
          let texts = [row.outcome.text, row.row.title, guideline.title] + [row.row.why].compactMap(\.self)
          for text in texts {
            #expect(WordingRules.problems(in: text).isEmpty && !text.ja.contains("適合"), "\(text)")
          }
        }
      }
    }
  }
}
