/// The one question to a printer: which attributes it has (Get-Printer-Attributes, RFC 8011 §4.2.5).
///
/// No operation of jobs is here: nothing is printed.
public enum IPPRequest {
  /// Attributes that say who the printer is and whom it lets in (RFC 8011 §5.4; PWG 5107.2 for the device ID;
  /// PWG 5100.13 for firmware and UUID).
  public static let identity = [
    "printer-make-and-model", "printer-name", "printer-info", "printer-location", "printer-device-id", "printer-uuid",
    "printer-firmware-name", "printer-firmware-string-version", "printer-uri-supported",
    "uri-authentication-supported", "uri-security-supported", "ipp-versions-supported",
  ]

  /// The body of the request; it is sent by POST with the type `application/ipp` (RFC 8010 §4).
  ///
  /// What it does to the other side: the printer reads and answers; some wake from their sleep.
  /// - Parameters:
  ///   - printer: the printer's URI, `ipp://192.0.2.1/ipp/print`; at most 1023 octets count.
  ///   - identifier: repeated in the answer; at least 1 (RFC 8010 §3.1.1).
  public static func attributes(
    of printer: String, _ names: [String] = identity, identifier: UInt32
  ) -> [UInt8] {
    message(0x000b, identifier: identifier, target: printer, names)  // Get-Printer-Attributes
  }

  private static func message(_ operation: UInt16, identifier: UInt32, target: String?, _ names: [String]) -> [UInt8] {
    var octets: [UInt8] = [1, 1]  // IPP 1.1, which every printer takes
    octets.appendBigEndian16(operation)
    octets.appendBigEndian32(max(identifier, 1) & 0x7fff_ffff)
    octets.append(IPPMessage.Group.operation.rawValue)
    octets += attribute(0x47, "attributes-charset", "utf-8")
    octets += attribute(0x48, "attributes-natural-language", "en")
    if let target { octets += attribute(0x45, "printer-uri", target) }
    for (index, name) in names.enumerated() {
      // Further values of an attribute have no name of their own (RFC 8010 §3.1.5).
      octets += attribute(0x44, index == 0 ? "requested-attributes" : "", name)
    }
    octets.append(0x03)  // end of attributes
    return octets
  }

  /// The same attributes of the printer that a CUPS server, which names its printers freely, uses unless told otherwise
  /// (CUPS-Get-Default, "CUPS Implementation of IPP"). It is sent to the path `/` and reads only.
  public static func attributesOfDefault(_ names: [String] = identity, identifier: UInt32) -> [UInt8] {
    message(0x4001, identifier: identifier, target: nil, names)
  }

  private static func attribute(_ tag: UInt8, _ name: String, _ value: String) -> [UInt8] {
    var octets: [UInt8] = [tag]
    for text in [name, value] {
      let part = text.utf8.prefix(1023)
      octets.appendBigEndian16(UInt16(part.count))
      octets += part
    }
    return octets
  }
}
