internal import Records

extension ProtocolName {
  static let coap = ProtocolName(rawValue: "coap")
  static let rdp = ProtocolName(rawValue: "rdp")
  static let smb = ProtocolName(rawValue: "smb")
}

extension ProbeRegistry {
  /// Messages, pictures, desktops and the file sharing of desktops.
  static let messagesAndScreens = [
    Line(.tcp([.mqtt], tls: false)) { MQTTProbe(port: $0.endpoint.port, seed: $0.seed) },
    Line(.tcp([.rtsp], tls: false)) { RTSPProbe(address: $0.address, port: $0.endpoint.port, seed: $0.seed) },
    Line(.tcp([.rfb], tls: false)) { VNCProbe(port: $0.endpoint.port) },
    Line(.tcp([.rdp])) { RDPProbe(port: $0.endpoint.port) },
    Line(.tcp([.smb])) { SMB1Probe(port: $0.endpoint.port, isKnown: true) },
    // A server of SMB 1 alone does not answer the question of SMB 2 by which it would be identified.
    Line(.unidentifiedTCP([445])) { SMB1Probe(port: $0.endpoint.port, isKnown: false) },
    Line(.udp([.coap])) { CoAPProbe(port: $0.endpoint.port, seed: $0.seed) },
  ]
}
