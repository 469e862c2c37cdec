import Addressing
import Authority
import Foundation
import LinkIO
import Probes
import Records
import SessionIO
import Synchronization
import Testing

/// What leaves on an ordinary connection, seen from the other end.
@Suite(.needsNamespace, .serialized) struct SocketSendingTests {
  private let loopback: IPAddress

  init() throws {
    loopback = try #require(IPAddress("127.0.0.1"))
    try run("ip", "link", "set", "lo", "up")
  }

  private func dialer(_ gate: TransmissionGate) -> SocketDialer {
    SocketDialer(gate: gate, monotonic: { SystemClock.monotonic }, wall: { SystemClock.wall })
  }

  private func connected(
    _ dialer: SocketDialer, _ address: IPAddress, _ port: UInt16, pace: Int = 0
  ) throws -> Int {
    let opening = dialer.open(address, zone: nil, mac: nil, port: port, from: nil)
    guard case .started(let session) = opening else { throw Unexpected(what: "\(opening)") }
    dialer.pace(session, perSecond: pace)
    let seen = events(dialer) { if case .opened = $0 { true } else { false } }
    guard case .opened = seen.last else { throw Unexpected(what: "\(seen)") }
    return session
  }

  private struct Unexpected: Error { let what: String }

  /// Events until one of them meets `condition`.
  private func events(
    _ dialer: SocketDialer, for time: Duration = .seconds(6), until condition: (SessionEvent) -> Bool
  ) -> [SessionEvent] {
    var all: [SessionEvent] = []
    let deadline = SystemClock.monotonic + time
    while SystemClock.monotonic < deadline {
      let new = dialer.poll()
      all += new
      if new.contains(where: condition) { break }
      let wake = min(dialer.wakeAt ?? deadline, SystemClock.monotonic + .milliseconds(20))
      SystemClock.wait(for: dialer.descriptors, until: wake)
    }
    return all
  }

  private func octets(_ events: [SessionEvent]) -> [UInt8] {
    events.flatMap { event -> [UInt8] in if case .received(_, let octets) = event { octets } else { [] } }
  }

  private func finish(_ dialer: SocketDialer, _ session: Int) {
    dialer.close(session)
    let last = events(dialer) { if case .finished = $0 { true } else { false } }.last
    // Some of the servers here never stop talking, and are not waited for.
    #expect([true, false].contains { last == .finished(session, isReleased: $0) })
  }

  @Test func `a question leaves and its answer comes, before the connection ends with FIN on both sides`() throws {
    let behaviour = "q = c.recv(100); c.sendall(b'<' + q + b'>'); r = c.recv(10); print(q, r)"
    try withServer(behaviour) { port, printed in
      let dialer = dialer(try gate("127.0.0.0/8"))
      let session = try connected(dialer, loopback, port)
      #expect(dialer.send(session, Array("PING\r\n".utf8)) == .taken)
      let seen = events(dialer) { if case .received = $0 { true } else { false } }
      #expect(octets(seen) == Array("<PING\r\n>".utf8))
      finish(dialer, session)
      #expect(dialer.send(session, [0]) == .refused("the connection is not open"))
      #expect(printed() == #"b'PING\r\n' b''"#)
    }
  }

  @Test func `a print port is connected to and gets no octet, whoever asks`() throws {
    try withServer("c.settimeout(3); r = c.recv(100); print(len(r))") { port, printed in
      let dialer = dialer(try gate("127.0.0.0/8", neverWrite: [port]))
      let session = try connected(dialer, loopback, port)
      for question in ["GET / HTTP/1.0\r\n\r\n", "\u{1b}%-12345X", "\n"] {
        guard case .refused(let reason) = dialer.send(session, Array(question.utf8)) else {
          return #expect(Bool(false), "\(question)")
        }
        #expect(reason.contains("\(port)"))
      }
      finish(dialer, session)
      #expect(printed() == "0")
    }
  }

