import Addressing
import Checklist
import Foundation
import Profiles
import Records

@testable import Sheets

/// The shipped rows, and short files about them.
enum SheetSample {
  static let store: Result<ProfileStore, any Error> = Result {
    let repository = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    return try ProfileStore(directory: repository.appendingPathComponent("Profiles").path, readingCases: false)
  }

  static func catalogue() throws -> Catalogue {
    let store = try store.get()
    guard let found = store.catalogues.first(where: { $0.id == "jssec-iot-v1" }) else {
      throw CocoaError(.fileNoSuchFile)
    }
    return found
  }

  static func index() throws -> RowIndex {
    let catalogue = try catalogue()
    return RowIndex(catalogue: catalogue.id, rows: catalogue.rows)
  }

  static let project = """
    version: 1
    catalogue: jssec-iot-v1
    project: { name: 工場A, site: 川崎, phase: production, excludedUse: none, answeredBy: 山田, at: 2026-11-30 }

    """

  static func sheet(_ rest: String, project: String = project) throws -> CompanySheet {
    try CompanySheet(
      parsing: Array((project + rest).utf8), file: "sheet.yaml", index: try index(),
      checks: Set(try store.get().checks.map(\.id)))
  }

  static func determinations(_ list: String) throws -> Determinations {
    try Determinations(
      parsing: Array("version: 1\ndeterminations:\n\(list)".utf8), file: "d.yaml", index: try index())
  }

  static let digest = String(repeating: "0123456789abcdef", count: 4)
  static let today = Day("2026-11-30") ?? Day(of: Timestamp(nanoseconds: 0))

  static func device(_ number: UInt64, claims: [Claim] = []) -> Device {
    var device = Device(
      mac: MACAddress(rawValue: 0x0011_2200_0000 + number),
      addresses: [IPAddress(IPv4Address(rawValue: 0x0a00_0000 + UInt32(number)))])
    device.claims = claims
    return device
  }

  static func verdict(
    _ item: String, _ device: Device?, _ status: VerdictStatus, reason: NotTestedReason? = nil, addresses: String? = nil
  ) -> Verdict {
    var bounds = Bounds(coverage: nil)
    bounds.addresses = addresses
    return Verdict(
      item: "jssec-iot-v1/\(item)", device: device?.id, service: nil, status: status, reason: reason, bounds: bounds,
      explanation: LocalizedText(ja: "説明", en: "explanation"), evidence: device == nil ? [] : ["ports/x.json"])
  }

  static func overview(
    _ verdicts: [Verdict], devices: [Device] = [], sheet: CompanySheet? = nil, determinations: Determinations? = nil,
    today: Day = today, poc: [Verdict]? = nil, attachments: [AttachmentProblem] = []
  ) throws -> ChecklistOverview {
    let index = try index().adding(sheet?.ownRows ?? [])
    var phases = [
      PhaseResults(.production, packs: ["run-1"], devices: devices, verdicts: verdicts, index: index)
    ]
    if let poc {
      phases.append(PhaseResults(.poc, packs: ["run-0"], devices: devices, verdicts: poc, index: index))
    }
    return ChecklistOverview(
      index: index, sheet: sheet, determinations: determinations ?? Determinations(file: "", entries: []),
      phases: phases, attachments: attachments, wording: try store.get().wording, today: today)
  }
}
