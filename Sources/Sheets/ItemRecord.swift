internal import Checklist
internal import Profiles
public import Records
internal import Reports

/// `items/<id>.json` of a recorded checklist (checklist.md §5.2): what the tool proposed for a row in a phase, and beside it what a
/// person determined. Neither changes the other.
public struct ItemRecord: Encodable, Sendable {
  private let overview: ChecklistOverview
  private let rolled: RollUp.Row
  private let phase: Phase

  init(_ rolled: RollUp.Row, _ overview: ChecklistOverview, _ phase: Phase) {
    self.rolled = rolled
    self.overview = overview
    self.phase = phase
  }

  /// `JSSEC-14.2.c`, fit for a file's name.
  public var id: String { rolled.row.id }

  private enum Key: String, CodingKey {
    case item, phase, verb, `class`, mark, results, rollup, standing, determination, determinations, context
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(rolled.row.qualifiedID, forKey: .item)
    try container.encode(phase.rawValue, forKey: .phase)
    try container.encode(rolled.row.verb?.rawValue, forKey: .verb)
    try container.encode(rolled.row.visibility.rawValue, forKey: .class)
    try container.encode(
      CompanySheet.mark(for: rolled.row, phase, in: overview.sheet).map(MarkRecord.init), forKey: .mark)
    try container.encode(rolled.verdicts.map { ResultRecord($0, overview.wording) }, forKey: .results)
    try container.encode(CountsRecord(rolled.counts, rolled.status), forKey: .rollup)
    let results = overview.phases.first { $0.phase == phase }
    try container.encode(results.map { overview.state(rolled, $0).standing.rawValue }, forKey: .standing)
    // What goes with a question to a person is no answer to it.
    let facts = (rolled.row.asked?.facts ?? []).compactMap { fact in
      results?.observed.text(fact).map { ContextRecord(fact: fact.rawValue, label: fact.label, text: $0) }
    }
    try container.encode(facts, forKey: .context)
    let today = overview.today
    try container.encode(
      overview.determinations.current(whole: id, phase).map { DeterminationRecord($0, today) }, forKey: .determination)
    try container.encode(
      overview.determinations.history(id, phase).map { DeterminationRecord($0, today) }, forKey: .determinations)
  }
}

/// A box in `boxes.json` of a recorded checklist.
public struct BoxRecord: Encodable, Sendable {
  private let box: RollUp.Box
  private let phase: Phase

  init(_ box: RollUp.Box, _ phase: Phase) {
    self.box = box
    self.phase = phase
  }

  private enum Key: String, CodingKey { case box, title, phase, rollup, items }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(box.row.qualifiedID, forKey: .box)
    try container.encode(box.row.title, forKey: .title)
    try container.encode(phase.rawValue, forKey: .phase)
    try container.encode(CountsRecord(box.counts, box.status), forKey: .rollup)
    try container.encode(box.items.map(\.row.qualifiedID), forKey: .items)
  }
}

extension ChecklistOverview {
  public func boxRecords(_ results: PhaseResults) -> [BoxRecord] {
    results.rollUp.boxes.map { BoxRecord($0, results.phase) }
  }

  public func records(_ results: PhaseResults) -> [ItemRecord] {
    results.rollUp.rows.map { ItemRecord($0, self, results.phase) }
  }

