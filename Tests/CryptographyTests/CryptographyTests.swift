import Cryptography
import Testing

private func hex(_ octets: [UInt8]) -> String {
  octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

struct CryptographyTests {
  /// RFC 1321 appendix A.5; FIPS 180-4's example "abc" (NIST, SHA examples).
  @Test(arguments: [
    (DigestAlgorithm.md5, "", "d41d8cd98f00b204e9800998ecf8427e"),
    (.md5, "message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
    (.sha1, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
    (.sha256, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
  ])
  func `digests are those of their standards`(_ algorithm: DigestAlgorithm, _ message: String, _ digest: String) {
    #expect(hex(algorithm.digest(of: Array(message.utf8))) == digest)
  }

  /// The example of "The DES Algorithm Illustrated" (J. O. Grabbe), and FIPS 81 appendix B's first ECB block.
  @Test(arguments: [
    ("133457799bbcdff1", "0123456789abcdef", "85e813540f0ab405"),
    ("0123456789abcdef", "4e6f772069732074", "3fa40e8a984d4815"),
  ])
  func `DES is that of its standard`(_ key: String, _ block: String, _ result: String) {
    #expect(DES.encrypt(blocks: octets(block), key: octets(key)).map(hex) == result)
  }

  @Test func `DES takes whole blocks and whole keys`() {
    #expect(DES.encrypt(blocks: [1, 2, 3], key: octets("0123456789abcdef")) == nil)
    #expect(DES.encrypt(blocks: octets("0123456789abcdef"), key: [1]) == nil)
    #expect(DES.encrypt(blocks: [], key: octets("0123456789abcdef")) == [])
  }

  private func octets(_ hex: String) -> [UInt8] {
    let digits = hex.compactMap(\.hexDigitValue)
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
  }
}