  @Test func `a connection that outlives the scope's window sends nothing more`() throws {
    try withServer("c.sendall(b'!'); c.settimeout(3); r = c.recv(100); print(r)") { port, printed in
      let moment = Mutex(Timestamp(nanoseconds: 1_000))
      let until = Timestamp(nanoseconds: 2_000)
      let dialer = SocketDialer(
        gate: try gate("127.0.0.0/8", until: until), monotonic: { SystemClock.monotonic },
        wall: { moment.withLock { $0 } })
      let session = try connected(dialer, loopback, port)
      moment.withLock { $0 = until }
      guard case .refused(let reason) = dialer.send(session, [1]) else { return #expect(Bool(false)) }
      #expect(reason.contains("expired"))
      finish(dialer, session)
      #expect(printed() == "b''")
    }
  }

  /// 60 KB do not fit the buffers on the way to a device that takes its time.
  @Test func `what a slow device does not take at once arrives whole, before the FIN`() throws {
    let behaviour = """
      c.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048); time.sleep(0.3); n = 0; ok = True
          while True:
              r = c.recv(700)
              if not r: break
              ok = ok and all(x == (n + i) % 251 for i, x in enumerate(r)); n += len(r)
          print(n, ok)
      """.replacingOccurrences(of: "\n    ", with: "\n")
    try withServer(behaviour) { port, printed in
      let dialer = dialer(try gate("127.0.0.0/8"))
      let session = try connected(dialer, loopback, port)
      #expect(dialer.send(session, (0..<60_000).map { UInt8($0 % 251) }) == .taken)
      finish(dialer, session)
      #expect(printed() == "60000 True")
    }
  }

  @Test func `a device that takes nothing is not piled up on`() throws {
    try withServer("time.sleep(5)") { port, _ in
      let dialer = dialer(try gate("127.0.0.0/8"))
      let session = try connected(dialer, loopback, port)
      let block = [UInt8](repeating: 7, count: 32_768)
      let outcomes = (0..<400).map { _ in dialer.send(session, block) }
      #expect(outcomes.first == .taken)
      #expect(outcomes.last == .refused("the device does not take what was sent before"))
    }
  }

  @Test func `writing to a connection that the device broke raises no signal`() throws {
    // Once the client has seen that it is connected, which on a busy computer takes a while.
    let reset = """
      time.sleep(0.5); c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0)); c.close(); print('done')
      """
    try withServer(reset) { port, printed in
      let dialer = dialer(try gate("127.0.0.0/8"))
      let session = try connected(dialer, loopback, port)
      #expect(printed() == "done")
      for _ in 0..<3 { _ = dialer.send(session, [1, 2, 3]) }
      let seen = events(dialer) { if case .ended = $0 { true } else { false } }
      #expect(seen.last == .ended(session, .reset))
      #expect(dialer.send(session, [1]) == .refused("the connection is not open"))
    }
  }

  // MARK: Frames, counted where the device is

  /// A device whose segments are not merged on the way.
  private static func device(_ name: String) throws -> FarSide {
    let device = try FarSide(name, near: "198.51.100.9/24", far: "198.51.100.77/24")
    try device.inside("ip", "link", "set", device.far, "gso_max_segs", "1")
    return device
  }

  private static func server(_ behaviour: String) -> String {
    """
    import socket
    s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(('198.51.100.77', 80)); s.listen(4)
    print('ready', flush=True)
    while True:
        c, _ = s.accept()
        c.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            \(behaviour)
        except OSError: pass
        c.close()
    """
  }

  private static let endless = [
    "full segments": "while True: c.sendall(b'all work and no play makes Jack a dull boy ' * 100)",
    "single octets": "while True: c.sendall(b'x')",
    "half a segment": "while True: c.sendall(b'x' * 700)",
  ]

  // Half segments first: on a process' first connection the kernel was seen to acknowledge each of them at once.
  @Test(arguments: ["half a segment", "full segments", "single octets"], [10, 100])
  func `a service that never stops talking costs its device no more than the pace`(kind: String, pace: Int) throws {
    let device = try Self.device("sp")
    let frames = try device.serving(Self.server(try #require(Self.endless[kind]))) {
      try device.witnessing("tcp dst port 80") {
        let dialer = dialer(try gate("198.51.100.0/24"))
        let session = try connected(dialer, try #require(IPAddress("198.51.100.77")), 80, pace: pace)
        #expect(!octets(events(dialer, for: .seconds(3)) { _ in false }).isEmpty)
        finish(dialer, session)
      }
    }
    // SYN and ACK of the handshake come on top, as the budget has it.
    let peak = try FarSide.peak(frames)
    #expect(peak <= pace + 2, "\(peak): \(frames.joined(separator: "\n"))")
    #expect(peak >= min(pace, 6), "nothing was measured: \(peak)")
  }

  /// Nearly 100 KB, what an identification keeps at most.
  @Test(arguments: [(20, 8.0), (100, 2.0)])
  func `an answer of 96 KB comes at the pace`(pace: Int, seconds: Double) throws {
    let device = try Self.device("sq")
    try device.serving(Self.server("c.recv(10); c.sendall(b'x' * 98304); c.recv(10)")) {
      let frames = try device.witnessing("tcp dst port 80") {
        let dialer = dialer(try gate("198.51.100.0/24"))
        let session = try connected(dialer, try #require(IPAddress("198.51.100.77")), 80, pace: pace)
        let start = SystemClock.monotonic
        #expect(dialer.send(session, [0x3f]) == .taken)
        var got = 0
        while got < 98_304, SystemClock.monotonic - start < .seconds(20) {
          got += octets(events(dialer) { if case .received = $0 { true } else { false } }).count
        }
        #expect(got == 98_304)
        let taken = (SystemClock.monotonic - start).seconds
        #expect(taken < seconds, "\(taken) s")
        finish(dialer, session)
      }
      #expect(try FarSide.peak(frames) <= pace + 2)
    }
  }
}
