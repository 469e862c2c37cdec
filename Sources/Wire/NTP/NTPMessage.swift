/// A time server's packet (RFC 5905 §7.3), and the ordinary question for the time.
public struct NTPMessage: Hashable, Sendable {
  /// RFC 5905 figure 10.
  public enum Mode {
    public static let client: UInt8 = 3
    public static let server: UInt8 = 4
  }

  public let leap: UInt8
  public let version: UInt8
  public let mode: UInt8
  /// 0 is a kiss-o'-death, whose reason is the reference; 16 is not synchronised.
  public let stratum: UInt8
  public let reference: UInt32
  /// Repeats the transmit timestamp of the question.
  public let originTimestamp: UInt64
  /// The server's clock: seconds since 1900 in the upper half, their fraction in the lower.
  public let transmitTimestamp: UInt64

  /// Reads the data of one datagram; extensions and authentication behind the 48 octets are ignored.
  /// - Throws: `truncated` below 48 octets; `unsupported` for modes 0, 6 and 7, whose form is another.
  public init(parsing bytes: Span<UInt8>) throws(WireError) {
    var reader = OctetReader(bytes)
    let first = try reader.octet()
    leap = first >> 6
    version = first >> 3 & 7
    mode = first & 7
    guard (1...5).contains(mode) else { throw .unsupported }
    try reader.require(47)
    stratum = try reader.octet()
    try reader.skip(10)
    reference = try reader.bigEndian32()
    try reader.skip(8)
    originTimestamp = try reader.bigEndian64()
    try reader.skip(8)
    transmitTimestamp = try reader.bigEndian64()
  }

  /// Asks for the time as every client does (RFC 5905 §9.2, mode 3).
  ///
  /// What it does to the other side: it answers once; some servers keep the address of who asked.
  /// - Parameter nonce: in the transmit timestamp; the answer has it as its origin (RFC 9109's advice for privacy).
  public static func request(nonce: UInt64) -> [UInt8] {
    var octets: [UInt8] = [0x23] + [UInt8](repeating: 0, count: 39)
    octets.appendBigEndian32(UInt32(truncatingIfNeeded: nonce >> 32))
    octets.appendBigEndian32(UInt32(truncatingIfNeeded: nonce))
    return octets
  }
}

/// A control message of a time server (mode 6, RFC 9327 §2), and the one question made of it: read variables.
public struct NTPControlMessage: Hashable, Sendable {
  private static let readVariables: UInt8 = 2

  public let isResponse: Bool
  /// The server refuses; its code is in the status (RFC 9327 §3.4).
  public let isError: Bool
  /// More fragments follow.
  public let hasMore: Bool
  public let operation: UInt8
  public let sequence: UInt16
  public let status: UInt16
  /// Where the data belong in the whole, in octets.
  public let offset: UInt16
  public let data: [UInt8]

  /// Reads the data of one datagram; padding and authentication behind the counted octets are ignored.
  /// - Throws: `truncated` below 12 octets or the counted data; `unsupported` for another mode.
  public init(parsing bytes: Span<UInt8>) throws(WireError) {
    var reader = OctetReader(bytes)
    guard try reader.octet() & 7 == 6 else { throw .unsupported }
    let bits = try reader.octet()
    isResponse = bits & 0x80 != 0
    isError = bits & 0x40 != 0
    hasMore = bits & 0x20 != 0
    operation = bits & 0x1f
    sequence = try reader.bigEndian16()
    status = try reader.bigEndian16()
    try reader.skip(2)  // association
    offset = try reader.bigEndian16()
    data = try reader.take(Int(try reader.bigEndian16()))
  }

  /// Asks for the server's own variables (RFC 9327 §4): version, system, processor, stratum.
  ///
  /// What it does to the other side: it reads them and answers with up to some 500 octets for each fragment; no
  /// variable is written. Configuration commands are not here.
  public static func readVariablesRequest(sequence: UInt16) -> [UInt8] {
    // No leap warning, version 2 as ntpq sends it.
    var octets: [UInt8] = [0x16, readVariables]
    octets.appendBigEndian16(sequence)
    return octets + [UInt8](repeating: 0, count: 8)
  }

  /// Name and value of each variable: `version="ntpd 4.2.8p15"`, quotes removed.
  public static func variables(in data: [UInt8]) -> [(name: String, value: String)] {
    var entries: [[UInt8]] = [[]]
    var quoted = false
    for octet in data {
      if octet == 0x22 {
        quoted.toggle()
      } else if octet == 0x2c, !quoted {
        entries.append([])
      } else {
        entries[entries.count - 1].append(octet)
      }
    }
    let isBlank: (UInt8) -> Bool = { [0x20, 0x0d, 0x0a, 0x09, 0].contains($0) }
    return entries.compactMap { entry in
      let parts = entry.split(separator: 0x3d, maxSplits: 1, omittingEmptySubsequences: false)
      let name = parts[0].filter { !isBlank($0) }
      guard parts.count == 2, !name.isEmpty else { return nil }
      let value = parts[1].drop(while: isBlank)
      return (Array(name).text, Array(value[...(value.lastIndex { !isBlank($0) } ?? value.startIndex - 1)]).text)
    }
  }
}
