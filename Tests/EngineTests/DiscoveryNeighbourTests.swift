import Addressing
import LabSupport
import Records
import Testing
import Wire

@testable import Engine

struct DiscoveryNeighbourTests {
  static let own = MACAddress(rawValue: 0x02fc_0000_0001)
  static let linkLocal = IPv6Address(linkLocalOf: own)
  static let unique = IPv6Address(high: 0xfd00_0000_0000_0001, low: 2)

  static func configuration(rate: Int = 0, limit: Int = 8192) -> NeighbourDiscovery.Configuration {
    NeighbourDiscovery.Configuration(
      sources: [linkLocal, unique], identifier: 0xbeef, groupWaits: [.seconds(1), .seconds(1), .seconds(2)],
      listenerQueries: 1, solicitationWaits: [.milliseconds(300), .seconds(1)], rate: rate, limit: limit)
  }

  static func mac(_ number: Int) -> MACAddress { MACAddress(rawValue: 0x0011_2200_0000 + UInt64(number)) }

  // Frames are written octet by octet, without the code under test; nobody here checks their checksums.

  static func frame(_ from: MACAddress, _ source: IPv6Address, next: UInt8 = 58, limit: UInt8, _ payload: [UInt8])
    throws -> InboundFrame
  {
    let octets =
      own.octets + from.octets + [0x86, 0xdd, 0x60, 0, 0, 0, 0, UInt8(payload.count), next, limit]
      + source.octets + linkLocal.octets + payload
    return try InboundFrame(parsing: octets.span)
  }

  static func advertisement(_ from: MACAddress, _ target: IPv6Address) throws -> InboundFrame {
    try frame(
      from, target, limit: 255, [0x88, 0, 0, 0, 0x60, 0, 0, 0] + target.octets + [2, 1] + from.octets)
  }

  static func echoReply(_ from: MACAddress, _ source: IPv6Address, identifier: UInt8 = 0xef) throws -> InboundFrame {
    try frame(from, source, limit: 64, [0x81, 0, 0, 0, 0xbe, identifier, 0, 0])
  }

  static func report(_ from: MACAddress, _ source: IPv6Address) throws -> InboundFrame {
    try frame(
      from, source, next: 0, limit: 1, [58, 0, 5, 2, 0, 0, 1, 0, 143, 0, 0, 0, 0, 0, 0, 0])
  }

  /// Everything that is asked until the machine is finished.
  static func drain(
    _ discovery: inout NeighbourDiscovery, from start: MonotonicInstant, until end: Duration = .seconds(600),
    _ answer: (NeighbourDiscovery.Action, inout NeighbourDiscovery) -> Void = { _, _ in }
  ) -> [(at: Duration, action: NeighbourDiscovery.Action)] {
    var now = start
    var log: [(Duration, NeighbourDiscovery.Action)] = []
    while !discovery.isFinished, now - start < end {
      while let action = discovery.next(now: now) {
        discovery.commit()
        log.append((now - start, action))
        answer(action, &discovery)
      }
      now = max(discovery.waitingUntil ?? now, now + .microseconds(10))
    }
    return log
  }

  @Test func `everybody is asked three times from each address, the listener query leaves once`() {
    var discovery = NeighbourDiscovery(configuration: Self.configuration())
    let log = Self.drain(&discovery, from: MonotonicInstant(nanoseconds: 0))
    let echoes = log.filter { $0.action != .listenerQuery }
    #expect(log.count == 7)
    #expect(log.filter { $0.action == .listenerQuery }.map(\.at) == [.zero])
    for (index, entry) in echoes.enumerated() {
      let source = index % 2 == 0 ? Self.linkLocal : Self.unique
      #expect(entry.action == .echoToAllNodes(from: source, identifier: 0xbeef, sequence: UInt16(index / 2)))
      #expect(entry.at == .seconds(index / 2))
    }
    #expect(discovery.isFinished)
  }

  @Test func `without an address of our own nothing is sent, without a link-local one no query`() {
    var configuration = Self.configuration()
    configuration.sources = []
    var none = NeighbourDiscovery(configuration: configuration)
    #expect(Self.drain(&none, from: MonotonicInstant(nanoseconds: 0)).isEmpty)
    configuration.sources = [Self.unique]
    var global = NeighbourDiscovery(configuration: configuration)
    let log = Self.drain(&global, from: MonotonicInstant(nanoseconds: 0))
    #expect(log.count == 3)
    #expect(!log.contains { $0.action == .listenerQuery })
  }

