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
