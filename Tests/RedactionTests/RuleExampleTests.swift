import Documents
import Foundation
import Redaction
import Testing

/// The rules of Profiles/redaction, by the examples beside them.
@Suite struct RuleExampleTests {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Profiles/redaction")

  static func rules() throws -> RedactionRules {
    var rules = RedactionRules()
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() {
      try rules.read(parsing: Array(Data(contentsOf: folder.appendingPathComponent(name))), file: name)
    }
    return rules
  }

  static func redactor(key: UInt8 = 7) throws -> Redactor {
    Redactor(try rules(), key: [UInt8](repeating: key, count: 32))
  }

  @Test func `each rule masks what its examples say, and nothing of what it leaves`() throws {
    let redactor = try Self.redactor()
    var examples = 0
    for rule in try Self.rules().rules {
      #expect(!rule.examples.isEmpty, "\(rule.id)")
      for example in rule.examples {
        examples += 1
        let masked = redactor.masked(example.octets)?.octets ?? example.octets
        let (shown, expected) = (
          String(decoding: masked, as: UTF8.self), String(decoding: example.masked, as: UTF8.self)
        )
        #expect(shown == expected, "\(rule.id)")
        #expect(masked == example.masked, "\(rule.id)")
        #expect(example.octets.count == example.masked.count, "\(rule.id): an example changes the length")
        #expect(redactor.masked(masked) == nil, "\(rule.id): masked twice: \(shown)")
      }
      for text in rule.unchanged {
        #expect(redactor.masked(text) == nil, "\(rule.id): \(String(decoding: text, as: UTF8.self))")
      }
    }
    #expect(examples > 25)
  }

  @Test func `none of our own texts is taken for a secret or a person`() throws {
    let redactor = try Self.redactor()
    let root = Self.folder.deletingLastPathComponent()
    var files = 0
    for folder in ["checks", "catalogs", "wording", "report", "udp", "vendor-questions", "templates", "ports", "scans"]
    {
      let place = root.appendingPathComponent(folder)
      for path in try FileManager.default.subpathsOfDirectory(atPath: place.path)
      where path.hasSuffix(".yaml") || path.hasSuffix(".json") {
        guard !path.contains("/cases/") else { continue }
        files += 1
        let text = try String(contentsOf: place.appendingPathComponent(path), encoding: .utf8)
        for line in text.split(separator: "\n") {
          let masked = redactor.masked(text: String(line))
          #expect(masked == nil, "\(folder)/\(path): \(line) -> \(masked?.text ?? "")")
        }
      }
    }
    #expect(files > 50)
  }
}
