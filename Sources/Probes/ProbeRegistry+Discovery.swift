internal import Records

extension ProtocolName {
  static let dvrip = ProtocolName(rawValue: "dvrip")
}

extension ProbeRegistry {
  /// Administration of the web, and what devices tell those who look for them.
  static let discovery = [
    Line(.tcp([.tls])) { HTTPSIdentification(port: $0.endpoint.port) },
    Line(.tcp([.http])) { TR069Probe(port: $0.endpoint.port, secure: $0.tls) },
    Line(.tcp([.http])) {
      AdminPageProbe(address: $0.address, port: $0.endpoint.port, secure: $0.tls, said: $0.said, seed: $0.seed)
    },
    Line(.udp([ProtocolName(rawValue: "ssdp")])) { UPnPProbe(address: $0.address, port: $0.endpoint.port) },
    Line(.udp([ProtocolName(rawValue: "ws-discovery")])) {
      ONVIFProbe(address: $0.address, port: $0.endpoint.port, said: $0.said, seed: $0.seed)
    },
    Line(.udp([ProtocolName(rawValue: "mdns")])) {
      let types = $0.claims.filter { $0.kind == .mdnsService }.map(\.value)
      return DNSSDProbe(address: $0.address, port: $0.endpoint.port, announced: types, seed: $0.seed)
    },
    Line(.udp([ProtocolName(rawValue: "sadp")])) { SADPProbe(port: $0.endpoint.port, seed: $0.seed) },
    Line(.udp([ProtocolName(rawValue: "dahua-dhip")])) { DHIPProbe(port: $0.endpoint.port) },
    Line(.udp([.dvrip])) { DVRIPSearchProbe(port: $0.endpoint.port) },
    Line(.tcp([.dvrip], tls: false)) { DVRIPProbe(port: $0.endpoint.port) },
    // A recorder that says nothing to strangers is not identified either.
    Line(.unidentifiedTCP([34567])) { DVRIPProbe(port: $0.endpoint.port) },
  ]
}
