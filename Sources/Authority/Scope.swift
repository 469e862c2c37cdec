public import Addressing
public import Records

/// What the customer allowed: the only source of permission to send anything.
public struct Scope: Hashable, Sendable {
  /// Something that must not be touched, and why, in the customer's words.
  public struct Exclusion: Hashable, Sendable {
    public enum Target: Hashable, Sendable {
      case addresses(AddressRange)
      case device(MACAddress)
    }

    public var target: Target
    public var reason: String?

    public init(target: Target, reason: String? = nil) {
      self.target = target
      self.reason = reason
    }
  }

  /// Ceilings in frames per second. The command line may ask for less, never for more.
  public struct Rates: Hashable, Sendable {
    public var perDevice: Int
    public var total: Int

    public init(perDevice: Int, total: Int) {
      self.perDevice = perDevice
      self.total = total
    }
  }

  public var engagement: Engagement
  public var validFrom: Timestamp
  public var validUntil: Timestamp
  public var networks: [AddressRange]
  public var exclusions: [Exclusion]
  public var techniques: Set<Technique>
  public var rates: Rates
  /// Minutes east of UTC in which the customer reads times.
  public var offsetMinutes: Int

  public init(
    engagement: Engagement, validFrom: Timestamp, validUntil: Timestamp, networks: [AddressRange],
    exclusions: [Exclusion], techniques: Set<Technique>, rates: Rates, offsetMinutes: Int = Timestamp.jst
  ) {
    self.engagement = engagement
    self.validFrom = validFrom
    self.validUntil = validUntil
    self.networks = networks
    self.exclusions = exclusions
    self.techniques = techniques
    self.rates = rates
    self.offsetMinutes = offsetMinutes
  }

  /// Judges a wish to touch `address` by `technique` at `moment`. Deny wins: exclusions are read
  /// before permissions, and what nobody allowed is refused.
  /// - Parameter mac: the device behind the address, when it is known.
  /// - Returns: nil when it is allowed, else the rule that refuses it.
  public func refusal(
    of address: IPv4Address, mac: MACAddress? = nil, for technique: Technique, at moment: Timestamp
  ) -> Refusal? {
    for exclusion in exclusions where exclusion.covers(address, mac) {
      return Refusal(target: "\(address)", rule: .excluded(exclusion))
    }
    guard networks.contains(where: { $0.contains(address) }) else {
      return Refusal(target: "\(address)", rule: .outsideNetworks(networks))
    }
    guard techniques.contains(technique) else {
      return Refusal(target: "\(address)", rule: .techniqueNotAllowed(technique))
    }
    return validityRefusal(at: moment, target: "\(address)")
  }

  /// The refusal of everything outside the validity window, nil inside it.
  public func validityRefusal(at moment: Timestamp, target: String = "every target") -> Refusal? {
    if moment < validFrom { return Refusal(target: target, rule: .notYetValid(from: validFrom)) }
    if moment >= validUntil { return Refusal(target: target, rule: .expired(at: validUntil)) }
    return nil
  }
}

extension Scope.Exclusion {
  func covers(_ address: IPv4Address, _ mac: MACAddress?) -> Bool {
    switch target {
    case .addresses(let range): return range.contains(address)
    case .device(let excluded): return excluded == mac
    }
  }
}

extension Scope.Exclusion: CustomStringConvertible {
  public var description: String {
    let subject: String
    switch target {
    case .addresses(let range): subject = "\(range)"
    case .device(let mac): subject = "\(mac)"
    }
    return reason.map { "\(subject) (\($0))" } ?? subject
  }
}

/// Why something may not be sent, with the rule that says so.
public struct Refusal: Error, Hashable, Sendable {
  public enum Rule: Hashable, Sendable {
    case excluded(Scope.Exclusion)
    case outsideNetworks([AddressRange])
    case techniqueNotAllowed(Technique)
    case notYetValid(from: Timestamp)
    case expired(at: Timestamp)
    /// More addresses than one run takes.
    case tooManyAddresses(most: Int)
    /// Every address that was asked for is excluded.
    case everythingExcluded(by: String)
    /// The frame names no destination that could be judged.
    case unreadableDestination
  }

  public let target: String
  public let rule: Rule

  public init(target: String, rule: Rule) {
    self.target = target
    self.rule = rule
  }
}

extension Refusal: CustomStringConvertible {
  public var description: String {
    switch rule {
    case .excluded(let exclusion):
      return "\(target) is refused: the scope excludes \(exclusion)"
    case .outsideNetworks(let networks):
      let list = networks.map(\.description).joined(separator: ", ")
      return "\(target) is refused: it lies outside the scope's networks (\(list.isEmpty ? "none" : list))"
    case .techniqueNotAllowed(let technique):
      return "\(target) is refused: the scope does not allow the technique \(technique.rawValue)"
    case .notYetValid(let from):
      return "\(target) is refused: the scope is valid only from \(from.rfc3339(offsetMinutes: Timestamp.jst))"
    case .expired(let end):
      return "\(target) is refused: the scope expired at \(end.rfc3339(offsetMinutes: Timestamp.jst))"
    case .tooManyAddresses(let most):
      return "\(target) is refused: one run takes at most \(most) addresses; divide it"
    case .everythingExcluded(let rule):
      return "\(target) is refused: the scope excludes all of it (\(rule))"
    case .unreadableDestination:
      return "\(target) is refused: its destination cannot be read"
    }
  }
}
