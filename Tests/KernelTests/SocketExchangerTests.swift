import Addressing
import Authority
import Foundation
import LinkIO
import Probes
import Records
import SessionIO
import Testing
import Wire

/// Datagrams, seen from the other end.
@Suite(.needsNamespace, .serialized) struct SocketExchangerTests {
  private let loopback: IPAddress

  init() throws {
    loopback = try #require(IPAddress("127.0.0.1"))
    try run("ip", "link", "set", "lo", "up")
  }

  private func exchanger(_ gate: TransmissionGate) -> SocketExchanger {
    SocketExchanger(gate: gate, wall: { SystemClock.wall })
  }

  private func opened(
    _ exchanger: SocketExchanger, _ address: IPAddress, _ port: UInt16, zone: Int32? = nil, localPort: UInt16? = nil,
    anySourcePort: Bool = false, from source: IPAddress? = nil
  ) throws -> Int {
    let opening = exchanger.open(
      address, zone: zone, mac: nil, port: port, localPort: localPort, anySourcePort: anySourcePort, from: source)
    guard case .started(let session) = opening else {
      Issue.record("\(opening)")
      return -1
    }
    return session
  }

  /// At least `count` events, or what came within `time`.
  private func events(_ exchanger: SocketExchanger, _ count: Int, for time: Duration = .seconds(3)) -> [SessionEvent] {
    var all: [SessionEvent] = []
    let deadline = SystemClock.monotonic + time
    while all.count < count, SystemClock.monotonic < deadline {
      all += exchanger.poll()
      SystemClock.wait(for: exchanger.descriptors, until: SystemClock.monotonic + .milliseconds(20))
    }
    return all
  }

  /// A UDP server `s` on a free port; `behaviour` runs for each datagram `q` from `a`.
  private func withDevice(
    _ behaviour: String, address: String = "127.0.0.1", zone: Int32 = 0, datagrams: Int = 1,
    _ body: (UInt16, () -> String) throws -> Void
  ) throws {
    let script = """
      v6 = ':' in '\(address)'
      s = socket.socket(socket.AF_INET6 if v6 else socket.AF_INET, socket.SOCK_DGRAM)
      place = ('\(address)', 0, 0, \(zone)) if v6 else ('\(address)', 0)
      s.bind(place); s.settimeout(4)
      print(s.getsockname()[1], flush=True)
      try:
          for _ in range(\(datagrams)):
              q, a = s.recvfrom(4096)
              \(behaviour)
      except TimeoutError: print('silence')
      """
    try withProgram(script, body)
  }

  @Test func `a question leaves and its answer comes, over both families`() throws {
    for (address, zone) in [("127.0.0.1", Int32?.none), ("::1", nil), ("fe80::77", try linkLocalInterface())] {
      let target = try #require(IPAddress(address))
      try withDevice("s.sendto(b'<' + q + b'>', a)", address: address, zone: zone ?? 0, datagrams: 2) { port, _ in
        let exchanger = exchanger(try gate(address))
        let session = try opened(exchanger, target, port, zone: zone)
        for question in ["one", "two"] {
          #expect(exchanger.send(session, Array(question.utf8)) == .taken)
          #expect(events(exchanger, 1) == [.received(session, Array("<\(question)>".utf8))])
        }
        exchanger.close(session)
        #expect(exchanger.descriptors.isEmpty)
        #expect(exchanger.send(session, [1]) == .refused("the socket is not open"))
      }
    }
  }

