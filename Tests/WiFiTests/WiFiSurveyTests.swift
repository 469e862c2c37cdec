import Addressing
import Testing
import WiFi
import Wire

/// Surveys of frames that are written here, element by element (IEEE 802.11-2020 §9.4.2).
struct WiFiSurveyTests {
  private static let address: UInt64 = 0x0200_0000_0001

  /// RSN: group, pairwise, AKMs, capabilities.
  private static func rsn(_ group: UInt8, _ pairwise: [UInt8], _ suites: [UInt8], _ capabilities: UInt8 = 0) -> [UInt8]
  {
    func list(_ numbers: [UInt8]) -> [UInt8] { [UInt8(numbers.count), 0] + numbers.flatMap { [0, 0x0f, 0xac, $0] } }
    let body = [1, 0, 0, 0x0f, 0xac, group] + list(pairwise) + list(suites) + [capabilities, 0]
    return [48, UInt8(body.count)] + body
  }

  private static func wpa(_ cipher: UInt8) -> [UInt8] {
    let body: [UInt8] = [
      0, 0x50, 0xf2, 1, 1, 0, 0, 0x50, 0xf2, cipher, 1, 0, 0, 0x50, 0xf2, cipher, 1, 0, 0, 0x50, 0xf2, 2,
    ]
    return [221, UInt8(body.count)] + body
  }

  private static let hashing: [UInt8] = [244, 1, 0x20]
  private static let pair: [UInt8] = [221, 15, 0x50, 0x6f, 0x9a, 0x1c, 2, 0, 0, 0, 0, 9, 4, 0x74, 0x65, 0x73, 0x74]

  private static func octets(_ address: UInt64) -> [UInt8] {
    (0..<6).reversed().map { UInt8(truncatingIfNeeded: address >> ($0 * 8)) }
  }

  private static func beacon(
    _ elements: [UInt8], privacy: Bool = true, name: String = "test", from address: UInt64 = address,
    answer: Bool = false
  ) -> [UInt8] {
    let head: [UInt8] =
      [answer ? 0x50 : 0x80, 0, 0, 0, 255, 255, 255, 255, 255, 255] + octets(address) + octets(address) + [0, 0]
    let fixed = [UInt8](repeating: 0, count: 8) + [100, 0, privacy ? 0x11 : 0x01, 0]
    return head + fixed + [0, UInt8(name.utf8.count)] + Array(name.utf8) + [3, 1, 6] + elements
  }

  private static func data(_ body: [UInt8], isProtected: Bool = true, from address: UInt64 = address) -> [UInt8] {
    [0x08, isProtected ? 0x42 : 0x02, 0, 0, 2, 0, 0, 0, 0, 7] + octets(address) + octets(address) + [0, 0] + body
  }

  private static func survey(_ frames: [[UInt8]]) -> WiFiSurvey {
    var survey = WiFiSurvey()
    for frame in frames { survey.take(frame.span, .plain) }
    return survey
  }

  private static func network(_ frames: [[UInt8]]) throws -> WiFiSurvey.Network {
    try #require(survey(frames)[MACAddress(rawValue: address)])
  }

  private struct Case: Sendable, CustomStringConvertible {
    let description: String
    let elements: [UInt8]
    var privacy = true
    let level: WiFiSecurity.Level
    let findings: Set<WiFiFinding>
  }

