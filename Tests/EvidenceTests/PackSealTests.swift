import Evidence
import Foundation
import LabSupport
import Sealing
import Testing

@Suite struct PackSealTests {
  private static let nonce: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8]
  /// RFC 8032 §7.1, TEST 1.
  private static let key: [UInt8] = [
    0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c, 0xc4, 0x44, 0x49, 0xc5,
    0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60,
  ]

  private func signer() throws -> SigningKey { try SigningKey(rawSeed: Self.key) }

  private func signed(in folder: TemporaryFolder, as name: String = "pack") throws -> String {
    let pack = try SamplePack.sealed(in: folder, as: name)
    try PackSeal.sign(pack, by: signer(), nonce: Self.nonce)
    return pack
  }

  private func problems(_ pack: String, authorities: [UInt8]? = nil) throws -> [PackVerification.Problem] {
    PackVerifier.verify(directory: pack, signers: [try signer().publicKey], authorities: authorities).problems
  }

  /// Writes the bag's own files anew, as somebody would who changed the payload and knows the format.
  private func reseal(_ folder: TemporaryFolder, head: Bool = true) throws {
    let pack = folder.path + "/pack"
    func digest(_ name: String) throws -> String { SHA256.hex(try SHA256.digest(ofFile: pack + "/" + name)) }
    let names = try PackReader(pack).files().map { "data/" + $0 }.sorted {
      Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8))
    }
    let octets = try names.reduce(0) { try $0 + folder.octets("pack/" + $1).count }
    try folder.put(
      Array(try names.map { "\(try digest($0))  \($0)\n" }.joined().utf8), at: "pack/manifest-sha256.txt")
    let events = try folder.octets("pack/data/run.jsonl").split(separator: 0x0a)
    let info = String(decoding: try folder.octets("pack/bag-info.txt"), as: UTF8.self).split(separator: "\n").map {
      line in
      if line.hasPrefix("Payload-Oxum") { return "Payload-Oxum: \(octets).\(names.count)" }
      if head, line.hasPrefix("Tenken-Chain-Head") {
        return "Tenken-Chain-Head: " + SHA256.hex(SHA256.digest(of: events.last ?? []))
      }
      if head, line.hasPrefix("Tenken-Chain-Lines") { return "Tenken-Chain-Lines: \(events.count)" }
      return String(line)
    }
    try folder.put(Array(info.map { $0 + "\n" }.joined().utf8), at: "pack/bag-info.txt")
    let tags = try ["bag-info.txt", "bagit.txt", "manifest-sha256.txt"].map { "\(try digest($0))  \($0)\n" }
    try folder.put(Array(tags.joined().utf8), at: "pack/tagmanifest-sha256.txt")
  }

  @Test func `a signed pack verifies and says who signed it`() throws {
    let folder = try TemporaryFolder()
    let pack = try signed(in: folder)
    let known = PackVerifier.verify(directory: pack, signers: [try signer().publicKey])
    #expect(known.isIntact)
    let fingerprint = try signer().publicKey.fingerprint
    #expect(known.seal?.isKnown == true && known.seal?.signer == fingerprint)
    let unknown = PackVerifier.verify(directory: pack)
    #expect(unknown.isIntact && unknown.seal?.isKnown == false && unknown.seal?.stamp == nil)
    let other = PackVerifier.verify(directory: pack, signers: [try SigningKey.generate().publicKey])
    #expect(other.problems.map(\.kind) == [.signature])
    // The same pack and key: the same octets.
    let before = try folder.octets("pack/attestation.dsse.json")
    try PackSeal.sign(pack, by: signer(), nonce: [9, 9, 9, 9, 9, 9, 9, 9])
    #expect(try folder.octets("pack/attestation.dsse.json") == before)
    let refused = #expect(throws: PackError.self) { try PackSeal.sign(pack, by: .generate(), nonce: Self.nonce) }
    #expect(refused?.code == .occupied)
  }

  @Test func `a thousand octets that flip anywhere in a signed pack are each noticed and the file named`() throws {
    let folder = try TemporaryFolder()
    let pack = try signed(in: folder)
    var names = try PackReader(pack).files().map { "data/" + $0 }
    names += ["bagit.txt", "bag-info.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt", "attestation.dsse.json"]
    names = try names.filter { try !folder.octets("pack/" + $0).isEmpty }.sorted()
    var random = SeededRandom(seed: 9_001)
    var unnoticed: [String] = []
    for round in 0..<1_000 {
      let name = names[round % names.count]
      let original = try folder.octets("pack/" + name)
      var flipped = original
      let position = Int(random.next() % UInt64(original.count))
      flipped[position] ^= UInt8(1 + random.next() % 255)
      try folder.put(flipped, at: "pack/" + name)
      if try !problems(pack).contains(where: { $0.path == name }) { unnoticed.append("\(name) \(position)") }
      try folder.put(original, at: "pack/" + name)
    }
    #expect(unnoticed == [])
    #expect(try problems(pack).isEmpty)
  }

  @Test func `an event left out is named by the chain even when the manifests are made to fit`() throws {
    let folder = try TemporaryFolder()
    let pack = try signed(in: folder)
    let original = try folder.octets("pack/data/run.jsonl")
    let lines = original.split(separator: 0x0a).map(Array.init)
    try #require(lines.count == 2)
    // The end cut off.
    try folder.put(lines[0] + [0x0a], at: "pack/data/run.jsonl")
    try reseal(folder, head: false)
    #expect(try problems(pack).contains { $0.path == "data/run.jsonl" && $0.kind == .chain })
    // The beginning cut off.
    try folder.put(lines[1] + [0x0a], at: "pack/data/run.jsonl")
    try reseal(folder)
    #expect(try problems(pack).contains { $0.path == "data/run.jsonl" && $0.kind == .chain })
    // A line given twice.
    try folder.put(lines[0] + [0x0a] + lines[1] + [0x0a] + lines[1] + [0x0a], at: "pack/data/run.jsonl")
    try reseal(folder)
    #expect(try problems(pack).contains { $0.path == "data/run.jsonl" && $0.kind == .chain })
    // All of it made to fit, chain included: only the signature shows it.
    try folder.put(lines[0] + [0x0a], at: "pack/data/run.jsonl")
    try reseal(folder)
    let left = try problems(pack)
    #expect(!left.isEmpty && left.allSatisfy { $0.kind == .signature })
    #expect(left.contains { $0.path == "tagmanifest-sha256.txt" })
  }

  @Test func `a key swapped in is a signature by nobody who was named`() throws {
    let folder = try TemporaryFolder()
    let pack = try signed(in: folder)
    let files = FileManager.default
    for name in ["attestation.dsse.json", "timestamp.tsq"] { try files.removeItem(atPath: pack + "/" + name) }
    let missing = try problems(pack)
    #expect(missing.map(\.path) == ["attestation.dsse.json"] && missing.map(\.kind) == [.signature])
    try PackSeal.sign(pack, by: .generate(), nonce: Self.nonce)
    let swapped = try problems(pack)
    #expect(swapped.map(\.path) == ["attestation.dsse.json"] && swapped.map(\.kind) == [.signature])
    #expect(swapped.first?.message.contains("none of the keys") == true)
    // The attestation of another pack.
    _ = try signed(in: folder, as: "other")
    let other = try TemporaryFolder()
    let writer = try SamplePack.begin(in: other)
    try writer.close(result: SampleResult.result)
    try PackSeal.sign(writer.path, by: signer(), nonce: Self.nonce)
    try folder.put(try other.octets("pack/attestation.dsse.json"), at: "pack/attestation.dsse.json")
    #expect(try problems(pack).contains { $0.path == "tagmanifest-sha256.txt" && $0.kind == .signature })
  }

  @Test func `a pack that does not verify is not signed`() throws {
    let folder = try TemporaryFolder()
    let pack = try SamplePack.sealed(in: folder)
    try folder.put([1], at: "pack/data/added")
    let error = #expect(throws: PackError.self) { try PackSeal.sign(pack, by: signer(), nonce: Self.nonce) }
    #expect(error?.code == .altered)
    #expect(!FileManager.default.fileExists(atPath: pack + "/attestation.dsse.json"))
  }

  // MARK: By tools that nobody here wrote

  @discardableResult
  private func run(_ tool: String, _ arguments: [String], in folder: TemporaryFolder) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [tool] + arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }

  /// A time stamping authority of `openssl ts`, with a root of its own.
  private func makeAuthority(_ name: String, in folder: TemporaryFolder) throws {
    let configuration = """
      [ tsa ]
      default_tsa = \(name)
      [ \(name) ]
      serial = \(folder.path)/\(name).serial
      crypto_device = builtin
      signer_cert = \(folder.path)/\(name).pem
      signer_key = \(folder.path)/\(name).key
      signer_digest = sha256
      default_policy = 1.2.3.4.1
      digests = sha256
      accuracy = secs:1
      [ req ]
      distinguished_name = dn
      [ dn ]
      [ root ]
      basicConstraints = critical, CA:TRUE
      [ stamping ]
      basicConstraints = CA:FALSE
      keyUsage = critical, digitalSignature
      extendedKeyUsage = critical, timeStamping
      """
    try folder.put(Array(configuration.utf8), at: name + ".cnf")
    try folder.put(Array("01\n".utf8), at: name + ".serial")
    func openssl(_ text: String) throws {
      #expect(try run("openssl", text.split(separator: " ").map(String.init), in: folder) == 0, "\(text)")
    }
    let curve = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
    try openssl(
      "req -x509 \(curve) -keyout \(name).rootkey -out \(name).root -subj /CN=\(name)-root -days 2 -config \(name).cnf -extensions root"
    )
    try openssl("req \(curve) -keyout \(name).key -out \(name).csr -subj /CN=\(name) -config \(name).cnf")
    try openssl(
      "x509 -req -in \(name).csr -CA \(name).root -CAkey \(name).rootkey -CAcreateserial -days 1 -extfile \(name).cnf -extensions stamping -out \(name).pem"
    )
  }

  private func answer(_ name: String, to query: String, as file: String, in folder: TemporaryFolder) throws -> [UInt8] {
    let status = try run(
      "openssl", ["ts", "-reply", "-config", name + ".cnf", "-queryfile", query, "-out", file], in: folder)
    #expect(status == 0)
    return try folder.octets(file)
  }

  @Test func `a time stamp of openssl's authority is verified, another's is not`() throws {
    let folder = try TemporaryFolder()
    let pack = try signed(in: folder)
    try makeAuthority("tsa", in: folder)
    try makeAuthority("stranger", in: folder)
    let roots = try folder.octets("tsa.root")
    #expect(try problems(pack, authorities: roots).map(\.kind) == [.timestamp])
    let reply = try answer("tsa", to: "pack/timestamp.tsq", as: "reply.tsr", in: folder)
    guard case .stamped(let seconds, let authority) = try PackSeal.add(response: reply, to: pack, authorities: roots)
    else {
      Issue.record("not stamped")
      return
    }
    #expect(abs(Double(seconds) - Date().timeIntervalSince1970) < 60)
    #expect(authority.contains("tsa"))
    let verification = PackVerifier.verify(directory: pack, signers: [try signer().publicKey], authorities: roots)
    #expect(verification.isIntact && verification.seal?.stamp?.isChecked == true)
    #expect(PackVerifier.verify(directory: pack).seal?.stamp?.isChecked == false)
    // openssl's own check of the same files.
    #expect(
      try run(
        "openssl",
        ["ts", "-verify", "-in", "pack/timestamp.tsr", "-data", "pack/attestation.dsse.json", "-CAfile", "tsa.root"],
        in: folder) == 0)
    // An authority that nobody named.
    let stranger = try answer("stranger", to: "pack/timestamp.tsq", as: "stranger.tsr", in: folder)
    guard case .rejected(.badSignature) = try PackSeal.add(response: stranger, to: pack, authorities: roots) else {
      Issue.record("a stranger's stamp was taken")
      return
    }
    // Every octet of the stamp matters.
    let original = try folder.octets("pack/timestamp.tsr")
    var random = SeededRandom(seed: 3_161)
    for _ in 0..<200 {
      var flipped = original
      flipped[Int(random.next() % UInt64(original.count))] ^= UInt8(1 + random.next() % 255)
      try folder.put(flipped, at: "pack/timestamp.tsr")
      let found = try problems(pack, authorities: roots)
      // Certificates beside the signer's are not signed over; nothing that a reader relies on is in them.
      if found.isEmpty {
        let stamp = PackVerifier.verify(directory: pack, authorities: roots).seal?.stamp
        #expect(stamp?.seconds == seconds)
      } else {
        #expect(found.map(\.path) == ["timestamp.tsr"])
      }
    }
    try folder.put(original, at: "pack/timestamp.tsr")
  }

  @Test func `a time stamp of another pack is named`() throws {
    let folder = try TemporaryFolder()
    let pack = try signed(in: folder)
    let other = try TemporaryFolder()
    let writer = try SamplePack.begin(in: other)
    try writer.close(result: SampleResult.result)
    try PackSeal.sign(writer.path, by: signer(), nonce: Self.nonce)
    try makeAuthority("tsa", in: folder)
    try folder.put(try other.octets("pack/timestamp.tsq"), at: "other.tsq")
    let reply = try answer("tsa", to: "other.tsq", as: "other.tsr", in: folder)
    #expect(try PackSeal.add(response: reply, to: pack, authorities: nil) == .rejected(.otherImprint))
    try folder.put(reply, at: "pack/timestamp.tsr")
    let found = try problems(pack)
    #expect(found.map(\.path) == ["timestamp.tsr"] && found.map(\.kind) == [.timestamp])
    for length in stride(from: 0, to: reply.count, by: 7) {
      let outcome = TimeStamp.check(
        Array(reply.prefix(length)), digest: [UInt8](repeating: 0, count: 32), request: nil, authorities: nil)
      #expect(outcome == .rejected(.noResponse))
    }
  }
}
