public import Records

/// A checklist item that this program answers: a pure function from a device's facts to proposals.
public protocol ChecklistRule: Sendable {
  /// Fully qualified, such as `jssec-iot-v1/JSSEC-14.2.c`.
  var item: String { get }
  /// One proposal for the device, or one for each service that fails.
  func judge(_ facts: DeviceFacts, in context: ChecklistContext) -> [Verdict]
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
    polarity: Polarity? = nil, _ explanation: LocalizedText
  ) -> Verdict {
    Verdict(
      item: item, device: facts.device.id, service: nil, status: status, reason: reason, polarity: polarity,
      bounds: bounds(facts, in: context), explanation: explanation, evidence: facts.evidence)
  }

  private func bounds(_ facts: DeviceFacts, in context: ChecklistContext) -> Bounds {
    Bounds(
      coverage: facts.coverage, unidentified: facts.unidentified, cannotConclude: context.cannotConclude[item])
  }
}

/// The items that this version answers.
public enum Checklist {
  public static let rules: [any ChecklistRule] =
    [TelnetOffRule(), PortsClosedRule(), FirmwareRule(), DefaultCredentialRule(), PasswordReuseRule()]
    + ["14.3.b", "15.2.a", "15.4.a", "15.5.a", "16.1.a", "16.1.b", "16.1.c"].map {
      ProbedItemRule(item: "jssec-iot-v1/JSSEC-\($0)")
    }

  /// Proposals for every item and device, then one row per item for each part of the scope that was
  /// not looked at: what was left out is never silently left out.
  ///
  /// An unreachable or omitted device never adds a `pass`.
  public static func verdicts(
    devices: [DeviceFacts], omitted: [Coverage.Omission], in context: ChecklistContext
  ) -> [Verdict] {
    rules.flatMap { rule -> [Verdict] in
      let judged = devices.flatMap { rule.judge($0, in: context) }
      let left = omitted.map { omission -> Verdict in
        var bounds = Bounds(coverage: nil, cannotConclude: context.cannotConclude[rule.item])
        bounds.addresses = omission.addresses
        return Verdict(
          item: rule.item, device: nil, service: nil, status: .notTested, reason: omission.reason, bounds: bounds,
          explanation: omission.detail)
      }
      return judged + left
    }
  }
}

/// `tcp/23, tcp/80`, shortened beyond eight.
func list(_ endpoints: [ServiceEndpoint]) -> String {
  let shown = endpoints.prefix(8).map(\.description).joined(separator: ", ")
  return endpoints.count > 8 ? "\(shown), … (\(endpoints.count))" : shown
}
