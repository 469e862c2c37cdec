internal import Addressing
internal import Records

/// A ledger's line and its devices, field by field.
struct LedgerFields {
  private(set) var differences: [LedgerDifference] = []
  private(set) var unclear: [LedgerDifference] = []
  private(set) var agreeing: Set<LedgerColumn> = []

  init(_ entry: LedgerEntry, _ devices: [InventoryRow]) {
    compareMACs(entry, devices)
    compareAddresses(entry, devices)
    compareStatus(entry, devices)
    let claims = devices.flatMap(\.claims)
    compare(.hostname, entry, claims.filter { $0.kind == .host }) {
      Self.hostLabel($0) == Self.hostLabel($1) ? .agree : .differ
    }
    compare(.maker, entry, claims.filter { $0.kind == .vendor }) { Folded.compare($0, $1) }
    compare(.model, entry, claims.filter { $0.kind == .model }) { Folded.compare($0, $1) }
    compare(.serial, entry, claims.filter { $0.kind == .serial }) { Folded.compare($0, $1, whole: true) }
    compare(.firmware, entry, claims.filter { $0.kind == .firmware }) {
      Folded.compare(Self.version($0), Self.version($1), whole: true)
    }
  }

  /// The name before the first point, in lower case.
  static func hostLabel(_ name: String) -> String { String(Folded.text(name).prefix { $0 != "." }) }

  /// Without what people write before a version: `Ver.1.02`, `v1.02`, `ファームウェア 1.02`. Points are kept apart, so that
  /// 1.12 is not 11.2.
  private static func version(_ text: String) -> String {
    let folded = Folded.text(text)
    let digits = folded.drop { !$0.isNumber }
    return (digits.isEmpty ? folded[...] : digits).split { !$0.isLetter && !$0.isNumber }.joined(separator: "x")
  }

  /// One observed value that agrees is enough: devices say more than one thing.
  private mutating func compare(
    _ field: LedgerColumn, _ entry: LedgerEntry, _ claims: [Claim], by judge: (String, String) -> Folded.Comparison
  ) {
    guard let written = entry.values[field], !claims.isEmpty else { return }
    let judged = claims.map { (claim: $0, comparison: judge(written, $0.value)) }
    guard !judged.contains(where: { $0.comparison == .agree }) else {
      if judged.contains(where: { $0.comparison == .agree && $0.claim.confidence == .high }) { agreeing.insert(field) }
      return
    }
    // What the device itself said decides; the holder of a block of MAC addresses is only concluded.
    let against = judged.first { $0.comparison == .differ && $0.claim.confidence > .low }
    let shown = against ?? judged[0]
    let difference = LedgerDifference(
      field: field, ledger: written, observed: shown.claim.value, source: shown.claim.source)
    if against != nil, !judged.contains(where: { $0.comparison == .incomparable && $0.claim.confidence > .low }) {
      differences.append(difference)
    } else {
      unclear.append(difference)
    }
  }

  private mutating func compareMACs(_ entry: LedgerEntry, _ devices: [InventoryRow]) {
    let seen = devices.flatMap(\.macs).sorted()
    guard !entry.macs.isEmpty, !seen.isEmpty, Set(entry.macs).isDisjoint(with: seen) else { return }
    let difference = LedgerDifference(
      field: .mac, ledger: entry.macs.map(\.description).joined(separator: " "),
      observed: seen.map(\.description).joined(separator: " "), source: "frames")
    // A made-up address changes by itself; a router answers in the place of what is behind it.
    if seen.contains(where: { MACKind($0).isLasting }), !devices.contains(where: \.isRelay) {
      differences.append(difference)
    } else {
      unclear.append(difference)
    }
  }

  private mutating func compareAddresses(_ entry: LedgerEntry, _ devices: [InventoryRow]) {
    let seen = devices.flatMap(\.addresses)
    // A family of which nothing was seen contradicts nothing.
    let families = Set(seen.map(\.isIPv4))
    let written = entry.addresses.filter { families.contains($0.isIPv4) }
    guard !written.isEmpty, Set(written).isDisjoint(with: seen) else { return }
    differences.append(
      LedgerDifference(
        field: .ip, ledger: written.map(\.description).joined(separator: " "),
        observed: seen.sorted().map(\.description).joined(separator: " "), source: "frames"))
  }

  private mutating func compareStatus(_ entry: LedgerEntry, _ devices: [InventoryRow]) {
    guard entry.isRetired, let first = devices.first else { return }
    differences.append(
      LedgerDifference(
        field: .status, ledger: entry.values[.status] ?? "",
        observed: first.addresses.first?.description ?? first.id.rawValue,
        source: first.runs.last ?? ""))
  }
}
