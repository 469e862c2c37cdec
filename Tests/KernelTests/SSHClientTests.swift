import Addressing
import Authority
import Credentials
import Foundation
import LinkIO
import Probes
import Records
import SessionIO
import Synchronization
import Testing

/// Logins by SSH on loopback: Dropbear, and servers that misbehave.
@Suite(.needsNamespace, .serialized) struct SSHClientTests {
  private final class Journals: LoginJournalStore {
    final class File: LoginJournal {
      func read() throws -> [UInt8] { [] }
      func append(_ octets: [UInt8]) throws {}
    }
    func open(_ device: DeviceID) throws -> (any LoginJournal)? { File() }
  }

  /// Time that a test moves.
  private final class Clock: Sendable {
    let ahead = Mutex(Duration.zero)
    var wall: Timestamp { SystemClock.wall + ahead.withLock(\.self) }
  }

  private let loopback: IPAddress
  private let mac = MACAddress(rawValue: 0)
  private let clock = Clock()
  private static let consentLasts = Duration.seconds(3600)

  init() throws {
    loopback = try #require(IPAddress("127.0.0.1"))
    try run("ip", "link", "set", "lo", "up")
  }

  /// - Parameter consents: whether anybody agreed to logins.
  private func gate(consents: Bool = true) throws -> TransmissionGate {
    let now = SystemClock.wall
    let range = try AddressRange(parsing: "127.0.0.0/8")
    var scope = Scope(
      engagement: Engagement(id: "T", customer: "T", site: "T", operator: "T"), validFrom: Timestamp(nanoseconds: 0),
      validUntil: Timestamp(nanoseconds: .max), networks: [range], exclusions: [], techniques: Set(Technique.known),
      rates: Scope.Rates(perDevice: 100, total: 1000))
    if consents {
      scope.consents = [
        Consent(
          name: "g", members: [.addresses(try AddressRange(parsing: "127.0.0.1"))],
          administrator: .init(name: "a", organisation: "o"),
          techniques: [.defaultCredentials], validFrom: Timestamp(nanoseconds: 0), validUntil: now + Self.consentLasts,
          paper: .init(file: "p", sha256: ""))
      ]
    }
    return TransmissionGate(scope: scope)
  }

  private func client(_ gate: TransmissionGate, log: DepartureLog? = nil) -> SSHClient {
    let clock = clock
    return SSHClient(gate: gate, log: log, monotonic: { SystemClock.monotonic }, wall: { clock.wall })
  }

  /// Begins a login as `account` with a permit that a consent gave.
  private func begin(_ client: SSHClient, port: UInt16, permittedFor other: UInt16? = nil) throws -> SessionOpening {
    let authority = LoginAuthority(store: Journals(), gate: try gate(), wall: { SystemClock.wall })
    let decision = try authority.permit(
      LoginWish(
        device: DeviceID(mac: mac), address: loopback, mac: mac,
        service: ServiceEndpoint(transport: .tcp, port: other ?? port), account: "nobody-here",
        technique: .defaultCredentials, threshold: .unknown))
    switch consume decision {
    case .granted(let permit):
      return client.begin(
        Array("nobody-here".utf8), Array("hunter2".utf8), to: loopback, zone: nil, mac: mac, port: port, from: loopback,
        spending: permit)
    case .refused(let refusal): return .refused("no permit: \(refusal)")
    }
  }

  /// What is told until `condition`, at most 15 s; the longest poll.
  private func events(
    _ client: SSHClient, until condition: (ShellProgress) -> Bool
  ) -> (events: [ShellProgress], longest: Duration) {
    var all: [ShellProgress] = []
    var longest = Duration.zero
    let deadline = SystemClock.monotonic + .seconds(15)
    while SystemClock.monotonic < deadline {
      let before = SystemClock.monotonic
      let new = client.poll()
      longest = max(longest, SystemClock.monotonic - before)
      all += new
      if new.contains(where: condition) { break }
      SystemClock.wait(for: client.descriptors, until: SystemClock.monotonic + .milliseconds(5))
    }
    return (all, longest)
  }

