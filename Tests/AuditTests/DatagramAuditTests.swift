import Addressing
import Audit
import Authority
import LabSupport
import Probes
import Profiles
import Records
import Testing

/// UDP questions and what becomes of their answers.
struct DatagramAuditTests {
  private static let everything: Set<Technique> = Set(Technique.known)

  /// A name server that refuses (RFC 1035 §4.1.1: QR, RCODE 5), with the question's ID.
  private static func nameServer(_ port: UInt16, _ question: [UInt8]) -> VirtualDevice.DatagramAnswer {
    switch port {
    case 53: .octets(Array(question[0..<2]) + [0x80, 0x05, 0, 0, 0, 0, 0, 0, 0, 0])
    case 123: .octets(Array("who are you".utf8))
    case 69: .silent
    default: .closed
    }
  }

  @Test func `an answer becomes a service, an observation and octets in the evidence`() throws {
    let router = VirtualDevice(mac: "00:11:22:00:00:05", address: "10.0.0.5", open: [80])
    router.datagrams = Self.nameServer
    let scope = try VirtualAudit.scope(techniques: Self.everything)
    // The scan's own questions only; what follows from an answer is the probes' matter.
    var plan = try VirtualAudit.plan(ports: "80,81", scope: scope)
    plan.registry = ProbeRegistry([])
    let audit = try VirtualAudit([router], plan)
    try audit.run.run()
    let result = audit.result()
    let services = try #require(result.inventory.devices.first).services
    let udp = services.filter { $0.endpoint.transport == .udp }
    #expect(udp.map(\.endpoint.port) == [53, 123])
    // Something answered on 123, and what it said is no NTP.
    #expect(udp.map(\.protocolName?.rawValue) == ["dns", nil])

    let asked = try #require(router.received.first { $0.port == 53 })
    #expect(audit.sink.conversations["dev-001122000005-udp-53"]?.prefix(2) == asked.payload.prefix(2))
    #expect(audit.sink.conversations["dev-001122000005-udp-123"] == Array("who are you".utf8))
    // The question is kept as it was sent.
    #expect(audit.sink.questions["dev-001122000005-udp-53"] == asked.payload)

    let coverage = try #require(try result.coverage(router).udp)
    let ports = Set(router.received.map(\.port))
    #expect(coverage.requestedCount == ports.count)
    #expect(coverage.sent == router.received.count)
    #expect(coverage.open == 2)
    #expect(coverage.openOrFiltered == 1)
    #expect(coverage.closed == ports.count - 3)
    #expect(coverage.unresolved == 0)
    let observed = (audit.sink.events["observation"] ?? []).filter { $0.contains("\"udp\"") }
    #expect(observed.count == 2)
    #expect(observed.contains { $0.contains("dns") && $0.contains("udp-probe") })
    #expect(audit.progress.hosts.first?.openUDP == [53, 123])
    // Frames of UDP count against the same budget.
    #expect(router.peak <= 100)
  }

  @Test func `a profile without UDP asks nothing`() throws {
    let router = VirtualDevice(mac: "00:11:22:00:00:05", address: "10.0.0.5", open: [80])
    var plan = try VirtualAudit.plan(ports: "80", scope: VirtualAudit.scope(techniques: Self.everything))
    plan.scanProfile.udp = false
    let audit = try VirtualAudit([router], plan)
    try audit.run.run()
    #expect(router.received.isEmpty)
    #expect(try audit.result().coverage(router).udp == nil)
  }

  @Test func `ports that print get no datagram`() throws {
    let printer = VirtualDevice(mac: "00:11:22:00:00:05", address: "10.0.0.5", open: [515, 9100])
    let audit = try VirtualAudit(
      [printer], ports: "515,9100,80", scope: VirtualAudit.scope(techniques: Self.everything))
    try audit.run.run()
    #expect(printer.payloadOctets == 0)
    #expect(Set(printer.received.map(\.port)).isDisjoint(with: VirtualAudit.profiles.neverWritePorts))
  }
}
