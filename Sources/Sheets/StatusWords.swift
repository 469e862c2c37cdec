public import Records

/// The words of reports for statuses, short, with a sign that can be told without colour.
public enum StatusWords {
  public static func short(_ status: VerdictStatus) -> LocalizedText {
    switch status {
    case .fail: LocalizedText(ja: "不適合", en: "fail")
    case .pass: LocalizedText(ja: "適合(条件付き)", en: "pass (bounded)")
    case .needsReview: LocalizedText(ja: "要確認", en: "review")
    case .notApplicable: LocalizedText(ja: "対象外", en: "n/a")
    case .notTested: LocalizedText(ja: "未検査", en: "not tested")
    }
  }

  /// One column wide in every terminal.
  public static func sign(_ status: VerdictStatus) -> String {
    switch status {
    case .fail: "!"
    case .pass: "+"
    case .needsReview: "?"
    case .notApplicable: "-"
    case .notTested: "."
    }
  }

  /// The order in which statuses are listed.
  static let order: [VerdictStatus] = [.fail, .pass, .needsReview, .notTested, .notApplicable]
}
