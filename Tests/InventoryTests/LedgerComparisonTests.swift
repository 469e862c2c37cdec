import Addressing
import LabSupport
import Records
import Testing

@testable import Inventory

@Suite struct LedgerComparisonTests {
  private let bounds: [SearchBounds]

  init() throws {
    let from = try #require(Timestamp(rfc3339: "2026-11-25T10:00:00+09:00"))
    bounds = [
      SearchBounds(
        run: "r", from: from, to: from + .seconds(60), vantages: [],
        targets: [try AddressRange(parsing: "192.0.2.0/24")], omitted: [try AddressRange(parsing: "192.0.2.200")],
        partial: false)
    ]
  }

  private func compare(_ csv: String, _ devices: [Device]) throws -> LedgerComparison {
    LedgerComparison(try Ledger(parsing: csv, file: "l.csv"), Sample.rows(devices), bounds: bounds)
  }

  private func fields(_ outcome: LedgerOutcome) -> [LedgerColumn]? {
    if case .contradiction(_, _, let differences) = outcome.kind { return differences.map(\.field) }
    return nil
  }

  @Test func `what agrees is matched, what nobody lists is unlisted`() throws {
    let camera = try Sample.device(
      mac: "00:11:22:33:44:55", ["192.0.2.5"], vendor: "Murata Manufacturing",
      claims: [.of(.vendor, "Axis Communications"), .of(.model, "AXIS P1245"), .of(.firmware, "9.80.1")])
    let other = try Sample.device(mac: "00:11:22:33:44:66", ["192.0.2.6"])
    let result = try compare(
      "asset,mac,ip,maker,model,firmware\nC1,00-11-22-33-44-55,192.0.2.5,AXIS,P1245,v9.80.1\n", [camera, other])
    #expect(result.matched.count == 1 && result.unlisted.map(\.id) == [other.id])
    #expect(result.outcomes[0].kind == .matched(.mac, [camera.id]))
  }

  /// Column, what the ledger says, what is seen.
  @Test(arguments: [
    ("ip", "192.0.2.77", LedgerColumn.ip), ("maker", "Canon", .maker), ("model", "P9999", .model),
    ("serial", "ZZ99999", .serial), ("firmware", "9.80.2", .firmware), ("hostname", "door.example", .hostname),
    ("status", "廃棄", .status), ("status", "Retired", .status),
  ]) func `each field can contradict`(column: String, written: String, field: LedgerColumn) throws {
    let camera = try Sample.device(
      mac: "00:11:22:33:44:55", ["192.0.2.5"],
      claims: [
        .of(.vendor, "Axis"), .of(.model, "P1245"), .of(.firmware, "9.80.1"), .of(.serial, "AB12345"),
        .of(.host, "gate.local"),
      ])
    let result = try compare("mac,\(column)\n00:11:22:33:44:55,\(written)\n", [camera])
    #expect(fields(result.outcomes[0]) == [field])
    guard case .contradiction(_, _, let differences) = result.outcomes[0].kind else { return }
    #expect(differences[0].ledger == written && !differences[0].source.isEmpty)
  }

  @Test func `what cannot be compared, or is only concluded, contradicts nothing but is told`() throws {
    let device = try Sample.device(
      mac: "00:11:22:33:44:55", ["192.0.2.5"], vendor: "Murata Manufacturing", claims: [.of(.model, "WZR-300HP")])
    let result = try compare("mac,maker,model\n00:11:22:33:44:55,I-O DATA,無線ルータ\n", [device])
    #expect(result.matched.count == 1)
    #expect(result.outcomes[0].unclear.map(\.field) == [.maker, .model])
  }

  @Test func `another device at the address of the ledger is a contradiction`() throws {
    let device = try Sample.device(mac: "00:11:22:33:44:66", ["192.0.2.5"])
    let result = try compare("mac,ip\n00:11:22:33:44:55,192.0.2.5\n", [device])
    #expect(fields(result.outcomes[0]) == [.mac])
    #expect(result.unlisted.isEmpty)
  }

  @Test func `with an address from DHCP it is unlisted and not seen instead`() throws {
    let device = try Sample.device(mac: "00:11:22:33:44:66", ["192.0.2.5"])
    let result = try compare("mac,ip\n00:11:22:33:44:55,DHCP\n", [device])
    #expect(result.notSeen.map(\.kind) == [.notSeen(.noAddress)])
    #expect(result.unlisted.map(\.id) == [device.id])
  }

