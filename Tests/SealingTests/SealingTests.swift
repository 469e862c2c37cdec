import Foundation
import Sealing
import Testing

struct SealingTests {
  private func octets(_ hex: String) -> [UInt8] {
    stride(from: 0, to: hex.count, by: 2).map { place in
      let start = hex.index(hex.startIndex, offsetBy: place)
      return UInt8(hex[start..<hex.index(start, offsetBy: 2)], radix: 16) ?? 0
    }
  }

  /// RFC 8032 §7.1, TEST 1 to 3.
  @Test(arguments: [
    (
      "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
      "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    ),
    (
      "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
      "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    ),
    (
      "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
      "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
      "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
    ),
  ])
  func `signatures are those of RFC 8032`(seed: String, key: String, message: String, signature: String) throws {
    let signer = try SigningKey(rawSeed: octets(seed))
    #expect(signer.publicKey.raw == octets(key))
    #expect(try signer.signature(of: octets(message)) == octets(signature))
    #expect(signer.publicKey.isValid(octets(signature), of: octets(message)))
    #expect(!signer.publicKey.isValid(octets(signature), of: octets(message) + [0]))
    var other = octets(signature)
    other[0] ^= 1
    #expect(!signer.publicKey.isValid(other, of: octets(message)))
  }

  @Test func `keys read back from PEM, with a passphrase only by it`() throws {
    let key = try SigningKey.generate()
    let message = Array("evidence".utf8)
    let signature = try key.signature(of: message)
    #expect(try SigningKey(parsing: key.pem()).signature(of: message) == signature)
    let locked = try key.pem(passphrase: "correct horse")
    #expect(String(decoding: locked, as: UTF8.self).contains("ENCRYPTED"))
    #expect(try SigningKey(parsing: locked, passphrase: "correct horse").signature(of: message) == signature)
    let missing = #expect(throws: KeyError.self) { _ = try SigningKey(parsing: locked) }
    #expect(missing?.code == .passphrase)
    let wrong = #expect(throws: KeyError.self) { _ = try SigningKey(parsing: locked, passphrase: "battery") }
    #expect(wrong?.code == .passphrase)
    #expect(try VerificationKey(parsing: key.publicKey.pem) == key.publicKey)
  }

  @Test func `halves are not taken for each other, and other keys are named`() throws {
    let key = try SigningKey.generate()
    let half = #expect(throws: KeyError.self) { _ = try VerificationKey(parsing: try key.pem()) }
    #expect(half?.code == .otherHalf)
    let other = #expect(throws: KeyError.self) { _ = try SigningKey(parsing: key.publicKey.pem) }
    #expect(other?.code == .otherHalf)
    for text in [
      "", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "ssh-ed25519", "ssh-ed25519 AAAA",
    ] {
      let error = #expect(throws: KeyError.self) { _ = try VerificationKey(parsing: Array(text.utf8)) }
      #expect(error?.problem.isEmpty == false)
    }
    let rsa = #expect(throws: KeyError.self) {
      _ = try VerificationKey(parsing: Array("ssh-rsa AAAAB3NzaC1yc2E= me".utf8))
    }
    #expect(rsa?.code == .otherKind)
  }

  /// By tools that nobody here wrote: what one side writes the other reads.
  @Test func `openssl and ssh-keygen agree`() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("sealing-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    func run(_ tool: String, _ arguments: String...) throws -> (Int32, String) {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = [tool] + arguments
      process.currentDirectoryURL = folder
      let pipe = Pipe()
      process.standardOutput = pipe
      process.standardError = FileHandle.nullDevice
      try process.run()
      let output = pipe.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }
    func put(_ octets: [UInt8], _ name: String) throws {
      try Data(octets).write(to: folder.appendingPathComponent(name))
    }
    func get(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: folder.appendingPathComponent(name))) }

    let key = try SigningKey.generate()
    let message = Array("what was seen".utf8)
    try put(message, "message")
    try put(key.signature(of: message), "signature")
    try put(key.publicKey.pem, "public.pem")
    let verified = try run(
      "openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", "public.pem", "-in", "message", "-sigfile",
      "signature")
    #expect(verified.0 == 0)
    #expect(try run("openssl", "genpkey", "-algorithm", "ed25519", "-out", "theirs.pem").0 == 0)
    let theirs = try SigningKey(parsing: get("theirs.pem"))
    #expect(try run("openssl", "pkey", "-in", "theirs.pem", "-pubout", "-out", "theirs.pub").0 == 0)
    #expect(try VerificationKey(parsing: get("theirs.pub")) == theirs.publicKey)
    #expect(try run("openssl", "genpkey", "-algorithm", "x25519", "-out", "x.pem").0 == 0)
    let x25519 = #expect(throws: KeyError.self) { _ = try SigningKey(parsing: try get("x.pem")) }
    #expect(x25519?.code == .otherKind)

    #expect(try run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "auditor", "-f", "ssh").0 == 0)
    let ssh = try SigningKey(parsing: get("ssh"))
    #expect(try VerificationKey(parsing: get("ssh.pub")) == ssh.publicKey)
    #expect(try run("ssh-keygen", "-l", "-f", "ssh.pub").1.contains(ssh.publicKey.fingerprint + " "))
    #expect(try run("ssh-keygen", "-q", "-p", "-N", "secret", "-P", "", "-f", "ssh").0 == 0)
    let locked = #expect(throws: KeyError.self) { _ = try SigningKey(parsing: try get("ssh"), passphrase: "secret") }
    #expect(locked?.code == .passphrase)
    // Every prefix of the key is refused, none traps.
    let text = try get("theirs.pem")
    for length in 0..<(text.count - 27) {
      #expect(throws: KeyError.self) { _ = try SigningKey(parsing: Array(text.prefix(length))) }
    }
  }

  /// The example of the DSSE specification (protocol.md, "Test Vectors"): its encoding is what is signed.
  @Test func `an envelope signs type and octets together`() throws {
    let key = try SigningKey.generate()
    let body = Array("hello world".utf8)
    let envelope = try Envelope(signing: body, type: "http://example.com/HelloWorld", by: key, keyID: "k")
    let encoding = Array("DSSEv1 29 http://example.com/HelloWorld 11 hello world".utf8)
    #expect(key.publicKey.isValid(envelope.signatures[0].octets, of: encoding))
    #expect(envelope.isSigned(by: key.publicKey))
    #expect(!envelope.isSigned(by: try SigningKey.generate().publicKey))
    #expect(Envelope(parsing: envelope.json) == envelope)
    for octet in envelope.json.indices {
      var changed = envelope.json
      changed[octet] ^= 0x01
      // What still reads as an envelope is either not signed any more, or says the same.
      guard let read = Envelope(parsing: changed) else { continue }
      #expect(!read.isSigned(by: key.publicKey) || (read.payload == body && read.payloadType == envelope.payloadType))
    }
    for length in envelope.json.indices { _ = Envelope(parsing: Array(envelope.json.prefix(length))) }
  }
}
