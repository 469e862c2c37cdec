/// The identity of a controller (Modbus Application Protocol 1.1b3 §6.21, function 0x2b with MEI type 0x0e; MBAP
/// header of the TCP/IP implementation guide 1.0b §3.1.3).
public enum ModbusIdentification {
  private static let function: UInt8 = 0x2b
  private static let meiType: UInt8 = 0x0e

  /// Asks for maker, product and revision.
  ///
  /// What it does to the other side: one read; no register is touched. Gateways have as few as four connections and
  /// pass the question on to a serial line, so that one at a time is enough, ended by FIN.
  /// - Parameter unit: 255 is the device that was connected to; 1 is what gateways often have behind them.
  public static func request(transaction: UInt16, unit: UInt8 = 255) -> [UInt8] {
    var octets: [UInt8] = []
    octets.appendBigEndian16(transaction)
    octets += [0, 0, 0, 5, unit, function, meiType]
    return octets + [1, 0]  // the basic objects as a stream, from the first on
  }

  public enum Answer: Hashable, Sendable {
    /// Number and text of each object: 0 maker, 1 product code, 2 revision (§6.21 table).
    case objects([UInt8: [UInt8]], hasMore: Bool)
    /// The device speaks Modbus and does not know, or not want, this function (§7): 1 is an illegal function.
    case exception(UInt8)
  }

  /// Reads the answer from the front of a stream.
  /// - Throws: `truncated` while octets are missing; `malformed` when it is not Modbus or answers another question.
  public static func answer(parsing bytes: Span<UInt8>, transaction: UInt16) throws(WireError) -> Answer {
    var reader = OctetReader(bytes)
    guard try reader.bigEndian16() == transaction else { throw .malformed(offset: 0) }
    guard try reader.bigEndian16() == 0 else { throw .malformed(offset: 2) }
    let length = Int(try reader.bigEndian16())
    // A unit has at most 253 octets (§4.1), and the identifier is counted too.
    guard (3...254).contains(length) else { throw .malformed(offset: 4) }
    var unit = try reader.part(length)
    do {
      try unit.skip(1)
      switch try unit.octet() {
      case function | 0x80: return .exception(try unit.octet())
      case function: return try objects(&unit)
      default: throw WireError.malformed(offset: 7)
      }
    } catch {
      throw .malformed(offset: unit.offset)
    }
  }

  private static func objects(_ unit: inout OctetReader) throws(WireError) -> Answer {
    guard try unit.octet() == meiType else { throw .malformed(offset: 8) }
    try unit.skip(2)  // code, conformity
    let more = try unit.octet()
    try unit.skip(1)  // next object
    var objects: [UInt8: [UInt8]] = [:]
    for _ in 0..<(try unit.octet()) {
      let number = try unit.octet()
      objects[number] = try unit.take(Int(try unit.octet()))
    }
    return .objects(objects, hasMore: more != 0)
  }
}
