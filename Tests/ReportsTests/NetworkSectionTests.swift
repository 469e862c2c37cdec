import Foundation
import LabSupport
import Records
import Testing

@testable import Reports

/// The report's section on Wi-Fi networks.
@Suite struct NetworkSectionTests {
  private static func network(
    _ address: String, _ name: String?, _ channel: NetworkReport.Channel?, _ outcome: NetworkReport.Outcome
  ) -> NetworkReport.Network {
    var network = NetworkReport.Network(address: address, name: name)
    network.channel = channel
    network.outcome = outcome
    network.frames = 1234
    return network
  }

  private static var report: NetworkReport {
    var wep = network("02:00:00:00:01:00", "倉庫<b>&\u{202e}", .init(.low, 6), .deviates)
    wep.security = "wep"
    wep.weaknesses = [
      NetworkReport.Weakness(
        title: LocalizedText(ja: "WEPを使用", en: "WEP"), basis: LocalizedText(ja: "データで観測", en: "seen in data"),
        severity: .critical, deviates: true)
    ]
    var new = network("02:00:00:00:02:00", "office", .init(.middle, 36), .meets)
    new.security = "wpa3"
    new.pairwise = ["ccmp-128"]
    new.managementProtection = "required"
    let once = network("02:00:00:00:03:00", nil, nil, .notDetermined)
    return NetworkReport(
      profile: LocalizedText(ja: "基準", en: "Baseline"), networks: [wep, new, once],
      listening: [
        .init(.init(.low, 1), milliseconds: 1250, frames: 10), .init(.init(.low, 6), milliseconds: 400, frames: 90),
        .init(.init(.middle, 36), milliseconds: 60_000, frames: 900),
      ], remarks: [LocalizedText(ja: "6 GHz帯は受信していません。", en: "6 GHz was not listened to.")])
  }

  private func html(_ language: Language, _ report: NetworkReport?) throws -> String {
    try HTMLReport(ShippedInputs.inputs()).render(SampleAudit.result, language: language, networks: report)
  }

  @Test(arguments: Language.allCases)
  func `each network has its row, and where nobody listened is told`(language: Language) throws {
    let html = try html(language, Self.report)
    let page = try Page(html)
    #expect(page.count("network") == 3)
    for part in ["wep", "wpa3", "ccmp-128", "1,234", "02:00:00:00:03:00", "倉庫<b>&"] {
      #expect(page.text.contains(part), "\(part)")
    }
    #expect(page.text.contains(language == .ja ? "6 GHz帯は受信していません。" : "6 GHz was not listened to."))
    #expect(page.text.contains(language == .ja ? "名前不明" : "name not known"))
    // A name that somebody sends is text, and does not turn the page around.
    #expect(!html.contains("<b>") && !html.contains("\u{202e}"))
    for words in WordingRules.Language.allCases { #expect(WordingRules.problems(in: page.text, words) == []) }
    let names = page.elements.compactMap { $0.attributes["id"] }
    #expect(Set(names).count == names.count && names.contains("wifi"))
  }

  @Test func `the picture has a column for each channel and says which were not listened to`() throws {
    let low = try #require(ChannelMap(Self.report, .low))
    #expect(low.columns.map(\.number) == Array(1...13))
    #expect(low.columns.filter { $0.milliseconds != nil }.map(\.number) == [1, 6])
    // 20 MHz around channel 6: channels 4 to 8.
    #expect(low.rows.map(\.x) == [low.columns[3].x] && low.rows.map(\.width) == [5 * low.unit])
    let middle = try #require(ChannelMap(Self.report, .middle))
    #expect(middle.rows.map(\.width) == [middle.unit] && middle.columns.first?.number == 36)
    #expect(ChannelMap(Self.report, .high) == nil)
    let page = try Page(html(.en, Self.report))
    #expect(page.count("unheard") == 11 + middle.columns.count - 1)
    #expect(page.count("network-deviates") == 1 && page.count("network-meets") == 1)
    // Without a channel it has no place in a picture.
    #expect(page.count("network-not-determined") == 0)
  }

  @Test func `a network on a channel at the edge stays inside the picture`() throws {
    for number in [1, 2, 12, 13, 14] {
      let report = NetworkReport(
        profile: LocalizedText(ja: "", en: ""),
        networks: [Self.network("02:00:00:00:01:00", "a", .init(.low, number), .meets)], listening: [], remarks: [])
      let map = try #require(ChannelMap(report, .low))
      let row = try #require(map.rows.first)
      #expect(row.x >= map.columns[0].x && row.x + row.width <= map.width, "\(number)")
    }
  }

  @Test func `nothing heard is no network, not a clean one`() throws {
    let empty = NetworkReport(
      profile: LocalizedText(ja: "基準", en: "Baseline"), networks: [], listening: [], remarks: [])
    let page = try Page(html(.en, empty))
    #expect(page.text.contains("No network of the scope was heard. That does not mean that there is none."))
    #expect(page.count("channels") == 0)
  }

  @Test func `without listening there is no section`() throws {
    #expect(try !html(.en, nil).contains("id=\"wifi\""))
  }
}
