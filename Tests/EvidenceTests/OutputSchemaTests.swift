import Foundation
import Testing

@Suite struct OutputSchemaTests {
  private static let files = [
    ("inventory", "data/inventory.json"), ("findings", "data/findings.json"),
    ("verdicts", "data/checklist/verdicts.json"), ("coverage", "data/coverage.json"), ("run", "data/run.json"),
  ]

  @Test(arguments: files)
  func `every member that the schema requires is written, null where nothing is known`(
    schema: String, file: String
  ) throws {
    let folder = try TemporaryFolder()
    _ = try SamplePack.sealed(in: folder)
    let value = try JSONSerialization.jsonObject(with: Data(try folder.octets("pack/" + file)))
    let missing = Self.missing(in: value, by: try Self.schema(schema), at: file)
    #expect(missing == [])
  }

  @Test func `each line of the run's record has what the schema requires`() throws {
    let folder = try TemporaryFolder()
    _ = try SamplePack.sealed(in: folder)
    for line in try folder.octets("pack/data/run.jsonl").split(separator: 0x0a) {
      let value = try JSONSerialization.jsonObject(with: Data(line))
      #expect(Self.missing(in: value, by: try Self.schema("run-event"), at: "run.jsonl") == [])
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

  /// Required members that a value lacks, all the way down through properties and items.
  private static func missing(in value: Any, by schema: [String: Any], at place: String) -> [String] {
    var missing: [String] = []
    if let object = value as? [String: Any] {
      for name in schema["required"] as? [String] ?? [] where object[name] == nil { missing.append("\(place).\(name)") }
      for (name, inner) in schema["properties"] as? [String: [String: Any]] ?? [:] {
        if let member = object[name] { missing += self.missing(in: member, by: inner, at: "\(place).\(name)") }
      }
    }
    if let list = value as? [Any], let inner = schema["items"] as? [String: Any] {
      for (index, element) in list.enumerated() {
        missing += self.missing(in: element, by: inner, at: "\(place)[\(index)]")
      }
    }
    return missing
  }
}
