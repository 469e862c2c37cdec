import Addressing
import LabSupport
import Records
import Testing

@testable import Authority

/// Which frames need which permission.
struct GateRuleTests {
  private static let everything = ["192.168.10.0/24", "fe80::/10", "2001:db8::/64"]
  private static let v4 = IPAddress(IPv4Address(rawValue: 0xc0a8_0a07))
  private static let v6 = IPv6Address(high: 0x2001_0db8_0000_0000, low: 7)

  private func gate(
    networks: [String] = everything, exclude: [Scope.Exclusion] = [], techniques: Set<Technique> = Set(Technique.known),
    ot: Set<UInt16> = [], neverWrite: Set<UInt16> = []
  ) throws -> TransmissionGate {
    TransmissionGate(
      scope: try Sample.scope(networks: networks, exclude: exclude, techniques: techniques), otPorts: ot,
      neverWritePorts: neverWrite)
  }

  private func rule(_ frame: [UInt8], _ gate: TransmissionGate) -> Refusal.Rule? {
    gate.refusal(ofFrame: frame.span, at: Sample.noon)?.rule
  }

  private static let kinds: [(String, Technique, [UInt8])] = [
    ("ARP", .arpDiscovery, GateFrames.arp(IPv4Address(rawValue: 0xc0a8_0a07))),
    ("TCP over IPv4", .tcpSYN, GateFrames.tcp(v4)), ("TCP over IPv6", .tcpSYN, GateFrames.tcp(IPAddress(v6))),
    ("UDP over IPv4", .udpProbe, GateFrames.udp(v4)), ("UDP over IPv6", .udpProbe, GateFrames.udp(IPAddress(v6))),
    ("ICMP echo", .icmpEcho, GateFrames.echo(v4)), ("ICMPv6 echo", .icmpEcho, GateFrames.echo(IPAddress(v6))),
    ("solicitation to the group", .ipv6Discovery, GateFrames.neighbourSolicitation(v6)),
    ("solicitation to the device", .ipv6Discovery, GateFrames.neighbourSolicitation(v6, mac: GateFrames.device)),
    ("echo to all nodes", .ipv6Discovery, GateFrames.echo(IPAddress(.allNodes), mac: "333300000001")),
    ("listener query", .ipv6Discovery, GateFrames.listenerQuery(to: .allNodes)),
  ]

  @Test(arguments: kinds.indices)
  func `each kind of frame needs its technique and no other`(index: Int) throws {
    let (name, technique, frame) = Self.kinds[index]
    #expect(rule(frame, try gate(techniques: [technique])) == nil, "\(name)")
    let others = Set(Technique.known).subtracting([technique])
    #expect(rule(frame, try gate(techniques: others)) == .techniqueNotAllowed(technique), "\(name)")
  }

  @Test(arguments: kinds.indices)
  func `no frame leaves outside the window`(index: Int) throws {
    let frame = Self.kinds[index].2
    let refusal = try gate().refusal(ofFrame: frame.span, at: Sample.until)
    #expect(refusal?.rule == .expired(at: Sample.until))
  }

  @Test func `the address asked about decides, not the group that the question goes to`() throws {
    // The two targets have the same last 24 bits and so the same solicited-node group.
    let excluded = IPv6Address(high: 0x2001_0db8_0000_0000, low: 0x1_0000_0007)
    let exclusion = try Sample.excluding("2001:db8::1:0:7")
    let gate = try gate(exclude: [exclusion])
    #expect(excluded.solicitedNode == Self.v6.solicitedNode)
    #expect(rule(GateFrames.neighbourSolicitation(Self.v6), gate) == nil)
    #expect(rule(GateFrames.neighbourSolicitation(excluded), gate) == .excluded(exclusion))
    let outside = IPv6Address(high: 0x2001_0db8_0001_0000, low: 7)
    #expect(rule(GateFrames.neighbourSolicitation(outside), gate) == .outsideNetworks(gate.scope.networks))
  }

  /// Every node of the link answers, so the whole of fe80::/10 must be in scope.
  @Test(arguments: [
    (["fe80::/10"], true), (["::/0"], true), (["fe80::/11", "fea0::/11"], true), (["fe80::/64"], false),
    (["fe80::/11"], false), (["fe80::-febf:ffff:ffff:ffff:ffff:ffff:ffff:fffe"], false), (["192.168.10.0/24"], false),
    (["0.0.0.0/0"], false),
  ])
  func `a question to all nodes needs all link-local addresses in scope`(networks: [String], allowed: Bool) throws {
    for frame in [
      GateFrames.echo(IPAddress(.allNodes), mac: "333300000001"), GateFrames.listenerQuery(to: .allNodes),
    ] {
      #expect(rule(frame, try gate(networks: networks)) == (allowed ? nil : .groupAddress))
    }
  }

  @Test func `a question to all nodes is not asked where an excluded device would answer it`() throws {
    let frame = GateFrames.listenerQuery(to: .allNodes)
    let byAddress = try Sample.excluding("fe80::5", reason: "pump")
    let byDevice = Scope.Exclusion(target: .device(MACAddress(rawValue: 0x0011_2233_4455)))
    #expect(rule(frame, try gate(exclude: [byAddress])) == .excluded(byAddress))
    #expect(rule(frame, try gate(exclude: [byDevice])) == .excluded(byDevice))
    #expect(rule(frame, try gate(exclude: [try Sample.excluding("192.168.10.5")])) == nil)
  }

