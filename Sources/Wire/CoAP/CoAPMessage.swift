/// A CoAP message (RFC 7252 §3), and the only request that is ever made: GET.
public struct CoAPMessage: Hashable, Sendable {
  public enum Kind: UInt8, Hashable, Sendable {
    case confirmable = 0
    case nonConfirmable = 1
    case acknowledgement = 2
    case reset = 3
  }

  /// Class and detail (RFC 7252 §3): 2.05 is 0x45.
  public struct Code: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    public static let empty = Code(rawValue: 0)
    public static let get = Code(rawValue: 0x01)
    public static let content = Code(rawValue: 0x45)
    public static let unauthorized = Code(rawValue: 0x81)
    public static let forbidden = Code(rawValue: 0x83)
    public static let notFound = Code(rawValue: 0x84)

    public var isSuccess: Bool { rawValue >> 5 == 2 }
    /// `2.05`
    public var description: String {
      let detail = rawValue & 0x1f
      return "\(rawValue >> 5).\(detail < 10 ? "0" : "")\(detail)"
    }
  }

  /// An option by its number (RFC 7252 §12.2).
  public struct Option: Hashable, Sendable {
    public static let uriPath = 11
    public static let contentFormat = 12
    public static let block2 = 23

    public let number: Int
    public let value: [UInt8]

    /// The value as a number without sign (RFC 7252 §3.2); nil beyond four octets.
    public var number32: UInt32? { value.count <= 4 ? value.reduce(0) { $0 << 8 | UInt32($1) } : nil }
  }

  public let kind: Kind
  public let code: Code
  public let identifier: UInt16
  public let token: [UInt8]
  public let options: [Option]
  public let payload: [UInt8]

  /// The format of the payload; 40 is the link format (RFC 7252 §12.3).
  public var contentFormat: UInt32? { options.first { $0.number == Option.contentFormat }?.number32 }

  /// Reads the data of one datagram.
  /// - Throws: `truncated` or `malformed` where a field or option does not fit; `unsupported` for another version.
  public init(parsing bytes: Span<UInt8>) throws(WireError) {
    var reader = OctetReader(bytes)
    let first = try reader.octet()
    guard first >> 6 == 1, let kind = Kind(rawValue: first >> 4 & 3) else { throw .unsupported }
    self.kind = kind
    let tokenLength = Int(first & 0x0f)
    guard tokenLength <= 8 else { throw .malformed(offset: 0) }
    code = Code(rawValue: try reader.octet())
    identifier = try reader.bigEndian16()
    token = try reader.take(tokenLength)
    var options: [Option] = []
    var number = 0
    var payload: [UInt8] = []
    while !reader.isAtEnd {
      let start = reader.offset
      let head = try reader.octet()
      if head == 0xff {
        payload = reader.takeRest()
        // A marker without payload is an error (RFC 7252 §3).
        guard !payload.isEmpty else { throw .malformed(offset: start) }
        break
      }
      number += try reader.coapNumber(head >> 4)
      guard number <= Int(UInt16.max) else { throw .malformed(offset: start) }
      options.append(Option(number: number, value: try reader.take(try reader.coapNumber(head & 0x0f))))
    }
    self.options = options
    self.payload = payload
  }

  /// A GET that asks for no acknowledgement, so that a device that cannot answer repeats nothing.
  ///
  /// What it does to the other side: one read of one resource; nothing is stored or observed.
  /// - Parameters:
  ///   - path: the segments; `[".well-known", "core"]` is the list of a device's resources (RFC 6690 §4).
  ///   - token: 1 to 8 octets that the answer repeats; more are left out.
  public static func get(path: [String], identifier: UInt16, token: [UInt8]) -> [UInt8] {
    let token = token.prefix(8)
    var message: [UInt8] = [0x50 | UInt8(token.count), Code.get.rawValue]
    message.appendBigEndian16(identifier)
    message += token
    var previous = 0
    for segment in path {
      // A segment has at most 255 octets (RFC 7252 §5.10).
      let value = segment.utf8.prefix(255)
      let delta = UInt8(Option.uriPath - previous)
      previous = Option.uriPath
      if value.count < 13 {
        message.append(delta << 4 | UInt8(value.count))
      } else {
        message += [delta << 4 | 13, UInt8(value.count - 13)]
      }
      message += value
    }
    return message
  }

  /// The list of what a device offers.
  public static func discovery(identifier: UInt16, token: [UInt8]) -> [UInt8] {
    get(path: [".well-known", "core"], identifier: identifier, token: token)
  }
}

extension OctetReader {
  /// A delta or length from its four bits and, for 13 and 14, the octets that follow (RFC 7252 §3.1).
  fileprivate mutating func coapNumber(_ nibble: UInt8) throws(WireError) -> Int {
    switch nibble {
    case 13: return Int(try octet()) + 13
    case 14: return Int(try bigEndian16()) + 269
    case 15: throw .malformed(offset: offset)
    default: return Int(nibble)
    }
  }
}
