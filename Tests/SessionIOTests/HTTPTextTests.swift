import Probes
import Testing
import Wire

@testable import SessionIO

struct HTTPTextTests {
  @Test func `a head is read line by line`() {
    let head = HTTPHead(Array("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"a: b\"\r\nX:\r\n\r\n".utf8))
    #expect(head.status == 401)
    #expect(head.version == "1.1")
    #expect(head.fields == [HeaderField("WWW-Authenticate", "Basic realm=\"a: b\""), HeaderField("X", "")])
  }

  /// RFC 9110 §15.2: an interim response comes before the final one.
  @Test func `an interim response is not the answer`() {
    let head = HTTPHead(Array("HTTP/1.1 100 Continue\r\nA: 1\r\n\r\nHTTP/1.0 200\nB: 2\n\n".utf8))
    #expect(head.status == 200)
    #expect(head.version == "1.0")
    #expect(head.fields == [HeaderField("B", "2")])
  }

  @Test func `a folded line belongs to the one before, and what is no field is left out`() {
    let head = HTTPHead(Array("HTTP/1.1 200 OK\r\n lost\r\nServer: a\r\n\t b \r\nnonsense\r\n\r\n".utf8))
    #expect(head.fields == [HeaderField("Server", "a b")])
  }

  @Test func `octets that are no text do no harm`() {
    let head = HTTPHead(Array("HTTP/1.1 200 OK\r\nServer: ".utf8) + [0xff, 0x00, 0x1b] + Array("\r\n".utf8))
    #expect(head.fields == [HeaderField("Server", "\u{fffd}\u{0}\u{1b}")])
    for line in ["HTTP/", "HTTP/1.1", "HTTP/1.1 x", "HTTP/1.1 99999999999999999999 x", ":", "", "\r"] {
      #expect(HTTPHead(Array(line.utf8)).status == nil)
    }
  }

  @Test(arguments: ["", "index.html", "/a b", "/\r\nX: y", "/\u{e9}", "http://198.51.100.1/", "/\u{7f}"])
  func `a path that is not in origin form is not sent`(path: String) {
    #expect(throws: MalformedRequest.self) { try HTTPRequest(port: 80, path: path).text(agent: "a") }
  }

  @Test(arguments: [
    HeaderField("Authorization", "Basic YTph"), HeaderField("cookie", "a=b"), HeaderField("Host", "example"),
    HeaderField("Transfer-Encoding", "chunked"), HeaderField("X", "a\r\nY: b"), HeaderField("X Y", "a"),
    HeaderField("", "a"),
    HeaderField("X\r\nY", "a"), HeaderField("X:", "a"), HeaderField("X", "a\u{0}b"),
  ])
  func `a header that would change the request's shape, or confess something, is not sent`(field: HeaderField) {
    #expect(throws: MalformedRequest.self) {
      try HTTPRequest(port: 80, path: "/", headers: [field]).text(agent: "a")
    }
  }

  @Test func `the strings come in order, each with its end, and then the body`() throws {
    let request = HTTPRequest(
      .post(contentType: "application/ipp", body: [0, 1]), port: 631, path: "/ipp", headers: [HeaderField("X-A", "b")])
    let strings = [
      "/ipp", "tenken", "Accept: */*", "Connection: close", "Expect:", "Content-Type: application/ipp", "X-A: b",
    ]
    #expect(request.lines.count == strings.count - 2)
    #expect(try request.text(agent: "tenken") == Array((strings.joined(separator: "\0") + "\0").utf8) + [0, 1])
  }

  @Test func `certificates are divided by their lengths, and a cut one is left out`() {
    let octets: [UInt8] = [0, 0, 0, 2, 0x30, 0x00, 0, 0, 0, 1, 0x31, 0, 0, 0, 9, 0x32]
    #expect(HTTPExchange.certificates(octets) == [[0x30, 0x00], [0x31]])
    for end in octets.indices { _ = HTTPExchange.certificates(Array(octets[..<end])) }
    #expect(HTTPExchange.certificates([0xff, 0xff, 0xff, 0xff, 1]).isEmpty)
  }
}
