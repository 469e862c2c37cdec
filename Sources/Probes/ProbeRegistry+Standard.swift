internal import Records

extension ProbeRegistry {
  /// Every probe of this version. The order decides only who asks first.
  public static let standard = ProbeRegistry(
    web + data + discovery + management + messagesAndScreens + plants + shells + transport)

  /// Web pages and their logins.
  static let web = [
    Line(.tcp([.http], tls: false)) { HTTPLoginProbe(address: $0.address, port: $0.endpoint.port) }
  ]

  /// Stores of data and files.
  static let data = [
    Line(.tcp([.redis])) { RedisProbe(port: $0.endpoint.port) },
    Line(.udp([.tftp])) { TFTPProbe(port: $0.endpoint.port, seed: $0.seed) },
  ]
}
