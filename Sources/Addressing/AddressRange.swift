/// A run of addresses of one family, both ends included: one address, `a-b`, or a CIDR block (RFC 4632).
public struct AddressRange: Hashable, Sendable {
  public let first: IPAddress
  public let last: IPAddress
  /// The prefix length when the range was written as a block, so that it prints as it was written.
  public let prefixLength: Int?

  /// fe80::/10, the link-local addresses.
  public static let linkLocal = AddressRange(
    block: IPAddress(IPv6Address(high: 0xfe80_0000_0000_0000, low: 0)),
    last: IPAddress(IPv6Address(high: 0xfebf_ffff_ffff_ffff, low: .max)), prefixLength: 10)

  /// - Returns: nil when `last` lies before `first` or is of the other family.
  public init?(first: IPAddress, last: IPAddress) {
    guard first <= last, first.isIPv4 == last.isIPv4 else { return nil }
    self.first = first
    self.last = last
    self.prefixLength = nil
  }

  public init(_ address: IPAddress) {
    first = address
    last = address
    prefixLength = nil
  }

  /// Parses `10.0.0.7`, `10.0.0.7-10.0.0.20`, `10.0.0.0/24` or the same of IPv6.
  ///
  /// A block with host bits set (`10.0.0.7/24`) is refused with the block it lies in: an
  /// authority document must not be read more widely than it was written.
  /// - Throws: ``AddressRangeError`` naming the text and what to write instead.
  public init(parsing text: String) throws(AddressRangeError) {
    if let slash = text.firstIndex(of: "/") {
      self = try Self.block(text[..<slash], text[text.index(after: slash)...], whole: text)
    } else if let dash = text.firstIndex(of: "-") {
      guard let first = IPAddress(text[..<dash]), let last = IPAddress(text[text.index(after: dash)...]),
        first.isIPv4 == last.isIPv4
      else { throw AddressRangeError(text: text, problem: "is not a range such as 10.0.0.7-10.0.0.20") }
      guard let range = AddressRange(first: first, last: last) else {
        throw AddressRangeError(text: text, problem: "runs backwards; write the lower address first")
      }
      self = range
    } else if let address = IPAddress(text) {
      self.init(address)
    } else {
      throw AddressRangeError(text: text, problem: "is no IPv4 or IPv6 address, range a-b or block a/n")
    }
  }

  private static func block(_ base: Substring, _ length: Substring, whole: String)
    throws(AddressRangeError) -> AddressRange
  {
    let problem = "is not a block such as 10.0.0.0/24 or fe80::/10"
    guard let address = IPAddress(base), (1...3).contains(length.utf8.count),
      length.utf8.allSatisfy({ (0x30...0x39).contains($0) }), length == "0" || !length.hasPrefix("0"),
      let prefix = Int(length),
      (0...(address.isIPv4 ? 32 : 128)).contains(prefix)
    else { throw AddressRangeError(text: whole, problem: problem) }
    let (network, last) = bounds(of: address, prefix: prefix)
    guard network == address else {
      throw AddressRangeError(
        text: whole,
        problem: "has host bits set; write \(network)/\(prefix) for the block or \(address) for the one host")
    }
    // ::/80 and its likes end with the last of the addresses that IPv4's are mapped to, which is IPv4's own.
    guard network.isIPv4 == last.isIPv4 else {
      throw AddressRangeError(text: whole, problem: "ends among the addresses of IPv4; write those as IPv4")
    }
    return AddressRange(block: network, last: last, prefixLength: prefix)
  }

  private static func bounds(of address: IPAddress, prefix: Int) -> (IPAddress, IPAddress) {
    if let v4 = address.v4 {
      let mask: UInt32 = prefix == 0 ? 0 : ~UInt32(0) << (32 - UInt32(prefix))
      return (
        IPAddress(IPv4Address(rawValue: v4.rawValue & mask)), IPAddress(IPv4Address(rawValue: v4.rawValue | ~mask))
      )
    }
    let (high, low) = address.words
    // Shifts by the whole width give 0 in Swift, which is what an empty prefix means.
    let highMask = ~UInt64(0) << UInt64(64 - min(prefix, 64))
    let lowMask = ~UInt64(0) << UInt64(64 - max(prefix - 64, 0))
    return (
      IPAddress(IPv6Address(high: high & highMask, low: low & lowMask)),
      IPAddress(IPv6Address(high: high | ~highMask, low: low | ~lowMask))
    )
  }

  private init(block first: IPAddress, last: IPAddress, prefixLength: Int) {
    self.first = first
    self.last = last
    self.prefixLength = prefixLength
  }

  public func contains(_ address: IPAddress) -> Bool { first <= address && address <= last }

  /// Every address of `other` lies in this range.
  public func contains(_ other: AddressRange) -> Bool { contains(other.first) && contains(other.last) }

  /// How many addresses the range holds; `Int.max` stands for more than that.
  public var count: Int {
    if let first = first.v4, let last = last.v4 { return Int(last.rawValue - first.rawValue) + 1 }
    let (low, borrow) = last.words.1.subtractingReportingOverflow(first.words.1)
    let high = last.words.0 - first.words.0 - (borrow ? 1 : 0)
    return high == 0 && low < UInt64(Int.max) ? Int(low) + 1 : .max
  }

  /// The addresses a host can have: all of them, without the network and broadcast address of an
  /// IPv4 block of /30 or wider (RFC 919, RFC 950). Ask ``count`` first: an IPv6 block has more
  /// addresses than anybody can walk through.
  public var hosts: [IPAddress] {
    if let first = first.v4, let last = last.v4 {
      let trim: UInt32 = (prefixLength ?? 32) <= 30 ? 1 : 0
      return (first.rawValue + trim...last.rawValue - trim).map { IPAddress(IPv4Address(rawValue: $0)) }
    }
    var result: [IPAddress] = []
    var next: IPAddress? = first
    while let address = next, address <= last {
      result.append(address)
      next = address.next
    }
    return result
  }
}

extension AddressRange: CustomStringConvertible {
  public var description: String {
    if let prefixLength { return "\(first)/\(prefixLength)" }
    return first == last ? "\(first)" : "\(first)-\(last)"
  }
}

/// Text that names no address range.
public struct AddressRangeError: Error, Hashable, CustomStringConvertible {
  public let text: String
  public let problem: String
  public var description: String { "\"\(text)\" \(problem)" }
}
