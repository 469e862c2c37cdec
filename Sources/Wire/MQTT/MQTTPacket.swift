/// A packet that a broker sent (OASIS MQTT 3.1.1 and 5, §2 and §3 of both).
public struct MQTTPacket: Hashable, Sendable {
  public enum Content: Hashable, Sendable {
    /// §3.2. Code 0 is accepted in both versions; 3.1.1 has 1–5, version 5 reasons from 0x80.
    case connectAcknowledgement(sessionPresent: Bool, code: UInt8)
    /// §3.9. A code for each filter: the granted quality of service, or 0x80 and more.
    case subscribeAcknowledgement(identifier: UInt16, codes: [UInt8])
    /// §3.3.
    case publish(topic: String, payload: [UInt8], quality: UInt8, retained: Bool)
    /// §3.14 of version 5: the broker ends the session, with its reason.
    case disconnect(reason: UInt8)
    /// A packet that is not looked into.
    case other(type: UInt8)
  }

  /// CONNACK codes that tell what a visitor may do.
  public enum Code {
    public static let accepted: UInt8 = 0
    /// 3.1.1: unacceptable protocol version; version 5 says 0x84.
    public static let unacceptableVersion: UInt8 = 1
    public static let badCredentials: UInt8 = 4
    public static let notAuthorized: UInt8 = 5
    public static let unsupportedVersion5: UInt8 = 0x84
    public static let badCredentials5: UInt8 = 0x86
    public static let notAuthorized5: UInt8 = 0x87
  }

  public let content: Content
  /// How many octets the packet took; the next one begins behind them.
  public let length: Int

  /// Reads the packet at the front of a stream.
  /// - Parameters:
  ///   - version: what was asked for: version 5 has properties in its packets.
  ///   - limit: the longest packet, in octets, that is waited for.
  /// - Throws: `truncated` while octets are missing; `malformed` when it cannot become a packet, or is longer
  ///   than `limit`.
  public init(parsing bytes: Span<UInt8>, version: MQTTRequest.Version, limit: Int = 65_536) throws(WireError) {
    var reader = OctetReader(bytes)
    let first = try reader.octet()
    guard first >> 4 != 0 else { throw .malformed(offset: 0) }
    let size = try reader.mqttNumber()
    guard size <= limit else { throw .malformed(offset: 1) }
    var body = try reader.part(size)
    length = reader.offset
    // A length that the body itself contradicts will not become right with more octets.
    do {
      content = try Self.content(first, &body, version)
    } catch {
      throw .malformed(offset: body.offset)
    }
  }

  private static func content(_ first: UInt8, _ body: inout OctetReader, _ version: MQTTRequest.Version)
    throws(WireError) -> Content
  {
    switch first >> 4 {
    case 2:
      let flags = try body.octet()
      // The other seven bits are reserved (§3.2.2.1): a stream of something else rarely keeps them at 0.
      guard first & 0x0f == 0, flags & 0xfe == 0 else { throw .malformed(offset: 0) }
      return .connectAcknowledgement(sessionPresent: flags & 1 != 0, code: try body.octet())
    case 3:
      let quality = first >> 1 & 3
      guard quality < 3 else { throw .malformed(offset: 0) }
      let topic = try body.take(Int(try body.bigEndian16()))
      if quality > 0 { try body.skip(2) }
      if version == .v5 { try body.skip(try body.mqttNumber()) }
      return .publish(topic: topic.text, payload: body.takeRest(), quality: quality, retained: first & 1 != 0)
    case 9:
      guard first & 0x0f == 0 else { throw .malformed(offset: 0) }
      let identifier = try body.bigEndian16()
      if version == .v5 { try body.skip(try body.mqttNumber()) }
      let codes = body.takeRest()
      guard !codes.isEmpty else { throw .malformed(offset: body.offset) }
      return .subscribeAcknowledgement(identifier: identifier, codes: codes)
    case 14: return .disconnect(reason: body.isAtEnd ? 0 : try body.octet())
    case let type: return .other(type: type)
    }
  }
}

extension OctetReader {
  /// A number of one to four octets, seven bits each, the lowest first (MQTT 3.1.1 §2.2.3).
  fileprivate mutating func mqttNumber() throws(WireError) -> Int {
    var value = 0
    for shift in stride(from: 0, through: 21, by: 7) {
      let octet = try octet()
      value |= Int(octet & 0x7f) << shift
      if octet & 0x80 == 0 { return value }
    }
    throw .malformed(offset: offset)
  }
}
