internal import Addressing
internal import Records

extension ReportModel {
  /// Devices by address.
  var inventory: [Page] {
    let findings = Dictionary(result.findings.map { ($0.device.id, 1) }, uniquingKeysWith: +)
    return result.inventory.devices
      .sorted(by: isListedBefore)
      .map { device in
        [
          "id": device.id.rawValue, "mac": device.mac?.description ?? "–",
          "addresses": device.addresses.map { ["text": $0.description] as Page },
          "vendor": attribution(device.vendor), "class": attribution(device.deviceClass),
          "model": attribution(device.model), "firmware": attribution(device.firmware),
          "local": device.mac?.isLocallyAdministered ?? false,
          "services": device.services.filter { $0.state == .open }.sorted { $0.endpoint < $1.endpoint }.map(service),
          "findings": findings[device.id].map(Shown.number) ?? "0",
          "hasFindings": findings[device.id] != nil,
        ]
      }
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
      "omitted": coverage.omitted.map { omission in
        [
          "addresses": omission.addresses, "code": omission.reason.rawValue,
          "label": words.reason(omission.reason), "detail": words(omission.detail),
        ] as Page
      },
    ]
  }

  private func covered(_ device: DeviceCoverage) -> Page {
    let tcp = device.tcp
    var page: Page = [
      "address": device.address.description, "id": device.device.rawValue, "requested": tcp.requested,
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
