internal import Addressing
internal import Records

/// Findings of one kind: the same check, in the same words.
struct FindingGroup {
  struct Key: Hashable {
    let check: String
    let severity: Severity
    let title: LocalizedText
    let remediation: LocalizedText
    let items: [String]

    init(_ finding: Finding) {
      check = finding.check
      severity = finding.severity
      title = finding.title
      remediation = finding.remediation
      items = finding.items
    }
  }

  let key: Key
  let findings: [Finding]
}

extension ReportModel {
  /// Up to so many findings are unfolded from the beginning.
  private static let mostUnfolded = 100

  /// Worst first; of one severity what most devices show.
  var findingGroups: [FindingGroup] {
    let sorted = result.findings.sorted { comesNaturallyBefore($0.id, $1.id) }
    let groups = Dictionary(grouping: sorted, by: FindingGroup.Key.init).map { FindingGroup(key: $0, findings: $1) }
    return groups.sorted { left, right in
      if left.key.severity != right.key.severity { return left.key.severity > right.key.severity }
      if left.findings.count != right.findings.count { return left.findings.count > right.findings.count }
      return comesNaturallyBefore(left.findings[0].id, right.findings[0].id)
    }
  }

  var findingSection: Page {
    let groups = findingGroups
    return [
      "groups": groups.map(kind), "hasGroups": !groups.isEmpty,
    ]
  }

  private func kind(_ group: FindingGroup) -> Page {
    let byDetail = Dictionary(grouping: group.findings, by: \.detail)
    var seen: Set<LocalizedText> = []
    let details = group.findings.map(\.detail).filter { seen.insert($0).inserted }
    return [
      "key": group.key.severity.rawValue, "severity": words.severity(group.key.severity),
      "title": words(group.key.title), "check": group.key.check, "remediation": words(group.key.remediation),
      "count": words.filled(.findingsCount, Shown.number(group.findings.count)),
      "devices": words.filled(.devicesCount, Shown.number(Set(group.findings.map(\.device.id)).count)),
      "unfolded": result.findings.count <= Self.mostUnfolded,
      "items": group.key.items.map(item), "hasItems": !group.key.items.isEmpty,
      "details": details.map { detail in
        ["detail": words(detail), "instances": (byDetail[detail] ?? []).map(instance)] as Page
      },
    ]
  }

  private func item(_ id: String) -> Page {
    let isHere = audience == .auditor && (parts.sheet?.lines.contains { $0.qualifiedID == id } ?? false)
    return [
      "id": Tally.short(id), "title": words.title(ofItem: id),
      "there": isHere ? [["anchor": Tally.anchor(id)]] as [Page] : [],
    ]
  }

  private func instance(_ finding: Finding) -> Page {
    [
      "id": finding.id, "address": finding.device.addresses.map(\.description).joined(separator: ", "),
      "mac": finding.device.mac?.description ?? "–", "service": finding.service?.description ?? "–",
      "at": time(finding.at), "evidence": evidence(finding.evidence),
      "there": place(of: finding.device.id, "d").map { [["to": $0]] as [Page] } ?? [],
    ]
  }
}
