internal import Records

// One page for who decides: what is gravest, what is open and for whom.
extension ReportModel {
  /// Kinds of findings that the page for managers shows; the rest is counted there.
  private static let mostKinds = 5
  /// Ids of rows beside a name.
  private static let mostRows = 4
  /// Those who have most to do, by name; the others are counted.
  private static let mostPeople = 6

  var management: Page {
    let groups = findingGroups
    let shown = groups.prefix(Self.mostKinds)
    let work = openWork
    let people = work.prefix(Self.mostPeople).map(\.page)
    let others = work.dropFirst(Self.mostPeople)
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
      "otherPeople": others.isEmpty
        ? []
        : [
          [
            "text": words.filled(.otherPeople, Shown.number(others.count)),
            "count": Shown.number(Set(others.flatMap(\.rows)).count),
          ] as Page
        ],
      "boxes": boxCounts,
    ]
  }

  /// The phase that this result is of, by its place in the sheet's columns.
  var ownPhase: Int? { parts.sheet?.phases.firstIndex { $0.runs.contains(result.run.runID) } }

  /// Who has what to do in the phase of this result.
  private var openWork: [(rows: [String], page: Page)] {
    guard let sheet = parts.sheet, let phase = ownPhase else { return [] }
    var order: [LocalizedText] = []
    var work: [LocalizedText: [String]] = [:]
    for line in sheet.lines {
      for task in line.columns[phase].tasks {
        if work[task.who] == nil { order.append(task.who) }
        if work[task.who]?.last != line.id { work[task.who, default: []].append(line.id) }
      }
    }
    return order.map { ($0, work[$0] ?? []) }.sorted { $0.1.count > $1.1.count }.map { who, own in
      let rest = own.count - Self.mostRows
      let rows = own.prefix(Self.mostRows).joined(separator: ", ")
      let page: Page = [
        "who": words(who), "count": Shown.number(own.count),
        "rows": rest > 0 ? rows + words.filled(.moreRows, Shown.number(rest)) : rows,
      ]
      return (own, page)
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
