/// An instant or a length of time in nanoseconds; instants count from the Unix epoch, as the kernel's receive times do.
typealias Nanoseconds = Int64

extension Nanoseconds {
  static func milliseconds(_ count: Int) -> Nanoseconds { Int64(count) * 1_000_000 }
  static func seconds(_ count: Int) -> Nanoseconds { Int64(count) * 1_000_000_000 }
}

/// Network order (RFC 791 appendix B), for readers that have checked the length before.
extension [UInt8] {
  func number16(at index: Int) -> UInt16 { UInt16(self[index]) << 8 | UInt16(self[index + 1]) }

  func number32(at index: Int) -> UInt32 { UInt32(number16(at: index)) << 16 | UInt32(number16(at: index + 2)) }

  mutating func append16(_ number: UInt16) {
    append(UInt8(number >> 8))
    append(UInt8(number & 0xff))
  }

  mutating func append32(_ number: UInt32) {
    append16(UInt16(number >> 16))
    append16(UInt16(number & 0xffff))
  }

  mutating func put16(_ number: UInt16, at index: Int) {
    self[index] = UInt8(number >> 8)
    self[index + 1] = UInt8(number & 0xff)
  }

  /// The Internet checksum (RFC 1071) over `range`, on top of `start`; 0 over octets that carry their own.
  func checksum(_ range: Range<Int>, from start: UInt32 = 0) -> UInt16 {
    var sum = start
    var index = range.lowerBound
    while index + 1 < range.upperBound {
      sum += UInt32(number16(at: index))
      index += 2
    }
    if index < range.upperBound { sum += UInt32(self[index]) << 8 }
    while sum > 0xffff { sum = sum & 0xffff + sum >> 16 }
    return ~UInt16(sum)
  }
}

/// A MAC or IPv4 address in text as numbers: parts of `radix` between `separator`s. Parts that are no numbers count
/// as 0; the site's own tests hold its addresses.
func octets(of text: String, separator: Character, radix: Int) -> [UInt8] {
  text.split(separator: separator).map { UInt8($0, radix: radix) ?? 0 }
}

/// The sum of a pseudo header's fields (RFC 9293 §3.1, RFC 768).
func pseudoHeaderSum(source: UInt32, destination: UInt32, protocolNumber: UInt8, length: Int) -> UInt32 {
  (source >> 16) + (source & 0xffff) + (destination >> 16) + (destination & 0xffff) + UInt32(protocolNumber)
    + UInt32(length)
}

/// Repeatable random numbers (SplitMix64: Steele, Lea and Flood, 2014): a run with the same seed is the same run.
struct SeededNumbers: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
    return mixed ^ mixed >> 31
  }
}
