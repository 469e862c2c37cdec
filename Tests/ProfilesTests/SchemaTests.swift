import Checklist
import Declarations
import Documents
import Foundation
import Sheets
import Testing
import Workbooks

@testable import Profiles

/// Every data file against its published schema, read from the files alone.
struct SchemaTests {
  let store: ProfileStore

  init() throws { store = try RuleSet.store() }

  private func validator(_ name: String) throws -> SchemaValidator {
    let file = try #require(store.files.first { $0.path == "schema/\(name).schema.json" })
    return try SchemaValidator(Data(file.bytes))
  }

  @Test(arguments: [
    ("ports", "ports/", ".yaml"), ("catalog", "catalogs/", ".yaml"), ("catalog", "templates/", ".yaml"),
    ("crosswalk", "crosswalk/", ".yaml"),
    ("observations", "vocabularies/observations", ".yaml"), ("check", "checks/", "/check.yaml"),
    ("scan-profile", "scans/", ".yaml"), ("device-classes", "devices/classes", ".yaml"), ("udp-probe", "udp/", ".yaml"),
    ("roles", "vocabularies/roles", ".yaml"), ("credential", "credentials/", ".yaml"),
    ("credential-list", "credential-lists/", ".yaml"), ("ssh-guideline", "ssh/guidelines/", ".yaml"),
    ("tls-guideline", "tls/guidelines/", ".yaml"), ("wifi-baseline", "wifi/baselines/", ".yaml"),
    ("wifi-names", "wifi/default-ssids", ".yaml"), ("vendor-questions", "vendor-questions/", ".yaml"),
  ])
  func `every file is valid by its schema`(schema: String, folder: String, ending: String) throws {
    let validator = try validator(schema)
    let files = store.files.filter { $0.path.hasPrefix(folder) && $0.path.hasSuffix(ending) }
    #expect(!files.isEmpty)
    for file in files {
      let complaints = validator.complaints(about: try YAMLValue(parsing: file.bytes, file: file.path))
      #expect(complaints.isEmpty, "\(file.path): \(complaints)")
    }
  }

  /// The folder also holds words of prompts, which have no fingerprints.
  @Test func `every file of fingerprints is valid by its schema`() throws {
    let validator = try validator("fingerprint")
    var seen = 0
    for file in store.files where file.path.hasPrefix("fingerprints/") {
      let document = try YAMLValue(parsing: file.bytes, file: file.path)
      guard try document.optional("prompts") == nil else { continue }
      seen += 1
      let complaints = validator.complaints(about: document)
      #expect(complaints.isEmpty, "\(file.path): \(complaints)")
    }
    #expect(seen >= 7)
  }

  @Test func `every device profile is valid by its schema`() throws {
    let validator = try validator("device-profile")
    let files = store.files.filter { $0.path.hasPrefix("devices/") && $0.path != "devices/classes.yaml" }
    #expect(files.count == store.deviceProfiles.all.count)
    for file in files {
      let complaints = validator.complaints(about: try YAMLValue(parsing: file.bytes, file: file.path))
      #expect(complaints.isEmpty, "\(file.path): \(complaints)")
    }
  }

