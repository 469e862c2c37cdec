import Addressing
import LabSupport
import Records
import Testing

@testable import Engine

/// Several addresses of one device, several devices behind one address, devices behind a gateway.
struct ScanAddressTests {
  @Test(arguments: 2...8)
  func `up to eight addresses of one device share its budget`(count: Int) throws {
    let device = Bench.device(1) { $0 % 10 == 0 ? .open : .closed }
    device.aliases = (2...count).map { $0 % 2 == 0 ? Bench.v4($0) : Bench.v6($0) }
    var (bench, _) = Bench.scan([device], ports: 60)
    try bench.run()
    #expect(bench.isExact(device))
    #expect(device.peak <= 100)
    #expect(device.probesByAddress.count == count)
    for address in device.addresses { #expect(device.probesByAddress[address]?.count == 60) }
  }

  @Test func `behind a relay each device has its budget, and all of them obey the segment's`() throws {
    let gateway = Bench.mac(99)
    let devices = (1...50).map { number in VirtualDevice(mac: gateway, address: Bench.v4(number)) { _ in .closed } }
    var (bench, segment) = Bench.scan(devices, ports: 100, rate: 20) { $0.segmentRate = 400 }
    segment.keepsDepartures = true
    try bench.run()
    for device in devices {
      #expect(bench.isExact(device))
      // The first eight shared a budget until the ninth was found.
      #expect(device.peak <= 20)
    }
    #expect(mostWithinOneSecond(segment.departures) <= 400 + 8 + 50)
    // 50 × 100 probes at 400 a second, and heartbeats.
    #expect((12...25).contains(segment.clock.elapsed.seconds))
    let ends = devices.compactMap(\.unicast.last)
    #expect((ends.max() ?? Bench.start) - (ends.min() ?? Bench.start) < .seconds(4), "somebody had to wait")
  }

  @Test(arguments: [false, true])
  func `what is behind a gateway is reached through it, without questions of the link`(isIPv6: Bool) throws {
    let gateway = Bench.mac(99)
    let devices = (1...12).map { number in
      let device = VirtualDevice(mac: gateway, address: isIPv6 ? Bench.v6(number) : Bench.v4(number)) {
        $0 % 9 == 0 ? .silent : $0 % 7 == 0 ? .open : .closed
      }
      device.isOffLink = true
      device.timeToLive = 61
      device.roundTrip = .milliseconds(8)
      return device
    }
    devices[3].diesAt = Bench.start + .seconds(2)
    var (bench, segment) = Bench.scan(devices, ports: 300) {
      $0.segmentRate = 2000
      $0.health.recovery = .seconds(5)
    }
    try bench.run()
    #expect(segment.strays == 0 && segment.broadcasts.isEmpty)
    for device in devices {
      #expect(device.linkPolls == 0 && device.echoRequests > 0)
      #expect(device.peak <= 100)
      if device !== devices[3] { #expect(bench.isExact(device)) }
    }
    #expect(bench.distresses(devices[3].address).map(\.outcome) == [.lost])
    #expect(bench.count(.stack(devices[0].address, timeToLive: 61, window: 29_200)) == 1)
  }

  @Test func `two devices with one address are a conflict, told once, and the first is probed`() throws {
    let first = VirtualDevice(mac: Bench.mac(1), address: IPAddress(IPv4Address(rawValue: 0x0a00_000f)))
    let second = VirtualDevice(mac: Bench.mac(2), address: first.address)
    second.roundTrip = .microseconds(401)
    let segment = VirtualSegment(clock: ManualClock(), devices: [first, second])
    var bench = VirtualScan(
      segment, asking: (3...20).map { IPv4Address(rawValue: 0x0a00_0000 + $0) }, priority: [UInt16](1...300))
    try bench.run()
    #expect(bench.count(.found(first.address, first.mac, isOffLink: false)) == 1)
    #expect(bench.count(.conflict(first.address, second.mac)) == 1)
    #expect(second.unicast.isEmpty)
    #expect(first.probeCount == 300)
  }

  /// What is kept for one more address with one port.
  @Test func `a target with one port takes little memory`() {
    // The rest of the 1.4 KB measured for each of 32,768 are tables: addresses, cells, turns.
    let octets = MemoryLayout<SegmentScan.Target>.stride + MemoryLayout<SegmentScan.Device>.stride
    #expect(octets <= 1300, "\(octets)")
  }
}
