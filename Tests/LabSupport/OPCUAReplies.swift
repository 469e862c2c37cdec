/// What an OPC UA server says, by hand from OPC 10000-6 §5.2 (encoding), §6.7 and §7.1 (messages).
public enum OPCUAReplies {
  public static func string(_ text: String?) -> [UInt8] {
    guard let text else { return [0xff, 0xff, 0xff, 0xff] }
    return [UInt8(text.utf8.count), 0, 0, 0] + Array(text.utf8)
  }

  /// Response header: time, handle, result; no diagnostics, no strings, no additional header.
  public static func header(_ type: UInt16, result: [UInt8] = [0, 0, 0, 0]) -> [UInt8] {
    var octets: [UInt8] = [1, 0, UInt8(type & 0xff), UInt8(type >> 8)]
    octets += [UInt8](repeating: 0, count: 8) + [2, 0, 0, 0]
    return octets + result + [0] + [0, 0, 0, 0] + [0, 0, 0]
  }

  public static func message(_ type: String, _ body: [UInt8], isFinal: Bool = true) -> [UInt8] {
    let size = UInt32(body.count + 8)
    return Array((type + (isFinal ? "F" : "C")).utf8)
      + (0..<4).map { UInt8(truncatingIfNeeded: size >> (8 * $0)) } + body
  }

  public static let acknowledge = message(
    "ACK", octets(hex: "00 00 00 00 00 00 01 00 00 00 01 00 00 00 00 00 00 00 00 00"))

  /// Channel 7, token 9.
  public static let channel: [UInt8] = {
    var body: [UInt8] = [7, 0, 0, 0]
    body += string("http://opcfoundation.org/UA/SecurityPolicy#None") + string(nil) + string(nil)
    body += [1, 0, 0, 0, 1, 0, 0, 0] + header(449) + [0, 0, 0, 0]
    body += [7, 0, 0, 0, 9, 0, 0, 0] + [UInt8](repeating: 0, count: 8) + [0x60, 0xea, 0, 0] + string(nil)
    return message("OPN", body)
  }()

  public static func endpoint(mode: UInt8, policy: String, tokens: [UInt8]) -> [UInt8] {
    var octets = string("opc.tcp://plc:4840") + string("urn:plc") + string("urn:product")
    octets += [3] + string("en") + string("Line 1")  // a text with its language
    octets += [0, 0, 0, 0] + string(nil) + string(nil)
    octets += [1, 0, 0, 0] + string("opc.tcp://plc:4840")
    octets += string("DER") + [mode, 0, 0, 0]
    octets += string("http://opcfoundation.org/UA/SecurityPolicy#" + policy)
    octets += [UInt8(tokens.count), 0, 0, 0]
    for token in tokens { octets += string("t") + [token, 0, 0, 0] + string(nil) + string(nil) + string(nil) }
    return octets + string("http://opcfoundation.org/UA-Profile/Transport/uatcp-uasc-uabinary") + [0]
  }

  public static func endpointsContent(_ endpoints: [[UInt8]]) -> [UInt8] {
    header(431) + [UInt8(endpoints.count), 0, 0, 0] + endpoints.flatMap { $0 }
  }

  public static let sequence: [UInt8] = [7, 0, 0, 0, 9, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0]

  public static func endpoints(_ endpoints: [[UInt8]]) -> [UInt8] {
    message("MSG", sequence + endpointsContent(endpoints))
  }

  public static let open = endpoint(mode: 1, policy: "None", tokens: [0, 1])
  public static let secured = endpoint(mode: 3, policy: "Basic256Sha256", tokens: [1, 2])
}
