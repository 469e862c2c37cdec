public import Addressing

/// Text in the two languages every output has.
public struct LocalizedText: Hashable, Sendable, Codable {
  public var ja: String
  public var en: String

  public init(ja: String, en: String) {
    self.ja = ja
    self.en = en
  }

  public func text(_ language: Language) -> String {
    switch language {
    case .ja: return ja
    case .en: return en
    }
  }
}

/// A language of the reports.
public enum Language: String, Hashable, Sendable, Codable, CaseIterable {
  case ja, en
}

/// Names a device for as long as its identity lasts: by MAC address, so that it survives DHCP, or by
/// address where no MAC address can be seen.
public struct DeviceID: RawRepresentable, Hashable, Sendable, Comparable {
  public let rawValue: String

  public init(rawValue: String) { self.rawValue = rawValue }

  public init(mac: MACAddress) { rawValue = "dev-" + mac.compactDescription }

  /// `dev-10.0.0.7`, `dev-fe80--1`: fit for a file name.
  public init(address: IPAddress) {
    rawValue = "dev-" + String(address.description.map { $0 == ":" ? "-" : $0 })
  }

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

extension DeviceID: Codable {
  public init(from decoder: any Decoder) throws {
    rawValue = try decoder.singleValueContainer().decode(String.self)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(rawValue)
  }
}

/// What carries a service.
public enum Transport: String, Hashable, Sendable, Codable, Comparable {
  case tcp, udp

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// A place where a service can answer.
public struct ServiceEndpoint: Hashable, Sendable, Codable, Comparable {
  public let transport: Transport
  public let port: UInt16

  public init(transport: Transport, port: UInt16) {
    self.transport = transport
    self.port = port
  }

  public static func < (left: Self, right: Self) -> Bool {
    (left.transport, left.port) < (right.transport, right.port)
  }
}

extension ServiceEndpoint: CustomStringConvertible {
  public var description: String { "\(transport.rawValue)/\(port)" }
}

/// The name of an application protocol: an open set, since data files may name new ones.
public struct ProtocolName: RawRepresentable, Hashable, Sendable {
  public let rawValue: String

  public init(rawValue: String) { self.rawValue = rawValue }

  public static let telnet = ProtocolName(rawValue: "telnet")
  public static let ssh = ProtocolName(rawValue: "ssh")
  public static let ftp = ProtocolName(rawValue: "ftp")
  public static let smtp = ProtocolName(rawValue: "smtp")
  public static let pop3 = ProtocolName(rawValue: "pop3")
  public static let imap = ProtocolName(rawValue: "imap")
  public static let rfb = ProtocolName(rawValue: "rfb")
  public static let mysql = ProtocolName(rawValue: "mysql")
  public static let http = ProtocolName(rawValue: "http")
  public static let tls = ProtocolName(rawValue: "tls")
  public static let dtls = ProtocolName(rawValue: "dtls")
  public static let rtsp = ProtocolName(rawValue: "rtsp")
  public static let mqtt = ProtocolName(rawValue: "mqtt")
  public static let snmp = ProtocolName(rawValue: "snmp")
  public static let redis = ProtocolName(rawValue: "redis")
  public static let tftp = ProtocolName(rawValue: "tftp")
  public static let sip = ProtocolName(rawValue: "sip")
  public static let adb = ProtocolName(rawValue: "adb")
}

extension ProtocolName: Codable {
  public init(from decoder: any Decoder) throws {
    rawValue = try decoder.singleValueContainer().decode(String.self)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(rawValue)
  }
}

/// `F-0001`: a prefix and a number of at least so many digits, so that names sort as they came.
public func numbered(_ prefix: String, _ number: Int, digits: Int) -> String {
  let text = String(number)
  return prefix + String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
}
