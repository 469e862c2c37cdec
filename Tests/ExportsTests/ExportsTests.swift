import Addressing
import Foundation
import LabSupport
import Records
import Reports
import Testing
import Workbooks

@testable import Exports

#if canImport(FoundationXML)
  import FoundationXML
#endif

struct ExportsTests {
  /// What a device may call itself to be taken for something else.
  static let hostile = [
    "<script>alert(1)</script>", "=cmd|' /C calc'!A0", "\u{1b}[2J\u{1b}]0;owned\u{07}", "\u{202e}gnp.exe",
    "a\"b'c&d]]>",
    "../../etc/passwd", "| x | y |", "[link](javascript:alert(1))", "{{run.id}}", "\u{fffe}\u{0}", "＝1+1",
    "line\r\nbreak",
  ]

  private func source(_ language: Language = .ja, hostile name: String? = nil) -> ExportSource {
    var result = SampleAudit.result
    if let name {
      for index in result.inventory.devices.indices {
        result.inventory.devices[index].vendor = Attribution(name: name, source: name)
        result.inventory.devices[index].model = Attribution(name: name, source: name)
        result.inventory.devices[index].firmware = Attribution(name: name, source: name)
      }
      result.findings = result.findings.map { finding in
        Finding(
          id: finding.id, check: finding.check, severity: finding.severity, device: finding.device,
          service: finding.service, title: finding.title, remediation: finding.remediation,
          detail: LocalizedText(ja: name, en: name), observations: finding.observations, items: finding.items,
          at: finding.at, evidence: finding.evidence)
      }
      result.verdicts = result.verdicts.map { verdict in
        Verdict(
          item: verdict.item, device: verdict.device, service: verdict.service, status: verdict.status,
          reason: verdict.reason, polarity: verdict.polarity, bounds: verdict.bounds,
          explanation: LocalizedText(ja: name, en: name), evidence: verdict.evidence)
      }
    }
    return ExportSource(
      result: result, language: language, packDigest: String(repeating: "ab", count: 32),
      weaknesses: ["telnet.enabled": [319]], titles: [:], statusLabels: [:], reasonLabels: [:], remedies: [:],
      limitations: [LocalizedText(ja: "応答がないことは不在を意味しません。", en: "No answer is not absence.")])
  }

  private func all(_ source: ExportSource) throws -> [(String, [UInt8])] {
    [
      ("csv", RowsCSV.octets(source)), ("markdown", MarkdownSummary.octets(source)),
      ("json", try PlainJSON.octets(source)), ("ocsf", try OCSF.octets(source)), ("oscal", try OSCAL.octets(source)),
      ("defectdojo", try DefectDojo.octets(source)), ("cyclonedx", try CycloneDX.octets(source)),
      ("nmap", NmapXML.octets(source)),
    ]
  }

