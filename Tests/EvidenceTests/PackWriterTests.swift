import Foundation
import Records
import Testing
import Wire

@testable import Evidence

@Suite struct PackWriterTests {
  @Test func `a sealed pack verifies and says what it holds`() throws {
    let folder = try TemporaryFolder()
    let pack = try SamplePack.sealed(in: folder)
    let verification = PackVerifier.verify(directory: pack)
    #expect(verification.problems == [])
    #expect(verification.files == 14)
    let info = Dictionary(uniqueKeysWithValues: verification.bagInfo.map { ($0.label, $0.value) })
    #expect(info["Source-Organization"] == "株式会社例")
    #expect(info["Payload-Oxum"] == "\(verification.octets).14")
    #expect(info["Bagging-Date"] == "2026-11-23" && info["Tenken-Time-Zone"] == "UTC+09:00")
    #expect(info["Tenken-Partial"] == "yes" && info["Tenken-Consent"] == "form 7")
    #expect(info["Tenken-Site"] == "Plant 1 Tenken-Partial: no")
  }

  @Test func `the same run written twice gives the same octets`() throws {
    let folder = try TemporaryFolder()
    let first = PackVerifier.verify(directory: try SamplePack.sealed(in: folder, as: "first"))
    let second = PackVerifier.verify(directory: try SamplePack.sealed(in: folder, as: "second"))
    #expect(first.packDigest != nil && first.packDigest == second.packDigest)
  }

  @Test func `every event is one line with its number, time, type and the digest of the line before it`() throws {
    let folder = try TemporaryFolder()
    _ = try SamplePack.begin(in: folder)
    let lines = String(decoding: try folder.octets("pack/data/run.jsonl"), as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count == 3 && lines[2].isEmpty)
    let zeros = String(repeating: "0", count: 64)
    #expect(lines[0] == #"{"at":"2026-11-23T02:02:11.042Z","prev":"\#(zeros)","seq":1,"type":"run.started"}"#)
    // printf '%s' LINE | sha256sum
    let first = "218dd6dd6ea9c182b6117f0450fd88830522eb33200053866f6b35950ed4497e"
    let second =
      #"{"address":"10.0.0.7","at":"2026-11-23T02:02:11.042Z","note":"a/b \"c\"\n","prev":"\#(first)","seq":2,"type":"device.found"}"#
    #expect(lines[1] == second)
  }

  @Test func `a finding's folder holds what was sent and what came, and a transcript safe to print`() throws {
    let folder = try TemporaryFolder()
    _ = try SamplePack.begin(in: folder)
    let finding = "pack/data/findings/F-0001/"
    #expect(try folder.octets(finding + "request.bin").isEmpty)
    #expect(try folder.octets(finding + "response.bin") == SamplePack.response)
    let transcript = try folder.octets(finding + "transcript.txt")
    #expect(transcript.allSatisfy { $0 == 0x0a || (0x20...0x7e).contains($0) })
    let text = String(decoding: transcript, as: UTF8.self)
    #expect(text.contains(">>> sent to the device: 0 octets\n"))
    #expect(text.contains("< 00000000  ff fd 18 1b 5b 32 4a 6c  6f 67 69 6e 3a 20        |....[2Jlogin: |\n"))
    let slice = PcapNG.read(try folder.octets(finding + "slice.pcapng"))
    #expect(slice.stop == nil && slice.blocks.count == 5)
    guard case .packet(let packet) = slice.blocks[2] else {
      Issue.record("the third block is no packet")
      return
    }
    #expect(packet.comment == "F-0001 telnet.enabled dev-001122aabbcc" && packet.outbound == true)
    let decoder = JSONDecoder()
    let written = try decoder.decode(Finding.self, from: Data(try folder.octets(finding + "finding.json")))
    #expect(written == SampleResult.finding)
    let paths = PackPath.finding("F-0001")
    #expect(paths.allSatisfy { FileManager.default.fileExists(atPath: folder.path + "/pack/" + $0) })
  }

  /// The digest of "abc" is that of FIPS 180-4's example.
  @Test func `of what is withheld a transcript says number and digest, and tells it again when packs are joined`()
    throws
  {
    let said = "3 octets, SHA-256 ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    #expect(FindingTranscript.described(Array("abc".utf8)) == said)
    let transcript = FindingTranscript(
      finding: SampleResult.finding, stimulus: [1], response: Array("<<< received".utf8), withheld: [said, said])
    #expect(transcript.text.hasSuffix("<<< received on a further connection and not kept: \(said)\n"))
    #expect(FindingTranscript.withheld(in: transcript.text) == [said, said])
    let plain = FindingTranscript(finding: SampleResult.finding, stimulus: [1], response: SamplePack.response)
    #expect(FindingTranscript.withheld(in: plain.text).isEmpty)
  }

  @Test func `the run's capture is read back frame by frame`() throws {
    let folder = try TemporaryFolder()
    _ = try SamplePack.sealed(in: folder)
    let contents = PcapNG.read(try folder.octets("pack/data/capture/conversations.pcapng"))
    let packets = contents.blocks.compactMap { block -> PcapNG.Packet? in
      if case .packet(let packet) = block { packet } else { nil }
    }
    #expect(contents.stop == nil && contents.blocks.count == 6)
    #expect(packets.map(\.octets) == SamplePack.frames.map(\.octets))
    #expect(packets.map(\.outbound) == [true, false, true])
  }

