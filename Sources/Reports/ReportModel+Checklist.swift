internal import Addressing
internal import Records

// The check sheet in its own order; rows of devices below their item, equal ones together.
extension ReportModel {
  var checklist: Page {
    let rows = Dictionary(grouping: result.verdicts, by: \.item).mapValues { $0.sorted(by: comesBefore) }
    let detailed = audience == .auditor
    let tallies = Tally.perItem(result.verdicts, words: words)
    let sheet = parts.sheet
    let inSheet = Set(sheet?.lines.map(\.qualifiedID) ?? [])
    let others = detailed ? tallies.filter { !inSheet.contains($0.item) } : []
    let order = (sheet?.lines.map(\.qualifiedID) ?? []) + others.map(\.item)
    let sets = EvidenceSets(detailed ? order.flatMap { rows[$0] ?? [] } : [])
    func details(_ item: String, _ limit: LocalizedText?) -> [Page] {
      guard detailed, let verdicts = rows[item] else { return [] }
      return [self.details(verdicts, sets, limit)]
    }
    var page: Page = [
      "others": others.map { $0.page.merging(["details": details($0.item, nil)]) { first, _ in first } },
      "hasOthers": !others.isEmpty, "detailed": detailed,
      "sets": sets.sets.enumerated().map { ["number": $0 + 1, "evidence": evidence($1)] as Page },
      "hasSets": !sets.sets.isEmpty,
    ]
    if let sheet { page["sheet"] = [table(sheet, details)] }
    return page
  }

  private func table(_ sheet: SheetTable, _ details: (String, LocalizedText?) -> [Page]) -> Page {
    let lines = audience == .management ? sheet.lines.filter { $0.kind == .box } : sheet.lines
    let recommended = sheet.lines.contains { $0.recommended != nil }
    let told = sheet.phases.indices.map { index in
      !sheet.phases[index].runs.isEmpty || sheet.lines.contains { $0.columns[index].status != nil }
    }
    var chapter: String?
    let shown = lines.map { line -> Page in
      var page = row(line, told, details, recommended: recommended)
      let heading = heading(line)
      if heading != chapter { page["chapter"] = [["name": heading]] }
      chapter = heading
      return page
    }
    return [
      "hasSheet": sheet.hasSheet, "warning": sheet.warning.map { [["text": words($0)]] as [Page] } ?? [],
      "recommends": recommended, "lines": shown,
      "span": (recommended ? 2 : 1) + sheet.phases.count + told.count { $0 },
      "phases": zip(sheet.phases, told).map { phase, isTold in
        [
          "name": words(phase.label), "audited": !phase.runs.isEmpty, "runs": phase.runs.joined(separator: ", "),
          "told": isTold,
        ] as Page
      },
    ]
  }

  private func heading(_ line: SheetTable.Line) -> String {
    switch line.kind {
    case .rule: return words[.headingRules]
    case .custom: return words[.headingCustom]
    case .box, .item: return line.chapter.map { words($0) } ?? ""
    }
  }

  private func row(
    _ line: SheetTable.Line, _ told: [Bool], _ details: (String, LocalizedText?) -> [Page], recommended: Bool
  ) -> Page {
    var page: Page = [
      "id": line.id, "anchor": Tally.anchor(line.qualifiedID), "kind": line.kind.rawValue,
      "isBox": line.kind == .box, "title": words(line.title), "sees": sees(line),
      "columns": line.columns.indices.map { column(line.columns[$0], isTold: told[$0], isOwn: $0 == ownPhase) },
    ]
    if recommended { page["recommended"] = [["sign": line.recommended ?? "–"]] as [Page] }
    if audience == .auditor {
      if let text = line.localText { page["localText"] = text }
      if let note = line.companyNote { page["companyNote"] = words(note) }
      // What is open says it already.
      if let asked = line.asked, line.kind != .box, !line.columns.contains(where: { !$0.tasks.isEmpty }) {
        page["asked"] = words(asked)
      }
      page["details"] = details(line.qualifiedID, line.cannotConclude)
    }
    return page
  }

  private func sees(_ line: SheetTable.Line) -> String {
    switch line.visibility {
    case "D": return words[.seesDirect]
    case "P": return words[.seesPartial]
    default: return words[.seesNone]
    }
  }

  private func column(_ column: SheetTable.Column, isTold: Bool, isOwn: Bool) -> Page {
    var page: Page = ["told": isTold, "audited": column.status != nil, "sign": column.mark?.sign ?? words[.markNone]]
    if let mark = column.mark { page["isProposal"] = mark.isProposal }
    guard let status = column.status else { return page }
    page["key"] = status.rawValue
    page["status"] = words.status(status)
    if column.total > 1 {
      let tally = Tally(item: "", title: "", counts: column.counts, words: words)
      page["bar"] = [["segments": tally.segments, "sentence": tally.brief]] as [Page]
    }
    if let standing = column.standing { page["standing"] = words(standing) }
    page["determinations"] = column.determinations.map { ["text": $0] as Page }
    guard audience == .auditor else { return page }
    page["reasons"] = column.reasons.sorted { $0.key.rawValue < $1.key.rawValue }.map { reason, count in
      ["code": reason.rawValue, "count": Shown.number(count)] as Page
    }
    page["tasks"] = column.left.map { ["text": words($0)] as Page }
    // The rows of the other phase lie in another pack.
    if !isOwn, !column.evidence.isEmpty {
      page["elsewhere"] = words.filled(.evidenceFiles, Shown.number(column.evidence.count))
    }
    return page
  }

  // MARK: Rows of devices

