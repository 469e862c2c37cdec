import Addressing
import Foundation
import Testing
import WiFi
import Wire

/// What networks say of their width, their country, and of others that they announce: octets written by the standard, read by tshark too.
struct WiFiOperationTests {
  private static func elements(_ octets: [UInt8]) -> [WiFiElement] { WiFiElement.list(parsing: octets.span).elements }

  /// HT operation (61): primary channel, second channel and width; 22 octets (IEEE 802.11-2020 §9.4.2.56).
  private static func ht(_ primary: UInt8, _ information: UInt8) -> [UInt8] {
    [61, 22, primary, information] + [UInt8](repeating: 0, count: 20)
  }
  /// VHT operation (192): width, two centres, basic MCS (§9.4.2.158).
  private static func vht(_ width: UInt8, _ first: UInt8, _ second: UInt8) -> [UInt8] {
    [192, 5, width, first, second, 0xfc, 0xff]
  }
  /// HE operation in 6 GHz (255/36): parameters with bit 17, colour, MCS; then primary, control, two centres, least rate.
  private static func he6(_ primary: UInt8, _ control: UInt8) -> [UInt8] {
    [255, 12, 36, 0, 0, 2, 0, 0xfc, 0xff, primary, control, 0, 0, 6]
  }
  /// EHT operation (255/106): parameters with bit 0, MCS of 4 octets, then control and two centres (IEEE 802.11be-2024 §9.4.2.321).
  private static func eht(_ control: UInt8) -> [UInt8] { [255, 9, 106, 1, 0x44, 0x44, 0x44, 0x44, control, 0, 0] }

  @Test(
    arguments: [
      ([UInt8](), nil), (ht(6, 0), 20), (ht(6, 5), 40), (ht(6, 7), 40), (ht(6, 1), 20), (ht(36, 5) + vht(0, 0, 0), 40),
      (ht(36, 5) + vht(1, 42, 0), 80), (ht(36, 5) + vht(1, 42, 50), 160), (ht(36, 5) + vht(3, 42, 106), 160),
      (he6(37, 0), 20), (he6(37, 2), 80), (he6(37, 3), 160), (he6(37, 3) + eht(4), 320), ([61, 1, 6], nil),
      ([192, 0], nil),
    ] as [([UInt8], Int?)])
  func `the width is the widest that the elements say`(octets: [UInt8], width: Int?) {
    #expect(WiFiOperation.width(Self.elements(octets)) == width)
  }

  @Test(
    arguments: [
      ([7, 6, 0x4a, 0x50, 0x20, 1, 13, 20], "JP"), ([7, 3, 0x55, 0x53, 0x49], "US"), ([7, 3, 0, 0, 4], nil),
      ([7, 2, 0x4a, 0x50], nil), ([7, 3, 0x6a, 0x70, 0x20], nil),
    ] as [([UInt8], String?)])
  func `the country is two capital letters or not told`(octets: [UInt8], country: String?) {
    #expect(WiFiOperation.country(Self.elements(octets)) == country)
  }

  // MARK: Neighbours (§9.4.2.170)

  private static let sibling: [UInt8] = [2, 0, 0, 0, 0, 9]
  /// One entry of 13 octets: time, address, digest of the name, parameters (same name: bit 1), power.
  private static func report(time: UInt8 = 10, sameName: Bool = true, channel: UInt8 = 37) -> [UInt8] {
    let entry = [time] + sibling + [0xde, 0xad, 0xbe, 0xef, sameName ? 0x42 : 0x40, 20]
    return [201, UInt8(4 + entry.count), 0x00, UInt8(entry.count), 131, channel] + entry
  }

