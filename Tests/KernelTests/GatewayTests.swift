import Addressing
import Foundation
import LinkIO
import Records
import Testing
import Wire

/// Neighbours that the kernel resolves, and ports that questions must leave from.
@Suite(.needsNamespace, .serialized) struct GatewayTests {
  private func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }

  @Test func `the kernel asks for the gateway, and for nothing else`() throws {
    let router = try FarSide("gw", near: "198.51.100.9/24", far: "198.51.100.1/24", mac: "02:00:00:00:00:99")
    try run("ip", "route", "add", "203.0.113.0/24", "via", "198.51.100.1")
    let routes = try RouteTable()
    let route = try routes.route(to: address("203.0.113.5"))
    let gateway = try #require(route.gateway)
    #expect(routes.neighbour(gateway, on: route.interfaceIndex) == nil)
    var found: MACAddress?
    let seen = try router.witnessing("") { found = routes.resolve(gateway, on: route.interfaceIndex) }
    #expect(found == MACAddress("02:00:00:00:00:99"))
    #expect(seen.count >= 1)
    #expect(seen.allSatisfy { $0.contains("ARP, Request who-has 198.51.100.1") }, "\(seen)")
    // The second time the kernel knows.
    #expect(try router.witnessing("") { _ = routes.resolve(gateway, on: route.interfaceIndex) }.isEmpty)
    #expect(routes.neighbour(gateway, on: route.interfaceIndex) == found)
  }

  @Test func `a gateway that does not answer stays unknown`() throws {
    let router = try FarSide("gx", near: "198.51.100.9/24", far: "198.51.100.1/24")
    let routes = try RouteTable()
    let index = try routes.route(to: address("198.51.100.2")).interfaceIndex
    let begun = SystemClock.monotonic
    #expect(try routes.resolve(address("198.51.100.2"), on: index, patience: .milliseconds(200)) == nil)
    #expect(SystemClock.monotonic - begun < .seconds(1))
    #expect(try routes.neighbour(address("198.51.100.2"), on: index) == nil, "an unfinished entry is no answer")
    _ = router.near
  }

  @Test func `a fixed UDP port is held, its answers are seen, and the device is not told that it is closed`() throws {
    let device = try FarSide("fx", near: "198.51.100.9/24", far: "198.51.100.77/24")
    let routes = try RouteTable()
    let route = try routes.route(to: address("198.51.100.77"))
    let interface = try routes.link(route.interfaceIndex)
    func open(_ ports: Set<UInt16>) throws -> EthernetLink {
      try EthernetLink(
        index: interface.index, interface: interface.name, mac: #require(interface.mac),
        source: #require(route.source?.v4), fixedPorts: ports, gate: gate("198.51.100.0/24"))
    }
    let link = try open([3610])
    #expect(link.fixedDatagramPorts == [3610] && link.takenPorts == [])
    // Somebody else has it, this time ourselves.
    let second = try open([3610, 3611])
    #expect(second.fixedDatagramPorts == [3611] && second.takenPorts == [3610])

    let send = """
      import socket
      s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(('198.51.100.77', 3610))
      for port in (3612, 3610): s.sendto(b'answer', ('198.51.100.9', port))
      """
    let refusals = try device.witnessing("icmp") { try device.inside("python3", "-c", send) }
    #expect(refusals.count == 1 && refusals[0].contains("port 3612 unreachable"), "\(refusals)")
    let datagrams = try received(by: link, enough: 2).inbound.filter { $0[23] == 17 }
    #expect(datagrams.map { UInt16($0[36]) << 8 | UInt16($0[37]) } == [3612, 3610])
  }
}

/// What the kernel's description of an interface says, from a description made for the test.
struct LinkKindTests {
  @Test func `a radio is told from a cable by what the kernel describes`() throws {
    let root = NSTemporaryDirectory() + "tenken-sysfs-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: root) }
    for path in ["eth0/statistics", "wlan0/phy80211", "wlan1/wireless"] {
      try FileManager.default.createDirectory(atPath: "\(root)/\(path)", withIntermediateDirectories: true)
    }
    #expect(LinkKind.detected(of: "eth0", in: root) == .wired)
    #expect(LinkKind.detected(of: "wlan0", in: root) == .wifi)
    #expect(LinkKind.detected(of: "wlan1", in: root) == .wifi)
    #expect(LinkKind.detected(of: "wlan2", in: root) == .wired, "what is not described counts as a cable")
  }
}
