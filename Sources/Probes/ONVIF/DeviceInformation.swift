internal import Records
internal import XMLReading

/// GetDeviceInformation of ONVIF's device service: asked without a name, it is for operators and administrators of the
/// device (ONVIF Core Specification, access classes: READ_SYSTEM).
enum DeviceInformation: Hashable, Sendable {
  /// What the device told.
  case told([Detail])
  /// It wants to know who asks.
  case denied
  /// A fault that says something else.
  case fault

  struct Detail: Hashable, Sendable {
    let name: String
    let value: String
  }

  private static let namespace = "http://www.onvif.org/ver10/device/wsdl"
  static let contentType = "application/soap+xml; charset=utf-8; action=\"\(namespace)/GetDeviceInformation\""
  static let request = Array(
    ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
      + "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"><s:Body>"
      + "<GetDeviceInformation xmlns=\"\(namespace)\"/></s:Body></s:Envelope>").utf8)

  /// - Returns: nil for what is no answer in SOAP; HTTP's own refusals are for the caller to know.
  init?(status: Int, body: [UInt8]) {
    guard let envelope = try? XMLElement(parsing: body), envelope.name.local == "Envelope",
      let content = envelope.child("Body")
    else { return nil }
    if status == 200, let answer = content.child("GetDeviceInformationResponse", namespace: Self.namespace) {
      let details = ["Manufacturer", "Model", "FirmwareVersion", "SerialNumber"].compactMap { name in
        answer.child(name)?.trimmedText.map { Detail(name: name, value: $0) }
      }
      // Empty fields tell nothing that anybody would protect.
      guard !details.isEmpty else { return nil }
      self = .told(details)
    } else if let fault = content.child("Fault") {
      self = Self.isDenial(fault) ? .denied : .fault
    } else {
      return nil
    }
  }

  /// ter:NotAuthorized (ONVIF Core Specification §5.11.2); the security errors of WS-Security 1.1 §12.
  static func isDenial(_ fault: XMLElement) -> Bool {
    let codes = (fault.descendants("Value") + fault.children("faultcode")).compactMap(\.trimmedText)
      .map { $0.split(separator: ":").last ?? "" }
    let denials: Set<Substring> = ["NotAuthorized", "FailedAuthentication", "InvalidSecurity", "OperationProhibited"]
    return codes.contains(where: denials.contains)
  }

  func claims(source: String) -> [Claim] {
    guard case .told(let details) = self else { return [] }
    let kinds: [String: Claim.Kind] = [
      "Manufacturer": .vendor, "Model": .model, "FirmwareVersion": .firmware, "SerialNumber": .serial,
    ]
    return details.compactMap { detail in
      kinds[detail.name].map { Claim($0, detail.value, source: "\(source) \(detail.name)", confidence: .high) }
    }
  }
}
