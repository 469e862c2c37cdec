internal import Records
internal import Wire
internal import XMLReading

/// What a UPnP root device says of itself (UPnP Device Architecture 1.1 §2.3).
struct UPnPDescription: Hashable, Sendable {
  struct Service: Hashable, Sendable {
    /// `urn:schemas-upnp-org:service:WANIPConnection:1`
    let type: String
    let controlURL: String
  }

  /// `urn:schemas-upnp-org:device:InternetGatewayDevice:1`
  let type: String
  let friendlyName: String?
  let manufacturer: String?
  let modelName: String?
  let serialNumber: String?
  /// Without `uuid:`.
  let uuid: String?
  /// What relative URLs are relative to, in descriptions of version 1.0.
  let base: String?
  /// Of the root device and of those inside it.
  let services: [Service]

  /// Namespaces are not insisted on: devices are careless with theirs.
  /// - Returns: nil for what is not well-formed, or no description.
  init?(parsing body: [UInt8]) {
    guard let root = try? XMLElement(parsing: body), root.name.local == "root", let device = root.child("device"),
      let type = device.child("deviceType")?.trimmedText
    else { return nil }
    self.type = type
    let text = { (name: String) in device.child(name)?.trimmedText }
    friendlyName = text("friendlyName")
    manufacturer = text("manufacturer")
    modelName = text("modelName")
    serialNumber = text("serialNumber")
    uuid = text("UDN").map { $0.lowercased().hasPrefix("uuid:") ? String($0.dropFirst(5)) : $0 }
    base = root.child("URLBase")?.trimmedText
    services = device.descendants("service").compactMap { service in
      guard let type = service.child("serviceType")?.trimmedText,
        let control = service.child("controlURL")?.trimmedText
      else { return nil }
      return Service(type: type, controlURL: control)
    }
  }

  func claims(source: String) -> [Claim] {
    let said: [(Claim.Kind, String?, String)] = [
      (.name, friendlyName, "friendlyName"), (.vendor, manufacturer, "manufacturer"), (.model, modelName, "modelName"),
      (.serial, serialNumber, "serialNumber"), (.uuid, uuid, "UDN"),
      (.upnpManufacturer, manufacturer, "manufacturer"), (.upnpModel, modelName, "modelName"),
    ]
    var claims = said.compactMap { kind, value, field in
      value.map { Claim(kind, $0, source: "\(source) \(field)", confidence: .high) }
    }
    if let role { claims.append(Claim(.role, role, source: "\(source) deviceType", confidence: .medium)) }
    return claims
  }

  /// What devices of its standard type are for. A media server or a basic device may be anything.
  ///
  /// Source: the UPnP Forum's device control protocols, each named as the type is.
  private static let roles = [
    "InternetGatewayDevice": "router", "WLANAccessPointDevice": "ap", "Printer": "printer", "Scanner": "scanner",
    "DigitalSecurityCamera": "camera", "MediaRenderer": "media-player", "HVAC_System": "thermostat",
    "BinaryLight": "light", "DimmableLight": "light",
  ]

  private var role: String? {
    let parts = type.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 5, parts.prefix(3) == ["urn", "schemas-upnp-org", "device"] else { return nil }
    return Self.roles[String(parts[3])]
  }

  /// Services that forward ports to the inside, in the order of the description.
  var gateways: [(kind: WANConnection, controlURL: String)] {
    services.compactMap { service in WANConnection(type: service.type).map { ($0, service.controlURL) } }
  }
}

/// A connection of an Internet gateway to the outside (WANIPConnection and WANPPPConnection, versions 1 and 2): the
/// services that have the list of port mappings.
struct WANConnection: Hashable, Sendable {
  enum Kind: String, CaseIterable {
    case ip = "WANIPConnection"
    case ppp = "WANPPPConnection"
  }

  private static let prefix = "urn:schemas-upnp-org:service:"

  let kind: Kind
  let version: Int

  /// - Parameter type: as the description says it; nil for any other service.
  init?(type: String) {
    for kind in Kind.allCases {
      for version in 1...2 where type == Self.prefix + "\(kind.rawValue):\(version)" {
        self.kind = kind
        self.version = version
        return
      }
    }
    return nil
  }

  var type: String { Self.prefix + "\(kind.rawValue):\(version)" }

  /// Asks for the first entry of the list; the only action that this program knows, and one that reads
  /// (WANIPConnection:1, GetGenericPortMappingEntry; the envelope is that of UPnP Device Architecture 1.1 §3.2.1).
  var firstMapping: (body: [UInt8], headers: [HeaderField]) {
    let body = """
      <?xml version="1.0"?>
      <s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" \
      s:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"><s:Body>\
      <u:GetGenericPortMappingEntry xmlns:u="\(type)"><NewPortMappingIndex>0</NewPortMappingIndex>\
      </u:GetGenericPortMappingEntry></s:Body></s:Envelope>

      """
    return (Array(body.utf8), [HeaderField("SOAPACTION", "\"\(type)#GetGenericPortMappingEntry\"")])
  }
}

/// What a gateway says when it is asked for the first entry of its list.
enum PortMappingAnswer: Hashable, Sendable {
  struct Entry: Hashable, Sendable {
    let externalPort: UInt16
    let transport: String
    let internalPort: UInt16
    let client: String
    let isEnabled: Bool
  }

  case entry(Entry)
  /// `errorCode` of UPnP Device Architecture 1.1 §3.2.2: 713 beyond the end of the list, 606 not authorised.
  case fault(Int)

  /// - Returns: nil for anything else.
  init?(status: Int, body: [UInt8]) {
    guard let envelope = try? XMLElement(parsing: body), envelope.name.local == "Envelope",
      let content = envelope.child("Body")
    else { return nil }
    if status == 200, let answer = content.child("GetGenericPortMappingEntryResponse") {
      let text = { (name: String) in answer.child(name)?.trimmedText }
      guard let external = text("NewExternalPort").flatMap({ UInt16($0) }),
        let inner = text("NewInternalPort").flatMap({ UInt16($0) }), let client = text("NewInternalClient")
      else { return nil }
      self = .entry(
        Entry(
          externalPort: external, transport: text("NewProtocol") ?? "?", internalPort: inner, client: client,
          // Booleans of UPnP Device Architecture 1.1 §2.5.
          isEnabled: ["1", "true", "yes"].contains(text("NewEnabled")?.lowercased())))
    } else if let code = content.child("Fault")?.descendant("errorCode")?.trimmedText.flatMap({ Int($0) }) {
      self = .fault(code)
    } else {
      return nil
    }
  }
}
