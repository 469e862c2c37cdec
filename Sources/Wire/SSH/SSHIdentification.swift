/// The line by which each side of SSH begins (RFC 4253 §4.2): `SSH-2.0-dropbear_2022.83`.
public struct SSHIdentification: Hashable, Sendable {
  /// Lines that a server may send first; who sends more than this is not taken for one.
  private static let lineLimit = 64
  /// §4.2 allows 255 octets with the line's end; some devices write more.
  private static let octetLimit = 1024

  /// Without its line end.
  public let text: String
  /// The same as it came, which the exchange hash is over (RFC 4253 §8).
  public let octets: [UInt8]
  /// `2.0`; `1.99` for both versions (§5.1); `1.5` and the like for the old one alone.
  public let protocolVersion: String
  public let software: String
  /// What follows the first blank.
  public let comment: String?
  /// Octets up to and with the line's end, and so those of the lines before it.
  public let length: Int

  /// The octets by which we introduce ourselves.
  public static let ours: [UInt8] = Array("SSH-2.0-tenken\r\n".utf8)
  /// The same to a server whose old version is asked for.
  public static let oursOfVersion1: [UInt8] = Array("SSH-1.5-tenken\n".utf8)

  /// Reads the front of a stream; later octets are ignored.
  /// - Throws: `truncated` while the line may still come; `malformed` for a line that is too long, or has no version.
  public init(parsing bytes: Span<UInt8>) throws(WireError) {
    var reader = OctetReader(bytes)
    var number = 0
    while true {
      let place = reader.offset
      let line = try reader.line(limit: Self.octetLimit)
      number += 1
      guard line.starts(with: Array("SSH-".utf8)) else {
        // §4.2: other lines may come first, in text without NUL.
        guard number < Self.lineLimit, !line.contains(0) else { throw .malformed(offset: place) }
        continue
      }
      (text, octets) = (line.text, line)
      let parts = line.dropFirst(4).split(separator: 0x2d, maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty, parts[0].allSatisfy({ $0 == 0x2e || (0x30...0x39).contains($0) })
      else { throw .malformed(offset: place + 4) }
      protocolVersion = Array(parts[0]).text
      let words = parts[1].split(separator: 0x20, maxSplits: 1, omittingEmptySubsequences: false)
      software = Array(words[0]).text
      comment = words.count > 1 ? Array(words[1]).text : nil
      length = reader.offset
      return
    }
  }

  /// The server speaks the current version (§5.1).
  public var speaksVersion2: Bool { protocolVersion == "1.99" || protocolVersion.hasPrefix("2") }
  /// The server says that it speaks the old version (§5.1).
  public var speaksVersion1: Bool { protocolVersion.hasPrefix("1") }
}
