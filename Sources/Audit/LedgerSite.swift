internal import Addressing
public import Checklist
public import Inventory
public import Records

extension SearchBounds {
  /// What a run looked at.
  public init(_ run: RunSummary, _ coverage: Coverage) {
    self.init(
      run: run.runID, from: run.started, to: run.ended,
      vantages: Set(coverage.devices.map(\.vantage)).sorted { ($0.interface, $0.address) < ($1.interface, $1.address) },
      targets: run.targets.flatMap(Self.ranges), omitted: coverage.omitted.map(\.addresses).flatMap(Self.ranges),
      partial: run.partial || coverage.partial)
  }

  /// Ranges separated by commas; what is no range (a MAC address, words) is none.
  private static func ranges(_ text: String) -> [AddressRange] {
    text.split(separator: ",").compactMap { try? AddressRange(parsing: String($0.filter { $0 != " " })) }
  }
}

extension LedgerFacts {
  /// The owner's ledger held against the devices of a run, within what it looked at.
  /// - Parameter evidence: where the comparison is kept.
  public init(_ ledger: Ledger, _ devices: [Device], _ run: RunSummary, _ coverage: Coverage, evidence: [String] = []) {
    let rows = IdentityResolver.rows(devices.map { .init(run: run.runID, device: $0) })
    self.init(
      LedgerComparison(ledger, rows, bounds: [SearchBounds(run, coverage)]), ledger, rows: rows, evidence: evidence)
    // By its place in the pack: a merged run, or a run that goes on, reads it from there.
    file = Self.kept
  }

  /// Where a pack keeps the ledger.
  public static let kept = PackPath.payload + "reference/ledger.csv"

  /// Where a pack of a complete run keeps the comparison.
  public static func evidence(_ run: RunSummary) -> [String] {
    run.partial ? [] : [PackPath.payload + "inventory/ledger-reconcile.csv"]
  }
}
