import Addressing
import Engine
import LabSupport
import Records
import Testing

/// Devices that fall ill while they are probed.
struct ScanHealthTests {
  private static let accident = Bench.start + .seconds(3)

  /// One device that falls ill among two that stay well.
  private func scan(
    ports: Int = 900, v6: Bool = false, recovery: Duration = .seconds(20), prepare: (VirtualDevice) -> Void
  ) throws -> (bench: VirtualScan, ill: VirtualDevice, well: [VirtualDevice]) {
    let ill = Bench.device(1, v6: v6) { $0 % 50 == 9 ? .silent : $0 % 100 == 0 ? .open : .closed }
    ill.keepsFrames = true
    prepare(ill)
    let well = (2...3).map { Bench.device($0) }
    var (bench, segment) = Bench.scan([ill] + well, ports: ports) { $0.health.recovery = recovery }
    try bench.run(limit: .seconds(300))
    #expect(bench.isDone)
    #expect(segment.clock.busiestSecond < 2000, "the loop spins")
    for device in well {
      #expect(bench.isExact(device))
      // 900 ports at 96 a second.
      let finished = bench.first { $0 == .finished(device.address) }
      #expect(finished.map { $0 - Bench.start < .seconds(11) } == true, "others are held up")
    }
    return (bench, ill, well)
  }

  private func froze(_ bench: VirtualScan, _ device: VirtualDevice) -> MonotonicInstant? {
    bench.first { $0 == .froze([device.address]) }
  }

  /// Nothing but heartbeats (ARP questions, neighbour solicitations) in a time.
  private func onlyHeartbeats(_ device: VirtualDevice, _ time: Range<MonotonicInstant>) -> Bool {
    device.frames.filter { time.contains($0.at) }.allSatisfy { frame in
      let type = (frame.octets[12], frame.octets[13])
      return type == (0x08, 0x06) || (type == (0x86, 0xdd) && frame.octets[20] == 58 && frame.octets[54] == 135)
    }
  }

  @Test(arguments: [false, true])
  func `a device that dies is left alone within two seconds and given up after the recovery time`(v6: Bool) throws {
    let (bench, ill, _) = try scan(v6: v6) { $0.diesAt = Self.accident }
    let frozen = try #require(froze(bench, ill))
    #expect(frozen - Self.accident <= .seconds(2))
    #expect(onlyHeartbeats(ill, frozen..<Bench.start + .seconds(999)))
    let distress = try #require(bench.distresses(ill.address).first)
    #expect(distress.outcome == .lost)
    #expect(distress.ended - distress.frozen >= .seconds(20) && distress.ended - distress.frozen < .seconds(23))
    #expect(distress.lastAnswer <= Self.accident + .milliseconds(1))
    #expect(distress.lastAnswer > Self.accident + .milliseconds(-200))
    #expect(bench.ports(.silent, ill.address) == 0, "silence of a dead device is no answer")
    #expect(bench.ports(.unknown, ill.address) > 500)
    #expect(bench.count(.finished(ill.address)) == 1)
    #expect(bench.count(.alive(ill.address, false)) == 1)
    // What the device got last, octet by octet.
    let sent = ill.frames.filter { $0.at <= distress.frozen }.suffix(64)
    #expect(distress.frames.count == 64)
    #expect(distress.frames.map(\.octets) == sent.map(\.octets))
    #expect(distress.frames.map(\.at) == sent.map(\.at))
  }

  @Test func `a device that dies after 40 half-open connections gets few more`() throws {
    let (bench, ill, _) = try scan { $0.diesAfterSYNs = 40 }
    #expect(bench.distresses(ill.address).map(\.outcome) == [.lost])
    // 16 unanswered probes ask for a heartbeat, 300 ms later it is missed.
    #expect(ill.probeCount <= 40 + 16 + 35, "\(ill.probeCount)")
  }

