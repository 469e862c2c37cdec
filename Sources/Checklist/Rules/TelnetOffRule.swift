internal import Declarations
public import Records

/// JSSEC-14.2.c, "Telnet off, SSH where possible" (checklist.md §2.4).
///
/// Silence proves nothing here: a pass needs an answer from every one of the 65,535 ports, an
/// ordinary connection to each open one, and the device alive before and after.
///
/// That the owner says that SSH cannot be had is an exception, which a person accepts or not: it stands beside a fail and in
/// place of a pass.
public struct TelnetOffRule: SiteDeviceRule {
  public let item = "jssec-iot-v1/JSSEC-14.2.c"

  /// All that SSH offers of a kind is weak.
  static let weakOnly = "ssh.weak-only"

  public init() {}

  public func judge(_ facts: DeviceFacts, of site: SiteFacts, in context: ChecklistContext) -> [Verdict] {
    let exception = exception(facts, of: site, in: context)
    let failed = failures(facts, in: context)
    if !failed.isEmpty { return failed + [exception].compactMap(\.self) }
    let unknown = unprovable(facts, in: context)
    let weak = weakSSH(facts, in: context)
    if !weak.isEmpty { return weak + [unknown, exception].compactMap(\.self) }
    return [unknown ?? doubtfulTelnet(facts, in: context) ?? exception ?? pass(facts, in: context)]
  }

  private func exception(_ facts: DeviceFacts, of site: SiteFacts, in context: ChecklistContext) -> Verdict? {
    guard let said = site.statements(.noSSH, of: facts.device).first else { return nil }
    return verdict(
      .needsReview, facts, in: context, polarity: .neutral,
      LocalizedText(
        ja: "この機器ではSSHを使えないとの申告があります(\(said.attribution.ja))。例外として認めるかどうかと、14.3の代替策(ゲートウェイ経由など)を人が判断してください。",
        en:
          "It is declared that the device cannot have SSH: \(said.attribution.en). A person must decide whether that is an accepted exception, and on what takes its place under 14.3, such as a gateway."
      ))
  }

  /// SSH-1, or SSH of which all that it offers of a kind is weak: the other weak offers are findings, and SSH is there.
  private func weakSSH(_ facts: DeviceFacts, in context: ChecklistContext) -> [Verdict] {
    facts.verdicts(of: ["ssh.v1", Self.weakOnly]).filter { $0.verdict.result == .proven }.map { said in
      verdict(.needsReview, facts, in: context, polarity: .against, service: said.service, said.verdict.basis)
    }
  }

  /// What was not looked at decides nothing.
  private func unprovable(_ facts: DeviceFacts, in context: ChecklistContext) -> Verdict? {
    brokenDown(facts, in: context) ?? hidden(facts, in: context) ?? stopped(facts, in: context)
      ?? likelyButUnidentified(facts, in: context) ?? industrialPortsLeft(facts, in: context)
      ?? partialForTelnet(facts, in: context) ?? questionsForbidden(facts, in: context)
      ?? notAlive(facts, in: context) ?? framesDropped(facts, in: context)
  }

  private func partialForTelnet(_ facts: DeviceFacts, in context: ChecklistContext) -> Verdict? {
    guard let partial = partial(facts, in: context) else { return nil }
    return verdict(
      .notTested, facts, in: context, reason: .incomplete,
      partial.explanation
        + LocalizedText(ja: "他のポートでTelnetが動作している可能性が残ります。", en: "Telnet may run on one of the others."))
  }

  private func likelyButUnidentified(_ facts: DeviceFacts, in context: ChecklistContext) -> Verdict? {
    let likely = facts.unidentified.filter { context.telnetLikelyPorts.contains($0.port) }
    guard !likely.isEmpty else { return nil }
    return verdict(
      .needsReview, facts, in: context, polarity: .against,
      LocalizedText(
        ja: "Telnetでよく使われるポート(\(list(likely)))が開いていますが、何のサービスかは特定されていません。",
        en: "Ports often used for Telnet (\(list(likely))) are open, and which service runs there was not identified."))
  }

  /// Facts that a person must weigh.
  private func doubtfulTelnet(_ facts: DeviceFacts, in context: ChecklistContext) -> Verdict? {
    let silent = facts.coverage.tcp.silent
    if silent > 0 {
      return verdict(
        .needsReview, facts, in: context, polarity: .neutral,
        LocalizedText(
          ja: "\(silent)個のTCPポートが応答しませんでした。この場所からは、その先でTelnetが動作していないとは言えません。",
          en: "\(silent) TCP ports gave no answer. From this vantage nothing can be said about Telnet behind them."))
    }
    if let missed = mayHaveBeenMissed(facts, in: context) { return missed }
    let unheard = facts.unheard
    if !unheard.isEmpty {
      return verdict(
        .needsReview, facts, in: context, polarity: .neutral,
        LocalizedText(
          ja: "開いているポート(\(list(unheard)))に接続して確かめることができませんでした。",
          en: "Open ports (\(list(unheard))) could not be connected to, so what runs there is not known."))
    }
    return nil
  }

  private func pass(_ facts: DeviceFacts, in context: ChecklistContext) -> Verdict {
    let open = facts.openTCPServices.count
    let silentServices = facts.unidentified
    let tail =
      silentServices.isEmpty
      ? LocalizedText(ja: "", en: "")
      : LocalizedText(
        ja: " うち\(list(silentServices))は接続しても自ら名乗りませんでした。",
        en: " Of these, \(list(silentServices)) said nothing that identifies them.")
    return verdict(
      .pass, facts, in: context, polarity: .supports,
      LocalizedText(
        ja: "全65,535個のTCPポートが応答し(開\(open)、閉\(facts.coverage.tcp.closed))、Telnetと特定されるサービスはありませんでした。\(tail.ja)",
        en:
          "All 65,535 TCP ports answered (\(open) open, \(facts.coverage.tcp.closed) closed) and none was identified as Telnet.\(tail.en)"
      ))
  }
}
