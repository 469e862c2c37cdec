import Addressing
import Foundation
import Profiles
import Records
import Reports
import Testing
import WiFiAudit
import Wire

/// What was heard, as findings, proposals and proof of a pack.
struct WiFiOutcomeTests {
  private static let (one, other, client) = (SampleAir.mac(0xa1), SampleAir.mac(0xb2), SampleAir.mac(0x07))
  private static let wpa2 = SampleAir.rsn(4, [4], [2], 0xc0)
  private static let moment = Timestamp(nanoseconds: 1_700_000_000_000_000_000)

  private func outcome(
    _ frames: [[UInt8]], names: [String] = ["site"], inventory: [Device] = [], profile: String = "baseline"
  ) throws -> WiFiOutcome {
    let store = try SampleAir.store.get()
    let hearing = SampleAir.hearing(frames)
    let report = try SampleAir.report(hearing, SampleAir.scope(names: names), profile)
    return WiFiOutcome(
      report, checks: store.checks, cannotConclude: [:], kept: hearing.kept, inventory: inventory, from: Self.moment,
      to: Self.moment)
  }

  /// From the station to the access point, encrypted by CCMP: extended IV in the key octet (IEEE 802.11-2020 §12.5.3.2).
  private static func data(from station: MACAddress, _ network: MACAddress, _ body: [UInt8]) -> [UInt8] {
    [0x08, 0x41, 0, 0] + network.octets + station.octets + network.octets + [0, 0] + body
  }

  private static let ccmp: [UInt8] = [1, 0, 0, 0x20, 0, 0, 0, 0] + [UInt8](repeating: 0x55, count: 32)

  private func statuses(_ outcome: WiFiOutcome, of address: MACAddress?) -> [String] {
    outcome.verdicts.filter { $0.device == address.map { DeviceID(mac: $0) } }.map {
      "\($0.item.suffix(6)) \($0.status.rawValue)"
    }
  }

  @Test func `WEP fails the item with its frames as proof`() throws {
    let frames = [
      SampleAir.beacon(Self.one, Array("site".utf8), []), SampleAir.data(Self.one, SampleAir.wepBody),
      SampleAir.data(Self.one, SampleAir.wepBody),
    ]
    let outcome = try outcome(frames + frames)
    #expect(statuses(outcome, of: Self.one) == ["14.2.a fail"])
    let finding = try #require(outcome.findings.first)
    #expect(finding.check == "wifi.wep" && finding.items == ["jssec-iot-v1/JSSEC-14.2.a"])
    #expect(finding.evidence == ["data/findings/F-0001/frames.pcapng", "data/wifi/networks.json"])
    #expect(outcome.proofs.map(\.finding) == ["F-0001"] && outcome.proofs.map(\.network) == [Self.one])
    #expect(outcome.devices.map(\.mac) == [Self.one] && outcome.section.networks.map(\.outcome) == [.deviates])
    // Bands that nobody listened to are a row too, and none of it is a pass.
    #expect(statuses(outcome, of: nil) == ["14.2.a not-tested"])
    #expect(!outcome.verdicts.contains { $0.status == .pass })
  }

  @Test func `a network that meets the profile passes with its bounds, one with something to look at does not`() throws
  {
    let beacon = SampleAir.beacon(Self.one, Array("site".utf8), Self.wpa2)
    let meets = try outcome([beacon, beacon])
    #expect(meets.findings.isEmpty && statuses(meets, of: Self.one) == ["14.2.a pass"])
    let pass = try #require(meets.verdicts.first)
    #expect(pass.bounds.from == Self.moment && pass.evidence == ["data/wifi/networks.json"])
    let setup = SampleAir.beacon(Self.one, Array("site".utf8), Self.wpa2 + SampleAir.wps)
    #expect(statuses(try outcome([setup, setup]), of: Self.one) == ["14.2.a needs-review"])
  }

  @Test func `what was heard once, or not at all, is not tested`() throws {
    let beacon = SampleAir.beacon(Self.one, Array("site".utf8), Self.wpa2)
    #expect(statuses(try outcome([beacon]), of: Self.one) == ["14.2.a not-tested"])
    let nothing = try outcome([], names: ["site", "absent"])
    #expect(nothing.devices.isEmpty && statuses(nothing, of: nil) == ["14.2.a not-tested"])
    #expect(nothing.verdicts[0].reason == .radio && nothing.verdicts[0].explanation.en.contains("absent"))
  }

