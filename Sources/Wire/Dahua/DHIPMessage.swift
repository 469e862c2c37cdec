/// A message of Dahua's configuration protocol: 32 octets of header, then JSON.
///
/// There is no public specification. The layout is the one that users of the protocol describe, and the same as of
/// the search that the vendor's own tool sends to port 37810.
public struct DHIPMessage: Hashable, Sendable {
  public let session: UInt32
  public let identifier: UInt32
  /// As it came; it is not read here.
  public let json: [UInt8]

  private static let headerLength = 32

  /// Reads the message at the front of `bytes`.
  /// - Parameter limit: the longest content, in octets, that is waited for.
  /// - Throws: `truncated` while octets are missing; `malformed` for another magic, or lengths that do not agree.
  public init(parsing bytes: Span<UInt8>, limit: Int = 65_536) throws(WireError) {
    var reader = OctetReader(bytes)
    guard try reader.littleEndian32() == Self.headerLength else { throw .malformed(offset: 0) }
    guard try reader.bigEndian32() == 0x4448_4950 else { throw .malformed(offset: 4) }  // "DHIP"
    session = try reader.littleEndian32()
    identifier = try reader.littleEndian32()
    let size = try reader.littleEndian64()
    // The second length is of this part; only messages in one part are read.
    guard try reader.littleEndian64() == size, size <= UInt64(limit) else { throw .malformed(offset: 16) }
    let content = try reader.take(Int(size))
    // Devices end the text with a line feed, or NULs.
    json = Array(content.prefix { $0 != 0 })
  }

  /// Asks a camera or recorder who it is.
  ///
  /// What it does to the other side: it answers with its model, serial number and addresses, and keeps nothing.
  public static let search: [UInt8] = {
    let json = Array(#"{"method":"DHDiscover.search","params":{"mac":"","uni":1}}"#.utf8)
    var octets: [UInt8] = []
    octets.appendLittleEndian32(UInt32(headerLength))
    octets += Array("DHIP".utf8) + [UInt8](repeating: 0, count: 8)
    for _ in 0..<2 {
      octets.appendLittleEndian32(UInt32(json.count))
      octets.appendLittleEndian32(0)
    }
    return octets + json
  }()
}
