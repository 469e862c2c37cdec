public import Authority
public import Records

/// How a Telnet service is logged in to, beyond what every one has in common.
public struct TelnetRecipe: Hashable, Sendable {
  /// The line that ends a session; nil where closing the connection does.
  public let logout: String?
  /// Texts that show a session where no command prompt does, such as the title of a menu.
  public let success: [String]
  /// Texts that refuse, and that lock, beyond the usual ones.
  public let failure: [String]
  public let lockedOut: [String]

  public init(logout: String? = "exit", success: [String] = [], failure: [String] = [], lockedOut: [String] = []) {
    self.logout = logout
    self.success = success
    self.failure = failure
    self.lockedOut = lockedOut
  }
}

/// In which version an SNMP agent is asked: a password without a name is a community of 1 or 2c, one with a name a user's of 3.
public enum SNMPRecipe: Hashable, Sendable {
  /// HMAC-MD5-96 or HMAC-SHA-96 (RFC 3414).
  public enum Authentication: String, Hashable, Sendable, CaseIterable { case md5, sha }

  case version1
  case version2c
  /// `context`: where the users' objects are; most agents have one place, without a name.
  case version3(Authentication, context: String = "")

  /// Names are users of version 3.
  var hasUsers: Bool { if case .version3 = self { true } else { false } }

  /// A user without a password has no key.
  func fits(_ pair: CredentialPair) -> Bool {
    switch self {
    case .version1, .version2c: pair.account.isEmpty
    case .version3: !pair.account.isEmpty && !pair.secret.isEmpty
    }
  }
}

/// What a family of devices is known to accept from its maker: a file of Profiles/credentials/<maker>.
public struct CredentialProfile: Hashable, Sendable {
  /// A sign that a device is of the family.
  public enum Sign: Hashable, Sendable {
    /// The family of Profiles/devices, where more than the maker's address shows it.
    case family(String)
    /// The holder of the MAC address's block, by the words it begins with.
    case organisation(String)
    /// The Telnet greeting holds this, without regard to case.
    case greeting(String)
    /// A claim of this kind begins with these words.
    case claim(Claim.Kind, String)
    /// A TCP port is open.
    case port(UInt16)
  }

  public enum Strength: String, Hashable, Sendable, CaseIterable { case strong, weak }

  public struct Rule: Hashable, Sendable {
    public let sign: Sign
    public let strength: Strength
  }

  /// What shows that somebody is in. Nothing beyond it is read.
  public enum Proof: String, Hashable, Sendable, CaseIterable {
    /// The protocol's own answer to a login that is accepted; by Telnet a command prompt that comes back after two
    /// empty lines.
    case answer
    /// A text that the recipe names.
    case text
  }

  public struct Source: Hashable, Sendable {
    public let title: String
    public let url: String
    /// The day on which it was read.
    public let retrieved: String
  }

  /// The place below Profiles/credentials, without extension.
  public let id: String
  public let family: LocalizedText
  /// Empty for the group of devices that nothing identifies.
  public let rules: [Rule]
  /// The services of the device that the pairs are for, each once.
  public let transports: [LoginTransport]
  public let telnet: TelnetRecipe
  public let http: HTTPRecipe
  public let snmp: SNMPRecipe
  public let proof: Proof
  /// Most likely first.
  public internal(set) var pairs: [CredentialPair]
  public let threshold: LoginThreshold
  public let confidence: Claim.Confidence
  public let sources: [Source]

  /// For devices that no other profile knows.
  public var isGeneric: Bool { id.hasPrefix("generic/") }
  public static let mostPairs = 3
  public static let mostGenericPairs = 2
}

/// What is known of a device when its credentials are chosen.
public struct DeviceTraits: Sendable {
  public let device: Device
  /// The family of Profiles/devices; `byMore`: by more than the maker's MAC address.
  public let family: (id: String, byMore: Bool)?
  /// What the service said before anything was entered.
  public let greeting: [UInt8]

  public init(device: Device, family: (id: String, byMore: Bool)?, greeting: [UInt8]) {
    self.device = device
    self.family = family
    self.greeting = greeting
  }
}

extension CredentialProfile {
  /// How well the profile fits: nil unless one strong sign shows it, or two weak ones.
  func fit(_ traits: DeviceTraits) -> (strong: Int, weak: Int)? {
    let met = rules.compactMap { strength(of: $0, traits) }
    let (strong, weak) = (met.count { $0 == .strong }, met.count { $0 == .weak })
    return strong >= 1 || weak >= 2 ? (strong, weak) : nil
  }

  private func strength(of rule: Rule, _ traits: DeviceTraits) -> Strength? {
    switch rule.sign {
    case .family(let id):
      guard let family = traits.family, family.id == id else { return nil }
      // By the maker's address alone it says what `organisation` says.
      return family.byMore ? rule.strength : nil
    case .organisation(let words):
      return traits.device.vendor.map { Self.begins($0.name, words) } == true ? rule.strength : nil
    case .greeting(let text): return LoginWords.says([text], traits.greeting) ? rule.strength : nil
    case .claim(let kind, let words):
      return traits.device.claims.contains { $0.kind == kind && Self.begins($0.value, words) } ? rule.strength : nil
    case .port(let port):
      let endpoint = ServiceEndpoint(transport: .tcp, port: port)
      return traits.device.services.contains { $0.endpoint == endpoint && $0.state == .open } ? rule.strength : nil
    }
  }

  /// Whole words: "ACTi" does not begin "Activision".
  private static func begins(_ text: String, _ words: String) -> Bool {
    let (text, words) = (text.lowercased(), words.lowercased())
    guard text.hasPrefix(words) else { return false }
    return text.dropFirst(words.count).first.map { !$0.isLetter && !$0.isNumber } ?? true
  }
}

/// The profiles of Profiles/credentials.
public struct CredentialProfiles: Hashable, Sendable {
  /// In order of their ids.
  public let all: [CredentialProfile]

  public init(all: [CredentialProfile]) { self.all = all }

  public func profile(_ id: String) -> CredentialProfile? { all.first { $0.id == id } }

  /// The profile that fits best among those for a kind of service; of several that fit equally the first by name; the
  /// generic one where none fits. Its formulas are filled in for the device; where none can be and there is nothing else to
  /// enter it is passed over.
  public func choice(for traits: DeviceTraits, by transport: LoginTransport) -> CredentialProfile? {
    let all = all.filter { $0.transports.contains(transport) }
    var best: (profile: CredentialProfile, fit: (strong: Int, weak: Int))?
    for profile in all where !profile.isGeneric {
      guard let fit = profile.fit(traits) else { continue }
      if let known = best, known.fit >= fit { continue }
      let resolved = profile.resolved(for: traits.device)
      if resolved.hasKnownPair { best = (resolved, fit) }
    }
    return best?.profile ?? all.first(where: \.isGeneric)
  }
}
