internal import Records
internal import RunComparison

/// Numbers of run after run: a row of bars for each kind, each with its own scale, all above one axis of time. Partial runs are hollow.
struct TrendBands {
  /// Runs that the pictures have room for; the newest are drawn.
  static let most = 600
  static let height = 46
  static let top = 26
  static let space = 16

  struct Band {
    let name: String
    let counts: [Int]
  }

  let axis: TimeAxis
  let points: [RunTrend.Point]

  /// - Parameter points: by time; at least two.
  init?(_ points: [RunTrend.Point]) {
    let drawn = Array(points.suffix(Self.most))
    guard let axis = TimeAxis(drawn) else { return nil }
    self.axis = axis
    self.points = drawn
  }

  /// As wide as one run may be among its neighbours. Where there are very many, they touch, and what is missing still shows.
  var bar: Int {
    let usual = TimeAxis.interval(points) ?? (axis.to - axis.from)
    let step = Int((Double(usual) / Double(axis.to - axis.from) * Double(TimeAxis.width)).rounded(.up))
    return step < 6 ? max(2, step) : min(12, step - 2)
  }

  func page(_ bands: [Band], day: (Timestamp) -> String) -> ReportModel.Page {
    let bottom = Self.top + bands.count * (Self.height + Self.space)
    return [
      "width": TimeAxis.labels + TimeAxis.width + TimeAxis.right, "height": bottom,
      "ticks": axis.ticks.map { moment in
        ["x": axis.x(moment), "top": Self.top - 6, "height": bottom - 4, "text": day(moment)] as ReportModel.Page
      },
      "gaps": TimeAxis.gaps(points).compactMap { gap -> ReportModel.Page? in
        let (start, end) = (axis.x(gap.from) + bar / 2 + 2, axis.x(gap.to) - bar / 2 - 2)
        guard end > start else { return nil }
        return [
          "x": start, "y": Self.top - 2, "width": end - start, "height": bottom - Self.top - 4,
          "hint": "\(day(gap.from)) – \(day(gap.to))",
        ] as ReportModel.Page
      },
      "bands": bands.enumerated().map { place, band in
        picture(band, top: Self.top + place * (Self.height + Self.space))
      },
    ]
  }

  private func picture(_ band: Band, top: Int) -> ReportModel.Page {
    let base = top + Self.height
    let most = max(1, band.counts.max() ?? 1)
    var (whole, partial, notches) = ("", "", "")
    for (point, count) in zip(points, band.counts) {
      let x = axis.x(point.started)
      // A run that found none is a run: it has its notch.
      notches += "M\(x) \(base + 1)v3"
      guard count > 0 else { continue }
      let height = max(2, Int(Double(count) / Double(most) * Double(Self.height)))
      let width = point.partial ? max(5, bar) : bar
      let box = "M\(x - width / 2) \(base - height)h\(width)v\(height)h-\(width)z"
      if point.partial { partial += box } else { whole += box }
    }
    return [
      "name": shortened(band.name, 21), "baseline": base - 4, "base": base, "start": TimeAxis.labels - 8,
      "end": TimeAxis.labels + TimeAxis.width + 8, "whole": whole, "partial": partial, "notches": notches,
      "most": Shown.number(most), "top": top, "mostX": TimeAxis.labels + TimeAxis.width + 12, "mostY": top + 9,
    ]
  }
}
