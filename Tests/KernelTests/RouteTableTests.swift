import Addressing
import LinkIO
import Testing
import Wire

@Suite(.needsNamespace, .serialized) struct RouteTableTests {
  private func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }

  @Test func `interface and source come from the routing table, not from the default route`() throws {
    let segment = try Cable("seg", address: "198.51.100.9/24")
    let uplink = try Cable("upl", address: "203.0.113.9/24")
    try run("ip", "route", "add", "default", "via", "203.0.113.1")
    let routes = try RouteTable()

    let near = try routes.route(to: address("198.51.100.77"))
    #expect(near.kind == .unicast)
    #expect(near.gateway == nil)
    #expect(near.source == (try address("198.51.100.9")))
    #expect(try routes.link(near.interfaceIndex).name == segment.left)

    let far = try routes.route(to: address("192.0.2.1"))
    #expect(far.gateway == (try address("203.0.113.1")))
    #expect(try routes.link(far.interfaceIndex).name == uplink.left)
  }

  @Test func `a segment without a gateway works, and elsewhere there is no route`() throws {
    let segment = try Cable("iso", address: "198.51.100.9/24")
    let routes = try RouteTable()
    let near = try routes.route(to: address("198.51.100.1"))
    #expect(near.gateway == nil)
    let link = try routes.link(near.interfaceIndex)
    #expect(link.name == segment.left && link.isEthernet && link.isRunning && link.mac != nil)
    #expect { try routes.route(to: address("192.0.2.1")) } throws: { ($0 as? LinkError)?.code == .noRoute }
  }

  @Test func `this host's own address is told apart`() throws {
    let segment = try Cable("own", address: "198.51.100.9/24")
    #expect(try RouteTable().route(to: address("198.51.100.9")).kind == .local)
    _ = segment.left
  }

  @Test func `the more specific of two routes and its source are taken`() throws {
    let wide = try Cable("wid", address: "198.51.100.9/24")
    let narrow = try Cable("nar", address: "198.51.100.130/25")
    let routes = try RouteTable()
    let route = try routes.route(to: address("198.51.100.200"))
    #expect(try routes.link(route.interfaceIndex).name == narrow.left)
    #expect(route.source == (try address("198.51.100.130")))
    #expect(try routes.link(routes.route(to: address("198.51.100.5")).interfaceIndex).name == wide.left)
  }

  @Test func `an IPv6 neighbour of the link is reached through the interface that is named`() throws {
    let cable = try Cable("six", address: "198.51.100.9/24", ipv6: "fe80::9/64")
    let other = try Cable("oth", address: "203.0.113.9/24", ipv6: "fe80::9/64")
    let routes = try RouteTable()
    for name in [cable.left, other.left] {
      let index = try #require(routes.interfaces().first { $0.name == name }?.index)
      let route = try routes.route(to: address("fe80::77"), through: index)
      #expect(route.kind == .unicast)
      #expect(route.interfaceIndex == index)
      #expect(route.source == (try address("fe80::9")))
      #expect(route.gateway == nil)
    }
    #expect { try routes.route(to: address("2001:db8::1")) } throws: { ($0 as? LinkError)?.code == .noRoute }
  }

  @Test func `addresses and neighbours are those that ip(8) has set`() throws {
    let cable = try Cable("nei", address: "198.51.100.9/24", ipv6: "fe80::9/64")
    let mac = "02:00:00:00:00:77"
    try run("ip", "neigh", "add", "198.51.100.77", "lladdr", mac, "dev", cable.left, "nud", "stale")
    try run("ip", "-6", "neigh", "add", "fe80::77", "lladdr", mac, "dev", cable.left, "nud", "permanent")
    try run("ip", "neigh", "add", "198.51.100.78", "dev", cable.left, "nud", "failed")
    let routes = try RouteTable()
    let index = try #require(routes.interfaces().first { $0.name == cable.left }?.index)

    let own = try routes.addresses().filter { $0.interfaceIndex == index }
    #expect(Set(own.map(\.address)) == [try address("198.51.100.9"), try address("fe80::9")])
    #expect(Set(own.map(\.prefixLength)) == [24, 64])
    #expect(own.allSatisfy { !$0.isTentative })

    let known = try routes.neighbours().filter { $0.interfaceIndex == index }
    func neighbour(_ text: String) throws -> NeighbourEntry? {
      let address = try address(text)
      return known.first { $0.address == address }
    }
    let stale = try #require(try neighbour("198.51.100.77"))
    #expect(stale.mac == MACAddress(mac) && stale.state == .stale)
    let permanent = try #require(try neighbour("fe80::77"))
    #expect(permanent.mac == MACAddress(mac) && permanent.state == .permanent)
    let failed = try #require(try neighbour("198.51.100.78"))
    #expect(failed.mac == nil && failed.state == .failed)
  }

  @Test func `a table that fills several datagrams is read to its end`() throws {
    let cable = try Cable("big", address: "198.51.100.9/24")
    // 240 entries of 76 octets fill more than the 8 KiB of the kernel's smallest dump datagram.
    for number in 10..<250 {
      try run(
        "ip", "neigh", "add", "198.51.100.\(number)", "lladdr", "02:00:00:00:00:01", "dev", cable.left, "nud",
        "permanent")
    }
    #expect(try RouteTable().neighbours().count { $0.address.isIPv4 && $0.state == .permanent } == 240)
  }
}
