import Addressing
import Declarations
import Documents
import Foundation
import Testing

@Suite struct DeclarationsTests {
  private func read(_ text: String) throws(DocumentError) -> Declarations {
    try Declarations(parsing: Array(text.utf8), file: "d.yaml")
  }

  @Test func `the template reads back and declares nothing by itself but its examples of classes`() throws {
    let declarations = try read(DeclarationsTemplate.text)
    #expect(declarations.classes.map(\.name) == ["camera", "printer"])
    #expect(declarations.devices.isEmpty && declarations.reach.isEmpty && declarations.isClosedNetwork == false)
  }

  @Test func `the template's commented lines are right too`() throws {
    // A commented line is one whose text after "#  " continues the example.
    let lines = DeclarationsTemplate.text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      String(line.hasPrefix("#  ") ? line.dropFirst() : line)
    }
    let text = lines.joined(separator: "\n").replacing(": []\n", with: ":\n")
      .replacing(": {}\n", with: ":\n")
    let declarations = try read(text)
    #expect(declarations.devices.count == 2 && declarations.fragile.count == 2 && declarations.zones.count == 2)
    #expect(declarations.reach.count == 2 && declarations.logCollectors.count == 1 && declarations.roles.count == 1)
    #expect(declarations.mudFiles == ["lightbulb2000.json"])
    #expect(declarations.policies.encryptedLogs == true && declarations.policies.wirelessLAN == false)
    #expect(declarations.statements.map(\.kind) == [.behindGateway, .unneeded, .retired])
    #expect(declarations.statements.map(\.at) == ["2026-11-30", "2026-11-30", "2026-11-30"])
  }

  @Test(arguments: [
    ("{says: clean, by: A, at: 2026-11-30}", "clean is not one of"),
    ("{says: unneeded, by: A, at: 2026-11-30}", "says nothing without a value"),
    ("{says: retired, by: A, at: yesterday}", "yesterday is no day"),
    ("{says: retired, at: 2026-11-30}", "by"),
  ])
  func `a statement that is not whole is refused`(line: String, complaint: String) throws {
    let error = #expect(throws: DocumentError.self) { _ = try read("version: 1\nstatements:\n  - \(line)\n") }
    #expect("\(error.map(String.init(describing:)) ?? "")".contains(complaint))
  }

  @Test func `zones, care and reach are found by address`() throws {
    let declarations = try read(
      """
      version: 1
      zones:
        - {id: all, networks: [10.0.0.0/8]}
        - {id: iot, networks: [10.0.5.0/24, "2001:db8::/64"]}
      reach:
        - {from: all, to: iot, allow: [tcp/443]}
        - {from: iot, to: all, allow: nothing}
      fragile:
        - {device: 10.0.5.64/28, why: cell, ot: true}
      """)
    func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }
    #expect(declarations.zone(of: try address("10.0.5.9"))?.id == "iot")
    #expect(declarations.zone(of: try address("10.9.9.9"))?.id == "all")
    #expect(declarations.zone(of: try address("192.0.2.1")) == nil)
    #expect(declarations.rule(from: "iot", to: "all") == .nothing && declarations.rule(from: "all", to: "all") == nil)
    #expect(declarations.fragility(macs: [], addresses: [try address("10.0.5.70")])?.isOT == true)
    #expect(declarations.fragility(macs: [], addresses: [try address("10.0.5.80")]) == nil)
  }

  @Test(arguments: [
    ("version: 2", 1), ("version: 1\nclosdNetwork: true", 2), ("version: 1\nclasses:\n  cam: {}", 3),
    ("version: 1\nclasses:\n  cam:\n    allow: [tcp/0]", 4),
    ("version: 1\nclasses:\n  cam:\n    allow: [tcp/70000]", 4),
    ("version: 1\nclasses:\n  cam:\n    allow: [sctp/5]", 4), ("version: 1\nclasses:\n  cam:\n    allow: [tcp/9-5]", 4),
    ("version: 1\nclasses:\n  cam:\n    allow: [tcp/+5]", 4),
    ("version: 1\ndevices:\n  - {device: 10.0.0.1, class: cam}", 3),
    ("version: 1\ndevices:\n  - {device: 10.0.0.1}", 3),
    ("version: 1\ndevices:\n  - {device: 10.0.0.1/8, allow: []}", 3),
    ("version: 1\nfragile:\n  - {device: 10.0.0.1}", 3),
    ("version: 1\nzones:\n  - {id: a, networks: []}", 3),
    ("version: 1\nreach:\n  - {from: a, to: b, allow: nothing}", 3),
    ("version: 1\nzones:\n  - {id: a, networks: [10.0.0.1]}\nreach:\n  - {from: a, to: a, allow: some}", 5),
  ]) func `what is not understood is refused with its line`(text: String, line: Int) {
    do throws(DocumentError) {
      _ = try read(text)
      Issue.record("it was read")
    } catch {
      #expect(error.line == line && error.file == "d.yaml", "\(error)")
    }
  }
}
