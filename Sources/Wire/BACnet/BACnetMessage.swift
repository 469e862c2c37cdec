/// What a building controller answered (ANSI/ASHRAE 135-2020 clauses 6, 20, 21, annex J), and the one question made
/// of it: ReadProperty.
public enum BACnetMessage: Hashable, Sendable {
  /// I-Am (clause 16.10).
  case iAm(device: UInt32, vendor: UInt32)
  /// The answer to ReadProperty (clause 15.5): the values between its brackets.
  case property(invokeID: UInt8, property: UInt32, values: [Value])
  /// Error, reject or abort: the device speaks BACnet and does not tell.
  case refused(invokeID: UInt8)
  /// The answer to a question about foreign devices or broadcast (annex J.2): 0 is success.
  case bvlcResult(code: UInt16)
  case other(kind: UInt8)

  /// Clause 20.2.1.4, those that identify a device.
  public enum Value: Hashable, Sendable {
    case unsigned(UInt32)
    case text(String)
    /// Kind in the upper ten bits, 8 is a device; number in the lower twenty-two (clause 20.2.14).
    case object(UInt32)
    case other(tag: UInt8, [UInt8])
  }

  /// Numbers of properties (clause 21, BACnetPropertyIdentifier).
  public enum Property {
    public static let applicationSoftwareVersion: UInt32 = 12
    public static let firmwareRevision: UInt32 = 44
    public static let modelName: UInt32 = 70
    public static let objectIdentifier: UInt32 = 75
    public static let objectName: UInt32 = 77
    public static let vendorIdentifier: UInt32 = 120
    public static let vendorName: UInt32 = 121
  }

  private static let readProperty: UInt8 = 0x0c

  /// Asks whichever device is there for one of its own properties (clause 15.5; device 4194303 stands for the device
  /// that is asked).
  ///
  /// What it does to the other side: one read; nothing is written, nobody is registered.
  public static func readRequest(property: UInt32, invokeID: UInt8) -> [UInt8] {
    var service: [UInt8] = [0x0c, 0x02, 0x3f, 0xff, 0xff]
    service +=
      property <= 0xff ? [0x19, UInt8(property)] : [0x1a, UInt8(property >> 8 & 0xff), UInt8(property & 0xff)]
    // NPDU version 1 that expects an answer; confirmed request, answers up to 1476 octets in one part.
    let unit: [UInt8] = [1, 0x04, 0x00, 0x05, invokeID, readProperty] + service
    var octets: [UInt8] = [0x81, 0x0a]
    octets.appendBigEndian16(UInt16(unit.count + 4))
    return octets + unit
  }

  /// Reads the data of one datagram.
  /// - Throws: `truncated` or `malformed` where a length or tag does not fit; `unsupported` for a message of the
  ///   network layer or of another version.
  public init(parsing bytes: Span<UInt8>) throws(WireError) {
    var frame = OctetReader(bytes)
    guard try frame.octet() == 0x81 else { throw .malformed(offset: 0) }
    let function = try frame.octet()
    let length = Int(try frame.bigEndian16())
    guard length >= 4 else { throw .malformed(offset: 2) }
    var reader = try frame.part(length - 4)
    switch function {
    case 0x00:
      self = .bvlcResult(code: try reader.bigEndian16())
      return
    case 0x04: try reader.skip(6)  // forwarded: the address it came from
    case 0x0a, 0x0b: break
    default: throw .unsupported
    }
    try Self.skipNetworkHeader(&reader)
    let kind = try reader.octet()
    switch kind >> 4 {
    case 1 where try reader.peek() == 0x00:
      try reader.skip(1)
      let values = try reader.bacnetValues()
      guard values.count == 4, case .object(let object) = values[0], object >> 22 == 8,
        case .unsigned(let vendor) = values[3]
      else { throw .malformed(offset: reader.offset) }
      self = .iAm(device: object & 0x3f_ffff, vendor: vendor)
    case 3:
      // A part of a segmented answer is of no use.
      guard kind & 0x0c == 0 else { throw .unsupported }
      let invokeID = try reader.octet()
      guard try reader.octet() == Self.readProperty else { throw .unsupported }
      self = try Self.property(invokeID, &reader)
    case 5, 6, 7: self = .refused(invokeID: try reader.octet())
    default: self = .other(kind: kind)
    }
  }

  /// Clause 6.2.2: version, control, and the networks that a router names.
  private static func skipNetworkHeader(_ reader: inout OctetReader) throws(WireError) {
    guard try reader.octet() == 1 else { throw .unsupported }
    let control = try reader.octet()
    guard control & 0x80 == 0 else { throw .unsupported }
    for present in [control & 0x20 != 0, control & 0x08 != 0] where present {
      try reader.skip(2)
      try reader.skip(Int(try reader.octet()))
    }
    if control & 0x20 != 0 { try reader.skip(1) }  // hop count
  }

  private static func property(_ invokeID: UInt8, _ reader: inout OctetReader) throws(WireError) -> Self {
    guard try reader.octet() == 0x0c else { throw .malformed(offset: reader.offset) }
    try reader.skip(4)
    let property = try reader.bacnetTag()
    guard property.isContext, property.number == 1, property.length <= 4 else {
      throw .malformed(offset: reader.offset)
    }
    let number = try reader.take(property.length).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    // An index of an array may stand in between.
    if try reader.peek() >> 4 == 2 { try reader.skip(try reader.bacnetTag().length) }
    guard try reader.octet() == 0x3e else { throw .malformed(offset: reader.offset) }
    return .property(invokeID: invokeID, property: number, values: try reader.bacnetValues())
  }
}

extension OctetReader {
  /// Clause 20.2.1: number, class, and length of what follows.
  fileprivate mutating func bacnetTag() throws(WireError) -> (number: UInt8, isContext: Bool, length: Int) {
    let first = try octet()
    let number = first >> 4 == 15 ? try octet() : first >> 4
    var length = Int(first & 7)
    switch length {
    case 5:
      length = Int(try octet())
      if length == 254 { length = Int(try bigEndian16()) } else if length == 255 { length = Int(try bigEndian32()) }
    case 6, 7: throw .malformed(offset: offset)  // brackets, where none can be
    default: break
    }
    return (number, first & 0x08 != 0, length)
  }

  /// Values with application tags up to the closing bracket 3 or the end.
  fileprivate mutating func bacnetValues() throws(WireError) -> [BACnetMessage.Value] {
    var values: [BACnetMessage.Value] = []
    while !isAtEnd, try peek() != 0x3f {
      let start = offset
      let tag = try bacnetTag()
      guard !tag.isContext else { throw .malformed(offset: start) }
      // A Boolean has its value where others have their length.
      if tag.number == 1 {
        values.append(.other(tag: 1, [UInt8(truncatingIfNeeded: tag.length)]))
        continue
      }
      let content = try take(tag.length)
      let number = content.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      switch tag.number {
      case 2 where content.count <= 4: values.append(.unsigned(number))
      case 7 where content.first == 0: values.append(.text(Array(content.dropFirst()).text))  // UTF-8
      case 12 where content.count == 4: values.append(.object(number))
      default: values.append(.other(tag: tag.number, content))
      }
    }
    return values
  }
}
