/// What a file server answered to a negotiation.
public enum SMBNegotiateAnswer: Hashable, Sendable {
  /// SMB 1 is switched on (MS-CIFS 2.2.4.52.2); `signing` from the security mode.
  case smb1(signing: Signing)
  /// SMB 1 is answered, but none of the dialects offered is taken (index 0xffff), or the request refused.
  case smb1Refused(status: UInt32)
  /// MS-SMB2 2.2.4.
  case smb2(dialect: UInt16, signing: Signing, serverID: [UInt8])
  /// A refusal in the form of SMB 2.
  case smb2Refused(status: UInt32)

  public enum Signing: Hashable, Sendable {
    case disabled, enabled, required
  }

  /// Reads the answer from the front of a stream.
  /// - Throws: `truncated` while octets are missing; `malformed` where it is no answer to a negotiation;
  ///   `unsupported` for another message of a NetBIOS session.
  public init(parsing bytes: Span<UInt8>) throws(WireError) {
    var reader = OctetReader(bytes)
    // 0x83 refuses a NetBIOS session, 0x85 keeps one alive (RFC 1002 §4.3).
    guard try reader.octet() == 0 else { throw .unsupported }
    let size = Int(try reader.bigEndian24())
    guard (35...65_536).contains(size) else { throw .malformed(offset: 1) }
    var message = try reader.part(size)
    do {
      switch try message.bigEndian32() {
      case 0xff53_4d42: self = try Self.smb1(&message)
      case 0xfe53_4d42: self = try Self.smb2(&message)
      default: throw WireError.malformed(offset: 4)
      }
    } catch {
      throw .malformed(offset: message.offset)
    }
  }

  private static func smb1(_ message: inout OctetReader) throws(WireError) -> Self {
    guard try message.octet() == 0x72 else { throw .malformed(offset: 8) }
    let status = try message.littleEndian32()
    // Without this bit it is a request, which a thing that repeats what it hears sends back.
    guard try message.octet() & 0x80 != 0 else { throw .malformed(offset: 13) }
    try message.skip(22)
    let words = try message.octet()
    guard status == 0, words > 0 else { return .smb1Refused(status: status) }
    guard try message.littleEndian16() != 0xffff else { return .smb1Refused(status: status) }
    // Seventeen words with the security mode are the answer of NT LM 0.12, the only dialect that is offered.
    guard words == 17 else { throw .malformed(offset: 36) }
    let mode = try message.octet()
    return .smb1(signing: mode & 0x08 != 0 ? .required : mode & 0x04 != 0 ? .enabled : .disabled)
  }

  private static func smb2(_ message: inout OctetReader) throws(WireError) -> Self {
    guard try message.littleEndian16() == 64 else { throw .malformed(offset: 8) }
    try message.skip(2)
    let status = try message.littleEndian32()
    guard try message.littleEndian16() == 0 else { throw .malformed(offset: 16) }
    try message.skip(2)
    guard try message.littleEndian32() & 1 != 0 else { throw .malformed(offset: 20) }
    try message.skip(44)
    guard status == 0 else { return .smb2Refused(status: status) }
    guard try message.littleEndian16() == 65 else { throw .malformed(offset: 68) }
    let mode = try message.littleEndian16()
    let dialect = try message.littleEndian16()
    try message.skip(2)
    let identifier = try message.take(16)
    // Bit 1 enables signing, bit 2 requires it; SMB 2 is never without (MS-SMB2 2.2.4).
    return .smb2(
      dialect: dialect, signing: mode & 2 != 0 ? .required : mode & 1 != 0 ? .enabled : .disabled,
      serverID: identifier)
  }
}
