import Credentials
import Testing

struct SecretTests {
  @Test func `a secret does not show itself, however it is printed`() {
    let pair = CredentialPair(account: "root", secret: Secret(Array("hunter2-of-the-lab".utf8)))
    var dumped = ""
    dump(pair, to: &dumped)
    for text in ["\(pair)", "\(pair.secret)", String(reflecting: pair), String(describing: [pair.secret]), dumped] {
      #expect(!text.contains("hunter2"))
      // Nor as the numbers of its octets: 104, 117, 110 …
      #expect(!text.contains("104"))
    }
  }
}
