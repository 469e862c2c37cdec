/// What an IP packet carries (IANA "Assigned Internet Protocol Numbers"), in IPv6 also the extension
/// headers of RFC 8200 §4. Unknown values are kept.
public struct IPProtocol: RawRepresentable, Hashable, Sendable {
  public let rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }
  public static let hopByHop = IPProtocol(rawValue: 0)
  public static let icmp = IPProtocol(rawValue: 1)
  public static let igmp = IPProtocol(rawValue: 2)
  public static let tcp = IPProtocol(rawValue: 6)
  public static let udp = IPProtocol(rawValue: 17)
  public static let routing = IPProtocol(rawValue: 43)
  public static let fragment = IPProtocol(rawValue: 44)
  public static let icmpv6 = IPProtocol(rawValue: 58)
  public static let destinationOptions = IPProtocol(rawValue: 60)
}