  @Test func `an address made of an excluded MAC address is that device's`() throws {
    let mac = MACAddress(rawValue: 0x0011_2233_4455)
    let exclusion = Scope.Exclusion(target: .device(mac), reason: "PLC")
    let gate = try gate(exclude: [exclusion])
    let address = IPv6Address(linkLocalOf: mac)
    #expect(rule(GateFrames.neighbourSolicitation(address), gate) == .excluded(exclusion))
    #expect(rule(GateFrames.tcp(IPAddress(address)), gate) == .excluded(exclusion))
    #expect(rule(GateFrames.neighbourSolicitation(IPv6Address(high: address.high, low: 1)), gate) == nil)
  }

  @Test(arguments: [
    "224.0.0.1", "224.0.0.251", "239.255.255.250", "255.255.255.255", "240.0.0.1", "0.0.0.0", "ff02::2", "ff02::fb",
    "ff02::1", "ff05::1:3", "::",
  ])
  func `nothing else goes to more than one host`(text: String) throws {
    let address = try #require(IPAddress(text))
    let gate = try gate(networks: ["0.0.0.0/0", "::/0"])
    for frame in [GateFrames.tcp(address), GateFrames.udp(address)] { #expect(rule(frame, gate) == .groupAddress) }
    if text != "ff02::1" { #expect(rule(GateFrames.echo(address), gate) == .groupAddress) }
    #expect(
      gate.refusal(ofConnectionTo: address, port: 80, mac: nil, at: Sample.noon)?.rule == .groupAddress)
    if let v6 = address.v6, v6.isMulticast, v6 != .allNodes {
      #expect(rule(GateFrames.listenerQuery(to: v6), gate) == .groupAddress)
    }
  }

  @Test(arguments: ["ffffffffffff", "01005e000001", "333300000001"])
  func `a question to one host never goes to a group of stations`(mac: String) throws {
    let gate = try gate()
    for frame in [
      GateFrames.tcp(Self.v4, mac: mac), GateFrames.tcp(IPAddress(Self.v6), mac: mac),
      GateFrames.udp(Self.v4, mac: mac),
      GateFrames.udp(IPAddress(Self.v6), mac: mac), GateFrames.echo(Self.v4, mac: mac),
      GateFrames.echo(IPAddress(Self.v6), mac: mac),
    ] { #expect(rule(frame, gate) == .unreadableDestination) }
  }

  @Test func `an industrial port gets nothing, not even a SYN, unless the scope says so`() throws {
    let strict = try gate(techniques: Set(Technique.known).subtracting([.otIdentify]), ot: [502, 47_808])
    let open = try gate(ot: [502, 47_808])
    for address in [Self.v4, IPAddress(Self.v6)] {
      #expect(rule(GateFrames.tcp(address, port: 502), strict) == .industrialPort(502))
      #expect(rule(GateFrames.udp(address, port: 47_808), strict) == .industrialPort(47_808))
      for port in [501, 503, 47_807, 0, 65_535] as [UInt16] {
        #expect(rule(GateFrames.tcp(address, port: port), strict) == nil)
      }
      let refusal = strict.refusal(ofConnectionTo: address, port: 502, mac: nil, at: Sample.noon)
      #expect(refusal?.rule == .industrialPort(502))
      #expect(refusal?.description.contains("ot-identify") == true)
      #expect(strict.refusal(ofConnectProbeTo: address, port: 502, mac: nil, at: Sample.noon) == refusal)
      #expect(rule(GateFrames.tcp(address, port: 502), open) == nil)
      #expect(rule(GateFrames.udp(address, port: 47_808), open) == nil)
      #expect(open.refusal(ofConnectionTo: address, port: 502, mac: nil, at: Sample.noon) == nil)
    }
  }

  @Test func `a print port gets no octet of payload, whatever the scope says`() throws {
    let gate = try gate(neverWrite: [515, 9100])
    for address in [Self.v4, IPAddress(Self.v6)] {
      #expect(rule(GateFrames.tcp(address, port: 9100), gate) == nil, "a SYN carries nothing")
      #expect(rule(GateFrames.tcp(address, port: 9100, payload: "0c"), gate) == .neverWrite(9100))
      #expect(rule(GateFrames.tcp(address, port: 9101, payload: "0c"), gate) == nil)
      #expect(rule(GateFrames.udp(address, port: 9100), gate) == .neverWrite(9100))
      #expect(gate.refusal(ofConnectionTo: address, port: 9100, mac: nil, at: Sample.noon) == nil)
    }
  }

  @Test func `every port is in the set that names it and in no other`() {
    let set = PortSet([0, 63, 64, 65_535])
    #expect((0...UInt16.max).filter(set.contains) == [0, 63, 64, 65_535])
  }

  /// It is completed where a port is open, so it needs what an ordinary connection needs.
  @Test func `a connect probe needs the SYN technique and the one of connections`() throws {
    func rule(_ techniques: Set<Technique>) throws -> Refusal.Rule? {
      try gate(techniques: techniques).refusal(ofConnectProbeTo: Self.v4, port: 80, mac: nil, at: Sample.noon)?.rule
    }
    #expect(try rule([.tcpSYN]) == .techniqueNotAllowed(.serviceQuestions))
    #expect(try rule([.serviceQuestions]) == .techniqueNotAllowed(.tcpSYN))
    #expect(try rule([.tcpSYN, .serviceQuestions]) == nil)
  }

  @Test(arguments: [
    (0, 0, true), (0, 1, true), (0, 1_000_000, true), (100, 0, false), (100, 1, true), (100, 100, true),
    (100, 101, false), (100, -1, false), (0, -1, false),
  ])
  func `no ceiling may be asked for only where the scope has none`(ceiling: Int, rate: Int, allowed: Bool) {
    #expect(Scope.Rates(perDevice: ceiling, total: 7).allows(perDevice: rate) == allowed)
    #expect(Scope.Rates(perDevice: 7, total: ceiling).allows(total: rate) == allowed)
  }
}
