public import Addressing

/// Frames of a virtual segment, built octet by octet without the code under test. Checksums are zero:
/// a capture does not judge them.
public enum VirtualFrames {
  /// The ends of an IP packet.
  public struct Ends {
    public var sourceMAC: MACAddress
    public var destinationMAC: MACAddress
    public var source: IPAddress
    public var destination: IPAddress
    public var timeToLive: UInt8 = 64

    public init(
      from sourceMAC: MACAddress, _ source: IPAddress, to destinationMAC: MACAddress, _ destination: IPAddress
    ) {
      self.sourceMAC = sourceMAC
      self.destinationMAC = destinationMAC
      self.source = source
      self.destination = destination
    }
  }

  /// RFC 826: an answer, or an announcement when it asks for its own address (RFC 5227 §3).
  public static func arp(
    operation: UInt8, from sender: MACAddress, _ address: IPv4Address, to receiver: MACAddress, _ target: IPv4Address
  ) -> [UInt8] {
    var frame = receiver.octets + sender.octets
    frame += [0x08, 0x06, 0, 1, 0x08, 0x00, 6, 4, 0, operation]
    frame += sender.octets
    frame.appendBigEndian(UInt64(address.rawValue), octets: 4)
    frame += receiver == .broadcast ? [0, 0, 0, 0, 0, 0] : receiver.octets
    frame.appendBigEndian(UInt64(target.rawValue), octets: 4)
    return padded(frame)
  }

  /// A TCP segment of 20 octets and data (RFC 9293 §3.1).
  public static func tcp(
    _ ends: Ends, ports: (from: UInt16, to: UInt16), acknowledging number: UInt32, flags: UInt8, window: UInt16,
    data: [UInt8] = []
  ) -> [UInt8] {
    let payload: [UInt8] =
      high(ports.from) + high(ports.to) + [0x11, 0x22, 0x33, 0x44]
      + [UInt8(number >> 24), UInt8(number >> 16 & 0xff), UInt8(number >> 8 & 0xff), UInt8(number & 0xff)]
      + [0x50, flags] + high(window) + [0, 0, 0, 0]
    return ip(ends, proto: 6, payload + data)
  }

  /// RFC 768.
  public static func udp(_ ends: Ends, ports: (from: UInt16, to: UInt16), data: [UInt8]) -> [UInt8] {
    ip(ends, proto: 17, high(ports.from) + high(ports.to) + high(UInt16(8 + data.count)) + [0, 0] + data)
  }

  /// RFC 792 and RFC 4443: a packet came to nothing; the answer quotes it.
  public static func unreachable(_ ends: Ends, isPort: Bool, quoting frame: [UInt8]) -> [UInt8] {
    if ends.source.isIPv4 {
      return ip(ends, proto: 1, [3, isPort ? 3 : 13, 0, 0, 0, 0, 0, 0] + frame[14..<42])
    }
    return ip(ends, proto: 58, [1, isPort ? 4 : 1, 0, 0, 0, 0, 0, 0] + frame[14..<min(frame.count, 1200)])
  }

  /// The answer to an echo request, whose message is `request`.
  public static func echoReply(_ ends: Ends, to request: ArraySlice<UInt8>) -> [UInt8] {
    ip(ends, proto: ends.source.isIPv4 ? 1 : 58, [ends.source.isIPv4 ? 0 : 129, 0, 0, 0] + request.dropFirst(4))
  }

  /// RFC 4861 §4.4: solicited, override, with the target's MAC address.
  public static func advertisement(_ ends: Ends, of target: IPAddress, solicited: Bool = true) -> [UInt8] {
    var ends = ends
    ends.timeToLive = 255
    return ip(
      ends, proto: 58,
      [136, 0, 0, 0, solicited ? 0x60 : 0x20, 0, 0, 0] + octets(target) + [2, 1] + ends.sourceMAC.octets)
  }

  static func octets(_ address: IPAddress) -> [UInt8] {
    if let v6 = address.v6 { return v6.octets }
    let raw = address.v4?.rawValue ?? 0
    return (0..<4).map { UInt8(truncatingIfNeeded: raw >> (24 - 8 * $0)) }
  }

  private static func ip(_ ends: Ends, proto: UInt8, _ payload: [UInt8]) -> [UInt8] {
    var frame = ends.destinationMAC.octets + ends.sourceMAC.octets
    if ends.source.isIPv4 {
      frame += [0x08, 0x00, 0x45, 0x00] + high(UInt16(20 + payload.count))
      frame += [0, 0, 0x40, 0, ends.timeToLive, proto, 0, 0]
    } else {
      frame += [0x86, 0xdd, 0x60, 0, 0, 0] + high(UInt16(payload.count)) + [proto, ends.timeToLive]
    }
    frame += octets(ends.source) + octets(ends.destination) + payload
    return padded(frame)
  }

  private static func padded(_ frame: [UInt8]) -> [UInt8] {
    frame.count >= 60 ? frame : frame + [UInt8](repeating: 0, count: 60 - frame.count)
  }

  private static func high(_ number: UInt16) -> [UInt8] { [UInt8(number >> 8), UInt8(number & 0xff)] }
}

/// Where things lie in a frame that the program sent; written down here once more, without its code.
struct SentPacket {
  let octets: [UInt8]
  let destinationMAC: MACAddress
  let etherType: Int
  /// Where the transport header begins.
  let transport: Int
  let proto: UInt8

  init(_ octets: [UInt8]) {
    self.octets = octets
    destinationMAC = MACAddress(rawValue: UInt64(octets.word16(0)) << 32 | UInt64(octets.word32(2)))
    etherType = octets.word16(12)
    transport = etherType == 0x86dd ? 54 : 34
    proto = etherType == 0x86dd ? octets[20] : etherType == 0x0800 ? octets[23] : 0
  }

  var isIPv4: Bool { etherType == 0x0800 }

  var source: IPAddress { address(isIPv4 ? 26 : 22) }
  var destination: IPAddress { address(isIPv4 ? 30 : 38) }

  func address(_ offset: Int) -> IPAddress {
    if etherType != 0x86dd { return IPAddress(IPv4Address(rawValue: UInt32(octets.word32(offset)))) }
    return IPAddress(
      IPv6Address(
        high: UInt64(octets.word32(offset)) << 32 | UInt64(octets.word32(offset + 4)),
        low: UInt64(octets.word32(offset + 8)) << 32 | UInt64(octets.word32(offset + 12))))
  }

  var sourcePort: UInt16 { UInt16(octets.word16(transport)) }
  var destinationPort: UInt16 { UInt16(octets.word16(transport + 2)) }
  var sequence: UInt32 { UInt32(octets.word32(transport + 4)) }
  var flags: UInt8 { octets[transport + 13] }
  /// Octets of data behind the TCP header, as the IP header states the length.
  var dataLength: Int {
    let end = isIPv4 ? 14 + octets.word16(16) : 54 + octets.word16(18)
    return end - transport - 4 * Int(octets[transport + 12] >> 4)
  }
}

extension [UInt8] {
  func word16(_ offset: Int) -> Int { Int(self[offset]) << 8 | Int(self[offset + 1]) }
  func word32(_ offset: Int) -> Int { word16(offset) << 16 | word16(offset + 2) }
}
