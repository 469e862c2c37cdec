import Certificates
import Foundation
import LabSupport
import Testing

/// ``HandshakeClient`` with OpenSSL's server over loopback; a program in Python carries the octets.
@Suite(.needsNamespace, .serialized) struct TLS13CertificateTests {
  private func talk(_ made: MadeCertificates, _ options: [String], piece: Int) throws -> HandshakeClient.Step {
    let port = UInt16.random(in: 20_000...29_000)
    let server = Process()
    server.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    server.arguments =
      [
        "openssl", "s_server", "-accept", "127.0.0.1:\(port)", "-cert", "\(made.folder)/sound.der", "-certform", "DER",
        "-key", "\(made.folder)/sound.key", "-tls1_3", "-www",
      ] + options
    let said = Pipe()
    (server.standardOutput, server.standardError) = (said, FileHandle.nullDevice)
    try server.run()
    defer {
      kill(server.processIdentifier, SIGKILL)
      server.waitUntilExit()
    }
    var heard = ""
    while !heard.contains("ACCEPT") {
      let more = said.fileHandleForReading.availableData
      if more.isEmpty { break }
      heard += String(decoding: more, as: UTF8.self)
    }
    let relay = Process()
    relay.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    relay.arguments = [
      "python3", "-c",
      """
      import os, select, socket
      s = socket.create_connection(('127.0.0.1', \(port)))
      while True:
        ready, _, _ = select.select([0, s], [], [])
        octets = os.read(0, 65536) if 0 in ready else s.recv(\(piece))
        if not octets: break
        s.sendall(octets) if 0 in ready else os.write(1, octets)
      """,
    ]
    let (input, output) = (Pipe(), Pipe())
    (relay.standardInput, relay.standardOutput) = (input, output)
    try relay.run()
    defer { relay.waitUntilExit() }
    let client = HandshakeClient()
    try input.fileHandleForWriting.write(contentsOf: Data(client.start()))
    var step = HandshakeClient.Step.going(send: [])
    while case .going = step {
      let octets = [UInt8](output.fileHandleForReading.availableData)
      step = octets.isEmpty ? client.ended() : client.take(octets)
      if case .going(let send) = step, !send.isEmpty { try input.fileHandleForWriting.write(contentsOf: Data(send)) }
      if case .certificates(_, let goodbye) = step { try input.fileHandleForWriting.write(contentsOf: Data(goodbye)) }
    }
    try input.fileHandleForWriting.close()
    return step
  }

  /// P-384 alone makes the server ask for another key share (HelloRetryRequest, RFC 8446 §4.1.4).
  @Test(
    arguments: [[], ["-groups", "P-384"], ["-ciphersuites", "TLS_AES_128_CCM_8_SHA256"], ["-Verify", "1"]], [65536, 1])
  func `a server's certificate is seen`(options: [String], piece: Int) throws {
    let made = try MadeCertificates.made.get()
    guard case .certificates(let chain, let goodbye) = try talk(made, options, piece: piece) else {
      Issue.record("no certificates from \(options)")
      return
    }
    #expect(try chain == [made.der("sound")])
    #expect(!goodbye.isEmpty)
  }
}
