public import Addressing

/// What a KNXnet/IP server says of itself (KNX Standard 03_08_01 §2, 03_08_02 §7; EN ISO 22510).
public struct KNXnetIPDescription: Hashable, Sendable {
  /// Numbers of service families (03_08_02 §7.5.4.3).
  public enum Family {
    public static let tunnelling: UInt8 = 4
    public static let routing: UInt8 = 5
    public static let secure: UInt8 = 9
  }

  /// The device's name; it may be empty.
  public let name: String?
  public let serialNumber: [UInt8]?
  public let macAddress: MACAddress?
  /// `1.1.0` as a number: area, line, device.
  public let individualAddress: UInt16?
  /// Family to version.
  public let families: [UInt8: UInt8]

  /// Asks everybody on the multicast group who is there (03_08_02 §7.6.1). Answers go to the given end.
  ///
  /// What it does to the other side: it answers; no tunnel is opened and nothing reaches the bus.
  public static func searchRequest(answerTo address: IPv4Address, port: UInt16) -> [UInt8] {
    request(0x0201, address, port)
  }

  /// Asks one server to describe itself (03_08_02 §7.6.3). Without an address the answer goes to where the question
  /// came from.
  ///
  /// What it does to the other side: it answers; no tunnel is opened and nothing reaches the bus.
  public static func descriptionRequest(
    answerTo address: IPv4Address = IPv4Address(rawValue: 0), port: UInt16 = 0
  ) -> [UInt8] {
    request(0x0203, address, port)
  }

  private static func request(_ service: UInt16, _ address: IPv4Address, _ port: UInt16) -> [UInt8] {
    var octets: [UInt8] = [6, 0x10]
    octets.appendBigEndian16(service)
    octets += [0, 14, 8, 1]  // length of all; an end of eight octets, IPv4 over UDP
    octets.appendBigEndian32(address.rawValue)
    octets.appendBigEndian16(port)
    return octets
  }

  /// Reads a search or description response from the data of one datagram.
  /// - Throws: `truncated` or `malformed` where a length does not fit; `unsupported` for another service.
  public init(parsing bytes: Span<UInt8>) throws(WireError) {
    var frame = OctetReader(bytes)
    guard try frame.bigEndian16() == 0x0610 else { throw .malformed(offset: 0) }
    let service = try frame.bigEndian16()
    let length = Int(try frame.bigEndian16())
    guard length >= 6 else { throw .malformed(offset: 4) }
    var reader = try frame.part(length - 6)
    switch service {
    case 0x0202: try reader.skip(8)  // the server's own end
    case 0x0204: break
    default: throw .unsupported
    }
    var device: OctetReader?
    var families: [UInt8: UInt8] = [:]
    while !reader.isAtEnd {
      let start = reader.offset
      let size = Int(try reader.octet())
      guard size >= 2 else { throw .malformed(offset: start) }
      let kind = try reader.octet()
      var block = try reader.part(size - 2)
      if kind == 1, device == nil { device = block }
      if kind == 2 {
        while block.remaining >= 2 { families[try block.octet()] = try block.octet() }
      }
    }
    self.families = families
    guard var block = device else {
      (name, serialNumber, macAddress, individualAddress) = (nil, nil, nil, nil)
      return
    }
    try block.skip(2)  // medium, status
    individualAddress = try block.bigEndian16()
    try block.skip(2)  // project
    serialNumber = try block.take(6)
    try block.skip(4)  // multicast address
    macAddress = MACAddress(rawValue: try block.bigEndian48())
    // ISO 8859-1, of which each octet is the character with its number.
    name = String(try block.take(30).prefix { $0 != 0 }.map { Character(Unicode.Scalar($0)) })
  }
}
