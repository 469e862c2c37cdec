import Addressing
import LabSupport
import Records
import Testing

@testable import Engine

/// What ends the connections that SYN-ACKs leave half open.
struct ResetTests {
  private static func place(_ device: VirtualDevice, _ port: UInt16) -> VirtualDevice.Place {
    VirtualDevice.Place(address: device.address, port: port)
  }

  /// A SYN-ACK as the device would repeat it.
  private static func repeated(_ device: VirtualDevice, _ port: UInt16, _ number: UInt32, _ segment: VirtualSegment)
    -> [UInt8]
  {
    let own = device.address.isIPv4 ? IPAddress(segment.source) : IPAddress(segment.linkLocal)
    return VirtualFrames.tcp(
      VirtualFrames.Ends(from: device.mac, device.address, to: segment.mac, own), ports: (port, segment.sourcePort),
      acknowledging: number, flags: 0x12, window: 1000)
  }

  @Test(arguments: [false, true])
  func `each open port gets one reset, every other port none`(v6: Bool) throws {
    let device = Bench.device(v6: v6) { $0 % 10 == 0 ? .open : $0 % 7 == 0 ? .silent : .closed }
    var (bench, _) = Bench.scan([device], ports: 200, rate: 0)
    try bench.run()
    #expect(bench.isExact(device))
    #expect(Set(device.resets.keys) == Set((1...20).map { Self.place(device, $0 * 10) }))
    #expect(device.resets.values.allSatisfy { $0.count == 1 })
    #expect(device.halfOpen.isEmpty, "a reset had another number than the device expected")
  }

