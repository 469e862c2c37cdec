internal import Records

// One page for who decides: what is gravest, what is open and for whom.
extension ReportModel {
  /// Kinds of findings that the page for managers shows; the rest is counted there.
  private static let mostKinds = 6
  /// Ids of rows beside a name.
  private static let mostRows = 8

  var management: Page {
    let groups = findingGroups
    let shown = groups.prefix(Self.mostKinds)
    let people = openWork
    return [
      "gravest": shown.map { group in
        [
          "key": group.key.severity.rawValue, "severity": words.severity(group.key.severity),
          "title": words(group.key.title), "remedy": words(group.key.remediation),
          "devices": words.filled(.devicesCount, Shown.number(Set(group.findings.map(\.device.id)).count)),
        ] as Page
      },
      "hasFindings": !groups.isEmpty,
      "more": groups.count > shown.count
        ? [["text": words.filled(.moreKinds, Shown.number(groups.count - shown.count))] as Page] : [],
      "people": people, "hasPeople": !people.isEmpty,
      "boxes": boxCounts,
    ]
  }

  /// The phase that this result is of, by its place in the sheet's columns.
  var ownPhase: Int? { parts.sheet?.phases.firstIndex { $0.runs.contains(result.run.runID) } }

  /// Who has what to do in the phase of this result.
  private var openWork: [Page] {
    guard let sheet = parts.sheet, let phase = ownPhase else { return [] }
    var order: [LocalizedText] = []
    var work: [LocalizedText: (rows: [String], tasks: Int)] = [:]
    for line in sheet.lines {
      for task in line.columns[phase].tasks {
        if work[task.who] == nil { order.append(task.who) }
        var own = work[task.who] ?? ([], 0)
        if own.rows.last != line.id { own.rows.append(line.id) }
        own.tasks += 1
        work[task.who] = own
      }
    }
    return order.map { ($0, work[$0] ?? ([], 0)) }.sorted { $0.1.rows.count > $1.1.rows.count }.map { who, own in
      let rest = own.rows.count - Self.mostRows
      let rows = own.rows.prefix(Self.mostRows).joined(separator: ", ")
      return [
        "who": words(who), "count": Shown.number(own.rows.count),
        "rows": rest > 0 ? rows + words.filled(.moreRows, Shown.number(rest)) : rows,
      ]
    }
  }

  /// Boxes by status for each phase that was audited.
  private var boxCounts: [Page] {
    guard let sheet = parts.sheet else { return [] }
    let boxes = sheet.lines.filter { $0.kind == .box }
    return sheet.phases.indices.filter { !sheet.phases[$0].runs.isEmpty }.map { index in
      let counts = Dictionary(boxes.compactMap { $0.columns[index].status }.map { ($0, 1) }, uniquingKeysWith: +)
      let parts = Tally.order.map { "\(words.status($0)) \(Shown.number(counts[$0] ?? 0))" }
      let total = words.filled(.boxesCount, Shown.number(boxes.count))
      return ["phase": words(sheet.phases[index].label), "text": parts.joined(separator: " / "), "total": total]
    }
  }
}
