internal import Wire

/// What is worth knowing of a network beside its findings. None of them names a serial number, an identity or a key.
public enum WiFiFact: String, Hashable, Sendable, CaseIterable, Codable {
  /// Stations among themselves, without an access point.
  case adHoc = "ad-hoc"
  /// In 6 GHz only SAE, OWE and enterprise suites with protected management frames are allowed (Wi-Fi Alliance, WPA3 3.4 §11).
  case highBandWithoutSAE = "6ghz-without-sae-or-owe"
  /// WPS takes a PIN, by label, display or keypad.
  case setupByPIN = "wps-pin"
  case setupLocked = "wps-locked"
  /// The access point waits for its first settings.
  case setupUnconfigured = "wps-unconfigured"
  /// Somebody is adding a client now.
  case setupUnderWay = "wps-under-way"
  case setupTellsSerial = "wps-tells-serial-number"
  case setupTellsModel = "wps-tells-model"
  case enterpriseWithoutProtection = "802.1x-without-pmf"
  /// WPA3 is behind another element, which old clients pass over.
  case overridden = "rsn-override"
  case hidesName = "hidden-ssid"
  case showedKeyIdentifier = "pmkid-seen"
  case showedIdentity = "eap-identity-seen"
  case disablesTransition = "transition-disable"
}

extension WiFiSurvey.Network {
  /// In the order of ``WiFiFact``; of what it says itself, none while nothing stands.
  public var facts: [WiFiFact] {
    let setup = description?.setup == nil ? nil : self.setup
    let names = security?.authentication ?? []
    let isEnterprise = names.contains { $0.hasPrefix("802.1x") || $0.hasPrefix("ft-802.1x") || $0.contains("fils") }
    let applies: [WiFiFact: Bool] = [
      .adHoc: description?.isAdHoc ?? false,
      .highBandWithoutSAE: description?.channel?.band == .high && !isModern,
      .setupByPIN: setup?.takesPIN ?? false,
      .setupLocked: description?.setup?.isLocked ?? false,
      .setupUnconfigured: description?.setup.map { !$0.isConfigured } ?? false,
      .setupUnderWay: setup?.isSelecting ?? false,
      .setupTellsSerial: setup?.tellsSerialNumber ?? false,
      .setupTellsModel: setup?.modelName != nil || setup?.modelNumber != nil,
      .enterpriseWithoutProtection: isEnterprise
        && security?.managementProtection == WiFiSecurity.ManagementProtection.none,
      .overridden: description?.rsnOverride != nil,
      .hidesName: hidesName,
      .showedKeyIdentifier: showedKeyIdentifier,
      .showedIdentity: showedIdentity,
      .disablesTransition: disablesTransition,
    ]
    return WiFiFact.allCases.filter { applies[$0] ?? false }
  }

  /// Every way in is one that 6 GHz allows.
  private var isModern: Bool {
    guard let security, !security.authentication.isEmpty, security.managementProtection == .required else {
      return false
    }
    return !security.authentication.contains { $0.hasPrefix("psk") || $0.hasPrefix("ft-psk") }
  }
}

/// The names of EAP's methods (IANA, "Extensible Authentication Protocol (EAP) Registry").
public enum WiFiAuthenticationMethod {
  public static func name(_ number: UInt8) -> String { names[number] ?? "eap-\(number)" }

  private static let names: [UInt8: String] = [
    4: "md5-challenge", 5: "otp", 6: "gtc", 13: "eap-tls", 17: "leap", 18: "eap-sim", 21: "eap-ttls", 23: "eap-aka",
    25: "peap", 26: "ms-eap", 29: "eap-mschap-v2", 43: "eap-fast", 47: "eap-psk", 48: "eap-sake", 49: "eap-ikev2",
    50: "eap-aka-prime", 51: "eap-gpsk", 52: "eap-pwd", 53: "eap-eke", 55: "teap", 254: "expanded",
  ]
}
