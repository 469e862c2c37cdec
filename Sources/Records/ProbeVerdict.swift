/// What a probe found out about one question.
public struct ProbeVerdict: Hashable, Sendable, Codable {
  public enum Result: Hashable, Sendable {
    /// The weakness was shown by what came back.
    case proven
    /// What came back shows that the weakness is not there, on this service and in this way of asking.
    case refuted
    /// Neither; `reason` is a word or two such as `no-answer`, `connection-limit`.
    case inconclusive(reason: String)
  }

  /// The name of the check it feeds, such as `redis.no-auth`.
  public let question: String
  public let result: Result
  /// What was asked and what came back, in words that need no packets: it becomes part of the finding.
  public let basis: LocalizedText

  public init(_ question: String, _ result: Result, basis: LocalizedText) {
    self.question = question
    self.result = result
    self.basis = basis
  }

  private enum Key: String, CodingKey { case question, result, reason, basis }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    question = try container.decode(String.self, forKey: .question)
    basis = try container.decode(LocalizedText.self, forKey: .basis)
    switch try container.decode(String.self, forKey: .result) {
    case "proven": result = .proven
    case "refuted": result = .refuted
    case "inconclusive":
      result = .inconclusive(reason: try container.decodeIfPresent(String.self, forKey: .reason) ?? "")
    case let other:
      throw DecodingError.dataCorruptedError(
        forKey: .result, in: container, debugDescription: "\(other) is no result of a probe")
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(question, forKey: .question)
    try container.encode(result.word, forKey: .result)
    if case .inconclusive(let reason) = result { try container.encode(reason, forKey: .reason) }
    try container.encode(basis, forKey: .basis)
  }
}

extension ProbeVerdict.Result {
  /// `proven`, `refuted` or `inconclusive`.
  public var word: String {
    switch self {
    case .proven: "proven"
    case .refuted: "refuted"
    case .inconclusive: "inconclusive"
    }
  }
}
