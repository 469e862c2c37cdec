public import Records

/// JSSEC-15.2.b, "unneeded ports closed" (checklist.md §2.4).
///
/// Which service is needed is the owner's decision. Without a declaration of allowed services the
/// rule can only fail what is never needed, or hand the owner a list to answer.
public struct PortsClosedRule: ChecklistRule {
  public let item = "jssec-iot-v1/JSSEC-15.2.b"

  public init() {}

  public func judge(_ facts: DeviceFacts, in context: ChecklistContext) -> [Verdict] {
    let failed = failures(facts, in: context)
    if !failed.isEmpty { return failed }
    let open = facts.openServices.map(\.endpoint).sorted()
    if !open.isEmpty {
      return [
        verdict(
          .needsReview, facts, in: context, reason: .noReferenceData, polarity: .neutral,
          LocalizedText(
            ja: "許可するサービスの一覧が宣言されていません。開いているポート(\(list(open)))がそれぞれ必要かどうかを、機器の所有者が回答してください。",
            en:
              "No list of allowed services was declared. The owner must say for each open port (\(list(open))) whether it is needed."
          ))
      ]
    }
    if !facts.coverage.tcp.complete || facts.coverage.stopped != nil {
      return [
        verdict(
          .notTested, facts, in: context, reason: .incomplete,
          LocalizedText(
            ja:
              "調べたTCPポートは\(facts.coverage.tcp.requestedCount)個(\(facts.coverage.tcp.requested))で、その中に開いているポートはありませんでした。残りは調べていません。",
            en:
              "\(facts.coverage.tcp.requestedCount) TCP ports (\(facts.coverage.tcp.requested)) were probed and none was open. The others were not looked at."
          ))
      ]
    }
    return [
      verdict(
        .notTested, facts, in: context, reason: .unsupported,
        LocalizedText(
          ja: "TCPには開いているポートがありませんでした(無応答\(facts.coverage.tcp.silent))。UDPはこの版では調べていません。",
          en: "No TCP port was open (\(facts.coverage.tcp.silent) silent). UDP is not looked at by this version."))
    ]
  }
}
