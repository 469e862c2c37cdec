internal import Checklist
public import Documents
public import Records

/// What a vendor is asked for a row, in our own words: `vendor-questions/<catalogue>.yaml`.
public struct VendorQuestions: Hashable, Sendable {
  public struct Question: Hashable, Sendable {
    /// `JSSEC-17.1.a`.
    public let row: String
    public let text: LocalizedText
  }

  public let catalogue: String
  /// In the sheet's order.
  public let questions: [Question]

  /// - Throws: ``DocumentError`` with file, line and what to do.
  public init(parsing octets: [UInt8], file: String, index: RowIndex) throws(DocumentError) {
    let root = try YAMLValue(parsing: octets, file: file)
    try root.allowOnly(["catalogue", "questions"])
    let named = try root.required("catalogue")
    catalogue = try named.words()
    guard catalogue == index.catalogue else {
      throw named.error("the questions are for \(catalogue), and the rows are those of \(index.catalogue)")
    }
    var questions: [Question] = []
    for value in try root.required("questions").elements() {
      try value.allowOnly(["row", "question"])
      let row = try value.required("row")
      guard let known = index[try row.words()] else {
        throw row.error("\(try row.words()) is no row of \(catalogue)", remedy: index.near(try row.words()))
      }
      guard !questions.contains(where: { $0.row == known.id }) else {
        throw row.error("\(known.id) is asked twice", remedy: "keep one question for a row")
      }
      let text = try value.required("question").localized()
      questions.append(Question(row: known.id, text: LocalizedText(ja: oneLine(text.ja), en: oneLine(text.en))))
    }
    guard !questions.isEmpty else {
      throw root.error("there are no questions", remedy: "write some, or remove the file")
    }
    self.questions = questions
  }

  public func question(_ row: String) -> Question? { questions.first { $0.row == row } }
}
