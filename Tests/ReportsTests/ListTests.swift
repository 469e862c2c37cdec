import Addressing
import Declarations
import Foundation
import Inventory
import Records
import Testing

@testable import Reports

@Suite struct ListTests {
  private static func rows(_ claims: [Claim], mac: UInt64 = 0x0211_2233_4455) -> [InventoryRow] {
    var device = Device(
      mac: MACAddress(rawValue: mac), addresses: [IPAddress(IPv4Address(rawValue: 0xc000_0205))],
      vendor: Attribution(name: "Example, \"Inc\"", source: "IEEE MA-L"),
      services: [
        Service(endpoint: ServiceEndpoint(transport: .tcp, port: 443), state: .open, protocolName: .http, tls: true),
        Service(endpoint: ServiceEndpoint(transport: .tcp, port: 80), state: .closed),
      ])
    device.claims = claims
    return IdentityResolver.rows([.init(run: "2026/r", device: device)])
  }

  private static func claim(_ kind: Claim.Kind, _ value: String) -> Claim {
    Claim(kind, value, source: "udp/1900", confidence: .high)
  }

  /// What spreadsheets take for formulas (OWASP, CSV Injection), and what turns or hides text.
  @Test(arguments: [
    ("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@SUM(A1)", "'@SUM(A1)"), (" =1", "' =1"), ("\t=1", "' =1"),
    ("\r=1", "' =1"), ("＝1", "'＝1"), ("a=b", "a=b"), ("a,b", "\"a,b\""), ("say \"x\"", "\"say \"\"x\"\"\""),
    ("a\r\nb", "a  b"), ("\u{202e}abc", "abc"), ("\u{1b}[31mred", "red"), ("\u{feff}=1", "'=1"),
    ("=a,\"b\"", "\"'=a,\"\"b\"\"\""),
  ]) func `a cell cannot be taken for a formula`(text: String, cell: String) {
    #expect(CSVWriting.cell(text) == cell)
  }

  @Test func `CSV has a byte order mark and CR LF, and as many cells in every row`() throws {
    for language in Language.allCases {
      let octets = InventoryList(Self.rows([Self.claim(.model, "A,\"1\"")])).csv(language)
      #expect(octets.starts(with: CSVWriting.byteOrderMark))
      let text = try #require(String(validating: octets.dropFirst(3), as: UTF8.self))
      #expect(text.utf8.count { $0 == 0x0a } == 2 && text.utf8.count { $0 == 0x0d } == 2 && text.hasSuffix("\r\n"))
      let rows = try CSVText(parsing: text, file: "x").rows
      #expect(Set(rows.map(\.count)).count == 1)
      #expect(rows[1].map(\.text).contains("A,\"1\"") && rows[1].map(\.text).contains("Example, \"Inc\""))
      #expect(rows[1].map(\.text).contains("local-AAI"))
    }
  }

  @Test func `the table keeps its width with Japanese and shows what is only concluded`() {
    let rows = Self.rows([Self.claim(.name, "会議室のカメラ"), Self.claim(.model, "\u{1b}[2Jx")])
    for columns in [48, 100, 160] {
      let text = InventoryList(rows).table(.ja, columns: columns, colour: false)
      for line in text.split(separator: "\n") { #expect(DisplayWidth.columns(String(line)) <= max(columns, 78)) }
      #expect(!text.unicodeScalars.contains("\u{1b}"))
    }
    let wide = InventoryList(rows).table(.en, columns: 300, colour: false)
    #expect(wide.contains("tcp/443(http+tls)") && wide.contains("Inc\"?") && wide.contains("possibly random"))
  }

  @Test func `JSON is what its schema requires, null where nothing is known`() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let schema = try #require(
      JSONSerialization.jsonObject(
        with: try Data(contentsOf: root.appendingPathComponent("Docs/OutputSchema/inventory-list.schema.json")))
        as? [String: Any])
    let document = try #require(
      JSONSerialization.jsonObject(
        with: Data(try InventoryList(Self.rows([Self.claim(.model, "A"), Self.claim(.model, "B")])).json()))
        as? [String: Any])
    #expect(Set(document.keys) == Set(try #require(schema["required"] as? [String])))
    let devices = try #require(document["devices"] as? [[String: Any]])
    let definitions = try #require(schema["$defs"] as? [String: [String: Any]])
    #expect(Set(devices[0].keys) == Set(try #require(definitions["device"]?["required"] as? [String])))
    #expect(devices[0]["class"] is NSNull)
    let contradictions = try #require(devices[0]["contradictions"] as? [[String: Any]])
    #expect(contradictions.map { $0["kind"] as? String } == ["model"])
  }

  @Test func `a draft leaves guesses and what only the owner knows empty, and is read again`() throws {
    let rows = Self.rows([Self.claim(.model, "=HYPERLINK(1)"), Self.claim(.host, "cam.local")], mac: 0x0011_2233_4455)
    let text = String(decoding: LedgerDraft.csv(rows, .ja).dropFirst(3), as: UTF8.self)
    let ledger = try Ledger(parsing: text, file: "draft.csv")
    #expect(ledger.entries.count == 1)
    #expect(ledger.entries[0].values[.model] == "=HYPERLINK(1)" && ledger.entries[0].values[.hostname] == "cam.local")
    #expect(ledger.entries[0].values[.maker] == nil && ledger.entries[0].values[.place] == nil)
    let comparison = LedgerComparison(ledger, rows, bounds: [])
    #expect(comparison.matched.count == 1 && comparison.unlisted.isEmpty)
  }

  @Test func `the result of a comparison never says that a device is gone`() throws {
    let ledger = try Ledger(parsing: "asset,ip\nA,192.0.2.99\n", file: "l.csv")
    let rows = Self.rows([])
    let comparison = LedgerComparison(ledger, rows, bounds: [])
    let report = LedgerReport(ledger, comparison, bounds: [], offsetMinutes: 540)
    let text = report.text(.en, columns: 160, colour: false)
    #expect(text.contains("not seen") && text.contains("unlisted") && text.contains("192.0.2.99 was not looked at"))
    #expect(report.text(.ja, columns: 160, colour: false).contains("機器が存在しないことを示すものではありません"))
    #expect(report.csv(.ja).starts(with: CSVWriting.byteOrderMark))
  }

  @Test func `questions have room for the answers`() throws {
    let octets = QuestionList(OpenQuestions(Self.rows([]), nil)).csv(.en)
    let rows = try CSVText(parsing: String(decoding: octets.dropFirst(3), as: UTF8.self), file: "q").rows
    #expect(rows.count == 2 && rows[0].count == rows[1].count && rows[1][4].text == "tcp/443")
    let needed = try #require(rows[0].firstIndex { $0.text == "Needed? (yes/no)" })
    #expect(rows[1][needed].text.isEmpty)
  }
}
