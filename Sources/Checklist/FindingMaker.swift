public import Profiles
public import Records

/// Turns observations into findings by the rules in Profiles/checks.
public struct FindingMaker: Sendable {
  private let checks: [Check]

  public init(checks: [Check]) { self.checks = checks }

  /// The checks whose rule the observation meets.
  public func matches(_ observation: Observation) -> [Check] {
    switch observation.fact {
    case .serviceIdentified(let name, _, _): return checks.filter { $0.rule.matches(name) }
    case .distress(let distress): return checks.filter { $0.rule.severity(of: distress.kind) != nil }
    case .probed(let verdict): return checks.filter { $0.rule.matches(verdict) }
    case .answeredARP, .answeredNeighbourSolicitation, .answeredEcho, .answeredSYN, .sighted, .port, .udp,
      .serviceUnidentified, .connectionFailed, .claimed, .tls, .ssh, .page:
      return []
    }
  }

  /// A finding of `check`, with `id` and the evidence of `observation`.
  /// - Parameter offsetMinutes: minutes east of UTC in which times are shown to people.
  public func finding(
    id: String, check: Check, observation: Observation, device: Device, evidence: [String],
    offsetMinutes: Int = Timestamp.jst
  ) -> Finding {
    let service: ServiceEndpoint?
    if case .service(_, let endpoint) = observation.subject { service = endpoint } else { service = nil }
    return Finding(
      id: id, check: check.id, severity: severity(check, observation), device: Finding.DeviceReference(device),
      service: service, title: check.title, remediation: check.remediation,
      detail: detail(observation, service, offsetMinutes), observations: [observation.id],
      items: check.feeds.filter { $0.status == .fail }.map(\.item), at: observation.at, evidence: evidence)
  }

  private func severity(_ check: Check, _ observation: Observation) -> Severity {
    guard case .distress(let distress) = observation.fact else { return check.severity }
    return check.rule.severity(of: distress.kind) ?? check.severity
  }

  private func detail(_ observation: Observation, _ service: ServiceEndpoint?, _ offsetMinutes: Int) -> LocalizedText {
    switch observation.fact {
    case .serviceIdentified(let name, _, let basis):
      let place = service.map { "\($0)" } ?? "-"
      return LocalizedText(
        ja: "\(place) で \(name.rawValue) を確認しました(根拠: \(basis.ja))。",
        en: "\(name.rawValue) was identified on \(place) (basis: \(basis.en)).")
    case .distress(let distress): return distress.detail(offsetMinutes)
    case .probed(let verdict):
      let place = service.map { "\($0): " } ?? ""
      return LocalizedText(ja: place + verdict.basis.ja, en: place + verdict.basis.en)
    case .answeredARP, .answeredNeighbourSolicitation, .answeredEcho, .answeredSYN, .sighted, .port, .udp,
      .serviceUnidentified, .connectionFailed, .claimed, .tls, .ssh, .page:
      return LocalizedText(ja: "", en: "")
    }
  }
}

extension Distress {
  /// What happened, with the exact window, for a reader without the packets.
  fileprivate func detail(_ offsetMinutes: Int) -> LocalizedText {
    func time(_ moment: Timestamp) -> String { moment.rfc3339(offsetMinutes: offsetMinutes) }
    let what: LocalizedText
    switch kind {
    case .recovered:
      what = LocalizedText(
        ja: "機器は応答しなくなり、送信を止めた後に応答が戻りました。", en: "The device fell silent and answered again after it was left alone.")
    case .rebooted:
      what = LocalizedText(
        ja: "機器は応答しなくなり、起動し直した様子で戻りました。", en: "The device fell silent and came back as if it had restarted.")
    case .lost:
      what = LocalizedText(
        ja: "機器は応答しなくなり、監視している間に戻りませんでした。", en: "The device fell silent and did not come back while it was watched.")
    case .slow:
      what = LocalizedText(ja: "機器の応答が大幅に遅くなりました。", en: "The device went on answering, but much more slowly.")
    }
    let back = LocalizedText(
      ja: ended.map { "、応答の回復 \(time($0))" } ?? "", en: ended.map { ", first answer afterwards \(time($0))" } ?? "")
    return LocalizedText(
      ja: what.ja + "最後の応答 \(time(lastAnswer))、送信停止 \(time(frozen))\(back.ja)。最後の応答から送信停止までに送ったフレームは\(frames)個です。",
      en: what.en + " Last answer \(time(lastAnswer)), probing stopped \(time(frozen))\(back.en). "
        + "\(frames) frames left for it between the last answer and the stop.")
  }
}
