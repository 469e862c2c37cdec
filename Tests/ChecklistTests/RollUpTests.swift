import Addressing
import LabSupport
import Profiles
import Records
import Testing

@testable import Checklist

/// checklist.md §2.1, "Roll-up (device → item → box)".
@Suite struct RollUpTests {
  private static func catalogue() throws -> Catalogue {
    try #require(try RuleSet.store().catalogues.first { $0.id == "jssec-iot-v1" })
  }

  private let rows: [ChecklistRow]

  init() throws { rows = try Self.catalogue().rows }

  private static let item = "jssec-iot-v1/JSSEC-14.2.c"

  private static func device(_ number: Int) -> DeviceID { DeviceID(rawValue: "dev-00000000000\(number)") }

  private static func verdict(
    _ device: Int?, _ status: VerdictStatus, _ reason: NotTestedReason? = nil, item: String = item,
    addresses: String? = nil
  ) -> Verdict {
    var bounds = Bounds(coverage: nil)
    bounds.addresses = addresses
    return Verdict(
      item: item, device: device.map(Self.device), service: nil, status: status, reason: reason, bounds: bounds,
      explanation: LocalizedText(ja: "", en: ""))
  }

  private func row(_ verdicts: [Verdict], devices: [Int] = []) throws -> RollUp.Row {
    try #require(RollUp(verdicts, devices: devices.map(Self.device), rows: rows).row("JSSEC-14.2.c"))
  }

  @Test func `every row of the catalogue is there, and persons' rows name a reason`() throws {
    // 38 boxes, 90 items, 4 rules (checklist.md §2.7 and §1.5).
    #expect(rows.count { $0.kind == .box } == 38 && rows.count { $0.kind == .item } == 90)
    #expect(rows.count { $0.kind == .rule } == 4)
    for row in rows {
      let reason = PersonRows.reason(of: row)
      #expect((reason != nil) == (row.visibility == .none), "\(row.id)")
      #expect(reason.map { [.documentNeeded, .interviewNeeded].contains($0) } ?? true)
    }
  }

  /// The example of §5.2: one device passes, one is not tested.
  @Test func `a pass and a device that was not tested are not a pass`() throws {
    let row = try row([Self.verdict(1, .pass), Self.verdict(2, .notTested, .fragile)], devices: [1, 2])
    #expect(row.status == .notTested && row.counts.inScope == 2)
    #expect(row.counts[.pass] == 1 && row.counts[.notTested] == 1 && row.counts[.fail] == 0)
    #expect(row.reasons == [.fragile: 1])
  }

  /// "any fail → fail; else any needs-review → needs-review; else any not-tested → not-tested; else pass; only N/A →
  /// not-applicable", and "fail 2 / pass 11 / review 3 / not tested 4 of 20 in scope".
  @Test(
    arguments: [
      ([.fail, .needsReview, .notTested, .pass, .notApplicable], .fail),
      ([.needsReview, .notTested, .pass, .notApplicable], .needsReview),
      ([.notTested, .pass, .notApplicable], .notTested), ([.pass, .notApplicable], .pass),
      ([.notApplicable, .notApplicable], .notApplicable),
    ] as [([VerdictStatus], VerdictStatus)])
  func `the order of the statuses is the sheet's`(statuses: [VerdictStatus], expected: VerdictStatus) throws {
    #expect(RollUp.Counts(statuses).status == expected)
    let verdicts = statuses.enumerated().map { Self.verdict($0 + 1, $1) }
    #expect(try row(verdicts, devices: Array(1...statuses.count)).status == expected)
  }

  @Test func `what does not apply is out of scope, and nothing has no status`() {
    let counts = RollUp.Counts(
      [.fail, .fail] + Array(repeating: .pass, count: 11) + Array(repeating: .needsReview, count: 3)
        + Array(repeating: .notTested, count: 4) + [.notApplicable])
    #expect(counts.inScope == 20 && counts.total == 21 && counts.status == .fail)
    #expect(RollUp.Counts().status == nil)
  }

  @Test func `the worst verdict of a device is its status`() throws {
    let row = try row([Self.verdict(1, .pass), Self.verdict(1, .fail), Self.verdict(1, .notTested)], devices: [1])
    #expect(row.devices == [Self.device(1): .fail] && row.counts.total == 1 && row.reasons.isEmpty)
  }

