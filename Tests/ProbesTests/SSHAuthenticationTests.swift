import Probes
import Records
import Testing
import Wire

/// How a server would let somebody in, by what it says to `none` (RFC 4252 §5.2).
struct SSHAuthenticationTests {
  private static func server(_ authentication: FakeSSHServer.Authentication?) -> FakeSSHServer {
    var server = FakeSSHServer()
    server.lists.keyExchange = ["curve25519-sha256"]
    server.lists.hostKey = ["ssh-ed25519"]
    server.lists.encryptionClientToServer = ["chacha20-poly1305@openssh.com", "aes128-ctr"]
    server.lists.encryptionServerToClient = server.lists.encryptionClientToServer
    server.lists.macClientToServer = ["hmac-sha2-256"]
    server.lists.macServerToClient = ["hmac-sha2-256"]
    server.lists.compressionClientToServer = ["none", "zlib@openssh.com"]
    server.lists.compressionServerToClient = ["none"]
    server.keys = ["ssh-ed25519": FakeSSHServer.ed25519]
    server.authentication = authentication
    return server
  }

  private func play(_ server: inout FakeSSHServer) throws -> (SSHCapture, ProbeBench<SSHAuditProbe>) {
    let bench = FakeSSHServer.play(SSHAuditProbe(port: 22, seed: 7), &server)
    let report = try #require(bench.probe.report)
    #expect(bench.staysWithinSheet())
    guard case .ssh(let capture) = report.facts.first else { throw WireError.malformed(offset: 0) }
    return (capture, bench)
  }

  @Test(arguments: [false, true])
  func `methods are those of the answer, asked once, for nobody and with nothing`(isSlow: Bool) throws {
    for authentication in [FakeSSHServer.Authentication.methods("publickey,password"), .banner("publickey,password")] {
      var server = Self.server(authentication)
      server.isSlow = isSlow
      let (capture, bench) = try play(&server)
      #expect(capture.authenticationMethods == ["publickey", "password"])
      #expect(capture.opensWithoutAuthentication == false)
      #expect(server.names == ["tenken ssh-connection none"])
      // Lists, opening, new keys, service, `none`; and nothing after the answer.
      #expect(server.messages.map(\.rawValue) == [20, 30, 21, 5, 50])
      #expect(bench.connections.count == 1 && capture.hostKeys.count == 1)
    }
  }

  @Test func `a session that opens for nobody is told, and left at once`() throws {
    var server = Self.server(.opens)
    let (capture, _) = try play(&server)
    #expect(capture.opensWithoutAuthentication == true && capture.authenticationMethods == nil)
    #expect(server.messages.last?.rawValue == 50)
  }

  @Test func `without an answer methods stay unknown, and everything else is as before`() throws {
    var plain = Self.server(nil)
    let (without, _) = try play(&plain)
    #expect(without.authenticationMethods == nil && plain.names.isEmpty)
    for authentication in [FakeSSHServer.Authentication.disconnects, .silent, .garbage, .hangsUp] {
      var server = Self.server(authentication)
      let (capture, _) = try play(&server)
      #expect(capture.authenticationMethods == nil && capture.opensWithoutAuthentication == nil, "\(authentication)")
      #expect(capture.hostKeys.map(\.fingerprint) == without.hostKeys.map(\.fingerprint), "\(authentication)")
      #expect(capture.algorithms == without.algorithms && capture.missingHostKeys.isEmpty, "\(authentication)")
      #expect(server.names.count == 1, "asked once, whatever comes of it")
    }
  }

  @Test func `a signature that is not by the key is told`() throws {
    var server = Self.server(.methods("password"))
    let (unread, _) = try play(&server)
    #expect(unread.hostKeys.first?.isHeld == nil)
    server = Self.server(.methods("password"))
    server.signature =
      FakeSSHServer.string(Array("ssh-ed25519".utf8)) + FakeSSHServer.string([UInt8](repeating: 1, count: 64))
    let (wrong, _) = try play(&server)
    #expect(wrong.hostKeys.first?.isHeld == false)
  }

  @Test func `who has no cipher in common is asked for its key alone`() throws {
    var server = Self.server(.methods("password"))
    server.lists.encryptionClientToServer = ["chacha20-poly1305@openssh.com"]
    let (capture, _) = try play(&server)
    #expect(capture.hostKeys.count == 1 && capture.authenticationMethods == nil && server.names.isEmpty)
  }
}