  private func isEnd(_ progress: ShellProgress) -> Bool {
    if case .ended? = progress.event { true } else { false }
  }

  private func finish(_ client: SSHClient, _ session: Int) {
    client.close(session)
    #expect(events(client) { $0.event == nil }.events.last == ShellProgress(session, nil))
    #expect(client.descriptors.isEmpty && client.wakeAt == nil)
  }

  private func session(_ opening: SessionOpening) throws -> Int {
    guard case .started(let session) = opening else {
      Issue.record("not started: \(opening)")
      return -1
    }
    return session
  }

  /// Dropbear on a free port; `body` gets it, the fingerprint that its own tool prints, and what Dropbear noted.
  private func withDropbear(_ body: (_ port: UInt16, _ fingerprint: String, _ noted: () -> String) throws -> Void)
    throws
  {
    let folder = NSTemporaryDirectory() + "tenken-ssh-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let port = UInt16.random(in: 20_000...29_999)
    let script = """
      dropbearkey -t ed25519 -f \(folder)/key > \(folder)/shown 2>&1
      exec dropbear -F -E -p 127.0.0.1:\(port) -r \(folder)/key -P \(folder)/pid 2> \(folder)/log
      """
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", script]
    try process.run()
    defer {
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
    }
    func text(_ name: String) -> String { (try? String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)) ?? "" }
    for _ in 0..<200 where !text("log").contains("Not backgrounding") { usleep(20_000) }
    let fingerprint = try #require(text("shown").firstMatch(of: #/Fingerprint: (SHA256:[A-Za-z0-9+\/]+)/#)?.1)
    try body(port, String(fingerprint)) {
      // The session's process notes what it did when it sees the end.
      for _ in 0..<100 where !text("log").contains("Exit before auth") { usleep(20_000) }
      return text("log")
    }
  }

  @Test func `a password is entered once behind the keys, refused, and the frames it costs are told`() throws {
    try withDropbear { port, fingerprint, noted in
      let log = DepartureLog()
      let client = client(try gate(), log: log)
      let session = try session(begin(client, port: port))
      let (seen, longest) = events(client, until: isEnd)
      let steps = seen.map(\.event)
      guard steps.count == 5, steps[0] == .opened, case .agreed(let host)? = steps[1] else {
        Issue.record("\(steps)")
        return
      }
      #expect(host.keyType == "ssh-ed25519" && host.fingerprint == fingerprint)
      #expect(String(decoding: host.identification, as: UTF8.self).hasPrefix("SSH-2.0-dropbear"))
      #expect(steps[2] == .asked([.password, .publicKey]) && steps[3] == .entered(.password))
      #expect(steps[4] == .ended(.refused, said: []))
      finish(client, session)
      let text = noted()
      #expect(text.matches(of: /Login attempt for nonexistent user|Bad password attempt/).count == 1, "\(text)")
      #expect(text.contains("Disconnect received"), "\(text)")
      #expect(longest < .milliseconds(500), "\(longest)")
      #expect(!log.isEmpty)
    }
  }

  @Test func `a consent that ends on the way keeps the password back`() throws {
    try withDropbear { port, _, noted in
      let client = client(try gate())
      let session = try session(begin(client, port: port))
      let isAgreed = { (progress: ShellProgress) in if case .agreed? = progress.event { true } else { false } }
      #expect(events(client, until: isAgreed).events.count == 2)
      clock.ahead.withLock { $0 = Self.consentLasts + .seconds(1) }
      let rest = events(client, until: isEnd).events.map(\.event)
      guard case .ended(.failed, _)? = rest.first, rest.count == 1 else {
        Issue.record("\(rest)")
        return
      }
      finish(client, session)
      #expect(!noted().contains("attempt"))
    }
  }

  @Test func `without consent, or with a permit for something else, no connection is made`() throws {
    let script = """
      s = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen(4); s.settimeout(1)
      print(s.getsockname()[1], flush=True)
      try: s.accept(); print('connected')
      except TimeoutError: print('nobody')
      """
    for consents in [false, true] {
      try withProgram(script) { port, printed in
        let client = client(try gate(consents: consents))
        let opening = try begin(client, port: port, permittedFor: consents ? 22 : nil)
        guard case .refused = opening else {
          Issue.record("\(opening)")
          return
        }
        #expect(client.poll().isEmpty && printed() == "nobody")
      }
    }
  }

  private static let misbehaving: [(String, ShellEnding?)] = [
    ("c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0)); c.close()", .closed("")),
    ("c.sendall(b'Go away\\r\\n'); c.close()", .closed("")),
    ("c.sendall(b'SSH-2.0-x\\r\\n'); c.recv(9); c.sendall(bytes(range(1, 256)) * 40); time.sleep(9)", nil),
    ("c.sendall(b'A' * 100000); time.sleep(9)", nil),
    // RFC 4253 §11.1, in the open.
    (
      """
      t = b'Too many logins'; m = b'\\1' + struct.pack('>II', 12, len(t)) + t + bytes(4)
      p = 8 - (len(m) + 5) % 8 + 8
      c.sendall(b'SSH-2.0-x\\r\\n'); time.sleep(0.3)
      c.sendall(struct.pack('>IB', len(m) + p + 1, p) + m + bytes(p)); time.sleep(9)
      """, .closed("12:Too many logins")
    ),
  ]

  @Test(arguments: SSHClientTests.misbehaving.indices)
  func `servers that misbehave end the login, and hold nobody up`(_ index: Int) throws {
    let (behaviour, expected) = Self.misbehaving[index]
    try withServer(behaviour) { port, _ in
      let client = client(try gate())
      let session = try session(begin(client, port: port))
      let (seen, longest) = events(client, until: isEnd)
      guard case .ended(let ending, _)? = seen.last?.event else {
        Issue.record("\(seen)")
        return
      }
      if let expected {
        #expect(ending == expected)
      } else if case .misunderstood(let words) = ending {
        #expect(!words.isEmpty)
      } else {
        Issue.record("\(ending)")
      }
      #expect(!seen.contains { if case .entered? = $0.event { true } else { false } })
      finish(client, session)
      #expect(longest < .milliseconds(500), "\(longest)")
    }
  }

  @Test func `one that never says what it is costs no more than its pace`() throws {
    let behaviour = """
      c.settimeout(4)
      try:
          while True: c.sendall(b'Welcome, welcome\\r\\n' * 50)
      except OSError: pass
      """
    try withServer(behaviour) { port, _ in
      let client = client(try gate())
      let session = try session(begin(client, port: port))
      let end = SystemClock.monotonic + .seconds(3)
      let before = try segmentsSent()
      var told: [ShellProgress] = []
      while SystemClock.monotonic < end {
        told += client.poll()
        SystemClock.wait(for: client.descriptors, until: SystemClock.monotonic + .milliseconds(5))
      }
      #expect(told == [ShellProgress(session, .opened)])
      client.close(session)
      // At most 10 a second of ours, and loopback counts the server's as well.
      let sent = try segmentsSent() - before
      #expect(sent < 80 && sent > 5, "\(sent) segments in 3 s")
    }
  }

  private func segmentsSent() throws -> Int {
    let lines = try String(contentsOfFile: "/proc/net/snmp", encoding: .utf8).split(separator: "\n").filter {
      $0.hasPrefix("Tcp:")
    }
    let (names, values) = (lines[0].split(separator: " "), lines[1].split(separator: " "))
    return Int(values[try #require(names.firstIndex(of: "OutSegs"))]) ?? 0
  }
}
