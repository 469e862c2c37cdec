import Addressing
import Authority
import Documents
import LabSupport
import Records
import Testing

@testable import ScopeFile

struct ConsentReadingTests {
  private static let digest = String(repeating: "0a", count: 32)
  private static let consent = """
    consents:
      - group: Cameras
        devices: [192.168.10.0/28, "00:11:22:33:44:55"]
        administrator: {name: K. Admin, organisation: Ward Ltd}
        techniques: [default-credentials]
        valid: {from: "2026-11-20T09:00:00+09:00", until: "2026-11-20T17:00:00+09:00"}
        paper: {file: papers/consent.pdf, sha256: \(digest)}

    """

  @Test func `a consent says who agreed to what, where and how long, and names its paper`() throws {
    let consent = try #require(try Sample.read(Sample.text + Self.consent).consents.first)
    #expect(consent.name == "Cameras" && consent.techniques == [.defaultCredentials])
    #expect(consent.administrator == .init(name: "K. Admin", organisation: "Ward Ltd"))
    #expect(consent.members.map(\.description) == ["192.168.10.0/28", "00:11:22:33:44:55"])
    #expect(consent.validUntil - consent.validFrom == .seconds(8 * 3600))
    #expect(consent.paper == .init(file: "papers/consent.pdf", sha256: Self.digest))
    #expect(try Sample.read(Sample.text).consents.isEmpty)
  }

  /// `line` counts from the first line of `consents`.
  @Test(arguments: [
    ("group: Cameras", "name: Cameras", 2), ("[192.168.10.0/28, \"00:11:22:33:44:55\"]", "[]", 3),
    ("192.168.10.0/28", "192.168.10.1/28", 3), ("organisation: Ward Ltd", "company: Ward Ltd", 4),
    ("[default-credentials]", "[]", 5), ("[default-credentials]", "[tcp-syn]", 5),
    ("until: \"2026-11-20T17", "until: \"2026-11-20T08", 6), ("papers/consent.pdf", "../consent.pdf", 7),
    ("papers/consent.pdf", "/etc/passwd", 7), ("papers/consent.pdf", "scope.yaml", 7), (digest, "0a0a", 7),
    (digest, String(repeating: "0g", count: 32), 7),
  ])
  func `what is missing or wrong is named in both languages, with its line`(old: String, new: String, line: Int) throws
  {
    let text = Self.consent.replacing(old, with: new)
    #expect(text != Self.consent)
    let error = #expect(throws: DocumentError.self) { _ = try Sample.read(Sample.text + text) }
    let before = Sample.text.split(separator: "\n", omittingEmptySubsequences: false).count - 1
    #expect(error?.line == before + line, "\(String(describing: error))")
    #expect(error?.remedy.isEmpty == false)
  }

  @Test func `the template's example of a consent reads as one`() throws {
    let template = ScopeTemplate.text(
      id: "1", customer: "c", site: "s", operator: "o", networks: ["192.168.10.0/24"],
      from: "2026-11-20T09:00:00+09:00", until: "2026-11-20T17:00:00+09:00")
    #expect(try Sample.read(template).consents.isEmpty)
    let lines = template.split(separator: "\n", omittingEmptySubsequences: false)
    let start = try #require(lines.firstIndex { $0 == "# consents:" })
    let example = lines[start...].prefix { $0.hasPrefix("#") }.map { $0.dropFirst(2) }.joined(separator: "\n")
    let filled =
      template.replacing("consents: []", with: "")
      + example.replacing("what sha256sum prints / sha256sumの出力", with: Self.digest) + "\n"
    let consent = try #require(try Sample.read(filled).consents.first)
    #expect(consent.techniques == [.defaultCredentials] && consent.members.count == 2)
  }
}
