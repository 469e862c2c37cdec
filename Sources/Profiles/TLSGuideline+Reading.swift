public import Documents
internal import Records
internal import Wire

extension TLSGuideline {
  /// Reads `tls/guidelines/<id>.yaml`.
  /// - Throws: ``DocumentError`` for a key, version, suite, group or other name that is unknown, an id that is given twice, a row
  ///   without source or without the word whether somebody has verified it.
  public init(_ document: YAMLValue, named name: String) throws(DocumentError) {
    try document.allowOnly(["id", "title", "source", "notCompared", "rows"])
    id = try document.required("id").string()
    guard id == name else {
      throw try document.required("id").error("the id \(id) differs from the file's name \(name)")
    }
    title = try document.required("title").localized()
    let origin = try document.required("source")
    try origin.allowOnly(["title", "url", "edition", "retrieved"])
    source = Check.Source(
      title: try origin.required("title").string(), url: try origin.optional("url")?.string(),
      retrieved: try origin.optional("retrieved")?.string())
    edition = try origin.required("edition").string()
    notCompared = try document.optional("notCompared")?.localized()
    let list = try document.required("rows")
    var rows: [Row] = []
    for value in try list.elements() {
      let row = try Row(value)
      guard !rows.contains(where: { $0.id == row.id }) else { throw value.error("the id \(row.id) is given twice") }
      rows.append(row)
    }
    guard !rows.isEmpty else { throw list.error("at least one row") }
    self.rows = rows
  }
}

extension TLSGuideline.Row {
  private static let common: Set<String> = ["id", "title", "term", "source", "verified", "why"]
  private static let kinds: Set<String> = Set(TLSGuideline.Feature.allCases.map(\.rawValue)).union([
    "versions", "suites", "picks", "keyExchange", "certificate",
  ])

  fileprivate init(_ value: YAMLValue) throws(DocumentError) {
    try value.allowOnly(Self.common.union(Self.kinds))
    id = try value.required("id").string()
    guard id.wholeMatch(of: /[a-z][a-z0-9.-]*/) != nil else {
      throw try value.required("id").error("an id has small letters, digits, dots and hyphens")
    }
    title = try value.required("title").localized()
    term = try value.required("term").string()
    source = try value.required("source").string()
    isVerified = try value.required("verified").boolean()
    why = try value.optional("why")?.localized()
    let kind = try value.only(of: Self.kinds)
    rule = try TLSGuideline.Rule(kind.key, kind.value)
  }
}

extension TLSGuideline.Rule {
  fileprivate init(_ key: String, _ value: YAMLValue) throws(DocumentError) {
    switch key {
    case "versions": self = try Self.versions(value)
    case "suites": self = try Self.suites(value)
    case "picks":
      try value.allowOnly(["forbidden"])
      self = .pickForbidden(try value.required("forbidden").members(TLSGuideline.Family.self))
    case "keyExchange": self = try Self.keyExchange(value)
    case "certificate": self = try Self.certificate(value)
    default: self = try Self.feature(key, value)
    }
  }

  private static func versions(_ value: YAMLValue) throws(DocumentError) -> Self {
    try value.allowOnly(["required", "oneOf", "allowed", "forbidden"])
    let (key, list) = try value.only(of: ["required", "oneOf", "allowed", "forbidden"])
    let versions = try list.versions()
    return switch key {
    case "required": .versionsRequired(versions)
    case "oneOf": .versionsOneOf(versions)
    case "allowed": .versionsAllowed(versions)
    default: .versionsForbidden(versions)
    }
  }

  private static func suites(_ value: YAMLValue) throws(DocumentError) -> Self {
    try value.allowOnly(["allowed", "forbidden", "in"])
    let (key, list) = try value.only(of: ["allowed", "forbidden"])
    let place = try value.required("in")
    let versions = try place.versions()
    guard key == "allowed" else { return .familiesForbidden(try list.members(TLSGuideline.Family.self), in: versions) }
    let suites = try list.named("suite") { name in CipherSuite(named: name)?.rawValue }
    return .suitesAllowed(suites, in: versions)
  }

