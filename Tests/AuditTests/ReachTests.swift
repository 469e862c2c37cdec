import Addressing
import Audit
import Authority
import LabSupport
import Records
import Testing

/// Devices that ARP does not find: by IPv6, behind gateways and relays.
struct ReachTests {
  private static let everything: Set<Technique> = Set(Technique.known)

  @Test func `a device without IPv4 is audited like any other`() throws {
    let bridge = VirtualDevice(mac: "00:11:22:00:00:66", address: "fe80::211:22ff:fe00:66", open: [23])
    bridge.greetings[23] = Site.telnetGreeting
    let scope = try VirtualAudit.scope(networks: ["fe80::/10"], techniques: Self.everything)
    let audit = try VirtualAudit(
      [bridge], VirtualAudit.plan(ports: "22,23,80", targets: ["fe80::/10"], scope: scope))
    try audit.run.run()
    let result = audit.result()
    #expect(result.inventory.devices.map(\.mac) == [bridge.mac])
    #expect(result.verdicts(bridge).map(\.status) == [.fail])
    #expect(bridge.connections == [23])
    let coverage = try result.coverage(bridge)
    #expect(coverage.vantage.address == IPAddress(audit.segment.linkLocal))
    #expect(coverage.tcp.open == 1 && coverage.tcp.closed == 2)
    #expect(coverage.aliveAfter == true)
    #expect(audit.segment.questions.isEmpty, "nobody asked for an IPv4 address")
  }

  @Test func `an IPv6 address by name is asked for by itself, and by nothing that reaches others`() throws {
    let lamp = VirtualDevice(mac: "00:11:22:00:00:66", address: "fe80::66", open: [80])
    let other = VirtualDevice(mac: "00:11:22:00:00:67", address: "fe80::67", open: [80])
    let scope = try VirtualAudit.scope(networks: ["fe80::66"], techniques: Self.everything)
    let audit = try VirtualAudit([lamp, other], VirtualAudit.plan(ports: "80", targets: ["fe80::66"], scope: scope))
    try audit.run.run()
    #expect(audit.result().inventory.devices.map(\.mac) == [lamp.mac])
    #expect(audit.result().coverage.addressesAsked == 1)
    #expect(audit.result().coverage.neverResolved.isEmpty)
    #expect(other.unicast.isEmpty && other.echoRequests == 0)
  }

  @Test func `an exclusion on the link forbids questions to all nodes, not to one`() throws {
    let lamp = VirtualDevice(mac: "00:11:22:00:00:66", address: "fe80::66", open: [80])
    let plc = VirtualDevice(mac: "00:11:22:00:00:67", address: "fe80::67", open: [80])
    let scope = try VirtualAudit.scope(
      networks: ["fe80::/10"],
      excluding: [Scope.Exclusion(target: .addresses(try AddressRange(parsing: "fe80::67")))],
      techniques: Self.everything)
    let audit = try VirtualAudit(
      [lamp, plc], VirtualAudit.plan(ports: "80", targets: ["fe80::66", "fe80::/10"], scope: scope))
    try audit.run.run()
    #expect(audit.result().inventory.devices.map(\.mac) == [lamp.mac])
    #expect(plc.echoRequests == 0 && plc.unicast.isEmpty)
    #expect(lamp.echoRequests == 0)
  }

