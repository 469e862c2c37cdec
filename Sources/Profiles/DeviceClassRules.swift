public import Records

/// Decides, before the first probe, how much a device is trusted to bear: `devices/classes.yaml`
/// (engine.md §6.8).
///
/// Every rule that matches counts. The lowest class among them wins, because taking a microcontroller
/// for a computer does harm and the reverse costs only time; of several with that class, the first.
public struct DeviceClassRules: Hashable, Sendable {
  /// What is known about a device before it is probed; nil where nothing is.
  public struct Signs: Hashable, Sendable {
    /// The organisation that the IEEE registry names for the MAC address.
    public var vendor: String?
    /// What the device calls itself, by DHCP or mDNS; only the part before the first point is looked at.
    public var name: String?
    /// As received, hops already taken off.
    public var timeToLive: UInt8?
    /// Of a SYN-ACK, unscaled.
    public var window: UInt16?

    public init(vendor: String? = nil, name: String? = nil, timeToLive: UInt8? = nil, window: UInt16? = nil) {
      self.vendor = vendor
      self.name = name
      self.timeToLive = timeToLive
      self.window = window
    }
  }

  /// The outcome for a device.
  public struct Decision: Hashable, Sendable {
    public let deviceClass: DeviceClass
    /// Why, in a sentence for reports.
    public let reason: LocalizedText
    /// A controller of a plant or building: nothing is sent to it unless the scope names `ot-identify`.
    public let isOT: Bool
    /// The rule that decided; nil when none matched.
    public let rule: String?
  }

  /// What a rule looks at.
  public enum Match: Hashable, Sendable {
    /// The registry's name begins with one of these, which end at the end of a word.
    case vendor([String])
    /// The device's name is one of these; `*` stands for any number of characters.
    case name([String])
    /// The stack's habits: one of the initial times to live (empty = any) and one of the windows.
    case stack(timesToLive: [UInt8], windows: [UInt16])
  }

  /// A line of the data.
  public struct Rule: Hashable, Sendable {
    public let id: String
    public let deviceClass: DeviceClass
    public let isOT: Bool
    public let why: LocalizedText
    public let source: String
    public let match: Match
    /// Signs that the rule must match, and that it must not.
    public let examples: [Signs]
    public let counterexamples: [Signs]

    /// True when the signs are known and fit; case does not matter in names.
    public func matches(_ signs: Signs) -> Bool {
      switch match {
      case .vendor(let prefixes):
        guard let vendor = signs.vendor?.lowercased() else { return false }
        return prefixes.contains { begins(vendor, withWords: $0.lowercased()) }
      case .name(let patterns):
        guard let name = signs.name?.lowercased().split(separator: ".").first else { return false }
        return patterns.contains { glob(Array($0.lowercased().utf8)[...], Array(name.utf8)[...]) }
      case .stack(let timesToLive, let windows):
        guard let window = signs.window, windows.contains(window) else { return false }
        guard !timesToLive.isEmpty else { return true }
        guard let timeToLive = signs.timeToLive else { return false }
        // Up to 31 routers may have taken one off each; initial values are further apart than that.
        return timesToLive.contains { timeToLive <= $0 && $0 - timeToLive < 32 }
      }
    }
  }

  /// In file order.
  public let rules: [Rule]
  /// The class of a device that no rule matches, and the reason given then.
  public let otherwise: DeviceClass
  public let otherwiseWhy: LocalizedText

  /// The class of a device.
  public func classify(_ signs: Signs) -> Decision {
    let matching = rules.filter { $0.matches(signs) }
    guard let lowest = matching.map(\.deviceClass).min(),
      let rule = matching.first(where: { $0.deviceClass == lowest })
    else { return Decision(deviceClass: otherwise, reason: otherwiseWhy, isOT: false, rule: nil) }
    return Decision(
      deviceClass: lowest, reason: rule.why, isOT: matching.contains(where: \.isOT), rule: rule.id)
  }

  /// The class of a device, from single signs; see ``Signs``.
  public func classify(vendor: String?, name: String?, timeToLive: UInt8?, window: UInt16?) -> Decision {
    classify(Signs(vendor: vendor, name: name, timeToLive: timeToLive, window: window))
  }
}

/// `ABB` begins `ABB Oy` but not `Abbott`.
func begins(_ text: String, withWords prefix: String) -> Bool {
  guard text.hasPrefix(prefix) else { return false }
  guard let next = text.dropFirst(prefix.count).first else { return true }
  return !next.isLetter && !next.isNumber
}

/// Matches `*` against any octets, everything else against itself. Goes back to the last star only,
/// so that time is bounded by the product of both lengths.
func glob(_ pattern: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>) -> Bool {
  let star = UInt8(ascii: "*")
  var pattern = pattern
  var text = text
  var retry: (pattern: ArraySlice<UInt8>, text: ArraySlice<UInt8>)?
  while let octet = text.first {
    if pattern.first == star {
      pattern = pattern.dropFirst()
      retry = (pattern, text)
    } else if pattern.first == octet {
      pattern = pattern.dropFirst()
      text = text.dropFirst()
    } else if let last = retry {
      pattern = last.pattern
      text = last.text.dropFirst()
      retry = (pattern, text)
    } else {
      return false
    }
  }
  return pattern.allSatisfy { $0 == star }
}