  /// Capabilities: 0x80 protection of management frames is possible, 0xc0 it is demanded (§9.4.2.24.4).
  private static let cases = [
    Case(description: "open", elements: [], privacy: false, level: .open, findings: [.open]),
    Case(description: "wep", elements: [], level: .wep, findings: [.wep]),
    Case(description: "wpa", elements: wpa(2), level: .wpa1, findings: [.wpa1, .tkip]),
    Case(
      description: "wpa and wpa2", elements: wpa(2) + rsn(2, [4, 2], [2]), level: .wpa1And2,
      findings: [.wpa1, .tkip, .noManagementProtection]),
    Case(description: "wpa2", elements: rsn(4, [4], [2]), level: .wpa2, findings: [.noManagementProtection]),
    Case(
      description: "wpa2, pmf possible", elements: rsn(4, [4], [2], 0x80), level: .wpa2,
      findings: [.optionalManagementProtection]),
    Case(description: "wpa2, pmf demanded", elements: rsn(4, [4], [2, 6], 0xc0), level: .wpa2, findings: []),
    Case(
      description: "group weaker than pairwise", elements: rsn(2, [4], [2], 0xc0), level: .wpa2,
      findings: [.weakGroupCipher]),
    Case(description: "wpa3", elements: rsn(4, [4], [8], 0xc0) + hashing, level: .wpa3, findings: []),
    Case(
      description: "wpa3 without h2e", elements: rsn(4, [4], [8], 0xc0), level: .wpa3, findings: [.huntingAndPecking]),
    Case(
      description: "wpa3 without pmf", elements: rsn(4, [4], [8], 0x80) + hashing, level: .wpa3,
      findings: [.newWithoutProtection]),
    Case(
      description: "transition", elements: rsn(4, [4], [2, 8], 0x80) + hashing, level: .wpa2And3,
      findings: [.transition]),
    Case(description: "owe", elements: rsn(4, [4], [18], 0xc0), level: .owe, findings: []),
    Case(description: "open half of owe", elements: pair, privacy: false, level: .open, findings: [.openHalf]),
    Case(
      description: "fast transition", elements: rsn(4, [4], [4], 0xc0) + [54, 3, 1, 2, 0], level: .wpa2,
      findings: [.fastTransitionByPassword]),
    Case(
      description: "wps", elements: rsn(4, [4], [2], 0xc0) + [221, 9, 0, 0x50, 0xf2, 4, 0x10, 0x44, 0, 1, 2],
      level: .wpa2,
      findings: [.setup]),
    Case(
      description: "wps, locked",
      elements: rsn(4, [4], [2], 0xc0) + [221, 14, 0, 0x50, 0xf2, 4, 0x10, 0x44, 0, 1, 2, 0x10, 0x57, 0, 1, 1],
      level: .wpa2,
      findings: []),
    Case(description: "RSN cut off", elements: [48, 3, 1, 0, 0], level: .unknown, findings: []),
  ]

  @Test(arguments: cases) private func `a network is what its elements say`(item: Case) throws {
    let beacon = Self.beacon(item.elements, privacy: item.privacy)
    let network = try Self.network([beacon, beacon])
    #expect(network.security?.level == item.level)
    #expect(Set(network.findings.map(\.finding)) == item.findings)
    #expect(network.findings.allSatisfy { $0.proof == .said })
    #expect(network.name == Array("test".utf8) && network.description?.channel == WiFiChannel(.low, 6))
    #expect(network.standing == .repeated && network.nameStanding == .repeated)
    // Heard once, with nothing to show that it came whole, it is no verdict.
    let once = try Self.network([beacon])
    #expect(once.standing == .once && once.nameStanding == .once && once.findings.allSatisfy { $0.proof == .once })
  }

