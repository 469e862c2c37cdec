internal import Records

// How the basis of a verdict is worded, so that every probe's findings read alike.
extension ProbeSheet {
  /// "A PING command was answered with what. Meaning." `ja` and `en` continue the sentence after the question.
  func answered(with what: LocalizedText, _ meaning: LocalizedText) -> LocalizedText {
    LocalizedText(
      ja: "\(sends.ja)を送信し、\(what.ja)が返りました。\(meaning.ja)",
      en: "\(sends.en.capitalisedFirst) was answered with \(what.en). \(meaning.en)")
  }

  /// What stands in a basis where nothing came that decides.
  func undecided(_ reason: String) -> LocalizedText {
    LocalizedText(
      ja: "\(sends.ja)を送信しましたが、判断できる応答は得られませんでした(\(reason))。",
      en: "\(sends.en.capitalisedFirst) brought no answer that decides anything (\(reason)).")
  }

  /// An ICMP port unreachable in answer to a datagram.
  var portClosed: LocalizedText {
    LocalizedText(
      ja: "\(sends.ja)に対し、ポートは閉じているとの応答(ICMP)がありました。",
      en: "\(sends.en.capitalisedFirst) was answered by ICMP: the port is closed.")
  }
}

extension ProbeReport {
  /// The report of a probe with one question.
  init(_ question: String, _ result: ProbeVerdict.Result, _ basis: LocalizedText, claims: [Claim] = []) {
    self.init(verdicts: [ProbeVerdict(question, result, basis: basis)], claims: claims)
  }
}
