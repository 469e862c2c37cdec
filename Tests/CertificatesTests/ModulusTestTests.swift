import Certificates
import LabSupport
import Records
import Testing

/// The expected values are small enough to be factored by hand, or keys that a script made of known primes.
struct ModulusTestTests {
  private func modulus(_ name: String) throws -> String {
    let made = try MadeCertificates.made.get()
    return try #require(CertificateReader.facts(der: try made.der(name))?.publicKey?.modulus)
  }

  @Test func `moduli with a common prime are found, and no others`() throws {
    // 3·5, 3·7, 11·13, 17·17, 5·19: the third and the fourth have nothing in common with any.
    #expect(ModulusTest.commonFactors(among: ["f", "15", "8f", "121", "5f"]) == ["f", "15", "5f"])
    let (one, two) = (try modulus("shared-factor-1"), try modulus("shared-factor-2"))
    let others = try ["sound", "rsa1024", "sound-rsa4096", "close-primes"].map(modulus)
    #expect(ModulusTest.commonFactors(among: others) == [])
    // The key with close primes has the first prime too.
    let shared = ModulusTest.commonFactors(among: others + [one, two])
    #expect(shared == [one, two, try modulus("close-primes")])
    #expect(ModulusTest.commonFactors(among: [one, one]) == [], "one key twice is a key twice")
  }

  @Test func `a modulus of which both primes are shared with others is found`() {
    // 3·5, 3·7, 5·7
    #expect(ModulusTest.commonFactors(among: ["f", "15", "23"]) == ["f", "15", "23"])
  }

  @Test func `what is no modulus is left out`() {
    #expect(ModulusTest.commonFactors(among: ["", "0", "1", "10", "xyz", "f", "15"]) == ["f", "15"])
    #expect(ModulusTest.commonFactors(among: ["F", String(repeating: "f", count: 5000)]) == [])
    for text in ["", "0", "1", "2", "-f", "f0", "g"] {
      #expect(!ModulusTest.hasClosePrimes(text) && !ModulusTest.hasROCAFingerprint(text))
    }
  }

  @Test func `close primes are found, proper ones are not`() throws {
    // 10007 · 10009, and a square; 3 · 1000003 lie far apart.
    #expect(
      ModulusTest.hasClosePrimes(String(10007 * 10009, radix: 16))
        && ModulusTest.hasClosePrimes(String(10007 * 10007, radix: 16)))
    #expect(!ModulusTest.hasClosePrimes(String(3 * 1_000_003, radix: 16)))
    #expect(ModulusTest.hasClosePrimes(try modulus("close-primes")))
    for name in ["sound", "rsa512", "rsa1024", "sound-rsa4096", "roca"] {
      #expect(!ModulusTest.hasClosePrimes(try modulus(name)), "\(name)")
    }
  }

  @Test func `keys of Infineon's form are known by their fingerprint`() throws {
    #expect(ModulusTest.hasROCAFingerprint(try modulus("roca")))
    for name in ["sound", "rsa512", "rsa1024", "sound-rsa4096", "close-primes", "shared-factor-1"] {
      #expect(!ModulusTest.hasROCAFingerprint(try modulus(name)), "\(name)")
    }
  }
}
