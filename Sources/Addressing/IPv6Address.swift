/// An IPv6 address (RFC 4291), without a zone: which link a link-local address belongs to is said by
/// the interface that goes with it.
public struct IPv6Address: Hashable, Sendable, Comparable {
  /// The first eight octets as a number: fe80::1 is 0xfe80_0000_0000_0000.
  public let high: UInt64
  /// The last eight octets.
  public let low: UInt64

  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// ff02::1, every node of the link (RFC 4291 §2.7.1).
  public static let allNodes = IPv6Address(high: 0xff02_0000_0000_0000, low: 1)
  /// `::`, "no address yet" (RFC 4291 §2.5.2).
  public static let unspecified = IPv6Address(high: 0, low: 0)

  /// The link-local address that stateless configuration makes of a MAC address (RFC 4291 appendix A).
  public init(linkLocalOf mac: MACAddress) {
    let upper = (mac.rawValue >> 24 ^ 0x02_0000) << 40
    self.init(high: 0xfe80_0000_0000_0000, low: upper | 0xff_fe00_0000 | mac.rawValue & 0xff_ffff)
  }

  /// Parses the forms of RFC 4291 §2.2. Zones (`%eth0`) and addresses that stand for IPv4 ones
  /// (`::ffff:10.0.0.1`) are refused: they name no host of an IPv6 link.
  public init?(_ text: some StringProtocol) {
    let halves = text.components(at: "::")
    guard halves.count <= 2, let front = Self.groups(halves[0]) else { return nil }
    var groups = front
    if halves.count == 2 {
      guard let back = Self.groups(halves[1]), front.count + back.count <= 7 else { return nil }
      groups += Array(repeating: 0, count: 8 - front.count - back.count) + back
    }
    guard groups.count == 8 else { return nil }
    let high = groups[..<4].reduce(0) { $0 << 16 | UInt64($1) }
    let low = groups[4...].reduce(0) { $0 << 16 | UInt64($1) }
    guard high != 0 || low >> 32 != 0xffff else { return nil }
    self.init(high: high, low: low)
  }

  /// `a:b:c` with each part of one to four hexadecimal digits; an empty text has no parts.
  private static func groups(_ text: Substring) -> [UInt16]? {
    if text.isEmpty { return [] }
    var result: [UInt16] = []
    for part in text.split(separator: ":", omittingEmptySubsequences: false) {
      guard (1...4).contains(part.utf8.count), part.utf8.allSatisfy(\.isHexDigit), let value = UInt16(part, radix: 16)
      else { return nil }
      result.append(value)
    }
    return result
  }

  /// fe80::/10 (RFC 4291 §2.5.6).
  public var isLinkLocal: Bool { high >> 54 == 0x3fa }
  /// ff00::/8.
  public var isMulticast: Bool { high >> 56 == 0xff }
  public var isUnspecified: Bool { high == 0 && low == 0 }

  /// ff02::1:ffxx:xxxx, where questions for this address are sent (RFC 4291 §2.7.1).
  public var solicitedNode: IPv6Address {
    IPv6Address(high: 0xff02_0000_0000_0000, low: 0x1_ff00_0000 | low & 0xff_ffff)
  }

  /// The Ethernet group address of a multicast address (RFC 2464 §7).
  public var multicastMAC: MACAddress { MACAddress(rawValue: 0x3333_0000_0000 | low & 0xffff_ffff) }

  /// The MAC address in an interface identifier of the EUI-64 form, nil for any other form.
  public var embeddedMAC: MACAddress? {
    guard low >> 24 & 0xffff == 0xfffe else { return nil }
    return MACAddress(rawValue: ((low >> 40) ^ 0x02_0000) << 24 | low & 0xff_ffff)
  }

  public var octets: [UInt8] {
    [high, low].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * $0)) } }
  }

  public static func < (left: IPv6Address, right: IPv6Address) -> Bool {
    (left.high, left.low) < (right.high, right.low)
  }
}

extension IPv6Address: CustomStringConvertible {
  /// The canonical text of RFC 5952: lower case, no leading zeros, the longest run of two or more
  /// zero groups (the first of equals) as `::`.
  public var description: String {
    let groups = [high, low].flatMap { word in (0..<4).map { UInt16(truncatingIfNeeded: word >> (48 - 16 * $0)) } }
    var best = 0..<0
    var start = 0
    while start < 8 {
      var end = start
      while end < 8, groups[end] == 0 { end += 1 }
      if end - start >= 2, end - start > best.count { best = start..<end }
      start = max(end, start + 1)
    }
    func text(_ part: ArraySlice<UInt16>) -> String { part.map { String($0, radix: 16) }.joined(separator: ":") }
    return best.isEmpty ? text(groups[...]) : "\(text(groups[..<best.lowerBound]))::\(text(groups[best.upperBound...]))"
  }
}

extension IPv6Address: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let value = IPv6Address(text) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(text) is not an IPv6 address")
    }
    self = value
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

extension UTF8.CodeUnit {
  fileprivate var isHexDigit: Bool {
    (0x30...0x39).contains(self) || (0x41...0x46).contains(self) || (0x61...0x66).contains(self)
  }
}

extension StringProtocol {
  /// The text cut at a separator of two characters; without Foundation.
  fileprivate func components(at separator: String) -> [Substring] {
    var result: [Substring] = []
    var rest = Substring(self)
    var index = rest.startIndex
    while index < rest.endIndex {
      if rest[index...].hasPrefix(separator) {
        result.append(rest[..<index])
        rest = rest[rest.index(index, offsetBy: separator.count)...]
        index = rest.startIndex
      } else {
        index = rest.index(after: index)
      }
    }
    return result + [rest]
  }
}
