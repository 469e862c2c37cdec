public import Addressing

/// What a Ubiquiti device says of itself (UDP port 10001): a header of four octets, then fields.
///
/// There is no public specification; the layout and the fields are those that Wireshark dissects (protocol `ubdp`).
public struct UbiquitiDiscovery: Hashable, Sendable {
  public struct Field: Hashable, Sendable {
    public let type: UInt8
    public let value: [UInt8]
  }

  public let version: UInt8
  public let command: UInt8
  public let fields: [Field]

  /// The question in version 1, that of airOS and EdgeOS. The device answers and keeps nothing.
  public static let request1: [UInt8] = [1, 0, 0, 0]
  /// The question in version 2, that of UniFi. The device answers and keeps nothing.
  public static let request2: [UInt8] = [2, 8, 0, 0]

  /// Reads the data of one datagram; octets behind the counted ones are ignored.
  /// - Throws: `truncated` where a field or the counted octets are missing; `malformed` for another version.
  public init(parsing bytes: Span<UInt8>) throws(WireError) {
    var reader = OctetReader(bytes)
    version = try reader.octet()
    guard (1...2).contains(version) else { throw .malformed(offset: 0) }
    command = try reader.octet()
    var list = try reader.part(Int(try reader.bigEndian16()))
    var fields: [Field] = []
    while !list.isAtEnd {
      let type = try list.octet()
      fields.append(Field(type: type, value: try list.take(Int(try list.bigEndian16()))))
    }
    self.fields = fields
  }

  private func text(_ type: UInt8) -> String? { fields.first { $0.type == type }?.value.textBeforeNUL }

  public var firmware: String? { text(0x03) ?? text(0x16) }
  public var hostName: String? { text(0x0b) }
  /// A short name: `LM5`.
  public var platform: String? { text(0x0c) }
  public var model: String? { text(0x14) ?? text(0x15) }
  public var macAddress: MACAddress? {
    guard let value = fields.first(where: { [0x01, 0x02].contains($0.type) && $0.value.count >= 6 })?.value else {
      return nil
    }
    return MACAddress(rawValue: value.span.bigEndian48(at: 0))
  }
}
