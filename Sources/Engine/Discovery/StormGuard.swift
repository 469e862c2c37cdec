public import Addressing
public import Records

/// Counts ARP replies by sender and turns away those of a sender that sends too many, before anything is done
/// with them (arp-scan issue 176: one question, a storm of answers).
///
/// What counts as too many grows with our own questions: a router that answers for a whole network (proxy ARP,
/// RFC 1027) gives one reply to each, and some stacks give two.
public struct StormGuard: Sendable {
  public struct Storm: Hashable, Sendable {
    /// nil when there were more senders than the guard keeps apart.
    public let mac: MACAddress?
    public let at: MonotonicInstant
  }

  /// Replies that one sender may send within a second without having been asked.
  public let limit: Int
  /// Replies turned away in all.
  public private(set) var dropped = 0

  /// Senders that are kept apart within a second.
  private let capacity: Int
  private var counts: [MACAddress: Int] = [:]
  private var secondBegan = MonotonicInstant(nanoseconds: .min / 2)
  /// Our questions of this second, and of the one before it, whose answers may still come.
  private var asked = (now: 0, before: 0)
  private var reported: Set<MACAddress?> = []
  private var storms: [Storm] = []

  public init(limit: Int, capacity: Int = 4096) {
    self.limit = limit
    self.capacity = capacity
  }

  /// Takes note of a question of our own, to whomever.
  public mutating func noteQuestion(at now: MonotonicInstant) {
    roll(now)
    asked.now += 1
  }

  /// - Returns: false for a reply to be ignored.
  public mutating func admit(_ sender: MACAddress, at now: MonotonicInstant) -> Bool {
    roll(now)
    let count = counts[sender]
    if count == nil, counts.count >= capacity { return turnAway(nil, at: now) }
    if let count, count >= limit + 2 * (asked.now + asked.before) { return turnAway(sender, at: now) }
    counts[sender] = (count ?? 0) + 1
    return true
  }

  /// The storms that began since the last call, each sender once.
  public mutating func takeStorms() -> [Storm] {
    defer { storms.removeAll() }
    return storms
  }

  private mutating func roll(_ now: MonotonicInstant) {
    let passed = now - secondBegan
    guard passed >= .seconds(1) else { return }
    asked = (0, passed < .seconds(2) ? asked.now : 0)
    secondBegan = now
    counts.removeAll(keepingCapacity: true)
  }

  private mutating func turnAway(_ sender: MACAddress?, at now: MonotonicInstant) -> Bool {
    dropped += 1
    if reported.count <= capacity, reported.insert(sender).inserted { storms.append(Storm(mac: sender, at: now)) }
    return false
  }
}
