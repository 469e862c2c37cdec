import Addressing
import Audit
import Authority
import LabSupport
import Records
import Testing

/// The profile passive-only: not one frame.
struct PassiveTests {
  private static func scope(_ techniques: Set<Technique> = [.passive]) throws -> Scope {
    try VirtualAudit.scope(networks: ["10.0.0.0/24", "fe80::/10"], techniques: techniques)
  }

  private static func plan(_ scope: Scope) throws -> AuditPlan {
    try VirtualAudit.plan(
      ports: "iot1000", targets: ["10.0.0.3-10.0.0.20", "fe80::/10"], scope: scope, profile: "passive-only")
  }

  private static func announcement(_ device: VirtualDevice) throws -> [UInt8] {
    let address = try #require(device.address.v4)
    return VirtualFrames.arp(operation: 1, from: device.mac, address, to: .broadcast, address)
  }

  @Test func `it sends nothing, whatever the scope allows, and names who was heard`() throws {
    let (camera, recorder, silent) = (Site.camera(), Site.recorder(), Site.silent())
    let bridge = VirtualDevice(mac: "00:11:22:00:00:66", address: "fe80::66", open: [23])
    let stranger = VirtualDevice(mac: "00:11:22:00:00:99", address: "10.0.0.99", open: [23])
    let plan = try Self.plan(Self.scope(Set(Technique.known)))
    let audit = try VirtualAudit(
      [camera, recorder, silent, bridge, stranger], plan,
      known: [IPv4Address(rawValue: 0x0a00_0006): recorder.mac])
    for (device, second) in [(camera, 1), (camera, 2), (stranger, 20), (recorder, 59)] {
      audit.segment.inject(try Self.announcement(device), at: ManualClock.start + .seconds(second))
    }
    let everybody = IPAddress(IPv6Address.allNodes)
    let ends = VirtualFrames.Ends(from: bridge.mac, bridge.address, to: IPv6Address.allNodes.multicastMAC, everybody)
    audit.segment.inject(
      VirtualFrames.advertisement(ends, of: bridge.address, solicited: false), at: ManualClock.start + .seconds(30))
    try audit.run.run()

    #expect(audit.segment.accepted == 0)
    #expect(audit.run.totalFramesSent == 0)
    #expect([camera, recorder, silent, bridge, stranger].allSatisfy { $0.unicast.isEmpty && $0.connections.isEmpty })
    #expect(audit.clock.elapsed >= .seconds(60) && audit.clock.elapsed < .seconds(61))
    #expect(audit.run.stopReason == nil)

    let result = audit.result()
    #expect(result.inventory.devices.compactMap(\.mac) == [camera.mac, recorder.mac, bridge.mac])
    #expect(
      audit.progress.hosts.map(\.coverage.address).sorted() == [camera.address, recorder.address, bridge.address])
    #expect(result.coverage.addressesAsked == 0)
    for coverage in result.coverage.devices {
      #expect(coverage.framesSent == 0 && coverage.tcp.sent == 0)
      #expect(coverage.tcp.unresolved == 1000)
      #expect(coverage.stopped?.en.contains("only listened") == true)
      #expect(coverage.stopped?.ja.contains("何も送信していません") == true)
    }
    #expect(result.verdicts(camera).map(\.status) == [.notTested])
    #expect(result.coverage.omitted.map(\.addresses) == ["10.0.0.99"], "the stranger is none of the targets")
    let observed = (audit.sink.events["observation"] ?? []).filter { $0.contains("\"passive\"") }
    #expect(observed.count == 3)
    #expect(!audit.clock.turns.contains { $0 > 100 }, "the loop spins")
  }

  @Test func `it listens for as long as it is told`() throws {
    var plan = try Self.plan(Self.scope())
    plan.listening = .seconds(300)
    let audit = try VirtualAudit([], plan)
    try audit.run.run()
    #expect(audit.clock.elapsed >= .seconds(300) && audit.clock.elapsed < .seconds(301))
    let row = try #require(audit.result().coverage.omitted.first)
    #expect(row.addresses == "10.0.0.3-10.0.0.20, fe80::/10")
    #expect(row.reason == .vantage)
    #expect(!row.detail.en.contains("ARP"), "nobody was asked by ARP")
  }

  @Test func `it needs consent to listening, and to nothing else`() throws {
    #expect(throws: Refusal.self) { try Self.plan(Self.scope([.arpDiscovery, .tcpSYN, .ipv6Discovery])) }
    #expect(throws: Never.self) { try Self.plan(Self.scope([.passive])) }
  }

  @Test func `a stop ends it at once`() throws {
    let camera = Site.camera()
    let audit = try VirtualAudit([camera], Self.plan(Self.scope()), stop: (.seconds(10), .interrupted))
    audit.segment.inject(try Self.announcement(camera), at: ManualClock.start + .seconds(1))
    try audit.run.run()
    #expect(audit.clock.elapsed < .seconds(11))
    #expect(try audit.result().coverage(camera).stopped?.en == "The run was interrupted.")
  }
}
