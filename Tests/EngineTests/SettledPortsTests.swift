import Addressing
import Engine
import LabSupport
import Records
import Testing

/// What a scan hands over while it goes on, and what another takes over from it.
struct SettledPortsTests {
  private let ports = Array(UInt16(1)...1200)

  private func device() -> VirtualDevice {
    VirtualDevice(mac: "00:11:22:00:00:05", address: "10.0.0.5") { port in
      switch port {
      case 100, 700, 1100: .open
      case 200..<210: .silent
      case 300..<305: .prohibited
      default: .closed
      }
    }
  }

  private func scan(_ segment: VirtualSegment) -> VirtualScan {
    var configuration = VirtualScan.configuration(
      segment, priority: [100, 200, 300, 700],
      rest: ports.filter {
        ![100, 200, 300, 700].contains($0)
      })
    configuration.keepsChanges = true
    configuration.datagrams = [7, 8, 9].map { port in
      DatagramProbe(id: "p\(port)", port: port, payload: { _ in [1, 2] }, isAnswer: { octets, _ in octets == [3] })
    }
    return VirtualScan(segment, configuration: configuration, limits: SegmentScan.Limits(rate: 100, inFlight: 0))
  }

  /// All that the first seconds of a scan handed over, second by second.
  private func firstPart(_ seconds: Int, of device: VirtualDevice, _ segment: VirtualSegment) throws -> SettledPorts {
    var first = scan(segment)
    first.add(device)
    var all = SettledPorts(address: device.address)
    for _ in 0..<seconds {
      let end = segment.clock.now + .seconds(1)
      while segment.clock.now < end { try first.step(until: end) }
      for part in first.scan.takeSettled() {
        #expect(part.address == device.address && part.mac == device.mac)
        #expect(Set(all.open + all.closed).isDisjoint(with: part.open + part.closed), "told twice")
        all.open += part.open
        all.closed += part.closed
        all.silent = Array(Set(all.silent + part.silent))
        if !part.datagramsClosed.isEmpty { all.datagramsClosed = part.datagramsClosed }
        if !part.datagramsSilent.isEmpty { all.datagramsSilent = part.datagramsSilent }
        all.figures = part.figures
      }
    }
    for port in ports {
      let told: CellTable.Cell? =
        all.open.contains(port)
        ? .open : all.closed.contains(port) ? .closed : all.silent.contains(port) ? .silent : nil
      #expect(first.cell(device, port) == told ?? .unknown)
    }
    #expect(first.scan.takeSettled().isEmpty)
    return all
  }

  @Test(arguments: [1, 4, 8, 30]) func `a continuation asks only what was not settled`(seconds: Int) throws {
    let device = device()
    device.datagrams = { port, _ in port == 7 ? .octets([3]) : port == 8 ? .closed : .silent }
    let segment = VirtualSegment(clock: ManualClock(), devices: [device])
    var known = try firstPart(seconds, of: device, segment)
    let isOver = seconds == 30
    #expect((known.open.count + known.closed.count + known.silent.count == 1200) == isOver)
    let asked = device.probes.mapValues(\.count)
    let datagrams = device.received.count
    known.datagramsOpen = [0]
    var second = scan(segment)
    second.scan.scan(
      device.address, nextHop: device.mac, limits: SegmentScan.Limits(rate: 100, inFlight: 0), known: known,
      now: segment.clock.now)
    try second.run(until: { $0 == .finished(device.address) }, limit: .seconds(100))
    #expect(second.isExact(device))
    let again = Set(device.probes.filter { $0.value.count > asked[$0.key] ?? 0 }.keys)
    #expect(again.isDisjoint(with: known.open + known.closed + known.silent))
    #expect(again.isEmpty == isOver)
    if isOver { #expect(device.received.count == datagrams) }
    #expect(!device.received.dropFirst(datagrams).contains { $0.port == 7 }, "it was answered before")
    // Counts go on.
    let target = try #require(second.scan.target(device.address))
    #expect(
      target.scan.sent == known.figures.sent + device.probes.values.reduce(0) { $0 + $1.count }
        - asked.values.reduce(0, +))
    #expect(target.scan.triesOfSilent != nil)
    // What was taken over is not told again.
    let told = second.scan.takeSettled().flatMap { $0.open + $0.closed }
    #expect(Set(told).isDisjoint(with: known.open + known.closed))
  }

  @Test func `a device that answers everything is left alone, and one that may is asked three ports`() throws {
    let device = VirtualDevice(mac: "00:11:22:00:00:05", address: "10.0.0.5") { _ in .open }
    let segment = VirtualSegment(clock: ManualClock(), devices: [device])
    var known = SettledPorts(address: device.address, open: Array(1...30))
    var suspect = scan(segment)
    suspect.scan.scan(
      device.address, nextHop: device.mac, limits: SegmentScan.Limits(rate: 100, inFlight: 0), known: known,
      now: segment.clock.now)
    try suspect.run(until: { $0 == .answersEverything(device.address) }, limit: .seconds(30))
    #expect(device.probes.keys.count { (21_000..<32_000).contains($0) } == 3)
    let asked = device.probeCount
    known.answersEverything = true
    var left = scan(segment)
    left.scan.scan(
      device.address, nextHop: device.mac, limits: SegmentScan.Limits(rate: 100, inFlight: 0), known: known,
      now: segment.clock.now)
    try left.run(until: { $0 == .finished(device.address) }, limit: .seconds(30))
    #expect(left.count(.finished(device.address)) == 1 && device.probeCount == asked)
    #expect(left.scan.target(device.address)?.answersEverything == true)
  }
}
