import Foundation
import Testing

@testable import LabSite

/// Docs/ProbeEvidence.md, held against the lab, the tests and the checks.
struct ProbeEvidenceTests {
  private struct Cell {
    let services: [(name: String, service: Service?, isCalledSimulator: Bool)]
    let tests: [(name: String, suite: String)]
  }

  private struct Row {
    let check: String
    /// It has the weakness, it has it not, it looks alike.
    let cells: [Cell]
  }

  private static let repository = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

  /// Checks that no single service's answer decides: what probing does to a device, what files say of it, what two services
  /// have in common.
  private static let others = [
    "cred.default", "cred.lockout-missing", "cred.none", "cred.reuse", "device.distress", "device.unlisted",
    "firmware.outdated", "port.unnecessary", "tls.known-key", "tls.plain-twin", "tls.shared-key",
    // What networks are heard to say; Tests/WiFiTests shows each.
    "wifi.changed", "wifi.default-ssid", "wifi.ft-psk", "wifi.mixed-security", "wifi.no-pmf", "wifi.open",
    "wifi.owe-open-half", "wifi.pmf-optional", "wifi.sae-no-h2e", "wifi.sae-no-pmf", "wifi.setup-ap", "wifi.tkip",
    "wifi.transition", "wifi.weak-group-cipher", "wifi.wep", "wifi.wpa1", "wifi.wps",
  ]
  /// Checks whose weakness no service of the lab has: certificates are made for the tests, each with one flaw, and so are
  /// services of old TLS.
  private static let shownByTests: Set = [
    "tls.1.0", "tls.1.1", "tls.3des", "tls.anon", "tls.cert-expired", "tls.cert-not-yet-valid", "tls.cert-weak-key",
    "tls.ccs-injection", "tls.cert-weak-signature", "tls.compression", "tls.des", "tls.dtls-1.0", "tls.export",
    "tls.heartbleed", "tls.no-forward-secrecy", "tls.null", "tls.poodle-tls", "tls.rc4", "tls.renegotiation",
    "tls.robot", "tls.sslv2", "tls.sslv3", "tls.ticketbleed", "tls.weak-dh",
  ]

  private let site: Site
  private let rows: [Row]

  init() throws {
    let site = try Site.standard()
    let page = try String(contentsOfFile: Self.repository + "/Docs/ProbeEvidence.md", encoding: .utf8)
    rows = page.split(separator: "\n").filter { $0.hasPrefix("| `") }.map { line in
      let columns = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      return Row(
        check: String(columns[0].dropFirst().dropLast()), cells: columns.dropFirst().map { Self.cell($0, site) })
    }
    self.site = site
  }

  private static func cell(_ text: String, _ site: Site) -> Cell {
    let services = text.matches(of: /`([a-z-]+) (tcp|udp)\/(\d+)`( \(simulator\))?/).map { match in
      let service = site.devices.first { $0.name == match.1 }?.services.first {
        $0.transport.rawValue == match.2 && "\($0.port)" == match.3
      }
      return (name: String(match.0), service: service, isCalledSimulator: match.4 != nil)
    }
    return Cell(
      services: services,
      tests: text.matches(of: /"([^"]+)" ([A-Za-z0-9]+Tests)/).map { (String($0.1), String($0.2)) })
  }

  @Test func `every check that a service answers has a row, and every weakness of the lab is such a check`() throws {
    let checks = try FileManager.default.contentsOfDirectory(atPath: Self.repository + "/Profiles/checks")
      .filter { !$0.hasPrefix(".") && !Self.others.contains($0) }.sorted()
    #expect(rows.map(\.check) == checks)
    #expect(rows.allSatisfy { $0.cells.count == 3 })
    let weaknesses = Set(site.devices.flatMap { $0.services.flatMap(\.weaknesses) })
    #expect(weaknesses == Set(checks).subtracting(Self.shownByTests))
  }

  @Test func `every cell names a service of the lab or a test, and calls simulators so`() {
    for row in rows {
      for cell in row.cells {
        #expect(!cell.services.isEmpty || !cell.tests.isEmpty, "\(row.check)")
        for entry in cell.services {
          guard let service = entry.service else {
            Issue.record("\(row.check): there is no \(entry.name)")
            continue
          }
          #expect(service.daemon.isSimulator == entry.isCalledSimulator, "\(row.check): \(entry.name)")
        }
      }
    }
  }

  @Test func `the tests that are named exist`() throws {
    var sources: [String: String] = [:]
    let folder = Self.repository + "/Tests/ProbesTests"
    for file in try FileManager.default.contentsOfDirectory(atPath: folder) where file.hasSuffix(".swift") {
      let text = try String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8)
      for suite in text.matches(of: /struct ([A-Za-z0-9]+Tests)/) { sources[String(suite.1)] = text }
    }
    for (name, suite) in rows.flatMap({ $0.cells.flatMap(\.tests) }) {
      #expect(sources[suite]?.contains("func `\(name)`") == true, "\(suite): \(name)")
    }
  }

  @Test func `the first column has the weakness, by a real implementation where the lab has one`() {
    for row in rows where !Self.shownByTests.contains(row.check) {
      let shown = row.cells[0].services.compactMap(\.service)
      #expect(!shown.isEmpty && shown.allSatisfy { $0.weaknesses.contains(row.check) }, "\(row.check)")
      let real = site.devices.flatMap(\.services).filter {
        $0.weaknesses.contains(row.check) && !$0.daemon.isSimulator
      }
      #expect(real.isEmpty || shown.contains { !$0.daemon.isSimulator }, "\(row.check)")
    }
  }

  @Test func `the others have it not, and what declines speaks the same protocol or hides it in TLS`() {
    for row in rows {
      for service in row.cells.dropFirst().flatMap(\.services).compactMap(\.service) {
        #expect(!service.weaknesses.contains(row.check), "\(row.check): \(service.port)")
      }
      let protocols = row.cells[0].services.compactMap { $0.service?.applicationProtocol }
      for service in row.cells[1].services.compactMap(\.service) {
        #expect((protocols + ["tls"]).contains(service.applicationProtocol), "\(row.check): \(service.port)")
      }
    }
  }
}
