internal import Addressing
public import Inventory
public import Records

/// A ledger held against what was seen, for its owner.
public struct LedgerReport: Sendable {
  private let ledger: Ledger
  private let comparison: LedgerComparison
  private let bounds: [SearchBounds]
  private let offsetMinutes: Int

  public init(_ ledger: Ledger, _ comparison: LedgerComparison, bounds: [SearchBounds], offsetMinutes: Int) {
    self.ledger = ledger
    self.comparison = comparison
    self.bounds = bounds
    self.offsetMinutes = offsetMinutes
  }

  // MARK: Text

  public func text(_ language: Language, columns: Int, colour: Bool) -> String {
    let isJapanese = language == .ja
    let layout = Layout(width: max(48, columns), colour: colour)
    var lines = assignment(isJapanese) + [""] + limits(isJapanese) + [""]
    let heads =
      isJapanese
      ? ["結果", "台帳の行", "台帳", "機器", "内容"] : ["RESULT", "LINE", "LEDGER", "DEVICE", "DETAIL"]
    lines += layout.table(head: heads.map { Cell($0) }, rows: rows(language).map { $0.map { Cell($0) } })
    let counts = [
      (isJapanese ? "一致" : "matched", comparison.matched.count),
      (isJapanese ? "矛盾" : "contradiction", comparison.contradictions.count),
      (isJapanese ? "未確認" : "not seen", comparison.notSeen.count),
      (isJapanese ? "台帳にない機器" : "unlisted", comparison.unlisted.count),
    ]
    lines += ["", counts.map { "\($0.0) \($0.1)" }.joined(separator: isJapanese ? "、" : ", ")]
    lines.append(
      isJapanese
        ? "「未確認」は、上記の範囲で応答がなかったことだけを示します。機器が存在しないことを示すものではありません。"
        : "\"Not seen\" says only that nothing answered within the bounds above. It does not say that the device is gone."
    )
    return lines.map { $0 + "\n" }.joined()
  }

  /// How the columns were understood.
  private func assignment(_ isJapanese: Bool) -> [String] {
    let columns = ledger.assignment.columns.map { heading, column in
      "\(inert(heading)) → \(column.map { isJapanese ? $0.heading.ja : $0.heading.en } ?? (isJapanese ? "(使わない)" : "(not used)"))"
    }
    let title =
      isJapanese
      ? "台帳 \(inert(ledger.file)) の列(見出し\(ledger.assignment.line)行目、\(ledger.entries.count)件):"
      : "Columns of \(inert(ledger.file)) (headings in line \(ledger.assignment.line), \(ledger.entries.count) entries):"
    return [title] + columns.map { "  " + $0 }
  }

  /// When, from where, at which addresses.
  private func limits(_ isJapanese: Bool) -> [String] {
    [isJapanese ? "確認した範囲:" : "Looked for within:"]
      + bounds.map { bound in
        let vantages = bound.vantages.map { "\($0.interface) \($0.address)" }.joined(separator: ", ")
        let targets = bound.targets.map(\.description).joined(separator: ", ")
        let period = Shown.period(bound.from, bound.to, offsetMinutes: offsetMinutes)
        let partial = bound.partial ? (isJapanese ? " (途中で終了)" : " (interrupted)") : ""
        return "  \(period)  \(inert(vantages))  \(inert(targets))\(partial)"
      }
  }

  // MARK: CSV

  /// `inventory/ledger-reconcile.csv`: one row for each line of the ledger, then one for each unlisted device.
  public func csv(_ language: Language) -> [UInt8] {
    let heads =
      language == .ja
      ? ["結果", "台帳の行", "台帳", "機器", "内容"] : ["Result", "Ledger line", "Ledger", "Device", "Detail"]
    return CSVWriting.octets([heads] + rows(language))
  }

  private func rows(_ language: Language) -> [[String]] {
    let isJapanese = language == .ja
    let listed = comparison.outcomes.map { outcome -> [String] in
      let (result, devices, detail) = row(outcome, isJapanese)
      return [
        result, "\(outcome.entry.line)", outcome.entry.label, devices.map(\.rawValue).joined(separator: " "),
        (detail + outcome.unclear.map { unclear($0, isJapanese) }).joined(separator: "; "),
      ]
    }
    let unlisted = comparison.unlisted.map { row in
      let what: [String?] = [
        row.addresses.map(\.description).joined(separator: " "), row.best(.vendor)?.value, row.best(.model)?.value,
      ]
      return [
        isJapanese ? "台帳にない機器" : "unlisted", "", "", row.id.rawValue,
        what.compactMap(\.self).filter { !$0.isEmpty }.joined(separator: " "),
      ]
    }
    return listed + unlisted
  }

