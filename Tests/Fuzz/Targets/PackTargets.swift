internal import Addressing
internal import Audit
internal import Engine
internal import Evidence
internal import Foundation
internal import Inventory
internal import LabSupport
internal import Records
internal import Reports

extension FuzzTarget {
  /// What a run is continued from: its record, its checkpoints, its plan. Each reader gets the same octets.
  static let journal = FuzzTarget(
    "journal", ["JournalLine", "RestoredRun", "PortJournal", "RunPlan", "WholeLines"], longest: 8192,
    seeds: PackSeeds.journal
  ) { octets in
    var whole = WholeLines()
    let (front, back) = octets.pieces
    if whole.take(Array(front)) { _ = whole.take(Array(back)) }
    try promise(whole.whole <= octets.count, "more whole lines than there is")
    try Journals.readPlan(octets)
    try Journals.readRecord(octets.prefix(whole.whole).split(separator: 0x0a))
    for line in octets.split(separator: 0x0a) { try Journals.readPorts(line) }
  }

  /// What is made of packs that came to their end. The first octet chooses the file.
  static let packs = FuzzTarget(
    "packs",
    [
      "AuditResult", "ShardMerge", "IdentityResolver", "LedgerComparison", "Manifest", "BagInfo", "HTMLReport",
      "SummaryTable",
    ],
    longest: 32_768, seeds: PackSeeds.packs
  ) { octets in
    let content = Array(octets.dropFirst())
    switch (octets.first ?? 0) % 4 {
    case 0: if let result = Packs.decoded(AuditResult.self, content) { try Packs.checkOutputs(of: result) }
    case 1: if let result = Packs.decoded(AuditResult.self, content) { try Packs.merge(result) }
    case 2:
      let (entries, faults) = Manifest.parse(content)
      guard faults.isEmpty else { return }
      try promise(Array(Manifest.text(entries).utf8) == content, "a manifest in a second form")
    default:
      guard case .success(let facts) = BagInfo.parse(content) else { return }
      let text = BagInfo.text(facts)
      guard case .success(let again) = BagInfo.parse(Array(text.utf8)) else {
        throw BrokenPromise(description: "facts that cannot be read again")
      }
      try promise(BagInfo.text(again) == text, "other facts when written again")
    }
  }
}

private enum Journals {
  static func readPlan(_ octets: [UInt8]) throws {
    guard let plan = Packs.decoded(RunPlan.self, octets) else { return }
    // A foreign plan may have its start to the microsecond; what is written has milliseconds, and stays as it is.
    guard let again = Packs.decoded(RunPlan.self, try Packs.encoded(plan)) else {
      throw BrokenPromise(description: "a plan that cannot be read again")
    }
    try promise(
      Packs.decoded(RunPlan.self, try Packs.encoded(again)) == again, "another plan when written again")
    _ = plan.window.flatMap { TimeWindow($0) }
    _ = plan.shard.flatMap { Shard($0) }
  }

  static func readRecord(_ lines: [ArraySlice<UInt8>]) throws {
    var run = RestoredRun(portCount: 1000)
    for line in lines {
      if let line = Packs.decoded(JournalLine.self, Array(line)) { run.take(line) }
      if let line = PortJournal.parse(line) { run.take(line) }
    }
    try promise(run.entries.count <= lines.count && run.lines <= lines.count, "more entries than lines")
    // The next number must have room.
    try promise(run.lastObservation < Int.max && run.lastFinding < Int.max && run.framesSent < Int.max, "a last number")
  }

  private static let space = ProbeSpace(
    priority: [23, 80], rest: Array(1024...2000), seed: ScanSeed(high: 1, low: 2))

