import Certificates
import LabSupport
import Records
import Testing

@testable import Probes

/// Judgements of certificates that a script made with one flaw each, and of facts written by hand.
struct CertificateJudgementTests {
  private static let names = ["192.0.2.7", "2001:db8::7", "camera.local"]

  private let made: MadeCertificates
  private let moment: Timestamp
  private let authority: CertificateFacts

  init() throws {
    made = try MadeCertificates.made.get()
    moment = Timestamp(nanoseconds: made.now * 1_000_000_000)
    authority = try #require(CertificateReader.facts(der: try made.der("ca")))
  }

  private func facts(_ name: String) throws -> CertificateFacts {
    let der = try made.der(name)
    return try #require(CertificateReader.facts(der: der), "\(name)")
  }

  private func judge(
    _ chain: [CertificateFacts], names: [String] = names, serverTime: UInt32? = nil
  ) -> [String: ProbeVerdict] {
    let verdicts = CertificateJudgement.verdicts(chain: chain, names: names, moment: moment, serverTime: serverTime)
    #expect(verdicts.map(\.question) == CertificateJudgement.questions)
    return Dictionary(uniqueKeysWithValues: verdicts.map { ($0.question, $0) })
  }

  private func proven(_ verdicts: [String: ProbeVerdict]) -> Set<String> {
    Set(verdicts.values.filter { $0.result == .proven }.map(\.question))
  }

  @Test func `where the signatures lead is told of certificates that others signed`() throws {
    let sound = try #require(made.entries.first { !$0.isSelfSigned && $0.flags.isEmpty })
    func basis(_ name: String, _ authority: TLSCapture.Authority?) throws -> LocalizedText {
      let verdicts = CertificateJudgement.verdicts(
        chain: [try facts(name)], names: Self.names, moment: moment, serverTime: nil, authority: authority)
      return try #require(verdicts.first { $0.question == CertificateJudgement.selfSigned }).basis
    }
    #expect(try basis(sound.name, nil).en.contains("was not judged"))
    let none = try basis(sound.name, .init(source: "/list", count: 140, subject: nil))
    #expect(none.en.contains("none of the 140 public authorities") && none.ja.contains("140の公開認証局(/list)"))
    let one = try basis(sound.name, .init(source: "/list", count: 140, subject: "CN=Root"))
    #expect(one.en.contains("public authority CN=Root.") && one.ja.contains("公開認証局(CN=Root)"))
    // Who signs itself leads nowhere by that.
    let own = try #require(made.entries.first { $0.isSelfSigned })
    #expect(try !basis(own.name, .init(source: "/list", count: 140, subject: nil)).en.contains("140"))
  }

  @Test func `each flaw is recognised, and nothing else is found`() throws {
    var flawed = 0
    for entry in made.entries where entry.isRoot != true {
      let verdicts = judge([try facts(entry.name), authority])
      #expect(proven(verdicts) == Set(entry.flags), "\(entry.name)")
      if !entry.flags.isEmpty || entry.remark != nil { flawed += 1 }
    }
    #expect(flawed >= 40)
  }

  @Test func `what is sound is refuted, not merely undecided`() throws {
    let sound = made.entries.map(\.name).filter { $0.hasPrefix("sound") }
    #expect(sound.count >= 15)
    for name in sound {
      for verdict in judge([try facts(name), authority]).values {
        #expect(verdict.result == .refuted, "\(name): \(verdict)")
      }
    }
  }

  /// By the word that stands in the manifest.
  private static let remarks = [
    "lifetime": "100 years", "order": "ends before it begins", "version": "of version",
    "explicit": "explicit parameters",
    "factory": "comes with software", "serial": "serial number", "authority": "CA:TRUE", "usage": "serverAuth",
    "nul": "NUL inside",
  ]

