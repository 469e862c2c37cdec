public import Records

/// JSSEC-16.1.b, authentication of users (checklist.md §2.4): what is had without it fails the item.
///
/// It passes where every service that people use demanded authentication and none is unknown: all ports settled, each open one
/// identified, nobody's password in the clear, the device alive before and after.
public struct UserAuthenticationRule: DeviceRule {
  public let item = "jssec-iot-v1/JSSEC-16.1.b"

  public init() {}

  public func judge(_ facts: DeviceFacts, in context: ChecklistContext) -> [Verdict] {
    let failed = failuresByService(facts, in: context)
    if !failed.isEmpty { return failed }
    let doors = facts.doors(for: .use)
    let weighed = toWeigh(facts, in: context) + clearLogins(doors, facts, in: context)
    if !weighed.isEmpty { return weighed }
    if let unknown = brokenDown(facts, in: context) ?? hidden(facts, in: context) { return [unknown] }
    guard doors.isEmpty else { return [judge(doors, facts, in: context)] }
    return [withoutDoors(facts, in: context)]
  }

  /// A password that Telnet asks for goes over the wire as it is.
  private func clearLogins(_ doors: [Door], _ facts: DeviceFacts, in context: ChecklistContext) -> [Verdict] {
    doors.filter { $0.service.protocolName == .telnet && !$0.service.tls && $0.answer == .demands }.map { door in
      verdict(
        .needsReview, facts, in: context, polarity: .against, service: door.service.endpoint,
        LocalizedText(
          ja: "\(door.service.endpoint)のTelnetはログインを求めますが、入力した内容は暗号化されずに流れます。",
          en: "Telnet on \(door.service.endpoint) asks for a login, and what is entered goes over the wire as it is."))
    }
  }

  private func withoutDoors(_ facts: DeviceFacts, in context: ChecklistContext) -> Verdict {
    let asked = judge([], facts, in: context)
    guard asked.reason == .unsupported else { return asked }
    if let doubt = notWhole(facts, in: context) ?? doubtful(facts, in: context) ?? udpLeft(facts, in: context) {
      return verdict(
        .notTested, facts, in: context, reason: doubt.reason ?? .unsupported, asked.explanation + doubt.explanation)
    }
    return verdict(
      .notApplicable, facts, in: context,
      LocalizedText(ja: "人が利用するサービスはありませんでした。", en: "There was no service that people use.") + extent(facts))
  }
}