  /// `not-tested.csv`: what was not tested on which device, why, and what to do about it.
  public func notTested(_ results: PhaseResults, _ language: Language) -> [UInt8] {
    let head =
      language == .ja
      ? ["項目", "題", "機器", "理由コード", "理由", "対処", "担当"]
      : ["item", "title", "device", "reason", "meaning", "remedy", "who"]
    let rows = results.rollUp.rows.flatMap { rolled -> [[String]] in
      let row = rolled.row
      let open = rolled.verdicts.filter { $0.status == .notTested }
      guard rolled.verdicts.isEmpty else {
        return open.map { verdict in
          [
            row.id, row.title.text(language), verdict.device?.rawValue ?? verdict.bounds.addresses ?? "",
            verdict.reason?.rawValue ?? "", verdict.explanation.text(language),
            verdict.reason.map { wording[$0].remedy.text(language) } ?? "",
            (owner(of: row) ?? PersonRows.responsible(for: verdict.reason)).text(language),
          ]
        }
      }
      let reason = PersonRows.reason(of: row)
      let who = owner(of: row) ?? row.asked?.who ?? PersonRows.responsible(for: reason)
      return [
        [
          row.id, row.title.text(language), "", reason?.rawValue ?? "",
          reason.map { wording[$0].label.text(language) } ?? "",
          row.asked?.record.text(language) ?? "", who.text(language),
        ]
      ]
    }
    return CSVWriting.octets([head] + rows)
  }
}

private struct ContextRecord: Encodable {
  let fact: String
  let label: LocalizedText
  let text: LocalizedText
}

private struct MarkRecord: Encodable {
  let mark: String
  let origin: String

  init(_ marked: CompanySheet.Marked) {
    mark = marked.mark.rawValue
    origin = marked.origin.rawValue
  }
}

private struct ResultRecord: Encodable {
  private let verdict: Verdict
  private let remedy: LocalizedText?

  init(_ verdict: Verdict, _ wording: Wording) {
    self.verdict = verdict
    remedy = verdict.reason.map { wording[$0].remedy }
  }

  private enum Key: String, CodingKey {
    case device, service, status, reason, remedy, polarity, bounds, explanation, evidence
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(verdict.device, forKey: .device)
    try container.encode(verdict.service, forKey: .service)
    try container.encode(verdict.status, forKey: .status)
    try container.encode(verdict.reason, forKey: .reason)
    try container.encode(remedy, forKey: .remedy)
    try container.encode(verdict.polarity, forKey: .polarity)
    try container.encode(verdict.bounds, forKey: .bounds)
    try container.encode(verdict.explanation, forKey: .explanation)
    try container.encode(verdict.evidence, forKey: .evidence)
  }
}

private struct CountsRecord: Encodable {
  let numbers: [String: Int]
  let status: String
  let inScope: Int

  init(_ counts: RollUp.Counts, _ status: VerdictStatus) {
    numbers = Dictionary(uniqueKeysWithValues: VerdictStatus.allCases.map { ($0.rawValue, counts[$0]) })
    self.status = status.rawValue
    inScope = counts.inScope
  }

  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    for (name, number) in numbers { try container.encode(number, forKey: Key(stringValue: name)) }
    try container.encode(inScope, forKey: Key(stringValue: "in_scope"))
    try container.encode(status, forKey: Key(stringValue: "status"))
  }
}

private struct DeterminationRecord: Encodable {
  private let entry: Determination
  private let isExpired: Bool

  init(_ entry: Determination, _ today: Day) {
    self.entry = entry
    isExpired = entry.isExpired(on: today)
  }

  private struct File: Encodable {
    let path: String
    let sha256: String
  }

  private enum Key: String, CodingKey {
    case id, device, model, kind, answer, by, at, why, evidence, files, expires, expired, compensating
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(entry.id, forKey: .id)
    try container.encode(entry.device?.description, forKey: .device)
    try container.encode(entry.model, forKey: .model)
    try container.encode(entry.kind.rawValue, forKey: .kind)
    try container.encode(entry.answer.rawValue, forKey: .answer)
    try container.encode(entry.by, forKey: .by)
    try container.encode(entry.at.description, forKey: .at)
    try container.encode(entry.why, forKey: .why)
    try container.encode(entry.evidence, forKey: .evidence)
    try container.encode(entry.files.map { File(path: $0.path, sha256: $0.digest) }, forKey: .files)
    try container.encode(entry.expires?.description, forKey: .expires)
    try container.encode(isExpired, forKey: .expired)
    try container.encode(entry.compensating, forKey: .compensating)
  }
}
