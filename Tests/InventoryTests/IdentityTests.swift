import Addressing
import LabSupport
import Records
import Testing

@testable import Inventory

@Suite struct IdentityTests {
  private let uuid = "uuid:4d696e69-444c-164e-9d41-001122334455"

  @Test func `one MAC address in two runs is one device with both addresses`() throws {
    let first = try Sample.device(mac: "00:11:22:33:44:55", ["192.0.2.5"], open: [23])
    let second = try Sample.device(mac: "00:11:22:33:44:55", ["192.0.2.9"], open: [80])
    let rows = IdentityResolver.rows([.init(run: "a", device: first), .init(run: "b", device: second)])
    #expect(rows.count == 1)
    #expect(rows[0].addresses.map(\.description) == ["192.0.2.5", "192.0.2.9"])
    #expect(rows[0].openServices.map(\.endpoint.port) == [23, 80] && rows[0].runs == ["a", "b"])
  }

  @Test func `a UUID joins the wired and the wireless interface`() throws {
    let rows = Sample.rows([
      try Sample.device(mac: "00:11:22:33:44:55", ["192.0.2.5"], claims: [.of(.uuid, uuid)]),
      try Sample.device(mac: "00:11:22:33:44:56", ["192.0.2.6"], claims: [.of(.uuid, uuid)]),
    ])
    #expect(rows.count == 1 && rows[0].macs.count == 2)
    #expect(rows[0].notes.contains { if case .joined(.uuid, _) = $0 { true } else { false } })
  }

  @Test func `a serial number needs its maker to join two MAC addresses`() throws {
    func pair(_ vendors: [String?]) throws -> [InventoryRow] {
      Sample.rows(
        try vendors.enumerated().map { index, vendor in
          try Sample.device(
            mac: "00:11:22:33:44:5\(index)", ["192.0.2.\(index + 1)"],
            claims: [.of(.serial, "AB12345")] + (vendor.map { [.of(.vendor, $0)] } ?? []))
        })
    }
    #expect(try pair(["Yamaha", "YAMAHA"]).count == 1)
    #expect(try pair([nil, nil]).count == 2)
    #expect(try pair(["Yamaha", "Canon"]).count == 2)
  }

  @Test(arguments: [
    [Claim.of(.certificate, String(repeating: "ab", count: 32)), .of(.host, "cam.local")],
    [.of(.host, "cam.local")], [.of(.mac, "00:11:22:33:44:51")], [.of(.uuid, "00000000-0000-0000-0000-000000000000")],
    [.of(.serial, "00000000"), .of(.vendor, "Canon")],
  ]) func `two universally administered addresses are not joined by less`(claims: [Claim]) throws {
    let rows = Sample.rows([
      try Sample.device(mac: "00:11:22:33:44:50", ["192.0.2.1"], claims: claims),
      try Sample.device(mac: "00:11:22:33:44:51", ["192.0.2.2"], claims: claims),
    ])
    #expect(rows.count == 2)
  }

  @Test func `a host name joins what has no MAC address to what has one, within a run only`() throws {
    let wired = try Sample.device(mac: "00:11:22:33:44:50", ["192.0.2.1"], claims: [.of(.host, "Cam.local.")])
    let other = try Sample.device(["198.51.100.1"], claims: [.of(.host, "cam.local")])
    #expect(Sample.rows([wired, other]).count == 1)
    #expect(IdentityResolver.rows([.init(run: "a", device: wired), .init(run: "b", device: other)]).count == 2)
  }

  @Test func `a certificate alone joins only the two halves of a dual-stack device`() throws {
    let certificate = Claim.of(.certificate, String(repeating: "0123456789abcdef", count: 4))
    let v4 = try Sample.device(["192.0.2.1"], claims: [certificate])
    let v6 = try Sample.device(["2001:db8::1"], claims: [certificate])
    #expect(Sample.rows([v4, v6]).count == 1)
    let other = try Sample.device(["192.0.2.2"], claims: [certificate])
    #expect(Sample.rows([v4, other]).count == 2, "two cameras with the certificate that their maker ships")
    #expect(Sample.rows([v4, v6, other]).count == 3, "three bearers: nobody can say which two belong together")
  }

  @Test func `a chain does not join two known addresses by way of a third record`() throws {
    let rows = Sample.rows([
      try Sample.device(mac: "00:11:22:33:44:50", ["192.0.2.1"], claims: [.of(.host, "a.local")]),
      try Sample.device(mac: "00:11:22:33:44:51", ["192.0.2.2"], claims: [.of(.host, "b.local")]),
      try Sample.device(["198.51.100.1"], claims: [.of(.host, "a.local"), .of(.host, "b.local")]),
    ])
    #expect(rows.count == 3)
    #expect(rows.allSatisfy { $0.notes.contains { if case .notJoined = $0 { true } else { false } } })
  }

