import Addressing
import Testing
import WiFi
import Wire

/// Whatever is invented on the air, memory is bounded, and what stood before stays. `tenken-wifi-bench` does the same with a million networks.
struct WiFiFloodTests {
  private static let real = (1...20).map { 0x0200_0000_0000 + UInt64($0) }
  private static let rsn = WiFiFrames.rsn(4, [4], [2], 0xc0)

  private static func scattered(_ number: Int) -> UInt64 {
    0x0600_0000_0000 | UInt64(number) &* 0x9e37_79b9 & 0xffff_ffff
  }

  /// A survey that knows some real networks with a station each.
  private static func known() -> WiFiSurvey {
    var survey = WiFiSurvey()
    for address in real {
      let beacon = WiFiFrames.beacon(rsn, from: address)
      let data = WiFiFrames.data([1, 2, 0, 0x20, 0, 0, 0, 0], to: address)
      for _ in 0..<2 {
        survey.take(beacon.span, .plain)
        survey.take(data.span, .plain)
      }
    }
    return survey
  }

  private static func expectKnown(_ survey: WiFiSurvey, _ comment: Comment) {
    for address in real {
      let network = survey[MACAddress(rawValue: address)]
      #expect(network?.standing == .repeated && network?.security?.level == .wpa2, comment)
      #expect(network?.stations.map(\.address.rawValue) == [WiFiFrames.station], comment)
    }
  }

  @Test(arguments: [(1, false), (2, false), (3, true)])
  func `invented networks displace none that stood`(times: Int, answers: Bool) {
    var survey = Self.known()
    let count = 60_000
    var frame = WiFiFrames.beacon([], answer: answers)
    for number in 0..<count {
      let address = WiFiFrames.octets(Self.scattered(number))
      frame.replaceSubrange(10..<22, with: address + address)
      for _ in 0..<times { survey.take(frame.span, .plain) }
    }
    #expect(survey.all.count == WiFiSurvey.most && survey.dropped == count + Self.real.count - WiFiSurvey.most)
    Self.expectKnown(survey, "\(times)")
  }

  /// A network that begins to be heard in the middle of a flood stays, as it is heard again and again.
  @Test func `a network that comes during a flood is kept as long as it is heard`() {
    var survey = Self.known()
    let late = WiFiFrames.beacon(Self.rsn, from: 0x0200_0000_0999)
    var frame = WiFiFrames.beacon([])
    for number in 0..<30_000 {
      let address = WiFiFrames.octets(Self.scattered(number))
      frame.replaceSubrange(10..<22, with: address + address)
      for _ in 0..<2 { survey.take(frame.span, .plain) }
      // Ten beacons a second against a thousand invented networks a second.
      if number > 10_000, number.isMultiple(of: 100) { survey.take(late.span, .plain) }
    }
    #expect(survey[MACAddress(rawValue: 0x0200_0000_0999)]?.frames ?? 0 > 150)
    Self.expectKnown(survey, "late")
  }

  @Test func `invented stations are bounded for a network and for all, and are told`() {
    var survey = Self.known()
    let counter: [UInt8] = [1, 2, 0, 0x20, 0, 0, 0, 0]
    for times in [1, 2] {
      for number in 0..<20_000 {
        let data = WiFiFrames.data(counter, of: Self.scattered(number), to: Self.real[0])
        for _ in 0..<times { survey.take(data.span, .plain) }
      }
    }
    let network = survey[MACAddress(rawValue: Self.real[0])]
    #expect(network?.stations.count == WiFiStation.mostOfNetwork && survey.droppedStations > 30_000)
    #expect(network?.stations.contains { $0.address.rawValue == WiFiFrames.station } == true)
    // With more networks than 64 there are no more than 4096 of them.
    for other in 0..<100 {
      let address = 0x0200_0001_0000 + UInt64(other)
      let beacon = WiFiFrames.beacon(Self.rsn, from: address)
      for _ in 0..<2 { survey.take(beacon.span, .plain) }
      for number in 0..<80 {
        let data = WiFiFrames.data(counter, of: Self.scattered(number), to: address)
        for _ in 0..<2 { survey.take(data.span, .plain) }
      }
    }
    #expect(survey.all.reduce(0) { $0 + $1.stations.count } == WiFiStation.most)
    for address in Self.real.dropFirst() { #expect(survey[MACAddress(rawValue: address)]?.stations.count == 1) }
  }

  /// What is passed over because it was said before, is the same decoded: frames in any order, broken ones and other networks' profiles among them.
  @Test func `passing over what was said before changes nothing`() {
    var (fast, slow) = (WiFiSurvey(), WiFiSurvey())
    slow.decodesEverything = true
    var state: UInt64 = 42
    func random(_ bound: Int) -> Int {
      // A linear congruential generator (Knuth's constants), so that a failure comes again.
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    let elements = stride(from: 0, to: WiFiSweepTests.all.count, by: 211).map { WiFiSweepTests.all[$0].elements }
    let profile: [UInt8] = [71, 14, 3, 0, 11, 83, 2, 0x11, 0, 0, 2, 0x67, 0x68, 85, 1, 2]
    for turn in 0..<20_000 {
      let number = random(40)
      let address = 0x0200_0000_0000 + UInt64(number * 8)
      // Mostly what the network always says, sometimes something else.
      let kind = random(20)
      let body = kind == 0 ? elements[random(elements.count)] : elements[number % elements.count]
      let map: [UInt8] = [5, 4, 0, 1, 0, UInt8(turn & 255)]
      let hidden = kind == 1 ? [] : Array("n\(number % 7)".utf8)
      var frame = WiFiFrames.beacon(
        map + (number % 3 == 0 ? profile : []) + body, capabilities: kind == 2 ? 0x01 : 0x11,
        name: String(decoding: hidden, as: UTF8.self), channel: number % 5 == 0 ? [] : [3, 1, UInt8(1 + number % 11)],
        from: random(50) == 0 ? address + 2 : address, answer: kind > 12)
      if kind == 3 { frame[24 + random(frame.count - 24)] ^= UInt8(1 << random(8)) }
      if kind == 4 { frame.removeLast(random(4)) }
      // Radiotap with a channel, which differs now and then, and a signal.
      let frequency = 2412 + 5 * (number % 11 + (kind == 5 ? 1 : 0))
      let head: [UInt8] = [
        0, 0, 15, 0, kind == 6 ? 0x28 : 0x2a, 0, 0, 0, 0, 0, UInt8(frequency & 255), UInt8(frequency >> 8), 0xa0, 0,
        UInt8(200 + random(20)),
      ]
      let captured = (kind == 6 ? [0, 0, 13, 0, 0x28, 0, 0, 0] + head[10...] : head) + frame
      fast.take(captured.span, .radiotap)
      slow.take(captured.span, .radiotap)
    }
    #expect(fast.noise == slow.noise && fast.all.count == slow.all.count && fast.all.count > 40)
    for (one, other) in zip(fast.all, slow.all) { #expect(one == other, "\(one.address)") }
  }
}
