import Addressing
import Checklist
import Foundation
import Profiles
import Records
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

  @Test func `the checks that are looked at are those of the rule set`() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Profiles/checks")
    for check in ObservedFacts.usedChecks {
      #expect(FileManager.default.fileExists(atPath: folder.appendingPathComponent(check).path), "\(check)")
    }
  }
}
