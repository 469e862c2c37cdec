internal import Addressing
internal import Records

extension ReportModel {
  /// Devices by address.
  var inventory: [Page] {
    listed.map { device in
      let findings = findingsByDevice[device.id]?.count
      return [
        "id": device.id.rawValue, "place": place(of: device.id, "d") ?? "", "mac": device.mac?.description ?? "–",
        "addresses": device.addresses.map { ["text": $0.description] as Page },
        "vendor": attribution(device.vendor), "class": attribution(device.deviceClass ?? role(of: device)),
        "model": attribution(device.model), "firmware": attribution(device.firmware),
        "local": device.mac?.isLocallyAdministered ?? false,
        "services": device.services.filter { $0.state == .open }.sorted { $0.endpoint < $1.endpoint }.map(service),
        "findings": findings.map(Shown.number) ?? "0", "hasFindings": findings != nil,
      ]
    }
  }

  /// What the device is for by the best of its claims; nil where that is only a guess.
  private func role(of device: Device) -> Attribution? {
    claimedRole(device).map { Attribution(name: words.role($0.value), source: $0.source) }
  }

  func claimedRole(_ device: Device) -> Claim? {
    device.claims.filter { $0.kind == .role && $0.confidence > .low }.min(by: Claim.isListedBefore)
  }

  private func attribution(_ attribution: Attribution?) -> Page {
    guard let attribution else { return ["name": words[.notKnown], "unknown": true] }
    return ["name": attribution.name, "source": attribution.source]
  }

  private func service(_ service: Service) -> Page {
    var page: Page = ["endpoint": service.endpoint.description]
    if let name = service.protocolName { page["protocol"] = name.rawValue }
    return page
  }

  /// What was looked at, and what was not.
  var coverage: Page {
    let coverage = result.coverage
    return [
      "asked": Shown.number(coverage.addressesAsked), "answered": Shown.number(coverage.addressesAnswered),
      "neverResolved": coverage.neverResolved.isEmpty ? "–" : coverage.neverResolved,
      "drops": Shown.number(coverage.receiveDrops), "dropped": coverage.receiveDrops > 0,
      "partial": coverage.partial ? words[.partialYes] : words[.partialNo],
      "devices": coverage.devices.sorted { ($0.address, $0.device) < ($1.address, $1.device) }.map(covered),
    ]
  }

  // MARK: What was not looked at

  /// Rows that were not tested by their reason, and addresses that were left out.
  var untested: Page {
    [
      "proposals": audience == .vendor
        ? []
        : [
          [
            "reasons": NotTestedReason.allCases.compactMap(untested),
            "count": Shown.number(result.verdicts.count { $0.status == .notTested }),
          ] as Page
        ],
      "neverResolved": result.coverage.neverResolved.isEmpty ? "–" : result.coverage.neverResolved,
      "omitted": result.coverage.omitted.map { omission in
        [
          "addresses": omission.addresses, "code": omission.reason.rawValue,
          "label": words.reason(omission.reason), "detail": words(omission.detail),
        ] as Page
      },
    ]
  }

  private func untested(_ reason: NotTestedReason) -> Page? {
    let rows = result.verdicts.filter { $0.reason == reason }
    guard !rows.isEmpty else { return nil }
    let untested = rows.filter { $0.status == .notTested }
    let items = Set(rows.map { Tally.short($0.item) }).sorted(by: comesNaturallyBefore)
    let devices = Set(rows.compactMap(\.device))
    return [
      "code": reason.rawValue, "label": words.reason(reason), "remedy": words.remedy(reason),
      "rows": Shown.number(untested.count), "review": Shown.number(rows.count - untested.count),
      "devices": Shown.number(devices.count), "items": items.joined(separator: ", "),
    ]
  }

  // MARK: Method

  var method: Page {
    let classes = Dictionary(result.coverage.devices.map { ($0.deviceClass, 1) }, uniquingKeysWith: +)
    let ceilings = Set(result.coverage.devices.compactMap(\.rateCeiling)).sorted()
    return [
      "classes": classes.isEmpty
        ? "–"
        : classes.sorted { $0.key < $1.key }.map { "\(words.deviceClass($0.key)) \(Shown.number($0.value))" }
          .joined(separator: separator),
      "ceilings": ceilings.isEmpty
        ? words[.noCeiling] : ceilings.map { "≤ \(Shown.number($0))/s" }.joined(separator: separator),
      "peak": Shown.number(result.coverage.devices.map(\.peakFramesPerSecond).max() ?? 0),
    ]
  }

  private func covered(_ device: DeviceCoverage) -> Page {
    let tcp = device.tcp
    var page: Page = [
      "address": device.address.description, "id": device.device.rawValue,
      "there": coverages[device.device] == device
        ? place(of: device.device, "c").map { [["place": $0]] as [Page] } ?? [] : [], "requested": tcp.requested,
      "requestedCount": Shown.number(tcp.requestedCount), "sent": Shown.number(tcp.sent),
      "open": Shown.number(tcp.open), "closed": Shown.number(tcp.closed), "silent": Shown.number(tcp.silent),
      "filtered": Shown.number(tcp.filtered), "hasFiltered": tcp.filtered > 0,
      "unresolved": Shown.number(tcp.unresolved), "hasUnresolved": tcp.unresolved > 0,
      "complete": tcp.complete ? words[.complete] : words[.incomplete], "isComplete": tcp.complete,
      "before": words.answer(device.aliveBefore), "after": words.answer(device.aliveAfter),
      "lost": device.aliveAfter == false, "peak": Shown.number(device.peakFramesPerSecond),
      "frames": Shown.number(device.framesSent), "period": period(device.from, device.to),
      "vantage": "\(device.vantage.interface) \(device.vantage.address)",
    ]
    page.merge(treatment(device)) { first, _ in first }
    if let stopped = device.stopped { page["stopped"] = words(stopped) }
    return page
  }

  /// How the device was treated, and how sure its answers are.
  private func treatment(_ device: DeviceCoverage) -> Page {
    let notes = DeviceNotes(device, words: words, offsetMinutes: result.run.offsetMinutes)
    return [
      "treatment": notes.treatment, "answered": Shown.number(device.tcp.answered),
      "retried": Shown.number(device.tcp.retried), "loss": notes.loss,
      "limits": notes.limits.map { ["text": $0] as Page },
      "udp": notes.udp, "remarks": notes.remarks.map { ["text": $0] as Page },
    ]
  }
}
