/// A packet of the trivial file transfer (RFC 1350 §5, RFC 2347).
public enum TFTPPacket: Hashable, Sendable {
  case data(block: UInt16, [UInt8])
  case error(ErrorCode, message: String)
  /// The options that the server takes (RFC 2347); names in lower case are the server's business.
  case optionAcknowledgement([UInt8])
  /// A request or an acknowledgement, which no server sends to a reader.
  case other(opcode: UInt16)

  /// RFC 1350 §5; others are kept.
  public struct ErrorCode: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt16
    public init(rawValue: UInt16) { self.rawValue = rawValue }
    public static let undefined = ErrorCode(rawValue: 0)
    public static let fileNotFound = ErrorCode(rawValue: 1)
    public static let accessViolation = ErrorCode(rawValue: 2)
  }

  /// Reads the data of one datagram.
  /// - Throws: `truncated` below four octets; `malformed` for an opcode beyond 6.
  public init(parsing bytes: Span<UInt8>) throws(WireError) {
    var reader = OctetReader(bytes)
    let opcode = try reader.bigEndian16()
    guard (1...6).contains(opcode) else { throw .malformed(offset: 0) }
    switch opcode {
    case 3:
      let block = try reader.bigEndian16()
      self = .data(block: block, reader.takeRest())
    case 5:
      let code = ErrorCode(rawValue: try reader.bigEndian16())
      // Some servers leave the final NUL out.
      self = .error(code, message: reader.takeRest().textBeforeNUL)
    case 6:
      self = .optionAcknowledgement(reader.takeRest())
    default:
      self = .other(opcode: opcode)
    }
  }

  /// Asks to read a file in octets (RFC 1350 §5, RRQ). Nothing can be written: WRQ is not here.
  ///
  /// What it does to the other side: a server that has the file sends its first block, and repeats it until it is
  /// told to stop: ``stop`` has to follow. One that has not answers with an error.
  /// - Returns: nil when the name is empty or holds a NUL, which would end it.
  public static func readRequest(file name: String) -> [UInt8]? {
    guard !name.isEmpty, !name.utf8.contains(0) else { return nil }
    return [0, 1] + Array(name.utf8) + [0] + Array("octet".utf8) + [0]
  }

  /// Ends a transfer at once (RFC 1350 §7): sent to the port that the data came from.
  public static let stop: [UInt8] = [0, 5, 0, 0] + Array("done".utf8) + [0]
}
