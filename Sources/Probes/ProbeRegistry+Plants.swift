internal import Records

extension ProbeRegistry {
  /// Appliances, makers' own protocols, and controllers of plants and buildings.
  static let plants = [
    Line(.udp([ProtocolName(rawValue: "echonet-lite")])) {
      ECHONETLiteProbe(port: $0.endpoint.port, said: $0.said, seed: $0.seed)
    },
    Line(.udp([ProtocolName(rawValue: "ubiquiti-discovery")])) { UbiquitiProbe(port: $0.endpoint.port) },
    Line(.unidentifiedTCP([502])) { ModbusProbe(port: $0.endpoint.port, seed: $0.seed) },
    Line(.unidentifiedTCP([4840])) { OPCUAProbe(address: $0.address, port: $0.endpoint.port) },
    Line(.udp([ProtocolName(rawValue: "bacnet")])) { BACnetProbe(port: $0.endpoint.port, seed: $0.seed) },
    Line(.udp([ProtocolName(rawValue: "ethernet-ip")])) { EtherNetIPProbe(port: $0.endpoint.port, seed: $0.seed) },
    Line(.udp([ProtocolName(rawValue: "knxnet-ip")])) { KNXnetIPProbe(port: $0.endpoint.port) },
  ]
}
