import Addressing
import Authority
import Engine
import Foundation
import LinkIO
import Records
import Testing
import Wire

/// Lets everything in `range` pass.
func gate(_ range: String, techniques: Set<Technique> = Set(Technique.known)) throws -> TransmissionGate {
  TransmissionGate(
    scope: Scope(
      engagement: Engagement(id: "T", customer: "T", site: "T", operator: "T"),
      validFrom: Timestamp(nanoseconds: 0), validUntil: Timestamp(nanoseconds: .max),
      networks: [try AddressRange(parsing: range)],
      exclusions: [], techniques: techniques, rates: Scope.Rates(perDevice: 100, total: 1000)))
}

func link(_ cable: borrowing Cable, reaching text: String, _ gate: TransmissionGate) throws -> EthernetLink {
  let routes = try RouteTable()
  let route = try routes.route(to: #require(IPv4Address(text)))
  let interface = try routes.link(route.interfaceIndex)
  return try EthernetLink(
    index: route.interfaceIndex, interface: interface.name, mac: #require(interface.mac),
    source: #require(route.source),
    gate: gate)
}

@Suite(.needsNamespace, .serialized) struct EthernetLinkTests {
  private let target: IPv4Address

  init() throws { target = try #require(IPv4Address("198.51.100.77")) }

  /// Frames that the other end of the cable received within a moment, as hexadecimal text. tcpdump
  /// is the witness: nothing of ours is on that side.
  private func witnessed(on interface: String, while action: () throws -> Void) throws -> String {
    let file = NSTemporaryDirectory() + "tenken-kernel-\(UUID().uuidString).pcap"
    defer { try? FileManager.default.removeItem(atPath: file) }
    let dump = Process()
    dump.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    dump.arguments = ["tcpdump", "-i", interface, "--immediate-mode", "-U", "-Q", "in", "-w", file]
    let notes = Pipe()
    dump.standardError = notes
    try dump.run()
    _ = notes.fileHandleForReading.availableData  // "listening on …"
    Thread.sleep(forTimeInterval: 0.2)
    try action()
    Thread.sleep(forTimeInterval: 0.3)
    // Children of Foundation's Process inherit a mask that blocks every signal that can be blocked.
    kill(dump.processIdentifier, SIGKILL)
    dump.waitUntilExit()
    return try run("tcpdump", "-nn", "-xx", "-r", file)
      .split(separator: "\n").filter { $0.contains("0x") }
      .map { $0.split(separator: ":", maxSplits: 1)[1].filter(\.isHexDigit) }.joined()
  }

  private func send(_ frame: [UInt8], through link: EthernetLink) throws -> Bool { try link.transmit(frame.span) }

  private func send(_ syn: SYNFrame, through link: EthernetLink) throws -> Bool {
    try syn.withSpan { (frame: Span<UInt8>) throws(LinkError) -> Bool in try link.transmit(frame) }
  }

  @Test func `a permitted frame arrives octet by octet`() throws {
    let cable = try Cable("tx", address: "198.51.100.9/24")
    let link = try link(cable, reaching: "198.51.100.77", gate("198.51.100.0/24"))
    let frame = ARPPacket.request(for: target, from: link.mac, link.source)
    let seen = try witnessed(on: cable.right) {
      let sent = try send(frame, through: link)
      #expect(sent)
    }
    #expect(seen == frame.map { String(format: "%02x", $0) }.joined())
  }

  @Test func `a frame outside the scope never reaches the cable`() throws {
    let cable = try Cable("no", address: "198.51.100.9/24")
    let link = try link(cable, reaching: "198.51.100.77", gate("198.51.100.0/28"))
    let frame = ARPPacket.request(for: target, from: link.mac, link.source)
    var syn = SYNFrame(mac: link.mac, source: link.source, sourcePort: link.sourcePort)
    syn.aim(at: target, mac: .broadcast, port: 23, sequence: 1)
    let seen = try witnessed(on: cable.right) {
      #expect { try send(frame, through: link) } throws: { ($0 as? LinkError)?.code == .refusedByScope }
      #expect { try send(syn, through: link) } throws: { ($0 as? LinkError)?.code == .refusedByScope }
    }
    #expect(seen.isEmpty)
    #expect(link.refusals.count == 2)
  }

  @Test func `the capture shows what arrives and hides our own probes`() throws {
    let cable = try Cable("rx", address: "198.51.100.9/24")
    let permitted = try gate("198.51.100.0/24")
    let near = try link(cable, reaching: "198.51.100.77", permitted)
    let mac = try #require(MACAddress("02:00:00:00:00:77"))
    // A frame from the other end: an answer to a question that nobody asked, which is harmless.
    let answer = try Self.reply(from: target, mac, to: near.source, near.mac)
    var syn = SYNFrame(mac: near.mac, source: near.source, sourcePort: near.sourcePort)
    syn.aim(at: target, mac: mac, port: 23, sequence: 7)
    #expect(try send(syn, through: near))
    try Self.inject(answer, into: cable.right)

    var inbound: [[UInt8]] = []
    var outbound = 0
    let deadline = SystemClock.monotonic + .seconds(2)
    while inbound.isEmpty, SystemClock.monotonic < deadline {
      SystemClock.wait(for: [near.descriptor], until: SystemClock.monotonic + .milliseconds(50))
      try near.receive(limit: 64) { frame, info in
        if info.outbound { outbound += 1 } else { inbound.append(frame.indices.map { frame[$0] }) }
        #expect(abs((info.at - SystemClock.wall).seconds) < 5)
        #expect(info.originalLength == frame.count)
      }
    }
    #expect(inbound == [answer])
    #expect(outbound == 0)
    #expect(near.receiveDrops() == 0)
  }

  @Test func `an interface that goes down is reported as such`() throws {
    let cable = try Cable("dn", address: "198.51.100.9/24")
    let link = try link(cable, reaching: "198.51.100.77", gate("198.51.100.0/24"))
    let frame = ARPPacket.request(for: target, from: link.mac, link.source)
    try run("ip", "link", "set", cable.left, "down")
    #expect { try send(frame, through: link) } throws: { ($0 as? LinkError)?.code == .interfaceDown }
  }

  @Test func `the reserved port is nobody else's`() throws {
    let cable = try Cable("rs", address: "198.51.100.9/24")
    let link = try link(cable, reaching: "198.51.100.77", gate("198.51.100.0/24"))
    let script = "import socket; s=socket.socket(); s.bind(('198.51.100.9', \(link.sourcePort)))"
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", script]
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus != 0)
  }

  private static func reply(
    from sender: IPv4Address, _ senderMAC: MACAddress, to target: IPv4Address, _ targetMAC: MACAddress
  ) throws -> [UInt8] {
    // RFC 826: Ethernet header, then hardware 1, protocol 0800, lengths 6 and 4, operation 2.
    targetMAC.octets + senderMAC.octets + [0x08, 0x06, 0, 1, 8, 0, 6, 4, 0, 2] + senderMAC.octets + sender.octets
      + targetMAC.octets + target.octets
  }

  private static func inject(_ frame: [UInt8], into interface: String) throws {
    let hex = frame.map { String(format: "%02x", $0) }.joined()
    try run(
      "python3", "-c",
      "import socket; s=socket.socket(socket.AF_PACKET, socket.SOCK_RAW); s.bind(('\(interface)',0)); s.send(bytes.fromhex('\(hex)'))"
    )
  }
}
