internal import Records
internal import Wire

// Suites: what deviates was accepted; what meets a rule needs a list that is complete.
extension TLSRowJudge {
  /// A suite in a version, as it was accepted.
  private struct Accepted {
    let suite: CipherSuite
    let version: UInt16

    var shown: String {
      // Two drafts' suites have the names that IANA gave to others.
      let number = suite.name != nil && CipherSuite(named: suite.shown) != suite
      return "\(suite.shown)\(number ? " 0x" + String(suite.rawValue, radix: 16) : "")"
        + " (\(TLSNames.shown(version: version)))"
    }
  }

  private func accepted(in versions: [UInt16]) -> [Accepted] {
    capture.suites.filter { versions.contains($0.version) }.flatMap { suites in
      suites.accepted.map { Accepted(suite: CipherSuite(rawValue: $0), version: suites.version) }
    }
  }

  private static func listed(_ accepted: [Accepted]) -> LocalizedText {
    let names = accepted.prefix(4).map(\.shown).joined(separator: ", ")
    let rest = accepted.count - 4
    guard rest > 0 else { return LocalizedText(ja: names, en: names) }
    return LocalizedText(ja: "\(names)、ほか\(rest)", en: "\(names) and \(rest) more")
  }

  func only(_ suites: Set<UInt32>, in versions: [UInt16]) -> Outcome {
    let others = accepted(in: versions).filter { !suites.contains($0.suite.rawValue) }
    if !others.isEmpty { return .deviates(Self.listed(others)) }
    if let reason = openList(in: versions, weakSuffice: false) { return .notDetermined(reason) }
    return .meets(nothingElse(in: versions))
  }

  func none(of families: Set<TLSGuideline.Family>, in versions: [UInt16]) -> Outcome {
    let all = accepted(in: versions)
    let members = all.filter { accepted in families.contains { $0.holds(accepted.suite) } }
    if !members.isEmpty { return .deviates(Self.listed(members)) }
    if let unknown = all.first(where: { $0.suite.name == nil }) {
      return .notDetermined(
        LocalizedText(ja: "未知の暗号スイート: \(unknown.shown)", en: "a suite that is not known: \(unknown.shown)"))
    }
    let weakSuffice = families.allSatisfy { $0.weakness != nil }
    if let reason = openList(in: versions, weakSuffice: weakSuffice) { return .notDetermined(reason) }
    return .meets(nothingElse(in: versions))
  }

  /// Why it is not known which suites the service takes in these versions; nil where that is known.
  /// - Parameter weakSuffice: it is enough to have offered the suites of every weak family.
  private func openList(in versions: [UInt16], weakSuffice: Bool) -> LocalizedText? {
    for version in versions {
      switch standing(version) {
      case .declined: continue
      case .open(let reason): return reason
      case .spoken: break
      }
      guard let suites = capture.suites.first(where: { $0.version == version }) else {
        return capture.mode == "full" ? Self.open(version, "not-asked") : Self.auditMode
      }
      // Weak families were offered up to TLS 1.2 alone.
      let isEnough = suites.offered == "all" || (weakSuffice && version < TLSVersion.tls13.rawValue)
      guard isEnough else { return Self.auditMode }
      switch suites.end {
      case .accepted, .declined: continue
      case .inconclusive(let reason): return Self.open(version, reason)
      case .notAsked: return capture.mode == "full" ? Self.open(version, "not-asked") : Self.auditMode
      }
    }
    return nil
  }

  private func nothingElse(in versions: [UInt16]) -> LocalizedText {
    let spoken = versions.filter { standing($0) == .spoken }.map(TLSNames.shown(version:)).joined(separator: ", ")
    guard !spoken.isEmpty else {
      return LocalizedText(ja: "対象の版をどれも受け付けない", en: "takes none of these versions")
    }
    return LocalizedText(ja: "\(spoken)でほかは選択されなかった", en: "nothing else was picked in \(spoken)")
  }

  func pick(_ families: Set<TLSGuideline.Family>) -> Outcome {
    guard let preferred = capture.preferred else {
      return .notDetermined(LocalizedText(ja: "判断できる応答なし(no-answer)", en: "no answer decides it (no-answer)"))
    }
    let picked = Accepted(suite: CipherSuite(preferred.suite), version: preferred.version)
    let seen = LocalizedText(ja: picked.shown, en: picked.shown)
    guard picked.suite.name != nil else { return .notDetermined(seen) }
    return families.contains { $0.holds(picked.suite) } ? .deviates(seen) : .meets(seen)
  }
}
