/// How many frames the way to a device and back loses, from probes whose end is known.
///
/// An answered probe proves that the tries before it were lost: the answer names its try. Not so the resets of a
/// device that limits them: it may have withheld those before. Such resets say nothing about the way, and SYN-ACKs,
/// which nobody withholds, speak alone.
public struct LossEstimate: Hashable, Sendable {
  public enum Answer: Hashable, Sendable { case synAck, reset }

  private struct Count: Hashable, Sendable {
    var probes = 0
    var lost = 0

    static func + (left: Self, right: Self) -> Self {
      Self(probes: left.probes + right.probes, lost: left.lost + right.lost)
    }

    /// What the loss is below with 95 % confidence. Without loss it is the rule of three (Hanley,
    /// Lippman-Hand 1983); with loss a bound on the Poisson quantile. 1 while nothing is known.
    var upperBound: Double {
      let lost = Double(lost)
      return min(1, (lost + 2 * lost.squareRoot() + 3) / Double(probes + 3))
    }
  }

  private var synAcks = Count()
  private var resets = Count()

  public init() {}

  /// Frames whose end is known.
  public var probes: Int { counted.probes }
  public var lost: Int { counted.lost }

  /// A probe was answered at try `number` (0, 1, …).
  public mutating func answered(atTry number: Int, by answer: Answer = .synAck) {
    let count = Count(probes: number + 1, lost: number)
    if answer == .synAck { synAcks = synAcks + count } else { resets = resets + count }
  }

  /// The device was found to limit its resets: those so far say nothing.
  mutating func forgetResets() { resets = Count() }

  /// What an earlier run measured counts too.
  mutating func restore(probes: Int, lost: Int) {
    synAcks = synAcks + Count(probes: probes, lost: lost)
  }

  /// How many heartbeats in a row have to stay unanswered before it means something: so many that
  /// loss alone does it once in 100,000 times, within limits.
  public var patience: Int {
    let all = synAcks + resets
    let share = all.probes > 0 ? Double(all.lost) / Double(all.probes) : 0
    var chance = share
    var misses = 1
    while misses < 6, misses < HealthGuard.leastPatience || chance > 1e-5 {
      chance *= share
      misses += 1
    }
    return misses
  }

  private var counted: Count { withholdsResets ? synAcks : synAcks + resets }

  /// Far more tries stay without a reset than without a SYN-ACK, which the way loses alike: three standard
  /// deviations (binomial). It shows a limit also where too little is asked to measure it.
  private var withholdsResets: Bool {
    guard resets.lost > 0, synAcks.probes > 0 else { return false }
    let share = Double(resets.lost) / Double(resets.probes)
    let expected = Double(synAcks.probes) * share
    return Double(synAcks.lost) + 3 * (expected * (1 - share)).squareRoot() < expected
  }

  /// What the loss is below with 95 % confidence; 1 while nothing is known.
  public var upperBound: Double { counted.upperBound }

  /// The probability that all of so many tries at one open port were lost, at most.
  public func missBound(tries: Int) -> Double { Self.power(upperBound, tries) }

  /// The same when withheld resets count as lost: a closed port that is to be told from a silent one has to be
  /// asked again for either reason.
  func missBoundOfAnyAnswer(tries: Int) -> Double { Self.power((synAcks + resets).upperBound, tries) }

  private static func power(_ base: Double, _ exponent: Int) -> Double {
    var product = 1.0
    for _ in 0..<max(0, exponent) { product *= base }
    return product
  }
}

/// How often a silent port is asked before silence is believed.
public struct TryPolicy: Hashable, Sendable {
  public var least: Int
  public var most: Int
  /// Enough tries are those after which a single open port was missed with at most this probability.
  public var missBound: Double

  /// - Parameter most: at most the tries that a cookie can name.
  public init(least: Int = 2, most: Int = ProbeCookie.maximumTries, missBound: Double = 1e-5) {
    self.least = max(1, least)
    self.most = min(max(least, most), ProbeCookie.maximumTries)
    self.missBound = missBound
  }

  /// The tries that a device's loss calls for.
  public func tries(for loss: LossEstimate) -> Int {
    (least...most).first { loss.missBoundOfAnyAnswer(tries: $0) <= missBound } ?? most
  }
}