  @Test func `one frame that differs changes nothing, twice the same is another statement`() throws {
    let good = Self.beacon(Self.rsn(4, [4], [2], 0xc0))
    let other = Self.beacon(Self.rsn(2, [2], [2]), name: "tesT")
    for place in 24..<good.count {
      var broken = good
      broken[place] ^= 0x20
      let network = try Self.network([good, good, broken, good])
      #expect(
        network.security?.level == .wpa2 && network.findings.isEmpty && network.name == Array("test".utf8), "\(place)")
    }
    let network = try Self.network([good, good, other, good, other, other])
    #expect(network.findings.contains { $0.finding == .tkip } && network.earlier.count == 1)
    let opened = try Self.network([good, good] + Array(repeating: Self.beacon([], privacy: false), count: 2))
    #expect(opened.findings.contains { $0.finding == .changed } && opened.findings.contains { $0.finding == .open })
  }

  /// A check sequence that the receiver found wrong (radiotap flags 0x40): the frame never was.
  @Test func `what was heard broken is noise`() {
    var survey = WiFiSurvey()
    let broken = [0, 0, 9, 0, 2, 0, 0, 0, 0x50] + Self.beacon([], privacy: false)
    for _ in 0..<9 { survey.take(broken.span, .radiotap) }
    #expect(survey.noise == 9 && survey.all.isEmpty)
    // Its four octets, where they are right and there, are no element.
    let sound = [0, 0, 9, 0, 2, 0, 0, 0, 0x10] + Self.beacon([]) + [1, 2, 3, 4]
    for _ in 0..<2 { survey.take(sound.span, .radiotap) }
    #expect(survey.all.count == 1 && survey.noise == 9 && survey.all[0].security?.level == .wep)
  }

  @Test func `what data show is told from what is said`() throws {
    let beacon = Self.beacon([])
    let wep = Self.data([1, 2, 3, 0, 9, 9, 9, 9])
    #expect(try Self.network([beacon, beacon, wep]).findings.map(\.proof) == [.said])
    #expect(try Self.network([beacon, beacon, wep, wep]).findings.map(\.proof) == [.seen])
    // Frames of networks that nobody announced are counted nowhere.
    #expect(Self.survey([Self.data([1, 2, 3, 0], from: 0x0200_0000_0099)]).all.isEmpty)
    let open = Self.beacon([], privacy: false)
    let clear = Self.data([0xaa, 0xaa, 3, 0, 0, 0, 8, 0, 1], isProtected: false)
    #expect(try Self.network([open, open, clear, clear]).findings.map(\.proof) == [.seen])
  }

  @Test func `a hidden name is told by an answer or by a client, twice`() throws {
    let hidden = Self.beacon(Self.rsn(4, [4], [2], 0xc0), name: "")
    let answer = Self.beacon(Self.rsn(4, [4], [2], 0xc0), answer: true)
    let silent = try Self.network([hidden, hidden])
    #expect(silent.hidesName && silent.name == nil && silent.security?.level == .wpa2)
    let told = try Self.network([hidden, hidden, answer, hidden, answer])
    #expect(told.name == Array("test".utf8) && told.hidesName && told.earlier.isEmpty)
    let request: [UInt8] =
      [0, 0, 0, 0] + Self.octets(Self.address) + [2, 0, 0, 0, 0, 7] + Self.octets(Self.address) + [0, 0, 1, 0, 1, 0]
    let join = request + [0, 4] + Array("test".utf8)
    #expect(try Self.network([hidden, hidden, join, join]).name == Array("test".utf8))
  }

  @Test func `a flood of invented networks costs no memory, and none that is believed`() {
    var survey = WiFiSurvey()
    let known = Self.beacon(Self.rsn(4, [4], [2], 0xc0))
    for _ in 0..<2 { survey.take(known.span, .plain) }
    for number in 0..<20_000 as Range<UInt64> {
      survey.take(Self.beacon([], from: 0x0600_0000_0000 + number).span, .plain)
    }
    #expect(survey.all.count == WiFiSurvey.most && survey.dropped == 20_001 - WiFiSurvey.most)
    #expect(survey[MACAddress(rawValue: Self.address)]?.security?.level == .wpa2)
    #expect(survey[MACAddress(rawValue: 0x0600_0000_0000 + 19_999)] != nil)
  }

  /// §9.4.2.45, with the same network twice in one beacon.
  @Test func `networks in another's beacon are believed like others, and one frame counts once`() {
    let profile: [UInt8] = [0, 11, 83, 2, 0x11, 0, 0, 2, 0x67, 0x68, 85, 1, 3]
    let beacon = Self.beacon([71, UInt8(1 + 2 * profile.count), 3] + profile + profile)
    let hidden = MACAddress(rawValue: 0x0200_0000_0004)
    #expect(Self.survey([beacon])[hidden]?.standing == .once)
    let twice = Self.survey([beacon, beacon])[hidden]
    #expect(twice?.security?.level == .wep && twice?.name == [0x67, 0x68])
  }

  @Test func `the kernel's scan is believed like frames are`() {
    var survey = WiFiSurvey()
    let elements: [UInt8] = [0, 4, 0x74, 0x65, 0x73, 0x74] + Self.rsn(4, [4], [8], 0xc0) + Self.hashing
    for _ in 0..<2 {
      survey.take(
        scanOf: MACAddress(rawValue: 7), capabilities: 0x11, elements: elements.span, frequency: 5180, signal: -40)
    }
    #expect(
      survey.all.first?.security?.level == .wpa3 && survey.all.first?.description?.channel == WiFiChannel(.middle, 36))
    #expect(survey.all.first?.signal == -40)
  }
}
