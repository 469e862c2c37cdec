internal import Checklist
internal import Documents
internal import Inventory
internal import Records

/// A vendor's sheet that came back.
public struct VendorReply: Hashable, Sendable {
  /// One for each answered line, in file order: what the vendor says, on which a person still has to decide.
  public let answers: [Determination]
  /// Lines without an answer.
  public let unanswered: Int

  /// - Parameters:
  ///   - text: the CSV.
  ///   - attachment: the file that came back, by which an answer can be proven.
  ///   - earlier: what is there already; its numbers go on, and a file that was imported before is refused.
  /// - Throws: ``SheetProblems`` with everything that is wrong, line by line; then nothing is taken.
  public init(
    parsing text: String, file: String, attachment: Determination.Attachment, phase: Phase, earlier: Determinations,
    index: RowIndex
  ) throws(SheetProblems) {
    let rows = try Self.rows(text, file)
    var problems: [DocumentError] = []
    var answers: [Determination] = []
    var unanswered = 0
    var seen: [String: Int] = [:]
    for row in rows {
      do throws(DocumentError) {
        guard let answer = try row.answer(index, &seen) else {
          unanswered += 1
          continue
        }
        let entry = answer.determination(attachment, phase, id: Self.id(earlier, answers.count))
        if let twin = earlier.entries.first(where: { $0.isTwin(of: entry) }) {
          throw row.error(
            "the answer was imported before, as \(twin.id)", "import only what is new, or correct \(twin.id) by hand")
        }
        answers.append(entry)
      } catch {
        problems.append(error)
      }
    }
    if problems.isEmpty, answers.isEmpty {
      problems = [
        DocumentError(
          .content, file: file, problem: "no line has an answer", remedy: "fill in the answers and import it again")
      ]
    }
    guard problems.isEmpty else { throw SheetProblems(problems) }
    self.answers = answers
    self.unanswered = unanswered
  }

  private static func id(_ earlier: Determinations, _ count: Int) -> String {
    let first = Int(earlier.nextID.dropFirst(4)) ?? 1
    let digits = String(first + count)
    return "DET-" + String(repeating: "0", count: max(0, 3 - digits.count)) + digits
  }

  private static func rows(_ text: String, _ file: String) throws(SheetProblems) -> [ReplyRow] {
    var rows: [[CSVText.Cell]]
    do throws(LedgerProblem) { rows = try CSVText(parsing: text, file: file).rows } catch {
      throw SheetProblems([DocumentError(error)])
    }
    let columns = rows.isEmpty ? [] : rows.removeFirst().map { VendorColumn(heading: $0.text) }
    let needed: [VendorColumn] = [.question, .maker, .model, .firmware, .answer, .answeredBy, .date]
    let missing = needed.filter { !columns.contains($0) }
    guard missing.isEmpty else {
      let names = missing.map { "\($0.heading.ja) (\($0.heading.en))" }.joined(separator: ", ")
      throw SheetProblems([
        DocumentError(
          .content, file: file, line: 1, problem: "no column \(names)",
          remedy: "import the file that tenken checklist vendor-sheet export wrote, its first line unchanged")
      ])
    }
    return rows.map { ReplyRow(cells: $0, columns: columns, file: file) }
  }
}

extension Determination {
  fileprivate func isTwin(of other: Determination) -> Bool {
    kind == .vendorAnswer && (item, model, phase, why) == (other.item, other.model, other.phase, other.why)
      && files.map(\.digest) == other.files.map(\.digest)
  }
}

private struct ReplyRow {
  let cells: [CSVText.Cell]
  let columns: [VendorColumn?]
  let file: String

  private subscript(column: VendorColumn) -> String {
    guard let place = columns.firstIndex(of: column), place < cells.count else { return "" }
    return filled(Guarded.text(cells[place].text)) ?? ""
  }

  func error(_ problem: String, _ remedy: String) -> DocumentError {
    DocumentError(.content, file: file, line: cells.first?.line, problem: problem, remedy: remedy)
  }

  struct Answer {
    let row: ChecklistRow
    let product: ModelName
    let text: String
    let by: String
    let at: Day
    let document: String
    let source: String

    func determination(_ attachment: Determination.Attachment, _ phase: Phase, id: String) -> Determination {
      let why = document.isEmpty ? text : "\(text) [文書/document: \(document)]"
      return Determination(
        id: id, item: row.id, model: product.description, phase: phase, kind: .vendorAnswer, answer: .undecided, by: by,
        at: at, why: why, files: [attachment], source: source)
    }
  }

  /// nil for a line without an answer.
  func answer(_ index: RowIndex, _ seen: inout [String: Int]) throws(DocumentError) -> Answer? {
    guard cells.count <= columns.count else {
      throw error(
        "the line has \(cells.count) cells, and there are \(columns.count) headings",
        "put an answer with a comma between quotation marks")
    }
    let id = self[.question]
    guard let row = VendorQuestionID.row(of: id, index) else {
      throw error("\(quoted(id)) is no question of ours", "restore the question id from the sheet that was sent")
    }
    let product = ModelName(maker: self[.maker], model: self[.model], firmware: self[.firmware])
    guard VendorQuestionID(row: row.id, product: product).description == id else {
      throw error(
        "\(id) was asked for another product than \(product)",
        "restore question id, maker, model and firmware from the sheet that was sent; an answer for other firmware goes into "
          + "the answer's text")
    }
    if let line = seen[id] {
      throw error("\(id) is answered twice; first on line \(line)", "keep one of the two lines")
    }
    seen[id] = cells.first?.line ?? 0
    guard !self[.answer].isEmpty else {
      guard self[.document].isEmpty else {
        throw error("\(id) names a document and no answer", "write in the answer what the document says")
      }
      return nil
    }
    guard !self[.answeredBy].isEmpty else {
      throw error("\(id) does not say who answered", "write a name and company under answered by (回答者)")
    }
    guard let day = Day(self[.date]) else {
      throw error("\(id): \(quoted(self[.date])) is no day", "write year, month and day under date (回答日): 2026-11-30")
    }
    return Answer(
      row: row, product: product, text: self[.answer], by: self[.answeredBy], at: day, document: self[.document],
      source: "\(file):\(cells.first?.line ?? 0)")
  }
}
