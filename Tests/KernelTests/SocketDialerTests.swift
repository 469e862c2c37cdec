import Addressing
import Authority
import Foundation
import LinkIO
import Probes
import Records
import SessionIO
import Testing

@Suite(.needsNamespace, .serialized) struct SocketDialerTests {
  private let loopback: IPAddress
  private let mac = MACAddress(rawValue: 0)

  init() throws {
    loopback = try #require(IPAddress("127.0.0.1"))
    try run("ip", "link", "set", "lo", "up")
  }

  private func dialer(_ range: String = "127.0.0.0/8", techniques: Set<Technique> = Set(Technique.known)) throws
    -> SocketDialer
  {
    SocketDialer(
      gate: try gate(range, techniques: techniques), monotonic: { SystemClock.monotonic }, wall: { SystemClock.wall })
  }

  /// Events until one of them meets `condition`, at most 6 s.
  private func events(_ dialer: SocketDialer, until condition: (SessionEvent) -> Bool) -> [SessionEvent] {
    var all: [SessionEvent] = []
    let deadline = SystemClock.monotonic + .seconds(6)
    while SystemClock.monotonic < deadline {
      let new = dialer.poll()
      all += new
      if new.contains(where: condition) { break }
      SystemClock.wait(for: dialer.descriptors, until: SystemClock.monotonic + .milliseconds(5))
    }
    return all
  }

  private func isEnd(_ event: SessionEvent) -> Bool {
    switch event {
    case .failed, .finished: return true
    case .opened, .received, .ended: return false
    }
  }

  private func started(_ opening: SessionOpening) throws -> Int {
    guard case .started(let session) = opening else {
      Issue.record("not started: \(opening)")
      return -1
    }
    return session
  }

  @Test func `a greeting is received and the connection ends with FIN on both sides`() throws {
    let behaviour = "c.sendall(b'login: '); r = c.recv(10); sys.exit(0 if r == b'' else 9)"
    try withServer(behaviour) { port, _ in
      let dialer = try dialer()
      let session = try started(dialer.open(loopback, zone: nil, mac: mac, port: port, from: loopback))
      let first = events(dialer) { if case .received = $0 { true } else { false } }
      #expect(first.contains(.received(session, Array("login: ".utf8))))
      dialer.close(session)
      #expect(events(dialer, until: isEnd).last == .finished(session, isReleased: true))
      #expect(dialer.descriptors.isEmpty)
    }
  }

  @Test func `who ends first keeps the connection: the device is released only when that was we`() throws {
    // The first word is from the device, and its end comes right behind it.
    try withServer("c.sendall(b'bye'); c.close(); print('done')") { port, printed in
      let dialer = try dialer()
      let session = try started(dialer.open(loopback, zone: nil, mac: mac, port: port, from: loopback))
      #expect(printed() == "done")
      let seen = events(dialer) { if case .received = $0 { true } else { false } }
      #expect(!seen.contains { if case .ended = $0 { true } else { false } })
      dialer.close(session)
      #expect(events(dialer, until: isEnd).last == .finished(session, isReleased: false))
    }
  }