  @Test func `a device of the inventory is told where it hangs, and nobody else is named`() throws {
    let beacon = SampleAir.beacon(Self.one, Array("site".utf8), SampleAir.wpa)
    let stranger = SampleAir.mac(0x08)
    let traffic = [Self.client, stranger].flatMap {
      [Self.data(from: $0, Self.one, Self.ccmp), Self.data(from: $0, Self.one, Self.ccmp)]
    }
    let camera = Device(mac: Self.client, addresses: [try #require(IPAddress("10.0.0.11"))])
    let outcome = try outcome([beacon, beacon] + traffic, inventory: [camera])
    #expect(outcome.devices.map(\.mac) == [Self.one, Self.client])
    let own = outcome.findings.filter { $0.device.id == camera.id }
    #expect(Set(own.map(\.check)) == ["wifi.wpa1", "wifi.tkip"])
    #expect(own.allSatisfy { $0.detail.en.hasPrefix("This device is a client of Wi-Fi “site”") })
    #expect(own.allSatisfy { $0.device.addresses == camera.addresses })
    #expect(statuses(outcome, of: Self.client).filter { $0.contains("14.2.b") } == ["14.2.b needs-review"])
    #expect(statuses(outcome, of: Self.client).contains("14.2.a fail"))
    let text = "\(outcome.findings) \(outcome.verdicts) \(outcome.section)"
    #expect(!text.contains("\(stranger)"))
    // The same without the inventory: clients are nobody.
    #expect(try self.outcome([beacon, beacon] + traffic).devices.map(\.mac) == [Self.one])
  }

  @Test func `what a client chose is not judged by what its network offers`() throws {
    let beacon = SampleAir.beacon(Self.one, Array("site".utf8), Self.wpa2)
    let traffic = [
      Self.data(from: Self.client, Self.one, Self.ccmp), Self.data(from: Self.client, Self.one, Self.ccmp),
    ]
    let camera = Device(mac: Self.client, addresses: [])
    let outcome = try outcome([beacon, beacon] + traffic, inventory: [camera])
    #expect(Set(statuses(outcome, of: Self.client)) == ["14.2.a needs-review", "14.2.b needs-review"])
  }

  @Test func `no frame of a client or of another network is kept`() throws {
    let frames = [
      SampleAir.beacon(Self.one, Array("site".utf8), Self.wpa2),
      SampleAir.beacon(Self.other, Array("neighbour".utf8), []), Self.data(from: Self.client, Self.one, Self.ccmp),
    ]
    let hearing = SampleAir.hearing(frames + frames + frames)
    #expect(hearing.kept[Self.client].isEmpty && !hearing.kept[Self.one].isEmpty)
    let capture = try #require(hearing.kept.capture(of: [Self.one], software: "test"))
    let contents = PcapNG.read(capture)
    #expect(contents.stop == nil && contents.trailingOctets == 0)
    #expect(!String(decoding: capture, as: UTF8.self).contains("neighbour"))
    #expect(hearing.kept.capture(of: [Self.client], software: "test") == nil)
  }

  @Test func `frames of a network that changes at every beacon are bounded`() {
    let frames = (0..<1000).map {
      SampleAir.beacon(Self.one, Array("site\($0)".utf8), Self.wpa2, channel: UInt8($0 % 13 + 1))
    }
    let kept = SampleAir.hearing(frames).kept[Self.one]
    #expect((1...4).contains(kept.count))
    // The first ones, and the one that came last.
    #expect(kept.first?.octets == frames.first && kept.last?.octets == frames.last)
  }

  @Test func `what stations chose is told in numbers, and no station is named`() throws {
    let wpa2 = SampleAir.rsn(4, [4], [2], 0x80)
    let beacon = SampleAir.beacon(Self.one, Array("site".utf8), wpa2)
    // An association request: capabilities, listen interval, name, rates left out, RSN (IEEE 802.11-2020 §9.3.3.5).
    func request(_ station: MACAddress, _ rsn: [UInt8]) -> [UInt8] {
      [0, 0, 0, 0] + Self.one.octets + station.octets + Self.one.octets + [0, 0] + [0x31, 0x04, 10, 0, 0, 4]
        + Array("site".utf8) + rsn
    }
    let maker = MACAddress(rawValue: 0x0011_2233_4455)
    let requests = [Self.client, SampleAir.mac(0x08), maker].flatMap { [request($0, wpa2), request($0, wpa2)] }
    let report = try SampleAir.report(
      SampleAir.hearing([beacon, beacon] + requests), SampleAir.scope(names: ["site"]))
    let detail = try #require(report.details.first)
    #expect(detail.stations == 3 && detail.randomAddresses == 2)
    #expect(detail.choices.map(\.stations) == [3] && detail.choices.first?.akm == ["psk"])
    #expect(detail.choices.first?.pairwise == ["ccmp-128"] && detail.choices.first?.pmf == "capable")
    let text = try SampleAir.everything(report)
    for station in [Self.client, SampleAir.mac(0x08), maker] { #expect(!text.contains("\(station)")) }
    #expect(text.contains("chosen by stations (3): psk, ccmp-128, PMF capable"))
    #expect(text.contains("stations heard: 3 (with made-up addresses: 2)"))
  }
}
