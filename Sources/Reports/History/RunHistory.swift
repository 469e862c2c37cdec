public import RunComparison

/// What is known of the runs before this one.
public struct RunHistory: Hashable, Sendable {
  /// Whence it is known.
  public enum Source: Hashable, Sendable {
    /// The sealed pack: whoever has it makes the same page.
    case pack
    /// A history file that is in no pack, when the page was made.
    case file
  }

  public let source: Source
  /// The runs up to this one, oldest first.
  public let trend: RunTrend?
  /// From the run before to this one.
  public let difference: DifferenceDocument?

  public init(source: Source, trend: RunTrend?, difference: DifferenceDocument?) {
    self.source = source
    self.trend = trend
    self.difference = difference
  }
}
