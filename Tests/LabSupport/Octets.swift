/// Octets written as hexadecimal, blanks ignored, `//` up to the end of the line a comment.
///
/// Golden frames are written this way so that every field has its line and its name.
public func octets(hex text: String) -> [UInt8] {
  var digits: [UInt8] = []
  for line in text.split(separator: "\n") {
    let code = line.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).first ?? ""
    for character in code where character != " " {
      guard let digit = character.hexDigitValue else { preconditionFailure("\(line) is not hexadecimal") }
      digits.append(UInt8(digit))
    }
  }
  precondition(digits.count % 2 == 0, "an octet has two digits")
  return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}

/// A copy of what a span lends.
public func copy(_ span: Span<UInt8>) -> [UInt8] { span.indices.map { span[$0] } }

extension [UInt8] {
  /// Appends a number of `octets` octets in network order.
  mutating func appendBigEndian(_ value: UInt64, octets: Int) {
    for index in (0..<octets).reversed() { append(UInt8(truncatingIfNeeded: value >> (8 * UInt64(index)))) }
  }

  /// Reads a number of `octets` octets in network order.
  func bigEndian(_ offset: Int, octets: Int) -> UInt64 {
    self[offset..<offset + octets].reduce(0) { $0 << 8 | UInt64($1) }
  }
}

/// Sebastiano Vigna's SplitMix64: every test run repeats the same "random" cases.
public struct SeededRandom: RandomNumberGenerator, Sendable {
  private var state: UInt64

  public init(seed: UInt64) { state = seed }

  public mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}
