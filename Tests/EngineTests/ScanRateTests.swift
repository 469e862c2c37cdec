import Addressing
import LabSupport
import Records
import Testing

@testable import Engine

/// What devices and links get per second, counted on their side.
struct ScanRateTests {
  @Test(arguments: [5, 20, 100, 1000])
  func `no device gets more than its limit in any second, resets included`(rate: Int) throws {
    let devices = (1...12).map { number in
      let device = Bench.device(number, v6: number % 4 == 0) { port in
        switch number % 3 {
        case 0: port < 20_000 ? .open : .closed
        case 1: port % 3 == 0 ? .open : .closed
        default: port % 2 == 0 ? .silent : .closed
        }
      }
      device.roundTrip = .milliseconds([1, 30, 120][number % 3])
      device.jitter = .milliseconds(Int64(number))
      device.lossPerMille = number > 8 ? 20 : 0
      return device
    }
    var (bench, _) = Bench.scan(devices, ports: min(3 * rate, 1500), rate: rate)
    bench.lateness = .milliseconds(1)
    // The ports are more than fit four seconds.
    try bench.run(limit: .seconds(rate >= 1000 ? 6 : 20))
    for device in devices {
      #expect(device.peak <= rate, "\(device.address): \(device.peak)")
      #expect(device.unicast.count > rate * 2)
      let figures = try #require(bench.scan.figures(of: device.address))
      #expect(figures.peak >= device.peak, "the figure of the report hides frames")
    }
  }

  /// 300 probes and six resets, in windows of 1.01 s: of the limit, one in fifty, the room for what comes before probes and
  /// one heartbeat a second stay free. (10 - 1 - 2) / 1.01 - 1 = 5.9 a second take 52 s; likewise 20.6 s and 22.1 s.
  @Test(arguments: [(10, 1, 55), (20, 2, 23), (20, 8, 25)])
  func `a fragile device gets at most its limit, and not much less`(rate: Int, inFlight: Int, seconds: Int) throws {
    let devices = (1...6).map { number in
      Bench.device(number) { number == 1 ? $0 < 40 ? .open : .closed : $0 % 50 == 1 ? .open : .closed }
    }
    var (bench, _) = Bench.scan(devices, ports: 300, rate: rate, inFlight: inFlight)
    bench.lateness = .milliseconds(1)
    try bench.run()
    for device in devices {
      #expect(device.peak <= rate, "\(device.address): \(device.peak)")
      #expect(bench.isExact(device))
      let finished = try #require(bench.first { $0 == .finished(device.address) })
      guard device !== devices[0] else { continue }
      #expect(finished - Bench.start <= .seconds(seconds), "\(finished - Bench.start)")
    }
  }

  @Test(arguments: [(2, 300), (8, 300), (8, 20), (2, 20)] as [(Int, Int64)])
  func `no more probes are on their way than the class allows`(limit: Int, milliseconds: Int64) throws {
    let devices = (1...4).map { number in
      let device = Bench.device(number, v6: number == 4) { $0 % 3 == 0 ? .open : .closed }
      device.roundTrip = .milliseconds(milliseconds)
      device.jitter = .milliseconds(milliseconds / 4 + 1)
      device.lossPerMille = number == 3 ? 20 : 0
      return device
    }
    var (bench, _) = Bench.scan(devices, ports: 150, rate: 1000, inFlight: limit)
    try bench.run()
    for device in devices {
      #expect(device.mostPending <= limit, "\(device.mostPending)")
      #expect(device.mostPending == limit)
      #expect(bench.isExact(device))
    }
  }

  @Test(arguments: [10, 1000, 20_000])
  func `the interface keeps its rate within 3 per cent, with timers that come late`(rate: Int) throws {
    let devices = (1...50).map { number in Bench.device(number) }
    var (bench, segment) = Bench.scan(devices, ports: 1000, rate: 0, totalRate: rate)
    segment.keepsDepartures = true
    bench.lateness = .milliseconds(1)
    try bench.run(limit: .seconds(rate > 10_000 ? 1 : rate > 100 ? 5 : 60))
    let seconds = (segment.clock.now - Bench.start).seconds
    let expected = Double(rate) * seconds
    #expect(abs(Double(segment.departures.count) - expected) <= expected * 0.03 + 2)
    let tenths = Dictionary(grouping: segment.departures) { ($0 - Bench.start).nanoseconds / 100_000_000 }
    for tenth in 1..<Int64(seconds * 10) - 1 where rate >= 1000 {
      let count = Double(tenths[tenth]?.count ?? 0)
      #expect(abs(count - Double(rate) / 10) <= Double(rate) / 10 * 0.03 + 1 + Double(rate) / 1000)
    }
  }

