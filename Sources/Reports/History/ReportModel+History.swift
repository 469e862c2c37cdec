internal import Records
internal import RunComparison

// This run and those before: numbers over time, lifelines of devices, what changed since the last one.
extension ReportModel {
  private func day(_ moment: Timestamp) -> String { String(time(moment).prefix(10)) }

  /// On an axis; days do not tell moments apart where all runs lie within a few.
  private func tick(_ axis: TimeAxis) -> (Timestamp) -> String {
    let isShort = axis.to - axis.from < 4 * 86_400 * 1_000_000_000
    return { moment in isShort ? String(time(moment).dropFirst(5).prefix(11)) : day(moment) }
  }

  /// Empty where nothing is known of other runs.
  var history: Page {
    guard let history = parts.history else { return [:] }
    let points = history.trend?.points ?? []
    let bands = TrendBands(points)
    var page: Page = [
      // Names that are not here would be looked for in the page around.
      "findings": [Page](), "devices": [Page](), "runs": [Page](), "lifelines": [Page](), "cut": [Page](),
      "source": words[history.source == .pack ? .historyFromPack : .historyFromFile],
      "why": bands == nil ? [["text": words[.trendTooFew]]] as [Page] : [],
      "difference": history.difference.map { difference in
        [
          DifferenceModel(
            document: difference, words: words, offsetMinutes: result.run.offsetMinutes,
            detail: audience == .management ? .gravest : .changes
          ).page
        ]
      } ?? [],
    ]
    guard let bands, let trend = history.trend else { return page }
    let severities = Severity.allCases.reversed().filter { severity in
      bands.points.contains { ($0.findings[severity] ?? 0) > 0 }
    }
    page["findings"] =
      severities.isEmpty
      ? []
      : [
        bands.page(
          severities.map { severity in
            .init(name: words.severity(severity), counts: bands.points.map { $0.findings[severity] ?? 0 })
          }, day: tick(bands.axis))
      ]
    page["noFindings"] = severities.isEmpty
    page["devices"] = [
      bands.page([.init(name: words[.trendDevices], counts: bands.points.map(\.devices))], day: tick(bands.axis))
    ]
    page["runs"] = [runTable(points)]
    page["hasPartial"] = bands.points.contains(where: \.partial)
    page["hasGaps"] = !TimeAxis.gaps(bands.points).isEmpty
    page["cut"] =
      points.count > bands.points.count
      ? [["text": words.filled(.trendDrawn, "\(bands.points.count) / \(Shown.number(points.count))")]] as [Page] : []
    let lifelines = Lifelines(trend)
    page["lifelines"] = lifelines.lives.isEmpty ? [] : [lifelines.page(bands.axis, words: words, day: tick(bands.axis))]
    page["hasLives"] = audience != .management && !lifelines.lives.isEmpty
    page["lives"] = audience == .management ? [] : lifelines.table(words: words, day: day)
    return page
  }

  private func runTable(_ points: [RunTrend.Point]) -> Page {
    let severities = Severity.allCases.reversed()
    return [
      "heads": severities.map { ["label": words.severity($0)] as Page },
      "rows": points.suffix(TrendBands.most).reversed().map { point in
        [
          "started": time(point.started), "id": point.run, "isPartial": point.partial,
          "pack": point.packDigest.map { String($0.prefix(12)) } ?? words[.runOwnPack],
          "devices": Shown.number(point.devices),
          "cells": severities.map { severity in
            let count = point.findings[severity] ?? 0
            return ["count": Shown.number(count), "zero": count == 0] as Page
          },
        ] as Page
      },
    ]
  }
}
