public import Addressing

/// A line of the owner's ledger.
public struct LedgerEntry: Hashable, Sendable {
  /// Where it begins in the file.
  public let line: Int
  /// What stands in each column, outer spaces taken off; fillings such as `-`, `なし` and `unknown` are left out.
  public let values: [LedgerColumn: String]
  /// Ascending.
  public let macs: [MACAddress]
  /// Ascending; empty when none is given or when it is given out by DHCP.
  public let addresses: [IPAddress]

  public init(line: Int, values: [LedgerColumn: String], macs: [MACAddress] = [], addresses: [IPAddress] = []) {
    self.line = line
    self.values = values
    self.macs = macs
    self.addresses = addresses
  }

  private static let retiredWords: Set = Set(
    [
      "廃棄", "廃棄済", "廃棄済み", "廃止", "撤去", "撤去済", "撤去済み", "除却", "除却済", "返却", "返却済", "返却済み", "retired", "disposed",
      "disposed of", "decommissioned", "scrapped", "returned", "removed",
    ].map(Folded.key))

  private static let idleWords: Set = Set(
    [
      "未使用", "不使用", "遊休", "休止", "停止", "停止中", "故障", "故障中", "予備", "保管", "保管中", "unused", "not in use", "idle",
      "stopped", "faulty", "broken", "out of order", "spare", "in storage",
    ].map(Folded.key))

  /// The owner says that it is not running now, though it was not given up: unused, faulty, a spare.
  public var isIdle: Bool { values[.status].map { Self.idleWords.contains(Folded.key($0)) } ?? false }

  /// The owner says that it is no longer in use.
  public var isRetired: Bool { values[.status].map { Self.retiredWords.contains(Folded.key($0)) } ?? false }

  /// The asset number, or else what comes nearest to a name.
  public var label: String {
    values[.asset] ?? values[.name] ?? values[.hostname] ?? values[.mac] ?? values[.ip] ?? "line \(line)"
  }
}

extension LedgerEntry {
  private static let fillings: Set = Set(
    ["", "なし", "無し", "無", "不明", "未定", "未設定", "該当なし", "n/a", "na", "none", "unknown", "tbd", "null", "nil"].map(
      Folded.key))

  /// The cell's text, or nil for a filling. An apostrophe that keeps a spreadsheet from taking the cell for a formula is no
  /// part of it.
  static func meant(_ text: String) -> String? {
    var trimmed = text[...]
    while let first = trimmed.first, first.isWhitespace { trimmed.removeFirst() }
    while let last = trimmed.last, last.isWhitespace { trimmed.removeLast() }
    if trimmed.hasPrefix("'"), let second = trimmed.dropFirst().first, "=+-@＝＋－＠".contains(second) {
      trimmed.removeFirst()
    }
    return fillings.contains(Folded.key(String(trimmed))) ? nil : String(trimmed)
  }

  /// Several in a cell are separated by spaces, commas, slashes or line ends.
  private static func parts(_ text: String, slash: Bool) -> [Substring] {
    Folded.text(text).split { character in
      character.isWhitespace || ",;、,；\n".contains(character) || (slash && character == "/")
    }
  }

  /// `00:11:22:AA:BB:CC`, with hyphens, points or nothing between the digits.
  static func macs(_ text: String) -> [MACAddress]? {
    var result: Set<MACAddress> = []
    for part in parts(text, slash: true) {
      let digits = part.filter { !":-.".contains($0) }
      guard digits.utf8.count == 12, digits.utf8.count == digits.count, let value = UInt64(digits, radix: 16),
        !digits.hasPrefix("+"), !digits.hasPrefix("-")
      else { return nil }
      result.insert(MACAddress(rawValue: value))
    }
    return result.sorted()
  }

  private static let dynamic: Set = ["dhcp", "自動", "動的", "可変", "auto", "dynamic", "slaac", "自動取得"]

  /// Addresses, a prefix length taken off; none for DHCP; nil when one is not understood.
  static func addresses(_ text: String) -> [IPAddress]? {
    var result: Set<IPAddress> = []
    for part in parts(text, slash: false) {
      let bare = part.prefix { $0 != "/" && $0 != "%" && $0 != "(" }
      if dynamic.contains(String(bare)) || bare.isEmpty { continue }
      guard let address = IPAddress(bare) else { return nil }
      result.insert(address)
    }
    return result.sorted()
  }
}
