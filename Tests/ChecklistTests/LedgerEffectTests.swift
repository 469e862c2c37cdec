import Addressing
import Inventory
import Profiles
import Records
import Testing

@testable import Checklist

/// From the owner's file to the rows: changing a line of the ledger changes the rows that rest on it, and no other.
struct LedgerEffectTests {
  private let profiles: ProfileStore

  init() throws { profiles = try RuleSet.store() }

  private static let heading = "管理番号,MACアドレス,IPアドレス,メーカー,型番,ファームウェア,設置場所,用途,状態\n"
  /// Six devices, the last not on the network.
  private static let lines = (1...6).map { number in
    "A-\(number),00:11:22:00:00:0\(number),192.168.10.\(number),Example,CAM-100,1.0,1F,camera,稼働中\n"
  }

  private static let samples = (1...5).map { number in
    DeviceSample(
      number: UInt64(number),
      claims: [
        Claim(.vendor, "Example", source: "tcp/80 http", confidence: .high),
        Claim(.model, "CAM-100", source: "tcp/80 http", confidence: .high),
        Claim(.firmware, "1.0", source: "tcp/80 http", confidence: .high),
      ])
  }

  private func site(_ lines: [String]) throws -> SiteFacts {
    var site = SiteFacts(at: DeviceSample.moment, devices: Self.samples.map { $0.facts(checks: profiles.checks) })
    let ledger = try Ledger(parsing: Self.heading + lines.joined(), file: "ledger.csv")
    let rows = IdentityResolver.rows(site.devices.map { .init(run: "r", device: $0.device) })
    let bounds = SearchBounds(
      run: "r", from: DeviceSample.moment, to: DeviceSample.moment, vantages: [],
      targets: [try AddressRange(parsing: "192.168.10.0/24")], omitted: [], partial: false)
    site.ledger = LedgerFacts(LedgerComparison(ledger, rows, bounds: [bounds]), ledger, rows: rows)
    return site
  }

  /// `18.1 1 pass`, for every row.
  private func rows(_ lines: [String]) throws -> Set<String> {
    let verdicts = Checklist.verdicts(
      try site(lines), in: ChecklistContext(profiles: profiles, serviceQuestionsAllowed: true))
    return Set(
      verdicts.map { verdict in
        let number = Self.samples.first { $0.device.id == verdict.device }.map { "\($0.number)" } ?? "site"
        return "\(verdict.item.dropFirst("jssec-iot-v1/JSSEC-".count)) \(number) \(RuleCase.outline(verdict))"
      })
  }

  private func effect(_ change: (inout [String]) -> Void) throws -> (gone: Set<String>, new: Set<String>) {
    var changed = Self.lines
    change(&changed)
    let (before, after) = (try rows(Self.lines), try rows(changed))
    return (before.subtracting(after), after.subtracting(before))
  }

  @Test func `five listed and seen, one listed and not seen`() throws {
    let rows = try rows(Self.lines)
    for number in 1...5 {
      for item in ["18.1", "18.1.a", "18.1.b"] { #expect(rows.contains("\(item) \(number) pass"), "\(item) \(number)") }
    }
    #expect(rows.contains("18.1 site needs-review neutral") && rows.contains("18.1.b site needs-review neutral"))
    #expect(rows.contains("R3 site needs-review neutral"))
  }

  @Test func `a line taken out`() throws {
    let effect = try effect { $0.remove(at: 2) }
    #expect(effect.gone == ["18.1 3 pass", "18.1.a 3 pass", "18.1.b 3 pass"])
    // JSSEC-R3: a device of unknown owner is for a person.
    #expect(
      effect.new == ["18.1 3 fail", "18.1.a 3 not-tested NT-DATA", "18.1.b 3 fail", "R3 3 needs-review neutral"])
  }

  @Test func `another model`() throws {
    let effect = try effect { $0[1] = $0[1].replacing("CAM-100", with: "NVR-9") }
    #expect(effect.gone == ["18.1 2 pass", "18.1.a 2 pass"])
    #expect(effect.new == ["18.1 2 fail", "18.1.a 2 fail"])
  }

  @Test func `retired, and answering all the same`() throws {
    let effect = try effect { $0[0] = $0[0].replacing("稼働中", with: "廃棄済") }
    #expect(effect.gone == ["18.1 1 pass", "18.1.b 1 pass", "R3 site needs-review neutral"])
    #expect(effect.new == ["18.1 1 fail", "18.1.b 1 fail", "R3 1 fail"])
  }

  @Test func `the one that was not seen is retired`() throws {
    let effect = try effect { $0[5] = $0[5].replacing("稼働中", with: "撤去済") }
    #expect(
      effect.gone == [
        "18.1 site needs-review neutral", "18.1.b site needs-review neutral", "R3 site needs-review neutral",
      ])
    #expect(effect.new == ["R3 site needs-review supports"])
  }

  @Test func `place left empty`() throws {
    let effect = try effect { $0[3] = $0[3].replacing(",1F,", with: ",,") }
    #expect(effect.gone == ["18.1.b 4 pass"] && effect.new == ["18.1.b 4 needs-review NT-DOC neutral"])
  }

  @Test func `found by its address alone`() throws {
    let effect = try effect { $0[4] = $0[4].replacing("00:11:22:00:00:05", with: "") }
    #expect(effect.gone == ["18.1 5 pass", "18.1.a 5 pass", "18.1.b 5 pass"])
    #expect(
      effect.new == ["18.1 5 needs-review neutral", "18.1.a 5 needs-review neutral", "18.1.b 5 needs-review neutral"])
  }
}
