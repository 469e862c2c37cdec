public import Addressing

/// A resolver's answer, as far as it says whether it serves strangers (RFC 1035 §4.1).
public struct DNSAnswer: Hashable, Sendable {
  /// RFC 1035 §4.1.1.
  public enum ResponseCode {
    public static let noError: UInt8 = 0
    public static let serverFailure: UInt8 = 2
    public static let noSuchName: UInt8 = 3
    public static let refused: UInt8 = 5
  }

  public let identifier: UInt16
  public let isAuthoritative: Bool
  public let isTruncated: Bool
  public let recursionDesired: Bool
  public let recursionAvailable: Bool
  public let responseCode: UInt8
  /// The name that was asked for, as the answer repeats it; nil without a question.
  public let name: String?
  /// The addresses of A records in the answer section.
  public let addresses: [IPv4Address]
  /// Those of AAAA records (RFC 3596 §2.1).
  public let addresses6: [IPv6Address]

  /// Reads the data of one datagram. Records behind the answer section are not looked at.
  /// - Throws: `truncated` or `malformed` when the message is not whole up to there or a pointer does not point
  ///   backwards; `unsupported` for a question, or several questions.
  public init(parsing bytes: Span<UInt8>) throws(WireError) {
    var reader = OctetReader(bytes)
    identifier = try reader.bigEndian16()
    let flags = try reader.bigEndian16()
    guard flags & 0x8000 != 0 else { throw .unsupported }
    isAuthoritative = flags & 0x0400 != 0
    isTruncated = flags & 0x0200 != 0
    recursionDesired = flags & 0x0100 != 0
    recursionAvailable = flags & 0x0080 != 0
    responseCode = UInt8(flags & 0x000f)
    let questions = try reader.bigEndian16()
    let answers = try reader.bigEndian16()
    try reader.skip(4)
    guard questions <= 1 else { throw .unsupported }
    if questions == 1 {
      name = try Self.name(&reader)
      try reader.skip(4)
    } else {
      name = nil
    }
    var addresses: [IPv4Address] = []
    var addresses6: [IPv6Address] = []
    for _ in 0..<answers {
      // A record has 11 octets or more, so that the walk ends with the message whatever the count says.
      _ = try Self.name(&reader)
      let type = try reader.bigEndian16()
      let classCode = try reader.bigEndian16()
      try reader.skip(4)
      var data = try reader.part(Int(try reader.bigEndian16()))
      if type == DNSQuestion.typeA, classCode == 1, data.remaining == 4 {
        addresses.append(IPv4Address(rawValue: try data.bigEndian32()))
      } else if type == DNSQuestion.typeAAAA, classCode == 1, data.remaining == 16 {
        let (high, low) = (try data.bigEndian64(), try data.bigEndian64())
        addresses6.append(IPv6Address(high: high, low: low))
      }
    }
    self.addresses = addresses
    self.addresses6 = addresses6
  }

  /// The labels joined by dots, escaped as in a zone file (RFC 1035 §5.1). Pointers are followed backwards only.
  private static func name(_ reader: inout OctetReader) throws(WireError) -> String {
    let labels = try DNSName.labels(&reader)
    return Array(
      labels.map { label in
        label.flatMap { $0 == 0x2e || $0 == 0x5c ? [0x5c, $0] : [$0] }
      }.joined(separator: [0x2e])
    ).text
  }
}
