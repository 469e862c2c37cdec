internal import Records

// The pictures of the page. Each says in words what it shows, and the same stands in a table.
extension ReportModel {
  var charts: Page {
    [
      "severities": Severity.allCases.reversed().map { severity in
        ["key": severity.rawValue, "label": words.severity(severity), "mark": severity.mark(x: 9, y: 8)] as Page
      },
      "boxes": audience == .vendor ? [] : boxTiles,
      "bars": findingBars.map { [$0] } ?? [],
      "timeline": timeline.map { [$0] } ?? [],
      "map": networkMap.map { [$0] } ?? [],
    ]
  }

  /// How many findings of each severity, worst first, as `high 2, low 1`; `–` for none.
  func counted(_ findings: [Finding]) -> String {
    let counts = Severity.allCases.reversed().compactMap { severity -> String? in
      let count = findings.count { $0.severity == severity }
      return count == 0 ? nil : "\(words.severity(severity)) \(Shown.number(count))"
    }
    return counts.isEmpty ? "–" : counts.joined(separator: separator)
  }

  /// Devices in the order in which a reader wants them where not all can be drawn: the worst findings first, then the most.
  var worstFirst: [Device] {
    let rank = Dictionary(
      findingsByDevice.map { id, findings in
        (id, Severity.allCases.reversed().map { severity in findings.count { $0.severity == severity } })
      }, uniquingKeysWith: { first, _ in first })
    return listed.enumerated().sorted { left, right in
      let (one, other) = (rank[left.element.id] ?? [], rank[right.element.id] ?? [])
      if one.isEmpty != other.isEmpty { return other.isEmpty }
      if one != other { return other.lexicographicallyPrecedes(one) }
      return left.offset < right.offset
    }.map(\.element)
  }
}

extension Severity {
  /// The outline of its mark, which tells it without colour: triangle, diamond, square, circle; about 10 pixels wide.
  func mark(x: Int, y: Int) -> String {
    switch self {
    case .critical: "M\(x) \(y - 6)l6 11h-12z"
    case .high: "M\(x) \(y - 6)l6 6l-6 6l-6 -6z"
    case .medium: "M\(x - 4) \(y - 4)h8v8h-8z"
    case .low, .info: "M\(x - 4) \(y)a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z"
    }
  }
}

/// Text for a place of limited width, cut with `…`. Wide letters count twice.
func shortened(_ text: String, _ columns: Int) -> String {
  let safe = inert(text)
  guard DisplayWidth.columns(safe) > columns else { return safe }
  var kept = DisplayWidth.fit(safe, to: columns)
  while kept.last == " " { kept.removeLast() }
  return kept
}
