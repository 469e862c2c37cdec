import Addressing
import LabSupport
import Records
import Testing

@testable import Authority

/// A million random pairs of a scope and a frame. The oracle reads the octets at fixed offsets and
/// asks plain lists; it shares nothing with the gate, neither its parser nor its intervals.
struct GateFuzzTests {
  @Test(arguments: 0..<8)
  func `whatever the gate lets through is inside networks, outside exclusions, in time and consented to`(
    part: Int
  ) throws {
    var random = SeededRandom(seed: 0x2026_1125 + UInt64(part))
    var allowed = 0
    var compared = 0
    for _ in 0..<250 {
      let plan = FuzzScope(using: &random)
      let gate = TransmissionGate(scope: try plan.scope(), otPorts: FuzzScope.ot, neverWritePorts: FuzzScope.print)
      for _ in 0..<500 {
        var frame = FuzzFrame(plan, using: &random).octets
        let damaged = UInt8.random(in: 0..<4, using: &random) == 0
        if damaged {
          let place = Int(random.next() % UInt64(frame.count))
          frame[place] = UInt8(truncatingIfNeeded: random.next())
          if random.next() & 3 == 0 { frame.removeLast(Int(random.next() % UInt64(frame.count))) }
        }
        let moment = FuzzScope.moments[Int(random.next() % UInt64(FuzzScope.moments.count))]
        let passes = gate.refusal(ofFrame: frame.span, at: moment) == nil
        let expected = plan.allows(frame, at: moment)
        compared += 1
        if passes { allowed += 1 }
        // A damaged frame may be refused for reasons that the oracle does not look at.
        if passes != expected, passes || !damaged {
          Issue.record("gate \(passes), oracle \(expected): \(frame) in \(plan)")
        }
      }
    }
    #expect(compared == 125_000)
    // Both answers must occur often, or the comparison says nothing.
    #expect((10_000...115_000).contains(allowed), "\(allowed) let through")
  }
}

/// A scope as plain numbers.
private struct FuzzScope {
  static let ot: Set<UInt16> = [502, 47_808]
  static let print: Set<UInt16> = [9100]
  static let ports: [UInt16] = [23, 80, 502, 9100, 47_808]
  static let techniques: [Technique] = [
    .arpDiscovery, .ipv6Discovery, .icmpEcho, .tcpSYN, .udpProbe, .otIdentify,
  ]
  static let moments = [
    Sample.noon, Sample.noon, Sample.noon, Sample.noon, Sample.noon, Sample.from, Sample.from + .nanoseconds(-1),
    Sample.until, Sample.until + .nanoseconds(-1),
  ]

  typealias Run = (isIPv4: Bool, first: UInt128, last: UInt128)

  var networks: [Run] = []
  var excluded: [Run] = []
  var excludedMACs: [UInt64] = []
  var techniques: Set<Technique> = []

  init(using random: inout SeededRandom) {
    for _ in 0..<Int.random(in: 1...4, using: &random) { networks.append(Self.run(using: &random)) }
    for _ in 0..<Int.random(in: 0...3, using: &random) { excluded.append(Self.run(using: &random)) }
    if random.next() & 3 == 0 { networks.append(Self.linkLocal) }
    if random.next() & 3 == 0 { excludedMACs.append(Self.mac(using: &random)) }
    techniques = Set(Self.techniques.filter { _ in random.next() & 3 != 0 })
  }

  private static let linkLocal: Run = (false, UInt128(0xfe80) << 112, (UInt128(0xfec0) << 112) - 1)

  static func mac(using random: inout SeededRandom) -> UInt64 { 0x0011_2233_4400 + random.next() % 6 }

  /// A small corner of both address spaces, so that things overlap.
  static func address(isIPv4: Bool, using random: inout SeededRandom) -> UInt128 {
    if isIPv4 { return 0xc0a8_0a00 + UInt128(random.next() % 1024) }
    let prefix: UInt128 = random.next() & 1 == 0 ? 0xfe80 << 112 : 0x2001_0db8 << 96
    if random.next() & 3 == 0 {
      let mac = mac(using: &random)
      return prefix | UInt128((mac >> 24 ^ 0x02_0000) << 40 | 0xff_fe00_0000 | mac & 0xff_ffff)
    }
    return prefix | UInt128(random.next() % 1024)
  }