  @Test func `not seen says what was looked at`() throws {
    let result = try compare(
      "asset,mac,ip\n1,,192.0.2.9\n2,,198.51.100.9\n3,00:11:22:33:44:55,\n4,,192.0.2.200\n", [])
    let outside = try #require(IPAddress("198.51.100.9"))
    let omitted = try #require(IPAddress("192.0.2.200"))
    #expect(
      result.outcomes.map(\.kind) == [
        .notSeen(.asked), .notSeen(.notLookedAt([outside])), .notSeen(.noAddress), .notSeen(.notLookedAt([omitted])),
      ])
  }

  @Test func `two lines for one device contradict each other`() throws {
    let device = try Sample.device(mac: "00:11:22:33:44:55", ["192.0.2.5"])
    let result = try compare("asset,mac\n1,00:11:22:33:44:55\n2,00:11:22:33:44:55\n", [device])
    #expect(result.matched.count == 1 && fields(result.outcomes[1]) == [.mac])
  }

  @Test func `a line with two MAC addresses owns both devices`() throws {
    let devices = try [("55", 5), ("56", 6)].map {
      try Sample.device(mac: "00:11:22:33:44:\($0.0)", ["192.0.2.\($0.1)"])
    }
    let result = try compare("asset,mac\n1,00:11:22:33:44:55 / 00:11:22:33:44:56\n", devices)
    #expect(result.outcomes[0].kind == .matched(.mac, devices.map(\.id)) && result.unlisted.isEmpty)
  }

  @Test func `the verdicts prove only what no line names`() throws {
    let devices = try [("55", 5), ("56", 6), ("57", 7)].map {
      try Sample.device(mac: "00:11:22:33:44:\($0.0)", ["192.0.2.\($0.1)"])
    }
    let csv = "asset,mac,ip\n1,00:11:22:33:44:55,\n2,,192.0.2.6\n"
    let ledger = try Ledger(parsing: csv, file: "l.csv")
    let rows = Sample.rows(devices)
    let verdicts = UnlistedDevices.verdicts(LedgerComparison(ledger, rows, bounds: bounds), rows: rows, ledger: ledger)
    #expect(devices.map { verdicts[$0.id]?.result } == [.refuted, .inconclusive(reason: "address-only"), .proven])
  }

  /// Few values, so that lines and devices collide; MAC addresses, names and addresses contradict each other at random.
  @Test func `every line has one outcome and every device one place, in whatever order they came`() throws {
    var random = SeededRandom(seed: 18)
    func pick(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }
    for _ in 0..<500 {
      let devices = try Set((0..<pick(7)).map { _ in pick(8) }).map { number in
        try Sample.device(
          mac: number % 3 == 0 ? nil : "00:11:22:33:44:5\(number)", ["192.0.2.\(1 + number)"],
          claims: pick(2) == 0 ? [] : [.of(.host, "h\(pick(4)).local"), .of(.serial, "SN100\(pick(4))")])
      }
      let lines = (0..<pick(7)).map { index in
        "\(index),\(pick(2) == 0 ? "" : "00:11:22:33:44:5\(pick(8))"),\(pick(2) == 0 ? "" : "192.0.2.\(1 + pick(8))"),"
          + "\(pick(2) == 0 ? "" : "h\(pick(4))"),\(pick(2) == 0 ? "" : "SN100\(pick(4))")"
      }
      let csv = "asset,mac,ip,hostname,serial\n" + lines.joined(separator: "\n")
      let ledger = try Ledger(parsing: csv, file: "l.csv")
      let rows = Sample.rows(devices)
      let result = LedgerComparison(ledger, rows, bounds: bounds)
      #expect(result.outcomes.map(\.entry) == ledger.entries)
      #expect(result.matched.count + result.contradictions.count + result.notSeen.count == ledger.entries.count)
      let placed = result.outcomes.flatMap { outcome -> [DeviceID] in
        switch outcome.kind {
        case .matched(_, let devices), .contradiction(_, let devices, _): devices
        case .notSeen: []
        }
      }
      #expect((placed + result.unlisted.map(\.id)).sorted() == rows.map(\.id).sorted())
      #expect(LedgerComparison(ledger, rows.reversed(), bounds: bounds) == result)
    }
  }
}
