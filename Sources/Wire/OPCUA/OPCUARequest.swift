/// The requests that lead to a server's list of endpoints (OPC 10000-6 §5.2, §6.7, §7.1; OPC 10000-4 §5.4.4, §5.5).
///
/// What they do to the other side: a channel without security is opened and closed. No session is made, nobody logs
/// in, nothing is read or written.
public enum OPCUARequest {
  /// The policy of a channel that neither signs nor encrypts (OPC 10000-7).
  public static let noSecurity = "http://opcfoundation.org/UA/SecurityPolicy#None"

  /// What is taken of an answer, in octets; servers say less in their endpoints.
  public static let mostOctets: UInt32 = 65_536
  /// Milliseconds for which the channel is asked for.
  private static let lifetime: UInt32 = 60_000

  /// The first message of a connection (§7.1.2.3).
  /// - Parameter endpoint: `opc.tcp://192.0.2.2:4840`; at most 4096 octets are allowed.
  public static func hello(endpoint: String) -> [UInt8] {
    var body: [UInt8] = []
    // Version 0; the largest chunk each way; the largest message and its number of chunks.
    for value in [0, mostOctets, mostOctets, mostOctets, 16] as [UInt32] { body.appendLittleEndian32(value) }
    body.append(string: endpoint)
    return message("HEL", body)
  }

  /// Opens a channel without security (§6.7.4): sequence number and request number 1.
  public static let openChannel: [UInt8] = {
    var body: [UInt8] = [0, 0, 0, 0]
    body.append(string: noSecurity)
    body.append(string: nil)  // no certificate of the sender
    body.append(string: nil)  // no thumbprint of the receiver's
    body += [1, 0, 0, 0, 1, 0, 0, 0]
    body += header(service: 446, handle: 1)
    for value in [0, 0, 1] as [UInt32] { body.appendLittleEndian32(value) }  // version, issue, mode None
    body.append(string: nil)  // no nonce
    body.appendLittleEndian32(lifetime)
    return message("OPN", body)
  }()

  /// Asks for the endpoints (OPC 10000-4 §5.4.4): sequence and request number 2.
  public static func getEndpoints(endpoint: String, channel: OPCUAChannel) -> [UInt8] {
    var body = secured(channel, number: 2) + header(service: 428, handle: 2)
    body.append(string: endpoint)
    // Names in whatever language, endpoints of every transport.
    for _ in 0..<2 { body.appendLittleEndian32(0) }
    return message("MSG", body)
  }

  /// Closes the channel (§6.7.4, OPC 10000-4 §5.5.3); the server answers by closing the connection.
  public static func closeChannel(_ channel: OPCUAChannel) -> [UInt8] {
    message("CLO", secured(channel, number: 3) + header(service: 452, handle: 3))
  }

  private static func secured(_ channel: OPCUAChannel, number: UInt32) -> [UInt8] {
    var octets: [UInt8] = []
    for value in [channel.identifier, channel.token, number, number] { octets.appendLittleEndian32(value) }
    return octets
  }

  /// Type of the request, then its header (OPC 10000-4 §7.33): no session, no time, no diagnostics.
  private static func header(service: UInt16, handle: UInt32) -> [UInt8] {
    var octets: [UInt8] = [1, 0]
    octets.appendLittleEndian16(service)
    octets += [0, 0] + [UInt8](repeating: 0, count: 8)
    octets.appendLittleEndian32(handle)
    octets.appendLittleEndian32(0)
    octets.append(string: nil)
    octets.appendLittleEndian32(5_000)  // how many milliseconds the answer is waited for
    return octets + [0, 0, 0]
  }

  /// Three letters, "final", and the length of all (§7.1.2.2).
  private static func message(_ type: String, _ body: [UInt8]) -> [UInt8] {
    var octets = Array(type.utf8) + [0x46]
    octets.appendLittleEndian32(UInt32(truncatingIfNeeded: body.count + 8))
    return octets + body
  }
}

/// What a server calls the channel that it opened.
public struct OPCUAChannel: Hashable, Sendable {
  public let identifier: UInt32
  public let token: UInt32

  public init(identifier: UInt32, token: UInt32) {
    self.identifier = identifier
    self.token = token
  }
}

extension [UInt8] {
  /// §5.2.2.4: the length in octets, -1 for none.
  fileprivate mutating func append(string text: String?) {
    appendLittleEndian32(text.map { UInt32(truncatingIfNeeded: $0.utf8.count) } ?? .max)
    if let text { self += Array(text.utf8) }
  }
}
