import Addressing
import Authority
import Engine
import Foundation
import LinkIO
import Records
import SessionIO
import Synchronization
import Testing
import Wire

/// SYN frames in, what the kernel found out as frames back.
@Suite(.needsNamespace, .serialized) struct ConnectLinkTests {
  private static let ownMAC = MACAddress(rawValue: 0x0200_0000_0000)
  private static let cookie: UInt32 = 0xcafe_ba00

  init() throws { try run("ip", "link", "set", "lo", "up") }

  private func connectLink(
    _ range: String = "127.0.0.0/8", limit: Int = 64, techniques: Set<Technique> = Set(Technique.known),
    clock: @escaping @Sendable () -> MonotonicInstant = { SystemClock.monotonic }
  ) throws -> ConnectLink {
    ConnectLink(
      interface: "lo", index: 1, gate: try gate(range, techniques: techniques), limit: limit, monotonic: clock,
      wall: { SystemClock.wall })
  }

  /// A SYN of the scan, as the engine lays it down.
  private func syn(_ address: String, _ port: UInt16, from source: String = "127.0.0.1") throws -> [UInt8] {
    let target = try #require(IPAddress(address))
    if let v6 = target.v6 {
      var frame = SYNFrame6(mac: Self.ownMAC, source: try #require(IPv6Address("::1")), sourcePort: 1)
      frame.aim(at: v6, mac: Self.ownMAC, port: port, sequence: Self.cookie &+ UInt32(port))
      return frame.withSpan { [UInt8](copying: $0) }
    }
    var frame = SYNFrame(mac: Self.ownMAC, source: try #require(IPAddress(source)?.v4), sourcePort: 1)
    frame.aim(at: try #require(target.v4), mac: Self.ownMAC, port: port, sequence: Self.cookie &+ UInt32(port))
    return frame.withSpan { [UInt8](copying: $0) }
  }

  private struct Frames {
    var inbound: [InboundFrame] = []
    /// Ports of the segments that are said to have left.
    var outbound: [UInt16] = []
  }

  /// Reads for a time, or until `enough` frames came in.
  private func read(_ link: ConnectLink, enough: Int = .max, for time: Duration = .seconds(3)) throws -> Frames {
    var frames = Frames()
    let deadline = SystemClock.monotonic + time
    while frames.inbound.count < enough, SystemClock.monotonic < deadline {
      try link.receive(limit: 16) { octets, info in
        guard let frame = try? InboundFrame(parsing: octets) else {
          Issue.record("a frame of \(octets.count) octets cannot be read")
          return
        }
        if info.outbound {
          if case .tcp(let header, _) = frame.content { frames.outbound.append(header.destinationPort) }
        } else {
          frames.inbound.append(frame)
        }
      }
      SystemClock.wait(for: link.descriptors, until: SystemClock.monotonic + .milliseconds(5))
    }
    return frames
  }

  private func withRules(_ hook: String, _ rules: [String], _ body: () throws -> Void) throws {
    try run("nft", "add table inet tenken_link; add chain inet tenken_link c { type filter hook \(hook) priority 0; }")
    defer { _ = try? run("nft", "delete table inet tenken_link") }
    for rule in rules { try run("nft", "add rule inet tenken_link c \(rule)") }
    try body()
  }

  @Test func `open, closed, refused and silent ports come back as the device's own frames`() throws {
    try withServer("c.recv(10); c.close()") { open, _ in
      try withRules("input", ["tcp dport 7001 reject with icmp type admin-prohibited", "tcp dport 7002 drop"]) {
        let link = try connectLink()
        let taken = try link.transmit(
          batch(try [open, 1, 7001, 7002].map { try syn("127.0.0.1", $0) }), from: 0)
        #expect(taken == 4)
        let frames = try read(link, for: .milliseconds(1300))
        var ports: [UInt16: TCPHeader.Flags] = [:]
        for frame in frames.inbound {
          switch frame.content {
          case .tcp(let header, _):
            ports[header.sourcePort] = header.flags
            #expect(header.acknowledgement == Self.cookie &+ UInt32(header.sourcePort) &+ 1)
            #expect(header.destinationPort == 1 && frame.source == IPAddress("127.0.0.1"))
          case .unreachable(let message):
            #expect(message.destinationPort == 7001 && message.meaning == .prohibited)
            #expect(message.sequence == Self.cookie &+ 7001 && message.sourcePort == 1)
          default: Issue.record("\(frame.content)")
          }
        }
        #expect(ports == [open: [.syn, .ack], 1: [.rst, .ack]])
        #expect(frames.inbound.count == 3, "silence is no frame")
        #expect(frames.outbound == [open, open, open], "acknowledgement, FIN, acknowledgement of the service's FIN")
      }
    }
  }

  @Test func `IPv6 goes the same way`() throws {
    try withServer("c.recv(10); c.close()", address: "::1") { open, _ in
      let link = try connectLink("::1")
      #expect(try link.transmit(batch([syn("::1", open), syn("::1", 1)]), from: 0) == 2)
      let flags = try read(link, enough: 2).inbound.compactMap { frame -> TCPHeader.Flags? in
        if case .tcp(let header, _) = frame.content { header.flags } else { nil }
      }
      #expect(Set(flags.map(\.rawValue)) == [0x12, 0x14])
    }
  }

  /// What the device's side counts is what the scan is told of: the SYN and the frames that are shown.
  @Test(arguments: [
    ("c.recv(10); c.close()", 4...4), ("time.sleep(2)", 4...4), ("c.sendall(b'hello'); c.recv(10); c.close()", 4...6),
  ])
  func `every segment that reaches the device is told`(behaviour: String, expected: ClosedRange<Int>) throws {
    let device = try FarSide("cl", near: "198.51.100.9/24", far: "198.51.100.77/24")
    let server = """
      import socket, time
      s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
      s.bind(('198.51.100.77', 8080)); s.listen(4); print('up', flush=True)
      c, _ = s.accept()
      \(behaviour)
      time.sleep(9)
      """
    try device.serving(server) {
      let link = try connectLink("198.51.100.0/24")
      var told = 0
      let seen = try device.witnessing("tcp") {
        let frame = try syn("198.51.100.77", 8080, from: "198.51.100.9")
        #expect(try link.transmit(batch([frame]), from: 0) == 1)
        let frames = try read(link, for: .milliseconds(1200))
        #expect(frames.inbound.count == 1)
        told = 1 + frames.outbound.count
      }
      #expect(seen.count == told, "\(seen)")
      #expect(expected.contains(told))
    }
  }

  @Test func `only SYN frames of the scan are taken`() throws {
    let link = try connectLink()
    let ends = try FrameAddresses(
      sourceMAC: Self.ownMAC, destinationMAC: Self.ownMAC, source: #require(IPv4Address("127.0.0.1")),
      destination: #require(IPv4Address("127.0.0.1")))
    let target = try #require(IPv4Address("127.0.0.1"))
    let refused: [[UInt8]] = [
      ARPPacket.request(for: target, to: .broadcast, from: Self.ownMAC, target),
      try #require(EchoMessage.request(ends, identifier: 1, sequence: 1)),
      try #require(UDPHeader.frame(ends, sourcePort: 1, destinationPort: 53, payload: [1])),
      TCPHeader.frame(
        ends, sourcePort: 1, destinationPort: 80, sequence: 1, acknowledgement: 1, flags: [.syn, .ack], window: 1),
      TCPHeader.frame(
        ends, sourcePort: 1, destinationPort: 80, sequence: 1, acknowledgement: 1, flags: [.rst], window: 1),
      [1, 2, 3],
    ]
    for frame in refused {
      #expect {
        try link.transmit(batch([syn("127.0.0.1", 1), frame]), from: 0)
      } throws: { ($0 as? ConnectLinkError)?.code == .notASYN }
    }
    #expect(link.started == 0, "not even the SYN before it")
  }

  @Test func `what the gate refuses keeps its whole batch from the wire`() throws {
    let cases: [(ConnectLink, Substring)] = [
      (try connectLink(), "outside the scope"),
      (try connectLink("0.0.0.0/0", techniques: [.tcpSYN]), "service-questions"),
    ]
    for (link, word) in cases {
      #expect {
        try link.transmit(batch([syn("127.0.0.1", 1), syn("198.51.100.9", 1)]), from: 0)
      } throws: { error in
        guard let error = error as? ConnectLinkError else { return false }
        return error.code == .refusedByScope && error.description.contains(word)
      }
      #expect(link.started == 0)
    }
  }

  @Test func `no more connections than allowed, and the rest is offered again`() throws {
    try withRules("input", ["tcp dport 7002 drop"]) {
      let link = try connectLink(limit: 2)
      let offered = batch(try (0..<3).map { _ in try syn("127.0.0.1", 7002) } + [syn("127.0.0.1", 1)])
      #expect(try link.transmit(offered, from: 0) == 2)
      #expect(try link.transmit(offered, from: 2) == 0)
      _ = try read(link, for: .milliseconds(1100))
      #expect(try link.transmit(offered, from: 2) == 2)
      #expect(try read(link, enough: 1).inbound.count == 1)
    }
  }

  @Test func `without a local port probes wait, and no device is said to be silent or closed`() throws {
    let range = try run("sysctl", "-n", "net.ipv4.ip_local_port_range").split(separator: "\t").joined(separator: " ")
    defer { _ = try? run("sysctl", "-qw", "net.ipv4.ip_local_port_range=\(range.trimmingCharacters(in: .newlines))") }
    try withRules("input", ["tcp dport 7002 drop"]) {
      try run("sysctl", "-qw", "net.ipv4.ip_local_port_range=45000 45001")
      let link = try connectLink()
      let offered = batch(try (0..<4).map { _ in try syn("127.0.0.1", 7002) })
      #expect(try link.transmit(offered, from: 0) == 2)
      #expect(try read(link, for: .milliseconds(1000)).inbound.isEmpty)
      #expect(try link.transmit(offered, from: 2) == 2, "the ports are free again")
    }
  }

  @Test func `without a descriptor probes wait`() throws {
    var before = rlimit()
    #expect(unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &before) == 0)
    let link = try connectLink()
    var low = before
    var ends: [CInt] = [0, 0]
    #expect(unsafe pipe(&ends) == 0)
    for end in ends { close(end) }
    low.rlim_cur = rlim_t(ends[0])
    let offered = batch([try syn("127.0.0.1", 1)])
    #expect(unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &low) == 0)
    let taken = Result { try link.transmit(offered, from: 0) }
    #expect(unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &before) == 0)
    #expect(try taken.get() == 0)
    #expect(try link.transmit(offered, from: 0) == 1)
    #expect(try read(link, enough: 1).inbound.count == 1)
  }

  /// Nanoseconds that pass when the test says so.
  private final class Time: Sendable {
    private let now = Mutex<Int64>(1_000_000_000)
    var instant: MonotonicInstant { now.withLock { MonotonicInstant(nanoseconds: $0) } }
    func pass(_ duration: Duration) { now.withLock { $0 += duration.nanoseconds } }
  }

  @Test func `trouble of this host that lasts ends the run, and names itself`() throws {
    let time = Time()
    let link = try connectLink("198.51.100.0/24", clock: { time.instant })
    let offered = batch([try syn("198.51.100.9", 80)])  // no route there
    #expect(try link.transmit(offered, from: 0) == 0)
    time.pass(ConnectLink.patience - .milliseconds(1))
    #expect(try link.transmit(offered, from: 0) == 0)
    time.pass(.milliseconds(1))
    #expect {
      try link.transmit(offered, from: 0)
    } throws: { error in
      guard let error = error as? ConnectLinkError, error.code == .local else { return false }
      return error.text.en.contains("Network is unreachable") && error.text.ja.contains("Network is unreachable")
    }
  }

  /// This host's own firewall answers in the device's place; that says nothing about the device.
  @Test func `a filter of this host is not taken for the device`() throws {
    let device = try FarSide("fw", near: "198.51.100.9/24", far: "198.51.100.77/24")
    try withRules("output", ["tcp dport 80 reject with icmp type admin-prohibited"]) {
      let link = try connectLink("198.51.100.0/24")
      #expect(try link.transmit(batch([syn("198.51.100.77", 80, from: "198.51.100.9")]), from: 0) == 1)
      var frames = 0
      let begun = SystemClock.monotonic
      #expect {
        while SystemClock.monotonic - begun < .seconds(2) { try link.receive(limit: 16) { _, _ in frames += 1 } }
      } throws: { ($0 as? ConnectLinkError)?.code == .local }
      #expect(frames == 0)
      _ = device.near
    }
  }

  @Test func `a neighbour that does not exist is silence`() throws {
    let device = try FarSide("ab", near: "198.51.100.9/24", far: "198.51.100.77/24")
    let scanner = ConnectScanner(
      gate: try gate("198.51.100.0/24"), timeout: .seconds(8), monotonic: { SystemClock.monotonic },
      wall: { SystemClock.wall })
    guard case .started = scanner.start(try #require(IPAddress("198.51.100.200")), zone: nil, port: 80) else {
      Issue.record("not started")
      return
    }
    var outcomes: [ConnectOutcome] = []
    let deadline = SystemClock.monotonic + .seconds(7)
    while outcomes.isEmpty, SystemClock.monotonic < deadline {
      SystemClock.wait(for: scanner.descriptors, until: SystemClock.monotonic + .milliseconds(50))
      outcomes += scanner.poll(now: SystemClock.monotonic)
    }
    #expect(outcomes.map(\.result) == [.unresolved])
    _ = device.near
  }
}
