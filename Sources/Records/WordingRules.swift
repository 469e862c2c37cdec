/// Words that no text of ours may say of what was examined: a report tells what was tested and found, and assures nothing (checklist.md §2.1, §8.9).
public enum WordingRules {
  public enum Language: String, Hashable, Sendable, CaseIterable {
    case japanese = "ja"
    case english = "en"
  }

  /// A word that assures something, and why it may not stand there.
  public struct Problem: Hashable, Sendable {
    /// As it stands in the text.
    public let word: String
    public let why: LocalizedText
  }

  /// What reads as an assurance, in the order of the rules; none for a text in order.
  public static func problems(in text: String, _ language: Language) -> [Problem] {
    // An address may hold `%` (RFC 3986 §2.1) and names of other people's pages.
    var rest = text.replacing(/https?:\/\/[^\s"'<>）)]+/, with: "")
    let phrases = language == .japanese ? japanese : english
    for allowed in allowed[language] ?? [] { rest = rest.replacing(allowed, with: "") }
    let folded = language == .english ? rest.lowercased() : rest
    var found: [Problem] = []
    for phrase in phrases where folded.contains(phrase.word) {
      // Latin letters around it would make it part of another word.
      if language == .english, !standsAlone(phrase, in: folded) { continue }
      found.append(Problem(word: phrase.word, why: phrase.kind.why))
    }
    if let figure = folded.firstMatch(of: /[0-9０-９][ \u{a0}\u{3000}]?[%％]/) {
      found.append(Problem(word: String(figure.0), why: Kind.figure.why))
    }
    return found
  }

  /// Problems of both languages of a text.
  public static func problems(in text: LocalizedText) -> [Problem] {
    problems(in: text.ja, .japanese) + problems(in: text.en, .english)
  }

  private enum Kind {
    case assurance, conformity, figure

    var why: LocalizedText {
      switch self {
      case .assurance:
        LocalizedText(
          ja: "検査した範囲を超えて保証する表現です。検査した内容と結果を書いてください",
          en: "it assures more than was tested; write what was tested and found")
      case .conformity:
        LocalizedText(
          ja: "適合の判断は人が行います。観測した事実と関連する項目を書いてください",
          en: "whether something conforms is for a person to say; write what was observed and what it is related to")
      case .figure:
        LocalizedText(
          ja: "点数や割合は未検査を隠します。件数を書いてください",
          en: "a score or share hides what was not tested; write counts")
      }
    }
  }

  private struct Phrase {
    let word: String
    let kind: Kind
    /// True for the beginning of a word, `complian` of compliant and compliance.
    var isStem = false
  }

  private static let japanese: [Phrase] = [
    Phrase(word: "問題なし", kind: .assurance), Phrase(word: "問題ありません", kind: .assurance),
    Phrase(word: "問題はありません", kind: .assurance), Phrase(word: "問題がありません", kind: .assurance),
    Phrase(word: "問題は見つかりません", kind: .assurance), Phrase(word: "問題がない", kind: .assurance),
    Phrase(word: "問題はない", kind: .assurance), Phrase(word: "異常なし", kind: .assurance),
    Phrase(word: "安全", kind: .assurance), Phrase(word: "万全", kind: .assurance), Phrase(word: "安心", kind: .assurance),
    Phrase(word: "準拠", kind: .conformity), Phrase(word: "適合を保証", kind: .conformity),
    Phrase(word: "適合しています", kind: .conformity), Phrase(word: "適合している", kind: .conformity),
    Phrase(word: "合格", kind: .conformity), Phrase(word: "スコア", kind: .figure), Phrase(word: "点数", kind: .figure),
    Phrase(word: "満点", kind: .figure), Phrase(word: "パーセント", kind: .figure), Phrase(word: "適合率", kind: .figure),
    Phrase(word: "達成率", kind: .figure),
  ]

  private static let english: [Phrase] = [
    Phrase(word: "no problem", kind: .assurance, isStem: true), Phrase(word: "no issues", kind: .assurance),
    Phrase(word: "nothing is wrong", kind: .assurance), Phrase(word: "is secure", kind: .assurance),
    Phrase(word: "are secure", kind: .assurance), Phrase(word: "is safe", kind: .assurance),
    Phrase(word: "are safe", kind: .assurance), Phrase(word: "fully secure", kind: .assurance),
    Phrase(word: "guarantee", kind: .assurance, isStem: true),
    Phrase(word: "complian", kind: .conformity, isStem: true),
    Phrase(word: "passed the audit", kind: .conformity), Phrase(word: "conforms to the", kind: .conformity),
    Phrase(word: "score", kind: .figure, isStem: true), Phrase(word: "percent", kind: .figure, isStem: true),
    Phrase(word: "per cent", kind: .figure),
  ]

  /// What holds such a word and assures nothing.
  private static let allowed: [Language: [String]] = [
    .japanese: [
      // A field of its own, and names of laws and of people who are licensed by one.
      "安全衛生", "人身安全", "情報処理安全確保支援士",
      // Says the opposite, of rules that were tried on their own examples.
      "不合格",
    ]
  ]

  private static func standsAlone(_ phrase: Phrase, in text: String) -> Bool {
    text.ranges(of: phrase.word).contains { range in
      let before = range.lowerBound == text.startIndex ? nil : text[text.index(before: range.lowerBound)]
      let after = range.upperBound == text.endIndex ? nil : text[range.upperBound]
      return before?.isLetter != true && (phrase.isStem || after?.isLetter != true)
    }
  }
}