  @Test func `a pause of five seconds is not made up for`() throws {
    let devices = (1...5).map { Bench.device($0) }
    var (bench, segment) = Bench.scan(devices, ports: 1000, rate: 100, totalRate: 300)
    segment.keepsDepartures = true
    try bench.run(limit: .seconds(3))
    segment.clock.sleep(until: segment.clock.now + .seconds(5))
    let resumed = segment.clock.now
    try bench.run(limit: .seconds(3))
    #expect(segment.departures.count { $0 >= resumed && $0 < resumed + .milliseconds(100) } <= 33)
    for device in devices { #expect(device.peak <= 100) }
  }

  @Test func `turns are fair and short`() throws {
    let devices = (1...30).map { Bench.device($0) }
    var (bench, _) = Bench.scan(devices, ports: 600, rate: 0, totalRate: 2000) { $0.arpRate = 0 }
    try bench.run(limit: .seconds(4))
    let counts = devices.map(\.probeCount)
    let (least, most) = (counts.min() ?? 0, counts.max() ?? 0)
    #expect(least > 150)
    // At most one turn of 8 frames apart, and a heartbeat or two in its place.
    #expect(most - least <= 8 + 2, "\(least) … \(most)")
    for device in devices {
      let moments = Dictionary(grouping: device.unicast) { $0 }.values.map(\.count)
      #expect((moments.max() ?? 0) <= 8)
    }
  }

  @Test func `who waits for his first heartbeat is not forgotten over those who have had theirs`() throws {
    // 30 heartbeats at 100 a second take 300 ms; the first devices have ports enough for seconds.
    let devices = (1...30).map { Bench.device($0) }
    var (bench, segment) = Bench.scan(devices, ports: 600, rate: 0, totalRate: 1000) { $0.arpRate = 100 }
    try bench.run(limit: .seconds(2))
    for device in devices { #expect((device.unicast.first ?? segment.clock.now) - Bench.start < .milliseconds(700)) }
  }

  /// Turns of devices and of the loop for each frame: counted, so that the machine does not matter.
  private func cost(
    _ count: Int, isOffLink: Bool, change: (inout SegmentScan.Configuration) -> Void
  ) throws -> (served: Double, turns: Double) {
    let devices = (1...count).map { number in
      let device = VirtualDevice(mac: isOffLink ? Bench.mac(0) : Bench.mac(number), address: Bench.v4(number))
      device.isOffLink = isOffLink
      return device
    }
    var (bench, segment) = Bench.scan(devices, ports: 1, rate: 100, change: change)
    try bench.run()
    #expect(devices.allSatisfy { $0.probeCount == 1 })
    return (Double(bench.scan.served) / Double(segment.accepted), Double(bench.turns) / Double(segment.accepted))
  }

  @Test func `a probe costs the same with 32768 devices as with 100`() throws {
    let few = try cost(100, isOffLink: false) { $0.arpRate = 0 }
    let many = try cost(32_768, isOffLink: false) { $0.arpRate = 0 }
    #expect(many.served <= few.served * 1.1 + 0.1 && many.turns <= few.turns * 1.1 + 0.1, "\(few) \(many)")
  }

  @Test(arguments: [false, true])
  func `nor does it cost more when the devices share a pace`(isOffLink: Bool) throws {
    let few = try cost(100, isOffLink: isOffLink) { $0.segmentRate = 300 }
    let many = try cost(3000, isOffLink: isOffLink) { $0.segmentRate = 300 }
    #expect(many.served <= few.served * 1.3 + 0.2, "\(few) \(many)")
  }
}