  @Test func `a name that two known addresses share does not undo what ties a third record to one of them`() throws {
    let certificate = Claim.of(.certificate, String(repeating: "0123456789abcdef", count: 4))
    let rows = Sample.rows([
      try Sample.device(
        mac: "00:11:22:33:44:50", ["192.0.2.1"], claims: [.of(.host, "a.local"), certificate, .of(.serial, "AB12345")]),
      try Sample.device(mac: "00:11:22:33:44:51", ["192.0.2.2"], claims: [.of(.host, "a.local")]),
      try Sample.device(["198.51.100.1"], claims: [certificate, .of(.serial, "AB12345")]),
    ])
    #expect(rows.map(\.records.count).sorted() == [1, 2])
  }

  @Test func `a default UUID of many devices joins none`() throws {
    let rows = Sample.rows(
      try (0..<5).map { index in
        try Sample.device(mac: "00:11:22:33:44:5\(index)", ["192.0.2.\(index + 1)"], claims: [.of(.uuid, uuid)])
      })
    #expect(rows.count == 5)
    #expect(rows.allSatisfy { !$0.notes.isEmpty })
  }

  @Test func `different serial numbers keep apart what shares a UUID`() throws {
    let rows = Sample.rows([
      try Sample.device(mac: "00:11:22:33:44:50", ["192.0.2.1"], claims: [.of(.uuid, uuid), .of(.serial, "AB12345")]),
      try Sample.device(mac: "00:11:22:33:44:51", ["192.0.2.2"], claims: [.of(.uuid, uuid), .of(.serial, "AB12346")]),
    ])
    #expect(rows.count == 2)
  }

  @Test func `what answers for many addresses is a relay and joins nothing`() throws {
    let relay = try Sample.device(
      mac: "00:11:22:33:44:50", (1...5).map { "192.0.2.\($0)" }, claims: [.of(.uuid, uuid)])
    let other = try Sample.device(["198.51.100.1"], claims: [.of(.uuid, uuid)])
    let rows = Sample.rows([relay, other])
    #expect(rows.count == 2)
    #expect(rows.contains { $0.isRelay && $0.notes.contains(.relay(addresses: 5)) })
  }

  @Test func `claims that exclude each other are all kept, the registry's holder is no contradiction`() throws {
    let rows = Sample.rows([
      try Sample.device(
        mac: "00:11:22:33:44:50", ["192.0.2.1"], vendor: "Murata Manufacturing Co., Ltd.",
        claims: [
          .of(.vendor, "I-O DATA"), .of(.model, "WN-AX1167GR", source: "udp/1900 ssdp"),
          .of(.model, "TS-WRLP", .medium, source: "tcp/80 http title"),
        ])
    ])
    #expect(rows[0].contradictions.map(\.kind) == [.model])
    #expect(rows[0].contradictions[0].claims.map(\.value) == ["WN-AX1167GR", "TS-WRLP"])
    #expect(rows[0].best(.vendor)?.value == "I-O DATA" && rows[0].claims(.vendor).count == 2)
  }

  /// 500 sets of up to 9 sightings with few different values, so that keys collide often.
  @Test func `the order of the records does not matter, and each is in one row`() throws {
    var numbers = SeededRandom(seed: 11)
    func pick(_ count: Int) -> Int { Int(numbers.next() % UInt64(count)) }
    for _ in 0..<500 {
      let sightings = try (0..<(1 + pick(9))).map { _ -> IdentityResolver.Sighting in
        var claims: [Claim] = []
        if pick(2) == 0 { claims.append(.of(.uuid, "4d696e69-444c-164e-9d41-00112233445\(pick(3))")) }
        if pick(2) == 0 { claims.append(.of(.host, "h\(pick(3)).local")) }
        if pick(3) == 0 { claims.append(.of(.serial, "SN1000\(pick(3))")) }
        if pick(3) == 0 { claims.append(.of(.vendor, ["Canon", "Sony"][pick(2)])) }
        if pick(3) == 0 { claims.append(.of(.certificate, String(repeating: "a\(pick(2))", count: 32))) }
        let mac = pick(3) == 0 ? nil : ["00:11:22:33:44:5", "02:11:22:33:44:5"][pick(2)] + "\(pick(4))"
        let device = try Sample.device(
          mac: mac,
          ["192.0.2.\(1 + pick(6))", "2001:db8::\(1 + pick(6))"].filter { _ in pick(3) > 0 } + ["192.0.2.99"],
          open: [UInt16(1 + pick(4))], claims: claims)
        return .init(run: "run-\(pick(2))", device: device)
      }
      let rows = IdentityResolver.rows(sightings)
      let shuffled = sightings.map { ($0, numbers.next()) }.sorted { $0.1 < $1.1 }.map(\.0)
      #expect(IdentityResolver.rows(shuffled) == rows)
      #expect(Set(rows.flatMap(\.records)) == Set(sightings.map(\.device.id)))
      for row in rows {
        let lasting = row.macs.filter { MACKind($0).isLasting }
        let isStrong = row.notes.contains { note in
          if case .joined(let kind, _) = note { return kind == .uuid || kind == .serial }
          return false
        }
        #expect(lasting.count <= 1 || isStrong)
      }
    }
  }
}
