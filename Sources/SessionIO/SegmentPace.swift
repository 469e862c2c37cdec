internal import Records

/// How fast one connection may make this host send segments to its device.
///
/// The kernel acknowledges what a device sends without asking anybody, so segments are held back where they are
/// caused: a read lets the device send more, a write is a segment itself. After either, the segments that left
/// (the kernel counts them, TCP_INFO) push the next one away by as long as they take at the agreed rate. Nothing
/// is saved up in a pause, so there are no bursts beyond what one read causes.
struct SegmentPace: Hashable, Sendable {
  /// Segments a second that are not planned for: the end of the connection, the last read's excess, and ``slack``.
  private static let spare = 6

  /// Segments that a read may come upon without being put off: the acknowledgement of what it is about to read.
  private static let slack = 2

  private var interval: Duration
  private var owed = MonotonicInstant(nanoseconds: 0)
  /// The most octets of one read.
  private(set) var readOctets: Int

  /// When the next read or write may be.
  var next: MonotonicInstant { owed + interval * -Self.slack }

  /// - Parameter segments: a second at most; 0 for no ceiling.
  init(perSecond segments: Int) {
    interval = Self.interval(segments)
    readOctets = Self.readOctets(segments)
  }

  /// Changes the rate from now on.
  mutating func set(perSecond segments: Int) {
    interval = Self.interval(segments)
    readOctets = Self.readOctets(segments)
  }

  /// - Parameter segments: that left since the last call.
  mutating func charge(_ segments: Int, at now: MonotonicInstant) {
    guard segments > 0 else { return }
    owed = max(owed, now) + interval * segments
  }

  /// A device that sends half-filled segments must not get the whole second's share for one read.
  private static func readOctets(_ segments: Int) -> Int {
    segments > 0 ? min(16_384, max(1024, segments * 200)) : 16_384
  }

  private static func interval(_ segments: Int) -> Duration {
    guard segments > 0 else { return .zero }
    return .seconds(1) / max(1, segments - min(spare, segments / 2))
  }
}
