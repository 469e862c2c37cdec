internal import Records
internal import Wire

/// What a capture says to one rule. An outcome needs evidence on either side: what deviates was seen, and what meets the rule was
/// asked and answered.
struct TLSRowJudge {
  typealias Outcome = TLSComparison.Outcome

  let capture: TLSCapture

  init(_ capture: TLSCapture) { self.capture = capture }

  func outcome(of rule: TLSGuideline.Rule) -> Outcome {
    switch rule {
    case .versionsRequired(let versions): required(versions)
    case .versionsOneOf(let versions): oneOf(versions)
    case .versionsAllowed(let versions): none(of: TLSVersion.all.map(\.rawValue).filter { !versions.contains($0) })
    case .versionsForbidden(let versions): none(of: versions)
    case .suitesAllowed(let suites, let versions): only(suites, in: versions)
    case .familiesForbidden(let families, let versions): none(of: families, in: versions)
    case .pickForbidden(let families): pick(families)
    case .leastDHBits(let bits): finiteField(bits)
    case .leastCurveBits(let bits): curves(bits)
    case .groupsAllowed(let groups): only(groups)
    case .keys(let keys): key(keys)
    case .keyCurves(let curves): keyCurve(curves)
    case .hashesForbidden(let hashes): signature(without: hashes)
    case .signaturesAllowed(let names): signature(names)
    case .longestDays(let days): lifetime(days)
    case .feature(let feature, let mustBeThere): self.feature(feature, mustBeThere)
    }
  }

  // MARK: Versions

  /// How a version stands.
  enum Standing: Hashable {
    case spoken, declined
    case open(LocalizedText)
  }

  func standing(_ version: UInt16) -> Standing {
    switch capture.versions.first(where: { $0.number == version })?.answer ?? .notAsked {
    case .accepted: .spoken
    case .declined: .declined
    case .inconclusive(let reason): .open(Self.open(version, reason))
    case .notAsked: .open(Self.open(version, "not-asked"))
    }
  }

  static func open(_ version: UInt16, _ reason: String) -> LocalizedText {
    let name = TLSNames.shown(version: version)
    let reason = reason.withoutControls
    return LocalizedText(ja: "\(name): 未確定(\(reason))", en: "\(name): not settled (\(reason))")
  }

  /// The reason of the first that is open.
  func open(among versions: [UInt16]) -> LocalizedText? {
    for version in versions {
      if case .open(let reason) = standing(version) { return reason }
    }
    return nil
  }

  private static func names(_ versions: [UInt16]) -> String {
    versions.map(TLSNames.shown(version:)).joined(separator: ", ")
  }

  private func required(_ versions: [UInt16]) -> Outcome {
    let declined = versions.filter { standing($0) == .declined }
    if !declined.isEmpty { return .deviates(Self.notSpoken(declined)) }
    if let reason = open(among: versions) { return .notDetermined(reason) }
    return .meets(Self.spoken(versions))
  }

  private func oneOf(_ versions: [UInt16]) -> Outcome {
    let spoken = versions.filter { standing($0) == .spoken }
    if !spoken.isEmpty { return .meets(Self.spoken(spoken)) }
    if let reason = open(among: versions) { return .notDetermined(reason) }
    return .deviates(Self.notSpoken(versions))
  }

  private func none(of versions: [UInt16]) -> Outcome {
    let spoken = versions.filter { standing($0) == .spoken }
    if !spoken.isEmpty { return .deviates(Self.spoken(spoken)) }
    if let reason = open(among: versions) { return .notDetermined(reason) }
    return .meets(Self.notSpoken(versions))
  }

  private static func spoken(_ versions: [UInt16]) -> LocalizedText {
    LocalizedText(ja: "受け付けた版: \(names(versions))", en: "takes \(names(versions))")
  }

  private static func notSpoken(_ versions: [UInt16]) -> LocalizedText {
    LocalizedText(ja: "受け付けない版: \(names(versions))", en: "does not take \(names(versions))")
  }

  /// From SSL 3 to TLS 1.2, those that the service takes.
  var classicSpoken: [UInt16] {
    TLSVersion.all.filter { $0 >= .ssl3 && $0 <= .tls12 }.map(\.rawValue).filter { standing($0) == .spoken }
  }

  /// Every older version was asked for and declined.
  var speaksOnlyTLS13: Bool {
    standing(TLSVersion.tls13.rawValue) == .spoken
      && TLSVersion.all.dropLast().allSatisfy { standing($0.rawValue) == .declined }
  }

  static let onlyTLS13 = LocalizedText(
    ja: "TLS 1.3だけを受け付け、この版には該当しません", en: "takes TLS 1.3 only, which does not have it")

  static let auditMode = LocalizedText(
    ja: "audit-mode: --fullを付けて実行すると確かめられます", en: "audit-mode: run with --full")

  // MARK: What a ServerHello shows

  private func feature(_ feature: TLSGuideline.Feature, _ mustBeThere: Bool) -> Outcome {
    let fact =
      switch feature {
      case .compression: capture.compresses
      case .renegotiationInfo: capture.announcesSecureRenegotiation
      case .extendedMasterSecret: capture.hasExtendedMasterSecret
      case .fallbackSCSV: capture.honoursFallbackSCSV
      }
    guard let fact else {
      // TLS 1.3 neither compresses nor renegotiates (RFC 8446 §4.1.2), its keys depend on the whole handshake (§7.1), and a
      // service that has nothing else cannot be pushed down.
      if speaksOnlyTLS13 { return .meets(Self.onlyTLS13) }
      return .notDetermined(LocalizedText(ja: "判断できる応答なし(no-answer)", en: "no answer decides it (no-answer)"))
    }
    let seen = fact ? LocalizedText(ja: "あり", en: "yes") : LocalizedText(ja: "なし", en: "no")
    return fact == mustBeThere ? .meets(seen) : .deviates(seen)
  }
}
