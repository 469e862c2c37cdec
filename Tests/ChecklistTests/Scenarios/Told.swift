import Addressing
import Declarations
import Records

@testable import Checklist

// Words in which scenarios are told.

extension ServiceEndpoint {
  static func onTCP(_ port: UInt16) -> Self { Self(transport: .tcp, port: port) }
  static func onUDP(_ port: UInt16) -> Self { Self(transport: .udp, port: port) }
}

extension DeviceCoverage.UDP {
  /// Ports that were asked: all of them said that nobody is there, but for the silent ones and those that answered.
  static func asked(_ ports: [UInt16], silent: [UInt16] = [], answered: Int = 0) -> Self {
    var udp = Self(requested: ports.map { "\($0)" }.joined(separator: ","), requestedCount: ports.count)
    udp.openOrFiltered = silent.count
    udp.silentPorts = silent
    udp.open = answered
    udp.closed = ports.count - silent.count - answered
    udp.unresolved = 0
    return udp
  }
}

extension DeviceSample {
  /// Looked at whole: every TCP port answered, the UDP ports that were asked are closed, alive before and after.
  static func whole(
    _ number: UInt64 = 1, _ open: [UInt16: Heard] = [:], asked: [Asked] = [],
    _ change: (inout DeviceSample) -> Void = { _ in }
  ) -> DeviceSample {
    var sample = DeviceSample(number: number, open: open, asked: asked)
    sample.udp = .asked([69, 161, 1900])
    change(&sample)
    return sample
  }

  /// A web server inside TLS whose settings ask for a login.
  static func loginPage(_ number: UInt64 = 1, _ change: (inout DeviceSample) -> Void = { _ in }) -> DeviceSample {
    whole(
      number, [443: .speaks(.http, tls: true)], asked: [.refuted("http.no-auth-admin", .onTCP(443))], change)
  }
}

extension TrafficFacts.Flow {
  /// What a device sent to `peer`, or answered on its own `port`.
  static func told(
    _ device: UInt64, _ peer: String, _ port: UInt16,
    _ protection: TrafficFacts.Protection, on transport: Transport = .tcp, incoming: Bool = false, name: String? = nil,
    certificate: TrafficFacts.PeerCertificate? = nil, client: Bool = false
  ) -> Self {
    var flow = Self(
      device: .sample(device), peer: IPAddress(peer) ?? IPAddress(IPv4Address(rawValue: 0)), transport: transport,
      port: port, protection: protection, evidence: ["data/traffic/\(peer)-\(port).json"])
    flow.isIncoming = incoming
    flow.name = name
    flow.certificate = certificate
    flow.clientCertificate = client
    return flow
  }
}

extension TrafficFacts.Protection {
  static let tls12 = TrafficFacts.Protection.tls(version: 0x0303)
  static let tls13 = TrafficFacts.Protection.tls(version: 0x0304)
}

extension SiteFacts {
  /// An hour at a mirror port.
  mutating func capture(
    _ flows: [TrafficFacts.Flow], seen: [UInt64] = [1], _ change: (inout TrafficFacts) -> Void = { _ in }
  ) {
    var traffic = TrafficFacts(
      from: DeviceSample.moment, to: DeviceSample.moment + .seconds(3_600), place: "mirror port 24",
      seen: Set(seen.map { DeviceID.sample($0) }))
    traffic.flows = flows
    change(&traffic)
    self.traffic = traffic
  }

  /// What a place reached of a device: nil for a zone outside of the site.
  mutating func reached(
    _ device: UInt64, from zone: String?, outside: Bool = false, _ open: [ServiceEndpoint] = [], complete: Bool = true
  ) {
    let vantage = Vantage(interface: "eth1", address: IPAddress(IPv4Address(rawValue: 0xc0a8_0163)))
    reach.append(
      ReachFact(
        device: .sample(device), zone: zone, vantage: vantage, isOutside: outside, open: open,
        closedCount: complete ? 65_535 - open.count : 100, isComplete: complete,
        evidence: ["data/reach/\(zone ?? "outside").json"]))
  }
}

extension SiteSample {
  /// A site of one device.
  static func one(
    _ device: DeviceSample, declared: String? = nil, _ change: @escaping @Sendable (inout SiteFacts) -> Void = { _ in }
  ) -> SiteSample {
    SiteSample(devices: [device], declared: declared, change: change)
  }

  static func several(
    _ devices: [DeviceSample], declared: String? = nil,
    _ change: @escaping @Sendable (inout SiteFacts) -> Void = { _ in }
  ) -> SiteSample {
    SiteSample(devices: devices, declared: declared, change: change)
  }
}

/// One statement of the owner's about device 1, as its file has it.
func says(_ kind: String, value: String? = nil, device: String? = "192.168.10.1") -> String {
  let parts =
    ["says: \(kind)", device.map { "device: \($0)" }, value.map { "value: \"\($0)\"" }].compactMap(\.self)
    + ["by: Yamada", "at: 2026-11-30"]
  return "statements:\n  - {\(parts.joined(separator: ", "))}\n"
}
