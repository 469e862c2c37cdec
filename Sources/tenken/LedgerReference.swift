internal import Audit
internal import Evidence
internal import Inventory
internal import Records
internal import Reports

/// The owner's ledger as a run takes it along: devices are held against it at the end.
struct LedgerReference: ReferenceCheck {
  let ledger: Ledger
  private let octets: [UInt8]
  private let map: [UInt8]?

  /// Where a pack keeps the files, unchanged; the ledger may name persons.
  private static let ledgerPath = "reference/ledger.csv"
  private static let mapPath = "reference/ledger-map.yaml"
  /// EV-LEDGER.
  private static let resultPath = "inventory/ledger-reconcile.csv"

  init(file: String, map: String?) throws {
    let octets = try contents(of: file, what: "the ledger")
    let columns = try map.map { try contents(of: $0, what: "the column map") }
    self.init(try readLedger(octets, file: file, map: columns.map { ($0, map ?? "") }), octets, columns)
  }

  /// The ledger that a pack took along; nil when it had none.
  init?(in pack: PackReader) throws {
    guard let octets = try pack.octets(of: Self.ledgerPath) else { return nil }
    let map = try pack.octets(of: Self.mapPath)
    let file = "\(pack.path)/data/\(Self.ledgerPath)"
    self.init(
      try readLedger(octets, file: file, map: map.map { ($0, "\(pack.path)/data/\(Self.mapPath)") }), octets, map)
  }

  private init(_ ledger: Ledger, _ octets: [UInt8], _ map: [UInt8]?) {
    self.ledger = ledger
    self.octets = octets
    self.map = map
  }

  func verdicts(of devices: [Device]) -> [ReferenceVerdict] {
    let rows = IdentityResolver.rows(devices.map { .init(run: "", device: $0) })
    let comparison = LedgerComparison(ledger, rows, bounds: [])
    return UnlistedDevices.verdicts(comparison, rows: rows, ledger: ledger).sorted { $0.key < $1.key }
      .map { ReferenceVerdict(device: $0.key, verdict: $0.value) }
  }

  /// Takes the files along.
  func write(to pack: PackWriter) throws {
    try pack.write(octets, to: Self.ledgerPath)
    if let map { try pack.write(map, to: Self.mapPath) }
  }

  /// What every line came to, within the bounds of a run that is complete.
  /// - Parameter masked: what of its text is written: the devices are matched by what they really said.
  func writeResult(
    _ result: AuditResult, _ language: Language, to pack: PackWriter, masked: (String) -> String = { $0 }
  ) throws {
    guard !result.run.partial else { return }
    let rows = IdentityResolver.rows(result.inventory.devices.map { .init(run: result.run.runID, device: $0) })
    let bounds = [SearchBounds(result.run, result.coverage)]
    let report = LedgerReport(
      ledger, LedgerComparison(ledger, rows, bounds: bounds), bounds: bounds, offsetMinutes: result.run.offsetMinutes)
    let table = report.csv(language)
    let text = masked(String(decoding: table, as: UTF8.self))
    try pack.write(Array(text.utf8), to: Self.resultPath)
  }
}
