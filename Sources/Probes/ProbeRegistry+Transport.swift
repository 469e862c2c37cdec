internal import Records

extension ProbeRegistry {
  /// What protects the others' octets on the way.
  static let transport = [
    Line(.tcp([.tls])) { TLSAuditProbe($0) },
    // By STARTTLS and its like.
    Line(.tcp([.ftp, .smtp, .imap, .pop3], tls: false)) { TLSAuditProbe($0) },
  ]
}