  private static func run(using random: inout SeededRandom) -> Run {
    let isIPv4 = random.next() & 1 == 0
    let first = address(isIPv4: isIPv4, using: &random)
    return (isIPv4, first, first + UInt128(random.next() % 600))
  }

  static func ip(_ number: UInt128, isIPv4: Bool) -> IPAddress {
    isIPv4
      ? IPAddress(IPv4Address(rawValue: UInt32(truncatingIfNeeded: number)))
      : IPAddress(
        IPv6Address(high: UInt64(truncatingIfNeeded: number >> 64), low: UInt64(truncatingIfNeeded: number)))
  }

  func scope() throws -> Scope {
    func range(_ run: Run) throws -> AddressRange {
      try #require(
        AddressRange(first: Self.ip(run.first, isIPv4: run.isIPv4), last: Self.ip(run.last, isIPv4: run.isIPv4)))
    }
    var exclusions = try excluded.map { Scope.Exclusion(target: .addresses(try range($0))) }
    exclusions += excludedMACs.map { Scope.Exclusion(target: .device(MACAddress(rawValue: $0))) }
    return Scope(
      engagement: Engagement(id: "1", customer: "c", site: "s", operator: "o"), validFrom: Sample.from,
      validUntil: Sample.until, networks: try networks.map(range), exclusions: exclusions, techniques: techniques,
      rates: Scope.Rates(perDevice: 1, total: 1))
  }

  /// What may leave, from the octets.
  func allows(_ frame: [UInt8], at moment: Timestamp) -> Bool {
    guard moment >= Sample.from, moment < Sample.until, frame.count >= 42 else { return false }
    // Loops over words: generic arithmetic on 128 bits is what an unoptimised build is slow at.
    func word(_ offset: Int, _ count: Int) -> UInt64 {
      guard frame.count >= offset + count else { return 0 }
      var value: UInt64 = 0
      var index = offset
      while index < offset + count {
        value = value &<< 8 | UInt64(frame[index])
        index += 1
      }
      return value
    }
    func number(_ offset: Int, _ count: Int) -> UInt128 {
      guard count > 8 else { return UInt128(word(offset, count)) }
      return UInt128(word(offset, 8)) << 64 | UInt128(word(offset + 8, 8))
    }
    let mac = word(0, 6)
    switch word(12, 2) {
    case 0x0806: return techniques.contains(.arpDiscovery) && holds(true, number(38, 4), mac)
    case 0x0800:
      let segment = 14 + Int(frame[14] & 15) * 4
      return allows(Int(frame[23]), true, number(30, 4), mac, Int(word(segment + 2, 2)), Int(word(segment, 1)))
    case 0x86dd:
      let (destination, next) = (number(38, 16), Int(frame[20]))
      let allNodes = destination == UInt128(0xff02) << 112 | 1
      if next == 0 { return allNodes && allNodesAllowed }
      guard frame.count >= 62 else { return false }
      if next == 58, frame[54] == 135 {
        return techniques.contains(.ipv6Discovery) && holds(false, number(62, 16), mac)
      }
      if next == 58, allNodes { return allNodesAllowed }
      return allows(next, false, destination, mac, Int(word(56, 2)), Int(frame[54]))
    default: return false
    }
  }

  private var allNodesAllowed: Bool {
    let edges = [Self.linkLocal.first, Self.linkLocal.last]
    let whole = networks.contains { run in !run.isIPv4 && edges.allSatisfy { run.first <= $0 && $0 <= run.last } }
    let hidden = excluded.contains { !$0.isIPv4 && $0.first <= edges[1] && edges[0] <= $0.last }
    return techniques.contains(.ipv6Discovery) && whole && !hidden && excludedMACs.isEmpty
  }

  private func allows(_ proto: Int, _ isIPv4: Bool, _ address: UInt128, _ mac: UInt64, _ port: Int, _ type: Int) -> Bool
  {
    guard mac >> 40 & 1 == 0, holds(isIPv4, address, mac) else { return false }
    switch (proto, isIPv4) {
    case (6, _), (17, _):
      if Self.ot.contains(UInt16(port)), !techniques.contains(.otIdentify) { return false }
      if proto == 17, Self.print.contains(UInt16(port)) { return false }
      return techniques.contains(proto == 6 ? .tcpSYN : .udpProbe)
    case (1, true): return type == 8 && techniques.contains(.icmpEcho)
    case (58, false): return type == 128 && techniques.contains(.icmpEcho)
    default: return false
    }
  }

  private func holds(_ isIPv4: Bool, _ address: UInt128, _ mac: UInt64) -> Bool {
    func inside(_ run: Run) -> Bool { run.isIPv4 == isIPv4 && run.first <= address && address <= run.last }
    let identifier = UInt64(truncatingIfNeeded: address)
    for excluded in excludedMACs {
      if excluded == mac { return false }
      let derived = (excluded >> 24 ^ 0x02_0000) << 40 | 0xff_fe00_0000 | excluded & 0xff_ffff
      if !isIPv4, identifier == derived { return false }
    }
    return networks.contains(where: inside) && !excluded.contains(where: inside)
  }
}

