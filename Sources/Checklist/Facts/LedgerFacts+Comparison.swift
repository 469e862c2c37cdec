public import Inventory
internal import Records

extension LedgerFacts {
  /// What a comparison of the ledger with the devices of a run came to, in the terms of the rules.
  ///
  /// - Parameters:
  ///   - rows: the rows that were compared; their records are the devices of the run.
  ///   - evidence: where the comparison is kept.
  public init(_ comparison: LedgerComparison, _ ledger: Ledger, rows: [InventoryRow], evidence: [String] = []) {
    let byID = Dictionary(rows.map { ($0.id, $0) }) { first, _ in first }
    func records(_ ids: [DeviceID]) -> [DeviceID] { ids.flatMap { byID[$0]?.records ?? [$0] } }
    let lines = comparison.outcomes.map { outcome -> Line in
      let (devices, match): ([DeviceID], Match?) =
        switch outcome.kind {
        case .matched(let basis, let ids): (records(ids), basis == .address ? .addressOnly : .sure)
        case .contradiction(_, let ids, let differences):
          (records(ids), .contradiction(Self.text(differences), quantity: ids.isEmpty))
        case .notSeen: ([], nil)
        }
      var line = Line(
        line: outcome.entry.line, label: outcome.entry.label,
        isRetired: outcome.entry.isRetired || outcome.entry.isIdle,
        isComplete: [.place, .role].allSatisfy { outcome.entry.values[$0] != nil }, devices: devices, match: match)
      if case .contradiction(_, _, let differences) = outcome.kind {
        line.contradicted = Set(differences.map(\.field.rawValue))
      }
      if case .notSeen(.notLookedAt) = outcome.kind { line.wasLookedFor = false }
      line.agreeing = Set(outcome.agreeing.map(\.rawValue))
      line.comparable = line.agreeing.union(outcome.unclear.map(\.field.rawValue)).union(line.contradicted)
      return line
    }
    let hidden = comparison.unlisted.filter { row in
      row.isRelay || !row.macs.isEmpty && row.macs.allSatisfy { !MACKind($0).isLasting }
    }
    self.init(file: ledger.file, lines: lines, unclear: Set(hidden.flatMap(\.records)))
    self.evidence = evidence
  }

  /// `型番: 台帳「A」、機器「B」(tcp/80 http)`
  private static func text(_ differences: [LedgerDifference]) -> LocalizedText {
    LocalizedText(
      ja: differences.map { "\($0.field.heading.ja): 台帳「\($0.ledger)」、機器「\($0.observed)」(\($0.source))" }
        .joined(separator: "、") + "。",
      en: differences.map { "\($0.field.heading.en): \"\($0.ledger)\" there, \"\($0.observed)\" seen (\($0.source))" }
        .joined(separator: "; ") + ".")
  }
}