  private func row(_ outcome: LedgerOutcome, _ isJapanese: Bool) -> (String, [DeviceID], [String]) {
    switch outcome.kind {
    case .matched(let basis, let devices):
      return (isJapanese ? "一致" : "matched", devices, [by(basis, isJapanese)])
    case .contradiction(let basis, let devices, let differences):
      return (
        isJapanese ? "矛盾" : "contradiction", devices,
        [by(basis, isJapanese)] + differences.map { difference($0, isJapanese) }
      )
    case .notSeen(let search):
      return (isJapanese ? "未確認" : "not seen", [], [detail(search, isJapanese)])
    }
  }

  private func by(_ basis: LedgerOutcome.Basis, _ isJapanese: Bool) -> String {
    guard basis != .address else {
      return isJapanese ? "IPアドレスだけで照合(別の機器の可能性あり)" : "by address only (may be another device)"
    }
    let name = self.name(basis.field, isJapanese)
    return isJapanese ? "\(name)で照合" : "by \(name)"
  }

  private func name(_ field: LedgerColumn, _ isJapanese: Bool) -> String {
    isJapanese ? field.heading.ja : field.heading.en
  }

  private func difference(_ difference: LedgerDifference, _ isJapanese: Bool) -> String {
    let field = name(difference.field, isJapanese)
    return isJapanese
      ? "\(field): 台帳「\(difference.ledger)」、観測「\(difference.observed)」(\(difference.source))"
      : "\(field): ledger \"\(difference.ledger)\", seen \"\(difference.observed)\" (\(difference.source))"
  }

  private func unclear(_ difference: LedgerDifference, _ isJapanese: Bool) -> String {
    (isJapanese ? "比較できない " : "cannot be compared: ") + self.difference(difference, isJapanese)
  }

  private func detail(_ search: LedgerOutcome.Search, _ isJapanese: Bool) -> String {
    switch search {
    case .asked:
      return isJapanese ? "台帳のアドレスに問い合わせたが応答なし" : "its addresses were asked and did not answer"
    case .notLookedAt(let addresses):
      let list = addresses.map(\.description).joined(separator: " ")
      return isJapanese ? "\(list)は今回の確認範囲に含まれない" : "\(list) was not looked at"
    case .noAddress:
      return isJapanese ? "台帳にアドレスがなく、確認した機器の中に該当なし" : "the ledger gives no address; none of the devices seen is it"
    }
  }
}

/// A ledger to be completed by its owner, from what was seen.
public enum LedgerDraft {
  /// Place, owner, role, status and asset number are left empty: only the owner knows them. What is only concluded is
  /// left out too, so that nobody signs a guess.
  public static func csv(_ rows: [InventoryRow], _ language: Language) -> [UInt8] {
    let columns = LedgerColumn.allCases
    let heads = columns.map { language == .ja ? $0.heading.ja : $0.heading.en }
    let body = rows.map { row in columns.map { cell($0, row, language) } }
    return CSVWriting.octets([heads] + body)
  }

  private static func cell(_ column: LedgerColumn, _ row: InventoryRow, _ language: Language) -> String {
    func said(_ kind: Claim.Kind) -> String {
      row.best(kind).flatMap { $0.confidence > .low ? $0.value : nil } ?? ""
    }
    switch column {
    case .mac: return row.macs.filter { MACKind($0) == .universal }.map(\.description).joined(separator: " ")
    case .ip: return row.addresses.filter { !$0.isLinkLocal }.map(\.description).joined(separator: " ")
    case .hostname: return said(.host)
    case .name: return said(.name)
    case .maker: return said(.vendor)
    case .model: return said(.model)
    case .serial: return said(.serial)
    case .firmware: return said(.firmware)
    case .note:
      let isLocal = row.macs.contains { if case .local = MACKind($0) { true } else { false } }
      guard isLocal else { return "" }
      return language == .ja ? "ローカル管理MACのため、MACアドレスは記入していない" : "the MAC address is locally administered and left out"
    case .asset, .place, .owner, .role, .status: return ""
    }
  }
}
