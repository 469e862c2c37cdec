import Addressing
import Audit
import Authority
import LabSupport
import Records
import Testing

/// Runs that do not go as planned still say what they saw, and never pass anything.
struct InterruptionTests {
  @Test func `an interrupted run keeps its figures and marks them`() throws {
    let (camera, recorder) = (Site.camera(), Site.recorder())
    let audit = try VirtualAudit([camera, recorder], ports: "1-65535", stopAfter: .seconds(20))
    try audit.run.run()
    #expect(audit.run.stopReason == .interrupted)
    #expect(audit.clock.elapsed < .seconds(21))
    let result = audit.result()
    #expect(result.coverage.partial)
    for device in [camera, recorder] {
      let coverage = try result.coverage(device)
      #expect(coverage.stopped?.en == "The run was interrupted.")
      #expect(coverage.aliveAfter == nil)
      #expect(coverage.tcp.sent == device.probeCount)
      #expect(coverage.tcp.unresolved > 60_000)
      #expect(!coverage.tcp.complete)
      #expect(coverage.tcp.closed > 1000)
      #expect(device.openNow == 0 || audit.dialer.openSessions > 0)
    }
    // What was found stands.
    #expect(result.verdicts(camera).map(\.status) == [.fail])
    #expect(result.verdicts(recorder).map(\.status) == [.notTested])
    #expect(audit.sink.ports.count == 2)
  }

  @Test func `a stop during the search names the addresses that were not settled`() throws {
    let audit = try VirtualAudit([Site.camera()], ports: "iot1000", stopAfter: .milliseconds(600))
    try audit.run.run()
    let row = try #require(audit.result().coverage.omitted.first)
    #expect(row.reason == .incomplete)
    #expect(row.addresses == "10.0.0.3-10.0.0.4, 10.0.0.6-10.0.0.20")
  }

  @Test func `a stop during a connection closes it`() throws {
    let camera = Site.camera()
    let audit = try VirtualAudit([camera], ports: "80,23", stopAfter: .milliseconds(700))
    try audit.run.run()
    #expect(camera.connections.count == 1)
    // FIN was sent: the kernel's frames are SYN, ACK, … , FIN.
    #expect(camera.unicast.count >= 2 + 2 + 3)
  }

  /// Every place at which the evidence can fail, one run each.
  @Test(arguments: [1, 2, 3, 5, 8, 13, 21, 34])
  func `evidence that cannot be written ends the run and keeps the result`(writes: Int) throws {
    let (camera, recorder) = (Site.camera(), Site.recorder())
    let audit = try VirtualAudit([camera, recorder], ports: "22,23,80,100-200")
    audit.sink.failsFrom = writes
    #expect(throws: MemorySink.Full.self) { try audit.run.run() }
    let result = audit.result()
    for coverage in result.coverage.devices {
      #expect(coverage.stopped != nil, "a device whose evidence is not whole counts as done")
      let device = coverage.address == camera.address ? camera : recorder
      #expect(coverage.tcp.sent == device.probeCount)
    }
    #expect(!result.verdicts.contains { $0.status == .pass })
  }

  @Test func `an interface that goes down ends the run and keeps the result`() throws {
    let camera = Site.camera()
    let audit = try VirtualAudit([camera], ports: "iot1000")
    audit.segment.breaksAt = ManualClock.start + .seconds(5)
    #expect(throws: VirtualSegment.Broken.self) { try audit.run.run() }
    let coverage = try audit.result().coverage(camera)
    #expect(coverage.stopped != nil)
    #expect(coverage.aliveAfter == nil)
    #expect(coverage.tcp.sent == camera.probeCount)
    #expect(audit.sink.ports.count == 1)
  }

  @Test func `a device that dies is marked and passes nothing`() throws {
    let recorder = Site.recorder()
    recorder.diesAt = ManualClock.start + .seconds(6)
    let audit = try VirtualAudit([recorder], ports: "1-65535", targets: "10.0.0.6-10.0.0.7")
    try audit.run.run()
    let coverage = try audit.result().coverage(recorder)
    #expect(coverage.stopped != nil)
    #expect(coverage.aliveAfter == false)
    #expect(coverage.tcp.silent == 0)
    #expect(audit.result().verdicts(recorder).map(\.reason) == [.fragile])
    #expect(coverage.distress.map(\.kind) == [.lost])
    #expect(coverage.distress.first?.ended == nil)
    // It is waited for as long as the profile says, and no longer.
    #expect(audit.clock.elapsed > .seconds(6 + 60))
    #expect(audit.clock.elapsed < .seconds(6 + 60 + 10))
  }

  @Test func `a connection that the gate refuses is an observation and no finding`() throws {
    let camera = Site.camera()
    let audit = try VirtualAudit([camera], ports: "23,80")
    audit.dialer.refused = [camera.address]
    try audit.run.run()
    #expect(audit.result().findings.isEmpty)
    #expect(camera.connections.isEmpty)
    #expect(audit.result().coverage.devices.count == 1)
    #expect(!audit.result().verdicts.contains { $0.status == .pass || $0.status == .fail })
  }

  @Test func `a service that closes between probe and connection is not identified`() throws {
    let camera = Site.camera()
    var asked = 0
    camera.ports = { port in
      guard port == 23 else { return .closed }
      asked += 1
      return asked == 1 ? .open : .closed
    }
    let audit = try VirtualAudit([camera], ports: "23")
    try audit.run.run()
    #expect(camera.connections == [23])
    #expect(audit.result().findings.isEmpty)
    #expect(audit.result().verdicts(camera).allSatisfy { $0.status != .pass && $0.status != .fail })
  }

  @Test func `a device with two addresses gets one connection at a time`() throws {
    let camera = Site.camera()
    let alias = try #require(IPAddress("10.0.0.15"))
    camera.aliases = [alias]
    let audit = try VirtualAudit([camera], ports: "23,80,100-400")
    try audit.run.run()
    let result = audit.result()
    #expect(camera.mostOpen == 1)
    #expect(camera.peak <= 100)
    #expect(camera.connections.sorted() == [23, 23, 80, 80, 80, 80])
    #expect(result.inventory.devices.count == 1)
    #expect(result.inventory.devices[0].addresses == [camera.address, alias])
    #expect(result.inventory.devices[0].services.map(\.endpoint.port) == [23, 80])
    #expect(result.coverage.devices.count == 2)
  }

  @Test func `many open ports are visited one by one within the budget`() throws {
    let busy = VirtualDevice(mac: "00:11:22:00:00:0a", address: "10.0.0.10") { $0 <= 40 ? .open : .closed }
    for port in 1...40 as ClosedRange<UInt16> { busy.greetings[port] = Array("hello\r\n".utf8) }
    let audit = try VirtualAudit([busy], ports: "1-1500")
    try audit.run.run()
    #expect(busy.connections.count == 40)
    #expect(Set(busy.connections).count == 40)
    #expect(busy.mostOpen == 1)
    #expect(busy.peak <= 100)
    #expect(audit.clock.busiestSecond < 2000, "the loop spins")
  }
}
