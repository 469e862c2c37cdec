public import Records

/// What was sent to a device last: enough to show, after an accident, exactly what came before it.
///
/// Frames are not kept but described; the same octets come out when they are built again, because
/// nothing in a probe is random beyond the run's seed.
struct RecentFrames: Sendable {
  enum Kind: Hashable, Sendable {
    case syn(port: UInt16, try: UInt8)
    case reset(port: UInt16)
    case datagram(place: UInt16)
    case heartbeat
  }

  struct Frame: Hashable, Sendable {
    var at: MonotonicInstant
    var target: UInt32
    var kind: Kind
  }

  static let capacity = 64
  private var frames: [Frame] = []
  private var oldest = 0

  mutating func note(_ kind: Kind, target: Int, at now: MonotonicInstant) {
    let frame = Frame(at: now, target: UInt32(truncatingIfNeeded: target), kind: kind)
    if frames.count < Self.capacity {
      frames.append(frame)
    } else {
      frames[oldest] = frame
      oldest = (oldest + 1) % Self.capacity
    }
  }

  /// Leaves out what was sent to a target whose place will be another's.
  mutating func drop(target: Int) {
    frames = inOrder.filter { $0.target != target }
    oldest = 0
  }

  /// In the order of sending.
  var inOrder: [Frame] { Array(frames[oldest...] + frames[..<oldest]) }
}

/// A frame that was sent, as evidence.
public struct SentFrame: Hashable, Sendable {
  public let at: MonotonicInstant
  public let octets: [UInt8]
}
