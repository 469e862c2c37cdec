import Addressing
import Engine
import LabSupport
import Records
import Testing

/// Who was asked what, read from the octets of the frames.
struct ScanCoverageTests {
  /// A SYN as a reader of the capture sees it.
  private struct Question: Hashable {
    let address: [UInt8]
    let port: Int
  }

  /// Destination address and port of a TCP frame, whether it is a SYN, and whether its checksum is right (RFC 9293 §3.1).
  private func read(_ frame: [UInt8]) -> (question: Question, isSYN: Bool, isWhole: Bool)? {
    let isIPv4 = frame[12] == 0x08 && frame[13] == 0x00
    guard isIPv4 ? frame[23] == 6 : frame[12] == 0x86 && frame[20] == 6 else { return nil }
    let start = isIPv4 ? 34 : 54
    let address = Array(isIPv4 ? frame[30..<34] : frame[38..<54])
    let length = frame.count - start
    var sum = 6 + length
    let summed = frame[(isIPv4 ? 26 : 22)..<frame.count]  // both addresses, then the segment
    var index = summed.startIndex
    while index < summed.endIndex {
      sum += Int(summed[index]) << 8 | Int(summed[index + 1])
      index += 2
    }
    while sum > 0xffff { sum = sum >> 16 + sum & 0xffff }
    let port = Int(frame[start + 2]) << 8 | Int(frame[start + 3])
    return (Question(address: address, port: port), frame[start + 13] == 2, sum == 0xffff)
  }