  @Test func `a site's verdict stands for the devices that have none, and is never lost`() throws {
    let site = Self.verdict(nil, .notTested, .noCapture)
    let some = try row([Self.verdict(1, .pass), site], devices: [1, 2, 3])
    #expect(some.counts[.pass] == 1 && some.counts[.notTested] == 2 && some.reasons == [.noCapture: 2])
    #expect(some.devices[Self.device(3)] == .notTested)
    #expect(try row([site]).counts.total == 1)
    let all = try row([Self.verdict(1, .pass), site], devices: [1])
    #expect(all.status == .notTested && all.counts.total == 2)
  }

  @Test func `a part of the scope that was left out counts by itself`() throws {
    let row = try row(
      [Self.verdict(1, .pass), Self.verdict(nil, .notTested, .outOfScope, addresses: "10.0.0.128/25")], devices: [1, 2])
    #expect(row.status == .notTested && row.counts.total == 2)
    #expect(row.devices == [Self.device(1): .pass], "it is not about the device 2")
  }

  @Test func `a box is its own verdicts and its items`() throws {
    func box(_ verdicts: [Verdict]) throws -> RollUp.Box {
      try #require(RollUp(verdicts, devices: [Self.device(1)], rows: rows).box("JSSEC-14.2"))
    }
    let items = ["a", "b", "c"].map { Self.verdict(1, .pass, item: "jssec-iot-v1/JSSEC-14.2.\($0)") }
    // 14.2.d is asked of the vendor: without his answer the box is not tested.
    let partly = try box(items)
    #expect(partly.status == .notTested && partly.itemCounts.total == 4 && partly.own == nil)
    let own = Self.verdict(1, .fail, item: "jssec-iot-v1/JSSEC-14.2")
    let failing = try box(items + [own])
    #expect(failing.status == .fail && failing.itemCounts.total == 5 && failing.counts[.fail] == 1)
    let unknown = try box([])
    #expect(unknown.items.filter(\.isUnknown).map(\.row.id) == ["JSSEC-14.2.a", "JSSEC-14.2.b", "JSSEC-14.2.c"])
  }

  private static func random(_ random: inout SeededRandom) -> [Verdict] {
    (0..<Int.random(in: 0...12, using: &random)).map { _ in
      let device = Int.random(in: 0...5, using: &random)
      let status = VerdictStatus.allCases.randomElement(using: &random) ?? .fail
      // A pass is a device's, never the site's.
      let place = device == 0 && status == .pass ? 1 : device
      return verdict(place == 0 ? nil : place, status, addresses: place == 0 && Bool.random(using: &random) ? "x" : nil)
    }
  }

  @Test func `the order of verdicts and devices does not matter, and one more fail makes a fail`() throws {
    var random = SeededRandom(seed: 8)
    for _ in 0..<300 {
      let verdicts = Self.random(&random)
      let devices = Array(1...Int.random(in: 1...6, using: &random))
      let once = try row(verdicts, devices: devices)
      let again = try row(verdicts.shuffled(using: &random), devices: devices.shuffled(using: &random))
      #expect(once.counts == again.counts && once.devices == again.devices && once.reasons == again.reasons)
      let failing = Self.verdict(Bool.random(using: &random) ? nil : Int.random(in: 1...6, using: &random), .fail)
      #expect(try row(verdicts + [failing], devices: devices).status == .fail)
    }
  }

  /// Dropping a device with all that was said of it can take away what spoke against the row; dropping its passes, or the device
  /// from the inventory alone, can not make one.
  @Test func `dropping passes or devices of the inventory adds no pass`() throws {
    var random = SeededRandom(seed: 9)
    for _ in 0..<300 {
      let verdicts = Self.random(&random)
      let devices = Array(1...6)
      let before = try row(verdicts, devices: devices)
      let fewer = try row(verdicts.filter { $0.status != .pass || Bool.random(using: &random) }, devices: devices)
      #expect(fewer.status != .pass || before.status == .pass)
      let unlisted = try row(verdicts, devices: devices.filter { _ in Bool.random(using: &random) })
      #expect(unlisted.status == before.status || before.status != .pass && unlisted.status != .pass)
    }
  }
}
