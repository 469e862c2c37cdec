/// The values of properties that describe a node.
public enum ECHONETLiteProperties {
  /// A property map (part 2, appendix 1): which properties an object announces, takes, or tells, in rising order.
  ///
  /// Up to 15 are a list of codes. From 16 on there are 16 octets, one for each lower half of a code; bit 0 of each
  /// stands for the upper half 8, bit 7 for 15.
  /// - Throws: `truncated` when the count promises more than there is; `malformed` for a list with a code below 0x80,
  ///   or a bit map whose bits are not as many as its count.
  public static func map(parsing bytes: Span<UInt8>) throws(WireError) -> [UInt8] {
    var reader = OctetReader(bytes)
    let count = Int(try reader.octet())
    guard count >= 16 else {
      let codes = try reader.take(count)
      guard codes.allSatisfy({ $0 >= 0x80 }) else { throw .malformed(offset: 1) }
      return codes.sorted()
    }
    var codes: [UInt8] = []
    for (lower, bits) in try reader.take(16).enumerated() {
      for upper in 0..<8 where bits >> UInt8(upper) & 1 != 0 { codes.append(0x80 + UInt8(upper) << 4 + UInt8(lower)) }
    }
    guard codes.count == count else { throw .malformed(offset: 0) }
    return codes.sorted()
  }

  /// The instances of a node (0xd5, 0xd6; part 2 §6.11.1): a count, then three octets each, at most 84.
  /// - Throws: `truncated` when the count promises more than there is.
  public static func instances(parsing bytes: Span<UInt8>) throws(WireError) -> [ECHONETLiteFrame.Object] {
    var reader = OctetReader(bytes)
    var objects: [ECHONETLiteFrame.Object] = []
    for _ in 0..<(try reader.octet()) {
      let object = try reader.take(3)
      objects.append(.init(classGroup: object[0], classCode: object[1], instance: object[2]))
    }
    return objects
  }

  /// The number in a maker code property (0x8a): three octets; nil for another length.
  public static func makerCode(_ value: [UInt8]) -> UInt32? {
    value.count == 3 ? value.reduce(0) { $0 << 8 | UInt32($1) } : nil
  }

  /// The maker with this code, of those whose appliances are common; nil for the rest.
  ///
  /// Source: the list of manufacturer codes that the ECHONET Consortium publishes (メーカコード一覧).
  public static func maker(_ code: UInt32) -> String? { makers[code] }

  private static let makers: [UInt32: String] = [
    0x000001: "Hitachi", 0x000005: "Sharp", 0x000006: "Mitsubishi Electric", 0x000008: "Daikin Industries",
    0x000009: "NEC", 0x00000b: "Panasonic", 0x000016: "Toshiba", 0x000017: "Toshiba Carrier",
    0x00001b: "Toshiba Lighting & Technology", 0x000022: "Hitachi Global Life Solutions", 0x000025: "LIXIL",
    0x00002f: "Aiphone", 0x00003b: "Kyocera", 0x00004e: "Fujitsu", 0x000050: "TOTO", 0x000054: "Noritz",
    0x000059: "Rinnai", 0x000064: "Omron", 0x000067: "Corona", 0x000069: "Toshiba Lifestyle", 0x00006c: "Nichicon",
    0x00006f: "Buffalo", 0x000077: "Kanagawa Institute of Technology", 0x000087: "I-O DATA",
    0x000088: "Chofu Seisakusho",
    0x00008a: "Fujitsu General", 0x00008e: "Yamaha", 0x0000cb: "Fuji Electric",
    0x0000cc: "Hitachi-Johnson Controls Air Conditioning",
  ]
}
