public import Documents
public import WiFi

/// What networks are held against: the folder `wifi` of the rule set. It is read only where networks are judged.
public struct WiFiRules: Hashable, Sendable {
  /// Names that makers give: `wifi/default-ssids.yaml`.
  public let names: WiFiDefaultNames
  /// By pattern, where it comes from.
  public let sources: [String: Check.Source]

  static let path = "wifi/default-ssids.yaml"

  /// Reads the folder of a rule set.
  /// - Throws: ``DocumentError`` for the first fault, or the file that is missing.
  public init(_ store: ProfileStore) throws(DocumentError) {
    try self.init(store.files, in: store.directory)
  }

  init(_ files: [ProfileStore.RuleFile], in directory: String) throws(DocumentError) {
    guard let file = files.first(where: { $0.path == Self.path }) else {
      throw DocumentError(
        .missing, file: "\(directory)/\(Self.path)", problem: "the file is missing",
        remedy: "restore it from the package")
    }
    try self.init(try YAMLValue(parsing: file.bytes, file: "\(directory)/\(Self.path)"))
  }

  init(_ document: YAMLValue) throws(DocumentError) {
    try document.allowOnly(["sources", "names"])
    var known: [String: Check.Source] = [:]
    for value in try document.required("sources").elements() {
      try value.allowOnly(["id", "title", "url", "retrieved"])
      let source = Check.Source(
        title: try value.required("title").string(), url: try value.optional("url")?.string(),
        retrieved: try value.optional("retrieved")?.string())
      guard known.updateValue(source, forKey: try value.required("id").string()) == nil else {
        throw value.error("the source is given twice")
      }
    }
    var names: [WiFiDefaultName] = []
    var sources: [String: Check.Source] = [:]
    for value in try document.required("names").elements() {
      let (name, source) = try Self.name(value, known)
      guard sources.updateValue(source, forKey: name.pattern.text) == nil else {
        throw value.error("the pattern is given twice")
      }
      names.append(name)
    }
    self.names = WiFiDefaultNames(names)
    self.sources = sources
  }

  private static func name(
    _ value: YAMLValue, _ known: [String: Check.Source]
  ) throws(DocumentError) -> (WiFiDefaultName, Check.Source) {
    try value.allowOnly(["pattern", "kind", "maker", "source"])
    let (pattern, kind, source) = (
      try value.required("pattern"), try value.required("kind"), try value.required("source")
    )
    guard let read = WiFiNamePattern(try pattern.string()) else {
      throw pattern.error("expected three characters of its own at least, 32 at most, and * only at the end")
    }
    guard let kindRead = WiFiDefaultName.Kind(rawValue: try kind.string()) else {
      throw kind.error("expected default or setup")
    }
    guard let origin = known[try source.string()] else { throw source.error("no source of this file has this id") }
    return (WiFiDefaultName(read, kindRead, maker: try value.required("maker").string()), origin)
  }
}
