internal import Authority
public import Documents
public import Profiles
internal import Records

/// Published pairs, as malware carries them, or an owner's own: what ``Technique/credentialList`` tries, most likely first.
public struct CredentialList: Hashable, Sendable {
  /// `published`, or the name of the owner's file.
  public let id: String
  public let transports: [LoginTransport]
  public let pairs: [CredentialPair]
  /// Empty for an owner's own.
  public let sources: [CredentialProfile.Source]

  /// Nobody has published it.
  public var isOwners: Bool { sources.isEmpty }

  /// What one device is asked at most.
  public static let mostPairs = 600

  /// The list as a profile: how the device is logged in to, and from how many failures it locks, is what is known of it.
  /// - Parameter known: the profile of the device's own pairs.
  public func profile(like known: CredentialProfile?) -> CredentialProfile {
    CredentialProfile(
      id: "list/\(id)", family: LocalizedText(ja: "一覧", en: "list"), rules: [], transports: transports,
      telnet: known?.telnet ?? TelnetRecipe(), http: known?.http ?? HTTPRecipe(),
      snmp: known?.snmp ?? .version2c, proof: known?.proof ?? .answer,
      pairs: pairs, threshold: known?.threshold ?? .unknown, confidence: .low, sources: sources)
  }
}

extension CredentialList {
  /// Reads a file of Profiles/credential-lists.
  /// - Throws: ``DocumentError`` with file, line and remedy for the first fault found.
  public init(parsing octets: [UInt8], file: String) throws(DocumentError) {
    let document = try YAMLValue(parsing: octets, file: file)
    try document.allowOnly(["id", "transports", "pairs", "sources"])
    id = try document.required("id").string()
    transports = try document.required("transports").each { value throws(DocumentError) in
      try value.choice(LoginTransport.self)
    }
    let list = try document.required("pairs")
    pairs = try list.each(CredentialPair.init)
    guard (1...Self.mostPairs).contains(pairs.count) else {
      throw list.error("it has \(pairs.count) pairs", remedy: "keep the 1 to \(Self.mostPairs) likeliest")
    }
    guard Set(pairs).count == pairs.count else { throw list.error("a pair is given twice") }
    guard !pairs.contains(where: { $0.formula != nil }) else {
      throw list.error("a list is the same for every device", remedy: "write derive in the profile of a family")
    }
    let sources = try document.required("sources")
    self.sources = try sources.each(CredentialProfile.Source.init)
    guard !self.sources.isEmpty else { throw sources.error("a published list has a source") }
  }

  /// Reads an owner's own list: a line a pair, `name:password`, UTF-8; empty lines and those that begin with `#` are left
  /// out. A name holds no colon; either may be empty.
  public init(lines octets: [UInt8], file: String) throws(DocumentError) {
    func fault(_ line: Int, _ problem: String, _ remedy: String) -> DocumentError {
      DocumentError(.content, file: file, line: line, problem: problem, remedy: remedy)
    }
    var pairs: [CredentialPair] = []
    var known: Set<CredentialPair> = []
    for (index, line) in octets.split(separator: 0x0a, omittingEmptySubsequences: false).enumerated() {
      let line = line.last == 0x0d ? line.dropLast() : line
      guard !line.isEmpty, line.first != UInt8(ascii: "#") else { continue }
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")),
        let account = String(validating: line[..<colon], as: UTF8.self),
        String(validating: line, as: UTF8.self) != nil, !line.contains(where: { $0 < 0x20 || $0 == 0x7f })
      else { throw fault(index + 1, "the line is no pair", "write name:password, in UTF-8") }
      let pair = CredentialPair(account: account, secret: Secret(Array(line[line.index(after: colon)...])))
      guard known.insert(pair).inserted else { throw fault(index + 1, "the pair stands there twice", "take one out") }
      pairs.append(pair)
      guard pairs.count <= Self.mostPairs else {
        throw fault(index + 1, "the list has more than \(Self.mostPairs) pairs", "keep the likeliest")
      }
    }
    guard !pairs.isEmpty else { throw fault(1, "the list has no pair", "write a line name:password for each") }
    self.init(
      id: file.split(separator: "/").last.map(String.init) ?? file, transports: [.telnet, .ssh], pairs: pairs,
      sources: [])
  }
}

extension CredentialList {
  /// The list of the rule set.
  public init(_ store: ProfileStore) throws(DocumentError) {
    let path = "credential-lists/published.yaml"
    guard let file = store.files.first(where: { $0.path == path }) else {
      throw DocumentError(
        .reference, file: "\(store.directory)/\(path)", problem: "the list is not there",
        remedy: "name the folder of a whole rule set")
    }
    try self.init(parsing: file.bytes, file: "\(store.directory)/\(path)")
  }
}
