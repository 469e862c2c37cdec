/// Asks a file server which versions of SMB it speaks. Nothing else of SMB is here: no session, no share.
///
/// What it does to the other side: the connection knows its version afterwards; no log-on is tried, no session
/// made. A second negotiation on a connection ends it (MS-CIFS 3.3.5.42), so that each needs its own.
public enum SMBNegotiateRequest {
  /// Offers SMB 1 alone (MS-CIFS 2.2.4.52.1): `NT LM 0.12`. A server that has it switched off answers with index
  /// 0xffff or ends the connection.
  public static let smb1: [UInt8] = {
    var message: [UInt8] = [0xff, 0x53, 0x4d, 0x42, 0x72]  // 0xff "SMB", SMB_COM_NEGOTIATE
    message += [0, 0, 0, 0]  // status
    message.append(0x18)  // paths in canonical form, without regard to case
    message.appendLittleEndian16(0xc001)  // long names, NT status codes, Unicode
    message += [UInt8](repeating: 0, count: 12)  // process ID (high), signature, reserved
    message.appendLittleEndian16(0xffff)  // no tree
    message.appendLittleEndian16(1)  // process ID
    message.appendLittleEndian16(0)  // no user
    message.appendLittleEndian16(0)  // multiplex ID
    message.append(0)  // no words
    let dialect = [2] + Array("NT LM 0.12".utf8) + [0]
    message.appendLittleEndian16(UInt16(dialect.count))
    return framed(message + dialect)
  }()

  /// Offers SMB 2.0.2, 2.1, 3.0 and 3.0.2 (MS-SMB2 2.2.3). 3.1.1 is left out, because it would need random salt
  /// and negotiation contexts; every server of 3.1.1 takes 3.0.2.
  /// - Parameter clientID: the client's GUID, which should be random.
  public static func smb2(clientID: (UInt64, UInt64)) -> [UInt8] {
    let dialects: [UInt16] = [0x0202, 0x0210, 0x0300, 0x0302]
    var message: [UInt8] = [0xfe, 0x53, 0x4d, 0x42]
    message.appendLittleEndian16(64)  // length of this header (MS-SMB2 2.2.1.2)
    message += [UInt8](repeating: 0, count: 8)  // credit charge, status, command: negotiate
    message.appendLittleEndian16(1)  // credits wanted
    message += [UInt8](repeating: 0, count: 48)  // flags, next command, message, process, tree, session, signature
    message.appendLittleEndian16(36)  // length of this structure
    message.appendLittleEndian16(UInt16(dialects.count))
    message.appendLittleEndian16(1)  // signing enabled, not required
    message += [UInt8](repeating: 0, count: 6)  // reserved, capabilities
    for half in [clientID.0, clientID.1] {
      message.appendBigEndian32(UInt32(truncatingIfNeeded: half >> 32))
      message.appendBigEndian32(UInt32(truncatingIfNeeded: half))
    }
    message += [UInt8](repeating: 0, count: 8)  // start time
    for dialect in dialects { message.appendLittleEndian16(dialect) }
    return framed(message)
  }

  /// The header of direct TCP transport (MS-SMB2 2.1); of a NetBIOS session message it is the same (RFC 1002 §4.3.1).
  private static func framed(_ message: [UInt8]) -> [UInt8] {
    var octets: [UInt8] = []
    octets.appendBigEndian32(UInt32(message.count))
    return octets + message
  }
}
