import Addressing
import Audit
import LabSupport
import Records
import Testing

struct ShardTests {
  private static func addresses(_ count: Int) -> [IPAddress] {
    (0..<UInt32(count)).map { IPAddress(IPv4Address(rawValue: 0x0a00_0001 + $0)) }
  }

  @Test(arguments: [(0, 3), (1, 1), (1, 4), (7, 3), (254, 4), (254, 16), (1000, 7), (5, 65_536)])
  func `the parts are disjoint, complete and of one size`(_ total: Int, _ count: Int) throws {
    let all = Self.addresses(total)
    // Beyond the last address every part is empty.
    let parts = try (1...min(count, 20)).map { try #require(Shard("\($0)/\(count)")).part(of: all) }
    #expect(parts.flatMap { $0 }.sorted() == all)
    let sizes = parts.map(\.count)
    #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
    #expect(parts.allSatisfy { $0 == $0.sorted() })
  }

  @Test func `every address found in a block is of exactly one part`() throws {
    let count = 5
    let shards = try (1...count).map { try #require(Shard("\($0)/\(count)")) }
    var sizes = [Int](repeating: 0, count: count)
    var random = SeededRandom(seed: 3)
    for _ in 0..<5000 {
      // Stable addresses of stateless configuration: half of each is random.
      let address = IPAddress(IPv6Address(high: 0xfe80_0000_0000_0000, low: random.next()))
      let owners = shards.indices.filter { shards[$0].contains(address) }
      try #require(owners.count == 1)
      sizes[owners[0]] += 1
    }
    // 1000 each, give or take five standard deviations (28).
    #expect(sizes.allSatisfy { (860...1140).contains($0) }, "\(sizes)")
  }

  @Test func `a selection takes its part, and of a block what falls to it`() throws {
    let scope = try VirtualAudit.scope(
      networks: ["10.0.0.0/24", "fe80::/10"], techniques: [.arpDiscovery, .ipv6Discovery])
    let targets = [try AddressRange(parsing: "10.0.0.0/24"), try AddressRange(parsing: "fe80::/10")]
    let parts = try (1...3).map {
      try TargetSelection(targets: targets, scope: scope, at: ManualClock.startOfDay, shard: Shard("\($0)/3"))
    }
    #expect(parts.map(\.addresses.count) == [85, 85, 84])
    for host in 1...254 {
      let address = try #require(IPAddress("10.0.0.\(host)"))
      #expect(parts.count { $0.contains(address) } == 1)
    }
    let neighbour = try #require(IPAddress("fe80::217:88ff:fe10:123"))
    #expect(parts.count { $0.contains(neighbour) } == 1)
  }

  @Test(arguments: ["", "1", "/", "1/", "/2", "0/2", "3/2", "-1/2", "1/0", "1/65537", "1/2/3", "a/b", "1 / 2"])
  func `what is no part is not taken for one`(_ text: String) { #expect(Shard(text) == nil) }

  @Test func `it prints as it was written`() { #expect(Shard("2/4")?.description == "2/4") }
}
