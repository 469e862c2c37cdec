/// A frame of ECHONET Lite in format 1 (specification 1.14, part 2 §3.2), and the only request made of it: Get.
///
/// The services that set a property (0x60, 0x61, 0x6e) switch appliances; nothing here builds them.
public struct ECHONETLiteFrame: Hashable, Sendable {
  /// ESV (part 2 §3.2.5); others are kept.
  public struct Service: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    public static let get = Service(rawValue: 0x62)
    /// A Get of which at least one property is refused.
    public static let getNotPossible = Service(rawValue: 0x52)
    public static let getResponse = Service(rawValue: 0x72)
    /// A notification that nobody asked for, at start-up for example.
    public static let notification = Service(rawValue: 0x73)
  }

  /// EOJ (part 2 §3.2.4): an appliance in a node.
  public struct Object: Hashable, Sendable, CustomStringConvertible {
    public let classGroup: UInt8
    public let classCode: UInt8
    public let instance: UInt8

    public init(classGroup: UInt8, classCode: UInt8, instance: UInt8) {
      self.classGroup = classGroup
      self.classCode = classCode
      self.instance = instance
    }

    /// The node itself.
    public static let nodeProfile = Object(classGroup: 0x0e, classCode: 0xf0, instance: 1)
    /// What the visitor is: a controller.
    public static let controller = Object(classGroup: 0x05, classCode: 0xff, instance: 1)

    /// `013001`
    public var description: String {
      [classGroup, classCode, instance].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
  }

  /// EPC (part 2 §3.2.8): those that every object has, or the node profile.
  public enum PropertyCode {
    public static let faultStatus: UInt8 = 0x88
    public static let standardVersion: UInt8 = 0x82
    public static let identification: UInt8 = 0x83
    public static let makerCode: UInt8 = 0x8a
    public static let productCode: UInt8 = 0x8c
    public static let productionNumber: UInt8 = 0x8d
    public static let notificationMap: UInt8 = 0x9d
    /// Which properties anybody may write.
    public static let setMap: UInt8 = 0x9e
    public static let getMap: UInt8 = 0x9f
    /// The announcement of the instances at start-up.
    public static let instanceListNotification: UInt8 = 0xd5
    public static let instanceList: UInt8 = 0xd6
  }

  public struct Property: Hashable, Sendable {
    public let code: UInt8
    /// Empty in a request, and for what is refused.
    public let value: [UInt8]
  }

  public let transaction: UInt16
  public let source: Object
  public let destination: Object
  public let service: Service
  public let properties: [Property]

  /// Reads the data of one datagram; octets behind the last property are ignored.
  /// - Throws: `truncated` while a property or field is missing; `unsupported` for format 2, or another protocol's
  ///   first octets.
  public init(parsing bytes: Span<UInt8>) throws(WireError) {
    var reader = OctetReader(bytes)
    guard try reader.bigEndian16() == 0x1081 else { throw .unsupported }
    transaction = try reader.bigEndian16()
    source = try reader.echonetObject()
    destination = try reader.echonetObject()
    service = Service(rawValue: try reader.octet())
    var properties: [Property] = []
    for _ in 0..<(try reader.octet()) {
      let code = try reader.octet()
      properties.append(Property(code: code, value: try reader.take(Int(try reader.octet()))))
    }
    self.properties = properties
  }

  public func value(of code: UInt8) -> [UInt8]? { properties.first { $0.code == code && !$0.value.isEmpty }?.value }

  /// Asks an object for properties (part 2 §4.2.1). The answer goes to port 3610, wherever the question came from
  /// (part 2 §1.2).
  ///
  /// What it does to the other side: it reads and answers; no appliance changes its state. Small adapters take
  /// seconds, and handle one request at a time.
  /// - Parameter codes: at most 255; later ones are left out. Adapters answer a few at once more surely.
  public static func get(
    _ codes: [UInt8], of destination: Object, transaction: UInt16, source: Object = .controller
  ) -> [UInt8] {
    var octets: [UInt8] = [0x10, 0x81]
    octets.appendBigEndian16(transaction)
    for object in [source, destination] { octets += [object.classGroup, object.classCode, object.instance] }
    let codes = codes.prefix(Int(UInt8.max))
    octets += [Service.get.rawValue, UInt8(codes.count)]
    for code in codes { octets += [code, 0] }
    return octets
  }
}

extension OctetReader {
  fileprivate mutating func echonetObject() throws(WireError) -> ECHONETLiteFrame.Object {
    ECHONETLiteFrame.Object(classGroup: try octet(), classCode: try octet(), instance: try octet())
  }
}
