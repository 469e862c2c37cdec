public import Wire

/// One HTTP request to the device under test. Redirects are not followed, credentials are never sent, no
/// cookie is kept, and certificates are looked at, not trusted.
public struct HTTPRequest: Hashable, Sendable {
  public enum Method: Hashable, Sendable {
    case get, head
    /// For questions that a protocol puts into a body (SOAP, IPP); never for forms.
    case post(contentType: String, body: [UInt8])
  }

  /// What is kept of a body unless the probe says otherwise.
  public static let defaultBodyLimit = 256 * 1024

  public let method: Method
  /// Over TLS.
  public let secure: Bool
  public let port: UInt16
  /// In origin form (RFC 9112 §3.2.1): begins with `/`, printable ASCII without blanks. Sent as it stands.
  public let path: String
  /// Beside Host, User-Agent and Accept, which the client writes.
  public let headers: [HeaderField]
  public let bodyLimit: Int
  public let timeout: Duration

  public init(
    _ method: Method = .get, port: UInt16, path: String, secure: Bool = false, headers: [HeaderField] = [],
    bodyLimit: Int = HTTPRequest.defaultBodyLimit, timeout: Duration = .seconds(15)
  ) {
    self.method = method
    self.secure = secure
    self.port = port
    self.path = path
    self.headers = headers
    self.bodyLimit = bodyLimit
    self.timeout = timeout
  }
}

/// What came of one HTTP request.
public struct HTTPExchange: Hashable, Sendable {
  /// nil when no status line came.
  public var status: Int?
  /// `1.1`, `1.0`, or `0.9` for a body without a head; empty when nothing came.
  public var version: String
  /// In the order in which they came.
  public var headers: [HeaderField]
  /// Decoded from its transfer coding, at most the request's limit.
  public var body: [UInt8]
  /// The body was longer than the limit, or its end never came.
  public var isTruncated: Bool
  /// As they left, before TLS.
  public var requestOctets: [UInt8]
  /// Head and body as they came, after TLS.
  public var responseOctets: [UInt8]
  /// The certificates the server showed, DER, its own first; empty without TLS.
  public var certificateChain: [[UInt8]]
  /// Why the exchange is not whole; nil when it is, and when its body was cut at the request's limit.
  public var failure: String?
  /// From the opening of its connection to its end; nil where nobody measured it.
  public var elapsed: Duration?

  public init(
    status: Int? = nil, version: String = "", headers: [HeaderField] = [], body: [UInt8] = [],
    isTruncated: Bool = false,
    requestOctets: [UInt8] = [], responseOctets: [UInt8] = [], certificateChain: [[UInt8]] = [],
    failure: String? = nil, elapsed: Duration? = nil
  ) {
    self.status = status
    self.version = version
    self.headers = headers
    self.body = body
    self.isTruncated = isTruncated
    self.requestOctets = requestOctets
    self.responseOctets = responseOctets
    self.certificateChain = certificateChain
    self.failure = failure
    self.elapsed = elapsed
  }

  /// The values of a header field, in the order in which they came.
  public func values(of name: String) -> [String] { headers.values(of: name) }
}
