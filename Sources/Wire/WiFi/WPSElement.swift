/// Wi-Fi Protected Setup in a beacon or a probe response (Wi-Fi Alliance, Wi-Fi Simple Configuration 2.0.8 §8.2, §12).
public struct WPSElement: Hashable, Sendable {
  public var isConfigured: Bool?
  /// No registrar may use the PIN for now.
  public var isLocked = false
  /// Somebody has begun to add a client.
  public var isSelecting = false
  /// 2.0 and above say so in a field of their own.
  public var isVersion2 = false
  /// Ways in which clients may be added (§12, "Config Methods"); nil where they are not said.
  public var methods: UInt16?
  public var passwordIdentifier: UInt16?
  // What devices say of themselves here, their serial number among it.
  public var manufacturer: String?
  public var modelName: String?
  public var modelNumber: String?
  public var serialNumber: String?
  public var deviceName: String?

  /// A PIN of four or eight digits, from a label, a display or a keypad (§12, "Config Methods").
  public var takesPIN: Bool { (methods ?? 0) & 0x010c != 0 }
  /// It tells a serial number, and not one of nothing but zeros and blanks.
  public var tellsSerialNumber: Bool { serialNumber.map { !$0.allSatisfy { $0 == "0" || $0 == " " } } ?? false }

  private enum Attribute {
    static let state: UInt16 = 0x1044, locked: UInt16 = 0x1057, extended: UInt16 = 0x1049, selecting: UInt16 = 0x1041
    static let password: UInt16 = 0x1012, methods: UInt16 = 0x1008, registrarMethods: UInt16 = 0x1053
    static let manufacturer: UInt16 = 0x1021, modelName: UInt16 = 0x1023, modelNumber: UInt16 = 0x1024
    static let serial: UInt16 = 0x1042, deviceName: UInt16 = 0x1011
  }

  /// Reads what follows organisation and type, in one element or in several put together.
  /// - Throws: `truncated` when an attribute is longer than what is there.
  public init(parsing body: [UInt8]) throws(WireError) {
    var reader = OctetReader(body)
    while !reader.isAtEnd {
      let (type, count) = (try reader.bigEndian16(), Int(try reader.bigEndian16()))
      let value = try reader.take(count)
      let number = value.count <= 2 ? value.reduce(UInt16(0)) { $0 << 8 | UInt16($1) } : nil
      switch type {
      case Attribute.state: isConfigured = number.map { $0 == 2 }
      case Attribute.locked: isLocked = number == 1
      case Attribute.selecting: isSelecting = number == 1
      case Attribute.password: passwordIdentifier = number
      case Attribute.methods: methods = number
      case Attribute.registrarMethods: methods = methods ?? number
      // Wi-Fi Alliance's number, then version2.
      case Attribute.extended:
        if value.starts(with: [0x00, 0x37, 0x2a, 0]), value.count > 5 { isVersion2 = value[5] >= 0x20 }
      case Attribute.manufacturer: manufacturer = Self.text(value)
      case Attribute.modelName: modelName = Self.text(value)
      case Attribute.modelNumber: modelNumber = Self.text(value)
      case Attribute.serial: serialNumber = Self.text(value)
      case Attribute.deviceName: deviceName = Self.text(value)
      default: break
      }
    }
  }

  /// Some fill what they leave empty with blanks or zeros.
  private static func text(_ octets: [UInt8]) -> String? {
    let text = String(decoding: octets.prefix { $0 != 0 }, as: UTF8.self).drop { $0 == " " }
    return text.isEmpty ? nil : String(text)
  }
}
