import Addressing
import Checklist
import Documents
import Inventory
import Profiles
import Records
import Testing

@testable import Sheets

@Suite struct VendorSheetTests {
  private static func questions() throws -> VendorQuestions {
    let store = try SheetSample.store.get()
    let file = try #require(store.files.first { $0.path == "vendor-questions/jssec-iot-v1.yaml" })
    return try VendorQuestions(parsing: file.bytes, file: file.path, index: try SheetSample.index())
  }

  private static func rows() -> [InventoryRow] {
    func claim(_ kind: Claim.Kind, _ value: String) -> Claim {
      Claim(kind, value, source: "tcp/80", confidence: .high)
    }
    var camera = SheetSample.device(1, claims: [claim(.vendor, "Axis"), claim(.model, "=P1"), claim(.firmware, "1.0")])
    camera.services = [
      Service(endpoint: ServiceEndpoint(transport: .tcp, port: 80), state: .open),
      Service(endpoint: ServiceEndpoint(transport: .tcp, port: 81), state: .closed),
    ]
    let twin = SheetSample.device(2, claims: camera.claims)
    let other = SheetSample.device(3, claims: [claim(.model, "X, 2\u{202e}")])
    let unknown = SheetSample.device(4)
    return IdentityResolver.rows([camera, twin, other, unknown].map { .init(run: "r", device: $0) })
  }

  /// Items asked of vendors (who the catalogue names), and items to be confirmed (verb Q) for which it names nobody else.
  @Test func `each row that only a vendor can answer has a question, in both languages`() throws {
    let questions = try Self.questions()
    let asked = try SheetSample.index().rows.filter { row in
      guard row.kind == .item else { return false }
      guard let who = row.asked?.who.en.lowercased() else { return row.verb == .confirmation }
      return who.contains("vendor") && !who.contains("maintenance vendor")
    }
    #expect(asked.count >= 15)
    for row in asked { #expect(questions.question(row.id) != nil, "\(row.id)") }
    for question in questions.questions {
      #expect(question.text.ja.hasSuffix("。") && question.text.ja.count > 20, "\(question.row)")
      #expect(question.text.en.contains("?") && question.text.en.count > 40, "\(question.row)")
    }
    // What the brief of the sheet names (checklist.md §2.5).
    for id in ["17.2.c", "16.1.d", "8.1.a", "14.2.d", "17.1.a", "17.1.b"] {
      #expect(questions.question("JSSEC-\(id)") != nil)
    }
  }

  @Test(arguments: [
    ("row: JSSEC-17.1.a", "row: JSSEC-17.9.a", "is no row"),
    ("row: JSSEC-17.1.b", "row: JSSEC-17.1.a", "is asked twice"),
    ("catalogue: jssec-iot-v1", "catalogue: x", "the questions are for x"),
  ])
  func `a fault in the questions is named`(old: String, new: String, problem: String) throws {
    let file = try #require(try SheetSample.store.get().files.first { $0.path == "vendor-questions/jssec-iot-v1.yaml" })
    let text = String(decoding: file.bytes, as: UTF8.self).replacing(old, with: new)
    let error = #expect(throws: DocumentError.self) {
      try VendorQuestions(parsing: Array(text.utf8), file: "q", index: try SheetSample.index())
    }
    #expect(error?.problem.contains(problem) == true, "\(String(describing: error))")
  }

  private static func sheet() throws -> VendorSheet { VendorSheet(rows(), questions: try questions()) }

