/// What the kernel said of the clock from which a run's times come (adjtimex(2)). How far it was really off can only be told by
/// another clock.
public struct ClockState: Hashable, Sendable, Codable {
  /// A time service keeps it (no STA_UNSYNC).
  public let synchronised: Bool
  /// What it is still to be corrected by, in nanoseconds; 0 where nothing keeps it.
  public let offsetNanoseconds: Int64
  /// The bound of its error in microseconds, as the time service or the kernel estimates it.
  public let maximumErrorMicroseconds: Int64

  public init(synchronised: Bool, offsetNanoseconds: Int64, maximumErrorMicroseconds: Int64) {
    self.synchronised = synchronised
    self.offsetNanoseconds = offsetNanoseconds
    self.maximumErrorMicroseconds = maximumErrorMicroseconds
  }

  /// For people and for `bag-info.txt`.
  public var description: String {
    guard synchronised else { return "system clock, kept by no time service" }
    return "system clock, kept by a time service; offset \(offsetNanoseconds) ns, error at most "
      + "\(maximumErrorMicroseconds) us"
  }
}
