/// How many frames the way to a device and back loses, from probes whose end is known.
///
/// An answered probe proves that the tries before it were lost: the answer names its try.
public struct LossEstimate: Hashable, Sendable {
  /// Frames whose end is known.
  public private(set) var probes = 0
  public private(set) var lost = 0

  public init() {}

  /// A probe was answered at try `number` (0, 1, …).
  public mutating func answered(atTry number: Int) {
    probes += number + 1
    lost += number
  }

  /// What an earlier run measured counts too.
  mutating func restore(probes: Int, lost: Int) {
    self.probes += probes
    self.lost += lost
  }

  /// How many heartbeats in a row have to stay unanswered before it means something: so many that
  /// loss alone does it once in 100,000 times, within limits.
  public var patience: Int {
    let share = probes > 0 ? Double(lost) / Double(probes) : 0
    var chance = share
    var misses = 1
    while misses < 6, misses < HealthGuard.leastPatience || chance > 1e-5 {
      chance *= share
      misses += 1
    }
    return misses
  }

  /// What the loss is below with 95 % confidence. Without loss it is the rule of three (Hanley,
  /// Lippman-Hand 1983); with loss a bound on the Poisson quantile. 1 while nothing is known.
  public var upperBound: Double {
    let lost = Double(lost)
    return min(1, (lost + 2 * lost.squareRoot() + 3) / Double(probes + 3))
  }

  /// The probability that all of so many tries at one port were lost, at most.
  public func missBound(tries: Int) -> Double {
    var bound = 1.0
    for _ in 0..<max(0, tries) { bound *= upperBound }
    return bound
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
    (least...most).first { loss.missBound(tries: $0) <= missBound } ?? most
  }
}
