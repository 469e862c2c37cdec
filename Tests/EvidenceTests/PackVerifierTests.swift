import Evidence
import Foundation
import LabSupport
import Testing

@Suite struct PackVerifierTests {
  private static let tagFiles = [
    "bagit.txt", "bag-info.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt",
  ]

  @Test(arguments: tagFiles)
  func `each single bit that flips in a tag file is noticed and the file named`(name: String) throws {
    let folder = try TemporaryFolder()
    let pack = try SamplePack.smallest(in: folder)
    let original = try folder.octets("pack/" + name)
    var unnoticed: [String] = []
    for position in original.indices {
      for bit in 0..<8 {
        var flipped = original
        flipped[position] ^= 1 << UInt8(bit)
        try folder.put(flipped, at: "pack/" + name)
        let problems = PackVerifier.verify(directory: pack).problems
        if !problems.contains(where: { $0.path == name }) { unnoticed.append("\(position).\(bit)") }
      }
    }
    #expect(unnoticed == [])
    try folder.put(original, at: "pack/" + name)
    #expect(PackVerifier.verify(directory: pack).isIntact)
  }

  @Test func `three hundred bits that flip across the payload are each noticed and the file named`() throws {
    let folder = try TemporaryFolder()
    let pack = try SamplePack.sealed(in: folder)
    let names = try FileManager.default.subpathsOfDirectory(atPath: pack + "/data").map { "data/" + $0 }
      .filter { try !folder.octetsOrNone("pack/" + $0).isEmpty }.sorted()
    var random = SeededRandom(seed: 20_261_123)
    for round in 0..<300 {
      let name = names[round % names.count]
      let original = try folder.octets("pack/" + name)
      var flipped = original
      let position = Int(random.next() % UInt64(original.count))
      flipped[position] ^= 1 << UInt8(random.next() % 8)
      try folder.put(flipped, at: "pack/" + name)
      let problems = PackVerifier.verify(directory: pack).problems
      // The run's record is held by the manifest and by its own chain.
      #expect(Set(problems.map(\.path)) == [name] && problems.contains { $0.kind == .changed })
      try folder.put(original, at: "pack/" + name)
    }
    #expect(PackVerifier.verify(directory: pack).isIntact)
  }

  @Test func `what is added, removed, renamed, linked or hidden is named`() throws {
    let folder = try TemporaryFolder()
    let pack = try SamplePack.sealed(in: folder)
    let files = FileManager.default
    func kinds() -> [String: String] {
      Dictionary(
        PackVerifier.verify(directory: pack).problems.map { ($0.path, $0.kind.rawValue) },
        uniquingKeysWith: { first, _ in first })
    }
    for name in ["data/findings/F-0001/added.txt", "data/.hidden", "added.txt", ".hidden"] {
      try folder.put([], at: "pack/" + name)
      #expect(kinds() == [name: "unlisted"])
      try files.removeItem(atPath: pack + "/" + name)
    }
    try files.createDirectory(atPath: pack + "/data/empty", withIntermediateDirectories: true)
    #expect(kinds() == ["data/empty": "unlisted"])
    try files.removeItem(atPath: pack + "/data/empty")

    try files.moveItem(atPath: pack + "/data/run.json", toPath: pack + "/data/Run.json")
    #expect(kinds() == ["data/run.json": "missing", "data/Run.json": "unlisted", "bag-info.txt": "count"])
    try files.createSymbolicLink(atPath: pack + "/data/run.json", withDestinationPath: "Run.json")
    #expect(kinds()["data/run.json"] == "unsafe")
    try files.removeItem(atPath: pack + "/data/run.json")
    try files.moveItem(atPath: pack + "/data/Run.json", toPath: pack + "/data/run.json")
    #expect(kinds() == [:])
  }

