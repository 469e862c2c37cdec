/// A record of DTLS before anything is encrypted (RFC 6347 §4.1).
struct DTLSRecord: Hashable, Sendable {
  /// ContentType (RFC 5246 §6.2.1).
  let type: UInt8
  /// 0 until the first ChangeCipherSpec.
  let epoch: UInt16
  let content: [UInt8]

  /// Reads one record; a datagram may hold several.
  /// - Throws: `malformed` for a version that is none of DTLS, `truncated` where the datagram ends before the record does.
  init(parsing reader: inout OctetReader) throws(WireError) {
    type = try reader.octet()
    let place = reader.offset
    guard try reader.bigEndian16() >> 8 == 0xfe else { throw .malformed(offset: place) }
    epoch = try reader.bigEndian16()
    try reader.skip(6)
    let length = Int(try reader.bigEndian16())
    content = try reader.take(length)
  }

  /// - Parameter sequence: below 2^48.
  static func octets(_ type: UInt8, version: TLSVersion, sequence: UInt64, _ content: [UInt8]) -> [UInt8] {
    var octets: [UInt8] = [type]
    octets.appendBigEndian16(version.rawValue)
    octets += [0, 0]
    octets.appendBigEndian16(UInt16(truncatingIfNeeded: sequence >> 32))
    octets.appendBigEndian32(UInt32(truncatingIfNeeded: sequence))
    return octets + TLSOctets.vector16(content)
  }
}

/// A piece of a handshake message (RFC 6347 §4.2.2).
struct DTLSFragment: Hashable, Sendable {
  let type: UInt8
  /// Octets of the whole message without its header.
  let length: Int
  let message: UInt16
  let offset: Int
  let octets: [UInt8]

  /// Reads one; a record may hold several.
  /// - Throws: `malformed` for one that reaches beyond its message.
  init(parsing reader: inout OctetReader) throws(WireError) {
    type = try reader.octet()
    length = Int(try reader.bigEndian24())
    message = try reader.bigEndian16()
    let place = reader.offset
    offset = Int(try reader.bigEndian24())
    let count = Int(try reader.bigEndian24())
    guard offset + count <= length else { throw .malformed(offset: place) }
    octets = try reader.take(count)
  }
}

/// HelloVerifyRequest (RFC 6347 §4.2.1): the server wants its cookie back before it does anything.
struct DTLSHelloVerifyRequest: Hashable, Sendable {
  let cookie: [UInt8]

  init(parsing body: [UInt8]) throws(WireError) {
    var reader = OctetReader(body)
    // Its version says nothing about what will be spoken (§4.2.1).
    guard try reader.bigEndian16() >> 8 == 0xfe else { throw .malformed(offset: 0) }
    let length = Int(try reader.octet())
    cookie = try reader.take(length)
    guard !cookie.isEmpty else { throw .malformed(offset: 2) }
  }
}