  /// RFC 9293 §3.1 and §3.5.2, field by field: control bits RST alone, the sequence number that the device acknowledged.
  @Test func `a reset is the bare frame of the standard`() throws {
    let device = Bench.device { _ in .open }
    device.keepsFrames = true
    var (bench, segment) = Bench.scan([device], ports: 1, rate: 0)
    try bench.run()
    let syn = try #require(device.frames.first { $0.octets[23] == 6 && $0.octets[47] == 2 }?.octets)
    let reset = try #require(device.frames.first { $0.octets[23] == 6 && $0.octets[47] == 4 }?.octets)
    #expect(reset.count == 54)
    #expect(reset[0..<12] == syn[0..<12], "both stations")
    #expect(reset[26..<38] == syn[26..<38], "both addresses and ports")
    let number = { (octets: ArraySlice<UInt8>) in octets.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } }
    #expect(number(reset[38..<42]) == number(syn[38..<42]) &+ 1)
    #expect(Array(reset[42..<46]) == [0, 0, 0, 0], "nothing is acknowledged")
    #expect(reset[46] == 0x50 && Array(reset[48..<50]) == [0, 0], "no options, no window")
    #expect(segment.strays == 0)
  }

  /// A device of one connection gets its reset before its next SYN, whatever its budget.
  @Test(arguments: [(1, 0), (3, 1), (10, 1), (100, 2), (0, 2), (0, 0)])
  func `no probe goes before a reset that is owed`(rate: Int, inFlight: Int) throws {
    let device = Bench.device { _ in .open }
    var (bench, _) = Bench.scan([device], ports: 15, rate: rate, inFlight: inFlight)
    bench.lateness = .milliseconds(1)
    try bench.run()
    try bench.run(limit: .seconds(3))
    #expect(bench.isExact(device))
    #expect(device.halfOpen.isEmpty)
    #expect(device.resets.count == 15)
    if inFlight > 0 { #expect(device.mostHalfOpen <= inFlight, "\(device.mostHalfOpen)") }
    if rate > 0 { #expect(device.peak <= rate, "\(device.peak)") }
  }

  @Test func `resets leave at once while the budget has room`() throws {
    let devices = (1...40).map { number in Bench.device(number) { $0 % 20 == 0 ? .open : .closed } }
    var (bench, _) = Bench.scan(devices, ports: 100, rate: 100)
    try bench.run()
    for device in devices {
      for (place, moments) in device.resets {
        let asked = try #require(device.probes[place.port]?.last)
        // A SYN-ACK comes after 0.4 ms.
        #expect(try #require(moments.first) - asked < .milliseconds(2))
      }
    }
  }

  @Test func `a SYN-ACK that comes again is reset again, one without end is not`() throws {
    let device = Bench.device { $0 == 7 ? .open : .closed }
    var (bench, segment) = Bench.scan([device], ports: 20, rate: 100)
    try bench.run()
    let number = try #require(bench.scan.target(device.address)).prepared.sequence(port: 7) &+ 1
    // As a stack repeats it whose reset was lost; and the same with a number that nobody sent.
    let start = segment.clock.now
    for second: Int64 in [1, 3, 7] {
      segment.inject(Self.repeated(device, 7, number, segment), at: start + .seconds(second))
      segment.inject(Self.repeated(device, 7, number ^ 0x100, segment), at: start + .seconds(second))
    }
    try bench.run(until: { _ in false }, limit: .seconds(8))
    #expect(device.resets[Self.place(device, 7)]?.count == 4)
    // Eight for each open port and eight more, however many come: two ports' worth here.
    for milliseconds: Int64 in 0..<3000 {
      segment.inject(Self.repeated(device, 7, number, segment), at: segment.clock.now + .milliseconds(milliseconds))
    }
    try bench.run(until: { _ in false }, limit: .seconds(5))
    #expect(device.resets[Self.place(device, 7)]?.count == 1 + 2 * 8)
    #expect(device.peak <= 100)
  }

  @Test func `a forgotten address is reset late, slowly, and only for what it was asked`() throws {
    let device = Bench.device { $0 <= 30 ? .open : .closed }
    var (bench, segment) = Bench.scan([device], ports: 15, rate: 5)
    try bench.run()
    let prepared = try #require(bench.scan.target(device.address)).prepared
    bench.scan.dismiss(device.address)
    try bench.run(until: { _ in false }, limit: .seconds(4))
    bench.scan.forget(device.address, now: segment.clock.now)
    let other = Bench.device(6)
    bench.add(other)
    let before = device.unicast.count
    let moment = segment.clock.now + .seconds(2)
    for port: UInt16 in 1...15 {
      let number = prepared.sequence(port: port) &+ 1
      segment.inject(Self.repeated(device, port, number, segment), at: moment)
      segment.inject(Self.repeated(device, port, number &+ 1, segment), at: moment)
    }
    try bench.run(until: { _ in false }, limit: .seconds(12))
    let late = device.unicast.count - before
    #expect(late > 0 && late <= 15, "\(late)")
    #expect(device.peak <= 5, "\(device.peak)")
    #expect(device.halfOpen.isEmpty)
  }

  @Test func `a run is not over while a reset is owed`() throws {
    let device = Bench.device { _ in .open }
    var (bench, segment) = Bench.scan([device], ports: 1, rate: 1)
    try bench.run(until: { $0 == .open(device.address, 1) })
    bench.scan.dismiss(device.address)
    let isOver = bench.scan.isFinished
    #expect(!isOver, "the budget has no room for the reset yet")
    try bench.run(until: { _ in false }, limit: .seconds(3))
    #expect(device.resets.count == 1)
    let isOverNow = bench.scan.isFinished
    #expect(isOverNow)
    #expect(segment.strays == 0)
  }

  /// Behind a gateway the search for devices finds an open port itself.
  @Test func `what answers the search is reset before it is a target`() throws {
    let device = VirtualDevice(mac: Bench.mac(0), address: Bench.v4(9)) { $0 == 80 ? .open : .closed }
    device.isOffLink = true
    device.answersEcho = false
    let segment = VirtualSegment(clock: ManualClock(), devices: [device])
    var configuration = VirtualScan.configuration(segment, priority: [1, 2])
    configuration.offLink = [device.address: device.mac]
    configuration.discovery.offLink = [device.address]
    var bench = VirtualScan(segment, configuration: configuration)
    try bench.run(limit: .seconds(30))
    #expect(bench.count(.found(device.address, device.mac, isOffLink: true)) == 1)
    #expect(device.resets[Self.place(device, 80)]?.count == 1)
    #expect(device.halfOpen.isEmpty)
    #expect(bench.scan.figures(of: device.address)?.frames ?? 0 >= device.unicast.count)
  }

  @Test func `a device in distress is freed of what it holds, and asked nothing`() throws {
    let device = Bench.device { _ in .open }
    device.slow = (Bench.start + .milliseconds(400), .milliseconds(900))
    var (bench, _) = Bench.scan([device], ports: 200, rate: 50, inFlight: 8)
    try bench.run(until: { if case .froze = $0 { true } else { false } }, limit: .seconds(30))
    let (probes, resets) = (device.probeCount, device.resets.count)
    try bench.run(until: { _ in false }, limit: .seconds(1))
    #expect(device.probeCount == probes)
    #expect(device.resets.count > resets)
  }
}
