import Addressing
import LabSupport
import Records
import Testing

@testable import Probes

/// Desktops and file servers wait for a question of their own.
struct DesktopIdentificationTests {
  private static func asked(_ port: UInt16) throws -> ProbeBench<ServiceIdentification> {
    var bench = ProbeBench(
      ServiceIdentification(
        port: port, manner: .init(wait: .seconds(3), mayAsk: true), recogniser: try Fixtures.recogniser(), seed: 1))
    bench.begin()
    bench.tell(.opened(0))
    bench.wait()
    return bench
  }

  private static func name(_ bench: ProbeBench<ServiceIdentification>) -> ProtocolName? {
    if case .identified(let name, false, _) = bench.probe.report?.identification { name } else { nil }
  }

  /// xrdp 0.9.21; MS-RDPBCGR 2.2.1.2.2 (CredSSP required); a server before the negotiation (X.224 §13.4).
  @Test(arguments: [
    "03 00 00 13 0e d0 00 00 12 34 00 02 01 08 00 00 00 00 00",
    "03 00 00 13 0e d0 00 00 12 34 00 03 00 08 00 05 00 00 00",
    "03 00 00 0b 06 d0 00 00 12 34 00",
  ])
  func `a remote desktop is known by its confirmation`(answer: String) throws {
    var bench = try Self.asked(3389)
    #expect(bench.sent == [octets(hex: "03 00 00 13 0e e0 00 00 00 00 00 01 00 08 00 03 00 00 00")])
    bench.tell(.received(0, octets(hex: answer)))
    #expect(Self.name(bench) == .rdp && bench.connections == [0])
  }

  /// Samba 4.17.12 without SMB 1, cut behind what is read (MS-SMB2 2.2.4).
  @Test func `a file server is known by its negotiation`() throws {
    let head =
      octets(hex: "fe 53 4d 42 40 00 00 00 00 00 00 00 00 00 01 00 01 00 00 00") + [UInt8](repeating: 0, count: 44)
    let body = octets(hex: "41 00 01 00 02 03 00 00") + [UInt8](repeating: 7, count: 56)
    var bench = try Self.asked(445)
    #expect(bench.sent.first?.prefix(8) == [0, 0, 0, 108, 0xfe, 0x53, 0x4d, 0x42])
    bench.tell(.received(0, [0, 0, 0, 128] + head + body))
    #expect(Self.name(bench) == .smb && bench.connections == [0])
  }

  /// A controller's disconnection (S7 on ISO transport), an echo, a part of an answer.
  @Test(arguments: [
    (3389, "03 00 00 0b 06 80 00 00 12 34 02"), (3389, "03 00 00 13 0e e0 00 00 00 00 00 01 00 08 00 03 00 00 00"),
    (3389, "03 00 00 13 0e d0"), (445, "83 00 00 01 8f"), (445, "00 00 00 6c fe 53 4d 42"),
  ])
  func `what merely looks alike is not known`(port: UInt16, answer: String) throws {
    var bench = try Self.asked(port)
    bench.tell(.received(0, octets(hex: answer)))
    bench.wait()
    #expect(Self.name(bench) == nil && bench.connections == [0, 1], "the next question follows")
  }

  @Test func `the registry gives each its probe`() {
    func ids(_ transport: Transport, _ port: UInt16, _ name: ProtocolName?, tls: Bool = false) -> [String] {
      let target = ProbeTarget(
        address: IPAddress(IPv4Address(rawValue: 1)), endpoint: ServiceEndpoint(transport: transport, port: port),
        protocolName: name, tls: tls, seed: 1, moment: ManualClock.startOfDay)
      return ProbeRegistry.standard.probes(for: target).map { type(of: $0).sheet.id }
    }
    #expect(ids(.tcp, 3390, .rdp) == ["rdp"] && ids(.tcp, 445, .smb) == ["smb1"] && ids(.tcp, 445, nil) == ["smb1"])
    #expect(ids(.tcp, 5901, .rfb) == ["vnc"] && ids(.tcp, 554, .rtsp) == ["rtsp"] && ids(.tcp, 1883, .mqtt) == ["mqtt"])
    #expect(ids(.udp, 5683, .coap) == ["coap"] && ids(.tcp, 5683, .coap).isEmpty)
    // Their octets would not be understood inside TLS.
    for name in [ProtocolName.mqtt, .rtsp, .rfb] { #expect(ids(.tcp, 8883, name, tls: true).isEmpty) }
  }
}
