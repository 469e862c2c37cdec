import Certificates
import Foundation
import LabSupport
import Records
import Testing
import Wire

/// Certificates that a script made octet by octet, held against what it made them with and what another parser reads.
struct CertificateReaderTests {
  private let made: MadeCertificates

  /// What Tests/Oracles/read_certificates.py says of one; nil for what it refuses.
  private struct Other: Decodable {
    let serial: String?
    let subject: String?
    let issuer: String?
    let notBefore: Int64?
    let notAfter: Int64?
    let names: [String]?
    let isAuthority: Bool?
    let keySHA256: String?
    let modulus: String?
    let exponent: String?
    let bits: Int?
  }

  init() throws { made = try MadeCertificates.made.get() }

  private func read(_ name: String) throws -> CertificateFacts {
    try #require(CertificateReader.facts(der: made.der(name)), "\(name)")
  }

  @Test func `every certificate is read as it was made`() throws {
    #expect(made.entries.count >= 60)
    for entry in made.entries {
      let facts = try read(entry.name)
      let name = entry.name
      #expect(facts.version == entry.version, "\(name)")
      #expect(facts.serial == entry.serial, "\(name)")
      #expect(facts.notBefore == moment(entry.notBefore), "\(name)")
      #expect(facts.notAfter == moment(entry.notAfter), "\(name)")
      #expect(facts.isSelfSigned == entry.isSelfSigned, "\(name)")
      #expect(agree(facts.commonName, entry.commonName), "\(name)")
      #expect(agree(facts.signatureAlgorithm, entry.signatureAlgorithm), "\(name)")
      #expect(agree(facts.sha256, entry.sha256), "\(name)")
      try expectKey(facts, entry)
    }
  }

  private func expectKey(_ facts: CertificateFacts, _ entry: MadeCertificates.Entry) throws {
    let name = entry.name
    if entry.hasKey == false {
      #expect(facts.publicKey == nil, "\(name)")
      return
    }
    let key = try #require(facts.publicKey, "\(name)")
    #expect(key.sha256 == entry.keySHA256, "\(name)")
    #expect(agree(key.algorithm, entry.keyAlgorithm), "\(name)")
    #expect(agree(key.bits, entry.bits), "\(name)")
    #expect(agree(key.curve, entry.curve), "\(name)")
    #expect(agree(key.exponent, entry.exponent), "\(name)")
    #expect(agree(key.modulus, entry.modulus), "\(name)")
  }

  private func moment(_ seconds: Int64?) -> Timestamp? { seconds.map { Timestamp(nanoseconds: $0 * 1_000_000_000) } }

  /// Whether what was read is what is expected, where something is.
  private func agree<Value: Equatable>(_ read: Value?, _ expected: Value?) -> Bool {
    expected == nil || read == expected
  }

