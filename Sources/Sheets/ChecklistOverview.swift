public import Checklist
public import Profiles
public import Records
public import RunComparison

/// Verdicts of one phase with the devices that they are about, wherever they come from: the packs' own, or made anew.
public struct PhaseResults: Sendable {
  public let phase: Phase
  /// What they were read from, to be shown.
  public let packs: [String]
  public let devices: [Device]
  public let rollUp: RollUp
  /// What goes with questions to persons.
  public let observed: ObservedFacts

  public init(
    _ phase: Phase, packs: [String], devices: [Device], findings: [Finding] = [],
    difference: DifferenceDocument? = nil, verdicts: [Verdict], index: RowIndex
  ) {
    self.phase = phase
    self.packs = packs
    // A device of several packs is one.
    var seen: Set<DeviceID> = []
    self.devices = devices.filter { seen.insert($0.id).inserted }
    rollUp = RollUp(verdicts, devices: self.devices.map(\.id), rows: index.rows)
    observed = ObservedFacts(devices: self.devices, findings: findings, difference: difference)
  }
}

/// A file that is not what it was when it was attached.
public struct AttachmentProblem: Hashable, Sendable {
  public enum Kind: String, Hashable, Sendable {
    case missing, changed
  }

  public let determination: String
  public let path: String
  public let kind: Kind

  public init(determination: String, path: String, kind: Kind) {
    self.determination = determination
    self.path = path
    self.kind = kind
  }
}

/// Everything that is known of a checklist, its layers side by side: what was observed, what the company marked, what persons
/// determined. No layer changes another.
public struct ChecklistOverview: Sendable {
  public let index: RowIndex
  public let sheet: CompanySheet?
  public let determinations: Determinations
  /// POC first. What one showed is never counted for the other.
  public let phases: [PhaseResults]
  public let attachments: [AttachmentProblem]
  public let wording: Wording
  public let today: Day

  public init(
    index: RowIndex, sheet: CompanySheet?, determinations: Determinations, phases: [PhaseResults],
    attachments: [AttachmentProblem], wording: Wording, today: Day
  ) {
    self.index = index
    self.sheet = sheet
    self.determinations = determinations
    self.phases = phases.sorted { $0.phase == .poc && $1.phase != .poc }
    self.attachments = attachments
    self.wording = wording
    self.today = today
  }

  /// Who answers a row: the owner that the company named, else whom the catalogue names.
  func owner(of row: ChecklistRow) -> LocalizedText? {
    let named = sheet?.row(row.id)?.owner ?? sheet?.custom.first { $0.id == row.id }?.owner
    return named.map { LocalizedText(ja: $0, en: $0) }
  }
}

/// How far a row has come in a phase.
public enum Standing: String, Hashable, Sendable, CaseIterable {
  /// The network showed it, within bounds.
  case measured
  /// A person settled it.
  case byPerson = "by-person"
  case open
  /// The company decided not to consider it in the phase (−).
  case notConsidered = "not-considered"

  public var label: LocalizedText {
    switch self {
    case .measured: LocalizedText(ja: "測定で回答", en: "answered by measurement")
    case .byPerson: LocalizedText(ja: "人が回答", en: "answered by persons")
    case .open: LocalizedText(ja: "未回答", en: "open")
    case .notConsidered: LocalizedText(ja: "検討しない(−)", en: "not considered (−)")
    }
  }
}

/// A row in one phase.
public struct RowState: Sendable {
  public let rolled: RollUp.Row
  public let phase: Phase
  public let mark: CompanySheet.Marked?
  /// What holds, for the row and for devices and models.
  public let current: [Determination]
  public let standing: Standing
  /// What is left to do, and who does it.
  public let left: [Task]

  public var row: ChecklistRow { rolled.row }
}

/// Something that somebody has to do.
public struct Task: Hashable, Sendable {
  public let who: LocalizedText
  public let row: String
  public let what: LocalizedText
}

extension ChecklistOverview {
  /// The rows that count: items, boxes with verdicts of their own, rules for everybody, the company's own.
  public func states(_ results: PhaseResults) -> [RowState] { results.rollUp.rows.map { state($0, results) } }

  public func state(_ rolled: RollUp.Row, _ results: PhaseResults) -> RowState {
    let row = rolled.row
    let mark = CompanySheet.mark(for: row, results.phase, in: sheet)
    let current = determinations.current(row.id, results.phase)
    let standing = standing(rolled, results, mark, current)
    return RowState(
      rolled: rolled, phase: results.phase, mark: mark, current: current, standing: standing,
      left: standing == .notConsidered ? [] : tasks(rolled, results, current, isOpen: standing == .open))
  }

