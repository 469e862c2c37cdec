/// Octets that are the same for the same seed, and look like chance (SplitMix64).
/// - Parameter count: a multiple of eight.
func seededOctets(_ seed: UInt64, count: Int) -> [UInt8] {
  var state = seed
  return (0..<count / 8).flatMap { _ -> [UInt8] in
    state &+= 0x9e37_79b9_7f4a_7c15
    var word = state
    word = (word ^ word >> 30) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ word >> 27) &* 0x94d0_49bb_1331_11eb
    word ^= word >> 31
    return (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * UInt64($0))) }
  }
}

extension ProbeTarget {
  /// 96 octets for a hello of TLS, others for each connection.
  func helloOctets(on channel: ProbeChannel) -> [UInt8] {
    seededOctets(seed ^ (UInt64(truncatingIfNeeded: channel) &* 0xd134_2543_de82_ef95), count: 96)
  }
}
