import Addressing
import Engine
import LabSupport
import Records
import Testing

/// UDP questions over whole frames.
struct ScanDatagramTests {
  /// A question whose payload is the transaction number; its answer repeats that number inverted.
  private static func probe(_ port: UInt16) -> DatagramProbe {
    // TFTP answers from a port of its own (RFC 1350 §4).
    DatagramProbe(
      id: "test.\(port)", port: port, answersFromAnyPort: port == 69, payload: { octets($0) },
      isAnswer: { $0 == octets(~$1) })
  }

  private static func octets(_ number: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) }
  }

  private static func answer(_ payload: [UInt8]) -> [UInt8] { payload.map { ~$0 } }

  private func scan(_ device: VirtualDevice, ports: [UInt16]) throws -> (VirtualScan, VirtualSegment) {
    var (bench, segment) = Bench.scan([device], ports: 0) { $0.datagrams = ports.map(Self.probe) }
    try bench.run(limit: .seconds(300))
    #expect(bench.isDone)
    return (bench, segment)
  }

  private func cells(_ bench: VirtualScan, _ device: VirtualDevice) -> [CellTable.Cell] {
    guard let scan = bench.scan.target(device.address)?.datagrams else { return [] }
    return (0..<scan.cells.count).map { scan.cells[$0] }
  }

  @Test(arguments: [false, true])
  func `open, closed and open-or-filtered are told apart`(isIPv6: Bool) throws {
    let device = Bench.device(v6: isIPv6)
    device.datagrams = { port, payload in
      switch port {
      case 53, 161: .octets(Self.answer(payload))
      case 5683: .octets([1, 2, 3])
      case 123: .silent
      default: .closed
      }
    }
    let (bench, _) = try scan(device, ports: [53, 69, 123, 161, 5683])
    #expect(cells(bench, device) == [.open, .closed, .silent, .open, .open])
    let answers = bench.events.compactMap { event -> (Int, Bool)? in
      if case .datagram(_, let place, let isAnswer, _) = event.event { (place, isAnswer) } else { nil }
    }
    #expect(answers.map(\.0).sorted() == [0, 3, 4])
    #expect(answers.allSatisfy { $0.1 == ($0.0 != 4) })
    #expect(device.received.count { $0.port == 123 } == 3)
    for port in [53, 69, 161, 5683] as [UInt16] { #expect(device.received.count { $0.port == port } == 1) }
    // The same transaction for every try, another for every question.
    #expect(Set(device.received.filter { $0.port == 123 }.map(\.payload)).count == 1)
    #expect(Set(device.received.map(\.payload)).count == 5)
  }

  @Test func `an answer from another port than the one asked counts`() throws {
    let device = Bench.device()
    device.datagrams = { _, payload in .octets(Self.answer(payload), from: 50_123) }
    let (bench, _) = try scan(device, ports: [69])
    #expect(cells(bench, device) == [.open])
    // From another port and with another content it is nobody's answer.
    let other = Bench.device()
    other.datagrams = { _, _ in .octets([9, 9], from: 50_123) }
    let (second, _) = try scan(other, ports: [69])
    #expect(cells(second, other) == [.silent])
  }

  @Test func `twenty closed ports under one message a second end closed, at the measured pace`() throws {
    let device = Bench.device()
    device.unreachableLimit = AnswerLimit(rate: 1, burst: 6)
    let (bench, segment) = try scan(device, ports: [UInt16](1000..<1020))
    let scan = try #require(bench.scan.target(device.address)).datagrams
    #expect(scan.icmpLimit == 1)
    #expect(scan.cells.count(of: .closed) == 20)
    #expect(scan.cells.count(of: .open) == 0)
    #expect(segment.clock.now - Bench.start < .seconds(40))
    #expect(device.received.count <= 20 * 3)
  }

  @Test func `questions keep their rate and share the device's budget with SYN frames`() throws {
    let device = Bench.device()
    device.datagrams = { _, _ in .silent }
    var (bench, _) = Bench.scan([device], ports: 300, rate: 50) {
      $0.datagrams = [UInt16](1000..<1030).map(Self.probe)
      $0.datagramRate = 10
    }
    try bench.run()
    #expect(device.peak <= 50)
    #expect(mostWithinOneSecond(device.received.map(\.at)) <= 11)
    #expect(bench.isExact(device))
    #expect(cells(bench, device).allSatisfy { $0 == .silent })
  }

  /// Waiting for UDP answers, a scan has more to leave than while it probes by TCP.
  @Test func `a connection may cost more once only UDP is waited for, and has room for it`() throws {
    let device = Bench.device(v6: false)
    device.datagrams = { _, _ in .silent }
    var (bench, segment) = Bench.scan([device], ports: 300) { $0.datagrams = (1...40).map(Self.probe) }
    var shares: [Int?] = []
    var (asked, fitting) = (0, 0)
    while !bench.isDone, segment.clock.now < ManualClock.start + .seconds(300) {
      try bench.run(limit: .milliseconds(50))
      let share = bench.scan.sessionShare(of: device.address)
      if share != shares.last { shares.append(share) }
      bench.scan.reserveSession(device.address)
      // A second later what was sent before is out of the window.
      if share == 40 { try bench.run(limit: .milliseconds(1100)) }
      if share == 40, !bench.isDone {
        asked += 1
        let fits = bench.scan.framesFit(40, device.address, now: segment.clock.now)
        if fits { fitting += 1 }
      }
    }
    let isDone = bench.isDone
    #expect(isDone)
    shares.append(bench.scan.sessionShare(of: device.address))
    // 100 frames a second: the edge's own share, four tenths, six tenths.
    #expect(shares == [nil, 40, 60])
    #expect(asked > 3 && fitting == asked)
    #expect(device.peak <= 100)
  }
}