  @Test func `a device found by ARP is asked for its link-local address, by itself and until it answers`() throws {
    var configuration = Self.configuration()
    configuration.groupWaits = []
    var discovery = NeighbourDiscovery(configuration: configuration)
    for number in 0..<20 {
      discovery.learn(Self.mac(number))
      discovery.learn(Self.mac(number))  // a second address of the device
    }
    discovery.learn(.broadcast)
    discovery.learn(MACAddress(rawValue: 0))
    discovery.learn(Self.own)
    var found: [NeighbourDiscovery.Neighbour] = []
    let log = Self.drain(&discovery, from: MonotonicInstant(nanoseconds: 0)) { action, discovery in
      guard case .solicitation(let address, let mac) = action, let mac, mac.rawValue % 2 == 0,
        let answer = try? Self.advertisement(mac, address), let neighbour = discovery.receive(answer)
      else { return }
      found.append(neighbour)
    }
    // Ten answer the first question, ten get a second.
    #expect(log.count == 30)
    #expect(found.count == 10)
    // 00:11:22:00:00:04 gives fe80::211:22ff:fe00:4 (RFC 4291 appendix A).
    let expected = try #require(IPv6Address("fe80::211:22ff:fe00:4"))
    #expect(
      found.contains(NeighbourDiscovery.Neighbour(address: expected, mac: Self.mac(4), means: .advertisement)))
    #expect(log.contains { $0.action == .solicitation(expected, to: Self.mac(4)) })
    #expect(log.filter { $0.at >= .milliseconds(300) }.count == 10)
  }

  @Test func `an address that was asked for is solicited through its group`() throws {
    var configuration = Self.configuration()
    configuration.groupWaits = []
    var discovery = NeighbourDiscovery(configuration: configuration)
    let address = try #require(IPv6Address("2001:db8::77"))
    discovery.ask(for: address)
    discovery.ask(for: address)
    discovery.ask(for: .allNodes)
    let log = Self.drain(&discovery, from: MonotonicInstant(nanoseconds: 0))
    #expect(log.map(\.action) == [.solicitation(address, to: nil), .solicitation(address, to: nil)])
    #expect(log.map(\.at) == [.zero, .milliseconds(300)])
    // The last waiting time passes before it is given up; a late answer still counts.
    #expect(discovery.isFinished)
    let late = discovery.receive(try Self.advertisement(Self.mac(9), address))
    #expect(late?.mac == Self.mac(9))
  }

  @Test func `neighbours show themselves by echo, advertisement and report, each once`() throws {
    var discovery = NeighbourDiscovery(configuration: Self.configuration())
    let address = IPv6Address(linkLocalOf: Self.mac(1))
    let other = IPv6Address(high: 0xfd00_0000_0000_0001, low: 0x99)
    let frames = [
      try Self.echoReply(Self.mac(1), address), try Self.echoReply(Self.mac(1), address),
      try Self.report(Self.mac(1), address), try Self.echoReply(Self.mac(1), other),
      try Self.report(Self.mac(2), IPv6Address(linkLocalOf: Self.mac(2))),
      try Self.report(Self.mac(3), .unspecified),
      try Self.echoReply(Self.mac(4), IPv6Address(linkLocalOf: Self.mac(4)), identifier: 0),
      try Self.advertisement(Self.own, Self.linkLocal),
    ]
    let found = frames.map { discovery.receive($0) }
    #expect(found.map { $0?.means } == [.echo, nil, nil, .echo, .listenerReport, nil, nil, nil])
    #expect(discovery.neighbours.count == 3)
    #expect(discovery.neighbours[other] == Self.mac(1))
  }

  @Test func `invented MAC addresses fill no memory and no wire`() {
    var configuration = Self.configuration(rate: 50, limit: 100)
    configuration.groupWaits = []
    var discovery = NeighbourDiscovery(configuration: configuration)
    for number in 0..<5000 { discovery.learn(Self.mac(number)) }
    #expect(discovery.refused == 4900)
    let log = Self.drain(&discovery, from: MonotonicInstant(nanoseconds: 0))
    #expect(log.count == 200)
    #expect(mostInAnySecond(log.map(\.at.nanoseconds)) <= 50)
    for number in 0..<5000 {
      if let frame = try? Self.echoReply(Self.mac(number), IPv6Address(linkLocalOf: Self.mac(number))) {
        _ = discovery.receive(frame)
      }
    }
    #expect(discovery.neighbours.count == 100)
  }

  @Test func `with one frame in three lost all of fifty neighbours are found within 5 s`() throws {
    // G16: three echoes, a report and two solicitations each.
    var random = SeededRandom(seed: 16)
    var missed = 0
    for _ in 0..<20 {
      var discovery = NeighbourDiscovery(configuration: Self.configuration(rate: 100))
      for number in 0..<50 { discovery.learn(Self.mac(number)) }
      let log = Self.drain(&discovery, from: MonotonicInstant(nanoseconds: 0)) { action, discovery in
        for number in 0..<50 where random.next() % 3 != 0 {
          let address = IPv6Address(linkLocalOf: Self.mac(number))
          let frame: InboundFrame?
          switch action {
          case .echoToAllNodes(Self.linkLocal, _, _): frame = try? Self.echoReply(Self.mac(number), address)
          case .listenerQuery: frame = try? Self.report(Self.mac(number), address)
          case .solicitation(address, _): frame = try? Self.advertisement(Self.mac(number), address)
          default: frame = nil
          }
          if let frame { _ = discovery.receive(frame) }
        }
      }
      missed += 50 - discovery.neighbours.count
      #expect(log.allSatisfy { $0.at <= .seconds(5) })
    }
    // (1/3)⁶ = 0.14 % of 1000 is one or two; without repetition it would be 333.
    #expect(missed <= 5)
  }
}
