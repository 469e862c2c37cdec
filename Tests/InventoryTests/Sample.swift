import Addressing
import Inventory
import Records
import Testing

/// Devices for the tests, from what matters of them.
enum Sample {
  static func device(
    mac: String? = nil, _ addresses: [String], vendor: String? = nil, open: [UInt16] = [], claims: [Claim] = []
  ) throws -> Device {
    let addresses = addresses.compactMap { IPAddress($0) }
    let services = open.map { Service(endpoint: ServiceEndpoint(transport: .tcp, port: $0), state: .open) }
    let named = vendor.map { Attribution(name: $0, source: "IEEE MA-L") }
    var device: Device
    if let mac = mac.flatMap({ MACAddress($0) }) {
      device = Device(mac: mac, addresses: addresses, vendor: named, services: services)
    } else {
      device = Device(address: try #require(addresses.first), vendor: named, services: services)
    }
    device.claims = claims
    return device
  }

  static func rows(_ devices: [Device], run: String = "run-1") -> [InventoryRow] {
    IdentityResolver.rows(devices.map { .init(run: run, device: $0) })
  }
}

extension Claim {
  static func of(
    _ kind: Kind, _ value: String, _ confidence: Confidence = .high, source: String = "udp/1900 ssdp"
  ) -> Claim {
    Claim(kind, value, source: source, confidence: confidence)
  }
}
