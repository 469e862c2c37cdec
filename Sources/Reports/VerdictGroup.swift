internal import Records

/// Rows of one item that say the same of several devices: what they say stands once, with the devices beside.
struct VerdictGroup {
  struct Key: Hashable {
    let status: VerdictStatus
    let reason: NotTestedReason?
    let polarity: Polarity?
    let explanation: LocalizedText
    let cannotConclude: LocalizedText?

    init(_ verdict: Verdict) {
      status = verdict.status
      reason = verdict.reason
      polarity = verdict.polarity
      explanation = verdict.explanation
      cannotConclude = verdict.bounds.cannotConclude
    }
  }

  let key: Key
  private(set) var rows: [Verdict]

  /// In the order in which each was met first.
  static func list(_ verdicts: [Verdict]) -> [VerdictGroup] {
    var groups: [VerdictGroup] = []
    var places: [Key: Int] = [:]
    for verdict in verdicts {
      let key = Key(verdict)
      if let place = places[key] {
        groups[place].rows.append(verdict)
      } else {
        places[key] = groups.count
        groups.append(VerdictGroup(key: key, rows: [verdict]))
      }
    }
    return groups
  }
}

/// Long lists of evidence that rows have in common, numbered, so that each is printed once.
struct EvidenceSets {
  /// What is shorter stands with its row.
  static let longest = 4

  private(set) var sets: [[String]] = []
  private var numbers: [[String]: Int] = [:]

  init(_ verdicts: [Verdict]) {
    for verdict in verdicts where verdict.evidence.count > Self.longest && numbers[verdict.evidence] == nil {
      sets.append(verdict.evidence)
      numbers[verdict.evidence] = sets.count
    }
  }

  /// nil for a list that stands with its row.
  func number(of evidence: [String]) -> Int? { numbers[evidence] }
}
