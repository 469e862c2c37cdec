internal import Addressing
internal import Records

extension ReportModel {
  /// Findings, worst first.
  var findings: [Page] {
    result.findings
      .sorted { left, right in
        left.severity == right.severity ? comesNaturallyBefore(left.id, right.id) : left.severity > right.severity
      }
      .map(finding)
  }

  private func finding(_ finding: Finding) -> Page {
    [
      "id": finding.id, "check": finding.check, "key": finding.severity.rawValue,
      "severity": words.severity(finding.severity), "title": words(finding.title),
      "address": finding.device.addresses.map(\.description).joined(separator: ", "),
      "mac": finding.device.mac?.description ?? "–", "device": finding.device.id.rawValue,
      "service": finding.service?.description ?? "–", "at": time(finding.at),
      "detail": words(finding.detail), "remediation": words(finding.remediation),
      "items": finding.items.map { item in
        ["id": item, "title": words.title(ofItem: item)] as Page
      },
      "evidence": evidence(finding.evidence),
    ]
  }

  /// The checklist, item by item, each with its rows.
  var items: [Page] {
    let rows = Dictionary(grouping: result.verdicts, by: \.item)
    return itemTallies.map { tally in
      let verdicts = (rows[tally.item] ?? []).sorted(by: comesBefore)
      return tally.page.merging(["rows": verdicts.map(row)]) { first, _ in first }
    }
  }

  private func comesBefore(_ left: Verdict, _ right: Verdict) -> Bool {
    let order = Tally.order
    let ranks = [left, right].map { order.firstIndex(of: $0.status) ?? 0 }
    if ranks[0] != ranks[1] { return ranks[0] < ranks[1] }
    let addresses = [left, right].map { $0.device.flatMap { devices[$0]?.addresses.first } }
    if addresses[0] != addresses[1] { return isLower(addresses[0], addresses[1]) }
    if left.device != right.device { return (left.device?.rawValue ?? "") < (right.device?.rawValue ?? "") }
    return (left.service?.description ?? "") < (right.service?.description ?? "")
  }

  private func row(_ verdict: Verdict) -> Page {
    var row: Page = [
      "device": verdict.device.map(name) ?? words[.noDevice],
      "deviceID": verdict.device?.rawValue ?? "",
      "key": verdict.status.rawValue, "status": words.status(verdict.status),
      "explanation": words(verdict.explanation), "bounds": bounds(verdict),
      "evidence": evidence(verdict.evidence),
    ]
    if let service = verdict.service { row["service"] = service.description }
    if let reason = verdict.reason {
      row["reason"] = ["code": reason.rawValue, "label": words.reason(reason)] as Page
    }
    if let polarity = verdict.polarity, verdict.status == .needsReview {
      row["polarity"] = words.polarity(polarity)
    }
    if let limit = verdict.bounds.cannotConclude { row["cannotConclude"] = words(limit) }
    return row
  }

  /// Inside which limits a row holds, as short clauses.
  private func bounds(_ verdict: Verdict) -> [Page] {
    let bounds = verdict.bounds
    var clauses: [(label: Label?, text: String)] = []
    if let ports = bounds.tcpPorts {
      clauses.append((.ports, "TCP \(ports)\(separator)\(bounds.complete ? words[.complete] : words[.incomplete])"))
      let counts = [(Label.open, bounds.open), (.closed, bounds.closed), (.silent, bounds.silent)]
      clauses.append((nil, counts.map { "\(words[$0.0]) \(Shown.number($0.1))" }.joined(separator: " / ")))
      if let missed = bounds.missBound { clauses.append((.missBound, "≤ " + Shown.probability(missed))) }
      clauses.append((.aliveBefore, words.answer(bounds.aliveBefore)))
      clauses.append((.aliveAfter, words.answer(bounds.aliveAfter)))
    }
    if let addresses = bounds.addresses { clauses.append((.addresses, addresses)) }
    if !bounds.unidentified.isEmpty {
      clauses.append((.unidentified, bounds.unidentified.sorted().map(\.description).joined(separator: ", ")))
    }
    if let vantage = bounds.vantage { clauses.append((.vantage, "\(vantage.interface) \(vantage.address)")) }
    if let from = bounds.from, let to = bounds.to { clauses.append((.period, period(from, to))) }
    return clauses.map { clause in
      guard let label = clause.label else { return ["text": clause.text] }
      return ["label": words[label], "text": clause.text]
    }
  }

  private var separator: String { words.language == .ja ? "、" : ", " }
}
