internal import Documents

/// Words that mark a prompt for a name or a password: an entry of `fingerprints/telnet.yaml`.
///
/// The matching itself is the probe's, without regard to case: of the last line that no line end
/// closes, what stands before a closing `:`, `：` or `>` must end in a stem. A line that ends in
/// `#`, `$` or `%` is a shell and no prompt for a name.
public struct TelnetPrompt: Hashable, Sendable {
  public let id: String
  public let stems: [String]
  public let source: String
  /// Text that must be seen as a prompt.
  public let examples: [String]
  /// Text that must not.
  public let counterexamples: [String]

  static func list(_ document: YAMLValue) throws(DocumentError) -> [TelnetPrompt] {
    try document.allowOnly(["prompts"])
    var result: [TelnetPrompt] = []
    for value in try document.required("prompts").elements() {
      try value.allowOnly(["id", "stems", "source", "examples", "counterexamples"])
      var examples: [String] = []
      for example in try value.required("examples").elements() {
        try example.allowOnly(["text"])
        examples.append(try example.required("text").string())
      }
      result.append(
        TelnetPrompt(
          id: try value.required("id").string(), stems: try value.required("stems").strings(),
          source: try value.required("source").string(), examples: examples,
          counterexamples: try value.required("counterexamples").strings()))
    }
    return result
  }
}
