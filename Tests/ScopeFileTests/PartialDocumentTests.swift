import Documents
import Testing

/// Documents of which only some topmost keys are read.
@Suite struct PartialDocumentTests {
  private func read(_ text: String, _ keys: Set<String> = ["a", "c"]) throws -> YAMLValue {
    try YAMLValue(parsing: Array(text.utf8), file: "f.yaml", onlyUnder: keys)
  }

  @Test func `what stands under other keys is not looked at, and lines keep their numbers`() throws {
    let value = try read(
      """
      # A comment
      a:
        - one

        - b: two
      b: { this is: [no YAML
      # between
      c: |
        b: text

        # text, too
      d: "*"
      """)
    #expect(try value.pairs().map(\.key) == ["a", "c"])
    #expect(try value.required("a").elements().count == 2)
    #expect(try value.required("c").string() == "b: text\n\n# text, too\n")
    let error = #expect(throws: DocumentError.self) { _ = try value.required("c").elements() }
    #expect(error?.line == 8)
  }

  /// Its alias would have lost what it names; the others do not have their keys at the beginning of a line.
  @Test(arguments: [
    "b: &x [1]\na: *x\n", "{ b: [1], a: [1] }\n", "  b: [1]\n  a: [1]\n", "---\nb: [1]\na: [1]\n",
    "\"b\": [1]\na: [1]\n",
  ])
  func `a file of another shape is read as a whole`(text: String) throws {
    let value = try read(text)
    #expect(try value.pairs().map(\.key) == ["b", "a"])
    #expect(try value.required("a").elements().map { try $0.integer() } == [1])
  }

  @Test func `a list of topmost rows belongs to its key, wherever it stands`() throws {
    let value = try read("b:\n- 1\na:\n- 2\n- 3\n", ["a"])
    #expect(try value.pairs().map(\.key) == ["a"])
    #expect(try value.required("a").elements().map { try $0.integer() } == [2, 3])
  }

  @Test(arguments: [
    ("機器は 応答する", "機器は応答する"), ("機器 A は", "機器 A は"), ("これは\n  長い\n  文", "これは長い文"), ("a b", "a b"),
    ("é è", "éè"), ("機器  は", "機器  は"),
  ])
  func `a folded line of Japanese has no space where it was folded`(text: String, expected: String) throws {
    let value = try YAMLValue(parsing: Array("a: \(text)\n".utf8), file: "f.yaml")
    #expect(try value.required("a").japanese() == expected)
  }
}
