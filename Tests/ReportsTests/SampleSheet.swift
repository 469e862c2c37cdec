import LabSupport
import Records
import Reports

/// A company's sheet of a few rows, with a POC beside: made by hand, so that what a page shows can be told by looking here.
enum SampleSheet {
  static func text(_ japanese: String, _ english: String) -> LocalizedText { LocalizedText(ja: japanese, en: english) }

  static let chapter = text("構築・接続", "Building and connecting")
  static let operators = text("設備部門", "OT department")

  static var table: SheetTable { table(hasSheet: true) }

  static func table(hasSheet: Bool, own: String = "原文の写し", determination: String = "D-0001 適合 山田 2026-11-24")
    -> SheetTable
  {
    let marked = SheetTable.Mark(sign: "●", isProposal: false)
    let proposed = SheetTable.Mark(sign: "○", isProposal: true)
    func line(
      _ id: String, _ kind: SheetTable.Line.Kind, box: String?, _ title: LocalizedText, _ columns: [SheetTable.Column]
    ) -> SheetTable.Line {
      SheetTable.Line(
        id: id, qualifiedID: "jssec-iot-v1/\(id)", kind: kind, box: box,
        chapter: kind == .box || kind == .item ? chapter : nil, title: title, localText: hasSheet ? own : nil,
        recommended: hasSheet && kind == .item ? "◎" : nil, visibility: kind == .custom ? "N" : "D",
        cannotConclude: text("夜間の通信", "Traffic at night"), asked: nil, columns: columns)
    }
    let poc = SheetTable.Column(
      mark: proposed, status: .needsReview, counts: [.needsReview: 2], evidence: ["data/x", "data/y", "data/z"])
    let production = SheetTable.Column(
      mark: hasSheet ? marked : proposed, status: .fail, counts: [.fail: 4, .pass: 3, .notTested: 5],
      reasons: [.incomplete: 5], standing: text("未回答", "open"), determinations: [determination],
      tasks: [SheetTable.Task(who: operators, what: text("夜間は電源を切る", "Switch it off at night"))])
    let empty = SheetTable.Column(mark: nil, status: nil)
    return SheetTable(
      catalogue: "jssec-iot-v1",
      phases: [
        .init(key: "poc", label: text("POC", "POC"), runs: ["run-poc"]),
        .init(key: "production", label: text("本番", "Production"), runs: [SampleAudit.result.run.runID]),
      ],
      lines: [
        line("JSSEC-14.2", .box, box: nil, text("不要な機能", "Unneeded functions"), [poc, production]),
        line("JSSEC-14.2.c", .item, box: "JSSEC-14.2", text("ポートの停止", "Ports are off"), [poc, production]),
        line("JSSEC-14.3", .box, box: nil, text("許可された通信", "Permitted traffic"), [empty, poc]),
        line("JSSEC-2.1.a", .item, box: "JSSEC-2.1", text("体制", "Organisation"), [empty, empty]),
        line("X1.1", .custom, box: nil, text("自社の項目", "A row of our own"), [empty, production]),
      ], hasSheet: hasSheet, warning: nil)
  }

  static func scope(_ words: String = "PLC。停止できない") -> ScopeStatement {
    ScopeStatement(
      from: SampleAudit.start, until: SampleAudit.start + .seconds(86_400), networks: ["192.168.10.0/24"],
      exclusions: [.init(target: "192.168.10.200-192.168.10.209", reason: words), .init(target: "x", reason: nil)],
      techniques: ["arp-discovery", "tcp-syn", "some-later-technique"],
      consents: [
        .init(
          group: words, members: ["192.168.10.10"], administrator: words, organisation: words,
          techniques: ["default-credentials"], from: SampleAudit.start, until: SampleAudit.start + .seconds(9),
          paper: words, paperDigest: String(repeating: "a1", count: 32))
      ], perDevice: 100, total: 0)
  }
}
