public import Records

/// A guideline held against what one TLS service showed: an outcome for each row, and no sum of them beyond counts.
///
/// What the service was not asked, or did not settle, is ``Outcome/notDetermined(_:)``; nothing follows from its absence.
public struct TLSComparison: Hashable, Sendable {
  public enum Outcome: Hashable, Sendable {
    /// What was seen is what the row asks.
    case meets(LocalizedText)
    case deviates(LocalizedText)
    /// The capture does not say; why.
    case notDetermined(LocalizedText)
    /// The row as it is written here gives an outcome, but nobody has verified the row in the document.
    case needsReview(asWritten: Kind, LocalizedText)

    /// What was seen, or why it is open.
    public var text: LocalizedText {
      switch self {
      case .meets(let text), .deviates(let text), .notDetermined(let text), .needsReview(_, let text): text
      }
    }

    public var kind: Kind {
      switch self {
      case .meets: .meets
      case .deviates: .deviates
      case .notDetermined: .notDetermined
      case .needsReview: .needsReview
      }
    }
  }

  public enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
    case deviates
    case needsReview = "needs-review"
    case notDetermined = "not-determined"
    case meets
  }

  public struct Row: Hashable, Sendable {
    public let row: TLSGuideline.Row
    public let outcome: Outcome
  }

  public let guideline: TLSGuideline
  /// In the guideline's order.
  public let rows: [Row]

  public init(_ guideline: TLSGuideline, _ capture: TLSCapture) {
    self.guideline = guideline
    let judge = TLSRowJudge(capture)
    rows = guideline.rows.map { row in
      let outcome = judge.outcome(of: row.rule)
      guard !row.isVerified else { return Row(row: row, outcome: outcome) }
      switch outcome {
      case .meets(let text), .deviates(let text):
        return Row(row: row, outcome: .needsReview(asWritten: outcome.kind, text))
      case .notDetermined, .needsReview: return Row(row: row, outcome: outcome)
      }
    }
  }

  /// The comparison, where there is one: guidelines speak of TLS over TCP, and DTLS has other versions.
  public static func of(_ capture: TLSCapture, _ guideline: TLSGuideline) -> TLSComparison? {
    capture.transport == "udp" ? nil : TLSComparison(guideline, capture)
  }

  /// How many rows have an outcome.
  public func count(_ kind: Kind) -> Int { rows.count { $0.outcome.kind == kind } }
}
