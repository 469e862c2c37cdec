internal import Profiles
public import Records

/// Verdicts gathered: device → item → box (checklist.md §2.1). Counts and the worst status; never a degree of conformity.
public struct RollUp: Hashable, Sendable {
  /// How many devices (or parts of the site) have which status.
  public struct Counts: Hashable, Sendable {
    private var numbers: [VerdictStatus: Int] = [:]

    public init() {}

    public init(_ statuses: some Sequence<VerdictStatus>) { for status in statuses { add(status) } }

    public subscript(status: VerdictStatus) -> Int { numbers[status] ?? 0 }

    /// All but those that the row does not apply to.
    public var inScope: Int { total - self[.notApplicable] }
    public var total: Int { numbers.values.reduce(0, +) }

    public mutating func add(_ status: VerdictStatus, _ count: Int = 1) {
      if count > 0 { numbers[status, default: 0] += count }
    }

    public static func + (left: Self, right: Self) -> Self {
      var sum = left
      for status in VerdictStatus.allCases { sum.add(status, right[status]) }
      return sum
    }

    /// Any fail is a fail; else any review, else anything untested, else a pass; not applicable only where nothing else is.
    /// nil where there is nothing.
    public var status: VerdictStatus? { RollUp.gravest.first { self[$0] > 0 } }
  }

  /// The order in which one status hides another.
  static let gravest: [VerdictStatus] = [.fail, .needsReview, .notTested, .pass, .notApplicable]

  public struct Row: Hashable, Sendable {
    public let row: ChecklistRow
    /// What the tool said of it, in the order in which it was said.
    public let verdicts: [Verdict]
    /// The worst of each device's verdicts, or what is said of the site for a device of which nothing else is.
    public let devices: [DeviceID: VerdictStatus]
    public let counts: Counts
    public let status: VerdictStatus
    /// Why not, for what is not tested: each reason with how many devices or parts.
    public let reasons: [NotTestedReason: Int]
    /// No verdict was made on it, and none is due from a person: a pack of a version that did not know the row.
    public let isUnknown: Bool
  }

  public struct Box: Hashable, Sendable {
    public let row: ChecklistRow
    /// Of its own verdicts; nil where there are none, so that its items alone count.
    public let own: Row?
    public let items: [Row]
    /// Over the devices of its own verdicts and of its items.
    public let counts: Counts
    /// Its own verdicts and its items, each once.
    public let itemCounts: Counts
    public let status: VerdictStatus
  }

  public let boxes: [Box]
  /// The rules for everybody, rows without a box, and the company's own, which change no box of the sheet.
  public let others: [Row]

  /// - Parameters:
  ///   - verdicts: of one phase; those on rows that `rows` does not have are left out.
  ///   - devices: of the inventory. A device that only a verdict names counts too.
  public init(_ verdicts: [Verdict], devices: [DeviceID], rows: [ChecklistRow]) {
    let byItem = Dictionary(grouping: verdicts, by: \.item)
    func row(_ row: ChecklistRow) -> Row { Row(row, byItem[row.qualifiedID] ?? [], devices: devices) }
    let items = Dictionary(grouping: rows.filter { $0.kind == .item && $0.box != nil }) { $0.box ?? "" }
    let boxIDs = Set(rows.filter { $0.kind == .box }.map(\.id))
    boxes = rows.filter { $0.kind == .box }.map { box in
      Box(box, own: row(box), items: (items[box.id] ?? []).map(row))
    }
    others = rows.filter { $0.kind != .box && !($0.kind == .item && boxIDs.contains($0.box ?? "")) }.map(row)
  }

  /// Items, boxes with verdicts of their own, and the others, in the sheet's order.
  public var rows: [Row] { boxes.flatMap { ($0.own.map { [$0] } ?? []) + $0.items } + others }

  public func row(_ id: String) -> Row? { rows.first { $0.row.id == id || $0.row.qualifiedID == id } }

  public func box(_ id: String) -> Box? { boxes.first { $0.row.id == id || $0.row.qualifiedID == id } }
}

extension RollUp.Box {
  fileprivate init(_ box: ChecklistRow, own: RollUp.Row, items: [RollUp.Row]) {
    let counted = own.verdicts.isEmpty && !items.isEmpty ? nil : own
    let parts = (counted.map { [$0] } ?? []) + items
    row = box
    self.own = counted
    self.items = items
    counts = parts.reduce(RollUp.Counts()) { $0 + $1.counts }
    itemCounts = RollUp.Counts(parts.map(\.status))
    status = itemCounts.status ?? .notTested
  }
}

extension RollUp.Row {
  /// A site's verdict stands for the devices that have none of their own; where every device has one, or there is no device,
  /// it counts once, so that it is never lost. One on named addresses is about those, and always counts once.
  fileprivate init(_ row: ChecklistRow, _ verdicts: [Verdict], devices listed: [DeviceID]) {
    var units: [(status: VerdictStatus, reasons: Set<NotTestedReason>)] = []
    var perDevice: [DeviceID: VerdictStatus] = [:]
    let own = Dictionary(grouping: verdicts.filter { $0.device != nil }) { $0.device }
    for (device, said) in own {
      guard let device, let unit = Self.unit(said) else { continue }
      perDevice[device] = unit.status
      units.append(unit)
    }
    let site = verdicts.filter { $0.device == nil && $0.bounds.addresses == nil }
    for part in verdicts where part.device == nil && part.bounds.addresses != nil {
      if let unit = Self.unit([part]) { units.append(unit) }
    }
    if let unit = Self.unit(site) {
      let silent = Set(listed).filter { perDevice[$0] == nil }
      for device in silent { perDevice[device] = unit.status }
      units += Array(repeating: unit, count: max(1, silent.count))
    }
    let isUnknown = units.isEmpty && !row.isPersons
    if units.isEmpty { units.append((.notTested, PersonRows.reason(of: row).map { [$0] } ?? [])) }
    self.row = row
    self.verdicts = verdicts
    self.devices = perDevice
    self.isUnknown = isUnknown
    counts = RollUp.Counts(units.map(\.status))
    status = counts.status ?? .notTested
    reasons = Dictionary(units.flatMap { unit in unit.reasons.map { ($0, 1) } }, uniquingKeysWith: +)
  }

  /// The worst of several verdicts, and why not where that is "not tested".
  private static func unit(_ verdicts: [Verdict]) -> (status: VerdictStatus, reasons: Set<NotTestedReason>)? {
    guard let status = RollUp.Counts(verdicts.map(\.status)).status else { return nil }
    guard status == .notTested else { return (status, []) }
    return (status, Set(verdicts.filter { $0.status == .notTested }.compactMap(\.reason)))
  }
}
