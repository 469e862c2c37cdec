/// An IPv4 address (RFC 791).
public struct IPv4Address: Hashable, Sendable, Comparable {
  /// The address as a number: 10.0.0.1 is 0x0a000001.
  public let rawValue: UInt32

  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Parses exactly four decimal octets. Leading zeros are refused, because some programs read
  /// them as octal and an audit must not aim at another host than the one written down.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var value: UInt32 = 0
    for part in parts {
      guard (1...3).contains(part.utf8.count), part.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
        part.utf8.count == 1 || part.utf8.first != 0x30, let octet = UInt8(part)
      else { return nil }
      value = value << 8 | UInt32(octet)
    }
    self.init(rawValue: value)
  }

  public var octets: [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: rawValue >> (24 - 8 * $0)) } }

  public static func < (left: IPv4Address, right: IPv4Address) -> Bool { left.rawValue < right.rawValue }
}

extension IPv4Address: CustomStringConvertible {
  public var description: String { octets.map { String($0) }.joined(separator: ".") }
}

extension IPv4Address: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let value = IPv4Address(text) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(text) is not an IPv4 address")
    }
    self = value
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
