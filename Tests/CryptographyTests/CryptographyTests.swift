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

  /// NIST SP 800-38A §F.5.1, F.5.5 (counter mode), F.2.1, F.2.5 (chaining): the first two blocks.
  @Test(arguments: [
    (
      BlockCipher.aes128Counter, "2b7e151628aed2a6abf7158809cf4f3c", "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
      "874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff"
    ),
    (
      .aes256Counter, "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
      "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff", "601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c5"
    ),
    (
      .aes128Chaining, "2b7e151628aed2a6abf7158809cf4f3c", "000102030405060708090a0b0c0d0e0f",
      "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2"
    ),
    (
      .aes256Chaining, "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
      "000102030405060708090a0b0c0d0e0f", "f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d"
    ),
  ])
  func `ciphers are those of their standards, at once and block by block`(
    _ cipher: BlockCipher, _ key: String, _ vector: String, _ result: String
  ) {
    let text = octets("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51")
    var once = octets(vector)
    #expect(cipher.apply(to: text, key: octets(key), vector: &once, encrypting: true).map(hex) == result)
    var going = octets(vector)
    let blocks = [text.prefix(16), text.suffix(16)].compactMap {
      cipher.apply(to: Array($0), key: octets(key), vector: &going, encrypting: true)
    }
    #expect(hex(blocks.flatMap(\.self)) == result && going == once)
    var back = octets(vector)
    #expect(cipher.apply(to: octets(result), key: octets(key), vector: &back, encrypting: false) == text)
    #expect(cipher.apply(to: [1], key: octets(key), vector: &back, encrypting: true) == nil)
    #expect(cipher.apply(to: text, key: [1], vector: &back, encrypting: true) == nil)
  }

  @Test func `a counter runs over from its lowest octet`() {
    var vector = [UInt8](repeating: 0xff, count: 16)
    _ = BlockCipher.aes128Counter.apply(
      to: [UInt8](repeating: 0, count: 32), key: [UInt8](repeating: 1, count: 16), vector: &vector, encrypting: true)
    #expect(vector == [UInt8](repeating: 0, count: 15) + [1])
  }

  /// RFC 7748 §6.1.
  @Test func `an agreement by Curve25519 is that of its standard`() {
    let alice = octets("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a")
    let bob = octets("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb")
    let values = [alice, bob].map { KeyAgreement.curve25519.publicValue(of: $0) ?? [] }
    #expect(
      values.map(hex) == [
        "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a",
        "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f",
      ])
    let shared = "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"
    #expect(KeyAgreement.curve25519.shared(secret: alice, with: values[1]).map(hex) == shared)
    #expect(KeyAgreement.curve25519.shared(secret: bob, with: values[0]).map(hex) == shared)
    // A value of small order gives nothing (§6.1), nor does one of another length.
    #expect(KeyAgreement.curve25519.shared(secret: alice, with: [UInt8](repeating: 0, count: 32)) == nil)
    #expect(KeyAgreement.curve25519.shared(secret: alice, with: [9]) == nil)
    #expect(KeyAgreement.curve25519.publicValue(of: [1]) == nil)
  }

  /// By arithmetic: 2³ = 8, 5² = 25, and both ways of going round a prime are the same.
  @Test(arguments: [(KeyAgreement.group1, 128), (.group14, 256), (.group16, 512)])
  func `a group's agreement is a power of two`(_ group: KeyAgreement, _ size: Int) {
    let (two, three) = ([UInt8](repeating: 0, count: 31) + [2], [UInt8](repeating: 0, count: 31) + [3])
    #expect(group.publicValue(of: three) == [8] && group.shared(secret: two, with: [5]) == [25])
    let secrets = [UInt8(3), 200].map { [UInt8](repeating: $0, count: 32) }
    let values = secrets.map { group.publicValue(of: $0) ?? [] }
    #expect(values.allSatisfy { (size - 2...size).contains($0.count) } && values[0] != values[1])
    #expect(group.shared(secret: secrets[0], with: values[1]) == group.shared(secret: secrets[1], with: values[0]))
    // RFC 4253 §8: 1 and what is no smaller than the prime less one are no values.
    for value in [[], [0], [1], [UInt8](repeating: 0xff, count: size), [UInt8](repeating: 0xff, count: size + 400)] {
      #expect(group.shared(secret: two, with: value) == nil)
    }
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