  @Test func `models are asked about once, and no address leaves the company`() throws {
    let sheet = try Self.sheet()
    #expect(sheet.products.map(\.name.description) == ["- / X, 2 / -", "Axis / =P1 / 1.0"])
    #expect(sheet.products[1].units == 2 && sheet.products[1].ports.map(\.description) == ["tcp/80"])
    #expect(sheet.unidentified.map(\.addresses) == [[IPAddress(IPv4Address(rawValue: 0x0a00_0004))]])
    for language in Language.allCases {
      let octets = sheet.csv(language)
      let text = String(decoding: octets.dropFirst(3), as: UTF8.self)
      #expect(octets.starts(with: [0xef, 0xbb, 0xbf]))
      #expect(text.split(separator: "\r\n").count == 1 + 2 * (try Self.questions().questions.count))
      #expect(
        text.contains(",'=P1,") && text.contains("\"X, 2\"") && !text.contains("10.0.0.") && !text.contains("\u{202e}"))
    }
  }

  /// The exported sheet with answers filled in as a vendor would.
  private static func filled(_ answers: [String: [String]], _ language: Language = .ja) throws -> String {
    let lines = String(decoding: try sheet().csv(language).dropFirst(3), as: UTF8.self).split(separator: "\r\n")
    return lines.map { line -> String in
      guard let key = answers.keys.first(where: { line.hasPrefix("VQ-\($0)-") && line.contains("Axis") }) else {
        return String(line)
      }
      let cells = line.split(separator: ",", omittingEmptySubsequences: false).dropLast(4)
      return (cells + (answers[key] ?? []).map { $0[...] }).joined(separator: ",")
    }.joined(separator: "\r\n") + "\r\n"
  }

  private static let attachment = Determination.Attachment(path: "reply.csv", digest: SheetSample.digest)

  private static func reply(_ text: String, earlier: [Determination] = []) throws -> VendorReply {
    try VendorReply(
      parsing: text, file: "reply.csv", attachment: attachment, phase: .production,
      earlier: Determinations(file: "d", entries: earlier), index: try SheetSample.index())
  }

  @Test(arguments: Language.allCases)
  func `answers come back as a vendor's, undecided, with the file's digest`(language: Language) throws {
    let text = try Self.filled(
      ["17.1.a": ["2029年末", "アクシス 鈴木", "2026/12/5", "EOL一覧"], "16.1.d": ["'=署名あり", "鈴木", "2026-12-05", ""]], language)
    let reply = try Self.reply(text)
    #expect(reply.answers.count == 2)
    let total = 2 * (try Self.questions().questions.count)
    #expect(reply.unanswered == total - 2)
    let first = try #require(reply.answers.first { $0.item == "JSSEC-17.1.a" })
    #expect(first.kind == .vendorAnswer && first.answer == .undecided && first.model == "Axis / =P1 / 1.0")
    #expect(first.by == "アクシス 鈴木" && first.at == Day("2026-12-05") && first.files == [Self.attachment])
    #expect(first.why == "2029年末 [文書/document: EOL一覧]")
    #expect(reply.answers.map(\.id) == ["DET-001", "DET-002"])
    // It stays what it is in the files.
    let index = try SheetSample.index()
    let kept = Determinations(file: "d", entries: reply.answers)
    let again = try Determinations(parsing: Array(kept.yaml(catalogue: "jssec-iot-v1").utf8), file: "d", index: index)
    #expect(again.says(kept.entries))
  }

  @Test func `faults are named line by line, and then nothing is taken`() throws {
    let good = ["2029", "鈴木", "2026-12-05", ""]
    let base = try Self.filled(["17.1.a": good])
    func problems(_ text: String, earlier: [Determination] = []) -> String {
      do {
        _ = try Self.reply(text, earlier: earlier)
        return ""
      } catch { return "\(error)" }
    }
    #expect(problems(base).isEmpty)
    #expect(
      problems(base.replacing("Axis,'=P1,1.0", with: "Axis,'=P1,1.1")).contains("was asked for another product than"))
    #expect(problems(base.replacing("VQ-17.1.a-", with: "VQ-17.1.q-")).contains("is no question of ours"))
    #expect(
      problems(try Self.filled(["17.1.a": ["2029", "", "2026-12-05", ""]])).contains("does not say who answered"))
    #expect(problems(try Self.filled(["17.1.a": ["2029", "鈴木", "12月", ""]])).contains("is no day"))
    #expect(problems(try Self.filled(["17.1.a": ["", "", "", "EOL"]])).contains("names a document and no answer"))
    #expect(problems(try Self.filled(["17.1.a": good + ["more"]])).contains("12 cells"))
    #expect(problems(try Self.filled([:])).contains("no line has an answer"))
    #expect(problems("a,b\r\n").contains("no column 質問番号 (question id)"))
    let lines = base.split(separator: "\r\n")
    let answered = try #require(lines.first { $0.contains("2029") })
    #expect(problems(base + answered + "\r\n").contains("answered twice"))
    let two = try Self.filled(["17.1.a": ["2029", "", "", ""], "17.1.b": ["2029", "鈴木", "x", ""]])
    #expect(problems(two).split(separator: "\n").count == 2)
    #expect(problems(base, earlier: try Self.reply(base).answers).contains("imported before, as DET-001"))
  }
}
