internal import Records

extension ProbeRegistry {
  /// Every probe of this version. Sorted by protocol; the order decides only who asks first.
  public static let standard = ProbeRegistry([
    Line(.tcp([.http], tls: false)) { HTTPLoginProbe(address: $0.address, port: $0.endpoint.port) },
    Line(.tcp([.redis])) { RedisProbe(port: $0.endpoint.port) },
    Line(.udp([.tftp])) { TFTPProbe(port: $0.endpoint.port, seed: $0.seed) },
  ])
}
