public import Addressing
internal import Wire

/// A finding of a network, with what it rests on.
public struct WiFiJudgement: Hashable, Sendable {
  public let finding: WiFiFinding
  public let proof: WiFiProof
  /// Of ``WiFiFinding/mixedSecurity``: networks of the same name that are protected otherwise.
  public var others: [MACAddress] = []
  /// Of ``WiFiFinding/defaultName`` and ``WiFiFinding/setupAccessPoint``: what the name matches.
  public var name: WiFiDefaultName?
}

extension WiFiSurvey {
  /// Each network with its findings, those by its name and by its neighbours among them, in the order of ``WiFiFinding``.
  public func judgements(_ names: WiFiDefaultNames) -> [(network: Network, judgements: [WiFiJudgement])] {
    let mixed = self.mixed
    return all.map { network in
      var found = network.findings.map { WiFiJudgement(finding: $0.finding, proof: $0.proof) }
      found += network.judgements(names)
      if let others = mixed[network.address] {
        found.append(WiFiJudgement(finding: .mixedSecurity, proof: .said, others: others))
      }
      let order = WiFiFinding.allCases
      return (
        network, found.sorted { order.firstIndex(of: $0.finding) ?? 0 < order.firstIndex(of: $1.finding) ?? 0 }
      )
    }
  }

  /// Networks with others of the same name that are protected otherwise. Nothing that a single frame said is among them.
  private var mixed: [MACAddress: [MACAddress]] {
    let sound = all.filter { ($0.standing ?? .once) > .once && ($0.nameStanding ?? .once) > .once }
    var groups: [[UInt8]: [Network]] = [:]
    for network in sound { if let name = network.name { groups[name, default: []].append(network) } }
    var mixed: [MACAddress: [MACAddress]] = [:]
    for group in groups.values where group.count > 1 {
      for network in group {
        let others = group.filter { network.differs(from: $0) }.map(\.address)
        if !others.isEmpty { mixed[network.address] = others }
      }
    }
    return mixed
  }
}

extension WiFiSurvey.Network {
  /// By its name alone.
  fileprivate func judgements(_ names: WiFiDefaultNames) -> [WiFiJudgement] {
    guard let name, let nameStanding, let security, let standing, let known = names.match(name) else { return [] }
    let proof = min(standing, nameStanding) == .once ? WiFiProof.once : .said
    switch known.kind {
    case .factory: return [WiFiJudgement(finding: .defaultName, proof: proof, name: known)]
    // Protected, it is no way in.
    case .setup:
      return security.level == .open ? [WiFiJudgement(finding: .setupAccessPoint, proof: proof, name: known)] : []
    }
  }

  fileprivate func differs(from other: Self) -> Bool {
    guard let one = security?.level, let two = other.security?.level, one != two else { return false }
    // The two halves of an OWE pair name each other.
    if description?.transitionPair?.network == other.address.rawValue { return false }
    if other.description?.transitionPair?.network == address.rawValue { return false }
    // The mode of transition is not allowed in 6 GHz: with WPA3 there it is one configuration (WPA3 3.4 §11).
    func isOneConfiguration(_ low: Self, _ high: Self) -> Bool {
      low.security?.level == .wpa2And3 && high.security?.level == .wpa3 && high.description?.channel?.band == .high
    }
    return !isOneConfiguration(self, other) && !isOneConfiguration(other, self)
  }
}
