import Addressing
import Foundation
import LabSupport
import Records
import Testing

@testable import Reports

/// The pictures against what they are of.
@Suite struct ChartTests {
  private static func model(_ result: AuditResult = SampleAudit.result, _ sheet: SheetTable? = SampleSheet.table) throws
    -> ReportModel
  {
    var parts = PageParts()
    parts.sheet = sheet
    return ReportModel(result: result, words: Words(inputs: try ShippedInputs.inputs(), language: .en), parts: parts)
  }

  @Test(arguments: Language.allCases)
  func `each picture has a title, says what it shows, and there is a table beside`(language: Language) throws {
    let page = try Page(ShippedInputs.html(language))
    let pictures = page.elements.filter { $0.attributes["role"] == "img" }
    // Boxes of two phases, findings, timeline, map.
    #expect(pictures.count == 5)
    for picture in pictures {
      let names = (picture.attributes["aria-labelledby"] ?? "").split(separator: " ").map(String.init)
      #expect(names.count == 2)
      for name in names { #expect(page.text(ofID: name)?.isEmpty == false, "\(name)") }
    }
    // The timeline's text is coverage and findings.
    #expect(page.count("equivalent") == 4)
  }

  @Test func `there is a tile for each box, with its status`() throws {
    let tiles = try Self.model().boxTiles
    #expect(tiles.count == 2)
    let rows = try #require(tiles[1]["rows"] as? [ReportModel.Page])
    let boxes = rows.flatMap { $0["tiles"] as? [ReportModel.Page] ?? [] }
    #expect(boxes.compactMap { $0["key"] as? String } == ["fail", "needs-review"])
    #expect(boxes.compactMap { $0["name"] as? String } == ["× 14.2", "△ 14.3"])
  }

  @Test func `a device's bar is as long as its findings are many, and the figures are theirs`() throws {
    var result = SampleAudit.result
    let device = Finding.DeviceReference(result.inventory.devices[4])
    result.findings += (6...8).map { number in
      Finding(
        id: "F-000\(number)", check: "x", severity: .low, device: device, service: nil,
        title: SampleAudit.text("a", "a"), remediation: SampleAudit.text("b", "b"), detail: SampleAudit.text("c", "c"),
        observations: [], items: [], at: SampleAudit.start, evidence: [])
    }
    let rows = try #require(try Self.model(result).findingBars?["rows"] as? [ReportModel.Page])
    #expect(rows.count == 5)
    // The critical one and three low ones are the longest bar: all 640 pixels, a quarter and the rest.
    let segments = try #require(rows[0]["segments"] as? [ReportModel.Page])
    #expect(segments.compactMap { $0["width"] as? Int } == [160, 480])
    #expect(rows[0]["total"] as? String == "4" && rows[1]["total"] as? String == "1")
  }

  @Test func `the timeline spans the run, and every finding has its mark`() throws {
    let model = try Self.model()
    let line = try #require(Timeline(model.result.run))
    #expect(line.x(model.result.run.started) == 150 && line.x(model.result.run.ended) == 930)
    #expect(line.x(model.result.run.started + .seconds(730)) == 540)
    // Before the run and after it.
    #expect(line.x(Timestamp(nanoseconds: 0)) == 150 && line.x(model.result.run.ended + .seconds(9)) == 930)
    let rows = try #require(model.timeline?["rows"] as? [ReportModel.Page])
    let marks = rows.flatMap { $0["marks"] as? [ReportModel.Page] ?? [] }
    let named = marks.compactMap { $0["hint"] as? String }.flatMap { $0.split(separator: ", ").map(String.init) }
    #expect(named.sorted() == model.result.findings.map(\.id).sorted())
    #expect(rows.count == 12)
  }

  @Test func `the map draws each device once, gateways first, and numbers where there are too many`() throws {
    var result = SampleAudit.result
    result.inventory.devices[7].claims = [Claim(.role, "router", source: "x", confidence: .medium)]
    result.inventory.devices[8].claims = [Claim(.role, "camera", source: "x", confidence: .low)]
    func frames(_ result: AuditResult) throws -> [ReportModel.Page] {
      let map = try #require(try Self.model(result).networkMap)
      return try #require(map["segments"] as? [ReportModel.Page]).flatMap { $0["frames"] as? [ReportModel.Page] ?? [] }
    }
    let few = try frames(result)
    #expect(few.compactMap { $0["count"] as? String } == ["1", "11"])
    #expect(few[0]["isGateway"] as? Bool == true && few[1]["isGateway"] as? Bool == false)
    #expect(few.reduce(0) { $0 + (($1["chips"] as? [ReportModel.Page])?.count ?? 0) } == 12)
    let many = try frames(LargeSite.result(seed: 7))
    #expect(many.allSatisfy { ($0["chips"] as? [ReportModel.Page])?.isEmpty == true })
    #expect(many.compactMap { ($0["count"] as? String).flatMap { Int($0) } }.reduce(0, +) == LargeSite.devices)
  }

  @Test func `what a picture has no room for is said`() throws {
    let result = LargeSite.result(seed: 7)
    let page = try Page(ShippedInputs.html(.en, of: result, audience: .management))
    let hit = Set(result.findings.map(\.device.id)).count
    #expect(hit > 15 && page.text.contains("15 / \(hit) devices with findings are drawn"))
    #expect(page.text.contains("60 / 254 devices are drawn"))
    #expect(page.text.contains("There are 254 devices, so only their numbers are drawn."))
  }

  @Test func `marks of severities differ in outline`() {
    let outlines = [Severity.critical, .high, .medium, .low].map { $0.mark(x: 0, y: 0) }
    #expect(Set(outlines).count == 4)
  }
}
