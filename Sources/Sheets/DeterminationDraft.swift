public import Documents
internal import Records

/// What a person gave on the command line, before it is understood. Held to the same rules as a line of a file.
public struct DeterminationDraft: Sendable {
  private let texts: [DeterminationColumn: String]
  private let evidence: [String]
  private let files: [Determination.Attachment]

  public init(
    item: String, device: String? = nil, model: String? = nil, phase: String, kind: String, answer: String, by: String,
    at: String, why: String? = nil, evidence: [String] = [], files: [Determination.Attachment] = [],
    expires: String? = nil, compensating: String? = nil
  ) {
    let given: [DeterminationColumn: String?] = [
      .item: item, .device: device, .model: model, .phase: phase, .kind: kind, .answer: answer, .by: by, .at: at,
      .why: why, .expires: expires, .compensating: compensating,
    ]
    texts = given.compactMapValues { $0.flatMap(filled) }
    self.evidence = evidence.map(oneLine)
    self.files = files
  }

  /// - Throws: ``DocumentError`` for the first fault.
  public func entry(_ id: String, _ index: RowIndex) throws(DocumentError) -> Determination {
    func written(_ text: String) -> Written { Written(text: text, file: "command line", line: 1) }
    var fields = DeterminationFields(file: "command line", line: 1)
    fields.values = texts.mapValues(written)
    fields.values[.id] = written(id)
    fields.evidence = evidence.map(written)
    fields.files = files.map { (written($0.path), written($0.digest)) }
    return try fields.determination(index)
  }
}
