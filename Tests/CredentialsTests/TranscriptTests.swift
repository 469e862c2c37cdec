import Credentials
import Probes
import Testing

struct TranscriptTests {
  private static let secret = Secret(Array("Zq7-vault".utf8))

  private func transcript(after password: [(Duration, FakeConsole.Says)], banner: String = "") -> String {
    FakeConsole(
      opened: .text("\(banner)\r\nlogin: "), account: .text("root\r\nPassword: "), password: password,
      emptyLine: .text("\r\n# "), line: [(.milliseconds(1), .end(.closed))]
    ).play().login.transcript.text(hiding: Self.secret)
  }

  @Test func `what happened is told in order, without what was entered`() {
    let text = transcript(after: .text("\r\n# "), banner: "AXIS 2120")
    let told = [
      "connected", "|AXIS 2120|", "|login: |", "account name", "|Password: |", "password (not shown)", "empty line",
      "logout", "accepted",
    ]
    var rest = text[...]
    for word in told {
      guard let range = rest.firstRange(of: word) else {
        return #expect(Bool(false), "\(word) is missing in:\n\(text)")
      }
      rest = rest[range.upperBound...]
    }
    #expect(text.allSatisfy { $0.isASCII })
  }

  /// As devices echo: whole, in capitals, in pieces, with blanks, overwritten, over two lines.
  @Test(arguments: [
    ["Zq7-vault\r\n# "], ["ZQ7-VAULT\r\n# "], ["Zq7", "-va", "ult", "\r\n# "], ["Z q 7 - v a u l t\r\n# "],
    ["Zq7-\r", "vault\r\n# "], ["wrong: root/Zq7-vault, login: "], ["\u{1b}[31mZq7-\u{8}vault\r\n# "],
  ])
  func `an echo of the password is not kept`(pieces: [String]) {
    let text = transcript(after: pieces.map { (.milliseconds(3), .text($0)) })
    let plain = text.lowercased().filter { !$0.isWhitespace && $0 != "." && $0 != "|" }
    #expect(!plain.contains("zq7-vault") && !text.contains("vault"), "\(text)")
    #expect(text.contains("what was entered"))
  }
}
