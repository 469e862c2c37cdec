import Addressing
import Engine
import LabSupport
import Records
import Testing

/// Devices that answer less, or more, than they were asked.
struct ScanLimitTests {
  @Test(arguments: [AnswerLimit.Kind.bucket, .counter], [50, 100, 300])
  func `a limit of resets is measured, kept to, and every port is settled`(kind: AnswerLimit.Kind, limit: Int) throws {
    let device = Bench.device { $0 == 700 ? .open : .closed }
    device.resetLimit = AnswerLimit(rate: limit, burst: 10, kind: kind)
    var (bench, segment) = Bench.scan([device], ports: 3000, rate: 1000)
    try bench.run()
    let figures = try #require(bench.scan.figures(of: device.address))
    #expect(abs((figures.answerLimit ?? 0) - limit) <= limit / 5, "\(String(describing: figures.answerLimit))")
    #expect(bench.isExact(device))
    // From the sixth second on the pace is below the limit.
    let later = device.unicast.filter { $0 > Bench.start + .seconds(6) }
    #expect(mostWithinOneSecond(later) <= limit + limit / 10)
    #expect((segment.clock.now - Bench.start).seconds < 3000 / Double(limit) * 1.4 + 6)
  }

  @Test(arguments: [0, 20, 50] as [UInt64])
  func `resets that a limit withheld are not lost`(lossPerMille: UInt64) throws {
    let device = Bench.device { $0 % 500 == 0 ? .open : $0 % 100 == 1 ? .silent : .closed }
    device.resetLimit = AnswerLimit(rate: 100, burst: 10)
    device.lossPerMille = lossPerMille
    var (bench, _) = Bench.scan([device], ports: 3000, rate: 1000)
    try bench.run()
    let figures = try #require(bench.scan.figures(of: device.address))
    #expect(figures.answerLimit != nil)
    // A try fails with 1 − (1 − p)²: 0, 3.96 % and 9.75 %. What was asked below the limit tells it within a third.
    let expected = Double(lossPerMille) / 1000 * (2 - Double(lossPerMille) / 1000)
    let measured = Double(figures.loss.lost) / Double(figures.loss.probes)
    #expect(figures.loss.probes > 40)
    #expect(abs(measured - expected) <= expected / 3 + (lossPerMille == 0 ? 0 : 0.01), "\(measured)")
    #expect(figures.loss.upperBound >= expected)
  }

  @Test(arguments: [0, 20] as [UInt64])
  func `a limit too small a section to measure still leaves an honest bound`(lossPerMille: UInt64) throws {
    var failures = 0
    var withheld = 0
    for seed in 0..<100 as Range<UInt64> {
      let device = Bench.device { $0 <= 10 ? .open : .closed }
      device.resetLimit = AnswerLimit(rate: 5, burst: 2)
      device.lossPerMille = lossPerMille
      var (bench, _) = Bench.scan([device], ports: 40, rate: 0, seed: seed)
      try bench.run()
      let figures = try #require(bench.scan.figures(of: device.address))
      let scan = try #require(bench.scan.target(device.address)).scan
      #expect(figures.answerLimit == nil)
      if lossPerMille == 0 { #expect(figures.loss.lost == 0) }
      withheld += bench.ports(.silent, device.address)
      let bound = figures.loss.missBound(tries: scan.triesOfSilent ?? 4)
      // Ten SYN-ACKs bound the loss to 3 / 13 at best; a bound near 1 would say nothing at all.
      #expect(bound < 0.2, "\(bound)")
      let missed = Double(10 - bench.ports(.open, device.address))
      if missed > 10 * bound + 3 * (10 * bound).squareRoot() { failures += 1 }
    }
    #expect(withheld > 100, "the limit is there")
    #expect(failures <= 1, "\(failures)")
  }

  @Test func `a filter that drops nine of ten is not taken for a limit and costs no pace`() throws {
    var taken = 0
    for seed in 0..<40 as Range<UInt64> {
      let device = Bench.device { ($0 &* 40_503) >> 8 % 10 == 0 ? .closed : .silent }
      var (bench, _) = Bench.scan([device], ports: 1500, rate: [200, 1000][Int(seed % 2)]) {
        $0.seed = ScanSeed(high: seed, low: 3)
      }
      try bench.run()
      if bench.scan.figures(of: device.address)?.answerLimit != nil { taken += 1 }
      #expect(bench.isExact(device))
    }
    #expect(taken == 0)
  }

  @Test(arguments: [false, true])
  func `a device that accepts every port is found out after 20 and left alone`(isIPv6: Bool) throws {
    let device = Bench.device(v6: isIPv6) { _ in .open }
    var (bench, _) = Bench.scan([device], ports: 5000)
    try bench.run()
    #expect(bench.count(.answersEverything(device.address)) == 1)
    #expect(device.probeCount <= 60, "\(device.probeCount)")
    #expect(bench.scan.target(device.address)?.answersEverything == true)
    #expect(bench.count(.finished(device.address)) == 1)
    #expect(bench.ports(.unknown, device.address) > 4900, "what was not asked is not open")
  }

  @Test func `a device with many services is believed`() throws {
    let device = Bench.device { $0 % 20 == 0 ? .open : .closed }
    var (bench, _) = Bench.scan([device], ports: 500)
    try bench.run()
    #expect(bench.count(.answersEverything(device.address)) == 0)
    #expect(bench.ports(.open, device.address) == 25 && bench.isExact(device))
    let controls = device.probes.filter { $0.key > 500 }
    #expect(controls.count == 3 && controls.allSatisfy { $0.value.count == 1 })
  }

  @Test func `a filter's refusal settles a port, and only a port's own answer opens or closes it`() throws {
    for isIPv6 in [false, true] {
      let device = Bench.device(v6: isIPv6) { $0 < 50 ? .prohibited : $0 == 70 ? .open : .closed }
      var (bench, _) = Bench.scan([device], ports: 200)
      try bench.run()
      #expect(device.probeCount == 200)
      #expect(bench.isExact(device))
      #expect(bench.scan.target(device.address)?.scan.filtered == 49)
    }
  }

  @Test func `a forged SYN-ACK opens nothing`() throws {
    for isIPv6 in [false, true] {
      let device = Bench.device(v6: isIPv6) { $0 % 10 == 0 ? .forged : .closed }
      var (bench, _) = Bench.scan([device], ports: 100)
      try bench.run()
      #expect(bench.ports(.open, device.address) == 0)
      #expect(bench.ports(.silent, device.address) == 10)
    }
  }
}
