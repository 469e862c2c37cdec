/// What a column of a ledger holds.
public enum LedgerColumn: String, Hashable, Sendable, CaseIterable {
  case asset, mac, ip, hostname, name, maker, model, serial, firmware, place, owner, role, status, note

  /// Cells of this column name the device itself.
  public var identifies: Bool {
    switch self {
    case .asset, .mac, .ip, .hostname, .serial: true
    case .name, .maker, .model, .firmware, .place, .owner, .role, .status, .note: false
    }
  }

  /// A wired and a wireless interface have an address each, often in columns of their own.
  public var mayRepeat: Bool { self == .mac || self == .ip || self == .note || self == .place }

  /// What a draft calls it.
  public var heading: (ja: String, en: String) {
    switch self {
    case .asset: ("管理番号", "Asset number")
    case .mac: ("MACアドレス", "MAC address")
    case .ip: ("IPアドレス", "IP address")
    case .hostname: ("ホスト名", "Host name")
    case .name: ("機器名", "Device name")
    case .maker: ("メーカー", "Maker")
    case .model: ("型番", "Model")
    case .serial: ("シリアル番号", "Serial number")
    case .firmware: ("ファームウェア", "Firmware")
    case .place: ("設置場所", "Place")
    case .owner: ("管理者", "Owner")
    case .role: ("用途", "Role")
    case .status: ("状態", "Status")
    case .note: ("備考", "Note")
    }
  }

  /// Headings under which ledgers have it, in Japanese and English; compared by ``Folded/key(_:)``.
  private var synonyms: [String] {
    switch self {
    case .asset:
      [
        "管理番号", "資産番号", "資産管理番号", "固定資産番号", "備品番号", "台帳番号", "機器番号", "管理ID", "機器ID", "資産ID",
        "asset", "asset number", "asset no", "asset id", "asset tag", "inventory number", "inventory no", "device id",
      ]
    case .mac:
      [
        "MACアドレス", "MAC", "MACアドレス有線", "MACアドレス無線", "有線MACアドレス", "無線MACアドレス", "物理アドレス",
        "イーサネットアドレス", "MAC address", "ethernet address", "physical address", "hardware address",
        "wired MAC", "wireless MAC", "wifi MAC",
      ]
    case .ip:
      [
        "IPアドレス", "IP", "IPv4アドレス", "IPv6アドレス", "固定IP", "固定IPアドレス", "IP address", "IPv4", "IPv6",
        "IPv4 address", "IPv6 address", "address",
      ]
    case .hostname: ["ホスト名", "コンピュータ名", "コンピューター名", "host name", "host", "computer name", "DNS name", "FQDN"]
    case .name: ["機器名", "機器名称", "名称", "端末名", "device name", "name", "device", "description"]
    case .maker:
      ["メーカー", "メーカ", "メーカー名", "製造元", "製造者", "製造会社", "ベンダー", "ベンダ", "maker", "manufacturer", "vendor", "brand"]
    case .model:
      [
        "型番", "型式", "機種", "機種名", "品番", "モデル", "モデル名", "製品名", "製品型番", "model", "model name", "model number",
        "model no", "product", "product name", "part number",
      ]
    case .serial:
      [
        "シリアル番号", "シリアル", "シリアルNo", "シリアルナンバー", "製造番号", "serial number", "serial no", "serial", "S/N", "SN",
      ]
    case .firmware:
      [
        "ファームウェア", "ファームウエア", "ファームウェアバージョン", "ファームウェア版数", "FW", "FWバージョン", "バージョン", "版数",
        "firmware", "firmware version", "version",
      ]
    case .place:
      ["設置場所", "場所", "設置拠点", "拠点", "部屋", "フロア", "place", "location", "site", "room", "floor", "installed at"]
    case .owner:
      [
        "管理者", "所有者", "担当者", "責任者", "管理責任者", "管理部署", "管理部門", "所管部署", "利用部署", "部署", "部門", "使用者", "利用者",
        "owner", "administrator", "responsible", "custodian", "department", "user", "contact",
      ]
    case .role:
      [
        "用途", "役割", "利用目的", "使用目的", "種別", "機器種別", "種類", "分類", "区分", "role", "purpose", "use", "type",
        "device type", "category", "kind",
      ]
    case .status: ["状態", "状況", "ステータス", "稼働状況", "利用状況", "使用状況", "運用状況", "status", "state", "condition"]
    case .note: ["備考", "メモ", "注記", "コメント", "note", "notes", "remarks", "remark", "comment", "comments", "memo"]
    }
  }

  private static let byKey: [String: LedgerColumn] = {
    var result: [String: LedgerColumn] = [:]
    for column in allCases {
      for name in column.synonyms + [column.rawValue, column.heading.ja, column.heading.en] {
        result[Folded.key(name)] = column
      }
    }
    return result
  }()

  /// The column that a heading names; nil for one that is not known. What stands in brackets is looked at only when the
  /// whole is not known: `MACアドレス(有線)`, `IP address (static)`.
  public init?(heading: String) {
    let heading = Folded.text(heading)
    let outside = heading.prefix { !"([【［〔<".contains($0) }
    guard let column = Self.byKey[Folded.key(heading)] ?? Self.byKey[Folded.key(String(outside))] else { return nil }
    self = column
  }

  /// Every heading that is known belongs to one column; for tests.
  static var headings: [(LedgerColumn, String)] { allCases.flatMap { column in column.synonyms.map { (column, $0) } } }
}