  /// The package `cryptography` has a parser of its own.
  @Test func `another parser reads the same`() throws {
    guard let json = Self.otherReading(of: made.folder) else {
      print("another parser reads the same: .build/oracles has no cryptography (Scripts/test installs it)")
      return
    }
    let others = try JSONDecoder().decode([String: Other].self, from: Data(json))
    #expect(others.count >= 55)
    for (name, other) in others {
      let facts = try read(name)
      #expect(agree(facts.serial, other.serial), "\(name)")
      #expect(agree(facts.subject, other.subject), "\(name)")
      #expect(agree(facts.issuer, other.issuer), "\(name)")
      #expect(agree(facts.notBefore, moment(other.notBefore)), "\(name)")
      #expect(agree(facts.notAfter, moment(other.notAfter)), "\(name)")
      #expect(agree(facts.names.compactMap(\.text), other.names.map { Array($0.prefix(1000)) }), "\(name)")
      #expect(agree(facts.isAuthority, other.isAuthority), "\(name)")
      // It writes the key out again, with the curve's name.
      if name != "explicit-p256" { #expect(agree(facts.publicKey?.sha256, other.keySHA256), "\(name)") }
      #expect(agree(facts.publicKey?.modulus, other.modulus), "\(name)")
      #expect(agree(facts.publicKey?.exponent, other.exponent), "\(name)")
      // A curve's bits are those of its order for OpenSSL, those of its field there.
      if name != "secp160r1" { #expect(agree(facts.publicKey?.bits, other.bits), "\(name)") }
    }
  }

  private static func otherReading(of folder: String) -> [UInt8]? {
    guard let python = MadeCertificates.python else { return nil }
    let script = MadeCertificates.oracles + "/read_certificates.py"
    do { return try outputOf(python, script, folder) } catch { return nil }
  }

  @Test func `the names are those that the other reader gives`() throws {
    for entry in made.entries {
      let facts = try read(entry.name)
      let der = try made.der(entry.name)
      let names = try CertificateNames(parsing: der.span)
      #expect(facts.subject == names.subject && facts.issuer == names.issuer, "\(entry.name)")
    }
  }

  @Test func `extensions are read as they stand`() throws {
    let sound = try read("sound")
    #expect(sound.names == [.dns("camera.local"), .address("192.0.2.7")])
    #expect(sound.isAuthority == false && sound.extendedKeyUsage == ["serverAuth"])
    #expect(try read("sound-ipv6").names == [.address("2001:db8::7")])
    #expect(try read("sound-uri-name").names.prefix(2) == [.other("urn:uuid:1"), .other("a@example.org")])
    #expect(try read("no-server-usage").extendedKeyUsage == ["clientAuth"])
    let authority = try read("ca")
    #expect(authority.isAuthority == true && authority.extendedKeyUsage == nil)
    let first = try read("version-1")
    #expect(first.isAuthority == nil && first.names.isEmpty)
    #expect(try read("broken-extension").isAuthority == false, "one broken extension loses the next")
    #expect(try read("nul-in-name").names == [.dns("localhost\0.example.org")])
    #expect(try read("thousand-names").names.count == 1000)
  }

  /// A signature whose algorithm nobody computes any more, on a certificate whose issuer has its own name.
  @Test func `what cannot be computed is not known`() throws {
    // MD2 is in no OpenSSL 3; issuer and subject are made one name of the same length.
    let der = try made.der("md2")
    let facts = try #require(CertificateReader.facts(der: der))
    #expect(facts.signatureAlgorithm == "md2WithRSAEncryption" && facts.isSelfSigned == false)
    let own = try made.der("self-signed")
    let algorithm: [UInt8] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01]
    let md2 = Array(own.flatMapReplacing(algorithm + [0x0b], with: algorithm + [0x02]))
    let unknown = try #require(CertificateReader.facts(der: md2))
    #expect(unknown.isSelfSigned == nil)
    // The signature of another: the name is one, the key is not.
    #expect(try read("issuer-of-the-same-name").isSelfSigned == false)
  }

  @Test func `octets that are no certificate are none`() throws {
    #expect(CertificateReader.facts(der: []) == nil)
    #expect(CertificateReader.facts(der: Array("-----BEGIN CERTIFICATE-----".utf8)) == nil)
    #expect(CertificateReader.facts(der: [UInt8](repeating: 0x30, count: 1 << 18)) == nil)
  }

  @Test func `no cut and no change of a certificate ends the program`() throws {
    let names = [
      "sound", "explicit-p256", "dsa1024", "pss-sha1", "sound-uri-name", "nul-in-common-name", "self-signed-ec",
    ]
    var random = SeededRandom(seed: 13)
    for name in names {
      let der = try made.der(name)
      for length in 0..<der.count { #expect(CertificateReader.facts(der: Array(der.prefix(length))) == nil) }
      for _ in 0..<1500 {
        var octets = der
        for _ in 0..<Int.random(in: 1...3, using: &random) {
          octets[Int.random(in: 0..<octets.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
        }
        guard let facts = CertificateReader.facts(der: octets) else { continue }
        #expect(facts.sha256.utf8.count == 64)
      }
    }
  }
}

extension CertificateFacts.Name {
  fileprivate var text: String? {
    if case .dns(let name) = self { return name }
    if case .address(let name) = self { return name }
    return nil
  }
}

extension [UInt8] {
  /// Every place of `old` replaced by as many octets.
  fileprivate func flatMapReplacing(_ old: [UInt8], with new: [UInt8]) -> [UInt8] {
    var result = self
    for place in 0...(count - old.count) where Array(self[place..<place + old.count]) == old {
      result.replaceSubrange(place..<place + old.count, with: new)
    }
    return result
  }
}
