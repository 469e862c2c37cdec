import Records
import Testing

struct WordingRulesTests {
  @Test(arguments: [
    "この機器に問題なし", "問題ありません。", "問題は見つかりませんでした", "安全です", "安全であることを確認", "安全が確認されました",
    "規格に準拠しています", "適合を保証", "試験に合格", "スコア", "点数は80", "達成率 80%", "80％", "８０％", "80パーセント",
  ])
  func `a Japanese assurance is seen`(text: String) {
    let problems = WordingRules.problems(in: text, .japanese)
    #expect(!problems.isEmpty && problems.allSatisfy { text.contains($0.word) && !$0.why.ja.isEmpty })
  }

  @Test(arguments: [
    "No problem was found", "no problems", "The device is secure.", "They are safe", "compliant with",
    "compliance score",
    "We guarantee", "is guaranteed", "It passed the audit", "Score: 5", "80 %", "80%", "80 percent",
  ])
  func `an English assurance is seen`(text: String) {
    #expect(!WordingRules.problems(in: text, .english).isEmpty)
  }

  @Test(arguments: [
    "セキュリティ対策", "安全衛生委員会", "人身安全に関わる機能", "情報処理安全確保支援士", "2件が不合格です", "適合を示す証拠あり（条件付き）",
    "不適合の証拠あり", "問題があります", "https://example.com/%E5%AE%89%E5%85%A8",
  ])
  func `Japanese words that assure nothing may stand`(text: String) {
    #expect(WordingRules.problems(in: text, .japanese).isEmpty)
  }

  @Test(arguments: [
    "a secure channel", "security", "this safety measure", "underscore", "a problem was found", "80 of 100",
    "https://example.com/a%20b/80%25", "It is safer", "this secures",
  ])
  func `English words that assure nothing may stand`(text: String) {
    #expect(WordingRules.problems(in: text, .english).isEmpty)
  }

  @Test func `each language has its own words, and a text is read in both`() {
    #expect(
      WordingRules.problems(in: "安全", .english).isEmpty && WordingRules.problems(in: "compliant", .japanese).isEmpty)
    let text = LocalizedText(ja: "準拠", en: "compliant")
    #expect(WordingRules.problems(in: text).map(\.word) == ["準拠", "complian"])
  }
}
