/// A reply of a server that speaks in lines with three digits: FTP (RFC 959 §4.2), SMTP (RFC 5321 §4.2).
public struct ReplyLines: Hashable, Sendable {
  public let code: Int
  /// The text of each line, without the code where a line has it.
  public let lines: [String]
  /// How many octets of the stream the reply took.
  public let length: Int

  /// 2xx and 3xx: done, or go on.
  public var isPositive: Bool { (200...399).contains(code) }

  /// Reads the reply at the front of a stream. It ends with a line whose code is followed by a blank, or nothing.
  /// - Parameter limit: the longest reply, in octets.
  /// - Throws: `truncated` while lines are missing; `malformed` when the first line has no code of 1xx to 5xx, or the
  ///   reply is beyond `limit`.
  public init(parsing bytes: Span<UInt8>, limit: Int = 16_384) throws(WireError) {
    var reader = OctetReader(bytes)
    try Self.judgeBeginning(reader)
    let opening = try reader.line(limit: limit)
    let digits = Array(opening.prefix(3))
    guard let code = Int(digits.text), opening.count == 3 || [0x20, 0x2d].contains(opening[3]) else {
      throw .malformed(offset: 0)
    }
    var lines = [Array(opening.dropFirst(4)).text]
    var isLast = opening.count == 3 || opening[3] == 0x20
    while !isLast {
      let start = reader.offset
      guard limit > start else { throw .malformed(offset: start) }
      let line = try reader.line(limit: limit - start)
      // In between, lines may look like anything but the last (RFC 959 §4.2).
      let isCoded = line.count > 3 && Array(line.prefix(3)) == digits && [0x20, 0x2d].contains(line[3])
      isLast = line == digits || isCoded && line[3] == 0x20
      lines.append((isCoded ? Array(line.dropFirst(4)) : isLast ? [] : line).text)
    }
    self.code = code
    self.lines = lines
    length = reader.offset
  }

  /// What does not begin with three digits is refused at once, not when its line ends.
  private static func judgeBeginning(_ reader: OctetReader) throws(WireError) {
    var ahead = reader
    for position in 0..<min(3, reader.remaining) {
      let start = ahead.offset
      guard (position == 0 ? 0x31...0x35 : 0x30...0x39).contains(try ahead.octet()) else {
        throw .malformed(offset: start)
      }
    }
  }
}
