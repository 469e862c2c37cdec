import LabSupport
import Records
import Testing
import Wire

@testable import Probes

struct SSHAuditProbeTests {
  private static func dropbear() throws -> FakeSSHServer {
    var server = FakeSSHServer()
    server.identification = "SSH-2.0-dropbear_2022.83"
    server.lists = try lists(ServiceReplies.sshDropbearLists)
    server.keys = ["ssh-ed25519": try key(ServiceReplies.sshEd25519Reply)]
    return server
  }

  /// OpenSSH with legacy options: RSA and DSA keys, group exchange.
  private static func legacy() throws -> FakeSSHServer {
    var server = FakeSSHServer()
    server.lists = try lists(ServiceReplies.sshLegacyLists)
    server.keys = [
      "ssh-rsa": try key(ServiceReplies.sshRSAReply), "ssh-dss": try key(ServiceReplies.sshDSSReply),
    ]
    server.primeOctets = 256
    return server
  }

  private static func key(_ reply: [UInt8]) throws -> [UInt8] {
    let body = try #require(FakeSSHServer.packet(reply)).body
    return try SSHExchangeReply(parsing: body.span).hostKey
  }

  private static func lists(_ packet: [UInt8]) throws -> SSHKeyExchangeInit {
    let body = try #require(FakeSSHServer.packet(packet)).body
    return try SSHKeyExchangeInit(parsing: body.span)
  }

  private func play(_ server: inout FakeSSHServer) throws -> (capture: SSHCapture, bench: ProbeBench<SSHAuditProbe>) {
    let bench = FakeSSHServer.play(SSHAuditProbe(port: 22, seed: 11), &server)
    let report = try #require(bench.probe.report)
    #expect(bench.staysWithinSheet() && report.claims.isEmpty)
    guard case .ssh(let capture) = report.facts.first else { throw Nothing() }
    #expect(capture.connections == bench.connections.count && report.verdicts.isEmpty)
    return (capture, bench)
  }

  private struct Nothing: Error {}

  // MARK: What is asked

  /// RFC 4253 §4.2, §7.1; RFC 8731 §3: one method, one key, and the server's own other lists.
  @Test func `the first connection shows the lists and a host key`() throws {
    var server = try Self.dropbear()
    let (capture, bench) = try play(&server)
    #expect(bench.sent.first?.starts(with: Array("SSH-2.0-tenken\r\n".utf8)) == true)
    let offer = try #require(server.offers[0])
    #expect(offer.keyExchange == ["curve25519-sha256"] && offer.hostKey == ["ssh-ed25519"])
    #expect(offer.encryptionClientToServer == ["aes128-ctr"] && offer.macServerToClient == ["hmac-sha2-256"])
    #expect(server.lists.encryptionClientToServer.contains("aes128-ctr"))
    #expect(capture.identification == "SSH-2.0-dropbear_2022.83")
    #expect(capture.algorithms.keyExchange == server.lists.keyExchange)
    #expect(capture.algorithms.hostKey == ["ssh-ed25519", "rsa-sha2-256", "ssh-rsa"])
    // As dropbearkey prints it of the key that was captured.
    let key = try #require(capture.hostKeys.first)
    #expect(key.type == "ssh-ed25519" && key.bits == 256)
    #expect(key.fingerprint == "kBCznF2zWP3HDs5HqkaP13Ws082cBfLLQvg4Hg/P2EA")
  }

  /// Nothing that belongs to an authentication or to a new key is sent then (RFC 4250 §4.1.2: 21, 50 and above).
  @Test func `nothing beyond the first packet of an exchange is sent to who does not agree on a key`() throws {
    for var server in [try Self.dropbear(), try Self.legacy()] {
      _ = try play(&server)
      #expect(server.messages.allSatisfy { [20, 30, 32, 34].contains($0.rawValue) })
    }
  }