  @Test func `the template of the declarations is valid by its schema, filled in too`() throws {
    let validator = try validator("declarations")
    let full = """
      version: 1
      closedNetwork: true
      classes: {lamp: {mud: lamp.json, allow: [tcp/22, {service: udp/5000-5010, protocol: coap, why: control}]}}
      devices: [{device: [10.0.0.1, 10.0.0.2], class: lamp}, {device: 10.0.0.3, allow: []}]
      fragile: [{device: 10.0.0.9, why: pump, ot: true}]
      zones: [{id: a, networks: [10.0.0.0/24]}, {id: b, networks: [10.1.0.0/24]}]
      reach: [{from: a, to: b, allow: everything}, {from: b, to: a, allow: [tcp/443]}]
      logCollectors: [10.0.0.50]
      roles: [{role: administrator, who: IT}]
      """
    for text in [DeclarationsTemplate.text, full] {
      _ = try Declarations(parsing: Array(text.utf8), file: "d.yaml")
      #expect(validator.complaints(about: try YAMLValue(parsing: Array(text.utf8), file: "d.yaml")).isEmpty)
    }
    for (old, new) in [
      ("closedNetwork", "closdNetwork"), ("tcp/443", "tcp443"), ("why: pump, ", ""), ("everything", "all"),
    ] {
      let damaged = full.replacing(old, with: new)
      #expect(
        !validator.complaints(about: try YAMLValue(parsing: Array(damaged.utf8), file: "d.yaml")).isEmpty, "\(new)")
    }
  }

  @Test func `the template of a sheet and what people determine are valid by their schemas`() throws {
    let catalogue = try #require(store.catalogues.first { $0.id == "jssec-iot-v1" })
    let index = RowIndex(catalogue: catalogue.id, rows: catalogue.rows)
    let day = try #require(Day("2026-11-30"))
    let sheet = CompanySheet.template(
      .init(name: "A", site: "B", phase: .poc, excludedUse: .none, answeredBy: "x", at: day), index: index)
    let entry = Determination(
      id: "DET-001", item: "JSSEC-14.2.c", device: .init("10.0.0.5"), phase: .poc, kind: .exception,
      answer: .conditional,
      by: "x", at: day, why: "w", evidence: ["F-0001"],
      files: [.init(path: "a", digest: String(repeating: "0", count: 64))], expires: day, compensating: "c")
    let determined = Determinations(file: "d", entries: [entry]).yaml(catalogue: catalogue.id)
    for (schema, text, old, new) in [
      ("sheet", sheet, "excludedUse: none", "excludedUse: toys"), ("sheet", sheet, "poc: ,", "poc: x,"),
      ("determinations", determined, "answer: conditional", "answer: maybe"),
      ("determinations", determined, "  by: ", "  bye: "),
    ] {
      let validator = try validator(schema)
      let complaints = validator.complaints(about: try YAMLValue(parsing: Array(text.utf8), file: "f"))
      #expect(complaints.isEmpty, "\(complaints)")
      let damaged = Array(text.replacing(old, with: new).utf8)
      #expect(!validator.complaints(about: try YAMLValue(parsing: damaged, file: "f")).isEmpty, "\(new)")
    }
  }

  /// The reader and the schema take the same maps, the example of the guide among them.
  @Test(arguments: ["Guide.md", "Guide.ja.md"])
  func `cell maps are described by their schema`(guide: String) throws {
    let validator = try validator("cell-map")
    let text = try String(contentsOfFile: RuleSet.directory + "/../Docs/" + guide, encoding: .utf8)
    let begin = try #require(text.range(of: "# cells.yaml\n"))
    let end = try #require(text[begin.upperBound...].range(of: "```"))
    let example = String(text[begin.upperBound..<end.lowerBound])
    #expect(validator.complaints(about: try YAMLValue(parsing: Array(example.utf8), file: "c")).isEmpty)
    let map = try CellMap(parsing: Array(example.utf8), file: "c")
    #expect(map.rows.count == 2 && map.columns["production"]?[.status] != nil)
    for (old, new) in [("version: 1", "version: 2"), ("status:", "state:"), ("rows:", "row:"), ("fail:", "failed:")] {
      let damaged = Array(example.replacing(old, with: new).utf8)
      #expect(!validator.complaints(about: try YAMLValue(parsing: damaged, file: "c")).isEmpty, "\(new)")
      #expect(throws: DocumentError.self) { try CellMap(parsing: damaged, file: "c") }
    }
  }

  @Test func `references that a user gives are described by their schema`() throws {
    let validator = try validator("references")
    let full = """
      version: 1
      advisories:
        snapshot: x
        date: 2026-11-18
        entries:
          - {id: A-1, title: x, severity: high, vendor: v, product: p, versions: {before: "1.2"}}
          - {id: A-2, title: y, vendor: v, product: p, versions: ["1.0", "1.1"]}
      support: [{vendor: v, model: p, ends: 2027-03-31, source: u}, {vendor: v, model: q, source: u}]
      latest: [{vendor: v, model: p, version: "1.2", date: 2026-11-01, source: u}]
      """
    func complaints(_ text: String) throws -> [String] {
      validator.complaints(about: try YAMLValue(parsing: Array(text.utf8), file: "r.yaml"))
    }
    #expect(try complaints(full).isEmpty)
    for (old, new) in [
      ("severity", "gravity"), ("2026-11-18", "18.11.2026"), (", source: u}, {", "}, {"),
      ("version: 1\n", "version: 2\n"),
    ] {
      #expect(try !complaints(full.replacing(old, with: new)).isEmpty, "\(new)")
    }
  }

  @Test(arguments: [
    ("totalRate: 20000", "totalRate: -1", "/totalRate: minimum 0"),
    ("probes: true", "probes: perhaps", "/probes: type boolean"),
    ("probes: true\n", "", ": required"),
    ("probes: true", "probes: true\nturbo: 1", "/turbo: not in the schema"),
    ("id: standard", "id: Standard", "/id: pattern"),
    ("[400, 1000, 1500]", "[400, 1000]", "/arp/wired/roundsMilliseconds: minItems 3"),
    ("promotion: null", "promotion: { answers: 1 }", "/promotion: required"),
  ])
  func `a fault in a profile is seen by the schema`(old: String, new: String, complaint: String) throws {
    let file = try #require(store.files.first { $0.path == "scans/standard.yaml" })
    let text = String(decoding: file.bytes, as: UTF8.self)
    let damaged = text.replacingOccurrences(of: old, with: new)
    try #require(damaged != text)
    let document = try YAMLValue(parsing: Array(damaged.utf8), file: file.path)
    let complaints = try validator("scan-profile").complaints(about: document)
    #expect(complaints.contains { $0.contains(complaint) }, "\(complaints)")
  }
}
