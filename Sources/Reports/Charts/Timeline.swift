internal import Addressing
internal import Records

/// When each device was looked at, and when findings were made, from left to right.
struct Timeline {
  static let most = 60
  static let labels = 150
  static let width = 780
  static let row = 16
  static let top = 26

  let from: Int64
  let to: Int64

  /// nil for a run without a length.
  init?(_ run: RunSummary) {
    (from, to) = (run.started.nanoseconds, run.ended.nanoseconds)
    guard to > from else { return nil }
  }

  /// The pixel of a moment; what lies outside the run is put at its edge.
  func x(_ moment: Timestamp) -> Int {
    let inside = min(max(moment.nanoseconds, from), to)
    return Self.labels + Int(Double(inside - from) / Double(to - from) * Double(Self.width))
  }

  /// Begin, end, and three moments between.
  var ticks: [Timestamp] {
    (0...4).map { Timestamp(nanoseconds: from + (to - from) / 4 * Int64($0)) }
  }
}

extension ReportModel {
  /// nil where no device was probed.
  var timeline: Page? {
    guard let line = Timeline(result.run), !result.coverage.devices.isEmpty else { return nil }
    let probed = worstFirst.filter { coverages[$0.id] != nil }
    let chosen = Set(probed.prefix(Timeline.most).map(\.id))
    let shown = listed.filter { chosen.contains($0.id) }
    guard !shown.isEmpty else { return nil }
    let height = Timeline.top + shown.count * Timeline.row + 6
    return [
      "width": Timeline.labels + Timeline.width + 30, "height": height,
      "ticks": line.ticks.map { moment in
        [
          "x": line.x(moment), "height": height - 4, "top": Timeline.top - 6,
          "text": String(time(moment).dropFirst(11).prefix(8)),
        ] as Page
      },
      "rows": shown.enumerated().map { row($1, $0, line) },
      "drawn": words.filled(.timelineDrawn, "\(shown.count) / \(probed.count)"), "isCut": probed.count > shown.count,
      "day": String(time(result.run.started).prefix(10)),
    ]
  }

  private func row(_ device: Device, _ place: Int, _ line: Timeline) -> Page {
    guard let coverage = coverages[device.id] else { return [:] }
    let middle = Timeline.top + place * Timeline.row + Timeline.row / 2
    let (start, end) = (line.x(coverage.from), line.x(coverage.to))
    return [
      "name": shortened(name(of: device.id), 21), "baseline": middle + 4, "x": start, "y": middle - 3,
      "width": max(2, end - start), "marks": marks(findingsByDevice[device.id] ?? [], line, middle),
    ]
  }

  /// Marks that would lie over one another are one: the worst of them, with the ids of all in its hint.
  private func marks(_ findings: [Finding], _ line: Timeline, _ middle: Int) -> [Page] {
    let sorted = findings.sorted { ($0.at, $0.id) < ($1.at, $1.id) }
    var marks: [(x: Int, findings: [Finding])] = []
    for finding in sorted {
      let x = line.x(finding.at)
      if let last = marks.last, x - last.x < 12 {
        marks[marks.count - 1].findings.append(finding)
      } else {
        marks.append((x, [finding]))
      }
    }
    return marks.map { mark in
      let worst = mark.findings.map(\.severity).max() ?? .info
      return [
        "key": worst.rawValue, "path": worst.mark(x: mark.x, y: middle),
        "hint": mark.findings.map(\.id).joined(separator: ", "),
      ]
    }
  }
}
