import Addressing
import Authority
import Foundation
import LinkIO
import Records
import SessionIO
import Testing

@Suite(.needsNamespace, .serialized) struct ConnectScannerTests {
  private let loopback: IPAddress

  init() throws {
    loopback = try #require(IPAddress("127.0.0.1"))
    try run("ip", "link", "set", "lo", "up")
  }

  private func scanner(
    _ range: String = "127.0.0.0/8", limit: Int = 512, techniques: Set<Technique> = Set(Technique.known)
  ) throws -> ConnectScanner {
    ConnectScanner(
      gate: try gate(range, techniques: techniques), limit: limit, monotonic: { SystemClock.monotonic },
      wall: { SystemClock.wall })
  }

  /// Outcomes until `count` came, at most 6 s.
  private func outcomes(_ scanner: ConnectScanner, _ count: Int) -> [ConnectOutcome] {
    var all: [ConnectOutcome] = []
    let deadline = SystemClock.monotonic + .seconds(6)
    while all.count < count, SystemClock.monotonic < deadline {
      all += scanner.poll(now: SystemClock.monotonic)
      SystemClock.wait(for: scanner.descriptors, until: SystemClock.monotonic + .milliseconds(5))
    }
    return all
  }

  /// Until no connection is under way, at most 6 s.
  private func finish(_ scanner: ConnectScanner) {
    let deadline = SystemClock.monotonic + .seconds(6)
    while scanner.underWay > 0, SystemClock.monotonic < deadline {
      #expect(scanner.poll(now: SystemClock.monotonic).isEmpty, "each probe has one outcome")
      SystemClock.wait(for: scanner.descriptors, until: SystemClock.monotonic + .milliseconds(5))
    }
    #expect(scanner.underWay == 0)
  }

  private func probe(_ scanner: ConnectScanner, _ address: IPAddress, zone: Int32? = nil, _ port: UInt16) throws
    -> ConnectOutcome
  {
    guard case .started(let number) = scanner.start(address, zone: zone, port: port) else {
      throw NotStarted()
    }
    let outcome = try #require(outcomes(scanner, 1).first)
    #expect(outcome.number == number && outcome.address == address && outcome.port == port)
    return outcome
  }

  private struct NotStarted: Error {}

  /// Rules of a table of their own, for as long as `body` runs. Each is one `nft` rule of the input hook.
  private func withRules(_ rules: [String], _ body: () throws -> Void) throws {
    try run("nft", "add table inet tenken_test; add chain inet tenken_test c { type filter hook input priority 0; }")
    defer { _ = try? run("nft", "delete table inet tenken_test") }
    for rule in rules { try run("nft", "add rule inet tenken_test c \(rule)") }
    try body()
  }

  @Test func `an open port is left with FIN, and its service sees an ordinary end`() throws {
    try withServer("print('end' if c.recv(10) == b'' else 'octets'); c.close()") { port, printed in
      let scanner = try scanner()
      #expect(try probe(scanner, loopback, port).result == .open)
      finish(scanner)
      #expect(printed() == "end")
    }
  }

  @Test func `a service that does not close is reset, so that it keeps nothing half-closed`() throws {
    let behaviour = """
      c.recv(10)
      c.settimeout(5); c.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
      import select
      p = select.poll(); p.register(c, select.POLLERR | select.POLLHUP); e = p.poll(4000)
      print('reset' if e and e[0][1] & select.POLLERR else e)
      """
    try withServer(behaviour) { port, printed in
      let scanner = try scanner()
      let begun = SystemClock.monotonic
      #expect(try probe(scanner, loopback, port).result == .open)
      finish(scanner)
      #expect(SystemClock.monotonic - begun >= ConnectScanner.closingTime)
      #expect(printed() == "reset")
    }
  }

  @Test(arguments: ["", "c.sendall(b'go away'); "])
  func `a service that resets at once is open all the same`(first: String) throws {
    let reset = "c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0)); c.close(); print('done')"
    try withServer(first + reset) { port, printed in
      let scanner = try scanner()
      guard case .started = scanner.start(loopback, zone: nil, port: port) else { throw NotStarted() }
      // Its RST is here before anybody looks.
      #expect(printed() == "done")
      #expect(outcomes(scanner, 1).map(\.result) == [.open])
      finish(scanner)
    }
  }

  @Test func `a service that greets without end holds nobody up`() throws {
    try withServer("exec('while True: c.send(b\"x\" * 4096)')") { port, _ in
      let scanner = try scanner()
      #expect(try probe(scanner, loopback, port).result == .open)
      finish(scanner)
    }
  }

  @Test func `a refused connection is a closed port, over both families`() throws {
    #expect(try probe(scanner(), loopback, 1).result == .closed)
    #expect(try probe(scanner("::1"), try #require(IPAddress("::1")), 1).result == .closed)
  }

  @Test func `open ports are found over IPv6, link-local addresses through their interface`() throws {
    for (address, zone) in [("::1", Int32?.none), ("fe80::77", try linkLocalInterface())] {
      try withServer("c.recv(10)", address: address, zone: zone ?? 0) { port, _ in
        let scanner = try scanner(address)
        #expect(try probe(scanner, try #require(IPAddress(address)), zone: zone, port).result == .open)
        finish(scanner)
      }
    }
  }

  @Test func `a dropped SYN is silence, and only one SYN was sent`() throws {
    try withRules(["tcp dport 7777 counter drop"]) {
      let scanner = try scanner()
      let outcome = try probe(scanner, loopback, 7777)
      #expect(outcome.result == .silent)
      #expect(outcome.elapsed >= ConnectScanner.standardTimeout)
      #expect(scanner.underWay == 0)
      #expect(try run("nft", "list table inet tenken_test").contains("packets 1 "))
    }
  }

