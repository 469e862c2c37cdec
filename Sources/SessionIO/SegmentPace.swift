internal import Records

/// How fast one connection may make this host send segments to its device.
///
/// The kernel acknowledges what a device sends without asking anybody, so segments are held back where they are
/// caused: a read lets the device send more, a write is a segment itself. After either, the segments that left
/// (the kernel counts them, TCP_INFO) push the next one away by as long as they take at the agreed rate. Nothing
/// is saved up in a pause, so there are no bursts beyond what one read causes; and a read waits until the last
/// second has room for what it causes, because a device that fills its window at once, and asks again and again
/// whether there is room, has been acknowledged before the first read.
struct SegmentPace: Hashable, Sendable {
  /// The SYN and the ACK of a connection's beginning: they are the budget's, not the conversation's. Everything else
  /// counts, also what the kernel acknowledged before this program saw that the connection is open: the segments of
  /// a device that speaks first, each by itself, because delaying them could not be asked for yet.
  static let handshake = 2

  /// Segments a second that are not planned for: the end of the connection, the last read's excess, and ``slack``.
  private static let spare = 6

  /// Segments that a read may come upon without being put off: the acknowledgement of what it is about to read.
  private static let slack = 2

  private struct Charge: Hashable, Sendable {
    let at: MonotonicInstant
    let segments: Int
  }

  private var interval: Duration
  /// Segments that the last second may hold when a read begins; nil without a ceiling.
  private var planned: Int?
  /// What left in the last second, oldest first.
  private var recent: [Charge] = []
  private var owed = MonotonicInstant(nanoseconds: 0)
  /// The most octets of one read.
  private(set) var readOctets: Int

  /// When the next read or write may be.
  var next: MonotonicInstant { max(owed + interval * -Self.slack, roomAt) }

  /// When the second before it holds no more than what is planned for.
  private var roomAt: MonotonicInstant {
    var excess = recent.reduce(0) { $0 + $1.segments } - (planned ?? .max)
    guard excess > 0 else { return MonotonicInstant(nanoseconds: 0) }
    for charge in recent {
      excess -= charge.segments
      if excess <= 0 { return charge.at + .seconds(1) }
    }
    return MonotonicInstant(nanoseconds: 0)
  }

  /// - Parameter segments: a second at most; 0 for no ceiling.
  init(perSecond segments: Int) {
    planned = Self.planned(segments)
    interval = Self.interval(planned)
    readOctets = Self.readOctets(segments)
  }

  /// Changes the rate from now on.
  mutating func set(perSecond segments: Int) {
    planned = Self.planned(segments)
    interval = Self.interval(planned)
    readOctets = Self.readOctets(segments)
  }

  /// - Parameter segments: that left since the last call.
  mutating func charge(_ segments: Int, at now: MonotonicInstant) {
    guard segments > 0 else { return }
    owed = max(owed, now) + interval * segments
    guard planned != nil else { return }
    recent.removeAll { now - $0.at >= .seconds(1) }
    recent.append(Charge(at: now, segments: segments))
  }

  /// A device that sends half-filled segments must not get the whole second's share for one read.
  private static func readOctets(_ segments: Int) -> Int {
    segments > 0 ? min(16_384, max(1024, segments * 200)) : 16_384
  }

  private static func planned(_ segments: Int) -> Int? {
    segments > 0 ? max(1, segments - min(spare, segments / 2)) : nil
  }

  private static func interval(_ planned: Int?) -> Duration { planned.map { .seconds(1) / $0 } ?? .zero }
}