  @Test func `a device that dies at the end of a section leaves nothing silent`() throws {
    for milliseconds in stride(from: Int64(300), through: 900, by: 50) {
      let (bench, ill, _) = try scan(ports: 60) { $0.diesAt = Bench.start + .milliseconds(milliseconds) }
      let answered = bench.ports(.closed, ill.address) + bench.ports(.open, ill.address)
      let isWhole = bench.distresses(ill.address).isEmpty
      #expect(bench.ports(.silent, ill.address) == (isWhole ? 60 - answered : 0))
      #expect(!isWhole || bench.isExact(ill))
    }
  }

  @Test(arguments: [false, true])
  func `a device that comes back is probed to the end, half as fast`(announces: Bool) throws {
    let (bench, ill, _) = try scan {
      $0.sleeps = Self.accident..<Self.accident + .seconds(6)
      $0.announcesReturn = announces
    }
    let distresses = bench.distresses(ill.address)
    #expect(distresses.map(\.outcome) == [announces ? .rebooted : .recovered])
    #expect(bench.isExact(ill))
    let frozen = try #require(froze(bench, ill))
    let ended = try #require(distresses.first).ended
    #expect(onlyHeartbeats(ill, frozen..<ended))
    #expect(ended >= Self.accident + .seconds(6) && ended < Self.accident + .seconds(8))
    #expect(mostWithinOneSecond(ill.unicast.filter { $0 > ended + .seconds(1) }) <= 50)
    #expect(bench.scan.figures(of: ill.address)?.limits.rate == 50)
    #expect(ill.mostPending <= 100)
  }

  @Test(arguments: [150, 400, 800, 1600] as [Int64])
  func `a device that becomes slow is probed on, half as fast, and every port gets its answer`(
    milliseconds: Int64
  ) throws {
    let (bench, ill, _) = try scan(ports: 500) { $0.slow = (Self.accident, .milliseconds(milliseconds)) }
    #expect(bench.distresses(ill.address).map(\.outcome) == [.slow])
    #expect(bench.isExact(ill))
    let frozen = try #require(froze(bench, ill))
    #expect(frozen - Self.accident <= .seconds(3))
    #expect(bench.scan.figures(of: ill.address)?.limits.inFlight == 8)
  }

  @Test func `a second distress ends the probing`() throws {
    let ill = Bench.device()
    ill.sleeps = Self.accident..<Self.accident + .seconds(5)
    var (bench, segment) = Bench.scan([ill], ports: 2000) { $0.health.recovery = .seconds(20) }
    try bench.run { if case .distress = $0 { true } else { false } }
    ill.sleeps = segment.clock.now + .seconds(4)..<segment.clock.now + .seconds(9)
    try bench.run(limit: .seconds(100))
    #expect(bench.distresses(ill.address).map(\.outcome) == [.recovered, .recovered])
    #expect(bench.isDone && bench.ports(.unknown, ill.address) > 1000)
    let last = try #require(ill.probes.values.compactMap(\.last).max())
    #expect(last <= bench.distresses(ill.address)[1].frozen)
  }

  @Test func `loss is no distress`() throws {
    var wrong = 0
    for seed in 0..<12 as Range<UInt64> {
      let devices = (1...4).map { number in
        let device = Bench.device(number) { number % 2 == 0 || $0 % 20 == 0 ? .closed : .silent }
        device.lossPerMille = [20, 50][Int(seed % 2)]
        return device
      }
      var (bench, _) = Bench.scan(devices, ports: 300, seed: seed)
      try bench.run()
      wrong += devices.count { !bench.distresses($0.address).isEmpty }
    }
    // 48 devices, some 15 heartbeats each; 10 % of them lost.
    #expect(wrong <= 1, "\(wrong)")
  }

  @Test func `a device without heartbeats is probed all the same`() throws {
    let device = Bench.device { $0 % 3 == 0 ? .silent : .closed }
    device.answersLinkQuestions = false
    var (bench, _) = Bench.scan([device], ports: 60)
    try bench.run()
    #expect(bench.count(.unwatchable(device.address)) == 1)
    #expect(bench.isExact(device))
    #expect(device.linkPolls == 3)
    #expect(bench.scan.figures(of: device.address)?.isWatched == false)
  }
}
