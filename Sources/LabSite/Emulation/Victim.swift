/// Where an emulated device's TCP/IP stack is weak. What is nil is not limited.
public struct Victim: Hashable, Sendable {
  /// A hard fault: after it the device answers nothing at all.
  struct SYNDeath: Hashable, Sendable {
    /// Half-open connections to listening ports at the same time.
    var halfOpen: Int
    /// SYNs, to any port, within any second.
    var perSecond: Int
  }

  /// Every connection the stack has room for, half-open ones included.
  struct ConnectionPool: Hashable, Sendable {
    enum Exhaustion: Hashable, Sendable {
      /// SYNs are not answered; all places taken for longer than this counts as a lost service.
      case dropsSYNs(lostAfter: Nanoseconds)
      case restarts
    }

    var size: Int
    /// How long a place stays taken after an orderly close; a reset frees it at once.
    var heldAfterClose: Nanoseconds
    var whenExhausted: Exhaustion
  }

  struct ARPStorm: Hashable, Sendable {
    /// Replies to each request.
    var replies: Int
    /// Unasked replies, from the first request on.
    var perSecond: Int
    var lasts: Nanoseconds
  }

  /// A station that saves power: it misses broadcasts and wakes up late for the rest.
  struct Radio: Hashable, Sendable {
    var broadcastLossPercent: Int
    var delay: ClosedRange<Nanoseconds>
    var seed: UInt64
  }

  /// 255 is what lwIP and its likes send, 64 what Linux does.
  var timeToLive: UInt8 = 64
  var window: UInt16 = 5840
  /// The TCP timestamp clock (RFC 7323 §5.4) in milliseconds when the site is raised; nil: no such option.
  var uptime: UInt32?
  var halfOpenLifetime = Nanoseconds.seconds(75)
  var answersEveryPort = false
  var synDeath: SYNDeath?
  var pool: ConnectionPool?
  /// Half-open connections a listening port can hold; one more, and the program behind it hangs.
  var backlog: Int?
  /// Token buckets of as many tokens as they get each second.
  var resetsPerSecond: Int?
  var unreachablesPerSecond: Int?
  /// IP packets to the device after which it restarts, once.
  var restartsAfterProbes: Int?
  /// How long a restarting device is silent.
  var restartTakes = Nanoseconds.seconds(4)
  var arpStorm: ARPStorm?
  var radio: Radio?

  init() {}
}

/// A limit of answers a second: a bucket of `rate` tokens that is full at first.
struct TokenBucket: Hashable {
  let rate: Int
  private var credit: Nanoseconds
  private var last: Nanoseconds?

  init(rate: Int) {
    self.rate = rate
    credit = .seconds(1)
  }

  mutating func take(at now: Nanoseconds) -> Bool {
    if let last { credit = min(.seconds(1), credit + max(0, now - last)) }
    last = now
    let price = Nanoseconds.seconds(1) / Int64(rate)
    guard credit >= price else { return false }
    credit -= price
    return true
  }
}
