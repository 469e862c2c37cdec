import Foundation
import LabSupport
import Records
import Testing
import Wire

@testable import Evidence

@Suite struct UnfinishedPackTests {
  private static let growing = ["data/run.jsonl", "data/progress/ports.jsonl", "data/capture/conversations.pcapng"]
  private static let checkpoint = Array("{\"address\":\"10.0.0.7\"}\n".utf8)

  /// What a killed run leaves, with a finding and two checkpoints in it.
  private func killed(in folder: TemporaryFolder) throws -> String {
    let writer = try SamplePack.begin(in: folder)
    try writer.appendProgress(Self.checkpoint)
    try writer.appendProgress(Self.checkpoint + Self.checkpoint)
    try writer.synchronise()
    return writer.path
  }

  private func finish(_ writer: PackWriter, partial: Bool = true) throws {
    try writer.append(RunEvent(type: "run.resumed", at: SampleResult.start))
    try writer.appendFrame(SamplePack.frames[0], interface: SamplePack.interface)
    var result = SampleResult.result
    result.run.partial = partial
    try writer.close(result: result)
  }

  @Test func `each growing file, ended anywhere, is cut to whole records and the pack is sealed`() throws {
    let original = try TemporaryFolder()
    _ = try killed(in: original)
    for name in Self.growing {
      let octets = try original.octets("pack/" + name)
      for length in stride(from: 0, through: octets.count, by: name.hasSuffix("pcapng") ? 29 : 7) {
        let folder = try TemporaryFolder()
        try FileManager.default.copyItem(atPath: original.path + "/pack", toPath: folder.path + "/pack")
        try folder.put(Array(octets.prefix(length)), at: "pack/" + name)
        let (writer, repair) = try UnfinishedPack(folder.path + "/pack").reopen(software: "t", keeping: ["F-0001"])
        let whole: Int
        if name.hasSuffix("pcapng") {
          whole = length - PcapNG.read(Array(octets.prefix(length))).trailingOctets
        } else {
          whole = (octets.prefix(length).lastIndex(of: 0x0a) ?? -1) + 1
        }
        #expect(repair.cut == (whole < length ? [name: length - whole] : [:]), "\(name) at \(length)")
        try finish(writer)
        #expect(PackVerifier.verify(directory: writer.path).problems == [], "\(name) at \(length)")
        let lines = try folder.octets("pack/data/run.jsonl").split(separator: 0x0a)
        for (index, line) in lines.enumerated() {
          let event = try #require(JSONSerialization.jsonObject(with: Data(line)) as? [String: Any])
          #expect(event["seq"] as? Int == index + 1)
        }
        let capture = PcapNG.read(try folder.octets("pack/data/capture/conversations.pcapng"))
        #expect(capture.stop == nil)
      }
    }
  }

  /// A power failure keeps what was synchronised, and may leave zeros or nothing behind it.
  @Test(arguments: [0, 1, 100, 5000]) func `files as a power failure leaves them are continued`(zeros: Int) throws {
    let folder = try TemporaryFolder()
    let writer = try SamplePack.begin(in: folder)
    try writer.appendProgress(Self.checkpoint)
    try writer.synchronise()
    let durable = try Self.growing.map { try folder.octets("pack/" + $0) }
    try writer.append(RunEvent(type: "lost", at: SampleResult.start))
    try writer.appendProgress(Self.checkpoint)
    try writer.appendFrame(SamplePack.frames[0], interface: SamplePack.interface)
    let after = try TemporaryFolder()
    try FileManager.default.copyItem(atPath: folder.path + "/pack", toPath: after.path + "/pack")
    for (name, octets) in zip(Self.growing, durable) {
      try after.put(octets + [UInt8](repeating: 0, count: zeros), at: "pack/" + name)
    }
    let (continued, repair) = try UnfinishedPack(after.path + "/pack").reopen(software: "t", keeping: ["F-0001"])
    #expect(repair.cut == (zeros == 0 ? [:] : Dictionary(uniqueKeysWithValues: Self.growing.map { ($0, zeros) })))
    for (name, octets) in zip(Self.growing, durable) {
      #expect(try after.octets("pack/" + name).starts(with: octets))
    }
    try finish(continued)
    #expect(PackVerifier.verify(directory: continued.path).isIntact)
    #expect(!String(decoding: try after.octets("pack/data/run.jsonl"), as: UTF8.self).contains("lost"))
  }

