internal import Reports

/// A network's name (SSID) as it is shown, written to JSON, and read in a scope: text that does nothing where it is printed, and else
/// its octets as hexadecimal digits behind 0x.
///
/// Names are whatever a stranger's radio sends. No two of them give the same text.
public struct WiFiName: Hashable, Sendable, CustomStringConvertible {
  public let octets: [UInt8]
  public let description: String

  public init(_ octets: [UInt8]) {
    self.octets = octets
    let text = String(validating: octets, as: UTF8.self)
    // Spaces at an end cannot be seen; what begins with 0x would be read as octets.
    if let text, !text.isEmpty, !text.hasPrefix("0x"), text.first != " ", text.last != " ",
      text.unicodeScalars.elementsEqual(inert(text).unicodeScalars)
    {
      description = text
    } else {
      description = "0x" + octets.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
  }
}
