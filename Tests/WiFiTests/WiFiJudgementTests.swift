import Addressing
import Testing
import WiFi
import Wire

struct WiFiJudgementTests {
  private static let names = WiFiDefaultNames([
    WiFiDefaultName(WiFiNamePattern("maker-??##")!, .factory, maker: "Maker"),
    WiFiDefaultName(WiFiNamePattern("Plug_*")!, .setup, maker: "Plugs"),
  ])

  @Test(arguments: [
    ("abc", "abc", true), ("abc", "abcd", false), ("abc", "Abc", false), ("abc##", "abc12", true),
    ("abc##", "abc1a", false),
    ("abc?", "abcF", true), ("abc?", "abcf", true), ("abc?", "abcg", false), ("abc@", "abcz", true),
    ("abc@", "abc-", false),
    ("abc*", "abc1", true), ("abc*", "abc", false), ("abc-*", "abc-\u{1}", true), ("abc#", "abc", false),
  ])
  func `a pattern is for the whole name`(pattern: String, name: String, matches: Bool) throws {
    #expect(try #require(WiFiNamePattern(pattern)).matches(Array(name.utf8)) == matches)
  }

  @Test(arguments: ["", "ab", "##?*", "a*bc", "abc**", "名前です", "ab\u{7f}c", String(repeating: "a", count: 33)])
  func `what matches too much or cannot be a name is no pattern`(text: String) { #expect(WiFiNamePattern(text) == nil) }

  private static func findings(_ frames: [[UInt8]]) -> [Set<WiFiFinding>] {
    WiFiFrames.survey(frames).judgements(names).map { Set($0.judgements.map(\.finding)) }
  }

  private static func twice(_ frame: [UInt8]) -> [[UInt8]] { [frame, frame] }
  private static let rsn = WiFiFrames.rsn(4, [4], [2], 0xc0)

  @Test func `names of makers and of devices to be set up are found`() throws {
    #expect(Self.findings(Self.twice(WiFiFrames.beacon(Self.rsn, name: "maker-aF42"))) == [[.defaultName]])
    #expect(Self.findings(Self.twice(WiFiFrames.beacon(Self.rsn, name: "maker-home"))) == [[]])
    #expect(
      Self.findings(Self.twice(WiFiFrames.beacon([], capabilities: 1, name: "Plug_7"))) == [[.open, .setupAccessPoint]])
    #expect(Self.findings(Self.twice(WiFiFrames.beacon(Self.rsn, name: "Plug_7"))) == [[]])
    let judgements = WiFiFrames.survey([WiFiFrames.beacon(Self.rsn, name: "maker-aF42")]).judgements(Self.names)
    #expect(judgements.first?.judgements.map(\.proof) == [.once])
    #expect(judgements.first?.judgements.first?.name?.maker == "Maker")
  }

  @Test func `networks of one name that are protected differently name each other`() throws {
    let wpa3 = WiFiFrames.rsn(4, [4], [8], 0xc0) + [244, 1, 0x20]
    let frames =
      Self.twice(WiFiFrames.beacon(Self.rsn)) + Self.twice(WiFiFrames.beacon(wpa3, from: 0x0200_0000_0002))
      + Self.twice(WiFiFrames.beacon(Self.rsn, from: 0x0200_0000_0003))
      + Self.twice(WiFiFrames.beacon(wpa3, name: "else", from: 0x0200_0000_0004))
      + [WiFiFrames.beacon([], capabilities: 1, from: 0x0200_0000_0005)]
    let found = WiFiFrames.survey(frames).judgements(Self.names)
    let others = found.map { $0.judgements.filter { $0.finding == .mixedSecurity }.flatMap(\.others).map(\.rawValue) }
    #expect(others == [[0x0200_0000_0002], [0x0200_0000_0001, 0x0200_0000_0003], [0x0200_0000_0002], [], []])
  }

