internal import Addressing
internal import Records

/// What the template sees of a result: words and counts, nothing left to decide.
struct ReportModel {
  /// An object of the template: texts, truth values, lists and objects by name.
  typealias Page = [String: Any]

  let result: AuditResult
  let words: Words
  let services: [TLSServiceComparison]
  /// nil where nobody listened to networks.
  let networks: NetworkReport?
  /// nil where only the rows with verdicts are shown.
  let sheet: SheetTable?
  let audience: Audience
  /// Devices by id, for rows that name a device.
  let devices: [DeviceID: Device]

  init(
    result: AuditResult, words: Words, services: [TLSServiceComparison] = [], networks: NetworkReport? = nil,
    sheet: SheetTable? = nil, audience: Audience = .auditor
  ) {
    self.result = result
    self.words = words
    self.services = services
    self.networks = networks
    self.sheet = sheet
    self.audience = audience
    devices = Dictionary(result.inventory.devices.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
  }

  var page: Page {
    [
      "language": words.language.rawValue,
      "l": words.inputs.labels.mapValues { $0.text(words.language) },
      "run": run,
      "partial": result.run.partial || result.coverage.partial,
      "summary": summary,
      "findings": findings,
      "items": items,
      "guidelines": services.isEmpty ? [] : [["services": guidelines] as Page],
      "wifi": networks.map { [networkSection($0)] } ?? [],
      "inventory": inventory,
      "coverage": coverage,
      "limitations": words.inputs.limitations.map { ["text": words($0)] as Page },
    ]
  }

  private var run: Page {
    let run = result.run
    return [
      "id": run.runID, "engagement": run.engagement.id, "customer": run.engagement.customer,
      "site": run.engagement.site, "operator": run.engagement.operator, "started": time(run.started),
      "ended": time(run.ended), "version": run.toolVersion, "rules": run.rulesDigest, "scope": run.scopeDigest,
      "targets": run.targets.joined(separator: ", "), "ports": run.ports, "host": run.host, "seed": run.seed,
      "frames": Shown.number(run.framesSent),
    ]
  }

  private var summary: Page {
    let silentDevices = result.coverage.devices.filter { $0.aliveAfter == false }
    return [
      "devices": Shown.number(result.inventory.devices.count),
      "asked": Shown.number(result.coverage.addressesAsked),
      "answered": Shown.number(result.coverage.addressesAnswered),
      "findings": Shown.number(result.findings.count),
      "verdicts": Shown.number(result.verdicts.count),
      "items": Shown.number(itemTallies.count),
      "severities": severityBars,
      "tallies": itemTallies.map(\.page),
      "lost": silentDevices.isEmpty ? [] : [["count": Shown.number(silentDevices.count)] as Page],
    ]
  }

  /// The number of findings of each severity, worst first, with the length of its bar.
  private var severityBars: [Page] {
    let counts = Severity.allCases.reversed().map { severity in
      (severity, result.findings.count { $0.severity == severity })
    }
    let most = max(1, counts.map(\.1).max() ?? 1)
    return counts.map { severity, count in
      [
        "key": severity.rawValue, "label": words.severity(severity), "count": Shown.number(count),
        "width": count * Tally.barWidth / most,
      ]
    }
  }

  var itemTallies: [Tally] { Tally.perItem(result.verdicts, words: words) }

  func time(_ time: Timestamp) -> String { Shown.time(time, offsetMinutes: result.run.offsetMinutes) }

  func period(_ from: Timestamp, _ to: Timestamp) -> String {
    Shown.period(from, to, offsetMinutes: result.run.offsetMinutes)
  }

  /// How a device is called in a row: its first address, or its id when it has none.
  func name(of device: DeviceID) -> String { devices[device]?.addresses.first?.description ?? device.rawValue }

  /// Links from the report to evidence. What is no path is shown as text.
  func evidence(_ references: [String]) -> [Page] {
    references.map { reference in
      guard reference.utf8.starts(with: "data/".utf8) else { return ["text": reference] }
      let inData = String(reference.dropFirst(5))
      return ["text": inData, "link": [["href": "../" + percentEncoded(inData)] as Page]]
    }
  }
}
