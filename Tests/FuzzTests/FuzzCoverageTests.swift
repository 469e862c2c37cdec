import Foundation
import FuzzTargets
import Testing

/// No parser without its place in the fuzz loop.
@Suite struct FuzzCoverageTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Sources")

  @Test func `each type with a parser is named by a target`() throws {
    let named = Set(FuzzTarget.all.flatMap(\.parsers))
    let parser = /\b(?:init\??\s*\(\s*parsing|func [a-z][A-Za-z]*\(\s*parsing|static func parse\b)/
    let type =
      /^(?:(?:public|package|private|fileprivate|internal|final) )*(?:struct|enum|class|extension) ([A-Za-z0-9]+)/
    var found = 0
    for target in [
      "Addressing", "Wire", "XMLReading", "Probes", "Documents", "Profiles", "Fingerprints", "ScopeFile",
      "Inventory", "Declarations", "Sheets", "Evidence", "Audit", "Credentials", "Certificates",
      "Traffic", "Checklist", "Sealing", "Redaction", "Workbooks", "Schedules", "Notices",
    ] {
      let folder = Self.root.appendingPathComponent(target)
      let paths = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".swift") }
      for path in paths {
        var current = ""
        let text = try String(contentsOf: folder.appendingPathComponent(path), encoding: .utf8)
        for line in text.split(separator: "\n") {
          if let match = line.prefixMatch(of: type) { current = String(match.1) }
          // A private type is read by the one beside it.
          guard !line.hasPrefix("//"), line.firstMatch(of: parser) != nil, !line.contains("private ") else { continue }
          found += 1
          #expect(named.contains(current), "\(target)/\(path): \(current)")
        }
      }
    }
    #expect(found > 60)
  }
}
