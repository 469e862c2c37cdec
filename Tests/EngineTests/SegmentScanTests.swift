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

  private func scan(
    _ devices: [VirtualDevice], priority: [UInt16] = ports, rest: [UInt16] = [], asking count: UInt32 = 40,
    tries: Int = 3, deviceRate: Int = 100, totalRate: Int = 1000, prepare: (VirtualSegment) -> Void = { _ in }
  ) throws -> (VirtualScan, VirtualSegment) {
    let segment = VirtualSegment(clock: ManualClock(), devices: devices)
    prepare(segment)
    var bench = VirtualScan(
      segment, asking: addresses(3...count), priority: priority, rest: rest, tries: tries, deviceRate: deviceRate,
      totalRate: totalRate)
    try bench.run()
    #expect(bench.scan.isFinished)
    #expect(segment.clock.busiestSecond < 2000, "the loop spins")
    return (bench, segment)
  }

  @Test func `a quiet segment is asked three times and left`() throws {
    let (bench, segment) = try scan([])
    #expect(bench.events.isEmpty)
    #expect(segment.questions.count == 38 * 3)
    #expect(Set(segment.questions) == Set(addresses(3...40)))
    #expect(segment.clock.elapsed < .seconds(4))
  }

  @Test func `devices are found and every port gets its state`() throws {
    let camera = VirtualDevice(mac: "00:11:22:00:00:05", address: "10.0.0.5", open: [23, 80, 300])
    let printer = VirtualDevice(mac: "00:11:22:00:00:06", address: "10.0.0.6") { $0 == 9 ? .silent : .closed }
    printer.roundTrip = .milliseconds(30)
    let (bench, segment) = try scan([camera, printer])
    for device in [camera, printer] {
      #expect(bench.count(.found(device.address, device.mac)) == 1)
      #expect(bench.count(.finished(device.address)) == 1)
      let table = try #require(bench.scan.target(device.address)).scan.table
      for port in Self.ports {
        let expected: PortStateTable.Cell
        switch device.ports(port) {
        case .open: expected = .open
        case .silent: expected = .silent
        default: expected = .closed
        }
        #expect(table[port] == expected)
      }
      #expect(Set(device.probes.keys) == Set(Self.ports))
      #expect(device.peak <= 100)
      #expect(bench.scan.frames(to: device.address).peak >= device.peak)
    }
    #expect(camera.probeCount == 300)
    #expect(printer.probeCount == 302)
    #expect(printer.probes[9]?.count == 3)
    // Who has answered is asked no more.
    #expect(segment.questions.count { $0 == camera.address } == 1)
    for port in [23, 80, 300] as [UInt16] { #expect(bench.count(.port(camera.address, port, .open)) == 1) }
  }

  @Test func `loss is made up for by further tries`() throws {
    let radio = VirtualDevice(mac: "00:11:22:00:00:07", address: "10.0.0.7", open: [22])
    radio.lossPerMille = 20
    let (bench, _) = try scan([radio], tries: 4)
    let table = try #require(bench.scan.target(radio.address)).scan.table
    // 300 ports, four tries, 4 % lost each: a silent port would be one in 1300 runs.
    #expect(table.count(of: .silent) == 0)
    #expect(table.ports(.open) == [22])
    #expect(radio.probeCount > 300)
    #expect(radio.probeCount < 340)
    #expect(radio.peak <= 100)
  }

  @Test func `a full queue loses no probe`() throws {
    let device = VirtualDevice(mac: "00:11:22:00:00:08", address: "10.0.0.8")
    let (bench, segment) = try scan([device]) { $0.fullEvery = 3 }
    #expect(device.probeCount == 300)
    #expect(bench.scan.target(device.address)?.scan.unresolved == 0)
    #expect(segment.questions.count == 37 * 3 + 1)
  }

  @Test func `a device of silent ports is asked whether it lives, once, and scanned to the end`() throws {
    let filtered = VirtualDevice(mac: "00:11:22:00:00:09", address: "10.0.0.9") { $0 == 1 ? .closed : .silent }
    let (bench, _) = try scan([filtered])
    #expect(bench.count(.lost(filtered.address)) == 0)
    #expect(bench.count(.finished(filtered.address)) == 1)
    #expect(bench.scan.target(filtered.address)?.scan.table.count(of: .silent) == 299)
    #expect(filtered.arpPolls == 1)
    #expect(filtered.probeCount == 1 + 299 * 3)
    #expect(filtered.peak <= 100)
  }

  @Test func `a filter that answers with ICMP is asked once`() throws {
    let device = VirtualDevice(mac: "00:11:22:00:00:0a", address: "10.0.0.10") { $0 < 50 ? .prohibited : .closed }
    let (bench, _) = try scan([device])
    #expect(device.probeCount == 300)
    #expect(bench.scan.target(device.address)?.scan.table.count(of: .silent) == 49)
    #expect(bench.scan.target(device.address)?.scan.table.count(of: .closed) == 251)
  }

  @Test func `a device that dies in the middle is left alone at once`() throws {
    let device = VirtualDevice(mac: "00:11:22:00:00:0b", address: "10.0.0.11")
    let death = ManualClock.start + .milliseconds(1500)
    device.diesAt = death
    let other = VirtualDevice(mac: "00:11:22:00:00:0c", address: "10.0.0.12")
    let (bench, _) = try scan([device, other])
    #expect(bench.count(.lost(device.address)) == 1)
    #expect(bench.count(.finished(device.address)) == 0)
    let target = try #require(bench.scan.target(device.address))
    #expect(target.scan.unresolved > 0)
    #expect(target.scan.table.count(of: .silent) == 0, "silence of a dead device is no answer")
    #expect(device.arpPolls == 3)
    let after = device.unicast.count { $0 >= death }
    #expect(after <= 64 + 3 + 1)
    let lostAt = try #require(bench.events.first { $0.event == .lost(device.address) }).at
    #expect(lostAt - death < .seconds(2))
    #expect(device.unicast.allSatisfy { $0 <= lostAt })
    #expect(bench.scan.target(other.address)?.scan.unresolved == 0)
  }

  @Test func `a device that sleeps for a moment is not given up`() throws {
    let device = VirtualDevice(mac: "00:11:22:00:00:0d", address: "10.0.0.13")
    device.sleeps = ManualClock.start + .seconds(1)..<ManualClock.start + .milliseconds(2100)
    let (bench, _) = try scan([device])
    #expect(bench.count(.lost(device.address)) == 0)
    #expect(bench.scan.target(device.address)?.scan.table.count(of: .closed) == 300)
  }

  @Test func `a forged SYN-ACK opens nothing`() throws {
    let device = VirtualDevice(mac: "00:11:22:00:00:0e", address: "10.0.0.14") { $0 == 23 ? .forged : .closed }
    let (bench, _) = try scan([device])
    #expect(bench.cell(device, 23) == .silent)
    #expect(bench.count(.port(device.address, 23, .open)) == 0)
    #expect(device.probes[23]?.count == 3)
  }

  @Test func `two devices with one address are a conflict, reported once`() throws {
    let first = VirtualDevice(mac: "00:11:22:00:00:0f", address: "10.0.0.15")
    let second = VirtualDevice(mac: "00:11:22:00:00:10", address: "10.0.0.15")
    second.roundTrip = .microseconds(401)
    let (bench, _) = try scan([first, second])
    #expect(bench.count(.found(first.address, first.mac)) == 1)
    #expect(bench.count(.conflict(first.address, second.mac)) == 1)
    #expect(second.unicast.isEmpty)
    #expect(first.probeCount == 300)
  }

  @Test func `answers that arrive in one batch show the conflict too`() throws {
    let device = VirtualDevice(mac: "00:11:22:00:00:11", address: "10.0.0.17")
    let rogue = try #require(MACAddress("00:11:22:00:00:99"))
    let (bench, _) = try scan([device]) { segment in
      let answer = segment.arpReply(from: rogue, device.address)
      // Both wait in the capture when it is read: the first question is answered within the same turn.
      device.roundTrip = .zero
      for delay in 25...35 as ClosedRange<Int64> {
        segment.inject(answer, at: ManualClock.start + .milliseconds(delay))
      }
      segment.inject(answer, at: ManualClock.start + .milliseconds(800))
    }
    #expect(bench.count(.conflict(device.address, rogue)) == 1)
  }

  @Test func `frames of strangers change nothing`() throws {
    let device = VirtualDevice(mac: "00:11:22:00:00:12", address: "10.0.0.18")
    let (bench, _) = try scan([device]) { segment in
      // An ARP answer from a group address and one from outside the list.
      segment.inject(segment.arpReply(from: .broadcast, device.address), at: ManualClock.start)
      segment.inject(
        segment.arpReply(from: device.mac, IPv4Address(rawValue: 0x0a00_00fe)), at: ManualClock.start)
      segment.inject([UInt8](repeating: 0xff, count: 60), at: ManualClock.start)
    }
    #expect(bench.events.count { if case .found = $0.event { true } else { false } } == 1)
    #expect(bench.count(.found(device.address, device.mac)) == 1)
  }

  @Test func `a device whose ports are all open keeps its rate, the kernel's resets included`() throws {
    let device = VirtualDevice(mac: "00:11:22:00:00:13", address: "10.0.0.19") { _ in .open }
    device.roundTrip = .milliseconds(20)
    let (bench, _) = try scan([device])
    #expect(bench.scan.target(device.address)?.scan.table.count(of: .open) == 300)
    #expect(device.unicast.count == 600)
    #expect(device.peak <= 100)
    #expect(bench.scan.frames(to: device.address).peak <= 100)
    #expect(bench.scan.frames(to: device.address).peak >= device.peak)
  }

  // Beyond half a second the first answer comes too late: nobody knows yet that the ports are open.
  @Test(arguments: [1, 40, 200, 400] as [Int64])
  func `a slow device whose ports are all open keeps its rate too`(milliseconds: Int64) throws {
    let device = VirtualDevice(mac: "00:11:22:00:00:13", address: "10.0.0.19") { _ in .open }
    device.roundTrip = .milliseconds(milliseconds)
    let (bench, _) = try scan([device])
    #expect(bench.scan.target(device.address)?.scan.table.count(of: .open) == 300)
    #expect(device.peak <= 100)
    #expect(bench.scan.frames(to: device.address).peak >= device.peak)
  }

  @Test func `many devices share the interface's rate and each keeps its own`() throws {
    let devices = (20..<36).map { VirtualDevice(mac: "00:11:22:00:00:\($0)", address: "10.0.0.\($0)") }
    let (bench, segment) = try scan(devices, deviceRate: 100, totalRate: 400)
    for device in devices {
      #expect(bench.scan.target(device.address)?.scan.unresolved == 0)
      #expect(device.peak <= 100)
    }
    let all = (devices.flatMap(\.unicast) + segment.broadcasts).sorted()
    // Slack after late timers is 8 frames.
    #expect(mostWithinOneSecond(all) <= 400 + 9)
    // 16 × 300 probes at 400 a second are 12 s; the loop adds little.
    #expect(segment.clock.elapsed < .seconds(16))
    // Taking turns: nobody is finished while another has hardly begun.
    let ends = devices.compactMap(\.unicast.last)
    let spread = try #require(ends.max()) - (try #require(ends.min()))
    #expect(spread < .seconds(3))
  }

  @Test func `two addresses of one device share its budget`() throws {
    let device = VirtualDevice(mac: "00:11:22:00:00:14", address: "10.0.0.20")
    let alias = IPv4Address(rawValue: 0x0a00_0015)
    device.aliases = [alias]
    let (bench, _) = try scan([device])
    #expect(bench.scan.target(alias)?.scan.table.count(of: .closed) == 300)
    #expect(bench.scan.target(device.address)?.scan.table.count(of: .closed) == 300)
    #expect(device.peak <= 100)
  }

  @Test func `a connection has room on every address of its device`() throws {
    let device = VirtualDevice(mac: "00:11:22:00:00:15", address: "10.0.0.21")
    let alias = IPv4Address(rawValue: 0x0a00_0016)
    device.aliases = [alias]
    let segment = VirtualSegment(clock: ManualClock(), devices: [device])
    var bench = VirtualScan(segment, asking: [device.address, alias], priority: Self.ports)
    try bench.run(limit: .seconds(2))
    #expect(!bench.scan.isFinished)
    bench.scan.reserveSession(alias)
    try bench.run(limit: .milliseconds(1500))
    #expect(!bench.scan.isFinished)
    for address in [device.address, alias] {
      let fits = bench.scan.sessionFits(address, now: segment.clock.now)
      #expect(fits)
    }
  }

  @Test func `the question whether a device is there is answered either way`() throws {
    let device = VirtualDevice(mac: "00:11:22:00:00:16", address: "10.0.0.22")
    let segment = VirtualSegment(clock: ManualClock(), devices: [device])
    var bench = VirtualScan(segment, asking: [device.address], priority: [1, 2, 3])
    try bench.run()
    bench.scan.checkAlive(device.address, now: segment.clock.now)
    #expect(!bench.scan.isFinished)
    try bench.run()
    #expect(bench.count(.alive(device.address, true)) == 1)
    #expect(device.arpPolls == 1)
    device.diesAt = segment.clock.now
    bench.scan.checkAlive(device.address, now: segment.clock.now)
    let before = segment.clock.now
    try bench.run()
    #expect(bench.count(.alive(device.address, false)) == 1)
    #expect(device.arpPolls == 4)
    #expect(segment.clock.now - before < .seconds(2))
  }

  @Test func `an abandoned target gets nothing more`() throws {
    let device = VirtualDevice(mac: "00:11:22:00:00:17", address: "10.0.0.23")
    let segment = VirtualSegment(clock: ManualClock(), devices: [device])
    var bench = VirtualScan(segment, asking: [device.address], priority: Self.ports)
    try bench.run(limit: .seconds(1))
    let before = device.unicast.count
    bench.scan.abandon(device.address)
    try bench.run()
    #expect(device.unicast.count == before)
    #expect(bench.scan.target(device.address)?.scan.unresolved == 300 - before)
  }
}
