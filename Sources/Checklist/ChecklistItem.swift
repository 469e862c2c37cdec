public import Records

/// A row of a checklist that this program answers: a pure function from what is known of a site to proposals.
///
/// A `pass` is always a device's, never the site's: so a device that was not reached takes its pass with it.
public protocol ChecklistRule: Sendable {
  /// Fully qualified, such as `jssec-iot-v1/JSSEC-14.2.c`.
  var item: String { get }
  /// Proposals for each device, or for the site where nothing was looked at that could answer.
  func judge(_ site: SiteFacts, in context: ChecklistContext) -> [Verdict]
}

/// A rule that looks at one device at a time.
public protocol DeviceRule: ChecklistRule {
  /// One proposal for the device, or one for each service that fails.
  func judge(_ facts: DeviceFacts, in context: ChecklistContext) -> [Verdict]
}

extension DeviceRule {
  public func judge(_ site: SiteFacts, in context: ChecklistContext) -> [Verdict] {
    site.devices.flatMap { judge($0, in: context) }
  }
}

extension ChecklistRule {
  /// A failing row for each finding that feeds this item: the octets are the proof.
  func failures(_ facts: DeviceFacts, in context: ChecklistContext) -> [Verdict] {
    facts.findings.filter { $0.items.contains(item) }.map { finding in
      Verdict(
        item: item, device: facts.device.id, service: finding.service, status: .fail, polarity: .against,
        bounds: bounds(facts, in: context), explanation: finding.detail, evidence: finding.evidence)
    }
  }

  func verdict(
    _ status: VerdictStatus, _ facts: DeviceFacts, in context: ChecklistContext, reason: NotTestedReason? = nil,
    polarity: Polarity? = nil, service: ServiceEndpoint? = nil, evidence: [String]? = nil, _ explanation: LocalizedText
  ) -> Verdict {
    Verdict(
      item: item, device: facts.device.id, service: service, status: status, reason: reason, polarity: polarity,
      bounds: bounds(facts, in: context), explanation: explanation, evidence: evidence ?? facts.evidence)
  }

  /// A row about the site: nothing was looked at that could answer for any device, or it is about no device.
  /// - Parameter addresses: what it is about, in words.
  func siteVerdict(
    _ status: VerdictStatus, in context: ChecklistContext, reason: NotTestedReason? = nil, polarity: Polarity? = nil,
    addresses: String? = nil, evidence: [String] = [], _ explanation: LocalizedText
  ) -> Verdict {
    var bounds = Bounds(coverage: nil, cannotConclude: context.cannotConclude[item])
    bounds.addresses = addresses
    return Verdict(
      item: item, device: nil, service: nil, status: status, reason: reason, polarity: polarity, bounds: bounds,
      explanation: explanation, evidence: evidence)
  }

  func bounds(_ facts: DeviceFacts, in context: ChecklistContext) -> Bounds {
    Bounds(
      coverage: facts.coverage, unidentified: facts.unidentified, cannotConclude: context.cannotConclude[item])
  }
}

/// `tcp/23, tcp/80`, shortened beyond eight.
func list(_ endpoints: [ServiceEndpoint]) -> String {
  let shown = endpoints.prefix(8).map(\.description).joined(separator: ", ")
  return endpoints.count > 8 ? "\(shown), … (\(endpoints.count))" : shown
}
