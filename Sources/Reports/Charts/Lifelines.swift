internal import Addressing
internal import Records
internal import RunComparison

/// Since when and until when devices were seen: a line each.
struct Lifelines {
  /// Devices that the picture has room for.
  static let most = 40
  static let row = 18
  static let top = 26
  /// Devices that the table has room for.
  static let listed = 1000

  struct Life {
    let sighting: RunTrend.Sighting
    /// It was not there from the first run on.
    let isLater: Bool
    /// A run that came to its end did not see it any more.
    let isUnseen: Bool
    /// Runs from the first to the last that saw it.
    let among: Int
    /// Of those, runs that came to their end and did not see it.
    let hasHoles: Bool

    /// What came or went is the most telling, then what was away.
    var rank: Int { isUnseen || isLater ? 0 : hasHoles ? 1 : 2 }

    /// When it came or went.
    var event: Timestamp { isUnseen ? sighting.last : sighting.first }
  }

  let lives: [Life]

  init(_ trend: RunTrend) {
    let newest = trend.points.last { !$0.partial }?.started
    let first = trend.points.first?.started
    let starts = trend.points.map(\.started)
    let whole = trend.points.filter { !$0.partial }.map(\.started)
    lives = trend.sightings.map { sighting in
      // Both lists are sorted; a site may have thousands of devices.
      func count(_ moments: [Timestamp]) -> Int {
        max(0, moments.places { $0 <= sighting.last } - moments.places { $0 < sighting.first })
      }
      return Life(
        sighting: sighting, isLater: first.map { sighting.first > $0 } ?? false,
        isUnseen: newest.map { sighting.last < $0 } ?? false, among: count(starts),
        hasHoles: sighting.runs < count(whole))
    }
  }

  /// The most telling ones, in the order in which they came.
  var drawn: [Life] {
    let telling = lives.sorted {
      // The latest first.
      ($0.rank, $1.event, $0.sighting.device) < ($1.rank, $0.event, $1.sighting.device)
    }
    return telling.prefix(Self.most).sorted {
      ($0.sighting.first, $0.sighting.last, $0.sighting.device) < (
        $1.sighting.first, $1.sighting.last, $1.sighting.device
      )
    }
  }

  func page(_ axis: TimeAxis, words: Words, day: (Timestamp) -> String) -> ReportModel.Page {
    let drawn = drawn
    let bottom = Self.top + drawn.count * Self.row + 6
    return [
      "width": TimeAxis.labels + TimeAxis.width + TimeAxis.right, "height": bottom,
      "ticks": axis.ticks.map { moment in
        ["x": axis.x(moment), "top": Self.top - 6, "height": bottom - 4, "text": day(moment)] as ReportModel.Page
      },
      "rows": drawn.enumerated().map { picture($1, $0, axis) },
      "drawn": words.filled(.lifelinesDrawn, "\(drawn.count) / \(Shown.number(lives.count))"),
      "isCut": lives.count > drawn.count,
    ]
  }

  private func picture(_ life: Life, _ place: Int, _ axis: TimeAxis) -> ReportModel.Page {
    let sighting = life.sighting
    let middle = Self.top + place * Self.row + Self.row / 2
    let (start, end) = (axis.x(sighting.first), axis.x(sighting.last))
    let edge = TimeAxis.labels + TimeAxis.width
    var page: ReportModel.Page = [
      "name": shortened(Self.name(sighting), 21), "baseline": middle + 4,
      "line": "M\(start) \(middle)H\(max(end, start + 1))",
      "hasHoles": life.hasHoles, "value": "\(sighting.runs) / \(life.among)", "valueX": edge + 8,
    ]
    if life.isLater { page["came"] = [["x": start, "y": middle]] as [ReportModel.Page] }
    if life.isUnseen { page["went"] = [["path": "M\(end - 4) \(middle - 4)l8 8m0 -8l-8 8"]] as [ReportModel.Page] }
    // Since then only runs that did not come to their end.
    if !life.isUnseen, end < edge { page["open"] = [["path": "M\(end) \(middle)H\(edge)"]] as [ReportModel.Page] }
    return page
  }

  func table(words: Words, day: (Timestamp) -> String) -> [ReportModel.Page] {
    lives.sorted { left, right in
      let (one, other) = (left.sighting.address, right.sighting.address)
      return one == other ? left.sighting.device < right.sighting.device : isLower(one, other)
    }.prefix(Self.listed)
      .map { life in
        var notes: [String] = []
        if life.isLater { notes.append(words[.lifeLater]) }
        if life.isUnseen { notes.append(words[.lifeUnseen]) }
        return [
          "address": life.sighting.address?.description ?? "–", "id": life.sighting.device.rawValue,
          "first": day(life.sighting.first), "last": day(life.sighting.last),
          "runs": "\(life.sighting.runs) / \(life.among)",
          "note": notes.joined(separator: words.language == .ja ? "、" : ", "),
        ]
      }
  }

  static func name(_ sighting: RunTrend.Sighting) -> String {
    sighting.address?.description ?? sighting.device.rawValue
  }
}

extension [Timestamp] {
  /// How many elements stand before the first that is not so; of a sorted list.
  fileprivate func places(_ isSo: (Timestamp) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if isSo(self[middle]) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