  private static func keyExchange(_ value: YAMLValue) throws(DocumentError) -> Self {
    try value.allowOnly(["leastDHBits", "leastCurveBits", "groups"])
    let (key, bound) = try value.only(of: ["leastDHBits", "leastCurveBits", "groups"])
    switch key {
    case "leastDHBits": return .leastDHBits(try bound.number(512...16_384))
    case "leastCurveBits": return .leastCurveBits(try bound.number(160...640))
    default:
      return .groupsAllowed(
        try bound.named("group") { name in TLSNames.groups.first { $0.name == name }?.number })
    }
  }

  private static func certificate(_ value: YAMLValue) throws(DocumentError) -> Self {
    let kinds: Set<String> = ["keys", "curves", "forbiddenHashes", "signatures", "longestDays"]
    try value.allowOnly(kinds)
    let (key, bound) = try value.only(of: kinds)
    switch key {
    case "keys": return .keys(try keys(bound))
    case "curves": return .keyCurves(try bound.named("curve") { TLSNames.keyCurves.contains($0) ? $0 : nil })
    case "forbiddenHashes": return .hashesForbidden(try bound.members(TLSGuideline.Hash.self))
    case "signatures":
      return .signaturesAllowed(try bound.named("signature") { TLSNames.signatures.contains($0) ? $0 : nil })
    default: return .longestDays(try bound.number(1...36_500))
    }
  }

  private static func keys(_ value: YAMLValue) throws(DocumentError) -> [TLSGuideline.KeyType: Int] {
    try value.allowOnly(Set(TLSGuideline.KeyType.allCases.map(\.rawValue)))
    var keys: [TLSGuideline.KeyType: Int] = [:]
    for type in TLSGuideline.KeyType.allCases {
      guard let bits = try value.optional(type.rawValue) else { continue }
      // Ed25519 and Ed448 have one size each (RFC 8032 §5).
      if type == .ed25519 || type == .ed448 {
        guard try bits.string() == "any" else { throw bits.error("\(type.rawValue) has one size: write any") }
        keys[type] = 0
      } else {
        keys[type] = try bits.number(128...16_384)
      }
    }
    guard !keys.isEmpty else { throw value.error("at least one kind of key") }
    return keys
  }

  private static func feature(_ key: String, _ value: YAMLValue) throws(DocumentError) -> Self {
    guard let feature = TLSGuideline.Feature(rawValue: key) else { throw value.error("unknown kind of row \(key)") }
    let must = feature == .compression ? "forbidden" : "required"
    guard try value.string() == must else { throw value.error("\(key) can only be \(must)") }
    return .feature(feature, feature != .compression)
  }
}

extension YAMLValue {
  /// The one of these keys that is there.
  fileprivate func only(of keys: Set<String>) throws(DocumentError) -> (key: String, value: YAMLValue) {
    let present = try pairs().filter { keys.contains($0.key) }
    let known = keys.sorted().joined(separator: ", ")
    guard let first = present.first, present.count == 1 else {
      throw error("expected exactly one of \(known), but it has \(present.count)", remedy: "write one row for each")
    }
    return first
  }

  /// A list of names, each known, each once, at least one.
  fileprivate func named<Member: Hashable>(
    _ what: String, _ find: (String) -> Member?
  ) throws(DocumentError) -> Set<Member> {
    var found: Set<Member> = []
    for element in try elements() {
      let name = try element.string()
      guard let member = find(name) else {
        throw element.error("unknown \(what) \(name)", remedy: "write its name as Docs/Profiles.md says")
      }
      guard found.insert(member).inserted else { throw element.error("\(name) is given twice") }
    }
    guard !found.isEmpty else { throw error("at least one \(what)") }
    return found
  }

  fileprivate func members<Member: RawRepresentable & CaseIterable & Hashable>(
    _ type: Member.Type
  ) throws(DocumentError) -> Set<Member> where Member.RawValue == String {
    var found: Set<Member> = []
    for element in try elements() { found.insert(try element.choice(type)) }
    guard !found.isEmpty else { throw error("at least one of them") }
    return found
  }

  /// Versions as people write them, `TLS 1.2`; in the order of the protocols.
  fileprivate func versions() throws(DocumentError) -> [UInt16] {
    try named("version") { TLSNames.version($0) }.sorted()
  }

  fileprivate func number(_ range: ClosedRange<Int>) throws(DocumentError) -> Int {
    let number = try integer()
    guard range.contains(number) else {
      throw error("expected a number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }
}
