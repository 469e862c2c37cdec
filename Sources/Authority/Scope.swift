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

  /// Ceilings in frames per second; 0 stands for no ceiling. The command line may ask for less,
  /// never for more.
  public struct Rates: Hashable, Sendable {
    public var perDevice: Int
    public var total: Int

    public init(perDevice: Int, total: Int) {
      self.perDevice = perDevice
      self.total = total
    }

    /// Whether `rate` frames a second for each device lie within the ceiling. 0, no ceiling, does
    /// only where the scope has none either.
    public func allows(perDevice rate: Int) -> Bool { Self.allows(rate, below: perDevice) }

    /// The same of the frames to all devices together.
    public func allows(total rate: Int) -> Bool { Self.allows(rate, below: total) }

    private static func allows(_ rate: Int, below ceiling: Int) -> Bool {
      rate >= 0 && (ceiling == 0 || (rate > 0 && rate <= ceiling))
    }
  }

  public var engagement: Engagement
  public var validFrom: Timestamp
  public var validUntil: Timestamp
  public let networks: [AddressRange]
  public let exclusions: [Exclusion]
  public var techniques: Set<Technique>
  public var rates: Rates
  /// Minutes east of UTC in which the customer reads times.
  public var offsetMinutes: Int
  /// Beside the techniques: whose consent there is to enter passwords.
  public var consents: [Consent]
  /// Which Wi-Fi networks may be judged and kept; none unless the scope names some.
  public var wifi: WiFiScope
  /// `networks` and `exclusions` as they are asked, once for each frame.
  private let permitted: AddressIntervals
  private let excluded: AddressIntervals
  private let excludedDevices: [MACAddress]

  public init(
    engagement: Engagement, validFrom: Timestamp, validUntil: Timestamp, networks: [AddressRange],
    exclusions: [Exclusion], techniques: Set<Technique>, rates: Rates, offsetMinutes: Int = Timestamp.jst,
    consents: [Consent] = [], wifi: WiFiScope = WiFiScope()
  ) {
    self.engagement = engagement
    self.validFrom = validFrom
    self.validUntil = validUntil
    self.networks = networks
    self.exclusions = exclusions
    self.techniques = techniques
    self.rates = rates
    self.offsetMinutes = offsetMinutes
    self.consents = consents
    self.wifi = wifi
    permitted = AddressIntervals(networks)
    excluded = AddressIntervals(exclusions.compactMap(\.target.range))
    excludedDevices = exclusions.compactMap(\.target.device).sorted()
  }

  /// Judges a wish to touch `address` by `technique` at `moment`. Deny wins: exclusions are read
  /// before permissions, and what nobody allowed is refused.
  /// - Parameter mac: the device behind the address, when it is known. An IPv6 address that was made
  ///   of a MAC address (RFC 4291 appendix A) names that device too.
  /// - Returns: nil when it is allowed, else the rule that refuses it.
  public func refusal(
    of address: IPAddress, mac: MACAddress? = nil, for technique: Technique, at moment: Timestamp
  ) -> Refusal? {
    refusal(of: address, mac: mac, for: technique, allowed: techniques.contains(technique), at: moment)
  }

  /// The same with the technique looked up beforehand; nothing is allocated where nothing is refused.
  func refusal(
    of address: IPAddress, mac: MACAddress?, for technique: Technique, allowed: Bool, at moment: Timestamp
  ) -> Refusal? {
    if isExcluded(address, mac), let exclusion = exclusions.first(where: { $0.covers(address, mac) }) {
      return Refusal(target: "\(address)", rule: .excluded(exclusion))
    }
    guard permitted.contains(address) else {
      return Refusal(target: "\(address)", rule: .outsideNetworks(networks))
    }
    guard allowed else { return Refusal(target: "\(address)", rule: .techniqueNotAllowed(technique)) }
    guard validFrom <= moment, moment < validUntil else { return validityRefusal(at: moment, target: "\(address)") }
    return nil
  }

  private func isExcluded(_ address: IPAddress, _ mac: MACAddress?) -> Bool {
    if excluded.contains(address) { return true }
    guard !excludedDevices.isEmpty else { return false }
    return mac.map(isExcluded) ?? false || address.v6?.embeddedMAC.map(isExcluded) ?? false
  }

  private func isExcluded(_ device: MACAddress) -> Bool {
    var (low, high) = (0, excludedDevices.count)
    while low < high {
      let middle = (low + high) / 2
      if excludedDevices[middle] < device { low = middle + 1 } else { high = middle }
    }
    return low < excludedDevices.count && excludedDevices[low] == device
  }

  /// Why no question may go to every IPv6 node of a link, nil when one may.
  ///
  /// All of fe80::/10 must be in scope, since every node answers; and nothing that is excluded may
  /// be known to be among them: a link-local address, or a device by its MAC address.
  public var allNodesRefusal: Refusal? {
    let target = "\(IPv6Address.allNodes)"
    if let exclusion = exclusions.first(where: { $0.target.reachesLinkLocal }) {
      return Refusal(target: target, rule: .excluded(exclusion))
    }
    guard permitted.contains(whole: .linkLocal) else { return Refusal(target: target, rule: .groupAddress) }
    return nil
  }

  /// The refusal of everything outside the validity window, nil inside it.
  public func validityRefusal(at moment: Timestamp, target: String = "every target") -> Refusal? {
    if moment < validFrom { return Refusal(target: target, rule: .notYetValid(from: validFrom)) }
    if moment >= validUntil { return Refusal(target: target, rule: .expired(at: validUntil)) }
    return nil
  }
}

extension Scope.Exclusion {
  /// The device that is named by its MAC address; nil when addresses are.
  public var device: MACAddress? { target.device }

  func covers(_ address: IPAddress, _ mac: MACAddress?) -> Bool {
    switch target {
    case .addresses(let range): return range.contains(address)
    case .device(let excluded): return excluded == mac || excluded == address.v6?.embeddedMAC
    }
  }
}

extension Scope.Exclusion.Target {
  var range: AddressRange? {
    if case .addresses(let range) = self { return range }
    return nil
  }

  var device: MACAddress? {
    if case .device(let mac) = self { return mac }
    return nil
  }

  var reachesLinkLocal: Bool {
    guard let range else { return true }
    return range.first <= AddressRange.linkLocal.last && AddressRange.linkLocal.first <= range.last
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
