public import Records

/// Rows that a person answers. The one place that says who is asked.
public enum PersonRows {
  /// Why the tool has no answer to a row of class N; nil for the others.
  public static func reason(of row: ChecklistRow) -> NotTestedReason? { row.isPersons ? row.asked?.reason : nil }

  /// Whose turn it is where nothing was tested for a reason, when the row names nobody.
  public static func responsible(for reason: NotTestedReason?) -> LocalizedText {
    switch reason {
    case .noAuthorisation, .outOfScope:
      LocalizedText(ja: "許可を与える人(アクセス管理者・所有者)", en: "Who grants authority (access administrator, owner)")
    case .noCredential: LocalizedText(ja: "機器の管理者", en: "Administrator of the device")
    case .vantage, .noCapture: LocalizedText(ja: "ネットワーク担当(IT)", en: "Network staff (IT)")
    case .fragile: LocalizedText(ja: "現場(OT)とベンダー", en: "Site staff (OT) and vendor")
    case .opaque: LocalizedText(ja: "ベンダー", en: "Vendor")
    case .noReferenceData: LocalizedText(ja: "台帳・宣言の担当", en: "Who keeps ledger and declarations")
    case .documentNeeded, .interviewNeeded: LocalizedText(ja: "担当者", en: "The person in charge")
    case .radio, .incomplete, .unsupported, .checkError, nil: LocalizedText(ja: "監査者", en: "Auditor")
    }
  }

  /// Who judges facts that speak neither way by themselves, and who decides what follows from a failure.
  public static let judge = LocalizedText(ja: "監査者(判断する人)", en: "Auditor (the person who judges)")
  public static let promoter = LocalizedText(ja: "IoT導入推進者", en: "IoT promoter")
}