  /// The server counts what it got: of the heartbeat (RFC 6520 §3) nothing, of the hello before it everything.
  @Test func `octets that provoke a fault of TLS leave no socket without their technique`() throws {
    let hello: [UInt8] = [22, 3, 1, 0, 2, 1, 0]
    let heartbeat: [UInt8] = [24, 3, 3, 0, 3, 1, 0, 48]
    let behaviour = "r = b''.join(iter(lambda: c.recv(64), b'')); sys.exit(0 if len(r) == 7 else 9)"
    try withServer(behaviour) { port, _ in
      let dialer = try dialer(techniques: Set(Technique.known).subtracting([.tlsVulnerability]))
      let session = try started(dialer.open(loopback, zone: nil, mac: mac, port: port, from: loopback))
      _ = events(dialer) { if case .opened = $0 { true } else { false } }
      #expect(dialer.send(session, hello) == .taken)
      guard case .refused(let reason) = dialer.send(session, heartbeat) else { return #expect(Bool(false)) }
      #expect(reason.contains("tls-vulnerability"))
      dialer.close(session)
      _ = events(dialer, until: isEnd)
    }
    let all = "r = b''.join(iter(lambda: c.recv(64), b'')); sys.exit(0 if len(r) == 8 else 9)"
    try withServer(all) { port, _ in
      let dialer = try dialer()
      let session = try started(dialer.open(loopback, zone: nil, mac: mac, port: port, from: loopback))
      _ = events(dialer) { if case .opened = $0 { true } else { false } }
      #expect(dialer.send(session, heartbeat) == .taken)
      dialer.close(session)
      _ = events(dialer, until: isEnd)
    }
  }

  @Test func `a closed port is a failed session, not an error`() throws {
    let dialer = try dialer()
    let session = try started(dialer.open(loopback, zone: nil, mac: mac, port: 1, from: loopback))
    #expect(events(dialer, until: isEnd) == [.failed(session, reason: "Connection refused")])
  }

  @Test func `a reset is told from an orderly close`() throws {
    let linger = "c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0)); c.close()"
    for (behaviour, ending) in [(linger, ConversationEnding.reset), ("c.close()", .closed)] {
      try withServer(behaviour) { port, _ in
        let dialer = try dialer()
        let session = try started(dialer.open(loopback, zone: nil, mac: mac, port: port, from: loopback))
        let seen = events(dialer) { if case .ended = $0 { true } else { isEnd($0) } }
        #expect(seen.last == .ended(session, ending))
      }
    }
  }

  @Test func `a reset that came before anybody looked is the end of an open connection`() throws {
    let reset = "c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0)); c.close(); print('done')"
    try withServer(reset) { port, printed in
      let dialer = try dialer()
      let session = try started(dialer.open(loopback, zone: nil, mac: mac, port: port, from: nil))
      #expect(printed() == "done")
      let seen = dialer.poll()
      guard seen.count == 2, case .opened(session, _) = seen[0] else { return #expect(Bool(false), "\(seen)") }
      #expect(seen[1] == .ended(session, .reset))
      dialer.close(session)
      #expect(events(dialer, until: isEnd) == [.finished(session, isReleased: true)])
    }
  }

  @Test func `what the scope refuses is not connected to`() throws {
    let opening = try dialer("198.51.100.0/24").open(loopback, zone: nil, mac: mac, port: 1, from: loopback)
    guard case .refused(let reason) = opening else { return #expect(Bool(false), "\(opening)") }
    #expect(reason.contains("outside the scope"))
    let without = try dialer(techniques: [.arpDiscovery, .tcpSYN]).open(
      loopback, zone: nil, mac: mac, port: 1, from: loopback)
    guard case .refused = without else { return #expect(Bool(false), "\(without)") }
  }

  @Test func `IPv6 is connected to as well, link-local addresses through their interface`() throws {
    for (address, zone) in [("::1", Int32?.none), ("fe80::77", try linkLocalInterface())] {
      let target = try #require(IPAddress(address))
      try withServer("c.sendall(b'login: '); c.recv(10)", address: address, zone: zone ?? 0) { port, _ in
        let dialer = try dialer("\(address)")
        let session = try started(dialer.open(target, zone: zone, mac: nil, port: port, from: nil))
        let seen = events(dialer) { if case .received = $0 { true } else { isEnd($0) } }
        #expect(seen.last == .received(session, Array("login: ".utf8)))
        guard case .opened(session, let local) = seen.first else { return #expect(Bool(false), "\(seen)") }
        #expect(local >= 1024)
      }
    }
  }

  @Test func `a source of the other family is this host's mistake`() throws {
    let opening = try dialer("::1").open(try #require(IPAddress("::1")), zone: nil, mac: nil, port: 9, from: loopback)
    guard case .localFailure = opening else { return #expect(Bool(false), "\(opening)") }
  }
}