  @Test func `a folder that holds files and a file are refused with advice`() throws {
    let folder = try TemporaryFolder()
    try folder.put([1], at: "file")
    for path in [folder.path, folder.path + "/file"] {
      let error = #expect(throws: PackError.self) { try PackWriter(creating: path, software: "t") }
      #expect(error?.code == .occupied && error?.advice.isEmpty == false && error?.path == path)
    }
    let missing = #expect(throws: PackError.self) {
      try PackWriter(creating: folder.path + "/a/b", software: "t")
    }
    #expect(missing?.code == .create && missing?.errno == ENOENT)
  }

  @Test func `an empty folder is taken`() throws {
    let folder = try TemporaryFolder()
    let writer = try PackWriter(creating: folder.path, software: "t")
    try writer.close(result: SampleResult.result)
    #expect(PackVerifier.verify(directory: folder.path).isIntact)
  }

  @Test(arguments: ["", "/etc/x", "../x", "a/../x", "a//b", "a/./b", "a\nb", "a\u{1b}b", "a/../\u{301}x", "run.jsonl"])
  func `a path that could lead elsewhere is refused`(path: String) throws {
    let folder = try TemporaryFolder()
    let writer = try SamplePack.begin(in: folder)
    let error = #expect(throws: PackError.self) { try writer.write([1], to: path) }
    #expect(error?.code == .unsafePath)
  }

  @Test func `names with spaces, percent signs and Japanese are sealed and verified`() throws {
    let folder = try TemporaryFolder()
    let writer = try SamplePack.begin(in: folder)
    for name in ["a b.txt", " leading", "100%.txt", "%0A", "点検.txt", "-n", "back\\slash"] {
      try writer.write(Array(name.utf8), to: "notes/" + name)
    }
    try writer.close(result: SampleResult.result)
    #expect(PackVerifier.verify(directory: writer.path).problems == [])
    let manifest = String(decoding: try folder.octets("pack/manifest-sha256.txt"), as: UTF8.self)
    #expect(manifest.contains("  data/notes/100%25.txt\n") && manifest.contains("  data/notes/%250A\n"))
  }

  @Test func `a full disk is reported with path, cause and advice`() throws {
    var refusal: PackError?
    do throws(PackError) {
      var full = try OpenFile(appendingTo: "/dev/full")
      try full.append([1, 2, 3])
    } catch {
      refusal = error
    }
    #expect(refusal?.errno == ENOSPC && refusal?.path == "/dev/full")
    #expect(refusal?.description.contains("No space left on device. The disk is full.") == true)
  }

  @Test func `what another program puts below data stops the sealing`() throws {
    let folder = try TemporaryFolder()
    let writer = try SamplePack.begin(in: folder)
    try folder.put([1], at: "pack/data/extra")
    let error = #expect(throws: PackError.self) { try writer.close(result: SampleResult.result) }
    #expect(error?.code == .altered && error?.path.hasSuffix("/data/extra") == true)
  }

  @Test func `nothing is added to a closed pack`() throws {
    let folder = try TemporaryFolder()
    let writer = try SamplePack.begin(in: folder)
    try writer.close(result: SampleResult.result)
    #expect(throws: PackError.self) { try writer.write([1], to: "late") }
    #expect(throws: PackError.self) { try writer.append(RunEvent(type: "late", at: SampleResult.start)) }
    #expect(throws: PackError.self) { try writer.close(result: SampleResult.result) }
  }

  @Test func `sha256sum accepts both manifests`() throws {
    let folder = try TemporaryFolder()
    let pack = try SamplePack.sealed(in: folder)
    for manifest in ["manifest-sha256.txt", "tagmanifest-sha256.txt"] {
      #expect(try run("sha256sum", ["--strict", "--check", manifest], in: pack).status == 0)
    }
  }

  @Test(.enabled(if: installed("tshark"), "tshark is not installed"))
  func `tshark reads the slice and the capture without complaint`() throws {
    let folder = try TemporaryFolder()
    let pack = try SamplePack.sealed(in: folder)
    for capture in ["data/findings/F-0001/slice.pcapng", "data/capture/conversations.pcapng"] {
      let outcome = try run("tshark", ["-n", "-r", capture], in: pack)
      #expect(outcome.status == 0)
      #expect(outcome.output.split(separator: "\n").filter { $0.contains("ARP") }.count == 3)
      #expect(!outcome.output.contains("damaged") && !outcome.output.contains("cut short"))
    }
  }
}

private func installed(_ program: String) -> Bool {
  ["/usr/bin/", "/usr/local/bin/", "/bin/"].contains { FileManager.default.isExecutableFile(atPath: $0 + program) }
}

private func run(_ program: String, _ arguments: [String], in folder: String) throws -> (status: Int32, output: String)
{
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = [program] + arguments
  process.currentDirectoryURL = URL(fileURLWithPath: folder)
  let pipe = Pipe()
  process.standardOutput = pipe
  process.standardError = pipe
  try process.run()
  let output = pipe.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  return (process.terminationStatus, String(decoding: output, as: UTF8.self))
}
