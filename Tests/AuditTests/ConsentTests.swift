import Addressing
import Audit
import Authority
import Foundation
import LabSupport
import Profiles
import Records
import Testing

/// What nobody consented to is not done, and the report says so.
struct ConsentTests {
  private static let everything: Set<Technique> = Set(Technique.known)

  /// A registry in which every device of these tests is of a maker of controllers.
  private static func vendors() throws -> VendorRegistry {
    let folder = NSTemporaryDirectory() + "tenken-vendors-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let header = "Registry,Assignment,Organization Name,Organization Address\n"
    for (file, line) in [
      ("oui.csv", "MA-L,001122,Mitsubishi Electric Corporation,Tokyo JP\nMA-L,001133,\"Plain Works, Ltd.\",x\n"),
      ("mam.csv", "MA-M,70B3D51,Medium Block KK,x\n"), ("oui36.csv", "MA-S,70B3D5123,Small Block KK,x\n"),
    ] {
      try Data((header + line).utf8).write(to: URL(fileURLWithPath: folder + "/" + file))
    }
    return try VendorRegistry(directory: folder)
  }

  @Test func `industrial ports without consent get no frame, and the verdict says why`() throws {
    let controller = VirtualDevice(mac: "00:11:33:00:00:09", address: "10.0.0.9", open: [80, 502])
    let scope = try VirtualAudit.scope(techniques: Self.everything.subtracting([.otIdentify]))
    let audit = try VirtualAudit([controller], ports: "80,81,502", scope: scope)
    try audit.run.run()
    #expect(Set(controller.probes.keys) == [80, 81])
    #expect(controller.connections == [80, 80])
    let coverage = try audit.result().coverage(controller)
    #expect(coverage.tcp.requestedCount == 3)
    #expect(coverage.tcp.notPermitted == 1)
    #expect(coverage.tcp.open + coverage.tcp.closed + coverage.tcp.silent + coverage.tcp.unresolved == 2)
    let verdict = try #require(audit.result().verdicts(controller).first)
    #expect(verdict.status == .notTested)
    #expect(verdict.reason == .noAuthorisation)
    // The UDP questions of building automation need the same consent: BACnet, KNXnet/IP, EtherNet/IP.
    let asked = Set(controller.received.map(\.port))
    #expect(asked.contains(53) && asked.isDisjoint(with: [47_808, 3671, 44_818]))
  }

  @Test func `with consent they are probed and connected to`() throws {
    let controller = VirtualDevice(mac: "00:11:33:00:00:09", address: "10.0.0.9", open: [80, 502])
    let scope = try VirtualAudit.scope(techniques: Self.everything)
    let audit = try VirtualAudit([controller], ports: "80,81,502", scope: scope)
    try audit.run.run()
    #expect(Set(controller.probes.keys) == [80, 81, 502])
    #expect(controller.connections.sorted() == [80, 80, 502, 502])
    // A controller is listened to, and asked only in its own protocol: Modbus for its identity, unit 255, then 1.
    let heard = controller.heard[502] ?? []
    #expect(heard.count == 22)
    #expect(heard.dropFirst(6).prefix(5) == [255, 0x2b, 0x0e, 1, 0] && heard.suffix(5) == [1, 0x2b, 0x0e, 1, 0])
    #expect(try audit.result().coverage(controller).tcp.notPermitted == 0)
    #expect(Set(controller.received.map(\.port)).isSuperset(of: [53, 47_808, 3671, 44_818]))
  }

