package import Records
internal import XMLReading

/// The questions to ONVIF's device service that a login needs (ONVIF Core Specification §8), and what comes of them.
package enum DeviceService: String, Hashable, Sendable {
  /// The device's clock; anybody may ask (access class PRE_AUTH).
  case time = "GetSystemDateAndTime"
  /// READ_SYSTEM: for operators and administrators.
  case information = "GetDeviceInformation"
  /// READ_SYSTEM_SECRET: for administrators.
  case users = "GetUsers"

  package enum Answer: Hashable, Sendable {
    case told
    case time(Timestamp)
    /// It wants to know who asks, or does not believe it.
    case denied
    /// A fault that says something else, with what it says.
    case fault([UInt8])
  }

  private static let namespace = "http://www.onvif.org/ver10/device/wsdl"

  package var contentType: String {
    "application/soap+xml; charset=utf-8; action=\"\(Self.namespace)/\(rawValue)\""
  }

  /// Before and behind the children of the message's head.
  package var envelope: (start: String, end: String) {
    (
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?><s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"><s:Header>",
      "</s:Header><s:Body><\(rawValue) xmlns=\"\(Self.namespace)\"/></s:Body></s:Envelope>"
    )
  }

  /// - Returns: nil for what is no answer in SOAP to this question; HTTP's own refusals are for the caller to know.
  package func answer(status: Int, body: [UInt8]) -> Answer? {
    guard let envelope = try? XMLElement(parsing: body), envelope.name.local == "Envelope",
      let content = envelope.child("Body")
    else { return nil }
    if let fault = content.child("Fault") {
      if DeviceInformation.isDenial(fault) { return .denied }
      let texts = fault.descendants("Text") + fault.children("faultstring")
      return .fault(Array(texts.compactMap(\.trimmedText).joined(separator: "\n").utf8))
    }
    guard status == 200, let answer = content.child(rawValue + "Response", namespace: Self.namespace) else {
      return nil
    }
    return self == .time ? Self.time(answer).map { .time($0) } : .told
  }

  /// The time of UTCDateTime (tt:DateTime), if it is one.
  private static func time(_ answer: XMLElement) -> Timestamp? {
    guard let utc = answer.descendant("UTCDateTime"), let date = utc.child("Date"), let time = utc.child("Time") else {
      return nil
    }
    func digits(_ element: XMLElement, _ name: String, _ width: Int) -> String? {
      guard let text = element.child(name)?.trimmedText, let number = Int(text), number >= 0 else { return nil }
      return String(repeating: "0", count: max(0, width - "\(number)".utf8.count)) + "\(number)"
    }
    guard let year = digits(date, "Year", 4), let month = digits(date, "Month", 2), let day = digits(date, "Day", 2),
      let hour = digits(time, "Hour", 2), let minute = digits(time, "Minute", 2), let second = digits(time, "Second", 2)
    else { return nil }
    return Timestamp(rfc3339: "\(year)-\(month)-\(day)T\(hour):\(minute):\(second)Z")
  }
}
