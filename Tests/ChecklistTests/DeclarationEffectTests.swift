import Addressing
import Declarations
import Inventory
import Profiles
import Records
import Testing

@testable import Checklist

/// A site judged twice, with one line of the owner's declarations changed: the rows that change are the ones listed by hand, and no
/// other.
struct DeclarationEffectTests {
  private let profiles: ProfileStore

  init() throws { profiles = try RuleSet.store() }

  private static let zones = """
    zones:
      - {id: office, networks: [192.168.1.0/24]}
      - {id: iot, networks: [192.168.10.1-192.168.10.4]}
      - {id: plant, networks: [192.168.10.5-192.168.10.6]}

    """
  private static let lists = """
    classes:
      printer: {allow: [tcp/631, tcp/9100]}
    devices:
      - {device: 192.168.10.1, allow: [tcp/443, tcp/554]}
      - {device: 192.168.10.2, class: printer}
      - {device: 192.168.10.3, allow: [tcp/443, tcp/6379]}
      - {device: 192.168.10.4, allow: [tcp/23]}
      - {device: 192.168.10.5, allow: []}

    """
  private static let reach = """
    reach:
      - {from: office, to: iot, allow: everything}
      - {from: office, to: plant, allow: nothing}
    """

  /// A camera, a printer, a controller with an open database, a recorder with Telnet, a sensor without a port, and a box that
  /// nobody declared. All are looked at from the office.
  private static func devices() -> [DeviceSample] {
    let office = IPAddress("192.168.1.9") ?? IPAddress(IPv4Address(rawValue: 0))
    return [
      DeviceSample.whole(
        1, [443: .speaks(.http, tls: true), 554: .speaks(.rtsp)],
        asked: [
          .refuted("http.no-auth-admin", .onTCP(443)), .refuted("rtsp.no-auth", .onTCP(554)),
          .refuted("rtsp.basic", .onTCP(554)),
        ]),
      .whole(2, [631: .speaks(.http, tls: true), 9100: .nothing]),
      .whole(
        3, [443: .speaks(.http, tls: true), 6379: .speaks(.redis)], asked: [.proven("redis.no-auth", .onTCP(6379))]),
      .whole(4, [23: .telnet]), .whole(5), .whole(6, [22: .ssh]),
    ].map { sample in
      var sample = sample
      sample.vantage = office
      return sample
    }
  }

  /// `15.2.b 1` → its rows, in order.
  private func rows(_ declared: String) throws -> [String: [String]] {
    let declarations = try Declarations(parsing: Array("version: 1\n\(declared)".utf8), file: "declared.yaml")
    let samples = Self.devices().map { sample in
      // As an audit asks for each open port, once the devices are known.
      var sample = sample
      let row = IdentityResolver.rows([.init(run: "", device: sample.device)])[0]
      for judgement in PortJudgement.judge(row, declarations) {
        if case .undecided = judgement.outcome { continue }
        let verdict = judgement.verdict
        sample.asked.append(
          .init(question: verdict.question, service: judgement.service.endpoint, result: verdict.result))
      }
      return sample
    }
    var site = SiteFacts(at: DeviceSample.moment, devices: samples.map { $0.facts(checks: profiles.checks) })
    site.declarations = declarations
    for facts in site.devices {
      site.reach.append(
        ReachFact(
          device: facts.device.id, zone: "office", vantage: facts.coverage.vantage,
          open: facts.device.services.map(\.endpoint), closedCount: 65_535 - facts.device.services.count,
          isComplete: true))
    }
    var rows: [String: [String]] = [:]
    let context = ChecklistContext(profiles: profiles, serviceQuestionsAllowed: true)
    for verdict in Checklist.verdicts(site, in: context) {
      let number = samples.first { $0.device.id == verdict.device }.map { "\($0.number)" } ?? "site"
      rows["\(verdict.item.dropFirst("jssec-iot-v1/JSSEC-".count)) \(number)", default: []].append(
        RuleCase.outline(verdict))
    }
    return rows
  }

  private func changed(_ before: [String: [String]], _ after: [String: [String]]) -> Set<String> {
    Set(before.keys).union(after.keys).filter { before[$0] != after[$0] }
  }

  @Test func `a port taken from an allow-list changes that row and no other`() throws {
    let before = try rows(Self.lists + Self.zones + Self.reach)
    let after = try rows(
      Self.lists.replacing("allow: [tcp/443, tcp/554]", with: "allow: [tcp/443]") + Self.zones + Self.reach)
    #expect(changed(before, after) == ["15.2.b 1"])
    #expect(before["15.2.b 1"] == ["pass"] && after["15.2.b 1"] == ["fail tcp/554"])
    // The rest is as hand-written: a class's list, a service of the deny profile, nothing open, and nobody's list.
    #expect(after["15.2.b 2"] == ["pass"] && after["15.2.b 4"] == ["fail tcp/23"] && after["15.2.b 5"] == ["pass"])
    #expect(after["15.2.b 6"] == ["needs-review NT-DATA neutral"])
  }

  @Test func `a list for a device that had none changes its row alone`() throws {
    let before = try rows(Self.lists + Self.zones + Self.reach)
    let after = try rows(
      Self.lists + "  - {device: 192.168.10.6, allow: [tcp/443]}\n" + Self.zones + Self.reach)
    #expect(changed(before, after) == ["15.2.b 6"])
    #expect(after["15.2.b 6"] == ["fail tcp/22"])
  }

  @Test func `a zone that may reach less changes the rows of the devices in it`() throws {
    let before = try rows(Self.lists + Self.zones + Self.reach)
    let after = try rows(
      Self.lists + Self.zones + Self.reach.replacing("to: iot, allow: everything", with: "to: iot, allow: [tcp/443]"))
    // What may be reached is also what makes the use of a database one that the owner allows (JSSEC-14.3.b).
    // JSSEC-7.1.a follows from 15.4.a.
    #expect(
      changed(before, after)
        == Set(["14.3.b 3"] + (1...4).flatMap { ["15.4.a \($0)", "7.1.a \($0)"] }))
    for number in 1...4 { #expect(after["7.1.a \(number)"] == ["fail"]) }
    for number in 1...4 { #expect(before["15.4.a \(number)"] == ["not-tested NT-DATA"]) }
    // Each of the four has a port other than tcp/443 that the office reached.
    for number in 1...4 { #expect(after["15.4.a \(number)"] == ["fail"]) }
    #expect(before["14.3.b 3"] == ["needs-review tcp/6379 against"] && after["14.3.b 3"] == ["fail tcp/6379"])
    // Shut out of the plant before and after: nothing reached on 5, SSH on 6.
    #expect(after["15.4.a 5"] == ["pass"] && after["15.4.a 6"] == ["fail"])
  }

  @Test func `a matrix that is taken away leaves one question for the site`() throws {
    let before = try rows(Self.lists + Self.zones + Self.reach)
    let after = try rows(Self.lists + Self.zones)
    #expect(
      changed(before, after)
        == Set((1...6).map { "15.4.a \($0)" }).union(["15.4.a site", "14.3.b 3", "7.1.a 6"]))
    // Only 6 had failed for what the matrix forbids.
    #expect(before["7.1.a 6"] == ["fail"])
    #expect(after["15.4.a site"] == ["needs-review NT-DATA neutral"] && after["14.3.b 3"] == ["fail tcp/6379"])
  }
}
