public import Authority
public import Probes

/// The seam to a connection that names and passwords are entered on. Implementations ask the gate and compare the permit
/// with the connection.
public protocol LoginDialer: SessionDialer {
  /// Enters the account name of a permit.
  func enterAccount(_ session: Int, _ octets: [UInt8], under permit: borrowing LoginPermit) -> SendOutcome
  /// Enters a password; the permit is spent, whatever comes of it.
  func enterPassword(_ session: Int, _ octets: [UInt8], spending permit: consuming LoginPermit) -> SendOutcome
}

/// The only place where a secret becomes octets to send.
public struct LoginLine: Sendable {
  public let octets: [UInt8]

  /// A line of the network virtual terminal (RFC 854): CR LF ends it.
  public init(_ field: LoginField, of pair: CredentialPair) {
    switch field {
    case .account: octets = Array(pair.account.utf8) + [0x0d, 0x0a]
    case .password: octets = pair.secret.octets + [0x0d, 0x0a]
    }
  }
}
