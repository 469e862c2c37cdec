public import Documents
public import Records

/// What a document, or this program's own baseline, says of algorithms of SSH: a file of `ssh/guidelines`. It is held against what a
/// service showed; nothing is sent for it.
public struct SSHGuideline: Hashable, Sendable {
  /// The lists of SSH_MSG_KEXINIT that are judged (RFC 4253 §7.1).
  public enum Kind: String, Hashable, Sendable, CaseIterable { case keyExchange, hostKey, encryption, mac }

  public enum Level: String, Hashable, Sendable, CaseIterable {
    /// A service that lists it has a weakness.
    case weak
    /// On its way out; told, and no weakness.
    case aging
    /// Known, and nothing is said against it.
    case accepted
  }

  public struct Row: Hashable, Sendable {
    /// A name at whose end `*` stands for anything.
    public let names: [String]
    public let level: Level
    /// The level where the list has no accepted name beside it.
    public let alone: Level?
    /// In the document's own word: `SHOULD NOT`.
    public let term: String?
    public let why: LocalizedText?
    /// Where it is said.
    public let source: String
    /// Somebody has read it there. What follows from another row is an open question.
    public let isVerified: Bool

    public func names(_ name: String) -> Bool {
      names.contains { $0.last == "*" ? name.hasPrefix($0.dropLast()) : $0 == name }
    }
  }

  /// From how many bits on a key or a group is no weakness.
  public struct Size: Hashable, Sendable {
    /// The key's type; nil for groups.
    public let type: String?
    public let below: Int
    public let source: String
    public let isVerified: Bool
  }

  public let id: String
  public let title: LocalizedText
  public let source: Check.Source
  public let rows: [Kind: [Row]]
  public let keys: [Size]
  public let groups: Size?

  /// The row of a name; nil where the document says nothing.
  public func row(_ name: String, _ kind: Kind) -> Row? { rows[kind]?.first { $0.names(name) } }

  /// The least size for a type of host key.
  public func leastSize(of type: String) -> Size? { keys.first { $0.type == type } }

  /// Reads `ssh/guidelines/<id>.yaml`.
  /// - Throws: ``DocumentError`` for a key that is unknown, a name that has two rows of a list, a row without source.
  public init(_ document: YAMLValue, named name: String) throws(DocumentError) {
    try document.allowOnly(
      Set(Kind.allCases.map(\.rawValue)).union(["id", "title", "source", "groups", "keys"]))
    id = try document.required("id").string()
    guard id == name else {
      throw try document.required("id").error("the id \(id) differs from the file's name \(name)")
    }
    title = try document.required("title").localized()
    source = try Check.Source(ssh: try document.required("source"))
    var rows: [Kind: [Row]] = [:]
    for kind in Kind.allCases {
      guard let list = try document.optional(kind.rawValue) else { continue }
      var seen: Set<String> = []
      for value in try list.elements() {
        let row = try Row(value)
        for name in row.names where !seen.insert(name).inserted { throw value.error("\(name) has two rows") }
        rows[kind, default: []].append(row)
      }
    }
    self.rows = rows
    var keys: [Size] = []
    for value in try document.optional("keys")?.elements() ?? [] {
      let size = try Size(value, ofKeys: true)
      guard !keys.contains(where: { $0.type == size.type }) else { throw value.error("the type has two rows") }
      keys.append(size)
    }
    self.keys = keys
    groups = try document.optional("groups").map { value throws(DocumentError) in try Size(value, ofKeys: false) }
  }
}

extension SSHGuideline.Row {
  fileprivate init(_ value: YAMLValue) throws(DocumentError) {
    try value.allowOnly(["names", "level", "alone", "term", "why", "source", "verified"])
    let names = try value.required("names").strings()
    guard !names.isEmpty, Set(names).count == names.count else {
      throw try value.required("names").error("at least one name, and each once")
    }
    if let name = names.first(where: { $0.dropLast().contains("*") || $0 == "*" || $0.contains(",") }) {
      throw try value.required("names").error("\(name): * stands at the end of a name alone")
    }
    self.names = names
    level = try value.required("level").choice(SSHGuideline.Level.self)
    alone = try value.optional("alone").map { value throws(DocumentError) in
      try value.choice(SSHGuideline.Level.self)
    }
    term = try value.optional("term")?.string()
    why = try value.optional("why")?.localized()
    source = try value.required("source").string()
    isVerified = try value.optional("verified")?.boolean() ?? true
  }
}

extension SSHGuideline.Size {
  fileprivate init(_ value: YAMLValue, ofKeys: Bool) throws(DocumentError) {
    try value.allowOnly(["type", "below", "source", "verified"])
    guard try (value.optional("type") != nil) == ofKeys else {
      throw value.error(ofKeys ? "the key type is missing" : "groups have no type")
    }
    type = try value.optional("type")?.string()
    below = try value.required("below").integer()
    guard (256...16_384).contains(below) else { throw try value.required("below").error("expected a number of bits") }
    source = try value.required("source").string()
    isVerified = try value.optional("verified")?.boolean() ?? true
  }
}

extension Check.Source {
  init(ssh value: YAMLValue) throws(DocumentError) {
    try value.allowOnly(["title", "url", "retrieved"])
    self.init(
      title: try value.required("title").string(), url: try value.optional("url")?.string(),
      retrieved: try value.optional("retrieved")?.string())
  }
}
