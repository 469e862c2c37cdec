internal import Records

extension ProbeRegistry {
  /// Remote shells that encrypt.
  static let shells = [
    Line(.tcp([.ssh])) { SSHAuditProbe(port: $0.endpoint.port, seed: $0.seed) }
  ]
}
