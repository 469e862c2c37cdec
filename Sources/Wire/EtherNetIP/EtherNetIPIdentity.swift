/// Who an EtherNet/IP device is (The CIP Networks Library volume 2, §2-4.2 ListIdentity).
public struct EtherNetIPIdentity: Hashable, Sendable {
  /// What the question held: the answer repeats it.
  public let context: UInt32
  /// ODVA's number of the maker.
  public let vendor: UInt16
  public let deviceType: UInt16
  public let productCode: UInt16
  public let majorRevision: UInt8
  public let minorRevision: UInt8
  public let serialNumber: UInt32
  public let productName: String

  private static let listIdentity: UInt16 = 0x0063

  /// Asks a device who it is, outside of any session. It answers, and keeps nothing.
  /// - Parameter context: repeated in the answer; over UDP its first two octets may ask for a delay, here none.
  public static func request(context: UInt32) -> [UInt8] {
    var octets: [UInt8] = []
    octets.appendLittleEndian16(listIdentity)
    octets += [UInt8](repeating: 0, count: 14)  // no data; no session, status; the first half of the context
    octets.appendBigEndian32(context)
    return octets + [0, 0, 0, 0]  // options
  }

  /// Reads the answer from a datagram or the front of a stream: the first identity in it.
  /// - Throws: `truncated` while octets are missing; `malformed` for another command, a status other than success, or
  ///   an answer without an identity.
  public init(parsing bytes: Span<UInt8>) throws(WireError) {
    var reader = OctetReader(bytes)
    guard try reader.littleEndian16() == Self.listIdentity else { throw .malformed(offset: 0) }
    let size = Int(try reader.littleEndian16())
    try reader.skip(4)
    guard try reader.littleEndian32() == 0 else { throw .malformed(offset: 8) }
    try reader.skip(4)
    let context = try reader.bigEndian32()
    try reader.skip(4)  // options
    var body = try reader.part(size)
    do {
      for _ in 0..<(try body.littleEndian16()) {
        let type = try body.littleEndian16()
        var item = try body.part(Int(try body.littleEndian16()))
        guard type == 0x000c else { continue }
        self = try Self(reading: &item, context: context)
        return
      }
    } catch {
      throw .malformed(offset: body.offset)
    }
    throw .malformed(offset: 24)
  }

  private init(reading item: inout OctetReader, context: UInt32) throws(WireError) {
    self.context = context
    try item.skip(18)  // version; the socket address, which may be behind a translation
    vendor = try item.littleEndian16()
    deviceType = try item.littleEndian16()
    productCode = try item.littleEndian16()
    majorRevision = try item.octet()
    minorRevision = try item.octet()
    try item.skip(2)  // status
    serialNumber = try item.littleEndian32()
    productName = try item.take(Int(try item.octet())).text
  }
}
