internal import XMLReading

/// What a device says to a Probe of WS-Discovery (April 2005, §5.3).
struct DiscoveryMatch: Hashable, Sendable {
  /// Of the Probe that it answers.
  let relatesTo: String
  /// A URI that stays with the device: usually `urn:uuid:…`.
  let endpoint: String?
  /// Names without their prefixes: `NetworkVideoTransmitter`.
  let types: [String]
  let scopes: [String]
  let addresses: [String]

  /// - Returns: the first match of a message; nil for anything else.
  init?(parsing octets: [UInt8]) {
    guard let envelope = try? XMLElement(parsing: octets), envelope.name.local == "Envelope",
      let relatesTo = envelope.child("Header")?.child("RelatesTo")?.trimmedText,
      let match = envelope.child("Body")?.child("ProbeMatches")?.child("ProbeMatch")
    else { return nil }
    self.relatesTo = relatesTo
    let words = { (name: String) in
      match.child(name)?.text.split { $0.isWhitespace }.prefix(64).map(String.init) ?? []
    }
    endpoint = match.child("EndpointReference")?.child("Address")?.trimmedText
    types = words("Types").map { String($0.split(separator: ":").last ?? "") }
    scopes = words("Scopes")
    addresses = words("XAddrs")
  }

  /// ONVIF Core Specification §7.3.2: the type of its devices, and scopes that all of them must have.
  var isONVIF: Bool {
    types.contains("NetworkVideoTransmitter") || scopes.contains { $0.lowercased().hasPrefix("onvif://www.onvif.org/") }
  }

  /// Asks one device which services it has; the same octets as the scan's own question, with another identifier.
  ///
  /// - Parameter identifier: a UUID.
  static func probe(_ identifier: String) -> [UInt8] {
    Array(
      ("<?xml version=\"1.0\" encoding=\"UTF-8\"?><e:Envelope xmlns:e=\"http://www.w3.org/2003/05/soap-envelope\""
        + " xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\""
        + " xmlns:d=\"http://schemas.xmlsoap.org/ws/2005/04/discovery\"><e:Header>"
        + "<a:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</a:Action>"
        + "<a:MessageID>urn:uuid:\(identifier)</a:MessageID>"
        + "<a:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</a:To></e:Header><e:Body><d:Probe/></e:Body></e:Envelope>")
        .utf8)
  }
}
