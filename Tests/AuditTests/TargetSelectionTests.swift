import Addressing
import Audit
import Authority
import LabSupport
import Records
import Testing

struct TargetSelectionTests {
  private let now = ManualClock.startOfDay

  private func select(_ targets: [String], _ scope: Scope) throws -> TargetSelection {
    try TargetSelection(targets: targets.map { try AddressRange(parsing: $0) }, scope: scope, at: now)
  }

  private func refusal(_ targets: [String], _ scope: Scope) -> Refusal.Rule? {
    do {
      _ = try select(targets, scope)
      return nil
    } catch let refusal as Refusal {
      return refusal.rule
    } catch {
      return nil
    }
  }

  private func excluding(_ range: String, reason: String? = nil) throws -> Scope.Exclusion {
    Scope.Exclusion(target: .addresses(try AddressRange(parsing: range)), reason: reason)
  }

  @Test func `the hosts of a block are selected, in order and once`() throws {
    let selection = try select(["10.0.0.0/29", "10.0.0.3", "10.0.0.1-10.0.0.2"], try VirtualAudit.scope())
    #expect(selection.addresses.map(\.description) == (1...6).map { "10.0.0.\($0)" })
    #expect(selection.omitted.isEmpty)
  }

  @Test func `anything outside the scope refuses the whole selection`() throws {
    let scope = try VirtualAudit.scope()
    #expect(refusal(["10.0.0.5", "10.0.1.5"], scope) == .outsideNetworks(scope.networks))
    #expect(refusal(["10.0.0.250-10.0.1.1"], scope) == .outsideNetworks(scope.networks))
    #expect(refusal(["10.0.0.250-10.0.0.254"], scope) == nil)
  }

  @Test func `an excluded address inside a range is left out and said so`() throws {
    let exclusion = try excluding("10.0.0.4-10.0.0.5", reason: "稼働中のPLC")
    let selection = try select(["10.0.0.0/29"], try VirtualAudit.scope(excluding: [exclusion]))
    #expect(selection.addresses.map(\.description) == ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.6"])
    let row = try #require(selection.omitted.first)
    #expect(selection.omitted.count == 1)
    #expect(row.addresses == "10.0.0.4-10.0.0.5")
    #expect(row.reason == .outOfScope)
    #expect(row.detail.ja.contains("稼働中のPLC"))
    #expect(row.detail.en.contains("稼働中のPLC"))
  }

  @Test func `an excluded address by itself is refused`() throws {
    let exclusion = try excluding("10.0.0.4")
    let scope = try VirtualAudit.scope(excluding: [exclusion])
    #expect(refusal(["10.0.0.4"], scope) == .excluded(exclusion))
    #expect(refusal(["10.0.0.4/32"], scope) == .excluded(exclusion))
    #expect(refusal(["10.0.0.1-10.0.0.3", "10.0.0.4"], scope) == .excluded(exclusion))
  }

  @Test func `a range of which nothing is left is refused`() throws {
    let scope = try VirtualAudit.scope(excluding: [excluding("10.0.0.0/24")])
    #expect(refusal(["10.0.0.1-10.0.0.9"], scope) != nil)
  }

  @Test func `an exclusion wins over the network that contains it`() throws {
    let scope = try VirtualAudit.scope(networks: ["10.0.0.0/24", "10.0.0.4"], excluding: [excluding("10.0.0.4")])
    #expect(try !select(["10.0.0.0/24"], scope).addresses.contains { $0.description == "10.0.0.4" })
  }

  @Test func `outside its validity a scope allows nothing`() throws {
    var scope = try VirtualAudit.scope()
    scope.validUntil = now
    #expect(refusal(["10.0.0.5"], scope) == .expired(at: now))
    scope.validUntil = now + .seconds(10)
    scope.validFrom = now + .seconds(5)
    #expect(refusal(["10.0.0.5"], scope) == .notYetValid(from: now + .seconds(5)))
    scope.validFrom = now
    #expect(refusal(["10.0.0.5"], scope) == nil)
  }

  @Test func `without the technique nothing is selected`() throws {
    let scope = try VirtualAudit.scope(techniques: [.tcpSYN])
    #expect(refusal(["10.0.0.5"], scope) == .techniqueNotAllowed(.arpDiscovery))
  }

