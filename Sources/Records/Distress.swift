/// A device in trouble while it was probed: when, for how long, and under how many frames.
public struct Distress: Hashable, Sendable, Codable {
  /// What it came to.
  public enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
    /// It fell silent, and answered again after it was left alone.
    case recovered
    /// It fell silent, and came back as if it had just been switched on.
    case rebooted
    /// It fell silent and did not come back while it was watched.
    case lost
    /// It went on answering, but much more slowly than before.
    case slow
  }

  public var kind: Kind
  /// Its last answer before.
  public var lastAnswer: Timestamp
  /// From when on it got no more probes.
  public var frozen: Timestamp
  /// Its first answer afterwards; nil when there was none.
  public var ended: Timestamp?
  /// Frames that left for it between ``lastAnswer`` and ``frozen``.
  public var frames: Int

  public init(kind: Kind, lastAnswer: Timestamp, frozen: Timestamp, ended: Timestamp?, frames: Int) {
    self.kind = kind
    self.lastAnswer = lastAnswer
    self.frozen = frozen
    self.ended = ended
    self.frames = frames
  }

  private enum CodingKeys: String, CodingKey { case kind, lastAnswer, frozen, ended, frames }

  // By hand so that "did not come back" is written as null.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(kind, forKey: .kind)
    try container.encode(lastAnswer, forKey: .lastAnswer)
    try container.encode(frozen, forKey: .frozen)
    try container.encode(ended, forKey: .ended)
    try container.encode(frames, forKey: .frames)
  }
}
