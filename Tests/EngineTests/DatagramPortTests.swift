import Addressing
import Engine
import LabSupport
import Records
import Testing
import Wire

/// Which port a UDP question leaves from, and which ports its answers may use.
struct DatagramPortTests {
  private let clock = ManualClock()
  private let device = VirtualDevice(mac: "02:00:00:00:00:09", address: "10.0.0.9")
  private static let fixed: UInt16 = 3610

  /// Echo protocols: the answer is the question. Place 0 leaves from any port and is answered from the asked
  /// one, place 1 leaves from 3610, place 2 may be answered from any port.
  private func scan() throws -> (SegmentScan, VirtualSegment) {
    device.keepsFrames = true
    device.ports = { _ in .closed }
    device.datagrams = { _, _ in .silent }
    let segment = VirtualSegment(clock: clock, devices: [device])
    var configuration = VirtualScan.configuration(segment, priority: [80])
    func probe(_ id: String, _ port: UInt16, _ source: UInt16?, any: Bool, _ first: UInt8) -> DatagramProbe {
      DatagramProbe(
        id: id, port: port, sourcePort: source, answersFromAnyPort: any, payload: { _ in [first] },
        isAnswer: { octets, _ in octets == [first] })
    }
    configuration.datagrams = [
      probe("usual", 161, nil, any: false, 0xa0), probe("fixed", 3610, Self.fixed, any: true, 0xb0),
      probe("tftp", 69, nil, any: true, 0xc0),
    ]
    configuration.datagramRate = 1000
    var run = VirtualScan(segment, configuration: configuration)
    run.add(device)
    try run.run(limit: .milliseconds(500))
    return (run.scan, segment)
  }

  private func answer(
    _ scan: inout SegmentScan, _ segment: VirtualSegment, from: UInt16, to: UInt16, _ octets: [UInt8]
  ) throws -> [SegmentScan.Event] {
    let ends = VirtualFrames.Ends(
      from: device.mac, device.address, to: segment.mac, IPAddress(segment.source))
    let frame = VirtualFrames.udp(ends, ports: (from, to), data: octets)
    _ = scan.takeEvents()
    scan.receive(try InboundFrame(parsing: frame.span), octets: frame.span, outbound: false, at: clock.now)
    return scan.takeEvents().filter { if case .datagram = $0 { true } else { false } }
  }

  @Test func `a question leaves from the port that its protocol asks for`() throws {
    let (_, segment) = try scan()
    // UDP behind 20 octets of IPv4: source port at octet 34, destination port at 36.
    var sources: [UInt16: Set<UInt16>] = [:]
    for (_, frame) in device.frames where frame[23] == 17 {
      sources[UInt16(frame[36]) << 8 | UInt16(frame[37]), default: []].insert(
        UInt16(frame[34]) << 8 | UInt16(frame[35]))
    }
    #expect(sources == [161: [segment.datagramPort], 3610: [Self.fixed], 69: [segment.datagramPort]])
  }

  @Test func `an answer to the fixed port counts for its question only`() throws {
    var (scan, segment) = try scan()
    #expect(try answer(&scan, segment, from: 161, to: Self.fixed, [0xa0]).isEmpty)
    #expect(try answer(&scan, segment, from: 69, to: Self.fixed, [0xc0]).isEmpty)
    #expect(try answer(&scan, segment, from: 3610, to: segment.datagramPort, [0xb0]).isEmpty)
    #expect(
      try answer(&scan, segment, from: 3610, to: Self.fixed, [0xb0])
        == [.datagram(device.address, place: 1, isAnswer: true, octets: [0xb0])])
  }

  @Test func `an answer from another port counts where the protocol permits it`() throws {
    var (scan, segment) = try scan()
    #expect(try answer(&scan, segment, from: 50_000, to: segment.datagramPort, [0xa0]).isEmpty)
    #expect(
      try answer(&scan, segment, from: 50_000, to: segment.datagramPort, [0xc0])
        == [.datagram(device.address, place: 2, isAnswer: true, octets: [0xc0])])
    #expect(
      try answer(&scan, segment, from: 50_000, to: Self.fixed, [0xb0])
        == [.datagram(device.address, place: 1, isAnswer: true, octets: [0xb0])])
    // Something else from the port that was asked: the port is open, what speaks there is unknown.
    #expect(
      try answer(&scan, segment, from: 161, to: segment.datagramPort, [0xff])
        == [.datagram(device.address, place: 0, isAnswer: false, octets: [0xff])])
  }

  @Test func `an ICMP refusal closes the question with both of its ports`() throws {
    var (scan, segment) = try scan()
    func refuse(_ source: UInt16, _ port: UInt16) throws {
      let there = VirtualFrames.Ends(
        from: segment.mac, IPAddress(segment.source), to: device.mac, device.address)
      let back = VirtualFrames.Ends(from: device.mac, device.address, to: segment.mac, IPAddress(segment.source))
      let frame = VirtualFrames.unreachable(
        back, isPort: true, quoting: VirtualFrames.udp(there, ports: (source, port), data: [0]))
      scan.receive(try InboundFrame(parsing: frame.span), octets: frame.span, outbound: false, at: clock.now)
    }
    func closed() -> [Int] { scan.target(device.address)?.datagrams.cells.places(.closed) ?? [] }
    try refuse(segment.datagramPort, 3610)
    try refuse(Self.fixed, 161)
    #expect(closed() == [])
    try refuse(Self.fixed, 3610)
    try refuse(segment.datagramPort, 161)
    #expect(closed() == [0, 1])
  }
}
