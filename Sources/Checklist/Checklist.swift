public import Records

/// The rows that this version answers.
public enum Checklist {
  public static let rules: [any ChecklistRule] =
    connectionRules + settingRules + accountRules + operationRules

  /// Rows that follow from other rows; they are judged after these.
  public static let derivedRules: [any DerivedRule] = [OrdinaryPracticeRule()]

  /// Every row that this version answers, fully qualified.
  public static let items: [String] = rules.map(\.item) + derivedRules.map(\.item)

  /// Proposals for every row and device, then one row per rule for each part of the scope that was
  /// not looked at: what was left out is never silently left out.
  ///
  /// An unreachable or omitted device never adds a `pass`.
  public static func verdicts(_ site: SiteFacts, in context: ChecklistContext) -> [Verdict] {
    let judged = rules.flatMap { rule in
      rule.judge(site, in: context).map { context.bounded($0) } + leftOut(rule.item, site, in: context)
    }
    return judged
      + derivedRules.flatMap { rule in
        rule.judge(judged, site, in: context).map { context.bounded($0) } + leftOut(rule.item, site, in: context)
      }
  }

  private static func leftOut(_ item: String, _ site: SiteFacts, in context: ChecklistContext) -> [Verdict] {
    site.omitted.map { omission in
      var bounds = Bounds(coverage: nil, cannotConclude: context.cannotConclude[item])
      bounds.addresses = omission.addresses
      return Verdict(
        item: item, device: nil, service: nil, status: .notTested, reason: omission.reason, bounds: bounds,
        explanation: omission.detail)
    }
  }

  // A list for each part of the sheet, so that each can grow by itself.

  /// 要点14: how devices are connected.
  static let connectionRules: [any ChecklistRule] = [
    ClosedNetworkRule(), ExposureRule(), WirelessEncryptionRule(), WiredLinkRule(), TelnetOffRule(), GatewayRule(),
    DataProtectionRule(),
  ]
  /// 要点15: settings and ports.
  static let settingRules: [any ChecklistRule] = [
    FunctionsOffRule(), PortsClosedRule(), FirmwareRule(), SegmentationRule(), SettingsRule(),
  ]
  /// 要点15 and 16: accounts and authentication, and the rule for everybody about them.
  static let accountRules: [any ChecklistRule] = [
    DefaultCredentialRule(), InitialSettingRule(), RoleSeparationRule(), PasswordReuseRule(),
    DeviceAuthenticationRule(), UserAuthenticationRule(), PeerAuthenticationRule(),
  ]
  /// 要点7, 13, 17, 18 and 21 and the rules for everybody: logs, updates, ledger, changes.
  static let operationRules: [any ChecklistRule] = [
    FaultRecordRule(), TelemetryRule(), LoginRecordRule(), LogContentRule(), LogStoreRule(), LogAccessRule(),
    LogTransportRule(), LogDestinationRule(), UpdateChannelRule(), LedgerRecordRule(), LedgerIdentityRule(),
    LedgerQuantityRule(), ResidueRule(), TamperingRule(), AffectedDeviceRule(), LookupActivityRule(),
    VulnerabilityCheckRule(), MendedRule(), ChangeReviewRule(), MonitoringRule(), SupportPeriodRule(),
    RetiredDeviceRule(),
  ]
}

extension ChecklistContext {
  /// A row that asks for a decision is never passed by what a network shows (checklist.md §2.1): its best is a fact that supports it.
  func bounded(_ verdict: Verdict) -> Verdict {
    guard verdict.status == .pass, decisions.contains(verdict.item) else { return verdict }
    return Verdict(
      item: verdict.item, device: verdict.device, service: verdict.service, status: .needsReview, polarity: .supports,
      bounds: verdict.bounds, explanation: verdict.explanation, evidence: verdict.evidence)
  }
}
