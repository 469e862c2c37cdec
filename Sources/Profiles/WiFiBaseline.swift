public import Documents
public import Records

/// What Wi-Fi networks are held against: a file of `wifi/baselines`. It is compared with what was heard; nothing is sent for it.
public struct WiFiBaseline: Hashable, Sendable {
  /// What a row asks.
  public enum Demand: Hashable, Sendable {
    /// The network's protection is one of these (`security` of its JSON).
    case levels([String])
    /// Each of its pairwise ciphers is one of these.
    case pairwise([String])
    /// Its group cipher is one of these.
    case group([String])
    /// Its protection of management frames is one of these.
    case managementProtection([String])
    /// None of these findings is made.
    case without([String])
  }

  public struct Row: Hashable, Sendable {
    public let id: String
    public let title: LocalizedText
    public let demand: Demand
    /// Where it is said, or `own judgement`.
    public let source: String
    public let why: LocalizedText
  }

  public let id: String
  public let title: LocalizedText
  public let source: Check.Source
  public let rows: [Row]
  /// Checks whose finding is told and deviates from nothing.
  public let information: [String]

  /// Whether a finding of this check deviates.
  public func forbids(_ check: String) -> Bool {
    rows.contains { if case .without(let checks) = $0.demand { checks.contains(check) } else { false } }
  }

  /// Reads `wifi/baselines/<id>.yaml`.
  /// - Throws: ``DocumentError`` for a key that is unknown, a row with no demand or several, a check that is named twice.
  public init(_ document: YAMLValue, named name: String) throws(DocumentError) {
    try document.allowOnly(["id", "title", "source", "rows", "information"])
    id = try document.required("id").string()
    guard id == name else {
      throw try document.required("id").error("the id \(id) differs from the file's name \(name)")
    }
    title = try document.required("title").localized()
    source = try Check.Source(ssh: try document.required("source"))
    information = try document.required("information").strings()
    var rows: [Row] = []
    var checks = information
    for value in try document.required("rows").elements() {
      let row = try Row(value)
      guard !rows.contains(where: { $0.id == row.id }) else { throw value.error("two rows are called \(row.id)") }
      rows.append(row)
      if case .without(let more) = row.demand { checks += more }
    }
    if let twice = checks.first(where: { name in checks.count { $0 == name } > 1 }) {
      throw document.error("\(twice) is named twice")
    }
    self.rows = rows
  }

  /// Reads one of a rule set.
  /// - Throws: ``DocumentError``, also where there is none of this id, with those that are.
  public static func named(_ id: String, in store: ProfileStore) throws(DocumentError) -> WiFiBaseline {
    let folder = "wifi/baselines/"
    let files = store.files.filter { $0.path.hasPrefix(folder) && $0.path.hasSuffix(".yaml") }
    guard let file = files.first(where: { $0.path == "\(folder)\(id).yaml" }) else {
      let known = files.map { $0.path.dropFirst(folder.count).dropLast(".yaml".count) }.joined(separator: ", ")
      throw DocumentError(
        .missing, file: "\(store.directory)/\(folder)\(id).yaml", problem: "there is no Wi-Fi profile named \(id)",
        remedy: "use one of \(known)")
    }
    return try WiFiBaseline(try YAMLValue(parsing: file.bytes, file: "\(store.directory)/\(file.path)"), named: id)
  }
}

extension WiFiBaseline.Row {
  fileprivate init(_ value: YAMLValue) throws(DocumentError) {
    let demands: [(String, ([String]) -> WiFiBaseline.Demand)] = [
      ("levels", { .levels($0) }), ("pairwise", { .pairwise($0) }), ("group", { .group($0) }),
      ("managementProtection", { .managementProtection($0) }), ("without", { .without($0) }),
    ]
    try value.allowOnly(Set(demands.map(\.0)).union(["id", "title", "source", "why"]))
    id = try value.required("id").string()
    title = try value.required("title").localized()
    source = try value.required("source").string()
    why = try value.required("why").localized()
    var demand: WiFiBaseline.Demand?
    for (key, make) in demands {
      guard let list = try value.optional(key) else { continue }
      let names = try list.strings()
      guard demand == nil, !names.isEmpty else {
        throw list.error("a row demands one thing, and names at least one value")
      }
      demand = make(names)
    }
    guard let demand else { throw value.error("the row demands nothing") }
    self.demand = demand
  }
}
