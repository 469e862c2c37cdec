internal import Addressing

// The fields of the journal's lines.

struct RefusedEvent: Encodable, Sendable {
  let address: IPAddress
  let mac: MACAddress?
  let reason: String
}

struct DeviceEvent: Encodable, Sendable {
  let address: IPAddress
  let mac: MACAddress?
  let vendor: String?
}

struct PortEvent: Encodable, Sendable {
  let address: IPAddress
  let port: UInt16
}

struct DatagramEvent: Encodable, Sendable {
  let address: IPAddress
  let port: UInt16
  let probe: String
  let isAnswer: Bool
  let octets: Int
}

struct AddressEvent: Encodable, Sendable { let address: IPAddress }

struct AliveEvent: Encodable, Sendable {
  let address: IPAddress
  let aliveAfter: Bool
}

struct SessionEventRecord: Encodable, Sendable {
  let address: IPAddress
  let port: UInt16
  let outcome: String
  let octets: Int
}
