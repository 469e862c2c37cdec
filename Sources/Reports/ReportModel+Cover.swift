internal import Addressing
internal import Records

// The first pages: who looked at what, on whose authority, and what came of it in figures.
extension ReportModel {
  var run: Page {
    let run = result.run
    return [
      "id": run.runID, "engagement": run.engagement.id, "customer": run.engagement.customer,
      "site": run.engagement.site, "started": time(run.started), "ended": time(run.ended),
      "version": run.toolVersion, "rules": run.rulesDigest.isEmpty ? "–" : run.rulesDigest,
      "scope": run.scopeDigest, "targets": run.targets.joined(separator: ", "), "ports": run.ports,
      "seed": run.seed, "frames": Shown.number(run.framesSent), "clock": clock,
    ]
  }

  private var clock: String {
    guard let clock = result.run.clock else { return words[.clockUnknown] }
    guard clock.synchronised else { return words[.clockNotKept] }
    let milliseconds = (clock.maximumErrorMicroseconds + 999) / 1000
    return words.filled(.clockKept, Shown.number(Int(clamping: milliseconds)))
  }

  var cover: Page {
    var page: Page = [
      "audience": words.audience(audience), "omitted": words.omitted(for: audience),
      "pack": parts.pack?.digest ?? words[.inPack],
      "signer": parts.pack.map { $0.signer ?? words[.notSigned] } ?? words[.inPack],
      "vantages": vantages.isEmpty ? "–" : vantages.joined(separator: separator),
    ]
    // Names of persons are nobody else's business.
    if audience != .vendor {
      page["persons"] = [["operator": result.run.engagement.operator, "host": result.run.host] as Page]
    }
    return page
  }

  /// `eth0 192.168.10.2`, each once.
  private var vantages: [String] {
    var seen: Set<String> = []
    return result.coverage.devices.map { "\($0.vantage.interface) \($0.vantage.address)" }
      .filter { seen.insert($0).inserted }
  }

  // MARK: Scope

  /// What was allowed and what was asked for.
  var scope: Page {
    guard let scope = parts.scope else { return [:] }
    return [
      "validity": period(scope.from, scope.until),
      "networks": scope.networks.isEmpty ? "–" : scope.networks.joined(separator: ", "),
      "perDevice": rate(scope.perDevice), "total": rate(scope.total),
      "techniques": scope.techniques.map { ["name": words.technique($0), "id": $0] as Page },
      "exclusions": scope.exclusions.map { ["target": $0.target, "why": $0.reason ?? "–"] as Page },
      "hasExclusions": !scope.exclusions.isEmpty,
      "consents": scope.consents.map { consent in
        [
          "group": consent.group, "members": consent.members.joined(separator: ", "),
          "administrator": consent.administrator, "organisation": consent.organisation,
          "allowed": consent.techniques.map(words.technique).joined(separator: separator),
          "validity": period(consent.from, consent.until), "paper": consent.paper, "digest": consent.paperDigest,
        ] as Page
      },
      "hasConsents": !scope.consents.isEmpty,
    ]
  }

  private func rate(_ rate: Int) -> String { rate == 0 ? words[.noCeiling0] : "≤ \(Shown.number(rate))/s" }

  // MARK: Figures

  /// Counts and names, nothing else.
  var figures: Page {
    let silent = result.coverage.devices.count { $0.aliveAfter == false }
    return [
      "devices": Shown.number(result.inventory.devices.count),
      "asked": Shown.number(result.coverage.addressesAsked),
      "answered": Shown.number(result.coverage.addressesAnswered),
      "findings": Shown.number(result.findings.count),
      // Proposals are of the company's sheet.
      "proposals": audience == .vendor
        ? [] : [["verdicts": Shown.number(result.verdicts.count), "statuses": statuses] as Page],
      "severities": Severity.allCases.reversed().map { severity in
        [
          "key": severity.rawValue, "label": words.severity(severity),
          "count": Shown.number(result.findings.count { $0.severity == severity }),
        ] as Page
      },
      "lost": silent == 0 ? [] : [["count": Shown.number(silent)] as Page],
    ]
  }

  private var statuses: [Page] {
    let rows = Dictionary(result.verdicts.map { ($0.status, 1) }, uniquingKeysWith: +)
    return Tally.order.map { status in
      ["key": status.rawValue, "label": words.status(status), "count": Shown.number(rows[status] ?? 0)]
    }
  }
}
