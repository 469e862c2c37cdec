public import Addressing

/// What a MAC address says by its first bits: who may have given it, and so what it may stand for.
public enum MACKind: Hashable, Sendable {
  /// From a block that the IEEE assigned; one interface of one device, as far as its maker kept to the rules.
  case universal
  /// Made up on the spot or by a protocol; it names no maker, and may be another one tomorrow. Randomised addresses
  /// of phones are of this kind, but that a single one was drawn at random cannot be seen.
  case local(Quadrant)
  /// An address that routers share and hand over (VRRP, RFC 5798 §7.3): a role, not a device.
  case virtualRouter
  /// Never the address of a station.
  case group

  /// The plan for local addresses (IEEE 802c-2017; RFC 9542 §2.1): bits 3 and 2 of the first octet.
  public enum Quadrant: String, Hashable, Sendable, Codable, CaseIterable {
    /// `x2`: given out by whoever runs the network, or drawn at random.
    case administratively = "AAI"
    /// `xa`: begins with a company's CID.
    case extended = "ELI"
    /// `xe`: given out by an IEEE protocol.
    case standard = "SAI"
    /// `x6`.
    case reserved = "reserved"
  }

  public init(_ address: MACAddress) {
    if address.isGroup {
      self = .group
    } else if address.isLocallyAdministered {
      switch address.rawValue >> 40 & 0x0c {
      case 0x00: self = .local(.administratively)
      case 0x08: self = .local(.extended)
      case 0x0c: self = .local(.standard)
      default: self = .local(.reserved)
      }
    } else if address.rawValue >> 8 == 0x00_005e_0001 || address.rawValue >> 8 == 0x00_005e_0002 {
      self = .virtualRouter
    } else {
      self = .universal
    }
  }

  /// `universal`, `local-AAI`, `local-ELI`, `local-SAI`, `local-reserved`, `virtual-router` or `group`.
  public var word: String {
    switch self {
    case .universal: "universal"
    case .local(let quadrant): "local-\(quadrant.rawValue)"
    case .virtualRouter: "virtual-router"
    case .group: "group"
    }
  }

  /// Whether the address can be taken for the same interface at another time.
  public var isLasting: Bool { self == .universal }
}
