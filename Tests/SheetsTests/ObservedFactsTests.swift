import Addressing
import Checklist
import Foundation
import LabSupport
import Profiles
import Records
import RunComparison
import Testing

@testable import Sheets

@Suite struct ObservedFactsTests {
  private func device(_ number: UInt64, model: String? = nil, role: String? = nil, ports: [UInt16] = []) -> Device {
    var device = Device(
      mac: MACAddress(rawValue: 0x0011_2200_0000 + number),
      addresses: [IPAddress(IPv4Address(rawValue: 0xc0a8_0a00 + UInt32(number)))],
      services: ports.map {
        Service(
          endpoint: ServiceEndpoint(transport: .tcp, port: $0), state: .open, protocolName: $0 == 23 ? .telnet : nil)
      })
    device.model = model.map { Attribution(name: $0, source: "upnp") }
    if let role { device.claims = [Claim(.role, role, source: "upnp", confidence: .high)] }
    return device
  }

  private func finding(_ check: String, _ device: Device) -> Finding {
    let text = LocalizedText(ja: check, en: check)
    return Finding(
      id: "F-0001", check: check, severity: .high, device: Finding.DeviceReference(device), service: nil, title: text,
      remediation: text, detail: text, observations: [], items: [], at: Timestamp(nanoseconds: 0), evidence: [])
  }

  @Test func `what was seen is counted and named, and what was not seen is said as such`() {
    let devices = [
      device(1, model: "CAM-1", role: "camera", ports: [23, 80]), device(2, model: "CAM-1", role: "camera"), device(3),
    ]
    let facts = ObservedFacts(devices: devices, findings: [finding("adb.open", devices[0])])
    #expect(facts.text(.inventory)?.en == "3 devices; purpose known of: camera 2; not known of 1")
    #expect(
      facts.text(.services)?.en
        == "2 open services (? 1, telnet 1); ? is not identified")
    #expect(facts.text(.model)?.en == "CAM-1 ×2; model not known of 1")
    #expect(facts.text(.maintenancePorts)?.ja == "adb.open (192.168.10.1)")
    #expect(facts.text(.reflectors)?.en == "none found within what was looked at")
  }

  @Test func `what no pack shows has no text, and without devices nothing has`() {
    let facts = ObservedFacts(devices: [device(1)], findings: [])
    for fact in [Catalogue.Fact.destinations, .changes, .matches, .segments] { #expect(facts.text(fact) == nil) }
    let nothing = ObservedFacts(devices: [], findings: [])
    for fact in Catalogue.Fact.allCases { #expect(nothing.text(fact) == nil) }
  }

  /// checklist.md §2.5: 17.3.b and d want the version and the services before and after, 18.3.a and c isolation or a fix, 6.1 what is
  /// no longer seen.
  @Test func `what changed since the run before goes with the questions about updates and measures`() throws {
    let telnet = SampleRun.telnet
    var before = SampleRun(1)
    before.add(1, at: 7, open: [telnet], firmware: "1.0")
    before.find("telnet.enabled", on: 1, at: telnet)
    before.add(2, at: 8)
    var after = SampleRun(2)
    after.add(1, at: 7, firmware: "1.1")
    after.unanswered = "10.0.0.8"
    let document = DifferenceDocument(
      RunDifference(earlier: before.record, later: after.record), earlier: before.record, later: after.record)
    let facts = ObservedFacts(devices: [device(1)], findings: [], difference: document)
    let changes = try #require(facts.text(.changes)).en
    for part in [
      "since run-1", "firmware 10.0.0.7 1.0 → 1.1", "ports 10.0.0.7 tcp/23 open → closed",
      "mended (looked for again) 10.0.0.7 tcp/23 telnet.enabled", "devices no longer seen 10.0.0.8",
    ] { #expect(changes.contains(part), "\(changes)") }
    #expect(facts.text(.missingDevices)?.en.contains("10.0.0.8 dev-001122000002") == true)
    let same = DifferenceDocument(
      RunDifference(earlier: after.record, later: after.record), earlier: after.record, later: after.record)
    #expect(
      ObservedFacts(devices: [device(1)], findings: [], difference: same).text(.changes)?.en.contains("nothing changed")
        == true)
  }

  @Test func `the checks that are looked at are those of the rule set`() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Profiles/checks")
    for check in ObservedFacts.usedChecks {
      #expect(FileManager.default.fileExists(atPath: folder.appendingPathComponent(check).path), "\(check)")
    }
  }
}