  @Test func `a block of 16 bits is the largest, whether written as one or as several`() throws {
    let scope = try VirtualAudit.scope(networks: ["10.0.0.0/8"])
    #expect(refusal(["10.0.0.0/15"], scope) != nil)
    #expect(refusal(["10.0.0.0/16", "10.1.0.0/16"], scope) != nil)
    #expect(try select(["10.0.0.0/16"], scope).addresses.count == 65_534)
  }

  @Test func `addresses print as runs`() {
    let addresses = [1, 2, 3, 7, 9, 10, 7].map { IPAddress(IPv4Address(rawValue: 0x0a00_0000 + $0)) }
    #expect(TargetSelection.list(addresses) == "10.0.0.1-10.0.0.3, 10.0.0.7, 10.0.0.9-10.0.0.10")
    #expect(TargetSelection.list([]) == "")
    let last = [UInt32.max - 1, .max].map { IPAddress(IPv4Address(rawValue: $0)) }
    #expect(TargetSelection.list(last) == "255.255.255.254-255.255.255.255")
  }

  @Test func `IPv6 addresses by name are selected and sorted after IPv4`() throws {
    let scope = try VirtualAudit.scope(
      networks: ["10.0.0.0/24", "fe80::/10", "2001:db8::/32"], techniques: [.arpDiscovery, .ipv6Discovery])
    let selection = try select(["2001:db8::5", "fe80::1", "10.0.0.4", "fe80::1"], scope)
    #expect(selection.addresses.map(\.description) == ["10.0.0.4", "2001:db8::5", "fe80::1"])
    #expect(selection.blocks.isEmpty)
    // 120 bits leave 256 addresses: few enough to ask one by one. IPv6 has no broadcast address.
    #expect(try select(["2001:db8::/120"], scope).addresses.count == 256)
  }

  @Test func `a block too large to ask is waited for, and what is found in it is a target`() throws {
    let scope = try VirtualAudit.scope(
      networks: ["10.0.0.0/24", "fe80::/10"], techniques: [.arpDiscovery, .ipv6Discovery])
    let selection = try select(["10.0.0.4", "fe80::/10"], scope)
    #expect(selection.addresses.map(\.description) == ["10.0.0.4"])
    #expect(selection.blocks.map(\.description) == ["fe80::/10"])
    #expect(try selection.contains(#require(IPAddress("fe80::217:88ff:fe10:123"))))
    #expect(try selection.contains(#require(IPAddress("10.0.0.4"))))
    #expect(try !selection.contains(#require(IPAddress("10.0.0.5"))))
    #expect(try !selection.contains(#require(IPAddress("fec0::1"))))
    #expect("\(selection)" == "10.0.0.4, fe80::/10")
  }

  @Test func `a block that the scope holds only a part of is refused`() throws {
    let scope = try VirtualAudit.scope(
      networks: ["2001:db8:1::/48"], techniques: [.arpDiscovery, .ipv6Discovery])
    #expect(refusal(["2001:db8::/32"], scope) == .outsideNetworks(scope.networks))
    #expect(refusal(["2001:db8:1:2::/64"], scope) == nil)
  }

  @Test func `IPv6 needs its own technique`() throws {
    let scope = try VirtualAudit.scope(networks: ["10.0.0.0/24", "fe80::/10"], techniques: [.arpDiscovery])
    #expect(refusal(["fe80::1"], scope) == .techniqueNotAllowed(.ipv6Discovery))
    #expect(refusal(["10.0.0.1", "fe80::/10"], scope) == .techniqueNotAllowed(.ipv6Discovery))
    let other = try VirtualAudit.scope(networks: ["fe80::/10"], techniques: [.ipv6Discovery])
    #expect(refusal(["fe80::1"], other) == nil)
  }

  @Test func `an excluded IPv6 address is refused by itself and left out of a range`() throws {
    let exclusion = try excluding("fe80::2")
    let scope = try VirtualAudit.scope(
      networks: ["fe80::/10"], excluding: [exclusion], techniques: [.ipv6Discovery])
    #expect(refusal(["fe80::2"], scope) == .excluded(exclusion))
    let selection = try select(["fe80::1-fe80::3"], scope)
    #expect(selection.addresses.map(\.description) == ["fe80::1", "fe80::3"])
    #expect(selection.omitted.map(\.addresses) == ["fe80::2"])
  }
}
