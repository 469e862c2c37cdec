import Addressing
import Engine
import LabSupport
import Records
import Testing

/// Random sites with random ailments, and frames from strangers among the answers.
struct ScanSoakTests {
  private func randomDevice(_ number: Int, _ random: inout SeededRandom) -> VirtualDevice {
    let kind = random.next() % 5
    let modulus = UInt16(2 + random.next() % 7)
    let device = Bench.device(number, v6: random.next() % 4 == 0) { port in
      guard port < 20_000 || kind == 4 else { return .closed }
      switch kind {
      case 0: return .closed
      case 1: return port % modulus == 0 ? .open : .closed
      case 2: return port % modulus == 0 ? .closed : .silent
      case 3: return [.open, .closed, .silent, .prohibited][Int(port % 4)]
      default: return .open
      }
    }
    device.roundTrip = .microseconds(Int64(100 + random.next() % 40_000))
    device.jitter = .microseconds(Int64(1 + random.next() % 20_000))
    device.lossPerMille = [0, 0, 10, 50][Int(random.next() % 4)]
    let moment = Bench.start + .milliseconds(Int64(random.next() % 5000))
    switch random.next() % 8 {
    case 0: device.diesAt = moment
    case 1: device.sleeps = moment..<moment + .milliseconds(Int64(random.next() % 9000))
    case 2: device.slow = (moment, .milliseconds(Int64(random.next() % 900)))
    case 3: device.resetLimit = AnswerLimit(rate: 20 + Int(random.next() % 100), burst: 5)
    case 4: device.answersLinkQuestions = false
    default: break
    }
    device.announcesReturn = random.next() % 2 == 0
    return device
  }

  /// SYN-ACKs and resets with numbers that nobody sent, for every device and for strangers.
  private func forge(_ segment: VirtualSegment, _ devices: [VirtualDevice], _ random: inout SeededRandom) {
    for _ in 0..<300 {
      let device = devices[Int(random.next() % UInt64(devices.count))]
      let isIPv6 = !device.address.isIPv4
      let stranger = isIPv6 ? Bench.v6(4000) : Bench.v4(4000)
      let source = random.next() % 8 == 0 ? stranger : device.address
      let ends = VirtualFrames.Ends(
        from: device.mac, source, to: segment.mac,
        isIPv6 ? IPAddress(segment.linkLocal) : IPAddress(segment.source))
      let port = UInt16(1 + random.next() % 200)
      let frame = VirtualFrames.tcp(
        ends, ports: (port, segment.sourcePort), acknowledging: UInt32(truncatingIfNeeded: random.next()),
        flags: random.next() % 3 == 0 ? 0x14 : 0x12, window: 1000)
      segment.inject(frame, at: Bench.start + .milliseconds(Int64(random.next() % 6000)))
    }
  }

  @Test(arguments: 0..<24)
  func `a random site is probed gently, truly and to an end`(seed: Int) throws {
    var random = SeededRandom(seed: UInt64(seed) &+ 900)
    let devices = (1...10).map { randomDevice($0, &random) }
    let rate = [20, 100, 500][Int(random.next() % 3)]
    let inFlight = [0, 2, 8][Int(random.next() % 3)]
    var (bench, segment) = Bench.scan(
      devices, ports: 40 + Int(random.next() % 160), rate: rate, inFlight: inFlight, totalRate: 2000,
      seed: random.next()
    ) { $0.health.recovery = .seconds(8) }
    if seed % 3 == 0 { segment.fullEvery = 7 }
    if seed % 4 == 0 { segment.drops = (Bench.start + .seconds(1)..<Bench.start + .seconds(2), 5) }
    bench.lateness = .milliseconds(Int64(seed % 2))
    if seed % 2 == 1 { forge(segment, devices, &random) }
    try bench.run(limit: .seconds(900))

    #expect(bench.isDone, "no end")
    #expect(segment.probedAddresses.isSubset(of: devices.map(\.address)))
    #expect(segment.strays == 0)
    for device in devices {
      #expect(device.payloadOctets == 0)
      #expect(device.peak <= rate, "\(device.address): \(device.peak) of \(rate)")
      #expect(bench.count(.finished(device.address)) == 1)
      for port in bench.scan.configuration.space.ports {
        let (found, truth) = (bench.cell(device, port), device.ports(port))
        // Never more than the device said: what is open is open, what is closed is closed.
        #expect(found != .open || truth == .open)
        #expect(found != .closed || truth == .closed)
      }
      let isWell = device.diesAt == nil && device.sleeps == nil && device.slow == nil && device.resetLimit == nil
      if isWell, device.lossPerMille == 0, segment.drops == nil, device.ports(20_001) == .closed {
        #expect(bench.distresses(device.address).isEmpty)
        #expect(bench.isExact(device))
      }
    }
  }
}
