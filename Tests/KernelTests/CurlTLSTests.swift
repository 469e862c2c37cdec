import Addressing
import Authority
import Foundation
import LinkIO
import Probes
import Records
import SessionIO
import Testing

/// TLS as old devices speak it; the servers are OpenSSL's, and so is the word on what their certificates are.
@Suite(.needsNamespace, .serialized) struct CurlTLSTests {
  private let fixture: CurlFixture

  init() throws { fixture = try CurlFixture() }

  /// Certificates of one server, made for the test: a root and a leaf that it signed.
  private struct Certificates: ~Copyable {
    let folder: String

    init(bits: Int, digest: String) throws {
      folder = NSTemporaryDirectory() + "tenken-tls-\(UUID().uuidString)"
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      let make = """
        cd \(folder) && openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=root -keyout root.key -out root.pem &&
        openssl req -newkey rsa:\(bits) -nodes -subj /CN=device -keyout leaf.key -out leaf.csr &&
        openssl x509 -req -\(digest) -days 1 -in leaf.csr -CA root.pem -CAkey root.key -CAcreateserial -out leaf.pem
        """
      try run("sh", "-c", "(\(make)) 2>\(folder)/said")
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func der(_ name: String) throws -> [UInt8] {
      try run("openssl", "x509", "-in", "\(folder)/\(name).pem", "-outform", "der", "-out", "\(folder)/\(name).der")
      return [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name).der")))
    }
  }

  private func withTLS(
    _ certificates: borrowing Certificates, _ options: [String], _ body: (UInt16) throws -> Void
  ) throws {
    let port = UInt16.random(in: 20_000...29_000)
    let server = Process()
    server.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    server.arguments =
      [
        "openssl", "s_server", "-accept", "127.0.0.1:\(port)", "-cert", "\(certificates.folder)/leaf.pem", "-key",
        "\(certificates.folder)/leaf.key", "-cert_chain", "\(certificates.folder)/root.pem", "-www",
      ] + options
    let said = Pipe()
    server.standardOutput = said
    server.standardError = FileHandle.nullDevice
    try server.run()
    defer {
      kill(server.processIdentifier, SIGKILL)
      server.waitUntilExit()
    }
    // "ACCEPT" comes when it listens.
    var heard = ""
    while !heard.contains("ACCEPT") {
      let more = said.fileHandleForReading.availableData
      if more.isEmpty { break }
      heard += String(decoding: more, as: UTF8.self)
    }
    try body(port)
  }

  private func get(_ port: UInt16, limit: Int = HTTPRequest.defaultBodyLimit) throws -> HTTPExchange {
    try fixture.exchange(
      fixture.client(try gate("127.0.0.0/8")),
      HTTPRequest(port: port, path: "/", secure: true, bodyLimit: limit, timeout: .seconds(8))
    ).result
  }

  @Test(arguments: [
    ["-tls1", "-cipher", "ALL:@SECLEVEL=0"], ["-tls1_1", "-cipher", "AES128-SHA:@SECLEVEL=0"],
    ["-tls1_2", "-cipher", "AES256-SHA"], ["-tls1_3"],
  ])
  func `every version of TLS is spoken, and the certificates are those the server sent`(options: [String]) throws {
    let certificates = try Certificates(bits: 1024, digest: options.contains("-tls1_3") ? "sha256" : "sha1")
    let chain = [try certificates.der("leaf"), try certificates.der("root")]
    try withTLS(certificates, options + ["-cipher", "ALL:@SECLEVEL=0"]) { port in
      let result = try get(port)
      #expect(result.status == 200 && result.failure == nil, "\(result.failure ?? "")")
      #expect(result.certificateChain == chain)
      let version = ["-tls1": "TLSv1", "-tls1_1": "TLSv1.1", "-tls1_2": "TLSv1.2", "-tls1_3": "TLSv1.3"][options[0]]
      // The server's own page names what was agreed upon.
      #expect(String(decoding: result.body, as: UTF8.self).contains("Protocol  : \(version ?? "?")\n"))
      // What was said inside, not what went over the wire.
      #expect(String(decoding: result.requestOctets, as: UTF8.self).hasPrefix("GET / HTTP/1.1\r\nHost: 127.0.0.1"))
      #expect(String(decoding: result.responseOctets.prefix(12), as: UTF8.self).hasPrefix("HTTP/1.0 200"))
    }
  }

  @Test func `a key of 512 bits is looked at too`() throws {
    let certificates = try Certificates(bits: 512, digest: "sha1")
    try withTLS(certificates, ["-tls1", "-cipher", "AES128-SHA:@SECLEVEL=0"]) { port in
      let result = try get(port)
      #expect(result.status == 200, "\(result.failure ?? "")")
      #expect(result.certificateChain.first == (try certificates.der("leaf")))
    }
  }

  @Test func `a service that speaks no TLS is a failed exchange, and gets nothing but a greeting`() throws {
    try fixture.withServer("r = c.recv(2000); c.sendall(b'login: '); print(r[:1])") { port, printed in
      let result = try get(port)
      #expect(result.status == nil && result.failure != nil && result.certificateChain.isEmpty)
      #expect(result.requestOctets.isEmpty)
      // A TLS record of type 22, handshake (RFC 8446 §5.1).
      #expect(printed() == #"b'\x16'"#)
    }
  }

  @Test func `a TLS handshake that is never answered stops at the deadline`() throws {
    try fixture.withServer("time.sleep(6)") { port, _ in
      let start = SystemClock.monotonic
      let result = try fixture.exchange(
        fixture.client(try gate("127.0.0.0/8")),
        HTTPRequest(port: port, path: "/", secure: true, timeout: .seconds(1))
      ).result
      #expect(result.failure != nil && (SystemClock.monotonic - start).seconds < 3)
    }
  }
}
