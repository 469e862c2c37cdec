/// A frame of IEEE 802.1X (IEEE 802.1X-2020 §11.3), as far as it says how an exchange of EAP ended (RFC 3748 §4).
public struct EAPOLFrame: Hashable, Sendable {
  /// RFC 3748 §4.
  public enum Code: UInt8, Hashable, Sendable {
    case request = 1
    case response = 2
    case success = 3
    case failure = 4
  }

  /// 0 is an EAP packet, 1 start, 2 logoff, 3 key.
  public let type: UInt8
  /// nil for frames without an EAP packet, and for codes that nobody defined.
  public let code: Code?

  /// Reads what follows the Ethernet header.
  /// - Throws: `truncated` where the head, or the EAP packet that it announces, is not there.
  public init(parsing frame: Span<UInt8>) throws(WireError) {
    var reader = OctetReader(frame)
    try reader.skip(1)
    type = try reader.octet()
    var body = try reader.part(Int(try reader.bigEndian16()))
    code = type == 0 ? Code(rawValue: try body.octet()) : nil
  }
}
