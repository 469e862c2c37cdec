import LabSupport
import Probes
import Records

extension ProbeBench {
  /// Tells the probe `answer`, changed in up to four places and cut anywhere, 20,000 times over, and lets it wait.
  /// - Returns: the first octets after which it did not come to an end, went beyond its sheet, or said more than `most`
  ///   things; nil when there are none.
  func firstHarmful(
    _ answer: [UInt8], on channel: ProbeChannel = 0, seed: UInt64, most: Int, rounds: Int = 20_000
  ) -> [UInt8]? {
    var random = SeededRandom(seed: seed)
    for _ in 0..<rounds {
      var octets = answer
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        octets[Int.random(in: 0..<octets.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      octets.removeLast(
        Int.random(in: 0...2, using: &random) == 0 ? Int.random(in: 0..<octets.count, using: &random) : 0)
      var bench = self
      bench.tell(.received(channel, octets))
      for _ in 0..<6 { bench.wait() }
      bench.tell(.ended(channel, .closed))
      if bench.probe.report == nil || !bench.staysWithinSheet() || bench.sent.count > most { return octets }
    }
    return nil
  }

  func result(_ question: String) -> ProbeVerdict.Result? {
    probe.report?.verdicts.first { $0.question == question }?.result
  }
}
