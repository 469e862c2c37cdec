/// A message of the kernel's Wi-Fi (linux/nl80211.h): the body of a netlink message, that is a generic header of four octets and attributes.
public struct NL80211Message: Hashable, Sendable {
  public enum Command {
    public static let getWiphy: UInt8 = 1
    public static let setWiphy: UInt8 = 2
    public static let getInterface: UInt8 = 5
    public static let newInterface: UInt8 = 7
    public static let deleteInterface: UInt8 = 8
    public static let getScan: UInt8 = 32
    public static let triggerScan: UInt8 = 33
    public static let newScanResults: UInt8 = 34
    public static let scanAborted: UInt8 = 35
  }

  public enum Attribute {
    public static let wiphy: UInt16 = 1
    public static let interfaceIndex: UInt16 = 3
    public static let interfaceName: UInt16 = 4
    public static let interfaceType: UInt16 = 5
    public static let wiphyBands: UInt16 = 22
    public static let supportedInterfaceTypes: UInt16 = 32
    public static let wiphyFrequency: UInt16 = 38
    public static let scanFrequencies: UInt16 = 44
    public static let scanNames: UInt16 = 45
    public static let generation: UInt16 = 46
    public static let network: UInt16 = 47
    public static let networkName: UInt16 = 52
    public static let splitWiphyDump: UInt16 = 174
    public static let socketOwner: UInt16 = 204
  }

  /// NL80211_IFTYPE_MONITOR.
  public static let monitor: UInt32 = 6

  public let command: UInt8
  private let attributes: [UInt16: [UInt8]]

  /// - Parameter family: the kind that the kernel gave nl80211.
  /// - Throws: `unsupported` for a message of another family, `truncated` and `malformed` where a length leaves its surroundings.
  public init(parsing message: NetlinkMessage, family: UInt16) throws(WireError) {
    guard message.kind == family else { throw .unsupported }
    guard message.body.count >= 4 else { throw .truncated(needed: 4, available: message.body.count) }
    command = message.body[0]
    attributes = try message.attributes(skipping: 4)
  }

  subscript(_ attribute: UInt16) -> [UInt8]? { attributes[attribute] }

  /// A number of 32 bits; nil where it is absent or of another size.
  public func number(_ attribute: UInt16) -> UInt32? { NL80211Attributes.number(attributes[attribute]) }

  /// A list of numbers in its order; empty where it is absent.
  /// - Throws: as ``init(parsing:family:)``.
  public func numbers(_ attribute: UInt16) throws(WireError) -> [UInt32] {
    try NL80211Attributes.list(attributes[attribute] ?? []).compactMap { NL80211Attributes.number($0.value) }
  }
}

/// What nl80211 nests: attributes within an attribute.
enum NL80211Attributes {
  /// In their order, each with its type.
  static func list(_ octets: [UInt8]) throws(WireError) -> [(type: UInt16, value: [UInt8])] {
    try NetlinkMessage.attributeList(octets, from: 0)
  }

  static func byType(_ octets: [UInt8]) throws(WireError) -> [UInt16: [UInt8]] {
    var found: [UInt16: [UInt8]] = [:]
    for (type, value) in try list(octets) { found[type] = value }
    return found
  }

  static func number(_ value: [UInt8]?) -> UInt32? {
    guard let value, value.count == 4 else { return nil }
    return value.span.hostEndian32(at: 0)
  }
}

/// An interface of a radio (NL80211_CMD_NEW_INTERFACE).
public struct NL80211Interface: Hashable, Sendable {
  public let index: UInt32
  public let name: String
  /// Of the radio that it belongs to.
  public let wiphy: UInt32
  public let isMonitor: Bool
  /// Name of the network that a client has joined; nil where it has joined none.
  public let network: [UInt8]?

  /// - Throws: `unsupported` for another command, `malformed` where a part is missing.
  public init(parsing message: NL80211Message) throws(WireError) {
    guard message.command == NL80211Message.Command.newInterface else { throw .unsupported }
    guard let index = message.number(NL80211Message.Attribute.interfaceIndex),
      let wiphy = message.number(NL80211Message.Attribute.wiphy),
      let name = message[NL80211Message.Attribute.interfaceName]
    else { throw .malformed(offset: 0) }
    (self.index, self.wiphy) = (index, wiphy)
    self.name = String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)
    isMonitor = message.number(NL80211Message.Attribute.interfaceType) == NL80211Message.monitor
    network = message[NL80211Message.Attribute.networkName]
  }
}

/// A channel of a radio.
public struct NL80211Channel: Hashable, Sendable {
  /// MHz.
  public let frequency: UInt32
  /// The rules of the country, or the radio itself, leave it out.
  public let isDisabled: Bool
  /// Nobody may begin to send there: listening is allowed, a scan asks nobody (no-IR, radar).
  public let isForListening: Bool

  public init(frequency: UInt32, isDisabled: Bool, isForListening: Bool) {
    (self.frequency, self.isDisabled, self.isForListening) = (frequency, isDisabled, isForListening)
  }

  /// 2.4, 5 or 6 GHz; nil for others.
  public var band: WiFiChannel.Band? { WiFiChannel(frequency: Int(frequency))?.band }
}

/// What a radio can do, from the messages of a split dump (NL80211_CMD_GET_WIPHY): its channels come one by one.
public struct NL80211Wiphy: Hashable, Sendable {
  /// In the radio's order.
  public let channels: [NL80211Channel]
  public let canMonitor: Bool

  private enum Band { static let frequencies: UInt16 = 1 }
  private enum Frequency {
    static let value: UInt16 = 1, disabled: UInt16 = 2, noInitiation: UInt16 = 3, radar: UInt16 = 5
  }

  /// - Throws: `truncated` and `malformed` where a length leaves its surroundings.
  public init(parsing messages: [NL80211Message]) throws(WireError) {
    var channels: [NL80211Channel] = []
    var canMonitor = false
    for message in messages {
      for type in try NL80211Attributes.list(message[NL80211Message.Attribute.supportedInterfaceTypes] ?? []) {
        canMonitor = canMonitor || UInt32(type.type) == NL80211Message.monitor
      }
      for band in try NL80211Attributes.list(message[NL80211Message.Attribute.wiphyBands] ?? []) {
        let list = try NL80211Attributes.byType(band.value)[Band.frequencies] ?? []
        for entry in try NL80211Attributes.list(list) {
          let parts = try NL80211Attributes.byType(entry.value)
          guard let frequency = NL80211Attributes.number(parts[Frequency.value]) else { continue }
          channels.append(
            NL80211Channel(
              frequency: frequency, isDisabled: parts[Frequency.disabled] != nil,
              isForListening: parts[Frequency.noInitiation] != nil || parts[Frequency.radar] != nil))
        }
      }
    }
    (self.channels, self.canMonitor) = (channels, canMonitor)
  }
}