  @Test func `what is no check of its own is said beside`() throws {
    var said: Set<String> = []
    for entry in made.entries where entry.isRoot != true {
      let verdicts = judge([try facts(entry.name), authority])
      let basis = try #require(verdicts[CertificateJudgement.selfSigned]).basis
      for (remark, words) in Self.remarks {
        let isMeant = entry.remark == remark || (remark == "factory" && entry.commonName == "localhost")
        #expect(basis.en.contains(words) == isMeant, "\(entry.name): \(basis.en)")
        if isMeant { said.insert(remark) }
      }
    }
    #expect(said == Set(Self.remarks.keys))
    let small = judge([try facts("rsa-e3")])[CertificateJudgement.weakKey]
    #expect(small?.result == .refuted && small?.basis.en.contains("exponent is 3") == true)
  }

  @Test(arguments: [
    ("unknown-key", CertificateJudgement.weakKey, "unreadable-key"),
    ("unknown-signature", CertificateJudgement.weakSignature, "unknown-algorithm"),
    ("time-that-is-none", CertificateJudgement.expired, "unreadable-date"),
    ("thousand-names", CertificateJudgement.name, "too-many-names"),
  ])
  func `what cannot be read decides nothing`(name: String, question: String, reason: String) throws {
    #expect(judge([try facts(name)])[question]?.result == .inconclusive(reason: reason))
  }