  private func standing(
    _ rolled: RollUp.Row, _ results: PhaseResults, _ mark: CompanySheet.Marked?, _ current: [Determination]
  ) -> Standing {
    if mark?.mark == .notConsidered, mark?.origin == .company { return .notConsidered }
    // What was accepted until a day is open again after it, whatever was measured.
    if current.contains(where: { $0.isExpired(on: today) }) { return .open }
    if let whole = determinations.current(whole: rolled.row.id, results.phase), whole.settles(on: today) {
      return .byPerson
    }
    let undecided = rolled.devices.filter { !Self.isMeasured($0.value) }.keys
    let settled = undecided.filter { isSettled(rolled.row, results, $0) }
    // Parts of the site that are no device can only be settled for the row as a whole.
    let openUnits = [VerdictStatus.needsReview, .notTested].reduce(0) { $0 + rolled.counts[$1] }
    guard openUnits > settled.count else { return settled.isEmpty ? .measured : .byPerson }
    return .open
  }

  static func isMeasured(_ status: VerdictStatus) -> Bool {
    switch status {
    case .pass, .fail, .notApplicable: true
    case .needsReview, .notTested: false
    }
  }

  private func isSettled(_ row: ChecklistRow, _ results: PhaseResults, _ id: DeviceID) -> Bool {
    guard let device = results.devices.first(where: { $0.id == id }) else { return false }
    return determinations.current(row.id, results.phase, for: device)?.settles(on: today) == true
  }

  // MARK: What is left

  private func tasks(
    _ rolled: RollUp.Row, _ results: PhaseResults, _ current: [Determination], isOpen: Bool
  ) -> [Task] {
    let row = rolled.row
    func task(_ who: LocalizedText, _ ja: String, _ en: String) -> Task {
      Task(who: who, row: row.id, what: LocalizedText(ja: ja, en: en))
    }
    var tasks: [Task] = []
    for entry in current where entry.isExpired(on: today) {
      tasks.append(
        task(
          owner(of: row) ?? PersonRows.judge, "\(entry.id)は\(entry.expires?.description ?? "")で期限切れ。改めて判断する",
          "\(entry.id) ended on \(entry.expires?.description ?? ""); decide anew"))
    }
    if rolled.counts[.fail] > 0, !failsAreDetermined(rolled, results) {
      tasks.append(
        task(
          owner(of: row) ?? PersonRows.judge, "不適合の証拠が\(rolled.counts[.fail])件。是正・例外・隔離のいずれかを判断する",
          "\(rolled.counts[.fail]) with evidence against the row: decide to mend, accept until a day, or isolate"))
    }
    guard isOpen else { return tasks }
    if row.isPersons {
      let asked = row.asked
      tasks.append(
        task(
          owner(of: row) ?? asked?.who ?? PersonRows.promoter, "用意する記録: \(asked?.record.ja ?? "記録")",
          "record wanted: \(asked?.record.en ?? "a record")"))
      return tasks
    }
    if rolled.isUnknown {
      let ja = results.packs.isEmpty ? "証跡パックが指定されていない。監査を行う" : "証跡パックに判定案がない。checklist judge で作り直す"
      let en =
        results.packs.isEmpty
        ? "no pack was named: audit the site" : "the packs hold no verdict on it: make it anew (checklist judge)"
      tasks.append(task(PersonRows.responsible(for: nil), ja, en))
    }
    if rolled.counts[.needsReview] > 0 {
      let count = rolled.counts[.needsReview]
      tasks.append(
        task(
          owner(of: row) ?? PersonRows.judge, "要確認が\(count)件。事実を見て判断する", "\(count) to be judged from the facts"))
    }
    for reason in rolled.reasons.keys.sorted(by: { $0.rawValue < $1.rawValue }) {
      let remedy = wording[reason].remedy
      let who = row.asked.flatMap { [.documentNeeded, .interviewNeeded].contains(reason) ? $0.who : nil }
      tasks.append(
        task(
          who ?? PersonRows.responsible(for: reason),
          "\(reason.rawValue) \(rolled.reasons[reason] ?? 0)件: \(remedy.ja)",
          "\(reason.rawValue) × \(rolled.reasons[reason] ?? 0): \(remedy.en)"))
    }
    return tasks
  }

  /// A person said what follows for every device that fails.
  private func failsAreDetermined(_ rolled: RollUp.Row, _ results: PhaseResults) -> Bool {
    if determinations.current(whole: rolled.row.id, results.phase)?.settles(on: today) == true { return true }
    let failing = rolled.devices.filter { $0.value == .fail }.keys
    return failing.count == rolled.counts[.fail] && failing.allSatisfy { isSettled(rolled.row, results, $0) }
  }
}
