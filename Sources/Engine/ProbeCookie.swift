public import Addressing

/// The initial sequence number of a probe: a keyed hash of where it goes. An answer proves by its
/// acknowledgement that it answers a probe of ours (engine.md §6.3).
///
/// It is the same for every try at a port, as it is when any TCP sends a SYN again (RFC 9293 §3.8.1): to a
/// port whose SYN-ACK was lost, a SYN with another number is no repetition but an intruder. Linux
/// resets the half-open connection then (RFC 9293 §3.10.7.4, "fourth, check the SYN bit"), and an open port would pass for
/// a closed one: measured, 2 in 100 at 2 % loss. The try is in the timestamps option instead, which a
/// SYN-ACK echoes (``timestamp(try:)``, RFC 7323 §3.2).
public struct ProbeCookie: Hashable, Sendable {
  /// Tries at one port that are told apart.
  public static let maximumTries = 4

  private let hash: SipHash

  public init(seed: ScanSeed) { hash = seed.cookieHash }

  /// TSval of try `number` (0 … 3).
  @inlinable public static func timestamp(try number: Int) -> UInt32 { UInt32(truncatingIfNeeded: number) + 1 }

  /// The try that an echoed timestamp names; nil when it is none of ours.
  public static func tryNumber(echo: UInt32) -> Int? {
    (1...UInt32(maximumTries)).contains(echo) ? Int(echo) - 1 : nil
  }

  /// What all probes of one device have in common, absorbed once: a probe then costs one block.
  public func prepared(source: IPAddress, target: IPAddress, sourcePort: UInt16) -> Prepared {
    var state = SipHash.State(hash)
    for address in [source, target] {
      state.absorb(address.words.0)
      state.absorb(address.words.1)
    }
    return Prepared(state: state, sourcePort: sourcePort)
  }

  /// The cookies of one device.
  ///
  /// The hashed message is 36 octets: source and target address as 16 octets each, source port, port.
  public struct Prepared: Hashable, Sendable {
    @usableFromInline let state: SipHash.State
    /// The last block without the port: the message's length and the source port.
    @usableFromInline let block: UInt64

    fileprivate init(state: SipHash.State, sourcePort: UInt16) {
      self.state = state
      block = 36 << 56 | UInt64(sourcePort) << 16
    }

    /// The sequence number of a SYN to a port.
    @inlinable @inline(__always) public func sequence(port: UInt16) -> UInt32 {
      UInt32(truncatingIfNeeded: state.finish(last: block | UInt64(port)))
    }

    /// Whether an acknowledgement number answers a probe of ours.
    @inlinable public func isValid(acknowledging acknowledgement: UInt32, port: UInt16) -> Bool {
      isValid(sequence: acknowledgement &- 1, port: port)  // a SYN occupies one number (RFC 9293 §3.4)
    }

    /// The same for a quoted sequence number (ICMP).
    @inlinable public func isValid(sequence: UInt32, port: UInt16) -> Bool { sequence == self.sequence(port: port) }
  }
}

/// 128 bits from which the order of the probes and the cookies follow. Recorded in the pack: with
/// it the same order can be produced again.
public struct ScanSeed: Hashable, Sendable {
  public let high: UInt64
  public let low: UInt64

  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  // Different keys for different uses, so that publishing the order gives no cookie away early.
  var cookieHash: SipHash { SipHash(key0: high ^ 0x636f_6f6b_6965, key1: low) }
  var orderHash: SipHash { SipHash(key0: high ^ 0x6f72_6465_72, key1: low) }
}

extension ScanSeed: CustomStringConvertible {
  /// 32 hexadecimal digits.
  public var description: String {
    [high, low].map { word in
      let digits = String(word, radix: 16)
      return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }.joined()
  }
}