  /// "Port unreachable" and RST are both ECONNREFUSED; only the RST is the port's own answer.
  @Test func `an ICMP refusal is told from a RST`() throws {
    let rules = [
      "tcp dport 7001 reject with icmp type port-unreachable", "tcp dport 7002 reject with icmp type admin-prohibited",
      "tcp dport 7003 reject with icmp type host-unreachable", "tcp dport 7004 reject with tcp reset",
      "tcp dport 7005 reject with icmpv6 type port-unreachable",
      "tcp dport 7006 reject with icmpv6 type admin-prohibited", "tcp dport 7007 reject with tcp reset",
    ]
    try withRules(rules) {
      let (v4, v6) = (try scanner(), try scanner("::1"))
      let far = try #require(IPAddress("::1"))
      for port in [7001, 7002, 7003] as [UInt16] { try expectUnreachable(probe(v4, loopback, port)) }
      for port in [7005, 7006] as [UInt16] { try expectUnreachable(probe(v6, far, port)) }
      #expect(try probe(v4, loopback, 7004).result == .closed)
      #expect(try probe(v6, far, 7007).result == .closed)
    }
  }

  private func expectUnreachable(_ outcome: ConnectOutcome) {
    guard case .unreachable(_, let text) = outcome.result else { return #expect(Bool(false), "\(outcome)") }
    #expect(!text.isEmpty)
  }

  @Test func `running out of descriptors says nothing about the device`() throws {
    var before = rlimit()
    #expect(unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &before) == 0)
    let scanner = try scanner()
    var low = before
    // Whatever is free now; a pipe says which number comes next.
    var ends: [CInt] = [0, 0]
    #expect(unsafe pipe(&ends) == 0)
    for end in ends { close(end) }
    low.rlim_cur = rlim_t(ends[0])
    #expect(unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &low) == 0)
    let start = scanner.start(loopback, zone: nil, port: 1)
    #expect(unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &before) == 0)
    #expect(start == .local(errno: EMFILE, text: "Too many open files"))
    #expect(try probe(scanner, loopback, 1).result == .closed, "the same probe, offered again")
  }

  @Test func `running out of local ports says nothing about the device`() throws {
    try withRules(["tcp dport 7777 drop"]) {
      let range = try run("sysctl", "-n", "net.ipv4.ip_local_port_range").split(separator: "\t").joined(separator: " ")
      try run("sysctl", "-qw", "net.ipv4.ip_local_port_range=45000 45001")
      defer { _ = try? run("sysctl", "-qw", "net.ipv4.ip_local_port_range=\(range.trimmingCharacters(in: .newlines))") }
      let scanner = try scanner()
      let starts = (0..<4).map { _ in scanner.start(loopback, zone: nil, port: 7777) }
      #expect(starts.prefix(2).allSatisfy { if case .started = $0 { true } else { false } })
      #expect(
        starts.suffix(2).allSatisfy { $0 == .local(errno: EADDRNOTAVAIL, text: "Cannot assign requested address") })
      #expect(outcomes(scanner, 2).allSatisfy { $0.result == .silent })
    }
  }

  /// The only local port is the one that is asked about, so the SYN meets the socket that sent it.
  @Test func `a host that meets itself has no service there`() throws {
    let range = try run("sysctl", "-n", "net.ipv4.ip_local_port_range").split(separator: "\t").joined(separator: " ")
    try run("sysctl", "-qw", "net.ipv4.ip_local_port_range=46000 46000")
    defer { _ = try? run("sysctl", "-qw", "net.ipv4.ip_local_port_range=\(range.trimmingCharacters(in: .newlines))") }
    let outcome = try probe(scanner(), loopback, 46_000)
    #expect(outcome.result == .local(errno: EADDRINUSE, text: "Address already in use"))
  }

  @Test func `a network without a route is this host's trouble`() throws {
    let scanner = try scanner("198.51.100.0/24")
    let start = scanner.start(try #require(IPAddress("198.51.100.9")), zone: nil, port: 80)
    #expect(start == .local(errno: ENETUNREACH, text: "Network is unreachable"))
  }

  @Test func `no more connections are under way than allowed`() throws {
    try withRules(["tcp dport 7777 drop"]) {
      let scanner = try scanner(limit: 3)
      let starts = (0..<4).map { _ in scanner.start(loopback, zone: nil, port: 7777) }
      #expect(starts == [.started(1), .started(2), .started(3), .full])
      #expect(outcomes(scanner, 3).map(\.number) == [1, 2, 3])
      #expect(scanner.start(loopback, zone: nil, port: 7777) == .started(4))
    }
  }

  @Test func `many ports are told apart`() throws {
    try withServer("time.sleep(9)") { open, _ in
      let scanner = try scanner(limit: 256)
      var expected: [Int: UInt16] = [:]
      for port in [open] + Array(1...200) {
        guard case .started(let number) = scanner.start(loopback, zone: nil, port: port) else { throw NotStarted() }
        expected[number] = port
      }
      let outcomes = outcomes(scanner, 201)
      #expect(Dictionary(uniqueKeysWithValues: outcomes.map { ($0.number, $0.port) }) == expected)
      #expect(outcomes.filter { $0.result == .open }.map(\.port) == [open])
      #expect(outcomes.count { $0.result == .closed } == 200)
    }
  }

  @Test func `what the gate refuses is not connected to`() throws {
    guard case .refused(let outside) = try scanner("198.51.100.0/24").start(loopback, zone: nil, port: 1),
      case .refused(let unnamed) = try scanner(techniques: [.tcpSYN]).start(loopback, zone: nil, port: 1)
    else { return #expect(Bool(false)) }
    #expect(outside.description.contains("outside the scope"))
    #expect(unnamed.rule == .techniqueNotAllowed(.serviceQuestions))
  }
}
