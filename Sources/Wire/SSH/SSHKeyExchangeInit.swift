/// SSH_MSG_KEXINIT: what a side can do (RFC 4253 §7.1).
public struct SSHKeyExchangeInit: Hashable, Sendable {
  public var cookie: [UInt8]
  /// Each list in its sender's order.
  public var keyExchange: [String] = []
  public var hostKey: [String] = []
  public var encryptionClientToServer: [String] = []
  public var encryptionServerToClient: [String] = []
  public var macClientToServer: [String] = []
  public var macServerToClient: [String] = []
  public var compressionClientToServer: [String] = []
  public var compressionServerToClient: [String] = []
  public var languagesClientToServer: [String] = []
  public var languagesServerToClient: [String] = []
  /// The sender has guessed, and its first packet follows (§7).
  public var guesses = false

  /// - Parameter cookie: 16 octets.
  public init(cookie: [UInt8]) { self.cookie = cookie }

  /// Reads the body of a packet with this message.
  /// - Throws: `truncated` when a list is longer than what is there.
  public init(parsing body: Span<UInt8>) throws(WireError) {
    var reader = OctetReader(body)
    cookie = try reader.take(16)
    keyExchange = try reader.sshNames()
    hostKey = try reader.sshNames()
    encryptionClientToServer = try reader.sshNames()
    encryptionServerToClient = try reader.sshNames()
    macClientToServer = try reader.sshNames()
    macServerToClient = try reader.sshNames()
    compressionClientToServer = try reader.sshNames()
    compressionServerToClient = try reader.sshNames()
    languagesClientToServer = try reader.sshNames()
    languagesServerToClient = try reader.sshNames()
    guesses = try reader.octet() != 0
  }

  /// The body of a packet with this message.
  public var body: [UInt8] {
    var octets = Array((cookie + [UInt8](repeating: 0, count: 16)).prefix(16))
    for list in [
      keyExchange, hostKey, encryptionClientToServer, encryptionServerToClient, macClientToServer, macServerToClient,
      compressionClientToServer, compressionServerToClient, languagesClientToServer, languagesServerToClient,
    ] {
      octets.appendSSHString(Array(list.joined(separator: ",").utf8))
    }
    octets.append(guesses ? 1 : 0)
    octets.appendBigEndian32(0)
    return octets
  }
}

extension OctetReader {
  /// A name-list (RFC 4251 §5). A name is ASCII, and another thing becomes U+FFFD; empty names say nothing.
  fileprivate mutating func sshNames() throws(WireError) -> [String] {
    try sshString().split(separator: 0x2c).map { Array($0).text }
  }
}
