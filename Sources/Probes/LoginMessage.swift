/// How a name and a password become the octets that are entered: what a login says of a message without knowing either.
///
/// Whoever holds the permit puts them in. A message with the password spends the permit.
public indirect enum LoginMessage: Hashable, Sendable {
  public enum Hash: Hashable, Sendable { case md5, sha1, sha256 }

  public enum Length: Hashable, Sendable {
    /// 2 octets, the higher first (MQTT strings).
    case twoOctets
    /// 7 bits an octet, the lower first (MQTT 3.1.1 §2.2.3).
    case variable
    /// ASN.1 BER, definite form, behind this tag (X.690 §8.1).
    case ber(tag: UInt8)
    /// A RESP bulk string: `$`, the length in decimal, CR LF, and CR LF behind the octets.
    case bulkString
  }

  case octets([UInt8])
  case account
  case password
  case joined([LoginMessage])
  /// RFC 4648 §4, with padding.
  case base64(LoginMessage)
  /// Two small hexadecimal digits an octet.
  case hexadecimal(LoginMessage)
  case hash(Hash, LoginMessage)
  /// The octets behind their length.
  case sized(Length, LoginMessage)
  /// RFC 3986 §2.1: everything but unreserved characters as `%XX`.
  case percentEncoded(LoginMessage)
  /// The five characters that XML has entities for, as entities.
  case xmlEscaped(LoginMessage)
  /// The answer to a VNC challenge of 16 octets (RFC 6143 §7.2.2), which needs the password alone.
  case vncResponse(challenge: [UInt8])
  /// The password as a key of an SNMP engine (RFC 3414 §2.6, A.2).
  case snmpKey(Hash, engine: [UInt8])
  /// The first `octets` of the HMAC of a message (RFC 2104).
  case hmac(Hash, key: LoginMessage, over: LoginMessage, octets: Int)

  /// The password goes into it.
  public var holdsPassword: Bool {
    switch self {
    case .octets, .account: false
    case .password, .vncResponse, .snmpKey: true
    case .hmac(_, let key, let inner, _): key.holdsPassword || inner.holdsPassword
    case .joined(let parts): parts.contains(where: \.holdsPassword)
    case .base64(let inner), .hexadecimal(let inner), .hash(_, let inner), .sized(_, let inner),
      .percentEncoded(let inner), .xmlEscaped(let inner):
      inner.holdsPassword
    }
  }
}

extension LoginMessage {
  public static func text(_ text: String) -> LoginMessage { .octets(Array(text.utf8)) }

  /// A line of the network virtual terminal (RFC 854): CR LF ends it.
  public static func line(_ parts: LoginMessage...) -> LoginMessage { .joined(parts + [.octets([0x0d, 0x0a])]) }
}

/// An HTTP request with which somebody logs in.
public struct LoginRequest: Hashable, Sendable {
  /// A GET, where there is no body.
  public let request: HTTPRequest
  /// The value of the field Authorization.
  public let authorization: LoginMessage?
  public let body: Body?

  public struct Body: Hashable, Sendable {
    public let contentType: String
    public let message: LoginMessage

    public init(contentType: String, message: LoginMessage) {
      self.contentType = contentType
      self.message = message
    }
  }

  public init(_ request: HTTPRequest, authorization: LoginMessage? = nil, body: Body? = nil) {
    self.request = request
    self.authorization = authorization
    self.body = body
  }

  public var holdsPassword: Bool {
    authorization?.holdsPassword == true || body?.message.holdsPassword == true
  }
}
