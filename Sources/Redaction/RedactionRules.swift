public import Documents
internal import Records

/// All rules of Profiles/redaction, and the words by which people's names are known.
public struct RedactionRules: Sendable {
  public private(set) var rules: [RedactionRule] = []
  /// Between an owner and his device, in small letters, the longest first; `isOwner` where it says that somebody owns it.
  private(set) var connectors: [(octets: [UInt8], isOwner: Bool)] = []
  /// Words before a kind of device that name nobody, such as `mini`.
  private(set) var commonWords: Set<String> = []
  /// Family and given names as they are written in host names, in small letters.
  private(set) var romanNames: Set<String> = []
  /// The same in kanji and kana.
  private(set) var nativeNames: [String] = []

  public init() {}

  /// Reads a file of rules or of names and adds what it says.
  /// - Throws: ``DocumentError`` naming file and line.
  public mutating func read(parsing octets: [UInt8], file: String) throws(DocumentError) {
    let root = try YAMLValue(parsing: octets, file: file)
    try root.allowOnly(["rules", "connectors", "commonWords", "romanNames", "nativeNames", "source"])
    for value in try root.optional("rules")?.elements() ?? [] {
      let rule = try RedactionRule(value)
      guard !rules.contains(where: { $0.id == rule.id }) else {
        throw value.error("there is another rule \(rule.id)", remedy: "give each rule its own id")
      }
      rules.append(rule)
    }
    for value in try root.optional("connectors")?.elements() ?? [] {
      try value.allowOnly(["text", "owner"])
      connectors.append(
        (Array(try value.required("text").string().utf8.map(folded)), try value.required("owner").boolean()))
    }
    connectors.sort { $0.octets.count > $1.octets.count }
    commonWords.formUnion(try root.optional("commonWords")?.strings() ?? [])
    romanNames.formUnion(try root.optional("romanNames")?.strings().map { $0.lowercased() } ?? [])
    nativeNames += try root.optional("nativeNames")?.strings() ?? []
    nativeNames.sort { ($1.utf8.count, $0) < ($0.utf8.count, $1) }
  }
}
