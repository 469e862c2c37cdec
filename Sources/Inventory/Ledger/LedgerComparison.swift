public import Addressing
public import Records

/// A field in which the ledger and the network disagree.
public struct LedgerDifference: Hashable, Sendable {
  public let field: LedgerColumn
  /// As the ledger has it.
  public let ledger: String
  /// As it was seen, with the place where it was said.
  public let observed: String
  public let source: String

  public init(field: LedgerColumn, ledger: String, observed: String, source: String) {
    self.field = field
    self.ledger = ledger
    self.observed = observed
    self.source = source
  }
}

/// What a ledger's line came to. Every line has exactly one.
public struct LedgerOutcome: Hashable, Sendable {
  /// By what a line was found on the network, the surest first.
  public enum Basis: String, Hashable, Sendable, CaseIterable {
    case mac, serial, hostname, address

    /// The ledger's column.
    public var field: LedgerColumn {
      switch self {
      case .mac: .mac
      case .serial: .serial
      case .hostname: .hostname
      case .address: .ip
      }
    }
  }

  public enum Kind: Hashable, Sendable {
    /// Seen, and nothing that was seen contradicts the line.
    case matched(Basis, [DeviceID])
    /// Seen, and these fields disagree; or another line names the same device (then no device is given).
    case contradiction(Basis, [DeviceID], [LedgerDifference])
    /// Not seen, within the bounds given. This does not say that the device is gone.
    case notSeen(Search)
  }

  /// What was done to see a device that was not seen.
  public enum Search: Hashable, Sendable {
    /// Each address of the line was asked, or listened for, and none answered.
    case asked
    /// Not every address of the line is among those that were looked at.
    case notLookedAt([IPAddress])
    /// The line gives no address; devices of every address that was looked at were compared.
    case noAddress
  }

  public let entry: LedgerEntry
  public let kind: Kind
  /// Fields that could not be compared, such as a maker written in another script, or that only a conclusion
  /// contradicts.
  public let unclear: [LedgerDifference]
  /// Fields that are filled in and equal to what the device itself says in a field that means just this.
  public let agreeing: Set<LedgerColumn>

  public init(
    entry: LedgerEntry, kind: Kind, unclear: [LedgerDifference] = [], agreeing: Set<LedgerColumn> = []
  ) {
    self.entry = entry
    self.kind = kind
    self.unclear = unclear
    self.agreeing = agreeing
  }
}

/// From where, when and at which addresses devices were looked for.
public struct SearchBounds: Hashable, Sendable {
  public let run: String
  public let from: Timestamp
  public let to: Timestamp
  public let vantages: [Vantage]
  /// Addresses that were asked, as ranges.
  public let targets: [AddressRange]
  /// Of these, the ones that were left out.
  public let omitted: [AddressRange]
  /// The run was interrupted.
  public let partial: Bool

  public init(
    run: String, from: Timestamp, to: Timestamp, vantages: [Vantage], targets: [AddressRange],
    omitted: [AddressRange], partial: Bool
  ) {
    self.run = run
    self.from = from
    self.to = to
    self.vantages = vantages
    self.targets = targets
    self.omitted = omitted
    self.partial = partial
  }

  /// Whether the address was asked to the end.
  public func covers(_ address: IPAddress) -> Bool {
    !partial && targets.contains { $0.contains(address) } && !omitted.contains { $0.contains(address) }
  }
}

/// A ledger held against what was seen.
public struct LedgerComparison: Hashable, Sendable {
  /// In the ledger's order.
  public let outcomes: [LedgerOutcome]
  /// Devices that no line names, by id.
  public let unlisted: [InventoryRow]

  public var matched: [LedgerOutcome] { outcomes.filter { if case .matched = $0.kind { true } else { false } } }
  public var contradictions: [LedgerOutcome] {
    outcomes.filter { if case .contradiction = $0.kind { true } else { false } }
  }
  public var notSeen: [LedgerOutcome] { outcomes.filter { if case .notSeen = $0.kind { true } else { false } } }

  /// Holds the lines against the rows. Each line has one outcome; each row belongs to one line or is unlisted.
  ///
  /// Surer signs are used up first: MAC address, serial number, host name, address. A line may own several rows when it
  /// lists their MAC addresses. The order of the rows does not matter.
  public init(_ ledger: Ledger, _ rows: [InventoryRow], bounds: [SearchBounds]) {
    var matcher = LedgerMatcher(ledger.entries, rows.sorted { $0.id < $1.id })
    for basis in LedgerOutcome.Basis.allCases { matcher.match(by: basis) }
    outcomes = ledger.entries.indices.map { matcher.outcome($0, bounds) }
    unlisted = matcher.left
  }
}

