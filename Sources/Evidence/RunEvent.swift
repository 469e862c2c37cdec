public import Records

/// Something that happened in a run: one line of `data/run.jsonl`.
public struct RunEvent<Fields: Encodable> {
  /// What happened, such as `device.found`.
  public let type: String
  public let at: Timestamp
  /// A value that encodes as a JSON object. Its members join the line; `seq`, `prev`, `at` and `type` are the
  /// line's own and win over members of these names.
  public let fields: Fields

  public init(type: String, at: Timestamp, fields: Fields) {
    self.type = type
    self.at = at
    self.fields = fields
  }
}

/// No members beyond those that every event has.
public struct NoFields: Encodable, Sendable {
  public init() {}
}

extension RunEvent where Fields == NoFields {
  public init(type: String, at: Timestamp) { self.init(type: type, at: at, fields: NoFields()) }
}

extension RunEvent: Sendable where Fields: Sendable {}

/// An event with its number and the digest of the line before it, as it stands in the file.
struct RunLine<Fields: Encodable>: Encodable {
  let sequence: Int
  let previous: String
  let event: RunEvent<Fields>

  private enum Key: String, CodingKey {
    case sequence = "seq"
    case previous = "prev"
    case at, type
  }

  func encode(to encoder: any Encoder) throws {
    try event.fields.encode(to: encoder)
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(sequence, forKey: .sequence)
    try container.encode(previous, forKey: .previous)
    try container.encode(event.at, forKey: .at)
    try container.encode(event.type, forKey: .type)
  }
}
