internal import Wire

/// What is weak in a network, by what it says and what was heard of it: one name for each weakness (issue 7; protocols.md §3.3).
public enum WiFiFinding: String, Hashable, Sendable, CaseIterable, Codable {
  case open = "wifi.open"
  case wep = "wifi.wep"
  case wpa1 = "wifi.wpa1"
  case tkip = "wifi.tkip"
  case weakGroupCipher = "wifi.weak-group-cipher"
  case setup = "wifi.wps"
  case noManagementProtection = "wifi.no-pmf"
  case optionalManagementProtection = "wifi.pmf-optional"
  case transition = "wifi.transition"
  case openHalf = "wifi.owe-open-half"
  case newWithoutProtection = "wifi.sae-no-pmf"
  case huntingAndPecking = "wifi.sae-no-h2e"
  case fastTransitionByPassword = "wifi.ft-psk"
  case changed = "wifi.changed"
}

/// What a finding rests on.
public enum WiFiProof: String, Hashable, Sendable, Codable {
  /// The network says so of itself.
  case said
  /// Data frames show it.
  case seen
}

extension WiFiSurvey.Network {
  /// nil while nothing that it said came twice.
  public var security: WiFiSecurity? { description.map(WiFiSecurity.init) }

  /// In the order of ``WiFiFinding``; none while nothing is believed of it. What belongs to several networks (names, twins) is not among them.
  public var findings: [(finding: WiFiFinding, proof: WiFiProof)] {
    guard let description, let security else { return [] }
    var found: [(finding: WiFiFinding, proof: WiFiProof)] = []
    func add(_ finding: WiFiFinding, _ applies: Bool, seen: Bool = false) {
      if applies { found.append((finding, seen ? .seen : .said)) }
    }
    let isOpen = security.level == .open
    add(.open, isOpen && description.transitionPair == nil, seen: clearFrames >= WiFiSurvey.proof)
    add(.wep, security.level == .wep, seen: shows(.wep))
    add(.wpa1, security.level == .wpa1 || security.level == .wpa1And2)
    add(.tkip, security.pairwise.contains("tkip"), seen: shows(.tkip))
    let weak: Set = ["tkip", "wep-40", "wep-104"]
    add(.weakGroupCipher, security.group.map { weak.contains($0) && !security.pairwise.contains($0) } ?? false)
    add(.setup, description.setup.map { !$0.isLocked } ?? false)
    addProtection(security, &found)
    add(.openHalf, isOpen && description.transitionPair != nil)
    add(.huntingAndPecking, security.hashesToElement == false)
    add(.fastTransitionByPassword, security.authentication.contains { $0.hasPrefix("ft-psk") })
    add(.changed, earlier.contains { WiFiSecurity($0).level != security.level })
    return found
  }

  private func addProtection(_ security: WiFiSecurity, _ found: inout [(finding: WiFiFinding, proof: WiFiProof)]) {
    let hasSAE = security.hashesToElement != nil
    switch security.level {
    case .open, .wep, .wpa1, .unknown: return
    case .owe, .wpa3:
      // They may not do without it (WPA3 3.4 §2.3, §3).
      if security.managementProtection != .required { found.append((.newWithoutProtection, .said)) }
    case .wpa2And3:
      found.append((.transition, .said))
      if security.managementProtection == .none { found.append((.newWithoutProtection, .said)) }
    case .wpa2, .wpa1And2:
      if security.managementProtection == .none { found.append((.noManagementProtection, .said)) }
      if security.managementProtection == .capable { found.append((.optionalManagementProtection, .said)) }
      if security.level == .wpa1And2, hasSAE { found.append((.transition, .said)) }
    }
  }
}
