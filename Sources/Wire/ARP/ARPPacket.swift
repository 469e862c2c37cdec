public import Addressing

/// An ARP packet for IPv4 over Ethernet (RFC 826).
public struct ARPPacket: Hashable, Sendable {
  /// RFC 826 "opcode"; other values are kept.
  public struct Operation: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt16
    public init(rawValue: UInt16) { self.rawValue = rawValue }
    public static let request = Operation(rawValue: 1)
    public static let reply = Operation(rawValue: 2)
  }

  public var operation: Operation
  public var senderMAC: MACAddress
  public var sender: IPv4Address
  public var targetMAC: MACAddress
  public var target: IPv4Address

  /// Octets of the packet on the wire, without the Ethernet header.
  public static let length = 28

  private enum Offset {
    static let hardware = 0, proto = 2, hardwareLength = 4, protocolLength = 5, operation = 6
    static let senderMAC = 8, sender = 14, targetMAC = 18, target = 24
  }

  public init(
    operation: Operation, senderMAC: MACAddress, sender: IPv4Address, targetMAC: MACAddress, target: IPv4Address
  ) {
    self.operation = operation
    self.senderMAC = senderMAC
    self.sender = sender
    self.targetMAC = targetMAC
    self.target = target
  }

  /// Reads the packet behind an Ethernet header.
  /// - Throws: `truncated` below 28 octets, `unsupported` when it is not IPv4 over Ethernet.
  public init(parsing packet: Span<UInt8>) throws(WireError) {
    guard packet.count >= Self.length else { throw .truncated(needed: Self.length, available: packet.count) }
    guard packet.bigEndian16(at: Offset.hardware) == 1, packet.bigEndian16(at: Offset.proto) == 0x0800,
      packet[Offset.hardwareLength] == 6, packet[Offset.protocolLength] == 4
    else { throw .unsupported }
    operation = Operation(rawValue: packet.bigEndian16(at: Offset.operation))
    senderMAC = MACAddress(rawValue: packet.bigEndian48(at: Offset.senderMAC))
    sender = IPv4Address(rawValue: packet.bigEndian32(at: Offset.sender))
    targetMAC = MACAddress(rawValue: packet.bigEndian48(at: Offset.targetMAC))
    target = IPv4Address(rawValue: packet.bigEndian32(at: Offset.target))
  }

  /// Writes the packet to `frame` at `start`; 28 octets are there.
  public func encode(into frame: inout MutableSpan<UInt8>, at start: Int) {
    frame.storeBigEndian16(1, at: start + Offset.hardware)
    frame.storeBigEndian16(0x0800, at: start + Offset.proto)
    frame[start + Offset.hardwareLength] = 6
    frame[start + Offset.protocolLength] = 4
    frame.storeBigEndian16(operation.rawValue, at: start + Offset.operation)
    frame.storeBigEndian48(senderMAC.rawValue, at: start + Offset.senderMAC)
    frame.storeBigEndian32(sender.rawValue, at: start + Offset.sender)
    frame.storeBigEndian48(targetMAC.rawValue, at: start + Offset.targetMAC)
    frame.storeBigEndian32(target.rawValue, at: start + Offset.target)
  }

  /// The whole frame of a question "who has `target`?", 42 octets.
  ///
  /// - Parameter destination: broadcast, or the device's own MAC for a question only it hears
  ///   (the unicast poll of RFC 1122 §2.3.2.1).
  public static func request(
    for target: IPv4Address, to destination: MACAddress = .broadcast, from source: MACAddress, _ sender: IPv4Address
  ) -> [UInt8] {
    var frame = [UInt8](repeating: 0, count: EthernetHeader.length + length)
    var octets = frame.mutableSpan
    EthernetHeader(destination: destination, source: source, etherType: .arp).encode(into: &octets)
    ARPPacket(
      operation: .request, senderMAC: source, sender: sender, targetMAC: MACAddress(rawValue: 0), target: target
    ).encode(into: &octets, at: EthernetHeader.length)
    return frame
  }
}
