public import Profiles
public import Records

/// Turns observations into findings by the rules in Profiles/checks.
public struct FindingMaker: Sendable {
  private let checks: [Check]

  public init(checks: [Check]) { self.checks = checks }

  /// The checks whose rule the observation meets.
  public func matches(_ observation: Observation) -> [Check] {
    guard case .serviceIdentified(let name, _) = observation.fact else { return [] }
    return checks.filter { $0.rule.matches(name) }
  }

  /// A finding of `check`, with `id` and the evidence of `observation`.
  public func finding(
    id: String, check: Check, observation: Observation, device: Device, evidence: [String]
  ) -> Finding {
    let service: ServiceEndpoint?
    if case .service(_, let endpoint) = observation.subject { service = endpoint } else { service = nil }
    return Finding(
      id: id, check: check.id, severity: check.severity, device: Finding.DeviceReference(device), service: service,
      title: check.title, remediation: check.remediation, detail: detail(observation, service),
      observations: [observation.id], items: check.feeds.filter { $0.status == .fail }.map(\.item),
      at: observation.at, evidence: evidence)
  }

  private func detail(_ observation: Observation, _ service: ServiceEndpoint?) -> LocalizedText {
    guard case .serviceIdentified(let name, let basis) = observation.fact else {
      return LocalizedText(ja: "", en: "")
    }
    let place = service.map { "\($0)" } ?? "-"
    return LocalizedText(
      ja: "\(place) で \(name.rawValue) を確認しました(根拠: \(basis.ja))。こちらからは何も送信していません。",
      en: "\(name.rawValue) was identified on \(place) (basis: \(basis.en)). Nothing was sent to the service.")
  }
}
