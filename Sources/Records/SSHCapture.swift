/// What an SSH service showed before anything was encrypted: the ground of the checks `ssh.*` and of comparisons with guidelines.
public struct SSHCapture: Hashable, Sendable, Codable {
  /// The name-lists of SSH_MSG_KEXINIT (RFC 4253 §7.1), each in the server's order.
  public struct Algorithms: Hashable, Sendable, Codable {
    public var keyExchange: [String] = []
    public var hostKey: [String] = []
    public var encryptionClientToServer: [String] = []
    public var encryptionServerToClient: [String] = []
    public var macClientToServer: [String] = []
    public var macServerToClient: [String] = []
    public var compressionClientToServer: [String] = []
    public var compressionServerToClient: [String] = []

    public init() {}
  }

  public struct HostKey: Hashable, Sendable, Codable {
    /// The blob's own type: `ssh-rsa`, `ecdsa-sha2-nistp256`.
    public let type: String
    /// nil for a type that this version does not know.
    public let bits: Int?
    /// SHA-256 of the blob as OpenSSH prints it, without `SHA256:`: 43 characters of Base64 without padding.
    public let fingerprint: String
    /// The modulus of an RSA key, hexadecimal, without leading zeros.
    public let modulus: String?
    /// The service signed an exchange with the key's private half; false for a signature that is not by it, nil where that was not
    /// looked at.
    public let isHeld: Bool?

    public init(type: String, bits: Int?, fingerprint: String, modulus: String? = nil, isHeld: Bool? = nil) {
      self.type = type
      self.bits = bits
      self.fingerprint = fingerprint
      self.modulus = modulus
      self.isHeld = isHeld
    }
  }

  /// What was answered to a request for a group of some size (RFC 4419 §3).
  public struct ExchangeGroup: Hashable, Sendable, Codable {
    public let asked: Int
    /// The size of the prime that came.
    public let bits: Int

    public init(asked: Int, bits: Int) {
      self.asked = asked
      self.bits = bits
    }
  }

  /// The identification string without its line end: `SSH-2.0-dropbear_2022.83`.
  public var identification: String
  public var algorithms = Algorithms()
  public var hostKeys: [HostKey] = []
  /// Types of host keys that the service lists and that could not be had, with the reason.
  public var missingHostKeys: [String: String] = [:]
  /// The smallest group that the service gave; nil where it offers no group exchange, or it could not be settled.
  public var smallestGroup: ExchangeGroup?
  /// The methods that it listed when asked for `none` (RFC 4252 §5.2); nil where that was not asked.
  public var authenticationMethods: [String]?
  /// `none` opened a session for a name that nobody has; nil where that was not asked.
  public var opensWithoutAuthentication: Bool?
  public var connections = 0

  public init(identification: String) { self.identification = identification }
}