  /// As ssh-keygen prints the fingerprints of the keys that were captured.
  @Test func `each type of key is asked for once, then the smallest group`() throws {
    var server = try Self.legacy()
    let (capture, bench) = try play(&server)
    #expect(bench.connections == [0, 1, 2])
    #expect(server.offers[1]?.hostKey == ["ssh-dss"])
    #expect(server.offers[2]?.keyExchange == ["diffie-hellman-group-exchange-sha256"])
    #expect(
      capture.hostKeys.map(\.fingerprint) == [
        "zmKFU1omlJYp00aSgBpSId/hPjph8ToTChLePbvab3s", "K/CNRxIKqbeNcjI029llMiogo9dTzdcxhOxpiQeHw6o",
      ])
    #expect(capture.hostKeys.map(\.bits) == [1024, 1024])
    #expect(capture.hostKeys[0].modulus?.hasPrefix("bef10fc5f876be91c55d887329c607af") == true)
    #expect(capture.hostKeys[0].modulus?.count == 256 && capture.hostKeys[1].modulus == nil)
    #expect(capture.smallestGroup == .init(asked: 1024, bits: 2048) && capture.missingHostKeys.isEmpty)
  }

  @Test func `where only a group exchange is offered, it shows the key and the group at once`() throws {
    var server = try Self.legacy()
    server.lists.keyExchange = ["diffie-hellman-group-exchange-sha1"]
    server.keys["ssh-dss"] = nil
    server.lists.hostKey = ["rsa-sha2-256", "ssh-rsa"]
    server.primeOctets = 96
    let (capture, bench) = try play(&server)
    #expect(bench.connections == [0] && capture.hostKeys.map(\.type) == ["ssh-rsa"])
    #expect(capture.smallestGroup?.bits == 768)
  }

  @Test func `a certificate beside its key is not asked for`() {
    let types = SSHOffer.types(["ssh-ed25519-cert-v01@openssh.com", "ssh-ed25519", "rsa-sha2-512", "ssh-rsa", "x"])
    #expect(types == ["ssh-ed25519", "ssh-rsa", "x"])
  }

  // MARK: The old version

  @Test func `a server of both versions is asked for the key of the old one`() throws {
    var server = try Self.dropbear()
    server.identification = "SSH-1.99-OpenSSH_3.9"
    server.speaksVersion1 = true
    let (capture, _) = try play(&server)
    #expect(capture.hostKeys.first { $0.type == "rsa1" }?.bits == 1024)
    server = try Self.dropbear()
    server.identification = "SSH-1.99-OpenSSH_3.9"
    #expect(try play(&server).capture.missingHostKeys["rsa1"]?.hasPrefix("declined") == true)
  }

  @Test func `a server of the old version alone is not asked for anything else`() throws {
    var server = FakeSSHServer()
    server.identification = "SSH-1.5-1.2.27"
    server.speaksVersion1 = true
    let (capture, bench) = try play(&server)
    #expect(capture.hostKeys.map(\.type) == ["rsa1"] && capture.algorithms.keyExchange.isEmpty)
    #expect(bench.connections.count == 2 && bench.sent == [Array("SSH-1.5-tenken\n".utf8)])
  }

  // MARK: Fragile devices

  /// Dropbear lists RSA without having such a key, and hangs up when it is asked for it.
  @Test func `what is listed and not there is missing only after the control`() throws {
    var server = try Self.dropbear()
    let (capture, bench) = try play(&server)
    #expect(bench.connections.count == 3 && server.offers[2]?.hostKey == ["ssh-ed25519"])
    #expect(capture.missingHostKeys == ["ssh-rsa": "declined (closed)"])
    server = try Self.dropbear()
    server.moods = [.normal, .normal, .silentExchange]
    #expect(try play(&server).capture.missingHostKeys == ["ssh-rsa": "control-failed (closed)"])
  }

  @Test func `a device that has no room is tried again after a pause`() throws {
    for mood in [FakeSSHServer.Mood.resets, .refuses, .silent] {
      var server = try Self.legacy()
      server.moods = [mood, mood, .normal]
      let (capture, bench) = try play(&server)
      #expect(bench.connections.count == 5 && capture.hostKeys.count == 2 && capture.smallestGroup?.bits == 2048)
      server.moods = []
    }
    var server = try Self.legacy()
    server.moods = [.normal, .resets, .normal]
    let (capture, bench) = try play(&server)
    #expect(capture.hostKeys.count == 2 && bench.connections.count == 4)
  }

  @Test func `pauses grow, and nothing is opened in them`() {
    var bench = ProbeBench(SSHAuditProbe(port: 22, seed: 1))
    bench.begin()
    let start = bench.now
    bench.tell(.failed(0, reason: "time-out"))
    #expect(bench.connections == [0] && bench.probe.wakeAt == start + .seconds(2))
    bench.wait()
    #expect(bench.connections == [0, 1])
    bench.tell(.failed(1, reason: "time-out"))
    #expect(bench.probe.wakeAt == start + .seconds(6))
  }

  @Test func `an exchange that is broken off once is not held against the device`() throws {
    var server = try Self.legacy()
    server.moods = [.resetsExchange]
    let (capture, _) = try play(&server)
    #expect(capture.hostKeys.map(\.type) == ["ssh-dss", "ssh-rsa"] && capture.missingHostKeys.isEmpty)
    server = try Self.legacy()
    server.moods = [.resetsExchange, .normal, .normal, .resetsExchange]
    // The third connection's group was the control; then the key is asked for again, and declined again.
    #expect(try play(&server).capture.missingHostKeys == ["ssh-rsa": "declined (reset)"])
  }

  @Test func `a refusal stands after the question, the control and the question again`() throws {
    var server = try Self.legacy()
    server.lists.keyExchange = ["diffie-hellman-group1-sha1"]
    server.moods = [.normal, .resetsExchange, .normal, .resetsExchange]
    let (capture, bench) = try play(&server)
    #expect(bench.connections.count == 5 && capture.missingHostKeys == ["ssh-dss": "declined (reset)"])
  }

  @Test func `who trickles octets is left before the sheet's end, with a report`() {
    var bench = ProbeBench(SSHAuditProbe(port: 22, seed: 1))
    bench.begin()
    let start = bench.now
    bench.tell(.opened(0))
    for _ in 0..<200 where bench.probe.report == nil {
      bench.now = min(bench.now + .seconds(2), bench.probe.wakeAt ?? bench.now + .seconds(2))
      if bench.now == bench.probe.wakeAt { bench.tell(.timer) } else { bench.tell(.received(0, [0x61])) }
    }
    #expect(bench.probe.report != nil && bench.connections == [0])
    #expect(bench.now <= start + .seconds(110))
  }

  @Test func `more types than connections are left, with the reason`() throws {
    var server = try Self.dropbear()
    server.lists.hostKey = ["ssh-ed25519", "a", "b", "c", "d", "e", "f", "g"]
    for type in ["a", "b", "c", "d", "e", "f", "g"] {
      server.keys[type] = FakeSSHServer.string(Array(type.utf8))
    }
    let (capture, bench) = try play(&server)
    #expect(bench.connections.count == 6 && capture.hostKeys.map(\.type) == ["ssh-ed25519", "a", "b", "c", "d", "e"])
    #expect(capture.missingHostKeys == ["f": "connection-limit", "g": "connection-limit"])
  }

  @Test func `a server that waits for the client's lists gets them`() throws {
    var server = try Self.legacy()
    server.moods = [.waits, .waits, .waits]
    let (capture, _) = try play(&server)
    #expect(capture.hostKeys.count == 2 && capture.smallestGroup?.bits == 2048)
  }

  @Test func `answers octet by octet are the same answers`() throws {
    var (whole, slow) = (try Self.legacy(), try Self.legacy())
    slow.isSlow = true
    #expect(try play(&whole).capture == play(&slow).capture)
  }

  // MARK: Nothing to be had

  @Test func `silence and failures decide nothing, and say so`() throws {
    for (mood, reason) in [
      (FakeSSHServer.Mood.silent, "no-answer"), (.resets, "reset"), (.refuses, "Connection refused"),
    ] {
      var server = try Self.dropbear()
      server.moods = [FakeSSHServer.Mood](repeating: mood, count: 6)
      let bench = FakeSSHServer.play(SSHAuditProbe(port: 22, seed: 1), &server)
      let report = try #require(bench.probe.report)
      #expect(report.facts.isEmpty && report.verdicts.map(\.question) == SSHAuditProbe.questions)
      #expect(report.verdicts.allSatisfy { $0.result.reason == reason }, "\(report.verdicts)")
    }
  }

  @Test(arguments: ["HTTP/1.1 400 Bad Request\r\n\r\n", "220 ftp\r\n", "SSH-2.0\r\n", "\0\0\0\0\n"])
  func `what merely looks alike decides nothing`(said: String) throws {
    var server = FakeSSHServer()
    server.identification = said
    let bench = FakeSSHServer.play(SSHAuditProbe(port: 22, seed: 1), &server)
    let report = try #require(bench.probe.report)
    #expect(report.facts.isEmpty && report.verdicts.allSatisfy { $0.result.reason != nil })
  }

  @Test func `every prefix of an answer ends in a report`() throws {
    let whole = ServiceReplies.sshDropbear + ServiceReplies.sshDropbearLists
    for count in 0..<whole.count {
      var bench = ProbeBench(SSHAuditProbe(port: 22, seed: 1))
      bench.begin()
      for channel in 0..<6 where bench.probe.report == nil {
        while bench.connections.count <= channel, bench.probe.report == nil { bench.wait() }
        bench.tell(.opened(channel))
        bench.tell(.received(channel, Array(whole.prefix(count))))
        bench.tell(.ended(channel, .closed))
      }
      #expect(bench.probe.report != nil && bench.staysWithinSheet(), "\(count)")
    }
  }

  @Test func `no octets make it ask beyond its sheet or hang`() throws {
    var random = SeededRandom(seed: 4419)
    let servers = [try Self.dropbear(), try Self.legacy()]
    for turn in 0..<3000 {
      var server = servers[turn % 2]
      let seed = random.next()
      server.spoil = { octets in
        var generator = SeededRandom(seed: seed ^ UInt64(octets.count))
        return octets.isEmpty ? [] : octets.mutated(using: &generator)
      }
      let bench = FakeSSHServer.play(SSHAuditProbe(port: 22, seed: 1), &server)
      guard bench.probe.report != nil, bench.staysWithinSheet(), bench.sent.count <= 24 else {
        Issue.record("\(bench.actions)")
        return
      }
    }
  }

  /// RFC 4648 §10, without padding.
  @Test(arguments: [("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("foobar", "Zm9vYmFy")])
  func `fingerprints are Base64 without padding`(text: String, coded: String) {
    #expect(SSHAuditProbe.base64(Array(text.utf8)) == coded)
  }
}
