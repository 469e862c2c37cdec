import Addressing
import Audit
import Authority
import Engine
import LabSupport
import Records
import Testing
import Wire

/// A device that suffers is left alone, and the report says exactly when and under what.
struct DistressTests {
  @Test func `a distress is a finding with the frames that came before it`() throws {
    let recorder = Site.recorder()
    let from = ManualClock.start + .seconds(5)
    recorder.sleeps = from..<from + .seconds(20)
    let audit = try VirtualAudit([recorder], ports: "1-2000")
    try audit.run.run()
    let result = audit.result()
    let coverage = try result.coverage(recorder)
    let distress = try #require(coverage.distress.first)
    #expect(coverage.distress.count == 1)
    #expect(distress.kind == .recovered)
    let (asleep, awake) = (audit.clock.wall(at: from), audit.clock.wall(at: from + .seconds(20)))
    #expect(distress.lastAnswer <= asleep + recorder.roundTrip)
    // Two heartbeats of 750 ms and three time-outs of 400 ms are the standard profile's worst case.
    #expect(distress.frozen > asleep && distress.frozen <= asleep + .milliseconds(1950))
    let ended = try #require(distress.ended)
    #expect(ended >= awake && ended < awake + .seconds(5))

    // What the device itself counted between its last answer and the stop.
    let got = recorder.unicast.map { audit.clock.wall(at: $0) }
    #expect(distress.frames == got.count { distress.lastAnswer <= $0 && $0 <= distress.frozen })
    // From then on heartbeats alone: one each 750 ms and time-out.
    let meanwhile = got.count { distress.frozen < $0 && $0 < awake }
    #expect((1...30).contains(meanwhile), "\(meanwhile)")

    let finding = try #require(audit.sink.findings.first { $0.finding.check == "device.distress" })
    #expect(audit.sink.findings.count == 1)
    #expect(finding.finding.device.mac == recorder.mac)
    #expect(finding.frames.allSatisfy { $0.outbound && $0.nanoseconds <= distress.frozen.nanoseconds })
    #expect(finding.frames.count <= 64)
    // Each frame of the slice reached the device at that moment, octet by octet the same destination.
    let moments = Set(got.map(\.nanoseconds))
    #expect(finding.frames.allSatisfy { moments.contains($0.nanoseconds) })
    #expect(finding.frames.allSatisfy { Array($0.octets[0..<6]) == recorder.mac.octets })
    #expect(finding.frames.count { $0.nanoseconds >= distress.lastAnswer.nanoseconds } == distress.frames)

    // It came back, so it was looked at to the end, at half the pace.
    #expect(coverage.tcp.unresolved == 0)
    #expect(coverage.tcp.silent == 0)
    #expect(coverage.rateCeiling == 50)
    let after = recorder.unicast.filter { $0 > from + .seconds(20) }
    #expect(mostWithinOneSecond(after) <= 50)
  }

  @Test func `a connection is broken off when its device freezes, and made again when it is well`() throws {
    let camera = VirtualDevice(mac: "00:11:22:00:00:05", address: "10.0.0.5", open: [23])
    // It says nothing for the 8 s that are waited, and falls silent in the middle of them.
    let from = ManualClock.start + .seconds(2)
    camera.sleeps = from..<from + .seconds(10)
    let audit = try VirtualAudit([camera], ports: "23")
    try audit.run.run()
    // Broken off, made again, and once more to ask in TLS.
    #expect(camera.connections == [23, 23, 23])
    #expect(camera.mostOpen == 1)
    #expect(camera.openNow == 0)
    #expect(audit.sink.events["session.broken-off"]?.count == 1)
    #expect(audit.sink.events["device.froze"]?.count == 1)
    let distress = try #require(try audit.result().coverage(camera).distress.first)
    #expect(distress.kind == .recovered)
    // It was watched although no frame of the connection left meanwhile.
    #expect(distress.frozen <= audit.clock.wall(at: from + .milliseconds(1950)))
    // The second one was listened to as long as the first should have been.
    #expect(audit.sink.events["session.closed"]?.count == 1)
    #expect(audit.clock.elapsed > .seconds(2 + 10 + 8))
    #expect(audit.clock.busiestSecond < 2000, "the loop spins")
  }

  @Test func `a second distress is one too many`() throws {
    let recorder = Site.recorder()
    var asleep = [ManualClock.start + .seconds(5), ManualClock.start + .seconds(40)].map { $0..<$0 + .seconds(10) }
    recorder.sleeps = asleep.removeFirst()
    let audit = try VirtualAudit([recorder], ports: "1-65535", stopAfter: .seconds(400))
    let second = asleep[0]
    recorder.ports = { [unowned recorder] port in
      if recorder.unicast.last.map({ $0 > ManualClock.start + .seconds(30) }) == true { recorder.sleeps = second }
      return port == 22 ? .open : .closed
    }
    try audit.run.run()
    let coverage = try audit.result().coverage(recorder)
    #expect(coverage.distress.map(\.kind) == [.recovered, .recovered])
    #expect(coverage.tcp.unresolved > 50_000)
    #expect(audit.clock.elapsed < .seconds(80), "nothing more was probed")
    #expect(audit.result().verdicts(recorder).map(\.status) == [.notTested])
  }

