import Foundation
import LabSupport
import Records
import Testing

@testable import Certificates

/// The server is Python's on octets in memory; no socket is made.
@Suite(.serialized) struct HandshakeClientTests {
  private let made: MadeCertificates

  init() throws { made = try MadeCertificates.made.get() }

  private struct Outcome {
    let step: HandshakeClient.Step
    let isAsked: Bool
    let said: String
    let received: Int
  }

  /// - Parameter piece: octets that the client gets at once.
  private func talk(
    _ chain: [String], _ options: [String] = [], piece: Int = .max, until: Int = .max
  ) throws -> Outcome {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    let files = chain.map { "\(made.folder)/\($0).der" }.joined(separator: ",")
    process.arguments =
      ["python3", MadeCertificates.oracles + "/tls_server.py", files, "\(made.folder)/\(chain[0]).key"] + options
    let (input, output, errors) = (Pipe(), Pipe(), Pipe())
    (process.standardInput, process.standardOutput, process.standardError) = (input, output, errors)
    try process.run()
    let client = HandshakeClient()
    var outgoing = client.start()
    var received = 0
    var step = HandshakeClient.Step.going(send: [])
    while case .going = step {
      if !outgoing.isEmpty { try input.fileHandleForWriting.write(contentsOf: Data(outgoing)) }
      outgoing = []
      let octets = [UInt8](output.fileHandleForReading.availableData)
      if octets.isEmpty {
        step = client.ended()
        break
      }
      var rest = octets.prefix(until - received)
      received += rest.count
      while case .going = step, !rest.isEmpty {
        step = client.take(Array(rest.prefix(piece)))
        rest = rest.dropFirst(piece)
        if case .going(let send) = step { outgoing += send }
      }
      if case .going = step, received >= until { step = client.ended() }
    }
    if case .certificates(_, let goodbye) = step, !goodbye.isEmpty {
      try input.fileHandleForWriting.write(contentsOf: Data(goodbye))
    }
    try input.fileHandleForWriting.close()
    let said = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return Outcome(step: step, isAsked: client.isAskedForCertificate, said: said, received: received)
  }

  private func chain(_ outcome: Outcome) -> [[UInt8]] {
    if case .certificates(let chain, _) = outcome.step { chain } else { [] }
  }

  @Test(arguments: [Int.max, 700, 1])
  func `the certificates are those that the server has, and it sees a proper end`(piece: Int) throws {
    let outcome = try talk(["sound", "ca"], piece: piece)
    #expect(try chain(outcome) == [made.der("sound"), made.der("ca")])
    #expect(outcome.said == "handshake complete, TLSv1.3 no client certificate\nclose_notify\n")
    #expect(!outcome.isAsked)
  }

  @Test(arguments: [
    "sound-p256", "sound-ed25519", "sound-rsa4096", "rsa1024", "self-signed", "expired", "sha1", "negative-serial",
  ])
  func `nothing about a certificate is minded`(name: String) throws {
    let outcome = try talk([name])
    #expect(try chain(outcome) == [made.der(name)], "\(outcome)")
    #expect(outcome.said.hasSuffix("close_notify\n"))
  }

  @Test func `a chain beyond one record comes whole`() throws {
    let outcome = try talk(["thousand-names", "ca", "thousand-names"])
    #expect(try chain(outcome) == [made.der("thousand-names"), made.der("ca"), made.der("thousand-names")])
  }

  @Test func `a server that asks for a certificate gets none and shows its own all the same`() throws {
    let outcome = try talk(["sound"], ["mutual"])
    #expect(try chain(outcome) == [made.der("sound")])
    #expect(outcome.isAsked)
    #expect(outcome.said == "failed: PEER_DID_NOT_RETURN_A_CERTIFICATE\n")
  }

  @Test func `a server of older versions alone declines`() throws {
    let outcome = try talk(["sound"], ["tls12"])
    #expect(outcome.step == .failed(reason: "alert 70"))  // protocol_version (RFC 8446 §6.2)
    #expect(outcome.said == "failed: UNSUPPORTED_PROTOCOL\n")
  }

  @Test func `what had come when the connection ended is not lost`() throws {
    // The whole flight but its last octets: the server's Finished is missing.
    let whole = try talk(["sound-ed25519"])
    #expect(!chain(whole).isEmpty)
    let outcome = try talk(["sound-ed25519"], until: whole.received - 10)
    #expect(try chain(outcome) == [made.der("sound-ed25519")], "\(outcome)")
    guard case .certificates(_, let goodbye) = outcome.step else { return }
    #expect(goodbye.isEmpty)
    #expect(try talk(["sound"], until: 100).step == .failed(reason: "ended"))
  }

  @Test func `the hello names TLS 1.3 alone and no host`() {
    let hello = HandshakeClient().start()
    #expect(hello.first == 0x16 && hello.count < 600)
    // supported_versions (RFC 8446 §4.2.1): one version.
    #expect(hello.holds([0x00, 0x2b, 0x00, 0x03, 0x02, 0x03, 0x04]))
    #expect(!hello.holds([0x00, 0x00, 0x00]) || !String(decoding: hello, as: UTF8.self).contains("host"))
  }

  @Test func `what is not TLS, too much and too late is refused`() {
    for octets in [
      Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8), [UInt8](repeating: 0, count: 64), [0x15, 3, 3, 0, 2, 2, 40],
    ] {
      let client = HandshakeClient()
      _ = client.start()
      guard case .failed(let reason) = client.take(octets) else {
        Issue.record("taken: \(octets)")
        continue
      }
      #expect(octets[0] != 0x15 || reason == "alert 40")
      #expect(!reason.isEmpty && reason.utf8.count < 256)
      #expect(client.take(octets) == .failed(reason: reason), "it is over")
    }
    let client = HandshakeClient()
    _ = client.start()
    // A handshake record that never completes its message is waited for up to a bound.
    #expect(client.take([UInt8](repeating: 0x16, count: 1 << 19)) == .failed(reason: "too much"))
  }

  @Test func `a Certificate message is read as far as it is whole`() {
    func message(_ entries: [UInt8]) -> [UInt8] { [0, 0, 0, UInt8(entries.count)] + entries }
    let entries: [UInt8] = [0, 0, 2, 7, 8, 0, 0, 0, 0, 1, 9, 0, 3, 1, 1, 1, 0, 0, 1, 5, 0, 0]
    #expect(HandshakeClient.certificates(message(entries)) == [[7, 8], [9], [5]])
    for count in 0..<message(entries).count {
      let read = HandshakeClient.certificates(Array(message(entries).prefix(count)))
      #expect([[7, 8], [9], [5]].starts(with: read))
    }
    #expect(HandshakeClient.certificates([2, 1]) == [] && HandshakeClient.certificates(message([0, 0, 0])) == [])
  }

  @Test func `clients are forgotten when they are gone`() {
    // More than the table holds.
    for _ in 0..<1500 { #expect(!HandshakeClient().start().isEmpty) }
  }

  @Test func `many at a time do not mix`() async throws {
    let hellos = await withTaskGroup(of: [UInt8].self) { group in
      for _ in 0..<64 { group.addTask { HandshakeClient().start() } }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(Set(hellos).count == 64, "each has its own random octets")
  }
}

extension [UInt8] {
  fileprivate func holds(_ part: [UInt8]) -> Bool {
    indices.contains { self[$0...].starts(with: part) }
  }
}
