import Documents
import Records
import Testing

@testable import Checklist

struct ReferencesTests {
  private static let file = """
    version: 1
    advisories:
      snapshot: Example advisories
      date: 2026-11-18
      entries:
        - {id: ADV-1, title: x, severity: high, vendor: Example, product: CAM-100, versions: {before: "1.3.0"}}
        - {id: ADV-2, title: y, vendor: Example, product: CAM-100, versions: {through: "1.2.5"}}
        - {id: ADV-3, title: z, vendor: Example, product: CAM-100, versions: ["1.0.0", "1.2.4"]}
        - {id: ADV-4, title: w, vendor: Example, product: PRN-7, versions: all}
    support:
      - {vendor: Example, model: CAM-100, ends: 2026-03-31, source: "https://example.invalid/eol"}
      - {vendor: Example, model: PRN-7, source: "https://example.invalid/eol"}
    latest:
      - {vendor: Example, model: CAM-100, version: "1.3.0", date: 2026-11-10, source: "https://example.invalid/fw"}
    """

  private func read(_ text: String = file) throws -> References {
    try References(parsing: Array(text.utf8), file: "r.yaml")
  }

  private func device(
    _ model: String?, _ firmware: String?, vendor: String? = "Example Inc.", confidence: Claim.Confidence = .high
  ) -> Device {
    var sample = DeviceSample()
    let claims: [(Claim.Kind, String?)] = [(.vendor, vendor), (.model, model), (.firmware, firmware)]
    sample.claims = claims.compactMap { kind, value in
      value.map { Claim(kind, $0, source: "tcp/80 http", confidence: confidence) }
    }
    return sample.device
  }

  private func matches(_ device: Device) throws -> [String]? {
    let lookups = try #require(try read().lookups([device]))
    return lookups.matches[device.id].map { $0.map { "\($0.advisory) \($0.isCertain ? "certain" : "inferred")" } }
  }

  @Test func `versions that a device says itself are held against those of advisories`() throws {
    #expect(try matches(device("CAM-100", "1.2.4")) == ["ADV-1 certain", "ADV-2 certain", "ADV-3 certain"])
    #expect(try matches(device("cam100", "V1.2.5")) == ["ADV-1 certain", "ADV-2 certain"])
    #expect(try matches(device("CAM-100", "1.3.0")) == [])
    // What is only inferred, not said, or cannot be compared is no certain match.
    #expect(try matches(device("CAM-100", "1.2.5", confidence: .medium)) == ["ADV-1 inferred", "ADV-2 inferred"])
    #expect(try matches(device("CAM-100", nil)) == ["ADV-1 inferred", "ADV-2 inferred", "ADV-3 inferred"])
    #expect(try matches(device("CAM-100", "20260101"))?.allSatisfy { $0.hasSuffix("inferred") } == true)
    #expect(try matches(device("PRN-7", nil)) == ["ADV-4 certain"])
  }

  @Test func `another product is not matched, a longer name only by inference`() throws {
    #expect(try matches(device("NVR-1", "1.2.4")) == [])
    #expect(try matches(device("CAM-100X", "1.2.4"))?.allSatisfy { $0.hasSuffix("inferred") } == true)
    #expect(try matches(device("CAM-100", "1.2.4", vendor: "Someone Else")) == [])
    #expect(try matches(device(nil, "1.2.4")) == nil, "a device that says no model is not looked up")
    #expect(try matches(device("CAM-100", "1.2.4", confidence: .low)) == nil)
  }

  @Test func `support periods and the latest firmware`() throws {
    let references = try read()
    let (camera, printer, other) = (device("CAM-100", "1.2.4"), device("PRN-7", nil), device("NVR-1", nil))
    #expect(
      references.supports([camera])?.periods[camera.id]
        == SupportFacts.Period(ends: "2026-03-31", source: "https://example.invalid/eol"))
    #expect(references.supports([printer])?.periods[printer.id]?.ends == nil)
    #expect(references.supports([printer])?.periods[printer.id] != nil)
    #expect(references.supports([other])?.periods.isEmpty == true)
    #expect(references.firmware(camera)?.result == .proven)
    #expect(references.firmware(device("CAM-100", "1.3.0"))?.result == .refuted)
    #expect(references.firmware(device("CAM-100", "1.2.4", confidence: .medium)) == nil)
    #expect(references.firmware(other) == nil)
    #expect(references.firmware(camera)?.basis.en.contains("2026-11-10") == true)
    let support = try read("version: 1\nsupport: []\n")
    #expect(support.lookups([camera]) == nil && support.supports([camera]) != nil)
  }

  @Test(arguments: [
    ("version: 1", "version: 2", "r.yaml:1"), ("date: 2026-11-18", "date: 2026-11-31", "r.yaml:4"),
    ("date: 2026-11-18", "date: yesterday", "r.yaml:4"), ("severity: high, ", "severty: high, ", "r.yaml:6"),
    ("{before: \"1.3.0\"}", "{before: \"1\", through: \"2\"}", "r.yaml:6"), ("{before: \"1.3.0\"}", "{}", "r.yaml:6"),
    ("versions: all", "versions: some", "r.yaml:9"), ("[\"1.0.0\", \"1.2.4\"]", "[]", "r.yaml:8"),
    ("ends: 2026-03-31", "ends: 2026-3-31", "r.yaml:11"), ("model: PRN-7, ", "", "r.yaml:12"),
  ])
  func `what is not understood is said with file and line`(old: String, new: String, place: String) throws {
    let text = Self.file.replacing(old, with: new, maxReplacements: 1)
    try #require(text != Self.file)
    let error = #expect(throws: DocumentError.self) { _ = try read(text) }
    #expect("\(error.map { "\($0)" } ?? "")".contains(place), "\(error.map { "\($0)" } ?? "")")
  }

  @Test func `a file that refers to nothing is refused`() {
    #expect(throws: DocumentError.self) { _ = try read("version: 1\n") }
  }
}
