public import Records

/// A notice that one channel has not got yet, as it is kept.
public struct OutboxItem: Hashable, Sendable, Codable {
  public let channel: String
  public let notice: Notice
  /// When it was first to be sent.
  public let since: Timestamp
  public var attempts: Int
  /// Not to be tried before.
  public var notBefore: Timestamp
  /// The receiver does not take it; only `tenken notices flush --refused` tries again.
  public var isRefused: Bool
  public var problem: String

  public init(_ notice: Notice, channel: String, since: Timestamp) {
    self.channel = channel
    self.notice = notice
    self.since = since
    attempts = 0
    notBefore = since
    isRefused = false
    problem = ""
  }

  /// The same for the same notice and channel, so that nothing is kept twice.
  public var fileName: String { "\(notice.id).\(channel).json" }

  public static let most = 200
  public static let oldest = Duration.seconds(14 * 86_400)

  /// What has no place in the outbox any more: what is too old, and the oldest of what is too many.
  public static func surplus(_ items: [OutboxItem], now: Timestamp) -> [OutboxItem] {
    let sorted = items.sorted { ($0.since, $0.fileName) < ($1.since, $1.fileName) }
    let stale = sorted.filter { now - $0.since > oldest }
    let rest = sorted.dropFirst(stale.count)
    return stale + rest.prefix(max(0, rest.count - most))
  }
}
