public import Documents

/// What SSH services are held against: the folder `ssh` of the rule set. It is read only where services are audited.
public struct SSHRules: Hashable, Sendable {
  /// A host key that many devices share: `ssh/known-keys.yaml`.
  public struct KnownKey: Hashable, Sendable {
    /// SHA-256 as OpenSSH prints it, without `SHA256:`.
    public let fingerprint: String
    public let type: String
    /// The devices that have it, as the source names them.
    public let device: String
  }

  /// The guideline whose weak rows make findings.
  public static let baselineID = "iot-baseline"

  /// In order of their ids.
  public let guidelines: [SSHGuideline]
  public let baseline: SSHGuideline
  /// By fingerprint.
  public let knownKeys: [String: KnownKey]
  public let knownKeySource: Check.Source
  public let software: SSHSoftware

  /// Reads the folder of a rule set.
  /// - Throws: ``DocumentError`` for the first fault, or a file that is missing.
  public init(_ store: ProfileStore) throws(DocumentError) {
    try self.init(store.files, in: store.directory)
  }

  init(_ files: [ProfileStore.RuleFile], in directory: String) throws(DocumentError) {
    func document(_ path: String) throws(DocumentError) -> YAMLValue {
      guard let file = files.first(where: { $0.path == path }) else {
        throw DocumentError(
          .missing, file: "\(directory)/\(path)", problem: "the file is missing", remedy: "restore it from the package")
      }
      return try YAMLValue(parsing: file.bytes, file: "\(directory)/\(path)")
    }
    var guidelines: [SSHGuideline] = []
    let folder = "ssh/guidelines/"
    for file in files where file.path.hasPrefix(folder) && file.path.hasSuffix(".yaml") {
      guidelines.append(
        try SSHGuideline(
          try document(file.path), named: String(file.path.dropFirst(folder.count).dropLast(".yaml".count))))
    }
    guard let baseline = guidelines.first(where: { $0.id == Self.baselineID }) else {
      throw DocumentError(
        .missing, file: "\(directory)/\(folder)\(Self.baselineID).yaml", problem: "the file is missing",
        remedy: "restore it from the package")
    }
    self.guidelines = guidelines
    self.baseline = baseline
    (knownKeys, knownKeySource) = try Self.knownKeys(try document("ssh/known-keys.yaml"))
    software = try SSHSoftware(try document("ssh/software.yaml"))
  }

  static func knownKeys(_ document: YAMLValue) throws(DocumentError) -> ([String: KnownKey], Check.Source) {
    try document.allowOnly(["source", "keys"])
    var keys: [String: KnownKey] = [:]
    for value in try document.required("keys").elements() {
      try value.allowOnly(["fingerprint", "type", "device", "file"])
      let key = KnownKey(
        fingerprint: try value.required("fingerprint").string(), type: try value.required("type").string(),
        device: try value.required("device").string())
      // 32 octets in Base64 (RFC 4648 §4) without padding.
      guard key.fingerprint.utf8.count == 43, key.fingerprint.utf8.allSatisfy(isBase64) else {
        throw try value.required("fingerprint").error("expected 43 characters of Base64")
      }
      _ = try value.optional("file")?.string()
      guard keys.updateValue(key, forKey: key.fingerprint) == nil else { throw value.error("the key is given twice") }
    }
    return (keys, try Check.Source(ssh: try document.required("source")))
  }

  private static func isBase64(_ octet: UInt8) -> Bool {
    switch octet {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "+"), UInt8(ascii: "/"):
      true
    default: false
    }
  }

  /// Reads one file of the folder by itself.
  static func readAlone(_ document: YAMLValue, _ path: String, named name: String) throws(DocumentError) {
    switch path {
    case "ssh/known-keys.yaml": _ = try knownKeys(document)
    case "ssh/software.yaml": _ = try SSHSoftware(document)
    default: _ = try SSHGuideline(document, named: name)
    }
  }
}