  /// What is taken over is what would be written.
  static func readPorts(_ octets: ArraySlice<UInt8>) throws {
    guard let line = PortJournal.parse(octets) else { return }
    let closed = line.closed.joined().filter { $0 < space.count }
    var settled = SettledPorts(address: line.address, mac: nil, open: [])
    settled.closed = closed.map { space.ports[$0] }
    settled.datagramsClosed = Array(line.datagramsClosed.joined())
    settled.datagramsSilent = Array(line.datagramsSilent.joined())
    settled.figures = line.figures
    let written = PortJournal.line(settled, space: space)
    guard let again = PortJournal.parse(written.dropLast()) else {
      throw BrokenPromise(description: "a line that cannot be read again")
    }
    try promise(
      Array(again.closed.joined()) == closed && again.figures == line.figures
        && Array(again.datagramsClosed.joined()) == settled.datagramsClosed
        && Array(again.datagramsSilent.joined()) == settled.datagramsSilent, "another line when written again")
  }
}

enum Packs {
  static func decoded<Value: Decodable>(_ type: Value.Type, _ octets: [UInt8]) -> Value? {
    try? JSONDecoder().decode(type, from: Data(octets))
  }

  static func encoded(_ value: some Encodable) throws -> [UInt8] { Array(try JSONEncoder().encode(value)) }

  private static let inputs = Result { try ReportParts.inputs() }

  /// Whatever a pack says, nothing that is shown acts on a terminal, a browser or a spreadsheet.
  static func checkOutputs(of result: AuditResult) throws {
    let inputs = try inputs.get()
    for language in Language.allCases {
      try checkInert(SummaryTable(inputs).render(result, language, columns: 80, colour: false), "the table")
      try checkInert(try HTMLReport(inputs).render(result, language: language), "the page")
      let rows = IdentityResolver.rows(result.inventory.devices.map { .init(run: result.run.runID, device: $0) })
      let list = InventoryList(rows)
      try checkInert(list.table(language, columns: 80, colour: false), "the list of devices")
      try checkInert(String(decoding: list.csv(language).dropFirst(3), as: UTF8.self), "the sheet of devices")
      let draft = LedgerDraft.csv(rows, language)
      try checkInert(String(decoding: draft.dropFirst(3), as: UTF8.self), "the draft of a ledger")
      if let text = try? Ledger(parsing: String(decoding: draft.dropFirst(3), as: UTF8.self), file: "f") {
        let comparison = LedgerComparison(text, rows, bounds: [])
        let report = LedgerReport(text, comparison, bounds: [], offsetMinutes: result.run.offsetMinutes)
        try checkInert(report.text(language, columns: 80, colour: false), "the ledger's report")
      }
      _ = try list.json()
    }
  }

  /// The runs before, on the page of a run and on one of their own.
  static func checkPage(_ history: RunHistory) throws {
    let report = try HTMLReport(inputs.get())
    for language in Language.allCases {
      try checkInert(report.render(SampleAudit.result, language: language, history: history), "the page")
      guard let difference = history.difference else { continue }
      try checkInert(
        report.render(difference, language: language, offsetMinutes: 540, version: "0"), "the difference's page")
    }
  }

  private static func checkInert(_ text: String, _ place: String) throws {
    for scalar in text.unicodeScalars where scalar != "\n" && scalar != "\r" {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate:
        throw BrokenPromise(description: "U+\(String(scalar.value, radix: 16)) in \(place)")
      default: continue
      }
    }
  }

  private static let profiles = Result { try ReportParts.profiles() }

  static func merge(_ result: AuditResult) throws {
    let shards = (1...2).map { number -> ShardResult in
      var plan = RunPlan(
        run: result.run, purpose: .audit, ports: "1-65535", profile: "standard", link: nil, deviceRate: nil,
        maxRate: nil,
        window: nil, shard: "\(number)/2", unprivileged: false, language: .ja, seedWasGiven: false, interfaces: [])
      plan.targets = result.run.targets
      // The second has nothing that the first has, so that they do not overlap.
      var coverage = result.coverage
      if number == 2 { coverage.devices = [] }
      return ShardResult(
        name: "pack-\(number)", plan: plan, run: result.run, inventory: result.inventory, findings: result.findings,
        coverage: coverage, observations: [], files: ["findings/F-0001/request.bin", "run.json"])
    }
    guard let merge = try? ShardMerge(shards) else { return }
    let merged = merge.result(
      runID: "merged", profiles: try profiles.get(), scope: ReportParts.scope, addresses: { _ in [] })
    try promise(merged.findings.count == 2 * result.findings.count, "findings lost")
  }
}
