import Addressing
import Authority
import Foundation
import LinkIO
import Probes
import Records
import SessionIO
import Testing

/// Servers that are old, broken or malicious.
@Suite(.needsNamespace, .serialized) struct CurlHostileTests {
  private let fixture: CurlFixture

  init() throws { fixture = try CurlFixture() }

  private func get(
    _ behaviour: String, limit: Int = HTTPRequest.defaultBodyLimit, timeout: Duration = .seconds(15)
  ) throws -> HTTPExchange {
    var result: HTTPExchange?
    try fixture.withServer("read(); \(behaviour)") { port, _ in
      result = try fixture.exchange(
        fixture.client(try gate("127.0.0.0/8")),
        HTTPRequest(port: port, path: "/", bodyLimit: limit, timeout: timeout)
      ).result
    }
    return try #require(result)
  }

  private func text(_ octets: [UInt8]) -> String { String(decoding: octets, as: UTF8.self) }

  // MARK: Old

  @Test func `a body without a head is HTTP 0·9`() throws {
    let result = try get("c.sendall(b'<html>old</html>')")
    #expect(result.status == nil && result.version == "0.9" && result.headers.isEmpty)
    #expect(text(result.body) == "<html>old</html>")
    #expect(text(result.responseOctets) == "<html>old</html>")
    #expect(result.failure == nil)
  }

  @Test func `a status without a reason, and lines that end in a bare line feed`() throws {
    let result = try get("c.sendall(b'HTTP/1.0 200\\nServer: x\\n\\nbody')")
    #expect(result.status == 200 && result.version == "1.0")
    #expect(result.values(of: "server") == ["x"])
    #expect(text(result.body) == "body")
    #expect(result.failure == nil)
  }

  @Test func `a chunked body is decoded, and kept as it came`() throws {
    let coded =
      "HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n3\\r\\nabc\\r\\n2\\r\\nde\\r\\n0\\r\\n\\r\\n"
    let result = try get("c.sendall(b'\(coded)')")
    #expect(text(result.body) == "abcde")
    #expect(text(result.responseOctets).hasSuffix("\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"))
    #expect(!result.isTruncated && result.failure == nil)
  }

  @Test func `bad chunking keeps what came before it`() throws {
    let coded = "HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n3\\r\\nabc\\r\\nzz\\r\\nde"
    let result = try get("c.sendall(b'\(coded)')")
    #expect(result.status == 200 && result.isTruncated && result.failure != nil)
    #expect(text(result.body) == "abc")
    #expect(text(result.responseOctets).hasSuffix("3\r\nabc\r\nzz\r\nde"))
  }

  @Test func `a body that ends before its announced length is told from a whole one`() throws {
    let result = try get("c.sendall(b'HTTP/1.1 200 OK\\r\\nContent-Length: 100\\r\\n\\r\\nshort')")
    #expect(result.status == 200 && result.isTruncated && result.failure != nil)
    #expect(text(result.body) == "short")
  }

  /// Reading goes in steps of 2000 octets; none of them may be taken for the end or hide it.
  @Test(arguments: [1900, 1960, 1999, 2000, 2001, 4000, 5999, 30_000])
  func `a body of any length is whole, though the server keeps the connection`(length: Int) throws {
    for coding in ["Content-Length: \(length)", "Transfer-Encoding: chunked"] {
      let isChunked = coding.contains("chunked")
      let frame = isChunked ? ("b'%x\\r\\n' % \(length) + ", " + b'\\r\\n0\\r\\n\\r\\n'") : ("", "")
      let result = try get(
        "c.sendall(b'HTTP/1.1 200 OK\\r\\n\(coding)\\r\\n\\r\\n' + \(frame.0)b'z' * \(length)\(frame.1)); "
          + "c.recv(1); time.sleep(0)", timeout: .seconds(4))
      #expect(result.body == [UInt8](repeating: 0x7a, count: length))
      #expect(result.failure == nil && !result.isTruncated, "\(coding): \(result.failure ?? "")")
    }
  }

  // MARK: Hostile

  @Test func `a body of a gigabyte stops at the limit`() throws {
    for head in ["Content-Length: 1073741824", "Server: x", "Content-Length: 18446744073709551616"] {
      let result = try get(
        "c.sendall(b'HTTP/1.1 200 OK\\r\\n\(head)\\r\\n\\r\\n'); [c.sendall(b'x' * 65536) for _ in range(16384)]",
        limit: 100_000)
      #expect(result.body.count <= 100_000 && result.responseOctets.count <= 220_000)
      if result.status != nil, result.failure == nil {
        #expect(result.isTruncated && result.body == [UInt8](repeating: 0x78, count: 100_000))
      } else {
        // An impossible length may be refused, not believed.
        #expect(head.contains("18446744073709551616"), "\(head): \(result.failure ?? "")")
      }
    }
  }

