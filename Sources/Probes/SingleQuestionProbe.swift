internal import Records

/// A probe whose report is about one question.
protocol SingleQuestionProbe: Probe {
  static var question: String { get }
}

extension SingleQuestionProbe {
  static func report(
    _ result: ProbeVerdict.Result, _ basis: LocalizedText, claims: [Claim] = []
  ) -> ProbeReport { ProbeReport(question, result, basis, claims: claims) }

  static func undecided(_ reason: String, claims: [Claim] = []) -> ProbeReport {
    report(.inconclusive(reason: reason), sheet.undecided(reason), claims: claims)
  }
}
