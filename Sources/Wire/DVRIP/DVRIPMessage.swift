/// A message of the recorders and cameras on Xiongmai boards (DVRIP, "Sofia"): 20 octets of header, then JSON.
///
/// There is no public specification; the layout, the numbers of commands and those of results are the ones that users of
/// the protocol describe (OpenIPC/python-dvr, sofia-netsurv/python-netsurv). Log-in (1000) and every command that changes
/// something are not here.
public struct DVRIPMessage: Hashable, Sendable {
  /// Numbers of commands; others are kept.
  public struct Command: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt16
    public init(rawValue: UInt16) { self.rawValue = rawValue }
    /// Reads one of a few fixed records, such as `SystemInfo`.
    public static let information = Command(rawValue: 1020)
    public static let informationAnswer = Command(rawValue: 1021)
    public static let search = Command(rawValue: 1530)
    public static let searchAnswer = Command(rawValue: 1531)
  }

  public let session: UInt32
  public let sequence: UInt32
  public let command: Command
  public let json: [UInt8]

  /// Reads the message at the front of `bytes`.
  /// - Parameter limit: the longest content, in octets, that is waited for.
  /// - Throws: `truncated` while octets are missing; `malformed` for another first octet or a content beyond `limit`.
  public init(parsing bytes: Span<UInt8>, limit: Int = 65_536) throws(WireError) {
    var reader = OctetReader(bytes)
    guard try reader.octet() == 0xff else { throw .malformed(offset: 0) }
    // Version 0 is asked with, 0 or 1 answered.
    guard try reader.octet() <= 1 else { throw .malformed(offset: 1) }
    try reader.skip(2)
    session = try reader.littleEndian32()
    sequence = try reader.littleEndian32()
    try reader.skip(2)  // how many packets there are, and which this is
    command = Command(rawValue: try reader.littleEndian16())
    let size = try reader.littleEndian32()
    guard size <= UInt32(clamping: limit) else { throw .malformed(offset: 16) }
    // The text ends with a line feed and a NUL.
    var content = try reader.take(Int(size))
    while content.last == 0 || content.last == 0x0a { content.removeLast() }
    json = content
  }

  /// Asks for the record `SystemInfo` in session 0, which nobody has logged in to: 68 octets.
  ///
  /// What it does to the other side: it answers with what it is and how long it has run, or with the number of an error,
  /// and keeps nothing.
  public static let systemInformation = message(
    .information, Array(#"{"Name":"SystemInfo","SessionID":"0x00000000"}"#.utf8) + [0x0a, 0])

  /// Asks who listens on UDP port 34569, as the vendor's tool does.
  ///
  /// What it does to the other side: it answers with its name, addresses and serial number, and keeps nothing.
  public static let search = message(.search, [])

  /// In one packet, in session 0 and with number 0.
  private static func message(_ command: Command, _ content: [UInt8]) -> [UInt8] {
    var octets: [UInt8] = [0xff] + [UInt8](repeating: 0, count: 13)
    octets.appendLittleEndian16(command.rawValue)
    octets.appendLittleEndian32(UInt32(truncatingIfNeeded: content.count))
    return octets + content
  }
}
