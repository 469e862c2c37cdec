import FuzzTargets
import LabSupport
import Testing

/// The fuzz targets without a fuzzer: what `Scripts/fuzz` begins with holds, and so does what lies next to it.
@Suite struct FuzzTargetTests {
  /// What makes whole reports of its input, or has the longest seeds, takes its time without optimisation.
  private static let slow: Set = ["packs", "documents", "datagram-replies"]

  @Test(arguments: FuzzTarget.all.map(\.name))
  func `seeds and their neighbours keep every promise`(name: String) throws {
    let target = try #require(FuzzTarget.named(name))
    try target.run([])
    for seed in target.seeds {
      try #require(seed.count <= target.longest)
      do { try target.run(seed) } catch { Issue.record("\(name): \(error); \(seed.prefix(64))") }
    }
    var random = SeededRandom(seed: 2026)
    for turn in 0..<(Self.slow.contains(name) ? 8 : 60) {
      let octets = neighbour(of: target.seeds[turn % target.seeds.count], &random)
      do { try target.run(octets) } catch { Issue.record("\(name): \(error); \(octets)") }
    }
  }

  @Test func `names are unique, and every target has something to begin with`() {
    #expect(Set(FuzzTarget.all.map(\.name)).count == FuzzTarget.all.count)
    for target in FuzzTarget.all { #expect(target.seeds.count { !$0.isEmpty } >= 3, "\(target.name)") }
  }

  /// Octets changed, a piece repeated or left out.
  private func neighbour(of seed: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
    var octets = seed
    for _ in 0..<Int.random(in: 1...4, using: &random) where !octets.isEmpty {
      let at = Int.random(in: 0..<octets.count, using: &random)
      let end = min(octets.count, at + Int.random(in: 1...16, using: &random))
      switch Int.random(in: 0...4, using: &random) {
      case 0: octets[at] = UInt8.random(in: 0...255, using: &random)
      case 1: octets[at] = [0, 0x7f, 0x80, 0xff].randomElement(using: &random) ?? 0
      case 2: octets.removeSubrange(at..<end)
      case 3: octets.insert(contentsOf: octets[at..<end], at: at)
      default: octets[at] ^= 1 << UInt8.random(in: 0...7, using: &random)
      }
    }
    return octets
  }
}