  @Test func `a closed port says so by ICMP`() throws {
    for address in ["127.0.0.1", "::1"] {
      for any in [false, true] {
        let exchanger = exchanger(try gate(address))
        let session = try opened(exchanger, try #require(IPAddress(address)), 9, anySourcePort: any)
        #expect(exchanger.send(session, [1]) == .taken)
        #expect(events(exchanger, 1) == [.failed(session, reason: "port-unreachable")])
        #expect(exchanger.descriptors.isEmpty)
      }
    }
  }

  @Test func `a device that nobody can reach is told from one that says no`() throws {
    let device = try FarSide("ux", near: "198.51.100.9/24", far: "198.51.100.77/24")
    _ = device.near
    let exchanger = exchanger(try gate("198.51.100.0/24"))
    let session = try opened(exchanger, try #require(IPAddress("198.51.100.78")), 161)
    #expect(exchanger.send(session, [1]) == .taken)
    let seen = events(exchanger, 1, for: .seconds(6))
    #expect(seen == [.failed(session, reason: "no answer to the question for its MAC address")])
  }

  @Test func `what the gate refuses never leaves`() throws {
    try withDevice("print(len(q))") { port, printed in
      let print = exchanger(try gate("127.0.0.0/8", neverWrite: [port]))
      guard
        case .refused = print.open(
          loopback, zone: nil, mac: nil, port: port, localPort: nil, anySourcePort: false, from: nil)
      else { return #expect(Bool(false), "a print port") }
      let plant = exchanger(try gate("127.0.0.0/8", techniques: [.udpProbe], ot: [port]))
      guard
        case .refused = plant.open(
          loopback, zone: nil, mac: nil, port: port, localPort: nil, anySourcePort: false, from: nil)
      else { return #expect(Bool(false), "a controller") }
      let silent = exchanger(try gate("127.0.0.0/8", techniques: [.serviceQuestions]))
      guard
        case .refused = silent.open(
          loopback, zone: nil, mac: nil, port: port, localPort: nil, anySourcePort: false, from: nil)
      else { return #expect(Bool(false), "no UDP") }

      let open = exchanger(try gate("127.0.0.0/8"))
      let session = try opened(open, loopback, port)
      guard case .refused(let empty) = open.send(session, []) else { return #expect(Bool(false), "empty") }
      #expect(empty.contains("without payload"))
      guard case .refused = open.send(session, [UInt8](repeating: 0, count: 1473)) else {
        return #expect(Bool(false), "fragments")
      }
      #expect(printed() == "silence")
    }
  }

  /// TFTP answers from a port of its own (RFC 1350 §4).
  @Test func `an answer from another port is taken only where that is asked for`() throws {
    let elsewhere = "t = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); t.bind(('127.0.0.1', 0)); t.sendto(b'!', a)"
    try withDevice(elsewhere, datagrams: 2) { port, _ in
      let exchanger = exchanger(try gate("127.0.0.0/8"))
      let strict = try opened(exchanger, loopback, port)
      let open = try opened(exchanger, loopback, port, anySourcePort: true)
      #expect(exchanger.send(strict, [1]) == .taken)
      // The strict one makes this host answer "port unreachable", which the server may not outlive in silence.
      #expect(events(exchanger, 1, for: .milliseconds(500)).isEmpty)
      #expect(exchanger.send(open, [1]) == .taken)
      #expect(events(exchanger, 1) == [.received(open, [0x21])])
    }
  }

  @Test func `another host's datagram is nobody's answer`() throws {
    let stranger = "t = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); t.bind(('127.0.0.2', 0)); t.sendto(b'!', a)"
    try withDevice("\(stranger); s.sendto(b'answer', a)") { port, _ in
      let exchanger = exchanger(try gate("127.0.0.0/8"))
      let session = try opened(exchanger, loopback, port, anySourcePort: true)
      #expect(exchanger.send(session, [1]) == .taken)
      #expect(events(exchanger, 2, for: .seconds(1)) == [.received(session, Array("answer".utf8))])
    }
  }

  /// ECHONET Lite nodes answer to port 3610, whatever port the question came from, and from any of theirs.
  @Test func `conversations share a local port, and each gets its own device's answers`() throws {
    let answer = """
      t = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); t.bind((s.getsockname()[0], 0))
              t.sendto(s.getsockname()[0].encode(), ('127.0.0.1', 3610))
      """
    try withDevice(answer, address: "127.0.0.5") { first, _ in
      try withDevice(answer, address: "127.0.0.6") { second, _ in
        let exchanger = exchanger(try gate("127.0.0.0/8"))
        var sessions: [Int] = []
        for (text, port) in [("127.0.0.5", first), ("127.0.0.6", second)] {
          let session = try opened(
            exchanger, try #require(IPAddress(text)), port, localPort: 3610, anySourcePort: true, from: loopback)
          sessions.append(session)
          #expect(exchanger.send(session, [1]) == .taken)
        }
        let seen = events(exchanger, 2)
        #expect(
          Set(seen) == [
            .received(sessions[0], Array("127.0.0.5".utf8)), .received(sessions[1], Array("127.0.0.6".utf8)),
          ])
      }
    }
  }

  /// Which of the sockets gets the other's error, and the other's answer, is for the kernel to say: both orders are
  /// tried, and a reader that comes only when the answer waits behind the error.
  @Test(arguments: [true, false], [Duration.zero, .milliseconds(300)])
  func `another device's closed port ends no conversation on a shared port`(closedFirst: Bool, late: Duration) throws {
    let (node, closed) = (try #require(IPAddress("127.0.0.5")), try #require(IPAddress("127.0.0.6")))
    try withDevice("s.sendto(q, ('127.0.0.1', 3610))", address: "127.0.0.5", datagrams: 2) { port, _ in
      let exchanger = exchanger(try gate("127.0.0.0/8"))
      var sessions: [IPAddress: Int] = [:]
      for address in closedFirst ? [closed, node] : [node, closed] {
        sessions[address] = try opened(
          exchanger, address, port, localPort: 3610, anySourcePort: true, from: loopback)
      }
      let (talk, refused) = (try #require(sessions[node]), try #require(sessions[closed]))
      // The error waits on the socket when its next datagram is to leave, and when it is read.
      #expect(exchanger.send(refused, [1]) == .taken)
      #expect(exchanger.send(talk, [2]) == .taken)
      SystemClock.wait(for: [], until: SystemClock.monotonic + late)
      #expect(
        events(exchanger, 3, for: .seconds(1)).filter { $0 != .failed(refused, reason: "port-unreachable") } == [
          .received(talk, [2])
        ])
      #expect(exchanger.send(talk, [3]) == .taken)
      #expect(events(exchanger, 1) == [.received(talk, [3])])
    }
  }

  /// The scan keeps the port for itself first, so that the kernel does not tell devices that it is closed.
  @Test func `a port that the scan has reserved serves conversations too`() throws {
    let device = try FarSide("uy", near: "198.51.100.9/24", far: "198.51.100.77/24")
    let far = try #require(IPAddress("198.51.100.77"))
    let gate = try gate("198.51.100.0/24")
    let routes = try RouteTable()
    let interface = try routes.link(try routes.route(to: far).interfaceIndex)
    let near = try #require(IPv4Address("198.51.100.9"))
    let link = try EthernetLink(
      index: try routes.route(to: far).interfaceIndex, interface: interface.name, mac: try #require(interface.mac),
      source: near, linkLocal: nil, fixedPorts: [3610], gate: gate)
    #expect(link.takenPorts.isEmpty)
    let node = """
      import socket
      s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(('198.51.100.77', 3610))
      t = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); t.bind(('198.51.100.77', 0))
      print('ready', flush=True)
      while True:
          q, a = s.recvfrom(100)
          t.sendto(q + b'!', ('198.51.100.9', 3610))
      """
    try device.serving(node) {
      let exchanger = exchanger(gate)
      let session = try opened(exchanger, far, 3610, localPort: 3610, anySourcePort: true, from: IPAddress(near))
      for octet in 1...3 as ClosedRange<UInt8> {
        #expect(exchanger.send(session, [octet]) == .taken)
        #expect(events(exchanger, 1) == [.received(session, [octet, 0x21])])
      }
    }
    #expect(link.takenPorts.isEmpty)
  }

  @Test func `a flood is taken in portions, and long datagrams are cut`() throws {
    try withDevice("[s.sendto(b'x' * 4000, a) for _ in range(200)]") { port, _ in
      let exchanger = exchanger(try gate("127.0.0.0/8"))
      let session = try opened(exchanger, loopback, port)
      #expect(exchanger.send(session, [1]) == .taken)
      Thread.sleep(forTimeInterval: 0.5)
      let seen = exchanger.poll()
      #expect(!seen.isEmpty && seen.count <= 16)
      #expect(seen.first == .received(session, [UInt8](repeating: 0x78, count: 2048)))
    }
  }

  @Test func `each datagram is told to the log`() throws {
    let log = DepartureLog()
    let exchanger = SocketExchanger(gate: try gate("127.0.0.0/8"), log: log, wall: { SystemClock.wall })
    let session = try opened(exchanger, loopback, 9)
    #expect(exchanger.send(session, [1]) == .taken)
    #expect(log.isEmpty == false)
  }
}
