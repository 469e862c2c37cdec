internal import Records

extension ProbeRegistry {
  /// What protects the others' octets on the way.
  static let transport = [
    Line(.tcp([.tls])) { TLSAuditProbe($0) },
    // By STARTTLS and its like.
    Line(.tcp(Self.withStartTLS, tls: false)) { TLSAuditProbe($0) },
    // Where the scope names the technique; after the audit, so that a service that hangs on it has been looked at.
    Line(.tcp([.tls])) { TLSVulnerabilityProbe($0) },
    Line(.tcp(Self.withStartTLS, tls: false)) { TLSVulnerabilityProbe($0) },
    Line(.udp([.dtls])) { DTLSAuditProbe($0) },
  ]

  /// The audit of TLS services alone.
  public static let tls = ProbeRegistry(transport)

  /// Every suite of every version.
  public static let tlsEnumeration = ProbeRegistry([
    Line(.tcp([.tls])) { TLSEnumerationProbe($0) },
    Line(.tcp(Self.withStartTLS, tls: false)) { TLSEnumerationProbe($0) },
  ])

  /// The audit of DTLS services alone.
  public static let dtls = ProbeRegistry(transport.filter { $0.trigger == .udp([.dtls]) })

  /// Protocols that go on to TLS at a word.
  private static let withStartTLS: [ProtocolName] = [
    .ftp, .smtp, .imap, .pop3, ProtocolName(rawValue: "ldap"),
  ]
}

extension ProbeRegistry {
  /// The audit of SSH services alone.
  public static let ssh = ProbeRegistry(shells)
}
