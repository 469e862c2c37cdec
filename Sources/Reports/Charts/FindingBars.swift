internal import Records

extension ReportModel {
  /// Devices that the picture of findings has room for.
  private static let mostBars = 15
  private static let barLabels = 170
  private static let barWidth = 640
  private static let barRow = 24

  /// Findings by severity and device; nil without a finding.
  var findingBars: Page? {
    let all = worstFirst.filter { findingsByDevice[$0.id] != nil }
    let shown = all.prefix(Self.mostBars)
    guard !shown.isEmpty else { return nil }
    let most = max(1, shown.map { findingsByDevice[$0.id]?.count ?? 0 }.max() ?? 1)
    return [
      "width": Self.barLabels + Self.barWidth + 50, "height": shown.count * Self.barRow + 8,
      "rows": shown.enumerated().map { bar($1, $0, most) },
      "drawn": words.filled(.barsDrawn, "\(shown.count) / \(all.count)"), "isCut": all.count > shown.count,
      "heads": Severity.allCases.reversed().map { ["label": words.severity($0)] as Page },
    ]
  }

  private func bar(_ device: Device, _ place: Int, _ most: Int) -> Page {
    let findings = findingsByDevice[device.id] ?? []
    let counts = Severity.allCases.reversed().map { severity in
      (severity, findings.count { $0.severity == severity })
    }
    let y = 4 + place * Self.barRow
    var before = 0
    let segments = counts.compactMap { severity, count -> Page? in
      let start = before * Self.barWidth / most
      before += count
      guard count > 0 else { return nil }
      let width = max(3, before * Self.barWidth / most - start)
      var page: Page = [
        "key": severity.rawValue, "x": Self.barLabels + start, "y": y, "width": width, "height": Self.barRow - 8,
      ]
      if width > 16 {
        page["figure"] = [["text": Shown.number(count), "middle": Self.barLabels + start + width / 2]] as [Page]
      }
      return page
    }
    return [
      "name": shortened(name(of: device.id), 24), "device": name(of: device.id), "baseline": y + 12,
      "segments": segments, "end": Self.barLabels + before * Self.barWidth / most + 8,
      "total": Shown.number(findings.count),
      "cells": counts.map { ["count": Shown.number($0.1), "zero": $0.1 == 0] as Page },
    ]
  }
}
