public import Addressing

/// What a DHCP client says about itself when it asks for an address (RFC 2131 §2, RFC 2132).
///
/// It is only listened to: clients broadcast it, and nothing is ever answered.
public struct DHCPClientMessage: Hashable, Sendable {
  /// Option 53 (RFC 2132 §9.6); other values are kept.
  public struct Kind: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// The client starts without an address.
    public static let discover = Kind(rawValue: 1)
    public static let request = Kind(rawValue: 3)
  }

  public var kind: Kind
  /// The client's own MAC address, also when a relay sends on its behalf.
  public var clientMAC: MACAddress
  /// The address that it has, or would like (option 50); nil when it names none.
  public var address: IPv4Address?
  /// Option 12, as the client wrote it.
  public var hostName: String?
  /// Option 60, as the client wrote it.
  public var vendorClass: String?

  private enum Offset {
    static let operation = 0, hardware = 1, clientAddress = 12, clientMAC = 28, cookie = 236, options = 240
  }

  private enum Option {
    static let pad: UInt8 = 0, hostName: UInt8 = 12, requestedAddress: UInt8 = 50, kind: UInt8 = 53
    static let vendorClass: UInt8 = 60, end: UInt8 = 255
  }

  /// Reads the data of a datagram to port 67.
  /// - Throws: `truncated` below 240 octets or when an option leaves the message; `unsupported` for a server's
  ///   message, another hardware type, or BOOTP without a message kind.
  public init(parsing message: Span<UInt8>) throws(WireError) {
    guard message.count >= Offset.options else { throw .truncated(needed: Offset.options, available: message.count) }
    // BOOTREQUEST from Ethernet with 6 octets of address, and the magic cookie of RFC 2131 §3.
    guard message[Offset.operation] == 1, message.bigEndian16(at: Offset.hardware) == 0x0106,
      message.bigEndian32(at: Offset.cookie) == 0x6382_5363
    else { throw .unsupported }
    clientMAC = MACAddress(rawValue: message.bigEndian48(at: Offset.clientMAC))
    let current = message.bigEndian32(at: Offset.clientAddress)
    address = current == 0 ? nil : IPv4Address(rawValue: current)
    kind = Kind(rawValue: 0)
    try readOptions(message)
    guard kind.rawValue != 0 else { throw .unsupported }
  }

  private mutating func readOptions(_ message: Span<UInt8>) throws(WireError) {
    var offset = Offset.options
    while offset < message.count, message[offset] != Option.end {
      if message[offset] == Option.pad {
        offset += 1
        continue
      }
      guard message.count - offset >= 2 else { throw .truncated(needed: offset + 2, available: message.count) }
      let end = offset + 2 + Int(message[offset + 1])
      guard message.count >= end else { throw .truncated(needed: end, available: message.count) }
      read(option: message[offset], message.extracting(offset + 2..<end))
      offset = end
    }
  }

  private mutating func read(option: UInt8, _ value: Span<UInt8>) {
    switch option {
    case Option.kind where value.count == 1: kind = Kind(rawValue: value[0])
    case Option.requestedAddress where value.count == 4 && address == nil:
      address = IPv4Address(rawValue: value.bigEndian32(at: 0))
    case Option.hostName: hostName = Self.text(value)
    case Option.vendorClass: vendorClass = Self.text(value)
    default: break
    }
  }

  /// Text up to the NUL that some clients count in; nil when nothing is left.
  private static func text(_ value: Span<UInt8>) -> String? {
    let octets = octets(value).prefix { $0 != 0 }
    return octets.isEmpty ? nil : String(decoding: octets, as: UTF8.self)
  }
}
