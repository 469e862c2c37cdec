/// An address of either family.
///
/// One flat value of 16 octets: an IPv4 address is kept as RFC 4291 §2.5.5.2 maps it, which no host
/// of a link can have, so that the two families never meet. IPv4 sorts first.
public struct IPAddress: Hashable, Sendable, Comparable {
  private let high: UInt64
  private let low: UInt64

  private static let mapped: UInt64 = 0xffff_0000_0000

  public init(_ address: IPv4Address) {
    high = 0
    low = Self.mapped | UInt64(address.rawValue)
  }

  public init(_ address: IPv6Address) {
    high = address.high
    low = address.low
  }

  /// Parses an IPv4 or an IPv6 address.
  public init?(_ text: some StringProtocol) {
    if let address = IPv4Address(text) {
      self.init(address)
    } else if let address = IPv6Address(text) {
      self.init(address)
    } else {
      return nil
    }
  }

  /// The IPv4 address, nil when it is an IPv6 one.
  public var v4: IPv4Address? {
    isIPv4 ? IPv4Address(rawValue: UInt32(truncatingIfNeeded: low)) : nil
  }

  /// The IPv6 address, nil when it is an IPv4 one.
  public var v6: IPv6Address? { isIPv4 ? nil : IPv6Address(high: high, low: low) }

  public var isIPv4: Bool { high == 0 && low >> 32 == 0xffff }

  /// The address means something only together with an interface.
  public var isLinkLocal: Bool { v6?.isLinkLocal ?? (low >> 16 & 0xffff == 0xa9fe) }

  /// Two words for keyed hashes.
  public var words: (UInt64, UInt64) { (high, low) }

  /// The number that follows, for walking through ranges; nil after the last address.
  public var next: IPAddress? {
    if let v4 { return v4.rawValue == .max ? nil : IPAddress(IPv4Address(rawValue: v4.rawValue + 1)) }
    let (sum, carry) = low.addingReportingOverflow(1)
    if carry, high == .max { return nil }
    return IPAddress(IPv6Address(high: carry ? high + 1 : high, low: sum))
  }

  public static func < (left: IPAddress, right: IPAddress) -> Bool {
    if left.isIPv4 != right.isIPv4 { return left.isIPv4 }
    return (left.high, left.low) < (right.high, right.low)
  }
}

extension IPAddress: CustomStringConvertible {
  public var description: String { v4?.description ?? v6?.description ?? "" }
}

extension IPAddress: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let value = IPAddress(text) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(text) is not an IP address")
    }
    self = value
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
