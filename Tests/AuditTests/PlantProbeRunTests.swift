import Addressing
import Audit
import LabSupport
import Records
import Testing

/// Controllers in whole runs: looked at by consent, and otherwise left alone.
struct PlantProbeRunTests {
  /// ReadProperty-ACK of device 100 to whatever property is asked (ANSI/ASHRAE 135-2020 clause 15.5).
  private static func bacnet(_ question: [UInt8]) -> [UInt8]? {
    guard question.count == 17, question[9] == 0x0c else { return nil }
    let unit: [UInt8] = [
      1, 0, 0x30, question[8], 0x0c, 0x0c, 2, 0, 0, 100, 0x19, question[16], 0x3e, 0x73, 0, 0x42, 0x31, 0x3f,
    ]
    return [0x81, 0x0a, 0, UInt8(unit.count + 4)] + unit
  }

  private static func controller() -> VirtualDevice {
    let device = VirtualDevice(mac: "00:11:22:00:00:0c", address: "10.0.0.12", open: [502])
    // Modbus application protocol 1.1b3 §7: an illegal function.
    device.replies[502] = { $0.count == 11 ? Array($0[0..<2]) + [0, 0, 0, 3, $0[6], 0xab, 1] : nil }
    device.datagrams = { port, octets in
      guard port == 47808, let answer = bacnet(octets) else { return .closed }
      return .octets(answer)
    }
    return device
  }

  private static let everything: Set<Technique> = [.arpDiscovery, .tcpSYN, .udpProbe, .serviceQuestions, .otIdentify]

  @Test func `with consent a controller is asked in its own protocols, and found`() throws {
    let device = Self.controller()
    let audit = try VirtualAudit(
      [device], ports: "502,100-160", scope: try VirtualAudit.scope(techniques: Self.everything))
    try audit.run.run()
    let result = audit.result()
    #expect(result.findings.map(\.check).sorted() == ["bacnet.open", "modbus.open"])
    let services = try #require(result.inventory.devices.first).services
    #expect(
      services.map { "\($0.endpoint) \($0.protocolName?.rawValue ?? "-")" }.sorted() == [
        "tcp/502 modbus", "udp/47808 bacnet",
      ])
    // One connection listens, one asks; nothing but the question went over them.
    #expect(device.connections == [502, 502] && device.heard[502]?.count == 11)
    #expect(device.heard[502]?.suffix(5) == [0xff, 0x2b, 0x0e, 1, 0])
    #expect(device.peak <= 100)
    for item in ["15.5.a", "16.1.b"] {
      let rows = result.verdicts(device, "jssec-iot-v1/JSSEC-\(item)")
      #expect(!rows.isEmpty && rows.allSatisfy { $0.status == .needsReview && $0.polarity == .against }, "\(item)")
    }
  }

  @Test func `without consent not one octet goes to the ports of controllers`() throws {
    let device = Self.controller()
    let allowed = Self.everything.subtracting([.otIdentify])
    let audit = try VirtualAudit(
      [device], ports: "502,4840,44818,100-160", scope: try VirtualAudit.scope(techniques: allowed))
    try audit.run.run()
    #expect(audit.result().findings.isEmpty)
    #expect(device.probes[502] == nil && device.connections.isEmpty && device.heard.isEmpty)
    // Other questions by datagram did reach it.
    let asked = Set(device.received.map(\.port))
    #expect(!asked.isEmpty && asked.isDisjoint(with: [502, 3671, 44818, 47808]))
    #expect(audit.exchanger.sent.isEmpty)
  }
}
