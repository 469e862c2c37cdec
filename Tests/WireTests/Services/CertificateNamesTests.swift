import LabSupport
import Testing
import Wire

struct CertificateNamesTests {
  private func read(_ octets: [UInt8]) throws(WireError) -> CertificateNames {
    try CertificateNames(parsing: octets.span)
  }

  private static let golden = ServiceReplies.certificate

  @Test func `subject and issuer are one line each, as OpenSSL writes them`() throws {
    // The rest of the certificate is not looked at, and the outer lengths speak of it.
    let names = try read(Self.golden + [UInt8](repeating: 0, count: 0x24d + 4 - Self.golden.count))
    let line =
      "CN=axis-b8a44f100021-eccp256-1,serialNumber=B8A44F100021,OU=a\\, \\\"b\\\",O=Axis Communications AB,C=SE"
    #expect(names.subject == line && names.issuer == line)
  }

  private static func long(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
    [tag, 0x82, UInt8(content.count >> 8), UInt8(content.count & 0xff)] + content
  }

  private static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] { [tag, UInt8(content.count)] + content }

  /// A certificate of version 1, without the element for it; its issuer is empty, and what stands behind the subject
  /// is missing.
  private static func certificate(_ subject: [UInt8]) -> [UInt8] {
    let empty = element(0x30, [])
    let body: [UInt8] = [2, 1, 1] + empty + empty + empty + element(0x30, subject)
    return element(0x30, element(0x30, body))
  }

  private static func member(_ type: [UInt8], _ tag: UInt8, _ value: [UInt8]) -> [UInt8] {
    element(0x30, element(6, type) + element(tag, value))
  }

  /// X.690 §8.23: BMPString has two octets a character. RFC 4514 §2.2, §2.3: members of one relative name, types
  /// without a name.
  @Test func `other strings, several values and unknown types are read`() throws {
    let common: [UInt8] = [0x55, 4, 3]
    let wide = Self.member(common, 0x1e, [0x65, 0xe5, 0x00, 0x41])
    let odd = Self.member(common, 0x0c, Array("# b\0 ".utf8))
    let unknown = Self.member([0x2a, 3, 4], 0x13, Array("x".utf8))
    let names = try read(Self.certificate(Self.element(0x31, wide) + Self.element(0x31, odd + unknown)))
    #expect(names.subject == "CN=\\# b\\00\\ +1.2.3.4=x,CN=日A" && names.issuer.isEmpty)
    #expect(try read(Self.certificate([])).subject.isEmpty)
  }

  /// Not DER, a version alone, a name that is no set, more attributes than anybody has.
  @Test func `what is no certificate is refused`() {
    let attribute = Self.element(0x31, Self.member([0x55, 4, 3], 0x0c, []))
    var many: [UInt8] = []
    for _ in 0..<100 { many += attribute }
    let empty = Self.element(0x30, [])
    let body: [UInt8] = [2, 1, 1] + empty + empty + empty + Self.long(0x30, many)
    let crowded = Self.long(0x30, Self.long(0x30, body))
    let refused: [[UInt8]] = [
      Array("-----BEGIN CERTIFICATE-----".utf8), Self.element(0x30, Self.element(0x30, [0xa0, 0])),
      Self.certificate(empty), crowded, [],
    ]
    for octets in refused {
      #expect(throws: WireError.self) { try read(octets) }
    }
  }

  @Test func `every prefix and mutations are read without a trap`() {
    for count in 0..<Self.golden.count {
      #expect(throws: WireError.self) { try read(Array(Self.golden.prefix(count))) }
    }
    var random = SeededRandom(seed: 61)
    let whole = Self.golden + [UInt8](repeating: 0, count: 0x24d + 4 - Self.golden.count)
    for _ in 0..<20_000 { _ = try? read(MutationTests.mutate(whole, &random)) }
  }
}
