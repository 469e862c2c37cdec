import Certificates
import Foundation
import LabSupport
import Records
import Testing

/// Files as collections of keys have them. The expected digests are the script's, which it made from the keys.
struct PublishedKeysTests {
  private let made: MadeCertificates

  init() throws { made = try MadeCertificates.made.get() }

  private func digest(_ name: String) throws -> String {
    try #require(made.entries.first { $0.name == name }?.keySHA256)
  }

  private func pem(_ label: String, _ der: [UInt8]) -> [UInt8] {
    let text = Data(der).base64EncodedString(options: [.lineLength64Characters, .endLineWithLineFeed])
    return Array("-----BEGIN \(label)-----\n\(text)\n-----END \(label)-----\n".utf8)
  }

  @Test func `certificates are read as PEM and as DER, several of a file too`() throws {
    let (one, two) = (try made.der("sound"), try made.der("sound-p256"))
    let expected = [try digest("sound"), try digest("sound-p256")]
    #expect(PublishedKeys.digests(inFile: one) == [expected[0]])
    let text = Array("Certificate of a camera\r\n".utf8) + pem("CERTIFICATE", one) + pem("CERTIFICATE", two)
    #expect(PublishedKeys.digests(inFile: text) == expected)
    #expect(PublishedKeys.digests(inFile: text.flatMap { $0 == 0x0a ? [0x0d, 0x0a] : [$0] }) == expected)
  }

  @Test(arguments: ["sound", "sound-p256", "sound-ed25519", "dsa1024", "rsa512"])
  func `a private key gives its public one`(name: String) throws {
    let key = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(made.folder)/\(name).key")))
    #expect(try PublishedKeys.digests(inFile: key) == [digest(name)])
    let info = try outputOf("openssl", "pkey", "-in", "\(made.folder)/\(name).key", "-pubout")
    #expect(try PublishedKeys.digests(inFile: info) == [digest(name)])
  }

  @Test func `what is neither is left out`() throws {
    let encrypted = try outputOf(
      "openssl", "pkcs8", "-topk8", "-in", "\(made.folder)/sound.key", "-passout", "pass:x", "-v2", "aes128")
    #expect(PublishedKeys.digests(inFile: encrypted) == [])
    for text in ["", "# a README", "-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----", "-----BEGIN X"] {
      #expect(PublishedKeys.digests(inFile: Array(text.utf8)) == [])
    }
    let whole = pem("CERTIFICATE", try made.der("sound"))
    #expect(PublishedKeys.digests(inFile: Array(whole.dropLast(200))) == [], "a block without an end is none")
    #expect(PublishedKeys.digests(inFile: whole + [UInt8](repeating: 0x41, count: 1 << 20)) == [], "too long")
  }
}
