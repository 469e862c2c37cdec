internal import Records
internal import RunComparison

/// Time from left to right, over the runs of a trend: what was not looked at for a while is as wide as it was long.
struct TimeAxis {
  static let labels = 150
  static let width = 780
  /// Room for the figure behind a row.
  static let right = 84

  let from: Int64
  let to: Int64

  /// nil for fewer than two moments.
  init?(_ points: [RunTrend.Point]) {
    guard let first = points.first?.started.nanoseconds, let last = points.last?.started.nanoseconds, last > first,
      // Centuries, as only a made-up file can have them.
      !last.subtractingReportingOverflow(first).overflow
    else { return nil }
    (from, to) = (first, last)
  }

  /// The pixel of a moment; what lies outside is put at the edge.
  func x(_ moment: Timestamp) -> Int {
    let inside = min(max(moment.nanoseconds, from), to)
    return Self.labels + Int(Double(inside - from) / Double(to - from) * Double(Self.width))
  }

  /// Begin, end, and three moments between.
  var ticks: [Timestamp] { (0...4).map { Timestamp(nanoseconds: from + (to - from) / 4 * Int64($0)) } }

  /// Between one run and the next, usually: half of them follow faster. In nanoseconds; nil for fewer than three runs.
  static func interval(_ points: [RunTrend.Point]) -> Int64? {
    let lengths = zip(points, points.dropFirst()).map { $1.started.nanoseconds - $0.started.nanoseconds }.sorted()
    return lengths.count > 1 ? lengths[(lengths.count - 1) / 2] : nil
  }

  /// Stretches without a run: where the next one came much later than runs usually follow on each other.
  static func gaps(_ points: [RunTrend.Point]) -> [(from: Timestamp, to: Timestamp)] {
    guard let usual = interval(points) else { return [] }
    return zip(points, points.dropFirst()).map { (from: $0.started, to: $1.started) }.filter {
      ($0.to.nanoseconds - $0.from.nanoseconds) / 7 > usual / 4
    }
  }
}
