import Addressing
import LinkIO
import Testing
import Wire

@Suite(.needsNamespace, .serialized) struct RouteTableTests {
  private func address(_ text: String) throws -> IPv4Address { try #require(IPv4Address(text)) }

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
}
