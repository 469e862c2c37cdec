public import Addressing

/// What an SNMP agent answered: versions 1, 2c and 3 (RFC 1157, RFC 3416, RFC 3412, RFC 3414).
public struct SNMPMessage: Hashable, Sendable {
  /// The kind of the protocol data unit; others are kept by their tag.
  public struct Kind: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    public static let getRequest = Kind(rawValue: 0xa0)
    public static let response = Kind(rawValue: 0xa2)
    public static let report = Kind(rawValue: 0xa8)
  }

  /// The value of an object (RFC 2578 §7).
  public enum Value: Hashable, Sendable {
    case integer(Int64)
    case octets([UInt8])
    case identifier(ObjectIdentifier)
    case null
    case address(IPv4Address)
    case counter(UInt64)
    case gauge(UInt64)
    /// Hundredths of a second.
    case timeTicks(UInt64)
    case noSuchObject, noSuchInstance, endOfView
    case other(tag: UInt8, [UInt8])

    /// The text of an octet string.
    public var text: String? { if case .octets(let octets) = self { octets.text } else { nil } }
  }

  public struct Binding: Hashable, Sendable {
    public let object: ObjectIdentifier
    public let value: Value
  }

  /// 0 is version 1, 1 is 2c, 3 is 3.
  public let version: Int64
  /// As the agent repeated it; empty with version 3.
  public let community: [UInt8]
  /// Of version 3: the message's number and the agent's engine. nil with the older versions.
  public let security: SNMPSecurity?
  public let kind: Kind
  public let requestID: Int64
  /// RFC 3416 §3: 0 is noError, 2 noSuchName, 16 authorizationError.
  public let errorStatus: Int64
  public let errorIndex: Int64
  public let bindings: [Binding]

  /// Reads the data of one datagram; octets behind the message are ignored.
  /// - Throws: `truncated` or `malformed` when an element does not fit; `unsupported` for another version, an
  ///   encrypted message, or a trap of version 1, whose form is another.
  public init(parsing bytes: Span<UInt8>) throws(WireError) {
    var reader = OctetReader(bytes)
    var message = try reader.element(tagged: BER.sequence)
    version = try message.berInteger()
    switch version {
    case 0, 1:
      community = try message.berOctets()
      security = nil
    case 3:
      community = []
      let security = try SNMPSecurity(reading: &message)
      guard !security.isEncrypted else { throw .unsupported }
      self.security = security
      message = try message.element(tagged: BER.sequence)
      _ = try message.berOctets()  // contextEngineID
      _ = try message.berOctets()  // contextName
    default: throw .unsupported
    }
    var unit = try message.element()
    kind = Kind(rawValue: unit.tag)
    guard (0xa0...0xa8).contains(unit.tag), unit.tag != 0xa4 else { throw .unsupported }
    requestID = try unit.content.berInteger()
    errorStatus = try unit.content.berInteger()
    errorIndex = try unit.content.berInteger()
    var list = try unit.content.element(tagged: BER.sequence)
    var bindings: [Binding] = []
    while !list.isAtEnd {
      var entry = try list.element(tagged: BER.sequence)
      let object = try entry.element(tagged: BER.objectIdentifier).identifier()
      bindings.append(Binding(object: object, value: try Value(reading: &entry)))
    }
    self.bindings = bindings
  }

  /// The value that came for `object`, unless the agent says that it has none.
  public func value(of object: ObjectIdentifier) -> Value? {
    switch bindings.first(where: { $0.object == object })?.value {
    case .noSuchObject, .noSuchInstance, .endOfView, .null, nil: nil
    case let value?: value
    }
  }
}

extension SNMPMessage.Value {
  fileprivate init(reading entry: inout OctetReader) throws(WireError) {
    var (tag, content) = try entry.element()
    switch tag {
    case BER.integer: self = .integer(try content.signed())
    case BER.octetString: self = .octets(content.takeRest())
    case BER.null: self = .null
    case BER.objectIdentifier: self = .identifier(try content.identifier())
    case 0x40 where content.remaining == 4: self = .address(IPv4Address(rawValue: try content.bigEndian32()))
    case 0x41, 0x46: self = .counter(try content.unsigned())
    case 0x42: self = .gauge(try content.unsigned())
    case 0x43: self = .timeTicks(try content.unsigned())
    case 0x80: self = .noSuchObject
    case 0x81: self = .noSuchInstance
    case 0x82: self = .endOfView
    default: self = .other(tag: tag, content.takeRest())
    }
  }
}

/// What version 3 adds to a message (RFC 3412 §6, RFC 3414 §2.4).
public struct SNMPSecurity: Hashable, Sendable {
  public let messageID: Int64
  public let flags: UInt8
  public let engine: SNMPEngine
  public let engineBoots: Int64
  /// Seconds since the engine started.
  public let engineTime: Int64
  public let user: [UInt8]

  var isEncrypted: Bool { flags & 0x02 != 0 }

  init(reading message: inout OctetReader) throws(WireError) {
    var header = try message.element(tagged: BER.sequence)
    messageID = try header.berInteger()
    _ = try header.berInteger()  // msgMaxSize
    let start = header.offset
    guard let flags = try header.berOctets().first else { throw .malformed(offset: start) }
    self.flags = flags
    // Another model would have other parameters.
    guard try header.berInteger() == 3 else { throw .unsupported }
    var wrapped = try message.element(tagged: BER.octetString)
    var parameters = try wrapped.element(tagged: BER.sequence)
    engine = SNMPEngine(octets: try parameters.berOctets())
    engineBoots = try parameters.berInteger()
    engineTime = try parameters.berInteger()
    user = try parameters.berOctets()
  }
}

/// The identifier of an SNMP engine, in which makers put their number and often a MAC address (RFC 3411 §5).
public struct SNMPEngine: Hashable, Sendable {
  public let octets: [UInt8]

  public init(octets: [UInt8]) { self.octets = octets }

  /// The maker's IANA number, whichever of the two forms it has.
  public var enterprise: UInt32? {
    octets.count >= 5 ? octets.prefix(4).reduce(0) { $0 << 8 | UInt32($1) } & 0x7fff_ffff : nil
  }

  /// The MAC address of form 3.
  public var macAddress: MACAddress? {
    guard octets.count == 11, octets[0] & 0x80 != 0, octets[4] == 3 else { return nil }
    return MACAddress(rawValue: octets[5...].reduce(0) { $0 << 8 | UInt64($1) })
  }
}