  @Test func `without a certificate nothing is decided`() {
    for verdict in judge([]).values { #expect(verdict.result == .inconclusive(reason: "no-certificate")) }
  }

  @Test func `what hangs below an expired or weak certificate is as weak`() throws {
    let own = try facts("sound")
    var older = authority
    older.isSelfSigned = false
    older.notAfter = try facts("expired").notAfter
    #expect(proven(judge([own, older])) == [CertificateJudgement.expired])
    var weaker = authority
    weaker.publicKey = try facts("rsa1024").publicKey
    #expect(proven(judge([own, weaker])) == [CertificateJudgement.weakKey])
    var signed = authority
    signed.isSelfSigned = false
    signed.signatureAlgorithm = "md5WithRSAEncryption"
    #expect(proven(judge([own, signed])) == [CertificateJudgement.weakSignature])
  }

  /// Clients know roots by their octets, not by their dates and signatures.
  @Test func `a root's own signature and end are not looked at`() throws {
    var root = authority
    root.signatureAlgorithm = "sha1WithRSAEncryption"
    root.notAfter = try facts("expired").notAfter
    #expect(proven(judge([try facts("sound"), root])).isEmpty)
  }

  @Test(arguments: [
    "md2WithRSAEncryption", "md4WithRSAEncryption", "md5WithRSAEncryption", "md5WithRSA", "sha1WithRSAEncryption",
    "sha1WithRSA",
    "dsaWithSHA1", "dsaWithSHA", "ecdsa-with-SHA1", "rsassaPss-sha1",
  ])
  func `OpenSSL's names of weak signatures are known`(algorithm: String) throws {
    var own = try facts("sound")
    own.signatureAlgorithm = algorithm
    #expect(proven(judge([own])) == [CertificateJudgement.weakSignature])
  }

  @Test(arguments: [
    "sha224WithRSAEncryption", "sha256WithRSAEncryption", "sha384WithRSAEncryption", "sha512WithRSAEncryption",
    "ecdsa-with-SHA256", "ecdsa-with-SHA384", "dsa_with_SHA256", "ED25519", "ED448", "rsassaPss-sha256",
    "RSA-SHA3-256",
  ])
  func `and those of others are not taken for weak`(algorithm: String) throws {
    var own = try facts("sound")
    own.signatureAlgorithm = algorithm
    #expect(judge([own])[CertificateJudgement.weakSignature]?.result == .refuted)
  }

  @Test func `the device's own clock is named where it explains something`() throws {
    let expired = try facts("expired")
    func basis(_ serverTime: Int64?) -> String {
      judge([expired], serverTime: serverTime.map { UInt32($0) })[CertificateJudgement.expired]?.basis.en ?? ""
    }
    #expect(basis(made.now + 60).contains("agrees with ours"))
    #expect(basis(made.now - 100 * 86_400).contains("the device's clock may be wrong"))
    // Neither ours nor one by which it would be valid: chance.
    for time in [nil, made.now + 1000 * 86_400, 12345] { #expect(!basis(time).contains("device's")) }
    let early = judge([try facts("not-yet")], serverTime: UInt32(made.now + 2 * 86_400))
    #expect(early[CertificateJudgement.notYetValid]?.basis.ja.contains("機器の時計") == true)
  }

  private func named(_ names: [CertificateFacts.Name], as known: [String]) throws -> ProbeVerdict.Result? {
    var own = try facts("sound")
    own.names = names
    return judge([own], names: known)[CertificateJudgement.name]?.result
  }

  /// RFC 9525 §6.3, §6.4.
  @Test(arguments: [
    ("camera.local", "camera.local"), ("Camera.LOCAL", "camera.local."), ("*.local", "camera.local"),
    ("*.a.example.jp", "x.a.example.jp"),
  ])
  func `a host name matches by its labels`(certified: String, known: String) throws {
    #expect(try named([.dns("other.jp"), .dns(certified)], as: ["192.0.2.7", known]) == .refuted)
  }

  @Test(arguments: [
    ("*.local", "a.camera.local"), ("*", "camera"), ("c*.local", "camera.local"), ("*.local", ".local"),
    ("camera.local.jp", "camera.local"), ("camera", "camera.local"),
  ])
  func `what is not the same name is another`(certified: String, known: String) throws {
    #expect(try named([.dns(certified)], as: [known]) == .inconclusive(reason: "other-name"))
    #expect(try named([.dns("\(known)\0.jp")], as: [known]) == .inconclusive(reason: "other-name"))
  }

  @Test func `a device that is known by its address alone cannot match a name by nature`() throws {
    let unknown = ProbeVerdict.Result.inconclusive(reason: "no-name-to-compare")
    #expect(try named([.dns("nas.example.jp")], as: ["192.0.2.7"]) == unknown)
    #expect(try named([.dns("nas.example.jp"), .address("192.0.2.8")], as: ["192.0.2.7"]) == unknown)
    #expect(try named([.address("2001:db8::1")], as: ["192.0.2.7"]) == unknown, "none of that family is known")
    #expect(try named([.address("192.0.2.8")], as: ["camera.local"]) == unknown)
    #expect(try named([.dns("nas.example.jp"), .address("2001:db8:0::7")], as: ["2001:db8::7"]) == .refuted)
  }

  @Test(
    arguments: [
      [.address("192.0.2.8")], [.dns("localhost")], [.dns("LOCALHOST."), .address("::1")], [.dns("device.example.com")],
      [.dns("192.0.2.7")], [.dns("a.invalid"), .address("198.51.100.1")], [], [.other("urn:uuid:1")],
    ] as [[CertificateFacts.Name]])
  func `a certificate that names only what cannot be the device is shown`(names: [CertificateFacts.Name]) throws {
    #expect(try named(names, as: ["192.0.2.7", "camera.local"]) == .proven)
  }

  @Test func `a key over a curve without a name is not measured by its length`() throws {
    var own = try facts("sound-p256")
    own.publicKey = .init(algorithm: "ec", bits: 256, curve: "explicit", sha256: "")
    #expect(judge([own])[CertificateJudgement.weakKey]?.result == .inconclusive(reason: "unknown-curve"))
    own.publicKey = .init(algorithm: "SM9", bits: 256, sha256: "")
    #expect(judge([own])[CertificateJudgement.weakKey]?.result == .inconclusive(reason: "unknown-algorithm"))
  }

  /// Words that would read as an assurance.
  @Test func `no basis gives an assurance, and what the device wrote is cut short`() throws {
    for entry in made.entries {
      for verdict in judge([try facts(entry.name), authority], serverTime: UInt32(made.now)).values {
        #expect(WordingRules.problems(in: verdict.basis).isEmpty, "\(verdict.basis)")
        #expect(!verdict.basis.ja.isEmpty && verdict.basis.ja != verdict.basis.en)
      }
    }
    var own = try facts("sound")
    own.subject = String(repeating: "x", count: 100_000)
    own.names = [.dns(own.subject)]
    for verdict in judge([own]).values {
      #expect(verdict.basis.en.utf8.count < 2000 && verdict.basis.ja.utf8.count < 3000)
    }
  }
}
