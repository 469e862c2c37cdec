import LabSupport
import Probes

/// What an unkind device may send a probe.
enum HostileAnswers {
  /// Octets changed, cut off, repeated or added to.
  static func mutate(_ octets: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
    var result = octets
    for _ in 0..<Int.random(in: 1...3, using: &random) where !result.isEmpty {
      let place = Int.random(in: 0..<result.count, using: &random)
      switch Int.random(in: 0..<6, using: &random) {
      case 0: result.removeSubrange(place...)
      case 1: result.insert(contentsOf: result.prefix(place), at: place)
      case 2: result[place] = [0, 1, 0x7f, 0x80, 0xff][Int.random(in: 0..<5, using: &random)]
      default: result[place] = UInt8.random(in: 0...255, using: &random)
      }
    }
    return result
  }

  /// Feeds 20,000 mutated answers to a probe, four to each run of it.
  /// - Parameters:
  ///   - opening: what comes before the first answer.
  ///   - answers: what a device would say, whole.
  /// - Returns: the first answers after which a run did not end, or went beyond its sheet; nil when all went well.
  static func fell<P: Probe>(
    seed: UInt64, opening: [ProbeEvent] = [], answers: [[UInt8]], _ make: () -> P
  ) -> [[UInt8]]? {
    var random = SeededRandom(seed: seed)
    for _ in 0..<5_000 {
      var bench = ProbeBench(make())
      bench.begin()
      for event in opening { bench.tell(event) }
      let told = (0..<4).map { mutate(answers[$0 % answers.count], &random) }
      for octets in told {
        bench.tell(.received(0, octets))
        if Bool.random(using: &random) { bench.wait() }
      }
      for _ in 0..<24 { bench.wait() }
      guard bench.probe.report != nil, bench.staysWithinSheet() else { return told }
    }
    return nil
  }
}
