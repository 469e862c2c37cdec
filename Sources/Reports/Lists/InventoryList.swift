internal import Addressing
public import Inventory
public import Records

/// The inventory for people (table, CSV) and programs (JSON).
public struct InventoryList: Sendable {
  private let rows: [InventoryRow]

  /// Listed by their first addresses.
  public init(_ rows: [InventoryRow]) {
    self.rows = rows.sorted { left, right in
      guard let first = left.addresses.first, let second = right.addresses.first, first != second else {
        return left.id < right.id
      }
      return first < second
    }
  }

  var documents: [RowDocument] { rows.map { RowDocument(row: $0) } }

  /// - Parameters:
  ///   - columns: the terminal's width.
  ///   - colour: whether it takes colours; nothing is told by colour alone.
  public func table(_ language: Language, columns: Int, colour: Bool) -> String {
    let heads =
      language == .ja
      ? ["機器", "MAC", "名前", "製造者", "型番", "版", "開", "注記"]
      : ["DEVICE", "MAC", "NAME", "VENDOR", "MODEL", "FIRMWARE", "OPEN", "NOTES"]
    let body = rows.map { row in
      [
        row.addresses.map(\.description).first ?? row.id.rawValue, row.macs.first?.description ?? unknown(language),
        value(row, .host) ?? value(row, .name) ?? unknown(language), value(row, .vendor) ?? unknown(language),
        value(row, .model) ?? unknown(language), value(row, .firmware) ?? unknown(language),
        row.openServices.isEmpty ? "–" : row.openServices.map(Self.service).joined(separator: " "),
        remarks(row, language, brief: true).joined(separator: "; "),
      ].map { Cell($0) }
    }
    let layout = Layout(width: max(48, columns), colour: colour)
    let legend =
      language == .ja
      ? "? 推定(MACアドレスの割り当て先など)  … 矛盾する情報あり(--csv、--jsonで確認)"
      : "? only concluded, such as from the MAC address  … others say otherwise (--csv, --json)"
    return (layout.table(head: heads.map { Cell($0) }, rows: body) + [legend]).map { $0 + "\n" }.joined()
  }

  private func unknown(_ language: Language) -> String { language == .ja ? "不明" : "not known" }

  private func value(_ row: InventoryRow, _ kind: Claim.Kind) -> String? {
    guard let best = row.best(kind) else { return nil }
    // A question mark says that the claim is only concluded; three dots that others contradict it.
    let mark = best.confidence == .low ? "?" : ""
    return best.value + mark + (row.contradictions.contains { $0.kind == kind } ? " …" : "")
  }

  private static func service(_ service: Service) -> String {
    let name = service.protocolName.map { "(\($0.rawValue)\(service.tls ? "+tls" : ""))" } ?? ""
    return service.endpoint.description + name
  }

  // MARK: CSV

  private static let claimed: [(kind: Claim.Kind, ja: String, en: String)] = [
    (.host, "ホスト名", "Host name"), (.name, "名前", "Name"), (.vendor, "製造者", "Vendor"), (.model, "型番", "Model"),
    (.firmware, "ファームウェア", "Firmware"), (.serial, "シリアル番号", "Serial number"), (.role, "役割", "Role"),
  ]

  /// Each claim stands beside its source and confidence.
  public func csv(_ language: Language) -> [UInt8] {
    let isJapanese = language == .ja
    var heads =
      isJapanese ? ["機器ID", "IPアドレス", "MACアドレス", "MACの種別"] : ["Device ID", "IP address", "MAC address", "MAC kind"]
    for column in Self.claimed {
      let name = isJapanese ? column.ja : column.en
      heads += isJapanese ? [name, "\(name)の出典", "\(name)の確からしさ"] : [name, "\(name) source", "\(name) confidence"]
    }
    heads += isJapanese ? ["開いているポート", "矛盾する情報", "注記", "実行ID"] : ["Open ports", "Contradictions", "Notes", "Runs"]
    let body = rows.map { row -> [String] in
      var cells = [
        row.id.rawValue, row.addresses.map(\.description).joined(separator: " "),
        row.macs.map(\.description).joined(separator: " "),
        row.macs.map { MACKind($0).word }.joined(separator: " "),
      ]
      for column in Self.claimed {
        let best = row.best(column.kind)
        cells += [best?.value ?? "", best?.source ?? "", best?.confidence.rawValue ?? ""]
      }
      return cells + [
        row.openServices.map(Self.service).joined(separator: " "), contradictions(row).joined(separator: "; "),
        remarks(row, language, brief: false).joined(separator: "; "), row.runs.joined(separator: " "),
      ]
    }
    return CSVWriting.octets([heads] + body)
  }

  private func contradictions(_ row: InventoryRow) -> [String] {
    row.contradictions.map { contradiction in
      let values = contradiction.claims.map { "\($0.value) (\($0.source))" }.joined(separator: " / ")
      return "\(contradiction.kind.rawValue): \(values)"
    }
  }

  /// What must be known beside the claims, in words.
  private func remarks(_ row: InventoryRow, _ language: Language, brief: Bool) -> [String] {
    var result: [LocalizedText] = []
    for kind in Set(row.macs.map { MACKind($0) }).sorted(by: { $0.word < $1.word }) {
      switch kind {
      case .local(let quadrant):
        result.append(
          LocalizedText(
            ja: "ローカル管理MAC(\(quadrant.rawValue)、ランダムの可能性)",
            en: "locally administered MAC (\(quadrant.rawValue), possibly random)"))
      case .virtualRouter: result.append(LocalizedText(ja: "仮想ルーターのMAC", en: "MAC of a virtual router"))
      case .universal, .group: break
      }
    }
    result += row.notes.map { note in Self.text(note, brief: brief) }
    if brief, !row.contradictions.isEmpty {
      result.append(
        LocalizedText(
          ja: "矛盾: " + row.contradictions.map(\.kind.rawValue).joined(separator: ","),
          en: "contradiction: " + row.contradictions.map(\.kind.rawValue).joined(separator: ",")))
    }
    return result.map { $0.text(language) }
  }

  private static func text(_ note: InventoryRow.Note, brief: Bool) -> LocalizedText {
    switch note {
    case .joined(let kind, let value):
      let what = brief ? kind.rawValue : "\(kind.rawValue) \(value)"
      return LocalizedText(ja: "\(what)により同一機器と判断", en: "joined by \(what)")
    case .sameAddressOnly:
      return LocalizedText(ja: "IPアドレスだけで同一とみなす", en: "taken for one device by address only")
    case .relay(let count):
      return LocalizedText(
        ja: "\(count)個のIPv4アドレスに応答(中継または仮想。背後に複数の機器がありえる)",
        en: "answers for \(count) IPv4 addresses (relay or shared; may be several devices)")
    case .notJoined(let kind, let value):
      let what = brief ? kind.rawValue : "\(kind.rawValue) \(value)"
      return LocalizedText(ja: "\(what)は他の機器とも一致するが、同一とは判断しない", en: "\(what) is shared with others, not joined")
    }
  }
}
