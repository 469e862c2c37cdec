/// A record as it stands on the connection (RFC 5246 §6.2.1): its content may be encrypted.
public struct TLSRecord: Hashable, Sendable {
  /// ContentType: 20 ChangeCipherSpec, 21 alert, 22 handshake, 23 application data, 24 heartbeat (RFC 6520 §3).
  public let type: UInt8
  public let version: TLSVersion
  public let content: [UInt8]

  public init(_ type: UInt8, _ version: TLSVersion, _ content: [UInt8]) {
    self.type = type
    self.version = version
    self.content = content
  }

  /// The octets on the connection.
  public var octets: [UInt8] {
    [type, UInt8(truncatingIfNeeded: version.rawValue >> 8), UInt8(truncatingIfNeeded: version.rawValue)]
      + TLSOctets.vector16(content)
  }

  /// The description of an alert that is not encrypted (RFC 5246 §7.2).
  public var alert: UInt8? { type == 21 && content.count == 2 ? content[1] : nil }
}

/// Divides what a server sends into records, in whatever pieces it comes.
public struct TLSRecords: Hashable, Sendable {
  private var rest: [UInt8] = []
  /// What came is no TLS; nothing more is read.
  public private(set) var isMalformed = false

  private static let longest = 16_384 + 2048

  public init() {}

  /// - Returns: the records that are whole by now.
  public mutating func take(_ octets: some Collection<UInt8>) -> [TLSRecord] {
    guard !isMalformed else { return [] }
    rest += octets
    var found: [TLSRecord] = []
    var start = 0
    while !isMalformed, let length = contentLength(at: start), rest.count >= start + 5 + length {
      let version = TLSVersion(rawValue: UInt16(rest[start + 1]) << 8 | UInt16(rest[start + 2]))
      found.append(TLSRecord(rest[start], version, Array(rest[start + 5..<start + 5 + length])))
      start += 5 + length
    }
    rest = isMalformed ? [] : Array(rest.dropFirst(start))
    return found
  }

  /// nil while the head is not whole.
  private mutating func contentLength(at start: Int) -> Int? {
    guard rest.count > start else { return nil }
    guard (20...24).contains(rest[start]), rest.count < start + 2 || rest[start + 1] == 3 else {
      isMalformed = true
      return nil
    }
    guard rest.count >= start + 5 else { return nil }
    let length = Int(rest[start + 3]) << 8 | Int(rest[start + 4])
    isMalformed = length > Self.longest
    return isMalformed ? nil : length
  }
}