  @Test func `endless tiny chunks stop at the limit too`() throws {
    let result = try get(
      "c.sendall(b'HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n'); "
        + "[c.sendall(b'1\\r\\nx\\r\\n' * 1000) for _ in range(10000)]", limit: 5000)
    #expect(result.isTruncated && result.body.count == 5000)
    #expect(result.responseOctets.count <= 65_536 + 5000 + 1250 + 16_384)
  }

  @Test(arguments: [
    "[c.sendall(b'X: ' + b'y' * 1000 + b'\\r\\n') for _ in range(100000)]",
    "[c.sendall(b'y' * 65536) for _ in range(16384)]",
    "[c.sendall(b'a:b\\r\\n' * 1000) for _ in range(100000)]",
  ])
  func `a head without end is left`(bomb: String) throws {
    let result = try get("c.sendall(b'HTTP/1.1 200 OK\\r\\n'); \(bomb)", timeout: .seconds(8))
    #expect(result.failure != nil)
    #expect(result.body.isEmpty)
    #expect(result.headers.count <= 32_768)
    #expect(result.responseOctets.count <= 65_536 + 262_144 + 65_536 + 16_384)
  }

  @Test func `a server that drips stops at the deadline, with what it said`() throws {
    let start = SystemClock.monotonic
    let result = try get(
      "c.sendall(b'HTTP/1.1 200 OK\\r\\nServer: drip\\r\\n\\r\\n'); "
        + "[(c.sendall(b'x'), time.sleep(0.1)) for _ in range(600)]", timeout: .seconds(2))
    #expect((SystemClock.monotonic - start).seconds < 4)
    #expect(result.status == 200 && result.isTruncated)
    #expect(result.failure?.contains("2") == true)
    #expect((5...30).contains(result.body.count))
  }

  @Test func `a server that takes the question and says nothing stops at the deadline`() throws {
    let result = try get("time.sleep(20)", timeout: .seconds(1))
    #expect(result.status == nil && result.failure != nil && !result.isTruncated && result.body.isEmpty)
    #expect(!result.requestOctets.isEmpty)
  }

  @Test func `octets that mean nothing do no harm`() throws {
    for said in [
      "\\x00\\xff\\x1b[31m", "HTTP/9.9 200 OK\\r\\n\\r\\n", "HTTP/1.1 -1 x\\r\\n\\r\\n", "\\r\\n\\r\\n", "HTTP/1.1",
    ] {
      let result = try get("c.sendall(b'\(said)')", timeout: .seconds(3))
      #expect(result.status == nil || (0...999).contains(result.status ?? -1), "\(said)")
    }
    let garbled = try get("c.sendall(b'HTTP/1.1 200 OK\\r\\nServer: \\x1b[2J\\xff\\r\\n\\r\\n')")
    #expect(garbled.status == 200)
    #expect(garbled.responseOctets.contains(0xff))
  }

  @Test func `a reset in the middle leaves what came`() throws {
    let result = try get(
      "c.sendall(b'HTTP/1.1 200 OK\\r\\nContent-Length: 9\\r\\n\\r\\nab'); time.sleep(0.3); "
        + "c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0)); c.close()")
    #expect(result.status == 200 && text(result.body) == "ab" && result.isTruncated && result.failure != nil)
  }

  // MARK: Frames

  @Test(arguments: [20, 100]) func `an endless body costs its device no more than the pace`(pace: Int) throws {
    let device = try FarSide("cu", near: "198.51.100.9/24", far: "198.51.100.77/24")
    try device.inside("ip", "link", "set", device.far, "gso_max_segs", "1")
    let server = """
      import socket
      s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
      s.bind(('198.51.100.77', 80)); s.listen(4)
      print('ready', flush=True)
      while True:
          c, _ = s.accept()
          try:
              c.recv(2000); c.sendall(b'HTTP/1.0 200 OK\\r\\n\\r\\n')
              while True: c.sendall(b'x' * 1000)
          except OSError: pass
          c.close()
      """
    let log = DepartureLog()
    let frames = try device.serving(server) {
      try device.witnessing("tcp dst port 80") {
        let client = fixture.client(try gate("198.51.100.0/24"), log: log)
        let result = try fixture.exchange(
          client, HTTPRequest(port: 80, path: "/", timeout: .seconds(3)),
          to: try target("198.51.100.77"), pace: pace
        ).result
        #expect(result.status == 200 && result.isTruncated && result.body.count > 2000)
      }
    }
    let peak = try FarSide.peak(frames)
    #expect(peak <= pace + 2, "\(peak)")
    #expect(peak >= 6)
    #expect(log.isEmpty == false)
  }
}
