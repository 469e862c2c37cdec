import Records
import Testing

@Suite struct QuotedTextTests {
  @Test(arguments: [("abc", 2, "ab"), ("abc", 3, "abc"), ("日本語", 2, "日本"), ("", 5, ""), ("abc", 0, "")])
  func `a text is cut to its first scalars`(text: String, count: Int, expected: String) {
    #expect(text.cut(to: count) == expected)
  }

  /// 2 + 2 × 3000 octets of UTF-8 are one character for Swift.
  @Test func `marks without end are no way around a limit`() {
    let name = "é" + String(repeating: "\u{301}", count: 3000)
    #expect(name.count == 1)
    #expect(name.cut(to: 40).utf8.count == 2 + 39 * 2)
    let claim = Claim(.name, name, source: "udp/10001", confidence: .high)
    #expect(claim.value.unicodeScalars.count == Claim.valueLimit)
  }

  @Test(arguments: [
    ("plain 日本語 é", "plain 日本語 é"), ("\u{1b}[2J", "?[2J"), ("a\r\nb\tc", "a??b?c"), ("\u{202e}fdp", "?fdp"),
    ("\u{9b}x", "?x"),
    ("\u{2028}\u{200b}\u{e000}", "???"),
  ])
  func `what a terminal would obey becomes a question mark`(text: String, expected: String) {
    #expect(text.withoutControls == expected)
  }
}
