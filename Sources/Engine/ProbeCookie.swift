public import Addressing

/// The initial sequence number of a probe: a keyed hash of where it goes, with the number of the
/// try in the low bits. An answer proves by its acknowledgement that it answers a probe of ours,
/// and which try (engine.md §6.3).
public struct ProbeCookie: Hashable, Sendable {
  /// Tries that fit the low bits.
  public static let maximumTries = 4
  private static let tryMask: UInt32 = 3

  private let hash: SipHash

  public init(seed: ScanSeed) { hash = seed.cookieHash }

  /// The sequence number of try `number` (0 … 3) at a port.
  public func sequence(source: IPv4Address, sourcePort: UInt16, target: IPv4Address, port: UInt16, try number: Int)
    -> UInt32
  {
    let addresses = UInt64(source.rawValue) << 32 | UInt64(target.rawValue)
    let ports = UInt64(sourcePort) << 16 | UInt64(port)
    let keyed = UInt32(truncatingIfNeeded: hash.hash(addresses, ports))
    return keyed & ~Self.tryMask | UInt32(number) & Self.tryMask
  }

  /// The try that an acknowledgement number answers, nil when it answers no probe of ours.
  public func validTry(
    acknowledging acknowledgement: UInt32, source: IPv4Address, sourcePort: UInt16, target: IPv4Address, port: UInt16
  ) -> Int? {
    let sequence = acknowledgement &- 1  // a SYN occupies one number (RFC 9293 §3.4)
    return validTry(sequence: sequence, source: source, sourcePort: sourcePort, target: target, port: port)
  }

  /// The same for a quoted sequence number (ICMP).
  public func validTry(
    sequence: UInt32, source: IPv4Address, sourcePort: UInt16, target: IPv4Address, port: UInt16
  ) -> Int? {
    let number = Int(sequence & Self.tryMask)
    let expected = self.sequence(source: source, sourcePort: sourcePort, target: target, port: port, try: number)
    return sequence == expected ? number : nil
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