  @Test(arguments: tagFiles)
  func `a missing tag file is named`(name: String) throws {
    let folder = try TemporaryFolder()
    let pack = try SamplePack.sealed(in: folder)
    try FileManager.default.removeItem(atPath: pack + "/" + name)
    let problems = PackVerifier.verify(directory: pack).problems
    #expect(problems.contains { $0.path == name && $0.kind == .missing })
  }

  @Test func `names that differ only in how an accent is coded are different names`() throws {
    let folder = try TemporaryFolder()
    let writer = try SamplePack.begin(in: folder)
    try writer.write([1], to: "caf\u{e9}")
    try writer.close(result: SampleResult.result)
    try FileManager.default.removeItem(atPath: writer.path + "/data/caf\u{e9}")
    try folder.put([1], at: "pack/data/cafe\u{301}")
    let kinds = Set(PackVerifier.verify(directory: writer.path).problems.map(\.kind))
    #expect(kinds == [.missing, .unlisted, .count])
  }

  @Test func `what a killed run leaves is readable and is called unsealed`() throws {
    let folder = try TemporaryFolder()
    let writer = try SamplePack.begin(in: folder)
    let record = try folder.octets("pack/data/run.jsonl")
    try folder.put(record.dropLast(5), at: "pack/data/run.jsonl")
    let problems = PackVerifier.verify(directory: writer.path).problems
    #expect(problems.count == 1 && problems.first?.kind == .notSealed)
    let message = try #require(problems.first?.message)
    #expect(message.contains("holds 1 whole events, then") && message.contains("conversations.pcapng"))
  }

  @Test func `a folder that is no pack and a path that is no folder are told apart`() throws {
    let folder = try TemporaryFolder()
    #expect(PackVerifier.verify(directory: folder.path).problems.map(\.kind) == [.notSealed])
    #expect(PackVerifier.verify(directory: folder.path + "/none").problems.map(\.kind) == [.unreadable])
  }

  @Test(arguments: [
    "upper-case digest", "one space", "binary mark", "no last line end", "duplicate", "carriage return",
    "parent path", "another order",
  ])
  func `a manifest in another form than its one form is refused, even with a fitting digest`(form: String) throws {
    let folder = try TemporaryFolder()
    let pack = try SamplePack.sealed(in: folder)
    let text = String(decoding: try folder.octets("pack/manifest-sha256.txt"), as: UTF8.self)
    let first = text.prefix { $0 != "\n" }
    let changed =
      switch form {
      case "upper-case digest": first.prefix(64).uppercased() + text.dropFirst(64)
      case "one space": text.replacing("  ", with: " ")
      case "binary mark": text.replacing("  ", with: " *")
      case "no last line end": String(text.dropLast())
      case "duplicate": text + first + "\n"
      case "carriage return": text.replacing("\n", with: "\r\n")
      case "another order": text.split(separator: "\n").reversed().map { $0 + "\n" }.joined()
      default: text + first.prefix(64) + "  data/../../etc/passwd\n"
      }
    try folder.put(Array(changed.utf8), at: "pack/manifest-sha256.txt")
    let tags = ["bag-info.txt", "bagit.txt", "manifest-sha256.txt"].map { name in
      "\((try? SHA256.digest(ofFile: pack + "/" + name)).map { SHA256.hex($0) } ?? "")  \(name)\n"
    }
    try folder.put(Array(tags.joined().utf8), at: "pack/tagmanifest-sha256.txt")
    let problems = PackVerifier.verify(directory: pack).problems
    #expect(problems.contains { $0.path == "manifest-sha256.txt" && [.malformed, .duplicate].contains($0.kind) })
  }
}

extension TemporaryFolder {
  /// The octets of a file; none for a folder.
  fileprivate func octetsOrNone(_ name: String) throws -> [UInt8] {
    let type = try FileManager.default.attributesOfItem(atPath: path + "/" + name)[.type] as? FileAttributeType
    return type == .typeDirectory ? [] : try octets(name)
  }
}
