public import Documents

/// What TLS services are held against: the folder `tls/guidelines` of the rule set. It is read only where services are audited.
public struct TLSGuidelines: Hashable, Sendable {
  /// Our own, whose deviations are told without being asked for.
  public static let baselineID = "iot-baseline"

  /// The baseline first, then in order of their ids.
  public let all: [TLSGuideline]

  /// Reads the folder of a rule set.
  /// - Throws: ``DocumentError`` for the first fault, or a baseline that is missing.
  public init(_ store: ProfileStore) throws(DocumentError) {
    try self.init(store.files, in: store.directory)
  }

  init(_ files: [ProfileStore.RuleFile], in directory: String) throws(DocumentError) {
    let folder = "tls/guidelines/"
    var all: [TLSGuideline] = []
    for file in files where file.path.hasPrefix(folder) && file.path.hasSuffix(".yaml") {
      let document = try YAMLValue(parsing: file.bytes, file: "\(directory)/\(file.path)")
      all.append(
        try TLSGuideline(document, named: String(file.path.dropFirst(folder.count).dropLast(".yaml".count))))
    }
    guard let baseline = all.first(where: { $0.id == Self.baselineID }) else {
      throw DocumentError(
        .missing, file: "\(directory)/\(folder)\(Self.baselineID).yaml", problem: "the file is missing",
        remedy: "restore it from the package")
    }
    self.all = [baseline] + all.filter { $0.id != Self.baselineID }.sorted { $0.id < $1.id }
  }

  public subscript(id: String) -> TLSGuideline? { all.first { $0.id == id } }
}
