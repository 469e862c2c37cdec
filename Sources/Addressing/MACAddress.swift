/// A 48-bit IEEE 802 MAC address.
public struct MACAddress: Hashable, Sendable, Comparable {
  /// The address in the low 48 bits, first octet on the wire most significant.
  public let rawValue: UInt64

  /// ff:ff:ff:ff:ff:ff.
  public static let broadcast = MACAddress(rawValue: 0xffff_ffff_ffff)

  /// Keeps the low 48 bits of `rawValue`.
  public init(rawValue: UInt64) {
    self.rawValue = rawValue & 0xffff_ffff_ffff
  }

  /// Parses `aa:bb:cc:dd:ee:ff` or the same with hyphens, in either case.
  public init?(_ text: String) {
    let separator: Character = text.contains("-") ? "-" : ":"
    let parts = text.split(separator: separator, omittingEmptySubsequences: false)
    guard parts.count == 6 else { return nil }
    var value: UInt64 = 0
    for part in parts {
      guard part.utf8.count == 2, part.allSatisfy(\.isHexDigit), let octet = UInt8(part, radix: 16) else {
        return nil
      }
      value = value << 8 | UInt64(octet)
    }
    self.init(rawValue: value)
  }

  /// Set in the first octet when a group of stations is addressed (IEEE 802-2014 §8.2.2).
  public var isGroup: Bool { rawValue >> 40 & 0x01 != 0 }

  /// Set when the address was made up locally, so that its first 24 bits name no vendor
  /// (IEEE 802-2014 §8.2.2). Randomised phone addresses are of this kind.
  public var isLocallyAdministered: Bool { rawValue >> 40 & 0x02 != 0 }

  /// The octets in the order in which they are sent.
  public var octets: [UInt8] { (0..<6).map { UInt8(truncatingIfNeeded: rawValue >> (40 - 8 * $0)) } }

  public static func < (left: MACAddress, right: MACAddress) -> Bool { left.rawValue < right.rawValue }
}

extension MACAddress: CustomStringConvertible {
  /// Lower-case hexadecimal with colons.
  public var description: String { octets.map(hex).joined(separator: ":") }

  /// Twelve lower-case hexadecimal digits, for identifiers and file names.
  public var compactDescription: String { octets.map(hex).joined() }

  private func hex(_ octet: UInt8) -> String {
    let digits = String(octet, radix: 16)
    return digits.utf8.count == 1 ? "0" + digits : digits
  }
}

extension MACAddress: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let value = MACAddress(text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "\(text) is not a MAC address such as 00:11:22:aa:bb:cc")
    }
    self = value
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
