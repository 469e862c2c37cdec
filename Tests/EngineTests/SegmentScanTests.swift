import Addressing
import Engine
import LabSupport
import Records
import Testing

/// Discovery and scan from end to end on a segment in memory.
struct SegmentScanTests {
  static let ports = [UInt16](1...300)

  private func addresses(_ range: ClosedRange<UInt32>) -> [IPv4Address] {
    range.map { IPv4Address(rawValue: 0x0a00_0000 + $0) }
  }

  private func device(
    _ last: UInt32, ports: @escaping (UInt16) -> VirtualDevice.Port = { _ in .closed }
  ) -> VirtualDevice {
    VirtualDevice(
      mac: Bench.mac(Int(last)), address: IPAddress(IPv4Address(rawValue: 0x0a00_0000 + last)), ports: ports)
  }

  private func scan(
    _ devices: [VirtualDevice], priority: [UInt16] = ports, deviceRate: Int = 100, totalRate: Int = 1000,
    prepare: (VirtualSegment) -> Void = { _ in }
  ) throws -> (VirtualScan, VirtualSegment) {
    let segment = VirtualSegment(clock: ManualClock(), devices: devices)
    prepare(segment)
    var bench = VirtualScan(
      segment, asking: addresses(3...40), priority: priority, deviceRate: deviceRate, totalRate: totalRate)
    try bench.run()
    #expect(bench.isDone)
    #expect(segment.clock.busiestSecond < 2000, "the loop spins")
    return (bench, segment)
  }

  @Test func `a quiet segment is asked three times and left`() throws {
    let (bench, segment) = try scan([])
    #expect(bench.events.isEmpty)
    #expect(segment.questions.count == 38 * 3)
    #expect(Set(segment.questions) == Set(addresses(3...40)))
    #expect(segment.clock.elapsed < .seconds(4))
    #expect(bench.scan.isFinished)
  }

