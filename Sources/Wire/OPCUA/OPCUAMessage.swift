/// What an OPC UA server answers on its way to the list of endpoints (OPC 10000-6 §6.7, §7.1; OPC 10000-4 §5.4.4,
/// §5.5.2).
public enum OPCUAMessage: Hashable, Sendable {
  /// The connection is taken up.
  case acknowledge
  case channel(OPCUAChannel)
  case endpoints([OPCUAEndpoint])
  /// ERR, or a service that says why it does not (a ServiceFault, or a bad result): OPC 10000-6 annex A.2 names the
  /// codes.
  case refused(code: UInt32)

  /// Lists of more elements than this are no list of endpoints.
  static let mostElements = 256

  /// Reads the message at the front of a stream, chunk by chunk.
  /// - Parameter limit: the longest message, in octets with its headers, that is waited for.
  /// - Returns: the message and how many octets it took.
  /// - Throws: `truncated` while octets are missing; `malformed` where it is no OPC UA; `unsupported` for another
  ///   message, or one that is secured.
  public static func read(
    parsing bytes: Span<UInt8>, limit: Int = Int(OPCUARequest.mostOctets)
  ) throws(WireError) -> (message: OPCUAMessage, length: Int) {
    var stream = OctetReader(bytes)
    var content: [UInt8] = []
    while true {
      let chunk = try Chunk(reading: &stream, limit: limit)
      guard stream.offset <= limit else { throw .malformed(offset: stream.offset) }
      content += chunk.content
      if chunk.isFinal { return (try message(chunk.type, content), stream.offset) }
    }
  }

  private struct Chunk {
    let type: String
    let isFinal: Bool
    let content: [UInt8]

    init(reading stream: inout OctetReader, limit: Int) throws(WireError) {
      let start = stream.offset
      type = try stream.take(3).text
      guard ["ACK", "ERR", "OPN", "MSG"].contains(type) else { throw .malformed(offset: start) }
      let mark = try stream.octet()
      // Final, or more of a message follows; only a MSG has parts, and one that is aborted is none.
      guard mark == 0x46 || mark == 0x43 && type == "MSG" else { throw .malformed(offset: start + 3) }
      isFinal = mark == 0x46
      let size = try stream.littleEndian32()
      guard size >= 8, size <= UInt32(clamping: limit) else { throw .malformed(offset: start + 4) }
      var body = try stream.part(Int(size) - 8)
      do throws(WireError) {
        switch type {
        case "OPN":
          try body.skip(4)
          guard try body.opcuaString() == OPCUARequest.noSecurity else { throw WireError.unsupported }
          for _ in 0..<2 { try body.skipOPCUAString() }
          try body.skip(8)
        case "MSG": try body.skip(16)
        default: break
        }
      } catch .truncated {
        throw .malformed(offset: body.offset)
      }
      content = body.takeRest()
    }
  }

  private static func message(_ type: String, _ content: [UInt8]) throws(WireError) -> OPCUAMessage {
    var reader = OctetReader(content)
    do throws(WireError) {
      switch type {
      case "ACK":
        try reader.require(20)
        return .acknowledge
      case "ERR": return .refused(code: try reader.littleEndian32())
      default: return try service(&reader)
      }
    } catch .truncated {
      // All that belongs to it is there.
      throw .malformed(offset: reader.offset)
    }
  }

  /// Type of the answer and its header (OPC 10000-4 §7.34), then what it says.
  private static func service(_ reader: inout OctetReader) throws(WireError) -> OPCUAMessage {
    // All answers have identifiers in namespace 0 that fit two octets (§5.2.2.9).
    guard try reader.bigEndian16() == 0x0100 else { throw .unsupported }
    let type = try reader.littleEndian16()
    try reader.skip(12)
    let result = try reader.littleEndian32()
    guard try reader.octet() == 0 else { throw .unsupported }  // diagnostics, which were not asked for
    for _ in 0..<(try reader.opcuaCount()) { try reader.skipOPCUAString() }
    guard try reader.bigEndian24() == 0 else { throw .unsupported }  // an additional header
    // The two upper bits say good, uncertain or bad (OPC 10000-4 §7.39).
    guard type != 397, result >> 30 == 0 else { return .refused(code: result) }
    switch type {
    case 449:
      try reader.skip(4)
      return .channel(OPCUAChannel(identifier: try reader.littleEndian32(), token: try reader.littleEndian32()))
    case 431:
      var endpoints: [OPCUAEndpoint] = []
      for _ in 0..<(try reader.opcuaCount()) { endpoints.append(try OPCUAEndpoint(reading: &reader)) }
      return .endpoints(endpoints)
    default: throw .unsupported
    }
  }
}

/// One way to talk to a server (OPC 10000-4 §7.14), without its certificate and addresses.
public struct OPCUAEndpoint: Hashable, Sendable {
  public enum SecurityMode {
    public static let none: UInt32 = 1
    public static let sign: UInt32 = 2
    public static let signAndEncrypt: UInt32 = 3
  }
  public enum TokenType {
    public static let anonymous: UInt32 = 0
  }

  public let url: String
  public let applicationName: String
  public let productURI: String
  public let securityMode: UInt32
  public let securityPolicy: String
  /// How a session may say who it is (§7.42).
  public let tokenTypes: [UInt32]

  fileprivate init(reading reader: inout OctetReader) throws(WireError) {
    url = try reader.opcuaString() ?? ""
    try reader.skipOPCUAString()
    productURI = try reader.opcuaString() ?? ""
    let mask = try reader.octet()
    if mask & 1 != 0 { try reader.skipOPCUAString() }
    applicationName = mask & 2 != 0 ? try reader.opcuaString() ?? "" : ""
    try reader.skip(4)
    for _ in 0..<2 { try reader.skipOPCUAString() }
    for _ in 0..<(try reader.opcuaCount()) { try reader.skipOPCUAString() }
    try reader.skipOPCUAString()  // the certificate
    securityMode = try reader.littleEndian32()
    securityPolicy = try reader.opcuaString() ?? ""
    var types: [UInt32] = []
    for _ in 0..<(try reader.opcuaCount()) {
      try reader.skipOPCUAString()
      types.append(try reader.littleEndian32())
      for _ in 0..<3 { try reader.skipOPCUAString() }
    }
    tokenTypes = types
    try reader.skipOPCUAString()
    try reader.skip(1)
  }
}

extension OctetReader {
  /// A length of -1 stands for none (§5.2.2.4).
  fileprivate mutating func opcuaLength() throws(WireError) -> Int? {
    let length = Int32(bitPattern: try littleEndian32())
    if length == -1 { return nil }
    guard length >= 0 else { throw .malformed(offset: offset) }
    return Int(length)
  }

  fileprivate mutating func opcuaString() throws(WireError) -> String? {
    guard let length = try opcuaLength() else { return nil }
    return try take(length).text
  }

  fileprivate mutating func skipOPCUAString() throws(WireError) { try skip(try opcuaLength() ?? 0) }

  fileprivate mutating func opcuaCount() throws(WireError) -> Int {
    let count = try opcuaLength() ?? 0
    guard count <= OPCUAMessage.mostElements else { throw .malformed(offset: offset) }
    return count
  }
}