  @Test func `every port of every address is asked at least once and at most as often as the tries allow`() throws {
    var random = SeededRandom(seed: 2026)
    for turn in 0..<40 {
      let isIPv6 = turn % 3 == 2
      let most = 1 + Int(random.next() % 4)
      let ports = 1 + Int(random.next() % 120)
      let lossPerMille = [0, 20, 100, 300][Int(random.next() % 4)] as UInt64
      let devices = (1...1 + Int(random.next() % 6)).map { number in
        let silent = UInt16(2 + random.next() % 9)
        let device = Bench.device(number, v6: isIPv6) { $0 % silent == 0 ? .silent : $0 % 5 == 0 ? .open : .closed }
        device.lossPerMille = lossPerMille
        device.keepsFrames = true
        return device
      }
      var (bench, segment) = Bench.scan(devices, ports: ports, rate: 0, seed: random.next()) {
        $0.tries = TryPolicy(least: 1 + most / 2, most: most)
        $0.health.recovery = .seconds(5)
      }
      try bench.run(limit: .seconds(200))
      #expect(bench.isDone)
      var counts: [Question: Int] = [:]
      for frame in devices.flatMap(\.frames) {
        guard let (question, isSYN, isWhole) = read(frame.octets) else { continue }
        #expect(isWhole, "a checksum is wrong")
        if isSYN { counts[question, default: 0] += 1 }
      }
      for device in devices where bench.distresses(device.address).isEmpty {
        let address = isIPv6 ? device.address.v6?.octets ?? [] : Array(device.frames[0].octets[38..<42])
        for port in 1...ports {
          let count = counts[Question(address: address, port: port)] ?? 0
          #expect((1...most).contains(count), "\(device.address) \(port): \(count), turn \(turn)")
          if lossPerMille == 0, device.ports(UInt16(port)) != .silent { #expect(count == 1) }
        }
      }
      #expect(counts.keys.allSatisfy { (1...ports).contains($0.port) })
      #expect(segment.probedAddresses == Set(devices.map(\.address)))
      #expect(segment.strays == 0)
      #expect(devices.allSatisfy { $0.payloadOctets == 0 })
    }
  }

  @Test(arguments: [false, true])
  func `without loss every answered port costs one SYN and the end is not waited for`(isIPv6: Bool) throws {
    let device = Bench.device(v6: isIPv6) { $0 % 7 == 0 ? .open : .closed }
    var (bench, _) = Bench.scan([device], ports: 3000, rate: 0)
    try bench.run()
    // And three control ports, because more than 20 ports are open.
    #expect((1...3000).allSatisfy { device.probes[$0]?.count == 1 })
    #expect(device.probeCount == 3003)
    #expect(bench.isExact(device))
    #expect(bench.count(.finished(device.address)) == 1)
    // The last answer is on its way for 0.4 ms.
    let last = device.probes.values.compactMap(\.last).max() ?? Bench.start
    let finished = try #require(bench.first { $0 == .finished(device.address) })
    #expect(finished - last <= .milliseconds(2))
    #expect(bench.scan.figures(of: device.address)?.loss.lost == 0)
  }

  @Test func `the order is the seed's`() throws {
    func order(_ low: UInt64) throws -> [UInt16] {
      let device = Bench.device()
      var (bench, _) = Bench.scan([device], ports: 400, rate: 0) {
        $0.space = ProbeSpace(priority: [], rest: Array(1...400), seed: ScanSeed(high: 1, low: low))
      }
      try bench.run()
      return device.firstProbes
    }
    let first = try order(1)
    #expect(try order(1) == first)
    #expect(try order(2) != first)
    #expect(first != first.sorted())
  }

  @Test func `2 per cent of loss each way costs 1 port of 10000 at most, over whole frames`() throws {
    var (open, found) = (0, 0)
    for seed in 0..<4 as Range<UInt64> {
      let devices = (1...5).map { number in
        let device = Bench.device(number, v6: number == 5) { $0 % 4 == 0 ? .closed : .open }
        device.lossPerMille = 20
        return device
      }
      var (bench, _) = Bench.scan(devices, ports: 1600, rate: 0, seed: seed)
      try bench.run()
      for device in devices {
        open += 1200
        found += bench.ports(.open, device.address)
        #expect(bench.distresses(device.address).isEmpty)
      }
    }
    #expect(open == 24_000)
    #expect(found >= open - 2, "\(found) of \(open)")
  }

  @Test func `the bound that is stated holds in 99 of 100 runs`() throws {
    var failures = 0
    for seed in 0..<200 as Range<UInt64> {
      let device = Bench.device { $0 % 2 == 0 ? .closed : .open }
      device.lossPerMille = 5 + seed % 50
      var (bench, _) = Bench.scan([device], ports: 120, rate: 0, seed: seed)
      try bench.run()
      let scan = try #require(bench.scan.target(device.address)).scan
      let bound = try #require(bench.scan.figures(of: device.address)).loss.missBound(tries: scan.triesOfSilent ?? 4)
      let missed = scan.cells.count(of: .silent)
      // Of 120 ports so many may be missed: the mean and three standard deviations of it.
      if Double(missed) > 120 * bound + 3 * (120 * bound).squareRoot() { failures += 1 }
    }
    #expect(failures <= 2, "\(failures)")
  }

  @Test func `dropped frames of a pass are asked for again, and drops at other times cost nothing`() throws {
    let device = Bench.device { $0 % 10 == 0 ? .silent : $0 % 10 < 4 ? .open : .closed }
    var (bench, segment) = Bench.scan([device], ports: 1000, rate: 1000) { $0.tries = TryPolicy(least: 1, most: 1) }
    segment.drops = (Bench.start + .milliseconds(300)..<Bench.start + .milliseconds(900), 3)
    try bench.run()
    #expect(segment.receiveDrops() > 50)
    #expect(bench.isExact(device))
    // Only silent ports are asked twice.
    #expect(device.probeCount <= 1103 + segment.receiveDrops())

    let late = Bench.device(6) { $0 % 10 == 0 ? .silent : .closed }
    let other = VirtualSegment(clock: ManualClock(), devices: [late])
    // 90 answers bound the loss to 3 / 93: four tries.
    var second = VirtualScan(
      other, configuration: VirtualScan.configuration(other, priority: [], rest: [UInt16](1...100), totalRate: 0))
    second.scan.note(receiveDrops: 40)
    second.add(late)
    try second.run()
    #expect(late.probeCount == 90 + 10 * 4)
  }

  @Test func `a full queue loses no frame and repeats none`() throws {
    let device = Bench.device { $0 % 10 == 0 ? .open : .closed }
    var (bench, segment) = Bench.scan([device], ports: 500, rate: 0)
    segment.fullEvery = 3
    segment.fullDuring = Bench.start + .milliseconds(5)..<Bench.start + .milliseconds(40)
    try bench.run()
    #expect((1...500).allSatisfy { device.probes[$0]?.count == 1 })
    #expect(device.probeCount == 503)
    #expect(bench.isExact(device))
    #expect(segment.clock.busiestSecond < 4000, "the loop spins")
  }
}
