import Credentials
import Probes
import Testing

/// What is entered, against the examples of the standards.
struct LoginMessageTests {
  private func entered(_ message: LoginMessage, _ account: String, _ password: String) -> [UInt8] {
    LoginOctets(message, of: CredentialPair(account: account, secret: Secret(Array(password.utf8)))).octets
  }

  private func text(_ message: LoginMessage, _ account: String, _ password: String) -> String {
    String(decoding: entered(message, account, password), as: UTF8.self)
  }

  @Test func `lines end in CR LF`() {
    #expect(text(.line(.text("USER "), .account), "anna", "x") == "USER anna\r\n")
    #expect(text(.line(.password), "anna", "x y") == "x y\r\n")
  }

  /// RFC 7617 §2, and RFC 4648 §10 for the lengths.
  @Test func `base64 is that of Basic`() {
    let basic = LoginMessage.base64(.joined([.account, .text(":"), .password]))
    #expect(text(basic, "Aladdin", "open sesame") == "QWxhZGRpbjpvcGVuIHNlc2FtZQ==")
    for (plain, coded) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
      #expect(text(.base64(.password), "", plain) == coded)
    }
  }

  /// RFC 7616 §3.9.1: the same request in MD5 and SHA-256.
  @Test(arguments: [
    (LoginMessage.Hash.md5, "8ca523f5e9506fed4657c9700eebdbec"),
    (.sha256, "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
  ])
  func `a digest is that of the standard's example`(_ hash: LoginMessage.Hash, _ response: String) {
    func digest(_ parts: [LoginMessage]) -> LoginMessage { .hexadecimal(.hash(hash, .joined(parts))) }
    let name = digest([.account, .text(":http-auth@example.org:"), .password])
    let request = digest([.text("GET:/dir/index.html")])
    let nonces =
      ":7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v:00000001:f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ:auth:"
    #expect(text(digest([name, .text(nonces), request]), "Mufasa", "Circle of Life") == response)
  }

  /// MQTT 3.1.1 §2.2.3 table 2.4; X.690 §8.1.3; the RESP specification's "hello".
  @Test func `lengths are those of their protocols`() {
    #expect(entered(.sized(.twoOctets, .account), "abc", "") == [0, 3, 0x61, 0x62, 0x63])
    for (count, octets) in [(0, [0]), (127, [0x7f]), (128, [0x80, 0x01]), (16_384, [0x80, 0x80, 0x01])]
      as [(Int, [UInt8])]
    {
      let message = LoginMessage.sized(.variable, .octets([UInt8](repeating: 7, count: count)))
      #expect(entered(message, "", "").prefix(octets.count).elementsEqual(octets))
      #expect(entered(message, "", "").count == octets.count + count)
    }
    #expect(entered(.sized(.ber(tag: 4), .password), "", "public") == [4, 6] + Array("public".utf8))
    let long = entered(.sized(.ber(tag: 0x30), .octets([UInt8](repeating: 1, count: 300))), "", "")
    #expect(long.prefix(5) == [0x30, 0x82, 0x01, 0x2c, 1] && long.count == 304)
    #expect(text(.sized(.bulkString, .password), "", "hello") == "$5\r\nhello\r\n")
  }

  @Test func `what a form or a document would misread is escaped`() {
    #expect(text(.percentEncoded(.password), "", "a&b=c d~é") == "a%26b%3Dc%20d~%C3%A9")
    #expect(text(.xmlEscaped(.password), "", "<a & 'b\">") == "&lt;a &amp; &apos;b&quot;&gt;")
  }

  /// The key of "password" with the bits of each octet reversed is 0e86ceceeef64e26; the two blocks
  /// were computed with `openssl enc -des-ecb -provider legacy -nopad`.
  @Test func `VNC's response is DES under the reversed password`() {
    let challenge = [UInt8](0..<16)
    #expect(entered(.vncResponse(challenge: challenge), "", "password") == VNC.response)
    // Only eight octets count.
    #expect(entered(.vncResponse(challenge: challenge), "", "password-and-more") == VNC.response)
    #expect(entered(.vncResponse(challenge: challenge), "", "passwor") != VNC.response)
  }

  @Test func `only what holds the password spends the permit`() {
    #expect(!LoginMessage.line(.text("USER "), .account).holdsPassword)
    #expect(LoginMessage.base64(.joined([.account, .password])).holdsPassword)
    #expect(LoginMessage.vncResponse(challenge: []).holdsPassword)
    #expect(
      LoginMessage.sized(.twoOctets, .hash(.sha1, .xmlEscaped(.percentEncoded(.hexadecimal(.password))))).holdsPassword)
  }
}

private enum VNC {
  static let response: [UInt8] = [
    0xb8, 0x66, 0x92, 0x41, 0x25, 0xc8, 0xee, 0xbb, 0x9d, 0xeb, 0xc1, 0xdb, 0x61, 0xc5, 0x38, 0xe2,
  ]
}
