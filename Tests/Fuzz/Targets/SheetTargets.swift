internal import Checklist
internal import Documents
internal import Profiles
internal import Records
internal import Sheets

extension FuzzTarget {
  /// The company's sheet, determinations in both forms, questions for vendors and what comes back. Each reader gets the same octets.
  static let sheets = FuzzTarget(
    "sheets", ["CompanySheet", "Determinations", "VendorQuestions", "VendorReply", "Day"], longest: 8192,
    seeds: SheetSeeds.all
  ) { octets in
    try SheetReaders.allowing { _ = try CompanySheet(parsing: octets, file: "f", index: SheetSeeds.index) }
    try SheetReaders.allowing {
      _ = try VendorQuestions(parsing: octets, file: "f", index: SheetSeeds.index)
    }
    try SheetReaders.allowing {
      try SheetReaders.check(try Determinations(parsing: octets, file: "f", index: SheetSeeds.index))
    }
    let text = String(decoding: octets, as: UTF8.self)
    try SheetReaders.allowing {
      try SheetReaders.check(try Determinations(csv: text, file: "f", index: SheetSeeds.index))
    }
    try SheetReaders.allowing {
      let reply = try VendorReply(
        parsing: text, file: "f", attachment: .init(path: "f", digest: String(repeating: "0", count: 64)), phase: .poc,
        earlier: Determinations(file: "d", entries: []), index: SheetSeeds.index)
      try promise(reply.answers.allSatisfy { $0.answer == .undecided }, "a vendor decided")
      try promise(!reply.answers.isEmpty, "a reply of nothing")
    }
  }
}

private enum SheetReaders {
  static func allowing(_ read: () throws -> Void) throws {
    try Files.allowing {
      do { try read() } catch let error as SheetProblems {
        try promise(
          !error.problems.isEmpty && error.problems.allSatisfy { !$0.remedy.isEmpty }, "a complaint without words")
      }
    }
  }

  /// What was understood can be written and read again, in both forms, and says the same.
  static func check(_ read: Determinations) throws {
    let yaml = Array(read.yaml(catalogue: SheetSeeds.index.catalogue).utf8)
    let csv = String(decoding: read.csv(.ja).dropFirst(3), as: UTF8.self)
    do {
      let again = try Determinations(parsing: yaml, file: "g", index: SheetSeeds.index)
      let table = try Determinations(csv: csv, file: "g", index: SheetSeeds.index)
      try promise(again.isSame(as: read) && table.isSame(as: read), "another meaning after writing")
    } catch let error as SheetProblems {
      throw BrokenPromise(description: "what was written is not read: \(error)")
    }
    for entry in read.entries {
      try promise(
        entry.by.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x202a...0x202e).contains($0.value) },
        "a name that acts")
    }
  }
}

extension Determinations {
  fileprivate func isSame(as other: Determinations) -> Bool {
    entries.count == other.entries.count
      && zip(entries, other.entries).allSatisfy {
        ($0.id, $0.item, $0.why, $0.by) == ($1.id, $1.item, $1.why, $1.by)
          && ($0.at, $0.answer, $0.expires, $0.compensating) == ($1.at, $1.answer, $1.expires, $1.compensating)
          && ($0.device, $0.model, $0.evidence, $0.files) == ($1.device, $1.model, $1.evidence, $1.files)
      }
  }
}

private enum SheetSeeds {
  static let index = RowIndex(
    catalogue: "jssec-iot-v1",
    rows: ["JSSEC-1.1", "JSSEC-14.2"].map { row($0, .box) } + ["JSSEC-14.2.c", "JSSEC-17.1.a"].map { row($0, .item) })

  private static func row(_ id: String, _ kind: ChecklistRow.Kind) -> ChecklistRow {
    ChecklistRow(
      id: id, qualifiedID: "jssec-iot-v1/\(id)", kind: kind, title: LocalizedText(ja: "題", en: "Title"),
      visibility: .direct)
  }

  static let all = [sheet, yaml, csv, reply, questions].map { Array($0.utf8) } + [Array(template.utf8)]

  private static let sheet = """
    version: 1
    catalogue: jssec-iot-v1
    project: { name: A, site: B, phase: poc, excludedUse: none, answeredBy: x, at: 2026-11-30 }
    rows: [{ id: JSSEC-1.1, poc: "●", production: "−", owner: x, reason: "=1", by: y, at: 2026/1/5 }]
    custom: [{ id: JSSEC-X1.001, title: { ja: a, en: b }, box: JSSEC-14.2, created: { by: x, at: 2026-11-30 }, enabled: false }]
    """
  private static let yaml = """
    version: 1
    determinations:
      - { id: DET-001, item: JSSEC-14.2.c, device: 10.0.0.5, phase: poc, kind: exception, answer: conditional, by: x, at: 2026-11-01,
          why: "'=w", evidence: [EV-1], files: [{ path: a b, sha256: \(String(repeating: "0a", count: 32)) }], expires: 2026-12-01 }
      - { id: DET-002, item: JSSEC-1.1, model: A / B / 1, phase: 本番, answer: 未判断, by: x, at: 2026-11-01 }
    """
  private static let csv =
    "番号,項目,段階,判定,判定者,日付,理由,添付ファイル,期限\r\nDET-001,JSSEC-1.1,検証,適合,x,2026/11/30,\"'=a,b\",a sha256:"
    + String(repeating: "0a", count: 32) + ",2026-12-31\r\n"
  private static let reply =
    "question id,maker,model,firmware,answer,answered by,date,document\r\nVQ-17.1.a-b415da2c,Axis,P1,1,2029,x,2026-11-30,EOL\r\n"
  private static let questions =
    "catalogue: jssec-iot-v1\nquestions: [{ row: JSSEC-17.1.a, question: { ja: いつ, en: When } }]\n"
  private static let template = CompanySheet.template(
    .init(
      name: "A", site: "B", phase: .poc, excludedUse: .none, answeredBy: "x",
      at: Day("2026-11-30") ?? Day(of: Timestamp(nanoseconds: 0))), index: index)
}