  @Test func `devices are found and every port gets its state`() throws {
    let camera = device(5) { [23, 80, 300].contains($0) ? .open : .closed }
    let printer = device(6) { $0 == 9 ? .silent : .closed }
    printer.roundTrip = .milliseconds(30)
    let (bench, segment) = try scan([camera, printer])
    for device in [camera, printer] {
      #expect(bench.count(.found(device.address, device.mac, isOffLink: false)) == 1)
      #expect(bench.count(.finished(device.address)) == 1)
      #expect(bench.isExact(device))
      #expect(Set(device.probes.keys) == Set(Self.ports))
      #expect(device.peak <= 100)
      #expect(bench.scan.figures(of: device.address)?.peak ?? 0 >= device.peak)
    }
    #expect(camera.probeCount == 300)
    // 299 answers bound the loss to 1 %: three tries.
    #expect(printer.probeCount == 302)
    // Who has answered is asked no more.
    #expect(segment.questions.count { $0 == camera.address.v4 } == 1)
    for port in [23, 80, 300] as [UInt16] { #expect(bench.count(.open(camera.address, port)) == 1) }
  }

  @Test func `answers that arrive in one batch show a conflict too`() throws {
    let device = device(17)
    let rogue = Bench.mac(0x99)
    let segment = VirtualSegment(clock: ManualClock(), devices: [device])
    var bench = VirtualScan(segment, asking: addresses(17...17), priority: Self.ports)
    try bench.step()
    #expect(segment.questions.count == 1)
    let answer = segment.arpReply(from: rogue, segment.questions[0])
    for delay in [500, 600] as [Int64] { segment.inject(answer, at: ManualClock.start + .microseconds(delay)) }
    // Both answers wait in the capture when it is read.
    segment.clock.sleep(until: ManualClock.start + .milliseconds(1))
    try bench.run()
    #expect(bench.count(.found(device.address, device.mac, isOffLink: false)) == 1)
    #expect(bench.count(.conflict(device.address, rogue)) == 1)
    #expect(bench.isExact(device))
  }

  @Test func `frames of strangers change nothing`() throws {
    let device = device(18)
    let (bench, _) = try scan([device]) { segment in
      // An ARP answer from a group address and one from outside the list.
      segment.inject(
        segment.arpReply(from: .broadcast, IPv4Address(rawValue: 0x0a00_0012)), at: ManualClock.start)
      segment.inject(segment.arpReply(from: device.mac, IPv4Address(rawValue: 0x0a00_00fe)), at: ManualClock.start)
      segment.inject([UInt8](repeating: 0xff, count: 60), at: ManualClock.start)
    }
    #expect(bench.events.count { if case .found = $0.event { true } else { false } } == 1)
    #expect(bench.count(.found(device.address, device.mac, isOffLink: false)) == 1)
  }

  // Beyond half a second the first answer comes too late: nobody knows yet that the ports are open.
  @Test(arguments: [1, 20, 40, 200, 400] as [Int64])
  func `a device whose ports are all open keeps its rate, resets included`(milliseconds: Int64) throws {
    let device = device(19) { $0 < 20_000 ? .open : .closed }
    device.roundTrip = .milliseconds(milliseconds)
    let (bench, _) = try scan([device])
    #expect(bench.isExact(device))
    #expect(device.peak <= 100)
    #expect(bench.scan.figures(of: device.address)?.peak ?? 0 >= device.peak)
  }

  @Test func `a connection has room on every address of its device`() throws {
    let device = device(21)
    let alias = IPAddress(IPv4Address(rawValue: 0x0a00_0016))
    device.aliases = [alias]
    let segment = VirtualSegment(clock: ManualClock(), devices: [device])
    var bench = VirtualScan(segment, asking: addresses(21...22), priority: Self.ports)
    try bench.run(limit: .seconds(2))
    #expect(!bench.isDone)
    bench.scan.reserveSession(alias)
    try bench.run(limit: .milliseconds(1500))
    #expect(!bench.isDone)
    for address in [device.address, alias] {
      let fits = bench.scan.sessionFits(address, now: segment.clock.now)
      #expect(fits)
    }
    bench.scan.releaseSession(alias)
  }

  @Test func `the question whether a device is there is answered either way`() throws {
    for dies in [false, true] {
      let device = device(22)
      let segment = VirtualSegment(clock: ManualClock(), devices: [device])
      var bench = VirtualScan(segment, asking: addresses(22...22), priority: [1, 2, 3])
      try bench.run()
      #expect(!bench.scan.isFinished)
      let (before, polls) = (segment.clock.now, device.linkPolls)
      if dies { device.diesAt = before }
      bench.scan.checkAlive(device.address, now: before)
      try bench.run(until: { if case .alive = $0 { true } else { false } }, limit: .seconds(10))
      #expect(bench.count(.alive(device.address, !dies)) == 1)
      #expect((dies ? 3...5 : 1...2).contains(device.linkPolls - polls))
      #expect(segment.clock.now - before < .seconds(2))
      #expect(bench.scan.isFinished)
    }
  }

  @Test func `an abandoned target gets no more probes`() throws {
    let device = device(23)
    let segment = VirtualSegment(clock: ManualClock(), devices: [device])
    var bench = VirtualScan(segment, asking: addresses(23...23), priority: Self.ports)
    try bench.run(limit: .seconds(1))
    let before = device.probeCount
    bench.scan.abandon(device.address, now: segment.clock.now)
    try bench.run()
    #expect(device.probeCount == before && before > 50)
    #expect(bench.ports(.unknown, device.address) == 300 - before)
    #expect(bench.count(.finished(device.address)) == 1)
  }

  @Test func `a limit can be changed while the scan runs`() throws {
    let device = device(24)
    let segment = VirtualSegment(clock: ManualClock(), devices: [device])
    var bench = VirtualScan(segment, asking: addresses(24...24), priority: [UInt16](1...2000), deviceRate: 20)
    try bench.run(limit: .seconds(5))
    #expect(device.peak <= 20)
    bench.scan.setLimits(SegmentScan.Limits(rate: 200, inFlight: 8), of: device.address)
    try bench.run()
    #expect((150...200).contains(device.peak))
    #expect(bench.isExact(device))
  }
}