  @Test func `files under way, findings without a line and empty folders are removed and named`() throws {
    let folder = try TemporaryFolder()
    let pack = try killed(in: folder)
    try folder.put([1], at: "pack/data/findings/F-0001/.unfinished")
    try FileManager.default.createDirectory(atPath: pack + "/data/services/x/y", withIntermediateDirectories: true)
    try folder.put([1], at: "pack/data/services/x/y/.unfinished")
    let (writer, repair) = try UnfinishedPack(pack).reopen(software: "t", keeping: [])
    let files = ["finding.json", "request.bin", "response.bin", "slice.pcapng", "transcript.txt", ".unfinished"]
    #expect(
      repair.removed.sorted()
        == (files.map { "data/findings/F-0001/" + $0 } + ["data/services/x/y/.unfinished"]).sorted())
    try finish(writer)
    #expect(PackVerifier.verify(directory: pack).isIntact)
  }

  @Test func `a pack that was sealed partial is unsealed, continued twice, and sealed complete`() throws {
    let folder = try TemporaryFolder()
    let pack = try killed(in: folder)
    for round in 1...3 {
      let unfinished = try UnfinishedPack(pack)
      #expect(unfinished.isSealed == (round > 1))
      let (writer, _) = try unfinished.reopen(software: "t", keeping: ["F-0001"])
      #expect(!unfinished.isSealed)
      try finish(writer, partial: round < 3)
      #expect(PackVerifier.verify(directory: pack).problems == [])
      #expect(FileManager.default.fileExists(atPath: pack + "/data/progress/ports.jsonl") == (round < 3))
    }
    let capture = PcapNG.read(try folder.octets("pack/data/capture/conversations.pcapng"))
    let sections = capture.blocks.count { if case .section = $0 { true } else { false } }
    let packets = capture.blocks.count { if case .packet = $0 { true } else { false } }
    #expect(capture.stop == nil && sections == 4 && packets == 3 + 3)
    #expect(!FileManager.default.fileExists(atPath: pack + "/data/progress"))
  }

  @Test func `a pack that is being written is refused`() throws {
    let folder = try TemporaryFolder()
    let writer = try SamplePack.begin(in: folder)
    let error = #expect(throws: PackError.self) { try UnfinishedPack(writer.path) }
    #expect(error?.code == .inUse)
    try writer.append(RunEvent(type: "still", at: SampleResult.start))
    let other = try TemporaryFolder()
    let first = try UnfinishedPack(try killed(in: other))
    #expect(throws: PackError.self) { try UnfinishedPack(first.path) }
  }

  @Test func `a folder without a run's record and a stranger's link are refused`() throws {
    let folder = try TemporaryFolder()
    #expect(#expect(throws: PackError.self) { try UnfinishedPack(folder.path) }?.code == .notContinuable)
    let pack = try killed(in: folder)
    try FileManager.default.createSymbolicLink(atPath: pack + "/data/link", withDestinationPath: "/etc/passwd")
    let unfinished = try UnfinishedPack(pack)
    #expect(#expect(throws: PackError.self) { try unfinished.reopen(software: "t", keeping: []) }?.code == .altered)
  }

  @Test func `lines are handed out whole, whatever the pieces they are read in`() throws {
    let folder = try TemporaryFolder()
    let pack = try killed(in: folder)
    let long = (0..<40_000).map { "{\"n\":\($0),\"text\":\"\(String(repeating: "x", count: $0 % 90))\"}" }
    try folder.put(Array((long.joined(separator: "\n") + "\n{\"n\":4").utf8), at: "pack/data/progress/ports.jsonl")
    var read: [String] = []
    try PackReader(pack).lines(of: "progress/ports.jsonl") { read.append(String(decoding: $0, as: UTF8.self)) }
    #expect(read == long)
  }

  @Test func `changed octets never make a file longer or a record half`() throws {
    let folder = try TemporaryFolder()
    _ = try killed(in: folder)
    let capture = try folder.octets("pack/data/capture/conversations.pcapng")
    var random = SeededRandom(seed: 3)
    for _ in 0..<3000 {
      var octets = capture
      octets[Int(random.next() % UInt64(octets.count))] = UInt8(random.next() & 0xff)
      var blocks = WholeBlocks()
      _ = blocks.take(octets)
      var pieces = WholeBlocks()
      var start = 0
      while start < octets.count {
        let end = min(octets.count, start + 1 + Int(random.next() % 60))
        guard pieces.take(Array(octets[start..<end])) else { break }
        start = end
      }
      #expect(blocks.whole <= octets.count && blocks.whole == pieces.whole)
      // What is kept has blocks whose lengths agree, whatever is in them.
      var place = 0
      while place < blocks.whole { place += Int(octets[place + 4]) | Int(octets[place + 5]) << 8 }
      #expect(place == blocks.whole)
    }
  }
}