private struct FuzzFrame {
  let octets: [UInt8]

  init(_ scope: FuzzScope, using random: inout SeededRandom) {
    let isIPv4 = random.next() & 1 == 0
    // Near an edge of some run more often than not.
    let runs = (scope.networks + scope.excluded).filter { $0.isIPv4 == isIPv4 }
    var number = FuzzScope.address(isIPv4: isIPv4, using: &random)
    if let run = runs.randomElement(using: &random), random.next() & 3 != 0 {
      let edge = random.next() & 1 == 0 ? run.first : run.last
      number = edge + UInt128(random.next() % 5) - 2
    }
    let address = FuzzScope.ip(number, isIPv4: isIPv4)
    let port = FuzzScope.ports[Int(random.next() % UInt64(FuzzScope.ports.count))]
    var kind = random.next() % 5
    if !isIPv4, random.next() & 3 == 0 { kind = 5 + random.next() % 2 }
    var frame = Self.templates[Int(kind) * 2 + (isIPv4 ? 0 : 1)]
    switch kind {
    case 0...2: Self.store(number, isIPv4 ? 4 : 16, at: isIPv4 ? 30 : 38, into: &frame)
    case 3, 4:
      if let v4 = address.v4 {
        Self.store(UInt128(v4.rawValue), 4, at: 38, into: &frame)
      } else {
        Self.store(number, 16, at: 62, into: &frame)
        Self.store(UInt128(address.v6?.solicitedNode.low ?? 0), 8, at: 46, into: &frame)
      }
    default: break
    }
    if kind <= 1 { Self.store(UInt128(port), 2, at: isIPv4 ? 36 : 56, into: &frame) }
    if kind <= 2 {
      Self.store(UInt128(FuzzScope.mac(using: &random)), 6, at: 0, into: &frame)
      if random.next() & 15 == 0 { frame[0] |= 1 }
    }
    octets = frame
  }

  private static let v4 = IPAddress(IPv4Address(rawValue: 0))
  private static let v6 = IPAddress(IPv6Address.unspecified)

  /// By kind, IPv4 before IPv6: TCP, UDP, echo, two of questions for a neighbour, and two to all nodes.
  private static let templates: [[UInt8]] = [
    GateFrames.tcp(v4), GateFrames.tcp(v6), GateFrames.udp(v4), GateFrames.udp(v6), GateFrames.echo(v4),
    GateFrames.echo(v6), GateFrames.arp(IPv4Address(rawValue: 0)), GateFrames.neighbourSolicitation(.unspecified),
    GateFrames.arp(IPv4Address(rawValue: 0)), GateFrames.neighbourSolicitation(.unspecified), [],
    GateFrames.echo(IPAddress(.allNodes), mac: "333300000001"), [], GateFrames.listenerQuery(to: .allNodes),
  ]

  private static func store(_ number: UInt128, _ count: Int, at offset: Int, into frame: inout [UInt8]) {
    var words = [UInt64(truncatingIfNeeded: number), UInt64(truncatingIfNeeded: number >> 64)]
    var index = count - 1
    while index >= 0 {
      let half = count - 1 - index < 8 ? 0 : 1
      frame[offset + index] = UInt8(truncatingIfNeeded: words[half])
      words[half] &>>= 8
      index -= 1
    }
  }
}
