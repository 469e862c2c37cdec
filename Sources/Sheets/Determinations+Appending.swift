internal import Documents
internal import Inventory
public import Records
internal import Reports

extension Determinations {
  /// The octets of a YAML file with entries added at its end. What is there stays as it is, comments included.
  /// - Throws: ``SheetProblems`` for a file that does not say what it said, and the new entries, when they are added: a list in
  ///   braces, or one that is not the last thing of the file.
  public static func appending(
    _ new: [Determination], toYAML octets: [UInt8], file: String, index: RowIndex
  ) throws(SheetProblems) -> [UInt8] {
    let old = try Determinations(parsing: octets, file: file, index: index)
    var text = String(decoding: octets, as: UTF8.self)
    if !text.isEmpty, !text.hasSuffix("\n") { text += "\n" }
    var starts = [text]
    if old.entries.isEmpty {
      starts = [
        text.replacing(/(?m)^determinations:[ \t]*\[[ \t]*\][ \t]*$/, with: "determinations:"),
        text + "determinations:\n",
      ]
    }
    for start in starts {
      for indent in [2, 0, 4] {
        let candidate = Array((start + new.map { $0.yaml(indent: indent) }.joined()).utf8)
        if let read = try? Determinations(parsing: candidate, file: file, index: index), read.says(old.entries + new) {
          return candidate
        }
      }
    }
    throw SheetProblems([
      DocumentError(
        .content, file: file, problem: "nothing can be added at the end of the file",
        remedy: "make determinations: the last key, with one entry below the other, each beginning with \"- \"")
    ])
  }

  /// The same for CSV: the columns stay in their order; the file becomes UTF-8 with a byte order mark.
  public static func appending(
    _ new: [Determination], toCSV text: String, file: String, index: RowIndex, language: Language
  ) throws(SheetProblems) -> [UInt8] {
    let old = try Determinations(csv: text, file: file, index: index)
    let table = try DeterminationTable(text, file: file)
    let lacking = Set(new.flatMap(table.lacks)).sorted { $0.rawValue < $1.rawValue }
    guard lacking.isEmpty else {
      let names = lacking.map { "\($0.rawValue) (\($0.heading.ja))" }.joined(separator: ", ")
      throw SheetProblems([
        DocumentError(
          .content, file: file, line: 1, problem: "the file has no column \(names), which the entry needs",
          remedy: "add the heading")
      ])
    }
    var octets = CSVWriting.byteOrderMark + Array(text.utf8)
    if octets.last != 0x0a, octets.last != 0x0d { octets += [0x0d, 0x0a] }
    for entry in new { octets += table.line(entry, language) }
    let written = String(decoding: octets.dropFirst(CSVWriting.byteOrderMark.count), as: UTF8.self)
    guard try Determinations(csv: written, file: file, index: index).says(old.entries + new) else {
      throw SheetProblems([
        DocumentError(.content, file: file, problem: "the entry cannot be written as a line", remedy: "use a YAML file")
      ])
    }
    return octets
  }

  /// Says the same, wherever it stands.
  func says(_ other: [Determination]) -> Bool {
    entries.map { $0.withSource("") } == other.map { $0.withSource("") }
  }
}