  @Test func `neighbours are read by the length of their entries`() throws {
    let full = try #require(WiFiNeighbour.list(parsing: Array(Self.report().dropFirst(2))).first)
    #expect(full.network == MACAddress(rawValue: 0x0200_0000_0009) && full.hasSameName == true)
    #expect(full.channel == WiFiChannel(.high, 37))
    // Two entries of one octet on channel 36 of class 115, then one of eight on channel 6 of class 81.
    let rows = WiFiNeighbour.list(
      parsing: [0x10, 1, 115, 36, 5, 6, 0x00, 8, 81, 6, 7] + Self.sibling + [0x00])
    #expect(rows.map(\.channel) == [WiFiChannel(.middle, 36), WiFiChannel(.middle, 36), WiFiChannel(.low, 6)])
    #expect(rows.map(\.hasSameName) == [nil, nil, false] && rows.map { $0.network == nil } == [true, true, false])
    // A type that is not defined, a class of another band, no length.
    #expect(WiFiNeighbour.list(parsing: [0x01, 1, 131, 37, 5]).isEmpty)
    #expect(WiFiNeighbour.list(parsing: [0x00, 1, 180, 1, 5]).isEmpty)
    #expect(WiFiNeighbour.list(parsing: [0xf0, 0, 131, 37, 5]).isEmpty)
    for count in 0..<17 { _ = WiFiNeighbour.list(parsing: Array(Self.report().dropFirst(2).prefix(count))) }
  }

  @Test func `the elements read as by tshark`() throws {
    let elements =
      [7, 6, 0x4a, 0x50, 0x20, 36, 8, 20] + Self.ht(36, 5) + Self.vht(1, 42, 50) + Self.report()
      + WiFiFrames.rsn(4, [4], [8], 0xc0)
    let frame = WiFiFrames.beacon(elements, channel: [])
    let radio: [UInt8] = [0, 0, 14, 0, 0x0a, 0, 0, 0, 0, 0, 0x3c, 0x14, 0, 0]
    let file = try Tshark.write([radio + frame])
    defer { try? FileManager.default.removeItem(at: file) }
    let row = try #require(
      try Tshark.fields(
        file, "wlan.fc.type_subtype == 8",
        [
          "wlan.country_info.code", "wlan.vht.op.channelwidth", "wlan.vht.op.channelcenter1",
          "wlan.rnr.tbtt_info.bssid",
          "wlan.rnr.tbtt_info.channel_num", "wlan.rnr.tbtt_info.bss_parameters.same_ssid",
        ]
      ).first)
    let survey = WiFiFrames.survey([radio + frame, radio + frame], .radiotap)
    let network = try #require(survey.all.first)
    let neighbour = try #require(network.neighbours.first)
    #expect(row[0].hasPrefix("JP") && network.description?.country == "JP")
    #expect(
      row[3] == neighbour.network.map { "\($0)".filter { $0 != ":" } } && row[4] == "\(neighbour.channel.number)",
      "\(row)")
    #expect(["1", "True"].contains(row[5]) && neighbour.hasSameName == true)
    #expect(network.description?.width == 160 && !row[1].isEmpty && row[2] == "50")
  }

  @Test func `what is announced stands when it came twice, and a running time is no news`() throws {
    func heard(_ frames: [[UInt8]]) throws -> [WiFiNeighbour] {
      let survey = WiFiFrames.survey(frames, .plain)
      return try #require(survey.all.first).neighbours
    }
    func plain(_ time: UInt8, _ channel: UInt8 = 37) -> [UInt8] {
      WiFiFrames.beacon(Self.report(time: time, channel: channel) + WiFiFrames.rsn(4, [4], [2]))
    }
    #expect(try heard([plain(1)]).isEmpty)
    #expect(try heard([plain(1), plain(2)]).map(\.channel.number) == [37])
    #expect(try heard((0..<50).map { plain($0) }).map(\.channel.number) == [37])
    // One that says another channel once is not believed; twice it is.
    #expect(try heard((0..<9).map { plain($0) } + [plain(1, 53)]).map(\.channel.number) == [37])
    #expect(try heard((0..<9).map { plain($0) } + [plain(1, 53), plain(2, 53)]).map(\.channel.number) == [37, 53])
    // And a flood of them is bounded.
    let flood = (0..<200).flatMap { [plain(1, UInt8($0)), plain(2, UInt8($0))] }
    #expect(try heard(flood).count == 16)
  }
}