  private static func schema(_ name: String) throws -> [String: Any] {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let data = try Data(contentsOf: root.appendingPathComponent("Docs/OutputSchema/\(name).schema.json"))
    return try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  @Test func `the plain JSON is what its schema says, to the last member`() throws {
    let document = try object(try PlainJSON.octets(source()))
    #expect(SchemaCheck(root: try Self.schema("result"), closed: true).faults(of: document, at: "result") == [])
  }

  /// Scripts/bundle-schemas makes the one from the others.
  @Test(arguments: ["run", "inventory", "findings", "verdicts", "coverage"])
  func `the schema of the result holds those of its parts as they are`(part: String) throws {
    let whole = try Self.schema("result")
    let bundled = try #require((whole["properties"] as? [String: [String: Any]])?[part])
    var own = try Self.schema(part)
    let shared = try #require(own["$defs"] as? [String: [String: Any]])
    for name in ["$defs", "$schema", "$id", "title"] { own[name] = nil }
    #expect(NSDictionary(dictionary: bundled) == NSDictionary(dictionary: own))
    let defined = try #require(whole["$defs"] as? [String: [String: Any]])
    for (name, definition) in shared {
      #expect(NSDictionary(dictionary: defined[name] ?? [:]) == NSDictionary(dictionary: definition), "\(name)")
    }
  }

  private func object(_ octets: [UInt8]) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(octets)) as? [String: Any])
  }

  /// RFC 9562 appendix A.4.
  @Test func `names become the UUIDs of RFC 9562`() {
    let dns: [UInt8] = [
      0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8,
    ]
    #expect(NamedUUID.make("www.example.com", in: dns) == "2ed6657d-e927-568b-95e1-2665a8aea6a2")
  }

  @Test(arguments: Language.allCases)
  func `every form tells of the same devices, findings and rows`(language: Language) throws {
    let source = source(language)
    let (devices, findings) = (source.result.inventory.devices.count, source.result.findings.count)
    let rows = source.result.verdicts.count
    #expect(devices == 12 && findings == 5 && rows > 0)
    let csv = String(decoding: RowsCSV.octets(source), as: UTF8.self)
    #expect(csv.split(separator: "\r\n").count == rows + 1)
    let plain = try object(PlainJSON.octets(source))
    #expect((plain["verdicts"] as? [Any])?.count == rows && (plain["findings"] as? [Any])?.count == findings)
    #expect(((plain["inventory"] as? [String: Any])?["devices"] as? [Any])?.count == devices)
    let events = try OCSF.octets(source).split(separator: 0x0a).map { try object(Array($0)) }
    let kinds = Dictionary(grouping: events) { $0["class_uid"] as? Int ?? 0 }.mapValues(\.count)
    #expect(kinds == [5001: devices, 2002: findings, 2003: rows])
    let oscal = try #require(try object(OSCAL.octets(source))["assessment-results"] as? [String: Any])
    let result = try #require((oscal["results"] as? [[String: Any]])?.first)
    #expect((result["observations"] as? [Any])?.count == rows)
    let decided = source.result.verdicts.count { $0.status == .fail || $0.status == .pass }
    #expect((result["findings"] as? [Any])?.count == decided)
    #expect((try object(DefectDojo.octets(source))["findings"] as? [Any])?.count == findings)
    #expect((try object(CycloneDX.octets(source))["components"] as? [Any])?.count == devices)
    let xml = String(decoding: NmapXML.octets(source), as: UTF8.self)
    #expect(xml.components(separatedBy: "<host ").count - 1 == devices)
    let summary = String(decoding: MarkdownSummary.octets(source), as: UTF8.self)
    #expect(summary.contains("| \(findings) |") && summary.contains("| \(devices) |"))
  }

  /// A sheet of one row, marked by nobody, with what a device may have put into a path.
  private func workbook(_ source: ExportSource, _ audience: Audience = .auditor, evidence: [String] = []) -> Workbook {
    let column = SheetTable.Column(
      mark: .init(sign: "●", isProposal: true), status: .fail, counts: [.fail: 1], evidence: evidence)
    let line = SheetTable.Line(
      id: "JSSEC-14.2.c", qualifiedID: "jssec-iot-v1/JSSEC-14.2.c", kind: .item, box: nil, chapter: nil,
      title: LocalizedText(ja: "題", en: "Title"), localText: nil, recommended: nil, visibility: "D",
      cannotConclude: nil, asked: nil, columns: [column])
    let table = SheetTable(
      catalogue: "jssec-iot-v1",
      phases: [
        .init(
          key: "production", label: LocalizedText(ja: "本番", en: "Production"), runs: [source.result.run.runID])
      ], lines: [line], hasSheet: false, warning: nil)
    return XLSX(source, table: table, audience: audience, folders: ["production": "../a b/pack"]).workbook
  }

  @Test(arguments: Language.allCases)
  func `the workbook tells of the same devices, findings and rows`(language: Language) throws {
    let source = source(language)
    let sheets = workbook(source).sheets
    #expect(sheets.count == 7)
    #expect(sheets[1].rows.count == source.result.findings.count)
    #expect(sheets[2].rows.count == source.result.inventory.devices.count)
    let untested = source.result.verdicts.count { $0.status == .notTested }
    #expect(sheets[3].rows.count == untested + source.result.coverage.omitted.count)
    #expect(sheets[4].rows.count == source.result.coverage.devices.count)
    #expect(sheets[5].rows.count == source.result.findings.flatMap(\.evidence).count)
    // The mark of nobody is italic, and nobody's word for a recommendation stands in the sheet.
    #expect(sheets[0].rows[0].contains(.text("●", .centredProposal)))
    #expect(!sheets[0].columns.contains { $0.title.contains("Recommended") || $0.title.contains("推奨(") })
    let vendor = workbook(source, .vendor).sheets
    #expect(vendor.count == 6 && vendor[0].name == sheets[1].name)
    let brief = workbook(source, .management).sheets
    #expect(brief.map(\.name) == [0, 1, 3, 6].map { sheets[$0].name })
  }

  @Test(arguments: hostile)
  func `what a device calls itself stays text in the workbook`(name: String) throws {
    let made = workbook(source(.en, hostile: name), evidence: ["data/\(name)", "data/../../etc/passwd", name])
    var links: [String] = []
    for cell in made.sheets.flatMap(\.rows).joined() {
      switch cell {
      case .empty, .number, .row: break
      case .text(let text, _):
        for scalar in text.unicodeScalars {
          #expect(!scalar.properties.isBidiControl && (scalar.value >= 0x20 || scalar == "\n"), "\(scalar.value)")
        }
      case .file(let path, _): links.append(path)
      }
    }
    let kept = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/%".utf8)
    for link in links {
      #expect(link.hasPrefix("../a%20b/pack/data/") && link.utf8.allSatisfy { kept.contains($0) }, "\(link)")
      #expect(!link.dropFirst(3).split(separator: "/").contains(".."), "\(link)")
    }
    #expect(!links.isEmpty)
    #expect(try made.octets() == made.octets())
  }

  @Test func `what was not tested passes nowhere`() throws {
    let source = source()
    let notTested = source.result.verdicts.count { $0.status == .notTested }
    #expect(notTested > 0)
    let events = try OCSF.octets(source).split(separator: 0x0a).map { try object(Array($0)) }
    let compliance = events.compactMap { $0["compliance"] as? [String: Any] }
    #expect(compliance.count { $0["status"] as? String == "not-tested" } == notTested)
    for row in compliance {
      #expect((row["status_id"] as? Int == 1) == (row["status"] as? String == "pass"))
      #expect((row["status_id"] as? Int == 3) == (row["status"] as? String == "fail"))
    }
    let text = String(decoding: try OSCAL.octets(source), as: UTF8.self)
    let passes = source.result.verdicts.count { $0.status == .pass }
    #expect(text.components(separatedBy: "\"satisfied\"").count - 1 == passes)
  }

  @Test func `the same pack gives the same octets`() throws {
    for ((name, first), (_, second)) in zip(try all(source()), try all(source())) {
      #expect(first == second, "\(name)")
    }
  }

  @Test(arguments: hostile)
  func `what a device calls itself stays text`(name: String) throws {
    for language in Language.allCases {
      for (form, octets) in try all(source(language, hostile: name)) {
        let text = String(decoding: octets, as: UTF8.self)
        // The plain JSON holds what was said, escaped as JSON is; it is for programs.
        if form != "json" {
          for scalar in text.unicodeScalars {
            let hidden =
              scalar.properties.isBidiControl || (scalar.value < 0x20 && !"\n\r\t".unicodeScalars.contains(scalar))
            #expect(!hidden, "\(form) \(scalar.value)")
          }
        }
        switch form {
        case "nmap":
          let parser = XMLParser(data: Data(octets))
          #expect(parser.parse(), "\(name)")
          #expect(!text.contains("<script"))
        case "csv":
          for line in text.split(separator: "\r\n") {
            for cell in line.split(separator: ",") {
              #expect(!"=+@＝".contains(cell.drop { $0 == "\"" }.first ?? "x"), "\(cell)")
            }
          }
        case "markdown":
          #expect(!text.contains("<script") && !text.contains("](javascript"))
        case "ocsf": for line in octets.split(separator: 0x0a) { _ = try object(Array(line)) }
        default: _ = try object(octets)
        }
      }
    }
  }
}