  /// In 6 GHz the mode of transition is not allowed, so that the same network has to be WPA3 alone there; and an OWE pair names its halves.
  @Test func `pairs that belong together are not mixed`() throws {
    let transition = WiFiFrames.rsn(4, [4], [2, 8], 0x80) + [244, 1, 0x20]
    let high: [UInt8] = [255, 12, 36, 0, 0, 2, 1, 0xfc, 0xff, 37, 0, 0, 0, 0]
    let wpa3 = WiFiFrames.beacon(
      WiFiFrames.rsn(4, [4], [8], 0xc0) + [244, 1, 0x20], channel: high, from: 0x0200_0000_0002)
    let pair = Self.findings(Self.twice(WiFiFrames.beacon(transition)) + Self.twice(wpa3))
    #expect(pair == [[.transition], []])
    // At 5 GHz it would be mixed.
    let low = WiFiFrames.beacon(WiFiFrames.rsn(4, [4], [8], 0xc0) + [244, 1, 0x20], from: 0x0200_0000_0002)
    #expect(
      Self.findings(Self.twice(WiFiFrames.beacon(transition)) + Self.twice(low))
        == [[.transition, .mixedSecurity], [.mixedSecurity]])
    let names: [UInt8] = [221, 15, 0x50, 0x6f, 0x9a, 0x1c, 2, 0, 0, 0, 0, 2, 4, 0x74, 0x65, 0x73, 0x74]
    let owe = WiFiFrames.beacon(WiFiFrames.rsn(4, [4], [18], 0xc0), from: 0x0200_0000_0002)
    #expect(
      Self.findings(Self.twice(WiFiFrames.beacon(names, capabilities: 1)) + Self.twice(owe)) == [[.openHalf], []])
  }

  private static func facts(_ elements: [UInt8], capabilities: UInt8 = 0x11, channel: [UInt8] = [3, 1, 6]) -> [WiFiFact]
  {
    WiFiFrames.survey(twice(WiFiFrames.beacon(elements, capabilities: capabilities, channel: channel))).all[0].facts
  }

  /// WPS attributes (Wi-Fi Simple Configuration 2.0.8 §12): state 0x1044, config methods 0x1008 (label 4, display 8, button 0x80, keypad 0x100),
  /// serial 0x1042, model 0x1023.
  @Test func `what is beside the findings is told, a serial number only as a fact`() throws {
    func wps(_ attributes: [UInt8]) -> [UInt8] { [221, UInt8(attributes.count + 4), 0, 0x50, 0xf2, 4] + attributes }
    #expect(Self.facts(Self.rsn + wps([0x10, 0x44, 0, 1, 2, 0x10, 8, 0, 2, 0, 0x80])) == [])
    #expect(
      Self.facts(Self.rsn + wps([0x10, 0x44, 0, 1, 1, 0x10, 8, 0, 2, 1, 0])) == [.setupByPIN, .setupUnconfigured])
    #expect(
      Self.facts(Self.rsn + wps([0x10, 0x44, 0, 1, 2, 0x10, 8, 0, 2, 0, 4, 0x10, 0x57, 0, 1, 1])) == [
        .setupByPIN, .setupLocked,
      ])
    #expect(
      Self.facts(Self.rsn + wps([0x10, 0x44, 0, 1, 2, 0x10, 0x42, 0, 3, 0x41, 0x42, 0x43, 0x10, 0x23, 0, 1, 0x58]))
        == [.setupTellsSerial, .setupTellsModel])
    #expect(Self.facts(Self.rsn + wps([0x10, 0x44, 0, 1, 2, 0x10, 0x42, 0, 2, 0x30, 0x30])) == [])
    #expect(Self.facts(Self.rsn, capabilities: 0x12) == [.adHoc])
    #expect(Self.facts(WiFiFrames.rsn(4, [4], [1], 0)) == [.enterpriseWithoutProtection])
    #expect(Self.facts(WiFiFrames.rsn(4, [4], [5], 0x80)) == [])
    let high: [UInt8] = [255, 12, 36, 0, 0, 2, 1, 0xfc, 0xff, 37, 0, 0, 0, 0]
    #expect(Self.facts(WiFiFrames.rsn(4, [4], [2], 0xc0), channel: high) == [.highBandWithoutSAE])
    #expect(Self.facts(WiFiFrames.rsn(4, [4], [8], 0xc0), channel: high) == [])
    #expect(Self.facts(WiFiFrames.rsn(4, [4], [18], 0xc0), channel: high) == [])
    #expect(Self.facts([], capabilities: 1, channel: high) == [.highBandWithoutSAE])
  }
}
