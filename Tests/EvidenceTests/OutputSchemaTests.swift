import Foundation
import LabSupport
import Testing

@Suite struct OutputSchemaTests {
  private static let files = [
    ("inventory", "data/inventory.json"), ("findings", "data/findings.json"),
    ("verdicts", "data/checklist/verdicts.json"), ("coverage", "data/coverage.json"), ("run", "data/run.json"),
  ]

  @Test(arguments: files)
  func `what is written is what the schema says, null where nothing is known`(schema: String, file: String) throws {
    let folder = try TemporaryFolder()
    _ = try SamplePack.sealed(in: folder)
    let value = try JSONSerialization.jsonObject(with: Data(try folder.octets("pack/" + file)))
    #expect(SchemaCheck(root: try Self.schema(schema), closed: true).faults(of: value, at: file) == [])
  }

  /// What the types write and the schemas do not describe must be noticed, or the test above would not notice a new member.
  @Test func `a member that no schema describes is a fault`() throws {
    let check = SchemaCheck(root: try Self.schema("run"), closed: true)
    let folder = try TemporaryFolder()
    _ = try SamplePack.sealed(in: folder)
    let data = Data(try folder.octets("pack/data/run.json"))
    var run = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    run["mood"] = "good"
    #expect(check.faults(of: run, at: "run") == ["run: mood is not described"])
  }

  @Test func `each line of the run's record is what the schema says`() throws {
    let folder = try TemporaryFolder()
    _ = try SamplePack.sealed(in: folder)
    let check = SchemaCheck(root: try Self.schema("run-event"))
    for line in try folder.octets("pack/data/run.jsonl").split(separator: 0x0a) {
      let value = try JSONSerialization.jsonObject(with: Data(line))
      #expect(check.faults(of: value, at: "run.jsonl") == [])
    }
  }

  /// Each required member taken away, anywhere in the file, and each number made negative must be noticed;
  /// otherwise the tests above would show nothing.
  @Test func `the schema of the coverage notices what is missing or wrong`() throws {
    let folder = try TemporaryFolder()
    _ = try SamplePack.sealed(in: folder)
    let check = SchemaCheck(root: try Self.schema("coverage"))
    let octets = try folder.octets("pack/data/coverage.json")
    let text = String(decoding: octets, as: UTF8.self)
    let names = Set(text.matches(of: /"([A-Za-z]+)" :/).map { String($0.1) })
    #expect(names.isSuperset(of: ["missBound", "notPermitted", "neverResolved", "distress", "rateCeiling", "udp"]))
    for name in names {
      let damaged = text.replacing("\"\(name)\" :", with: "\"x\" :")
      let value = try JSONSerialization.jsonObject(with: Data(damaged.utf8))
      #expect(!check.faults(of: value, at: "coverage").isEmpty, "\(name)")
    }
    for (good, bad) in [
      ("\"fragile\"", "\"weak\""), ("\"lost\",", "\"gone\","), ("fe80::7", "fe80::%7"), (": 4096", ": -4096"),
    ] {
      #expect(text.contains(good))
      let value = try JSONSerialization.jsonObject(with: Data(text.replacing(good, with: bad).utf8))
      #expect(!check.faults(of: value, at: "coverage").isEmpty, "\(bad)")
    }
  }

  @Test func `what is not known is written as null`() throws {
    let folder = try TemporaryFolder()
    _ = try SamplePack.sealed(in: folder)
    let inventory = try #require(
      JSONSerialization.jsonObject(with: Data(try folder.octets("pack/data/inventory.json"))) as? [String: Any])
    let devices = try #require(inventory["devices"] as? [[String: Any]])
    #expect(devices[0]["vendor"] is NSNull && devices[0]["firmware"] is NSNull)
  }

  private static func schema(_ name: String) throws -> [String: Any] {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let data = try Data(contentsOf: root.appendingPathComponent("Docs/OutputSchema/\(name).schema.json"))
    return try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
  }
}
