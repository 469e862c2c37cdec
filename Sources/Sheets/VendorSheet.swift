internal import Checklist
public import Inventory
public import Records
internal import Reports

/// What vendors are asked, for each of their models. No address, name or place of the company is in it.
public struct VendorSheet: Sendable {
  public struct Product: Hashable, Sendable {
    public let name: ModelName
    public let units: Int
    /// Open on any of the units, ascending.
    public let ports: [ServiceEndpoint]
  }

  /// Ascending.
  public let products: [Product]
  /// Devices of which neither model nor maker is known: nobody can be asked about them.
  public let unidentified: [InventoryRow]
  let questions: VendorQuestions

  public init(_ rows: [InventoryRow], questions: VendorQuestions) {
    let known = Dictionary(grouping: rows) { ModelName(claims: $0.claims) }
    products = known.filter { !$0.key.model.isEmpty }.map { name, rows in
      Product(name: name, units: rows.count, ports: Set(rows.flatMap(\.openServices).map(\.endpoint)).sorted())
    }.sorted { $0.name < $1.name }
    unidentified = known.filter { $0.key.model.isEmpty }.flatMap(\.value).sorted { $0.id < $1.id }
    self.questions = questions
  }

  /// The sheet to send: one line for each product and question, the answers' columns empty.
  public func csv(_ language: Language) -> [UInt8] {
    CSVWriting.octets(
      [VendorColumn.allCases.map { $0.heading.text(language) }]
        + products.flatMap { product in
          questions.questions.map { question in
            VendorColumn.allCases.map { Guarded.cell(cell($0, product, question, language)) }
          }
        })
  }

  private func cell(
    _ column: VendorColumn, _ product: Product, _ question: VendorQuestions.Question, _ language: Language
  ) -> String {
    switch column {
    case .question: VendorQuestionID(row: question.row, product: product.name).description
    case .maker: product.name.maker
    case .model: product.name.model
    case .firmware: product.name.firmware
    case .units: String(product.units)
    case .ports: product.ports.map(\.description).joined(separator: " ")
    case .text: question.text.text(language)
    case .answer, .answeredBy, .date, .document: ""
    }
  }
}

enum VendorColumn: String, CaseIterable {
  case question, maker, model, firmware, units, ports, text, answer, answeredBy, date, document

  var heading: LocalizedText {
    switch self {
    case .question: LocalizedText(ja: "質問番号", en: "question id")
    case .maker: LocalizedText(ja: "メーカー", en: "maker")
    case .model: LocalizedText(ja: "型番", en: "model")
    case .firmware: LocalizedText(ja: "ファームウェア", en: "firmware")
    case .units: LocalizedText(ja: "台数", en: "units")
    case .ports: LocalizedText(ja: "開放ポート", en: "open ports")
    case .text: LocalizedText(ja: "質問", en: "question")
    case .answer: LocalizedText(ja: "回答", en: "answer")
    case .answeredBy: LocalizedText(ja: "回答者", en: "answered by")
    case .date: LocalizedText(ja: "回答日", en: "date")
    case .document: LocalizedText(ja: "根拠文書名", en: "document")
    }
  }

  init?(heading: String) {
    let name = oneLine(heading).lowercased()
    guard let column = Self.allCases.first(where: { [$0.heading.ja, $0.heading.en].contains(name) }) else { return nil }
    self = column
  }
}

/// `VQ-17.1.a-1f0c2d3e`: the row, and a sum over row and product, so that a cell that was changed on the way is noticed.
struct VendorQuestionID: CustomStringConvertible {
  let row: String
  let product: ModelName

  var description: String {
    let short = row.hasPrefix("JSSEC-") ? String(row.dropFirst(6)) : row
    let sum = Self.sum([row, product.maker, product.model, product.firmware])
    let digits = String(sum, radix: 16)
    return "VQ-\(short)-" + String(repeating: "0", count: 8 - digits.count) + digits
  }

  /// FNV-1a of 32 bits (draft-eastlake-fnv). It notices slips; what was returned is proven by the file's SHA-256.
  private static func sum(_ parts: [String]) -> UInt32 {
    parts.joined(separator: "\u{1f}").utf8.reduce(0x811c_9dc5) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
  }

  /// The row of an id, whatever the product is.
  static func row(of text: String, _ index: RowIndex) -> ChecklistRow? {
    guard let match = text.wholeMatch(of: /VQ-([A-Za-z0-9.-]+)-[0-9a-f]{8}/) else { return nil }
    return index[String(match.1)]
  }
}
