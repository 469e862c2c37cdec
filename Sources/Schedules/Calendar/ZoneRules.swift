public import Records

/// When which offset from UTC holds. Rules of time zones change by law, so that the system's are asked.
public protocol ZoneRules {
  /// Seconds east of UTC at a moment.
  func offset(at moment: Timestamp) -> Int
}

/// Always the same offset.
public struct FixedZone: ZoneRules, Sendable {
  public let seconds: Int

  public init(seconds: Int) { self.seconds = seconds }

  public func offset(at moment: Timestamp) -> Int { seconds }
}

extension ZoneRules {
  /// The moment at which clocks of the zone show a time; the first of two, and nil where they skip it.
  /// - Parameter local: seconds since 1970-01-01T00:00:00 by those clocks.
  func moment(local: Int) -> Timestamp? {
    // No zone lies further than a day from UTC, and none changes twice within two days.
    let candidates = Set([-86_400, 0, 86_400].map { offset(at: Timestamp(seconds: local + $0)) })
    let moments = candidates.map { Timestamp(seconds: local - $0) }.filter { $0.seconds + offset(at: $0) == local }
    return moments.min()
  }
}

extension Timestamp {
  init(seconds: Int) { self.init(nanoseconds: Int64(seconds) * 1_000_000_000) }

  /// Whole seconds since 1970, rounded down.
  var seconds: Int { Int(nanoseconds).flooredQuotient(1_000_000_000) }
}
