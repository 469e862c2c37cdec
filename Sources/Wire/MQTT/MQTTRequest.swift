/// The MQTT packets that a visitor sends: it introduces itself, asks for what others publish, and says goodbye.
///
/// There is no PUBLISH, no will and no password here: nothing that reaches other clients.
public enum MQTTRequest {
  /// The protocol level in CONNECT.
  public enum Version: UInt8, Hashable, Sendable {
    case v311 = 4
    case v5 = 5
  }

  /// Opens a session without name and password that the broker forgets when the connection ends
  /// (MQTT 3.1.1 §3.1 with Clean Session; MQTT 5 §3.1 with Clean Start and no session expiry).
  ///
  /// What it does to the other side: one session in memory while the connection lasts. A client with the same
  /// identifier would be thrown out (§3.1.4), so the identifier has to be random.
  /// - Parameters:
  ///   - clientID: 1 to 23 letters and digits are what every broker takes (§3.1.3.1).
  ///   - keepAlive: seconds after which a silent visitor is dropped, at one and a half times that.
  public static func connect(clientID: String, version: Version = .v311, keepAlive: UInt16 = 10) -> [UInt8] {
    var body = string("MQTT") + [version.rawValue, 0x02]
    body.appendBigEndian16(keepAlive)
    if version == .v5 { body.append(0) }  // no properties
    return packet(0x10, body + string(clientID))
  }

  /// Asks for messages with quality of service 0 (MQTT 3.1.1 §3.8, MQTT 5 §3.8).
  ///
  /// What it does to the other side: the broker sends what matches, retained messages first, until the connection
  /// ends; nobody else sees it.
  /// - Parameter identifier: not 0; repeated in the answer.
  public static func subscribe(to filters: [String], identifier: UInt16, version: Version = .v311) -> [UInt8] {
    var body: [UInt8] = []
    body.appendBigEndian16(max(identifier, 1))
    if version == .v5 { body.append(0) }
    for filter in filters { body += string(filter) + [0] }
    return packet(0x82, body)
  }

  /// Ends the session in good order (MQTT 3.1.1 §3.14, MQTT 5 §3.14): no will is sent.
  public static let disconnect: [UInt8] = [0xe0, 0]

  private static func packet(_ first: UInt8, _ body: [UInt8]) -> [UInt8] {
    // Seven bits an octet, the lowest first (§2.2.3).
    var length: [UInt8] = []
    var rest = body.count
    repeat {
      length.append(UInt8(rest & 0x7f) | (rest > 0x7f ? 0x80 : 0))
      rest >>= 7
    } while rest > 0
    return [first] + length + body
  }

  private static func string(_ text: String) -> [UInt8] {
    let octets = text.utf8.prefix(Int(UInt16.max))
    var field: [UInt8] = []
    field.appendBigEndian16(UInt16(octets.count))
    return field + octets
  }
}