/// Gives rows to lines.
private struct LedgerMatcher {
  private let entries: [LedgerEntry]
  private let rows: [InventoryRow]
  /// By row: the line that it belongs to.
  private var owner: [Int?]
  /// By line.
  private var owned: [Int: (basis: LedgerOutcome.Basis, rows: [Int])] = [:]
  /// By line: the earlier line that has its device.
  private var rival: [Int: (basis: LedgerOutcome.Basis, line: Int)] = [:]

  init(_ entries: [LedgerEntry], _ rows: [InventoryRow]) {
    self.entries = entries
    self.rows = rows
    owner = Array(repeating: nil, count: rows.count)
  }

  mutating func match(by basis: LedgerOutcome.Basis) {
    var rowsByKey: [String: [Int]] = [:]
    for (index, row) in rows.enumerated() {
      for key in Set(keys(of: row, basis)) { rowsByKey[key, default: []].append(index) }
    }
    for (index, entry) in entries.enumerated() where owned[index] == nil && rival[index] == nil {
      let found = Set(keys(of: entry, basis).flatMap { rowsByKey[$0] ?? [] }).sorted()
      // Two devices that answer to one name are both nobody's; only MAC addresses may name several.
      guard !found.isEmpty, basis == .mac || found.count == 1 else { continue }
      let free = found.filter { owner[$0] == nil }
      guard !free.isEmpty else {
        // A device that a surer sign gave to another line: the weaker one says nothing any more, unless it is as sure.
        if let line = owner[found[0]], owned[line]?.basis == basis { rival[index] = (basis, entries[line].line) }
        continue
      }
      for row in free { owner[row] = index }
      owned[index] = (basis, free)
    }
  }

  var left: [InventoryRow] { rows.indices.filter { owner[$0] == nil }.map { rows[$0] } }

  func outcome(_ index: Int, _ bounds: [SearchBounds]) -> LedgerOutcome {
    let entry = entries[index]
    if let rival = rival[index] {
      let difference = LedgerDifference(
        field: rival.basis.field,
        ledger: entry.label, observed: "line \(rival.line)", source: "ledger")
      return LedgerOutcome(entry: entry, kind: .contradiction(rival.basis, [], [difference]))
    }
    guard let owned = owned[index] else {
      return LedgerOutcome(entry: entry, kind: .notSeen(search(entry, bounds)))
    }
    let devices = owned.rows.map { rows[$0] }
    let judged = LedgerFields(entry, devices)
    let ids = devices.map(\.id)
    return LedgerOutcome(
      entry: entry,
      kind: judged.differences.isEmpty
        ? .matched(owned.basis, ids) : .contradiction(owned.basis, ids, judged.differences),
      unclear: judged.unclear, agreeing: judged.agreeing)
  }

  private func search(_ entry: LedgerEntry, _ bounds: [SearchBounds]) -> LedgerOutcome.Search {
    guard !entry.addresses.isEmpty else { return .noAddress }
    let left = entry.addresses.filter { address in !bounds.contains { $0.covers(address) } }
    return left.isEmpty ? .asked : .notLookedAt(left)
  }

  private func keys(of row: InventoryRow, _ basis: LedgerOutcome.Basis) -> [String] {
    switch basis {
    case .mac: row.macs.map(\.description)
    case .serial: row.claims(.serial).map { Folded.key($0.value) }.filter { $0.utf8.count >= 4 }
    case .hostname:
      (row.claims(.host) + row.claims(.name)).map { LedgerFields.hostLabel($0.value) }.filter { !$0.isEmpty }
    case .address: row.addresses.map(\.description)
    }
  }

  private func keys(of entry: LedgerEntry, _ basis: LedgerOutcome.Basis) -> [String] {
    switch basis {
    case .mac: entry.macs.map(\.description)
    case .serial: entry.values[.serial].map { [Folded.key($0)] }?.filter { $0.utf8.count >= 4 } ?? []
    case .hostname: entry.values[.hostname].map { [LedgerFields.hostLabel($0)] }?.filter { !$0.isEmpty } ?? []
    case .address: entry.addresses.map(\.description)
    }
  }
}
