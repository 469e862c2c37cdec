/// A record of syslog, of either form: `<PRI>` and a version (RFC 5424 §6.1), or `<PRI>` and whatever a device writes behind it
/// (RFC 3164 §4.1).
public struct SyslogMessage: Hashable, Sendable {
  /// 0 to 23 (RFC 5424 §6.2.1).
  public let facility: Int
  /// 0, an emergency, to 7, debugging.
  public let severity: Int
  /// The form of RFC 5424.
  public let isVersioned: Bool
  /// What follows, as text.
  public let text: String

  /// More of a record is not looked at (RFC 5424 §6.1: receivers should take 2048 octets).
  public static let longest = 2048

  /// Reads one record without its framing.
  /// - Throws: `malformed` where no priority of 0 to 191 stands in front; `truncated` where it is not whole.
  public init(parsing record: Span<UInt8>) throws(WireError) {
    var reader = OctetReader(record.extracting(0..<min(record.count, Self.longest)))
    guard try reader.octet() == 0x3c else { throw .malformed(offset: 0) }
    var (value, digits) = (0, 0)
    while true {
      let octet = try reader.octet()
      if octet == 0x3e, digits > 0 { break }
      // Three digits at most, and no leading zero but the one of 0 itself (RFC 3164 §4.1.1).
      guard (0x30...0x39).contains(octet), digits < 3, !(digits == 1 && value == 0) else {
        throw .malformed(offset: digits + 1)
      }
      value = value * 10 + Int(octet - 0x30)
      digits += 1
    }
    guard value <= 191 else { throw .malformed(offset: 1) }
    (facility, severity) = (value / 8, value % 8)
    let rest = reader.takeRest()
    isVersioned = rest.count >= 2 && rest[0] == 0x31 && rest[1] == 0x20
    text = rest.text
  }
}

/// Divides what comes over a connection into records (RFC 6587 §3.4): by a count of octets in front of each, or by line ends.
public struct SyslogStream: Hashable, Sendable {
  private var rest: [UInt8] = []
  /// What came is no syslog, or a record is beyond any length; nothing more is read.
  public private(set) var isMalformed = false

  private static let longest = 16_384

  public init() {}

  /// - Returns: the records that are whole by now.
  public mutating func take(_ octets: some Collection<UInt8>) -> [[UInt8]] {
    guard !isMalformed else { return [] }
    rest += octets
    var found: [[UInt8]] = []
    var start = 0
    while start < rest.count, !isMalformed, let record = next(at: start) {
      if !record.content.isEmpty { found.append(Array(rest[record.content])) }
      start = record.end
    }
    rest = isMalformed ? [] : Array(rest[start...])
    if rest.count > Self.longest { (rest, isMalformed) = ([], true) }
    return found
  }

  private mutating func next(at start: Int) -> (content: Range<Int>, end: Int)? {
    guard (0x31...0x39).contains(rest[start]) else {
      guard rest[start] == 0x3c || rest[start] == 0x0a else {
        isMalformed = true
        return nil
      }
      return rest[start...].firstIndex(of: 0x0a).map { (start..<$0, $0 + 1) }
    }
    let digits = rest[start...].prefix(6).prefix { (0x30...0x39).contains($0) }
    guard digits.endIndex < rest.count else { return nil }
    let count = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    guard rest[digits.endIndex] == 0x20, count <= Self.longest else {
      isMalformed = true
      return nil
    }
    let content = digits.endIndex + 1..<digits.endIndex + 1 + count
    return content.upperBound <= rest.count ? (content, content.upperBound) : nil
  }
}
