/// What a TLS service showed before anything was encrypted: the ground of the checks `tls.*` and of comparisons with guidelines.
public struct TLSCapture: Hashable, Sendable, Codable {
  /// How a question ended.
  public enum Answer: Hashable, Sendable, Codable {
    case accepted
    /// The service declined, while it answered the control right afterwards; `how` is `alert 40`, `reset`, `ended` or `silence`.
    case declined(how: String)
    /// It could not be settled: `control-failed`, `connection-limit`, `time`.
    case inconclusive(reason: String)
    /// The mode does not ask it.
    case notAsked
  }

  public struct Version: Hashable, Sendable, Codable {
    /// As the handshake writes it: `0x0304` is TLS 1.3, `0x0002` SSL 2, `0xfefd` DTLS 1.2.
    public let number: UInt16
    public let answer: Answer

    public init(number: UInt16, answer: Answer) {
      self.number = number
      self.answer = answer
    }
  }

  public struct Choice: Hashable, Sendable, Codable {
    public let version: UInt16
    public let suite: UInt16

    public init(version: UInt16, suite: UInt16) {
      self.version = version
      self.suite = suite
    }
  }

  /// What was accepted of the suites that were offered in one version.
  public struct Suites: Hashable, Sendable, Codable {
    public let version: UInt16
    /// IANA's numbers, in the order in which the service picked them. SSL 2 has three octets a suite.
    public let accepted: [UInt32]
    /// `all`: every suite of IANA's registry that the version can have; `weak`: those of weak families only.
    public let offered: String
    /// How the last hello ended, which offered what was left: `declined` makes the list complete.
    public let end: Answer

    public init(version: UInt16, accepted: [UInt32], offered: String, end: Answer) {
      self.version = version
      self.accepted = accepted
      self.offered = offered
      self.end = end
    }
  }

  /// Where the signatures of the certificates lead.
  public struct Authority: Hashable, Sendable, Codable {
    /// The list of authorities that they were held against, and how many it has.
    public let source: String
    public let count: Int
    /// The subject of the one that they lead to; nil for none of them.
    public let subject: String?

    public init(source: String, count: Int, subject: String?) {
      self.source = source
      self.count = count
      self.subject = subject
    }
  }

  /// A ServerKeyExchange with a finite-field group (RFC 5246 §7.4.3).
  public struct DHGroup: Hashable, Sendable, Codable {
    public let bits: Int
    /// Hexadecimal, without leading zeros.
    public let prime: String
    /// The name of a published prime: `Oakley group 2 (RFC 2409)`.
    public let known: String?
    /// The service used one public value in two connections; nil when it was asked once.
    public let isValueReused: Bool?

    public init(bits: Int, prime: String, known: String?, isValueReused: Bool?) {
      self.bits = bits
      self.prime = prime
      self.known = known
      self.isValueReused = isValueReused
    }
  }

  /// `udp` for DTLS; nil for TLS over TCP, and in packs of versions that knew no other.
  public var transport: String?
  /// The words that preceded TLS: `smtp`, `ftp`, `imap`, `pop3`, `ldap`; nil where TLS comes first.
  public var startTLS: String?
  /// From SSL 2 to TLS 1.3, or DTLS 1.0 and 1.2.
  public var versions: [Version] = []
  public var suites: [Suites] = []
  /// What a client that offers everything, forward secrecy first, is given: version and suite.
  public var preferred: Choice?
  /// The service picks by its own order rather than the client's; nil where that was not settled.
  public var hasOwnOrder: Bool?
  public var dhGroup: DHGroup?
  /// What a hello with nothing but finite-field key exchange came to, and one with nothing but curves below 224 bits.
  public var finiteField = Answer.notAsked
  public var weakCurves = Answer.notAsked
  /// Groups that the service used for ECDHE, by IANA's number.
  public var curves: [UInt16] = []
  /// renegotiation_info in the ServerHello (RFC 5746 §3.6).
  public var announcesSecureRenegotiation: Bool?
  /// extended_master_secret (RFC 7627).
  public var hasExtendedMasterSecret: Bool?
  /// It agreed to compress (RFC 3749).
  public var compresses: Bool?
  /// inappropriate_fallback was answered to TLS_FALLBACK_SCSV (RFC 7507).
  public var honoursFallbackSCSV: Bool?
  /// The service asked for a client certificate.
  public var asksForCertificate: Bool?
  /// The service's own first, as it sent them.
  public var certificates: [CertificateFacts] = []
  /// Whether the certificates lead to an authority that clients know; nil where that was not looked at.
  public var authority: Authority?
  /// `serverHello` of TLS 1.2 and below: seconds since 1970 in its first four octets, which many services fill with chance.
  public var serverTime: UInt32?
  /// With DTLS, handshakes that were begun.
  public var connections = 0
  /// `audit` or `full`.
  public var mode: String

  public init(mode: String) { self.mode = mode }
}
