import Addressing
import Authority
import Foundation
import LinkIO
import Probes
import Records
import SessionIO
import Synchronization
import Testing
import Wire

/// One HTTP exchange, seen from both ends.
@Suite(.needsNamespace, .serialized) struct CurlClientTests {
  private let fixture: CurlFixture
  private var loopback: IPAddress { fixture.loopback }

  init() throws { fixture = try CurlFixture() }

  private static let answer = "HTTP/1.1 200 OK\\r\\nServer: a\\r\\nContent-Length: 5\\r\\n\\r\\nhello"

  @Test func `a request leaves as described and the answer comes back octet by octet`() throws {
    try fixture.withServer("read(); c.sendall(b'\(Self.answer)'); print(q, a[1])") { port, printed in
      let request = HTTPRequest(
        port: port, path: "/a/../b?c=%2e#d", headers: [HeaderField("X-Question", "1")])
      let (result, localPort) = try fixture.exchange(fixture.client(try gate("127.0.0.0/8")), request)
      #expect(result.status == 200)
      #expect(result.version == "1.1")
      #expect(result.headers == [HeaderField("Server", "a"), HeaderField("Content-Length", "5")])
      #expect(result.body == Array("hello".utf8))
      #expect(!result.isTruncated && result.failure == nil && result.certificateChain.isEmpty)
      #expect(result.elapsed.map { $0 > .zero && $0 < .seconds(10) } == true)
      #expect(
        result.responseOctets == Array("HTTP/1.1 200 OK\r\nServer: a\r\nContent-Length: 5\r\n\r\nhello".utf8))
      let seen = printed()
      // The witness prints what it received, in Python's notation, and the port it came from.
      let sent = String(decoding: result.requestOctets, as: UTF8.self)
        .replacingOccurrences(of: "\r", with: "\\r").replacingOccurrences(of: "\n", with: "\\n")
      #expect(seen == "b'\(sent)' \(localPort ?? 0)")
      #expect(sent.hasPrefix("GET /a/../b?c=%2e#d HTTP/1.1\\r\\nHost: 127.0.0.1:\(port)\\r\\n"))
      for line in ["User-Agent: tenken/test", "Accept: */*", "Connection: close", "X-Question: 1"] {
        #expect(sent.contains("\\r\\n\(line)\\r\\n"))
      }
    }
  }

  @Test func `a question with a body sends it at once, and HEAD expects none`() throws {
    let body =
      "r = read(); n = int(r.split(b'Content-Length: ')[1].split(b'\\r\\n')[0]); b = r.split(b'\\r\\n\\r\\n')[1]"
    let wait = "[globals().__setitem__('b', b + c.recv(4096)) for _ in range(99) if len(b) < n]"
    try fixture.withServer(
      "\(body); \(wait); c.sendall(b'\(Self.answer)'); print(len(b), b'Expect' in r, b'application/ipp' in r)"
    ) { port, printed in
      let request = HTTPRequest(
        .post(contentType: "application/ipp", body: [UInt8](repeating: 0, count: 3000)), port: port, path: "/ipp")
      let (result, _) = try fixture.exchange(fixture.client(try gate("127.0.0.0/8")), request)
      #expect(result.status == 200)
      #expect(result.requestOctets.suffix(3000) == [UInt8](repeating: 0, count: 3000)[...])
      #expect(printed() == "3000 False True")
    }
    try fixture.withServer("read(); c.sendall(b'HTTP/1.0 200 OK\\r\\nContent-Length: 99\\r\\n\\r\\n')") { port, _ in
      let (result, _) = try fixture.exchange(
        fixture.client(try gate("127.0.0.0/8")), HTTPRequest(.head, port: port, path: "/"))
      #expect(result.status == 200 && result.body.isEmpty && result.failure == nil)
    }
  }

  @Test func `a print port gets no connection and no octet from it`() throws {
    try fixture.withServer("c.settimeout(2); print(len(c.recv(10)))") { port, printed in
      let client = fixture.client(try gate("127.0.0.0/8", neverWrite: [port]))
      let opening = client.begin(HTTPRequest(port: port, path: "/"), to: loopback, zone: nil, mac: nil, from: nil)
      guard case .refused(let reason) = opening else { return #expect(Bool(false), "\(opening)") }
      #expect(reason.contains("\(port)"))
      #expect(client.poll().isEmpty && client.descriptors.isEmpty)
    }
  }

  @Test func `what the scope refuses is not connected to`() throws {
    for gate in [
      try gate("198.51.100.0/24"), try gate("127.0.0.0/8", techniques: [.udpProbe, .tcpSYN]),
      try gate("127.0.0.0/8", techniques: [.serviceQuestions], ot: [80]),
      try gate("127.0.0.0/8", until: Timestamp(nanoseconds: 1)),
    ] {
      let opening = fixture.client(gate).begin(
        HTTPRequest(port: 80, path: "/"), to: loopback, zone: nil, mac: nil, from: nil)
      guard case .refused = opening else { return #expect(Bool(false), "\(opening)") }
    }
  }

  @Test func `an exchange that outlives the scope's window sends nothing more`() throws {
    try fixture.withServer("c.settimeout(3); print(c.recv(10))") { port, printed in
      let moment = Mutex(Timestamp(nanoseconds: 1_000))
      let until = Timestamp(nanoseconds: 2_000)
      let client = CurlClient(
        gate: try gate("127.0.0.0/8", until: until), monotonic: { SystemClock.monotonic },
        wall: { moment.withLock { $0 } })
      guard
        case .started(let number) = client.begin(
          HTTPRequest(port: port, path: "/"), to: loopback, zone: nil, mac: nil, from: nil)
      else { return #expect(Bool(false)) }
      moment.withLock { $0 = until }
      let results = client.poll()
      #expect(results.map(\.exchange) == [number])
      #expect(results.first?.result.failure?.contains("expired") == true)
      #expect(results.first?.result.requestOctets.isEmpty == true)
    }
  }

  @Test func `a redirect is told, not followed`() throws {
    try fixture.withServer("print('touched')") { elsewhere, printed in
      let redirect =
        "HTTP/1.1 302 Found\\r\\nLocation: http://127.0.0.1:\(elsewhere)/\\r\\nContent-Length: 0\\r\\n\\r\\n"
      try fixture.withServer("read(); c.sendall(b'\(redirect)')") { port, _ in
        let (result, _) = try fixture.exchange(
          fixture.client(try gate("127.0.0.0/8")), HTTPRequest(port: port, path: "/"))
        #expect(result.status == 302)
        #expect(result.values(of: "location") == ["http://127.0.0.1:\(elsewhere)/"])
      }
      #expect(printed() == "")
    }
  }

  /// Neither the environment's proxy nor a cookie from before, nor the connection from before.
  @Test func `each exchange is on its own`() throws {
    let answer = "HTTP/1.1 401 No\\r\\nSet-Cookie: a=b\\r\\nWWW-Authenticate: Basic\\r\\nContent-Length: 0\\r\\n\\r\\n"
    unsafe setenv("http_proxy", "http://127.0.0.1:9", 1)
    unsafe setenv("ALL_PROXY", "http://127.0.0.1:9", 1)
    defer {
      unsafe unsetenv("http_proxy")
      unsafe unsetenv("ALL_PROXY")
    }
    try fixture.withServer("read(); c.sendall(b'\(answer)'); print(a[1])", connections: 2) { port, printed in
      let client = fixture.client(try gate("127.0.0.0/8"))
      for _ in 1...2 {
        let (result, _) = try fixture.exchange(client, HTTPRequest(port: port, path: "/"))
        #expect(result.status == 401)
        let request = String(decoding: result.requestOctets, as: UTF8.self).lowercased()
        #expect(!request.contains("cookie") && !request.contains("authorization"))
      }
      #expect(Set(printed().split(separator: "\n")).count == 2)
    }
  }

  @Test func `a closed port is a failed exchange`() throws {
    let (result, _) = try fixture.exchange(
      fixture.client(try gate("127.0.0.0/8")), HTTPRequest(port: 1, path: "/"))
    #expect(result.status == nil && result.version == "" && result.body.isEmpty)
    #expect(result.failure != nil && !result.isTruncated)
  }

  @Test func `IPv6 is spoken to as well, link-local addresses through their interface`() throws {
    for (address, zone) in [("::1", Int32?.none), ("fe80::77", try linkLocalInterface())] {
      try fixture.withServer("read(); c.sendall(b'\(Self.answer)')", address: address, zone: zone ?? 0) { port, _ in
        let (result, _) = try fixture.exchange(
          fixture.client(try gate(address)), HTTPRequest(port: port, path: "/"), to: try target(address),
          zone: zone)
        #expect(result.body == Array("hello".utf8))
        #expect(String(decoding: result.requestOctets, as: UTF8.self).contains("Host: [\(address)]:\(port)"))
      }
    }
  }

  @Test func `the source address is the one asked for`() throws {
    try fixture.withServer("read(); c.sendall(b'\(Self.answer)'); print(a[0])") { port, printed in
      let (result, _) = try fixture.exchange(
        fixture.client(try gate("127.0.0.0/8")), HTTPRequest(port: port, path: "/"),
        from: try target("127.0.0.9"))
      #expect(result.status == 200)
      #expect(printed() == "127.0.0.9")
    }
  }

  @Test func `exchanges with many devices go on side by side`() throws {
    let behaviour = "read(); time.sleep(0.2); c.sendall(b'\(Self.answer)')"
    try fixture.withServer(behaviour, connections: 6) { port, _ in
      let client = fixture.client(try gate("127.0.0.0/8"))
      var waiting: Set<Int> = []
      for _ in 1...6 {
        if case .started(let number) = client.begin(
          HTTPRequest(port: port, path: "/"), to: loopback, zone: nil, mac: nil, from: nil)
        {
          client.pace(number, perSecond: 0)
          waiting.insert(number)
        }
      }
      #expect(waiting.count == 6)
      let cancelled = try #require(waiting.min())
      client.cancel(cancelled)
      waiting.remove(cancelled)
      let deadline = SystemClock.monotonic + .seconds(8)
      while !waiting.isEmpty, SystemClock.monotonic < deadline {
        for (number, result) in client.poll() {
          #expect(result.status == 200 && waiting.remove(number) != nil)
        }
        SystemClock.wait(for: client.descriptors, until: SystemClock.monotonic + .milliseconds(10))
      }
      #expect(waiting.isEmpty && client.descriptors.isEmpty && client.wakeAt == nil)
    }
  }
}
