public import Records

/// The check `device.unlisted`: is each device that was seen in the owner's ledger?
public enum UnlistedDevices {
  /// The check's id, and the question of its rule.
  public static let question = "device.unlisted"

  /// A verdict for each device of a run's inventory: proven for one that no line names, refuted for one that a line names
  /// by MAC address, serial number or host name. Named by its address only, it may be another device: inconclusive.
  public static func verdicts(
    _ comparison: LedgerComparison, rows: [InventoryRow], ledger: Ledger
  ) -> [DeviceID: ProbeVerdict] {
    var result: [DeviceID: ProbeVerdict] = [:]
    func set(_ row: InventoryRow, _ verdict: ProbeVerdict) { for id in row.records { result[id] = verdict } }
    for row in comparison.unlisted { set(row, unlisted(row, ledger)) }
    let byID = Dictionary(rows.map { ($0.id, $0) }) { first, _ in first }
    for outcome in comparison.outcomes {
      switch outcome.kind {
      case .matched(let basis, let devices), .contradiction(let basis, let devices, _):
        for row in devices.compactMap({ byID[$0] }) { set(row, listed(outcome.entry, basis)) }
      case .notSeen: continue
      }
    }
    return result
  }

  private static func unlisted(_ row: InventoryRow, _ ledger: Ledger) -> ProbeVerdict {
    let count = ledger.entries.count
    if row.isRelay {
      return ProbeVerdict(
        question, .inconclusive(reason: "relay"),
        basis: LocalizedText(
          ja: "多数のアドレスに応答する中継機器であり、背後の機器を台帳と照合できません。",
          en: "The device answers for many addresses; what is behind it cannot be held against the ledger."))
    }
    return ProbeVerdict(
      question, .proven,
      basis: LocalizedText(
        ja: "台帳の\(count)行のいずれにも、この機器のMACアドレス、シリアル番号、ホスト名、IPアドレスに一致する行がありません。",
        en:
          "None of the ledger's \(count) lines names this device's MAC address, serial number, host name or IP address."
      ))
  }

  private static func listed(_ entry: LedgerEntry, _ basis: LedgerOutcome.Basis) -> ProbeVerdict {
    guard basis != .address else {
      return ProbeVerdict(
        question, .inconclusive(reason: "address-only"),
        basis: LocalizedText(
          ja: "台帳の\(entry.line)行目とはIPアドレスだけが一致します。同じ機器であるかは分かりません。",
          en:
            "Line \(entry.line) of the ledger has the same IP address and nothing else in common; it may be another device."
        ))
    }
    return ProbeVerdict(
      question, .refuted,
      basis: LocalizedText(
        ja: "台帳の\(entry.line)行目に記載があります(照合に用いた項目: \(basis.rawValue))。",
        en: "Line \(entry.line) of the ledger names it (by \(basis.rawValue))."))
  }
}
