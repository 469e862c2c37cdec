extension [UInt8] {
  /// One to four octets changed, and cut anywhere.
  func mutated(using random: inout some RandomNumberGenerator) -> [UInt8] {
    var octets = self
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      guard let place = octets.indices.randomElement(using: &random) else { break }
      octets[place] = UInt8.random(in: 0...255, using: &random)
    }
    return Array(octets.prefix(Int.random(in: 0...octets.count, using: &random)))
  }
}
