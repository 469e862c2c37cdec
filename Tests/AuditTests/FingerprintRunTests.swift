import Addressing
import Audit
import Documents
import Fingerprints
import Foundation
import LabSupport
import Probes
import Profiles
import Records
import Testing

/// What services say, in whole runs: claims with their sources, and the family of the device.
struct FingerprintRunTests {
  /// The rule data's own fingerprints.
  private struct Own: TextRecogniser {
    let set: FingerprintSet

    init() throws {
      let folder = VirtualAudit.profiles.directory
      set = FingerprintSet(vocabulary: try FingerprintVocabulary(profiles: folder))
      try set.add(directory: folder + "/fingerprints")
    }

    func recognise(_ text: SpokenText, at source: String) -> TextReading {
      guard let result = try? set.result(FingerprintKind(rawValue: text.kind.rawValue), text.octets) else {
        return TextReading(undecided: ["faulty"])
      }
      return TextReading(claims: result.claims(at: source), undecided: result.undecided)
    }
  }

  /// Gives every rule up.
  private struct Undecided: TextRecogniser {
    func recognise(_ text: SpokenText, at source: String) -> TextReading {
      TextReading(undecided: ["rules.xml:7"])
    }
  }

  private static func printer() -> VirtualDevice {
    let device = VirtualDevice(mac: "00:11:22:00:00:20", address: "10.0.0.12", open: [80])
    device.replies[80] = { octets in
      octets.starts(with: Array("GET ".utf8))
        ? Array("HTTP/1.0 200 OK\r\nServer: Web-Server/3.0\r\n\r\n<title>Web Image Monitor</title>".utf8) : nil
    }
    device.closing = [80]
    return device
  }

  @Test func `a page's title becomes claims that say which rule made them`() throws {
    let audit = try VirtualAudit(
      [Self.printer()], VirtualAudit.plan(ports: "80,100-160"), fingerprints: try Own())
    try audit.run.run()
    let claims = try #require(audit.result().inventory.devices.first?.claims)
    let vendor = try #require(claims.first { $0.kind == .vendor })
    // Profiles/fingerprints/http-title.yaml: certainty 0.7, since other brands share the page.
    #expect(vendor.value == "Ricoh" && vendor.confidence == .low)
    #expect(vendor.source.hasPrefix("tcp/80 http.title (http-title.yaml:"))
    #expect(claims.contains { $0.kind == .role && $0.value == "printer" })
    #expect(
      claims.contains { $0.kind.rawValue == "title" && $0.value == "Web Image Monitor" && $0.confidence == .high })
    #expect(audit.sink.events["observation"]?.contains { $0.contains("Ricoh") } == true)
  }

  @Test func `what was heard counts for the run's continuation, and is not told twice`() throws {
    let plan = try VirtualAudit.plan(ports: "80,100-160")
    let audit = try VirtualAudit([Self.printer()], plan, fingerprints: try Own())
    try audit.run.run()
    var restored = RestoredRun(portCount: 62)
    for line in audit.sink.journal { restored.take(try JSONDecoder().decode(JournalLine.self, from: line)) }
    #expect(restored.discarded.isEmpty)
    let second = try VirtualAudit(
      [Self.printer()], plan, fingerprints: try Own(), restored: restored, earlier: audit.sink.conversations)
    try second.run.run()
    let claims = audit.result().inventory.devices.first?.claims
    #expect(second.result().inventory.devices.first?.claims == claims)
    #expect(Set(claims ?? []).count == claims?.count)
  }

  @Test func `rules that were given up are in the evidence, once`() throws {
    let audit = try VirtualAudit(
      [Self.printer(), Site.recorder()], VirtualAudit.plan(ports: "22,80,100-160"), fingerprints: Undecided())
    try audit.run.run()
    #expect(audit.sink.events["fingerprints.undecided"] == ["{\"rules\":[\"rules.xml:7\"]}"])
  }

  @Test func `nothing is sent for it`() throws {
    let (first, second) = (Self.printer(), Self.printer())
    let without = try VirtualAudit([first], VirtualAudit.plan(ports: "80,100-160"))
    try without.run.run()
    let with = try VirtualAudit([second], VirtualAudit.plan(ports: "80,100-160"), fingerprints: try Own())
    try with.run.run()
    #expect(first.connections == second.connections && first.heard == second.heard)
  }
}