  func comesBefore(_ left: Verdict, _ right: Verdict) -> Bool {
    let order = Tally.order
    let ranks = [left, right].map { order.firstIndex(of: $0.status) ?? 0 }
    if ranks[0] != ranks[1] { return ranks[0] < ranks[1] }
    let addresses = [left, right].map { $0.device.flatMap { devices[$0]?.addresses.first } }
    if addresses[0] != addresses[1] { return isLower(addresses[0], addresses[1]) }
    if left.device != right.device { return (left.device?.rawValue ?? "") < (right.device?.rawValue ?? "") }
    return (left.service?.description ?? "") < (right.service?.description ?? "")
  }

  /// - Parameter limit: what no row of the item says.
  private func details(_ verdicts: [Verdict], _ sets: EvidenceSets, _ limit: LocalizedText?) -> Page {
    let limits = Set(verdicts.map(\.bounds.cannotConclude))
    let common = limits.count == 1 ? limits.first ?? limit : limit
    var page: Page = [
      "count": words.filled(.rowsOf, Shown.number(verdicts.count)),
      "groups": VerdictGroup.list(verdicts).map { group($0, sets, common) },
    ]
    if let common { page["limit"] = words(common) }
    return page
  }

  private func group(_ group: VerdictGroup, _ sets: EvidenceSets, _ common: LocalizedText?) -> Page {
    let key = group.key
    // What every device of the group has stands once, above them.
    let unidentified = Set(group.rows.map { Set($0.bounds.unidentified) })
    let shared = unidentified.count == 1 && group.rows.count > 1 ? unidentified.first ?? [] : []
    var page: Page = [
      "key": key.status.rawValue, "status": words.status(key.status), "explanation": words(key.explanation),
      "count": group.rows.count, "several": group.rows.count > 1,
      "rows": group.rows.map { row($0, sets, saysUnidentified: shared.isEmpty) },
      "common": shared.isEmpty ? [] : [["label": words[.unidentified], "text": Self.text(shared)] as Page],
    ]
    if let reason = key.reason {
      page["reason"] = ["code": reason.rawValue, "label": words.reason(reason)] as Page
    }
    if let polarity = key.polarity, key.status == .needsReview { page["polarity"] = words.polarity(polarity) }
    if let limit = key.cannotConclude, limit != common { page["cannotConclude"] = words(limit) }
    return page
  }

  /// `tcp/23,8000 udp/161`.
  private static func text(_ endpoints: Set<ServiceEndpoint>) -> String {
    let ports = Dictionary(grouping: endpoints.sorted(), by: \.transport)
    return ports.keys.sorted().map { transport in
      "\(transport.rawValue)/" + (ports[transport] ?? []).map { String($0.port) }.joined(separator: ",")
    }.joined(separator: " ")
  }

  private func row(_ verdict: Verdict, _ sets: EvidenceSets, saysUnidentified: Bool) -> Page {
    var row: Page = [
      "device": verdict.device.map(name) ?? words[.siteRow], "link": verdict.device.map(link) ?? [],
      "bounds": bounds(verdict, saysUnidentified: saysUnidentified),
    ]
    if let service = verdict.service { row["service"] = service.description }
    if let number = sets.number(of: verdict.evidence) {
      row["set"] =
        [["number": number, "files": words.filled(.evidenceFiles, Shown.number(verdict.evidence.count))]]
        as [Page]
    } else {
      row["evidence"] = evidence(verdict.evidence)
    }
    return row
  }

  /// Inside which limits a row holds, as short clauses. What stands in the coverage of its device is not said again but where the
  /// row says that something speaks for the item.
  private func bounds(_ verdict: Verdict, saysUnidentified: Bool) -> [Page] {
    let bounds = verdict.bounds
    var clauses: [(label: Label?, text: String)] = []
    if verdict.status == .pass || !isOfCoverage(verdict) { clauses = looked(bounds) }
    if let addresses = bounds.addresses { clauses.append((.addresses, addresses)) }
    if saysUnidentified, !bounds.unidentified.isEmpty {
      clauses.append((.unidentified, Self.text(Set(bounds.unidentified))))
    }
    return clauses.map { clause in
      guard let label = clause.label else { return ["text": clause.text] }
      return ["label": words[label], "text": clause.text]
    }
  }

  private func looked(_ bounds: Bounds) -> [(label: Label?, text: String)] {
    var clauses: [(label: Label?, text: String)] = []
    if let ports = bounds.tcpPorts {
      clauses.append((.ports, "TCP \(ports)\(separator)\(bounds.complete ? words[.complete] : words[.incomplete])"))
      let counts = [(Label.open, bounds.open), (.closed, bounds.closed), (.silent, bounds.silent)]
      clauses.append((nil, counts.map { "\(words[$0.0]) \(Shown.number($0.1))" }.joined(separator: " / ")))
      if let missed = bounds.missBound { clauses.append((.missBound, "≤ " + Shown.probability(missed))) }
      clauses.append((.aliveBefore, words.answer(bounds.aliveBefore)))
      clauses.append((.aliveAfter, words.answer(bounds.aliveAfter)))
    }
    if let vantage = bounds.vantage { clauses.append((.vantage, "\(vantage.interface) \(vantage.address)")) }
    if let from = bounds.from, let to = bounds.to { clauses.append((.period, period(from, to))) }
    return clauses
  }

  /// Its bounds are what the coverage of its device says, or nothing where it is about no device.
  private func isOfCoverage(_ verdict: Verdict) -> Bool {
    var same = Bounds(
      coverage: verdict.device.flatMap { coverages[$0] }, unidentified: verdict.bounds.unidentified,
      cannotConclude: verdict.bounds.cannotConclude)
    same.addresses = verdict.bounds.addresses
    return same == verdict.bounds
  }
}
