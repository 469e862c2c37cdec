import Engine
import LabSupport
import Testing

struct LossEstimateTests {
  @Test func `an answer proves the tries before it lost`() {
    var loss = LossEstimate()
    #expect(loss.upperBound == 1 && loss.missBound(tries: 4) == 1)
    loss.answered(atTry: 0)
    loss.answered(atTry: 2)
    #expect(loss.probes == 4 && loss.lost == 2)
  }

  @Test func `without loss it is the rule of three`() {
    var loss = LossEstimate()
    for _ in 0..<297 { loss.answered(atTry: 0) }
    // 3 / 300 = 1 %, so two tries miss with 10⁻⁴ at most and three with 10⁻⁶.
    #expect(abs(loss.upperBound - 0.01) < 1e-12)
    #expect(abs(loss.missBound(tries: 2) - 1e-4) < 1e-12)
    #expect(TryPolicy().tries(for: loss) == 3)
  }

  /// The exact binomial tail, summed in another way than the bound: the chance to see so few losses
  /// if the true loss were the bound itself is below 5 %.
  @Test(arguments: [(100, 0), (100, 4), (1000, 1), (1000, 40), (5000, 200)])
  func `the bound leaves less than 5 per cent of the probability`(probes: Int, lost: Int) {
    var loss = LossEstimate()
    for _ in 0..<probes - lost * 2 { loss.answered(atTry: 0) }
    for _ in 0..<lost { loss.answered(atTry: 1) }
    #expect(loss.probes == probes && loss.lost == lost)
    let bound = loss.upperBound
    var term = 1.0
    for _ in 0..<probes { term *= 1 - bound }
    var tail = 0.0
    for number in 0...lost {
      tail += term
      term *= Double(probes - number) / Double(number + 1) * bound / (1 - bound)
    }
    #expect(tail < 0.055)
    #expect(bound > Double(lost) / Double(probes))
  }

  @Test func `tries grow with loss between their limits`() {
    func tries(_ share: Int, _ policy: TryPolicy = TryPolicy()) -> Int {
      var loss = LossEstimate()
      for index in 0..<100_000 { loss.answered(atTry: index % 1000 < share ? 1 : 0) }
      return policy.tries(for: loss)
    }
    #expect(tries(0) == 2)
    #expect(tries(5) == 3)
    #expect(tries(40) == 4)
    #expect(tries(400) == 4)
    #expect(tries(400, TryPolicy(least: 1, most: 2)) == 2)
    // 3 / 100,003 is more than 10⁻⁵ and less than 10⁻⁴.
    #expect(tries(0, TryPolicy(least: 1, most: 2)) == 2)
    #expect(tries(0, TryPolicy(least: 1, most: 2, missBound: 1e-4)) == 1)
    #expect(TryPolicy(least: 9, most: 20).most == ProbeCookie.maximumTries)
  }

  @Test func `resets that come far later than SYN-ACKs are withheld, not lost`() {
    var loss = LossEstimate()
    for _ in 0..<7 { loss.answered(atTry: 0) }
    for number in 0..<4 { for _ in 0..<3 { loss.answered(atTry: number, by: .reset) } }
    // 18 of 30 resets late: 0.6 of 7 SYN-ACKs would be 4.2 ± 1.3, and it was none.
    #expect(loss.probes == 7 && loss.lost == 0)
    #expect(abs(loss.missBound(tries: 2) - 0.09) < 1e-12)  // (3 / 10)²
    // Whether withheld or lost, the ports want their four tries.
    #expect(TryPolicy().tries(for: loss) == 4)

    var lossy = LossEstimate()
    for number in 0..<2 { for _ in 0..<5 { lossy.answered(atTry: number) } }
    for number in 0..<2 { for _ in 0..<50 { lossy.answered(atTry: number, by: .reset) } }
    #expect(lossy.probes == 165 && lossy.lost == 55)

    var withoutOpenPorts = LossEstimate()
    for _ in 0..<9 { withoutOpenPorts.answered(atTry: 2, by: .reset) }
    #expect(withoutOpenPorts.lost == 18, "nothing tells a limit from a loss")
  }

  @Test func `heartbeats may miss as often as loss explains`() {
    func patience(_ share: Int) -> Int {
      var loss = LossEstimate()
      for index in 0..<1000 { loss.answered(atTry: index % 1000 < share ? 1 : 0) }
      return loss.patience
    }
    #expect(LossEstimate().patience == 3)
    #expect(patience(0) == 3)
    // 1 % cubed is 10⁻⁶; 4 % to the fourth 2.6 × 10⁻⁶; 10 % to the fifth 10⁻⁵.
    #expect(patience(10) == 3)
    #expect(patience(40) == 4)
    #expect(patience(100) == 5)
    #expect(patience(900) == 6)
  }

  @Test func `the stated bound holds in 99 of 100 seeded runs`() {
    // Each run: 400 open ports, loss p each way, tries by the policy as the estimate grows pass by pass.
    // The bound speaks of one port; a run fails when it missed more ports than bound × ports + 3 √ explains.
    var failures = 0
    var missed = 0
    for seed in 0..<300 {
      var random = SeededRandom(seed: UInt64(seed))
      let perMille = 5 + random.next() % 60
      var loss = LossEstimate()
      var unknown = 400
      var tries = 0
      while tries < TryPolicy().tries(for: loss) {
        var still = 0
        for _ in 0..<unknown {
          if random.next() % 1000 < perMille || random.next() % 1000 < perMille {
            still += 1
          } else {
            loss.answered(atTry: tries)
          }
        }
        unknown = still
        tries += 1
      }
      let bound = loss.missBound(tries: tries) * 400
      if Double(unknown) > bound + 3 * bound.squareRoot() { failures += 1 }
      missed += unknown
    }
    #expect(failures <= 3, "\(failures)")
    #expect(missed < 300 * 400 / 1000)
  }
}