  @Test func `frames that this host dropped are asked for again`() throws {
    let device = VirtualDevice(mac: "00:11:22:00:00:05", address: "10.0.0.5") { _ in .closed }
    let audit = try VirtualAudit([device], ports: "1-1500")
    audit.segment.drops = (during: ManualClock.start + .seconds(1)..<ManualClock.start + .seconds(4), every: 5)
    try audit.run.run()
    let result = audit.result()
    let coverage = try result.coverage(device)
    #expect(result.coverage.receiveDrops > 30)
    #expect(coverage.tcp.closed == 1500)
    #expect(coverage.tcp.retried >= 30)
    #expect(coverage.receiveDrops == 0, "all of them were made good")
  }

  @Test func `a window that closes ends the run with what is there`() throws {
    let (camera, recorder) = (Site.camera(), Site.recorder())
    let audit = try VirtualAudit(
      [camera, recorder], VirtualAudit.plan(ports: "1-65535"), stop: (.seconds(20), .windowClosed))
    audit.segment.keepsDepartures = true
    try audit.run.run()
    #expect(audit.run.stopReason == .windowClosed)
    let last = try #require(audit.segment.departures.last)
    #expect(last <= ManualClock.start + .milliseconds(20_350))
    let result = audit.result()
    #expect(result.coverage.partial)
    for device in [camera, recorder] {
      let coverage = try result.coverage(device)
      #expect(coverage.stopped?.en == "The run stopped because its window of time closed.")
      #expect(coverage.stopped?.ja == "作業時間枠が終わったため、検査を止めました。")
      #expect(coverage.tcp.sent == device.probeCount)
      #expect(coverage.tcp.unresolved > 60_000)
    }
    #expect(result.verdicts(camera).map(\.status) == [.fail], "what was found stands")
    // What was settled is in the checkpoints: a continuation need not ask again.
    let settled = audit.sink.settled.filter { $0.address == recorder.address }
    let closed = Set(settled.flatMap(\.closed))
    #expect(try closed.count == result.coverage(recorder).tcp.closed)
  }

  @Test func `a device that answered without a flaw for long enough gets what a robust one gets`() throws {
    let server = VirtualDevice(mac: "00:11:22:00:00:05", address: "10.0.0.5", open: [80])
    let scope = try VirtualAudit.scope(rates: Scope.Rates(perDevice: 0, total: 0))
    func plan() throws -> AuditPlan {
      var plan = try VirtualAudit.plan(ports: "1-20000", targets: ["10.0.0.5"], scope: scope, profile: "fast")
      plan.deviceRate = nil
      plan.totalRate = 5000
      return plan
    }
    let audit = try VirtualAudit([server], plan())
    try audit.run.run()
    #expect(audit.sink.events["device.promoted"]?.count == 1)
    let coverage = try audit.result().coverage(server)
    #expect(coverage.deviceClass == "robust")
    #expect(coverage.rateCeiling == nil)
    // 1000 a second for ten seconds, then as fast as the interface: 5000.
    let before = server.unicast.filter { $0 < ManualClock.start + .seconds(10) }
    #expect(mostWithinOneSecond(before) <= 1000)
    #expect(server.peak > 2000)

    // One frame in a hundred is lost: not without a flaw.
    let lossy = VirtualDevice(mac: "00:11:22:00:00:05", address: "10.0.0.5", open: [80])
    lossy.lossPerMille = 10
    let second = try VirtualAudit([lossy], plan())
    try second.run.run()
    #expect(second.sink.events["device.promoted"] == nil)
    #expect(lossy.peak <= 1000)
  }

  /// A disk that is waited for, another program: the loop stands still now and then.
  @Test(arguments: [150, 450, 1500]) func `a host that stands still blames no device`(_ milliseconds: Int) throws {
    let recorder = Site.recorder()
    var paused = 0
    let audit = try VirtualAudit(
      [recorder], VirtualAudit.plan(ports: "1-2000"),
      pause: { elapsed in
        // Thirty times, each in another place of the second.
        guard elapsed > .milliseconds(700 + 640 * paused), paused < 30 else { return .zero }
        paused += 1
        return .milliseconds(milliseconds)
      })
    try audit.run.run()
    #expect(paused == 30)
    let coverage = try audit.result().coverage(recorder)
    #expect(coverage.distress.isEmpty)
    #expect(coverage.tcp.unresolved == 0 && coverage.tcp.silent == 0)
    #expect(recorder.peak <= 100)
  }

  @Test func `a device that dies while the host stands still is noticed all the same`() throws {
    let recorder = Site.recorder()
    recorder.diesAt = ManualClock.start + .seconds(5)
    let audit = try VirtualAudit(
      [recorder], VirtualAudit.plan(ports: "1-2000"), pause: { _ in .milliseconds(60) })
    try audit.run.run()
    let distress = try #require(try audit.result().coverage(recorder).distress.first)
    #expect(distress.kind == .lost)
    #expect(distress.frozen < ManualClock.startOfDay + .seconds(5 + 5))
  }
}