  @Test func `behind a gateway a device is found by echo, and by a SYN when it ignores that`() throws {
    let gateway = try #require(MACAddress("00:11:22:00:00:fe"))
    let near = Site.camera()
    let (far, deaf) = try (
      VirtualDevice(mac: gateway, address: #require(IPAddress("10.9.0.5"))) { $0 == 80 ? .open : .closed },
      VirtualDevice(mac: gateway, address: #require(IPAddress("10.9.0.6"))) { $0 == 443 ? .open : .closed }
    )
    for device in [far, deaf] { device.isOffLink = true }
    deaf.answersEcho = false
    let scope = try VirtualAudit.scope(networks: ["10.0.0.0/24", "10.9.0.0/24"], techniques: Self.everything)
    let plan = try VirtualAudit.plan(
      ports: "22,80,443", targets: ["10.0.0.5", "10.9.0.4-10.9.0.6"], scope: scope)
    let behind = Dictionary(
      uniqueKeysWithValues: plan.selection.addresses.filter { "\($0)".hasPrefix("10.9.") }.map { ($0, gateway) })
    let audit = try VirtualAudit([near, far, deaf], plan, behind: behind)
    try audit.run.run()
    let result = audit.result()
    #expect(result.coverage.devices.map(\.address).sorted() == [near.address, far.address, deaf.address])
    #expect(result.coverage.neverResolved == "10.9.0.4")
    // The gateway's MAC address says nothing about who is behind it.
    #expect(result.inventory.devices.filter { $0.mac == nil }.map(\.addresses) == [[far.address], [deaf.address]])
    #expect(try result.coverage(far).tcp.open == 1)
    #expect(try result.coverage(deaf).tcp.open == 1)
    #expect(far.connections == [80, 80] && deaf.connections == [443, 443])
    #expect(!audit.segment.questions.contains { "\($0)".hasPrefix("10.9.") }, "ARP ends at the gateway")
  }

  @Test func `without consent to echo requests, a SYN alone finds a device behind a gateway`() throws {
    let gateway = try #require(MACAddress("00:11:22:00:00:fe"))
    let far = try VirtualDevice(mac: gateway, address: #require(IPAddress("10.9.0.5"))) { $0 == 80 ? .open : .closed }
    far.isOffLink = true
    far.answersEcho = false
    let scope = try VirtualAudit.scope(
      networks: ["10.9.0.0/24"], techniques: [.arpDiscovery, .tcpSYN, .serviceQuestions])
    let plan = try VirtualAudit.plan(ports: "22,80", targets: ["10.9.0.5"], scope: scope)
    let audit = try VirtualAudit([far], plan, behind: [far.address: gateway])
    try audit.run.run()
    #expect(far.echoRequests == 0, "not even to see whether it is alive")
    #expect(try audit.result().coverage(far).tcp.open == 1)
  }

  @Test func `each device behind a relay has a budget of its own`() throws {
    let relay = try #require(MACAddress("00:11:22:00:00:fd"))
    let devices = try (3...14).map { host in
      try VirtualDevice(mac: relay, address: #require(IPAddress("10.0.0.\(host)"))) { $0 == 80 ? .open : .closed }
    }
    let audit = try VirtualAudit(devices, ports: "1-300")
    try audit.run.run()
    let result = audit.result()
    #expect(result.coverage.devices.count == 12)
    for device in devices {
      #expect(try result.coverage(device).tcp.closed == 299)
      #expect(device.peak <= 100)
    }
    // The relay's ceiling is 100 a second in the standard profile: 3600 ports take 36 s at least.
    #expect(audit.clock.elapsed > .seconds(35))
  }

  @Test func `what answers on every port is not connected to, and the report says why`() throws {
    let middlebox = VirtualDevice(mac: "00:11:22:00:00:0b", address: "10.0.0.11") { _ in .open }
    let camera = Site.camera()
    let audit = try VirtualAudit([middlebox, camera], ports: "1-1000")
    try audit.run.run()
    let result = audit.result()
    let coverage = try result.coverage(middlebox)
    #expect(coverage.answersEverything)
    #expect(coverage.stopped?.en.contains("every port") == true)
    #expect(coverage.stopped?.ja.contains("どのポートにも") == true)
    #expect(middlebox.connections.isEmpty)
    let listed = result.inventory.devices.first { $0.addresses == [middlebox.address] }
    #expect(listed?.services.isEmpty == true, "a port like any other is no service")
    // Twenty open ports, three control ports, and what was on its way.
    #expect(middlebox.probeCount < 60)
    #expect(result.verdicts(middlebox).map(\.reason) == [.opaque])
    #expect(result.verdicts(camera).map(\.status) == [.fail], "the others are looked at")
    #expect(audit.sink.events["device.answers-everything"]?.count == 1)
  }
}