  @Test func `a device of a maker of controllers is left out after it was found`() throws {
    let controller = VirtualDevice(mac: "00:11:22:00:00:09", address: "10.0.0.9", open: [80, 502])
    let camera = VirtualDevice(mac: "00:11:33:00:00:05", address: "10.0.0.5", open: [80])
    let scope = try VirtualAudit.scope(techniques: Self.everything.subtracting([.otIdentify]))
    var plan = try VirtualAudit.plan(ports: "80,502", scope: scope)
    plan.vendors = try Self.vendors()
    let audit = try VirtualAudit([controller, camera], plan)
    try audit.run.run()
    #expect(controller.unicast.isEmpty)
    #expect(controller.connections.isEmpty)
    #expect(camera.connections == [80, 80])
    let result = audit.result()
    #expect(result.inventory.devices.map(\.mac) == [camera.mac])
    let row = try #require(result.coverage.omitted.first { $0.addresses == "10.0.0.9" })
    #expect(row.reason == .noAuthorisation)
    #expect(row.detail.en.contains("Mitsubishi Electric Corporation") && row.detail.en.contains("ot-identify"))
    #expect(row.detail.ja.contains("Mitsubishi Electric Corporation") && row.detail.ja.contains("ot-identify"))
    #expect(audit.sink.events["target.industrial"]?.count == 1)
    // Rows about the site as a whole, such as that there is no capture, are about no address.
    let rows = result.verdicts.filter { $0.device == nil && $0.bounds.addresses != nil }
    #expect(!rows.isEmpty && rows.allSatisfy { $0.status == .notTested && $0.reason == .noAuthorisation })
    #expect(rows.allSatisfy { $0.bounds.addresses == "10.0.0.9" })

    // With consent it is looked at, as gently as its class wants.
    let consent = VirtualDevice(mac: "00:11:22:00:00:09", address: "10.0.0.9", open: [80, 502])
    var permitted = try VirtualAudit.plan(ports: "1-200,502", scope: VirtualAudit.scope(techniques: Self.everything))
    permitted.vendors = try Self.vendors()
    let second = try VirtualAudit([consent], permitted)
    try second.run.run()
    let coverage = try second.result().coverage(consent)
    #expect(coverage.deviceClass == "fragile")
    #expect(coverage.rateCeiling == 20)
    #expect(consent.peak <= 20)
    #expect(coverage.tcp.unresolved == 0)
  }

  @Test func `fragile devices keep their ceiling whatever pace is asked for`() throws {
    let lamp = VirtualDevice(mac: "00:11:22:00:00:09", address: "10.0.0.9", open: [80])
    let camera = VirtualDevice(mac: "00:11:33:00:00:05", address: "10.0.0.5", open: [80])
    let scope = try VirtualAudit.scope(
      techniques: Self.everything, rates: Scope.Rates(perDevice: 5000, total: 100_000))
    var plan = try VirtualAudit.plan(ports: "1-400", scope: scope)
    plan.vendors = try Self.vendors()
    plan.deviceRate = 1000
    plan.totalRate = 10_000
    let audit = try VirtualAudit([lamp, camera], plan)
    try audit.run.run()
    #expect(lamp.peak <= 20)
    #expect(camera.peak > 300)
    #expect(try audit.result().coverage(lamp).rateCeiling == 20)
    #expect(try audit.result().coverage(camera).rateCeiling == 1000)
  }

  /// However its address becomes known: an answer, this host's kernel, or a frame that was heard.
  @Test(arguments: [false, true])
  func `a device excluded by MAC gets no frame of its own`(_ findsOnly: Bool) throws {
    let camera = Site.camera()
    let plc = VirtualDevice(mac: "00:11:22:00:00:08", address: "10.0.0.8", open: [23])
    let quiet = VirtualDevice(mac: "00:11:22:00:00:0a", address: "10.0.0.10", open: [23])
    quiet.answersLinkQuestions = false
    let scope = try VirtualAudit.scope(
      networks: ["10.0.0.0/24", "fe80::/10"],
      excluding: [plc.mac, quiet.mac].map { Scope.Exclusion(target: .device($0), reason: "稼働中のPLC") },
      techniques: Self.everything)
    plc.aliases = [IPAddress(IPv6Address(linkLocalOf: plc.mac))]
    var plan = try VirtualAudit.plan(ports: "23,80", targets: ["10.0.0.3-10.0.0.20", "fe80::/10"], scope: scope)
    plan.findsOnly = findsOnly
    plan.identifiesServices = !findsOnly
    let address = try #require(plc.address.v4)
    let silent = try #require(quiet.address.v4)
    let audit = try VirtualAudit([camera, plc, quiet], plan, known: [address: plc.mac])
    audit.segment.inject(
      VirtualFrames.arp(operation: 1, from: quiet.mac, silent, to: .broadcast, silent),
      at: ManualClock.start + .milliseconds(50))
    try audit.run.run()
    for device in [plc, quiet] {
      #expect(device.unicast.isEmpty)
      #expect(device.connections.isEmpty)
    }
    #expect(audit.result().inventory.devices.map(\.mac) == [camera.mac])
    #expect(audit.result().coverage.omitted.contains { $0.addresses == "10.0.0.8" && $0.reason == .outOfScope })
  }

