/// The part of the Basic Encoding Rules that SNMP uses (ITU-T X.690; RFC 3417 §8): definite lengths, tags of one octet.
enum BER {
  static let integer: UInt8 = 0x02
  static let octetString: UInt8 = 0x04
  static let null: UInt8 = 0x05
  static let objectIdentifier: UInt8 = 0x06
  static let sequence: UInt8 = 0x30

  /// An element in the shortest form of its length.
  static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
    var length: [UInt8] = []
    if content.count < 0x80 {
      length = [UInt8(content.count)]
    } else {
      var rest = content.count
      while rest > 0 {
        length.insert(UInt8(truncatingIfNeeded: rest), at: 0)
        rest >>= 8
      }
      length.insert(0x80 | UInt8(length.count), at: 0)
    }
    return [tag] + length + content
  }

  /// A number in as few octets as keep its sign (X.690 §8.3).
  static func element(_ number: Int64) -> [UInt8] {
    var octets = [UInt8(truncatingIfNeeded: number)]
    var rest = number >> 8
    while rest != (octets[0] & 0x80 == 0 ? 0 : -1) {
      octets.insert(UInt8(truncatingIfNeeded: rest), at: 0)
      rest >>= 8
    }
    return element(integer, octets)
  }

  static func element(_ identifier: ObjectIdentifier) -> [UInt8] {
    let arcs = identifier.arcs
    // The first two arcs share one number (X.690 §8.19.4).
    let first = arcs.count > 1 ? UInt64(arcs[0]) * 40 + UInt64(arcs[1]) : 0
    var content: [UInt8] = []
    for number in [first] + arcs.dropFirst(2).map(UInt64.init) {
      var group = [UInt8(number & 0x7f)]
      var rest = number >> 7
      while rest > 0 {
        group.insert(0x80 | UInt8(rest & 0x7f), at: 0)
        rest >>= 7
      }
      content += group
    }
    return element(objectIdentifier, content)
  }
}

/// The name of a managed object: numbers from the root of the tree (X.660).
public struct ObjectIdentifier: Hashable, Sendable, CustomStringConvertible {
  public let arcs: [UInt32]

  public init(_ arcs: [UInt32]) { self.arcs = arcs }

  /// `1.3.6.1.2.1.1.1.0`
  public var description: String { arcs.map { String($0) }.joined(separator: ".") }

  /// The number that IANA gave the maker, for names below 1.3.6.1.4.1 (`enterprises`, RFC 2578 §2).
  public var enterprise: UInt32? { arcs.count > 6 && arcs.prefix(6) == [1, 3, 6, 1, 4, 1] ? arcs[6] : nil }
}

extension OctetReader {
  /// The next element's tag, and a reader of its content.
  mutating func element() throws(WireError) -> (tag: UInt8, content: OctetReader) {
    let start = offset
    let tag = try octet()
    // Tags of several octets do not occur in SNMP.
    guard tag & 0x1f != 0x1f else { throw .malformed(offset: start) }
    let first = try octet()
    guard first != 0x80 else { throw .malformed(offset: start) }  // indefinite length
    var length = Int(first)
    if first > 0x80 {
      // Agents write 82 00 2a as well; more than four octets nobody needs.
      guard first <= 0x84 else { throw .malformed(offset: start) }
      length = 0
      for _ in 0..<(first & 0x7f) { length = length << 8 | Int(try octet()) }
    }
    return (tag, try part(length))
  }

  /// The content of the next element, which must have this tag.
  mutating func element(tagged tag: UInt8) throws(WireError) -> OctetReader {
    let start = offset
    let next = try element()
    guard next.tag == tag else { throw .malformed(offset: start) }
    return next.content
  }

  mutating func berInteger() throws(WireError) -> Int64 { try element(tagged: BER.integer).signed() }

  mutating func berOctets() throws(WireError) -> [UInt8] {
    var content = try element(tagged: BER.octetString)
    return content.takeRest()
  }

  /// This content as a number with sign.
  consuming func signed() throws(WireError) -> Int64 {
    guard (1...8).contains(remaining) else { throw .malformed(offset: offset) }
    let octets = takeRest()
    return octets.dropFirst().reduce(Int64(Int8(bitPattern: octets[0]))) { $0 << 8 | Int64($1) }
  }

  /// This content as a number without sign; agents leave the leading zero out or write it.
  consuming func unsigned() throws(WireError) -> UInt64 {
    guard (1...9).contains(remaining) else { throw .malformed(offset: offset) }
    if remaining == 9 {
      guard try octet() == 0 else { throw .malformed(offset: offset) }
    }
    return takeRest().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// This content as a name: at most 128 numbers, each below 2^32 (RFC 2578 §3.5).
  consuming func identifier() throws(WireError) -> ObjectIdentifier {
    var arcs: [UInt32] = []
    while !isAtEnd {
      let start = offset
      var number: UInt64 = 0
      var octet: UInt8
      repeat {
        octet = try self.octet()
        number = number << 7 | UInt64(octet & 0x7f)
        guard number <= UInt64(UInt32.max) else { throw .malformed(offset: start) }
      } while octet & 0x80 != 0
      let value = UInt32(number)
      if arcs.isEmpty {
        let root = min(value / 40, 2)
        arcs = [root, value - 40 * root]
      } else {
        arcs.append(value)
      }
      guard arcs.count <= 128 else { throw .malformed(offset: start) }
    }
    return ObjectIdentifier(arcs)
  }
}
