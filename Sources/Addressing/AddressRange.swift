/// A run of IPv4 addresses, both ends included: one address, `a-b`, or a CIDR block (RFC 4632).
public struct AddressRange: Hashable, Sendable {
  public let first: IPv4Address
  public let last: IPv4Address
  /// The prefix length when the range was written as a block, so that it prints as it was written.
  public let prefixLength: Int?

  /// - Returns: nil when `last` lies before `first`.
  public init?(first: IPv4Address, last: IPv4Address) {
    guard first <= last else { return nil }
    self.first = first
    self.last = last
    self.prefixLength = nil
  }

  public init(_ address: IPv4Address) {
    first = address
    last = address
    prefixLength = nil
  }

  /// Parses `10.0.0.7`, `10.0.0.7-10.0.0.20` or `10.0.0.0/24`.
  ///
  /// A block with host bits set (`10.0.0.7/24`) is refused with the block it lies in: an
  /// authority document must not be read more widely than it was written.
  /// - Throws: ``AddressRangeError`` naming the text and what to write instead.
  public init(parsing text: String) throws(AddressRangeError) {
    if let slash = text.firstIndex(of: "/") {
      self = try Self.block(text[..<slash], text[text.index(after: slash)...], whole: text)
    } else if let dash = text.firstIndex(of: "-") {
      guard let first = IPv4Address(text[..<dash]), let last = IPv4Address(text[text.index(after: dash)...])
      else { throw AddressRangeError(text: text, problem: "is not a range such as 10.0.0.7-10.0.0.20") }
      guard let range = AddressRange(first: first, last: last) else {
        throw AddressRangeError(text: text, problem: "runs backwards; write the lower address first")
      }
      self = range
    } else if let address = IPv4Address(text) {
      self.init(address)
    } else {
      throw AddressRangeError(
        text: text, problem: "is no IPv4 address, range a-b or block a/n (IPv6 is not read yet)")
    }
  }

  private static func block(_ base: Substring, _ length: Substring, whole: String)
    throws(AddressRangeError) -> AddressRange
  {
    guard let address = IPv4Address(base), length.utf8.count <= 2, length.allSatisfy(\.isNumber),
      let prefix = Int(length), (0...32).contains(prefix)
    else { throw AddressRangeError(text: whole, problem: "is not a block such as 10.0.0.0/24") }
    let mask: UInt32 = prefix == 0 ? 0 : ~UInt32(0) << (32 - UInt32(prefix))
    let network = IPv4Address(rawValue: address.rawValue & mask)
    guard network == address else {
      throw AddressRangeError(
        text: whole,
        problem: "has host bits set; write \(network)/\(prefix) for the block or \(address) for the one host")
    }
    return AddressRange(
      block: network, last: IPv4Address(rawValue: address.rawValue | ~mask), prefixLength: prefix)
  }

  private init(block first: IPv4Address, last: IPv4Address, prefixLength: Int) {
    self.first = first
    self.last = last
    self.prefixLength = prefixLength
  }

  public func contains(_ address: IPv4Address) -> Bool { first <= address && address <= last }

  /// How many addresses the range holds, 1 … 2³².
  public var count: Int { Int(last.rawValue - first.rawValue) + 1 }

  /// The addresses a host can have: all of them, without the network and broadcast address of a
  /// block of /30 or wider (RFC 919, RFC 950).
  public var hosts: [IPv4Address] {
    let trim: UInt32 = (prefixLength ?? 32) <= 30 ? 1 : 0
    return (first.rawValue + trim...last.rawValue - trim).map(IPv4Address.init(rawValue:))
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
