internal import Records
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

  /// What an ONVIF device tells here of itself.
  ///
  /// Its types are those of the core specification's devices: a transmitter is a camera or an encoder, and recorders
  /// that pass pictures on call themselves so too; a storage is a recorder. The scopes `hardware` and `name` hold
  /// what their maker and owner wrote there (Core Specification §7.3.2.2).
  func claims(source: String) -> [Claim] {
    var claims: [Claim] = []
    if let endpoint = endpoint?.lowercased(), endpoint.hasPrefix("urn:uuid:") {
      claims.append(Claim(.uuid, String(endpoint.dropFirst(9)), source: "\(source) Address", confidence: .high))
    }
    claims.add(.model, scope("hardware"), source: "\(source) hardware", confidence: .medium)
    claims.add(.name, scope("name"), source: "\(source) name", confidence: .medium)
    if types.contains("NetworkVideoStorage") {
      claims.append(Claim(.role, "nvr", source: "\(source) Types", confidence: .medium))
    } else if types.contains("NetworkVideoTransmitter") {
      claims.append(Claim(.role, "camera", source: "\(source) Types", confidence: .low))
    }
    return claims
  }

  /// The first scope of a category, without its escapes (RFC 3986 §2.1).
  private func scope(_ category: String) -> String? {
    let prefix = "onvif://www.onvif.org/\(category)/"
    return scopes.first { $0.lowercased().hasPrefix(prefix) }.flatMap { Self.unescaped($0.dropFirst(prefix.count)) }
  }

  private static func unescaped(_ text: Substring) -> String? {
    var octets: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let octet = rest.popFirst() {
      guard octet == 0x25 else {
        octets.append(octet)
        continue
      }
      guard let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16), rest.count >= 2 else {
        return nil
      }
      octets.append(value)
      rest = rest.dropFirst(2)
    }
    return String(decoding: octets, as: UTF8.self)
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
