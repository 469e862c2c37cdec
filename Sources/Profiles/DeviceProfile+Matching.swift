public import Records

extension DeviceProfile {
  /// A kind of thing by which a family can be known.
  public enum Sign: String, Hashable, Sendable, CaseIterable {
    /// The maker, as the device or a fingerprint names it.
    case vendor
    case model
    /// The organisation that the IEEE registry names for the MAC address.
    case organisation
    /// SNMP's sysObjectID and sysDescr (RFC 3418 §2).
    case sysObjectID, sysDescr
    /// HTTP's Server field and realm (RFC 9110 §10.2.4, §11.5), and the page's title.
    case server, title, realm
    /// From a UPnP device description (UPnP Device Architecture 1.1 §2.3).
    case upnpManufacturer, upnpModel
    /// A DNS-SD service type without its domain, `_hue._tcp` (RFC 6763 §4.1).
    case mdnsService
    /// What the device calls itself; only the part before the first point is looked at.
    case name

    /// How far a sign narrows a family down. A maker's address says least, since makers make many
    /// things; what names the product says most.
    var weight: Int {
      switch self {
      case .model, .upnpModel: return 8
      case .title, .realm, .server, .sysDescr, .sysObjectID: return 6
      case .mdnsService, .name: return 5
      case .vendor, .upnpManufacturer: return 3
      case .organisation: return 1
      }
    }
  }

  /// What is known of a device. Values come from the device and are nobody's promise.
  public struct Signs: Hashable, Sendable {
    public private(set) var values: [Sign: [String]]

    public init(_ values: [Sign: [String]] = [:]) { self.values = values }

    /// Adds a value; one sign may have several, as from two protocols.
    public mutating func add(_ value: String, as sign: Sign) { values[sign, default: []].append(value) }
  }

  /// Signs that together are enough: each of them has one of its patterns.
  public struct Clause: Hashable, Sendable {
    public let patterns: [Sign: [String]]

    /// The more signs and the more telling, the higher.
    public var strength: Int { patterns.keys.reduce(0) { $0 + $1.weight } }

    public func matches(_ signs: Signs) -> Bool {
      patterns.allSatisfy { sign, patterns in
        signs.values[sign]?.contains { value in
          patterns.contains { Clause.value(value, of: sign, fits: $0) }
        } ?? false
      }
    }

    /// Octets of a value that are looked at: what a device says may be of any length.
    private static let longestValue = 1024

    private static func value(_ value: String, of sign: Sign, fits pattern: String) -> Bool {
      let value = value.lowercased()
      let pattern = pattern.lowercased()
      switch sign {
      case .vendor, .organisation: return begins(value, withWords: pattern)
      case .sysObjectID: return isObjectID(value, under: pattern)
      case .name: return fits(value.prefix { $0 != "." }, pattern)
      default: return fits(value[...], pattern)
      }
    }

    private static func fits(_ value: Substring, _ pattern: String) -> Bool {
      glob(Array(pattern.utf8)[...], Array(value.utf8.prefix(longestValue))[...])
    }

    /// `1.3.6.1.4.1.1182.1` holds `1.3.6.1.4.1.1182.1.33`, but not `1.3.6.1.4.1.1182.10`.
    private static func isObjectID(_ value: String, under prefix: String) -> Bool {
      let identifier = value.hasPrefix(".") ? value.dropFirst() : value[...]
      guard identifier.hasPrefix(prefix) else { return false }
      let rest = identifier.dropFirst(prefix.count)
      return rest.isEmpty || rest.first == "."
    }
  }

  /// The signs name the product or its software, rather than only who made it.
  public func isNamed(by signs: Signs) -> Bool { (strength(of: signs) ?? 0) >= Sign.name.weight }

  /// The strength of the strongest clause that fits, nil when none does.
  public func strength(of signs: Signs) -> Int? {
    clauses.filter { $0.matches(signs) }.map(\.strength).max()
  }
}

/// All families of a rule set.
public struct DeviceProfiles: Hashable, Sendable {
  /// In order of their ids.
  public let all: [DeviceProfile]

  public subscript(id: String) -> DeviceProfile? { all.first { $0.id == id } }

  /// The families that fit best: one, none, or several between which the signs do not decide.
  public func candidates(_ signs: DeviceProfile.Signs) -> [DeviceProfile] {
    var best = 0
    var result: [DeviceProfile] = []
    for profile in all {
      guard let strength = profile.strength(of: signs), strength >= best else { continue }
      if strength > best { result.removeAll() }
      best = strength
      result.append(profile)
    }
    return result
  }

  /// The one family that fits best; nil when none does or several do equally, since a guess would
  /// lend the device another family's allow-list.
  public func match(_ signs: DeviceProfile.Signs) -> DeviceProfile? {
    let candidates = candidates(signs)
    return candidates.count == 1 ? candidates.first : nil
  }

  /// The maker to whom IANA's registry of enterprise numbers gave one, where the families here agree on who that is.
  public func maker(ofEnterprise number: UInt32) -> LocalizedText? {
    let names = Set(all.map(\.maker).filter { $0.enterprises.contains(number) }.map(\.name))
    return names.count == 1 ? names.first : nil
  }
}
