public import Addressing

/// The initial sequence number of a probe: a keyed hash of where it goes, with the number of the
/// try in the low bits. An answer proves by its acknowledgement that it answers a probe of ours,
/// and which try (engine.md §6.3).
public struct ProbeCookie: Hashable, Sendable {
  /// Tries that fit the low bits.
  public static let maximumTries = 4
  @usableFromInline static let tryMask: UInt32 = 3

  private let hash: SipHash

  public init(seed: ScanSeed) { hash = seed.cookieHash }

  /// What all probes of one device have in common, absorbed once: a probe then costs one block.
  public func prepared(source: IPAddress, target: IPAddress, sourcePort: UInt16) -> Prepared {
    var state = SipHash.State(hash)
    for address in [source, target] {
      state.absorb(address.words.0)
      state.absorb(address.words.1)
    }
    return Prepared(state: state, sourcePort: sourcePort)
  }

  /// The sequence number of try `number` (0 … 3) at a port.
  public func sequence(source: IPAddress, sourcePort: UInt16, target: IPAddress, port: UInt16, try number: Int)
    -> UInt32
  {
    prepared(source: source, target: target, sourcePort: sourcePort).sequence(port: port, try: number)
  }

  /// The try that an acknowledgement number answers, nil when it answers no probe of ours.
  public func validTry(
    acknowledging acknowledgement: UInt32, source: IPAddress, sourcePort: UInt16, target: IPAddress, port: UInt16
  ) -> Int? {
    prepared(source: source, target: target, sourcePort: sourcePort)
      .validTry(acknowledging: acknowledgement, port: port)
  }

  /// The same for a quoted sequence number (ICMP).
  public func validTry(
    sequence: UInt32, source: IPAddress, sourcePort: UInt16, target: IPAddress, port: UInt16
  ) -> Int? {
    prepared(source: source, target: target, sourcePort: sourcePort).validTry(sequence: sequence, port: port)
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

    /// The sequence number of try `number` (0 … 3) at a port.
    @inlinable @inline(__always) public func sequence(port: UInt16, try number: Int) -> UInt32 {
      let keyed = UInt32(truncatingIfNeeded: state.finish(last: block | UInt64(port)))
      return keyed & ~ProbeCookie.tryMask | UInt32(truncatingIfNeeded: number) & ProbeCookie.tryMask
    }

    /// The try that an acknowledgement number answers, nil when it answers no probe of ours.
    @inlinable public func validTry(acknowledging acknowledgement: UInt32, port: UInt16) -> Int? {
      validTry(sequence: acknowledgement &- 1, port: port)  // a SYN occupies one number (RFC 9293 §3.4)
    }

    /// The same for a quoted sequence number (ICMP).
    @inlinable public func validTry(sequence: UInt32, port: UInt16) -> Int? {
      let number = Int(sequence & ProbeCookie.tryMask)
      return sequence == self.sequence(port: port, try: number) ? number : nil
    }
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
