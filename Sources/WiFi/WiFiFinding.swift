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
  case defaultName = "wifi.default-ssid"
  case setupAccessPoint = "wifi.setup-ap"
  case mixedSecurity = "wifi.mixed-security"
  case changed = "wifi.changed"
}

/// What a finding rests on.
public enum WiFiProof: String, Hashable, Sendable, Codable {
  /// The network says so of itself: twice, or in a frame that is known to be sound.
  case said
  /// Data frames show it.
  case seen
  /// A single frame says so, and nothing shows that it came as it was sent. It is no verdict.
  case once
}

extension WiFiSurvey.Network {
  /// nil while nothing stands of what it said.
  public var security: WiFiSecurity? { description.map(WiFiSecurity.init) }

  /// In the order of ``WiFiFinding``; none while nothing stands. What needs names or other networks is in ``WiFiSurvey/judgements(_:)``.
  public var findings: [(finding: WiFiFinding, proof: WiFiProof)] {
    guard let description, let security, let standing else { return [] }
    var found: [(finding: WiFiFinding, proof: WiFiProof)] = []
    let proof = standing == .once ? WiFiProof.once : .said
    // What supports a description says nothing of what is beside RSN and WPA.
    let aside = standing <= .supported && standing != .sound ? WiFiProof.once : .said
    func add(_ finding: WiFiFinding, _ applies: Bool, _ proof: WiFiProof, seen: Bool = false) {
      if applies { found.append((finding, seen ? .seen : proof)) }
    }
    let isOpen = security.level == .open
    add(.open, isOpen && description.transitionPair == nil, proof, seen: clearFrames >= WiFiSurvey.proof)
    add(.wep, security.level == .wep, proof, seen: shows(.wep))
    add(.wpa1, security.level == .wpa1 || security.level == .wpa1And2, proof)
    add(.tkip, security.pairwise.contains("tkip"), proof, seen: shows(.tkip))
    let weak: Set = ["tkip", "wep-40", "wep-104"]
    add(.weakGroupCipher, security.group.map { weak.contains($0) && !security.pairwise.contains($0) } ?? false, proof)
    add(.setup, description.setup.map { !$0.isLocked } ?? false, aside)
    found += protectionFindings(security).map { ($0, proof) }
    add(.openHalf, isOpen && description.transitionPair != nil, aside)
    add(.huntingAndPecking, security.hashesToElement == false, aside)
    add(.fastTransitionByPassword, security.authentication.contains { $0.hasPrefix("ft-psk") }, proof)
    add(.changed, earlier.contains { WiFiSecurity($0).level != security.level }, proof)
    return found
  }

  private func protectionFindings(_ security: WiFiSecurity) -> [WiFiFinding] {
    let hasSAE = security.hashesToElement != nil
    switch (security.level, security.managementProtection) {
    case (.open, _), (.wep, _), (.wpa1, _), (.unknown, _): return []
    // They may not do without it (WPA3 3.4 §2.3, §3).
    case (.owe, let protection), (.wpa3, let protection): return protection == .required ? [] : [.newWithoutProtection]
    case (.wpa2And3, .none): return [.transition, .newWithoutProtection]
    case (.wpa2And3, _): return [.transition]
    case (.wpa2, let protection), (.wpa1And2, let protection):
      let further: [WiFiFinding] = security.level == .wpa1And2 && hasSAE ? [.transition] : []
      switch protection {
      case .none: return [.noManagementProtection] + further
      case .capable: return [.optionalManagementProtection] + further
      case .required: return further
      }
    }
  }
}
