import Addressing
import Audit
import LabSupport
import Records
import Testing

/// What is learnt about a device on the way lowers what it gets, and never raises it.
struct ClassificationTests {
  @Test func `a stack of a microcontroller gets a microcontroller's pace from its first open port on`() throws {
    let sensor = VirtualDevice(mac: "00:11:22:00:00:05", address: "10.0.0.5", open: [80])
    // lwIP's defaults (src/include/lwip/opt.h).
    sensor.timeToLive = 255
    sensor.window = 2144
    let audit = try VirtualAudit([sensor], ports: "80,100-300")
    try audit.run.run()
    let coverage = try audit.result().coverage(sensor)
    #expect(coverage.deviceClass == "fragile")
    #expect(coverage.rateCeiling == 20)
    #expect(coverage.tcp.unresolved == 0)
    let after = sensor.unicast.filter { $0 > ManualClock.start + .milliseconds(1200) }
    #expect(mostWithinOneSecond(after) <= 20)
    // 200 ports at 20 a second.
    #expect(audit.clock.elapsed > .seconds(9))
  }

  /// RFC 6762 §8.3: an announcement, with one address record.
  private static func announcement(_ name: String, _ device: VirtualDevice) throws -> [UInt8] {
    let group = try (#require(MACAddress("01:00:5e:00:00:fb")), #require(IPAddress("224.0.0.251")))
    let address = try #require(device.address.v4).rawValue
    let labels = [name, "local"].flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) }
    let record: [UInt8] =
      labels + [0, 0, 1, 0x80, 1, 0, 0, 0, 120, 0, 4]
      + (0..<4).map { UInt8(truncatingIfNeeded: address >> (24 - 8 * $0)) }
    return VirtualFrames.udp(
      VirtualFrames.Ends(from: device.mac, device.address, to: group.0, group.1), ports: (5353, 5353),
      data: [0, 0, 0x84, 0, 0, 0, 0, 1, 0, 0, 0, 0] + record)
  }

  @Test func `the name that a device gives itself counts, too`() throws {
    let plug = VirtualDevice(mac: "00:11:22:00:00:05", address: "10.0.0.5", open: [80])
    let laptop = VirtualDevice(mac: "00:11:22:00:00:06", address: "10.0.0.6", open: [80])
    let audit = try VirtualAudit([plug, laptop], ports: "80,100-400")
    audit.segment.inject(try Self.announcement("tasmota-4F2A10-2576", plug), at: ManualClock.start + .seconds(1))
    audit.segment.inject(try Self.announcement("desktop", laptop), at: ManualClock.start + .seconds(1))
    audit.segment.inject(try Self.announcement("desktop", laptop), at: ManualClock.start + .seconds(3))
    try audit.run.run()
    #expect(try audit.result().coverage(plug).deviceClass == "fragile")
    #expect(try audit.result().coverage(laptop).deviceClass == "normal")
    #expect(mostWithinOneSecond(plug.unicast.filter { $0 > ManualClock.start + .milliseconds(2100) }) <= 20)
    #expect((audit.sink.events["device.sighted"] ?? []).contains { $0.contains("tasmota-4F2A10-2576") })
    let device = try #require(audit.result().inventory.devices.first { $0.addresses.contains(laptop.address) })
    #expect(device.claims.filter { $0.kind == .host }.map(\.value) == ["desktop.local"], "said twice, kept once")
  }

  @Test func `a device that was slowed down after a distress is not hurried by its class`() throws {
    let sensor = VirtualDevice(mac: "00:11:22:00:00:05", address: "10.0.0.5", open: [80])
    let from = ManualClock.start + .seconds(3)
    sensor.sleeps = from..<from + .seconds(5)
    var plan = try VirtualAudit.plan(ports: "100-400")
    plan.deviceRate = 16
    let audit = try VirtualAudit([sensor], plan)
    // Only after it was slowed to 8 a second it says what it is: 16 a second, as its class would allow.
    audit.segment.inject(try Self.announcement("esp-0a1b2c", sensor), at: ManualClock.start + .seconds(15))
    try audit.run.run()
    let coverage = try audit.result().coverage(sensor)
    #expect(coverage.deviceClass == "fragile")
    #expect(coverage.distress.count == 1)
    #expect(coverage.rateCeiling == 8)
    #expect(mostWithinOneSecond(sensor.unicast.filter { $0 > ManualClock.start + .seconds(12) }) <= 8)
  }

  /// A connection needs five frames at least: SYN, ACK, the greeting's ACK, FIN and the last ACK.
  @Test(arguments: [5, 8, 10, 14, 15, 20]) func `a slow pace has room for connections`(_ rate: Int) throws {
    let recorder = Site.recorder()
    let quiet = VirtualDevice(mac: "00:11:22:00:00:05", address: "10.0.0.5", open: [80])
    var plan = try VirtualAudit.plan(ports: "22,80,100-160")
    plan.deviceRate = rate
    let audit = try VirtualAudit([recorder, quiet], plan, stop: (.seconds(180), .interrupted))
    try audit.run.run()
    #expect(audit.run.stopReason == nil, "it came to no end")
    // It is listened to; then three times asked for its lists of algorithms, which it never sends.
    #expect(recorder.connections == [22, 22, 22, 22])
    // It is listened to and asked in HTTP, then in TLS.
    #expect(quiet.connections == [80, 80])
    #expect(recorder.peak <= rate && quiet.peak <= rate)
    #expect(try audit.result().coverage(recorder).tcp.unresolved == 0)
  }
}
