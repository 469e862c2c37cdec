import LabSupport
import Probes
import Testing

@testable import Credentials

/// Challenges as standards and devices write them, and the answers of the standards' examples.
struct AuthenticationChallengeTests {
  private func filled(_ message: LoginMessage?, _ account: String, _ password: String) throws -> String {
    let pair = CredentialPair(account: account, secret: Secret(Array(password.utf8)))
    return String(decoding: LoginOctets(try #require(message), of: pair).octets, as: UTF8.self)
  }

  private static let example =
    #"realm="http-auth@example.org", qop="auth, auth-int", algorithm=ALGORITHM, "#
    + #"nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS""#
  private static let cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"

  /// RFC 7616 §3.9.1: two challenges, the better one first; the answers differ in algorithm and response alone.
  @Test func `the better of two digests is answered as in the standard's example`() throws {
    let fields = ["SHA-256", "MD5"].map { "Digest " + Self.example.replacing("ALGORITHM", with: $0) }
    let responses = [
      "SHA-256": "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
      "MD5": "8ca523f5e9506fed4657c9700eebdbec",
    ]
    let offers = [
      (fields, "SHA-256"), (fields.reversed(), "SHA-256"), ([fields[1]], "MD5"),
      ([fields.joined(separator: ", ")], "SHA-256"),
    ]
    for (fields, algorithm) in offers {
      let best = try #require(AuthenticationChallenge.best(of: AuthenticationChallenge.all(in: fields)))
      let answer = try filled(best.answer("GET", "/dir/index.html", cnonce: Self.cnonce), "Mufasa", "Circle of Life")
      #expect(answer.contains(#"response="\#(responses[algorithm] ?? "-")""#), "\(answer)")
      #expect(answer.hasPrefix(#"Digest username="Mufasa", realm="http-auth@example.org""#))
      #expect(answer.contains("algorithm=\(algorithm)") && answer.contains("qop=auth, nc=00000001"))
      #expect(answer.contains(#"opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS""#))
    }
  }

  /// RFC 2617 §3.5, RFC 2069 §2.4 with its erratum 749, and the session forms as Python's hashlib computes them.
  @Test(arguments: [
    (#"qop="auth""#, "Circle Of Life", "6629fae49393a05397450978507c4ef1"),
    ("stale=false", "CircleOfLife", "1949323746fe6a43ef61f9606e7febea"),
    (#"qop=auth, algorithm="MD5-sess""#, "Circle Of Life", "8e3825c57e897f5a0dec6c2d4e5059d0"),
    (
      #"qop=auth, algorithm=SHA-256-sess"#, "Circle Of Life",
      "b8822e12417cb7750f4e2b8515f0dcf25b7dd26993e80bee1426201446a7f59b"
    ),
  ])
  func `older digests and those of sessions are those of their examples`(
    _ further: String, _ password: String, _ response: String
  ) throws {
    let field =
      #"Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", "# + further
    let challenge = try #require(AuthenticationChallenge.best(of: AuthenticationChallenge.all(in: [field])))
    let answer = try filled(challenge.answer("GET", "/dir/index.html", cnonce: "0a4f113b"), "Mufasa", password)
    #expect(answer.contains("response=\"\(response)\""), "\(answer)")
    #expect(answer.contains("qop=") == further.contains("qop="))
  }

  /// RFC 7617 §2.
  @Test func `Basic is that of the standard's example, and the last choice`() throws {
    let basic = AuthenticationChallenge.all(in: [#"Basic realm="WallyWorld""#])
    let answer = try filled(
      AuthenticationChallenge.best(of: basic)?.answer("GET", "/", cnonce: ""), "Aladdin", "open sesame")
    #expect(answer == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==")
    let both = AuthenticationChallenge.all(in: [#"Basic realm="x", Digest realm="x", nonce="n""#])
    #expect(both.map(\.scheme) == ["basic", "digest"])
    #expect(AuthenticationChallenge.best(of: both)?.scheme == "digest")
  }

  @Test func `what is read is what is written, with commas, blanks and quotes where devices put them`() throws {
    let all = AuthenticationChallenge.all(in: [
      #"Negotiate, NTLM TlRMTVNTUAAB==, Digest realm = "a, \"b\", c" , nonce=plain,opaque="", stale=TRUE"#,
      "BASIC realm=no quotes here", "", ",,,", "=", #"Digest realm="never ends"#,
    ])
    #expect(all.map(\.scheme) == ["negotiate", "ntlm", "digest", "basic", "digest"])
    #expect(all[2].parameters == ["realm": #"a, "b", c"#, "nonce": "plain", "opaque": "", "stale": "TRUE"])
    #expect(all[2].isStale && all[3].parameters["realm"] == "no quotes here")
    // Without a nonce there is no answer; that of the one with it says the realm as it came.
    #expect(all[4].answer("GET", "/", cnonce: "1") == nil)
    #expect(try filled(all[2].answer("GET", "/", cnonce: "1"), "a", "b").contains(#"realm="a, \"b\", c""#))
  }

  @Test(arguments: [
    "Negotiate", #"Digest realm="x", nonce="y", algorithm=SHA-512-256"#,
    #"Digest realm="x", nonce="y", qop="auth-int""#,
    "Digest realm=\"\u{fffd}\", nonce=\"y\"", "Digest realm=\"a\tb\", nonce=\"y\"", #"Digest realm="x""#, "Bearer",
  ])
  func `what cannot be answered rightly is not answered`(_ field: String) {
    let all = AuthenticationChallenge.all(in: [field])
    #expect(all.count == 1 && AuthenticationChallenge.best(of: all) == nil)
    #expect(all[0].answer("GET", "/", cnonce: "1") == nil)
  }

  @Test func `any octets are read without a trap, and no more is made of them than they hold`() {
    var random = SeededRandom(seed: 11)
    let words = [
      "Digest ", "Basic ", "realm=", "nonce=", "\"", "\\", ",", "=", " ", "qop=\"auth", "a", "ü", "stale=true",
    ]
    for _ in 0..<4000 {
      let text = (0..<Int.random(in: 0..<14, using: &random)).map { _ in words.randomElement(using: &random) ?? "" }
      let all = AuthenticationChallenge.all(in: [text.joined(), text.reversed().joined()])
      #expect(all.count <= 8)
      for challenge in all {
        guard let answer = challenge.answer("GET", "/", cnonce: "0") else { continue }
        #expect(answer.holdsPassword && ["basic", "digest"].contains(challenge.scheme))
      }
    }
    let long = "Digest " + String(repeating: "a=\"b\", ", count: 5000)
    #expect(AuthenticationChallenge.all(in: [long]).isEmpty)
  }
}
