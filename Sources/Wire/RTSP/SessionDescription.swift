/// What a presentation holds (SDP, RFC 8866 §5): as much as tells video from nothing.
public struct SessionDescription: Hashable, Sendable {
  /// An `m=` line (RFC 8866 §5.14).
  public struct Media: Hashable, Sendable {
    /// `video`, `audio`, `application`.
    public let kind: String
    public let port: UInt16
    /// `RTP/AVP`
    public let transport: String
    public let formats: [String]
    /// The encodings of `a=rtpmap` lines: `H264/90000`.
    public fileprivate(set) var encodings: [String] = []
  }

  /// The session's name (`s=`).
  public let name: String?
  public let media: [Media]

  /// Reads a description; lines that are not understood are passed over.
  /// - Throws: `malformed` unless it begins with `v=0` (RFC 8866 §5.1), or with more than 64 media.
  public init(parsing bytes: Span<UInt8>) throws(WireError) {
    let lines = octets(bytes).split { $0 == 0x0a || $0 == 0x0d }.map { Array($0).text }
    guard lines.first?.hasPrefix("v=0") == true else { throw .malformed(offset: 0) }
    var name: String?
    var media: [Media] = []
    for line in lines {
      let value = line.dropFirst(2)
      if line.hasPrefix("s="), media.isEmpty { name = String(value) }
      if line.hasPrefix("m="), let next = Media(line: value) { media.append(next) }
      if line.hasPrefix("a=rtpmap:"), !media.isEmpty, let encoding = line.split(separator: " ").dropFirst().first {
        media[media.count - 1].encodings.append(String(encoding))
      }
      guard media.count <= 64 else { throw .malformed(offset: 0) }
    }
    self.name = name
    self.media = media
  }
}

extension SessionDescription.Media {
  fileprivate init?(line: Substring) {
    let fields = line.split(separator: " ")
    // The port may have a count of ports behind it: 49170/2.
    guard fields.count >= 4, let port = UInt16(fields[1].prefix { $0 != "/" }) else { return nil }
    kind = String(fields[0])
    self.port = port
    transport = String(fields[2])
    formats = fields[3...].map { String($0) }
  }
}