  @Test func `a question for an address that a device may have is a frame of the device`() throws {
    let camera = Site.camera()
    let scope = try VirtualAudit.scope(networks: ["10.0.0.0/24", "fe80::/10"], techniques: Self.everything)
    let plan = try VirtualAudit.plan(ports: "22,80", targets: ["10.0.0.3-10.0.0.20", "fe80::/10"], scope: scope)
    camera.keepsFrames = true
    let audit = try VirtualAudit([camera], plan)
    try audit.run.run()
    // Neighbour solicitations (RFC 4861 §4.3), to the one IPv6 address that its MAC address lets expect.
    let guesses = camera.frames.filter { $0.octets[12] == 0x86 && $0.octets[13] == 0xdd && $0.octets[54] == 135 }
    #expect(!guesses.isEmpty)
    #expect(try audit.result().coverage(camera).framesSent >= camera.unicast.count)
  }

  @Test func `nobody is probed who was not meant, and the report says that he is there`() throws {
    let camera = Site.camera()
    let neighbour = VirtualDevice(mac: "00:11:22:00:00:66", address: "fe80::1234", open: [23])
    camera.aliases = [IPAddress(IPv6Address(linkLocalOf: camera.mac))]
    // Everybody may be asked, the IPv4 addresses alone are to be looked at.
    let scope = try VirtualAudit.scope(networks: ["10.0.0.0/24", "fe80::/10"], techniques: Self.everything)
    let audit = try VirtualAudit([camera, neighbour], ports: "22,23,80", scope: scope)
    try audit.run.run()
    #expect(neighbour.probeCount == 0)
    #expect(neighbour.received.isEmpty && neighbour.connections.isEmpty)
    #expect(camera.probesByAddress.keys.allSatisfy { $0.isIPv4 })
    #expect(camera.probes.count == 3)
    let result = audit.result()
    #expect(result.inventory.devices.count == 1)
    #expect(result.inventory.devices.first?.addresses == [camera.address])
    let row = try #require(result.coverage.omitted.first { $0.addresses.contains("fe80::1234") })
    #expect(row.addresses == "fe80::1234, fe80::211:22ff:fe00:5")
    // A continuation of the run reads it from the journal.
    #expect((audit.sink.events["device.sighted"] ?? []).contains { $0.contains("\"fe80::1234\"") })
    #expect(row.reason == .outOfScope)
    #expect(row.detail.en.contains("not among the targets"))
    #expect(row.detail.ja.contains("対象に指定されていない"))
  }

  @Test func `techniques that the scope does not name send nothing`() throws {
    let camera = Site.camera()
    let bridge = VirtualDevice(mac: "00:11:22:00:00:66", address: "fe80::1234", open: [23])
    camera.keepsFrames = true
    bridge.keepsFrames = true
    let scope = try VirtualAudit.scope(
      networks: ["10.0.0.0/24", "fe80::/10"], techniques: [.arpDiscovery, .tcpSYN, .serviceQuestions])
    let audit = try VirtualAudit([camera, bridge], ports: "22,23,80", scope: scope)
    try audit.run.run()
    #expect(bridge.frames.isEmpty && bridge.echoRequests == 0)
    #expect(camera.echoRequests == 0)
    #expect(camera.received.isEmpty)
    // ARP, or TCP in IPv4: nothing else reached it.
    let kinds = Set(camera.frames.map { frame in Array(frame.octets[12..<14]) + [frame.octets[23]] })
    #expect(camera.frames.count > 3)
    #expect(kinds.allSatisfy { $0.starts(with: [0x08, 0x06]) || $0 == [0x08, 0x00, 6] }, "\(kinds)")
    #expect(try audit.result().coverage(camera).udp == nil)
  }
}
