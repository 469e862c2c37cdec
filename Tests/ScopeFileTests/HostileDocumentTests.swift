import Documents
import LabSupport
import Testing

/// YAML that somebody wrote to do harm.
@Suite struct HostileDocumentTests {
  private func problem(_ text: String) -> DocumentError? {
    do throws(DocumentError) {
      _ = try YAMLValue(parsing: Array(text.utf8), file: "f.yaml")
      return nil
    } catch {
      return error
    }
  }

  /// Each level names the one before ten times; as a key, the last one would be compared word by word: 10⁹ words.
  @Test func `aliases that multiply are refused`() throws {
    var text = "l0: &l0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1...9 {
      text +=
        "l\(level): &l\(level) [" + [String](repeating: "*l\(level - 1)", count: 10).joined(separator: ", ") + "]\n"
    }
    #expect(problem(text + "? *l9\n: 1\n")?.code == .syntax)
  }

  @Test(arguments: ["a: &a [1, 2]\nb: *a\nc: [*a, *a]\n", "a: \"* b *c\"\nd: x*y*z\n"])
  func `a few aliases, and stars in text, are read`(text: String) {
    #expect(problem(text) == nil)
    // As many stars as one likes where they are text.
    #expect(problem("a: \"" + String(repeating: "x*y", count: 50) + "\"") == nil)
  }

  /// In base 60 (YAML 1.1) these are beyond any number, or what nobody meant.
  @Test(arguments: [
    "77777777777770:777777777770:77777777777777777:777777777777777770", "190:20:30", "1_000", "99999999999999999999",
    "0x",
    "1.0", "one", "[1]",
  ])
  func `numbers are decimal or hexadecimal, and of bounded size`(text: String) throws {
    let value = try YAMLValue(parsing: Array("a: \(text)\nb: 42\nc: 0x1f\nd: -7\n".utf8), file: "f.yaml")
    let error = #expect(throws: DocumentError.self) { _ = try value.required("a").integer() }
    #expect(error?.problem.contains("whole number") == true && error?.line == 1)
    #expect(try ["b", "c", "d"].map { try value.required($0).integer() } == [42, 31, -7])
  }

  /// libyaml itself goes 1000 levels deep.
  @Test(arguments: ["[", "- ", "{a: ", "? "])
  func `depth without end is refused`(opening: String) {
    #expect(problem(String(repeating: opening, count: 20_000))?.code == .syntax)
  }

  @Test func `a complaint is short and nothing in it acts on a terminal`() throws {
    let key = "\u{1b}[2J\u{202e}" + String(repeating: "k", count: 100_000)
    let escaped = "? \"\\e[2J\\u202e" + String(repeating: "k", count: 100_000) + "\"\n: 1"
    let root = try YAMLValue(parsing: Array(escaped.utf8), file: "f.yaml")
    let error = #expect(throws: DocumentError.self) { try root.allowOnly(["a"]) }
    #expect(error?.problem.contains(key) == true)
    let shown = error.map { "\($0)" } ?? ""
    #expect(shown.hasPrefix("f.yaml:1: unknown key ?[2J?k") && shown.utf8.count < 5000)
    #expect(shown.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x202e })
  }
}
