internal import Addressing
internal import WiFi
internal import Wire

/// How fast frames of 802.11 become a survey, without any file: one line per kind of capture, name and megabytes of capture a second on one core,
/// the best of several runs. Printed for Scripts/bench. The last ones are floods, of which the networks kept are printed too.
@main struct WiFiBench {
  /// - Parameter arguments: names of what is to be measured; without one, all.
  static func main() {
    let wanted = CommandLine.arguments.dropFirst()
    for (name, capture) in captures where wanted.isEmpty || wanted.contains(name) {
      let capture = capture()
      report(name, of: capture.octets.count) {
        var survey = WiFiSurvey()
        let octets = capture.octets.span
        for frame in capture.frames { survey.take(octets.extracting(frame), .radiotap) }
        return survey
      }
    }
    for (name, times) in [("wifi-flood-once", 1), ("wifi-flood-twice", 2)] where wanted.isEmpty || wanted.contains(name)
    {
      let frame = Capture.invented
      report(name, of: frame.count * Capture.flood * times, runs: 1) { Capture.flood(frame, times: times) }
    }
  }

  private static let captures: [(String, @Sendable () -> Capture)] = [
    ("wifi-beacons", { Capture.beacons(frames: 200_000) }), ("wifi-mixed", { Capture.mixed(frames: 200_000) }),
    ("wifi-data", { Capture.data(frames: 100_000) }), ("wifi-small-data", { Capture.data(frames: 200_000, body: 40) }),
  ]

  private static func report(_ name: String, of octets: Int, runs: Int = 7, _ body: () -> WiFiSurvey) {
    var best = 0.0
    var survey = WiFiSurvey()
    for _ in 0..<runs {
      let elapsed = ContinuousClock().measure { survey = body() }
      let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
      best = max(best, Double(octets) / seconds / 1e6)
    }
    print("\(name) \(Int(best)) \(survey.all.count) \(survey.dropped)")
  }
}

/// Frames with a radiotap header each, side by side.
struct Capture {
  var octets: [UInt8] = []
  var frames: [Range<Int>] = []

  private static let networks = 50
  private static let stations = 10

  private mutating func append(_ frame: [UInt8]) {
    frames.append(octets.count..<octets.count + frame.count)
    octets += frame
  }

  /// Flags, rate, channel, signal; no check sequence behind the frame.
  private static func radio(_ channel: Int) -> [UInt8] {
    let frequency = 2407 + 5 * channel
    return [
      0, 0, 15, 0, 0x2e, 0, 0, 0, 0, 2, UInt8(frequency & 255), UInt8(frequency >> 8), 0xa0, 0, 0xc4,
    ]
  }

  private static func address(_ number: UInt64) -> [UInt8] {
    (0..<6).reversed().map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
  }

  /// What an access point of today says in about 290 octets; timestamp and traffic map differ from beacon to beacon.
  private static func beacon(_ number: UInt64, _ turn: Int, channel: Int) -> [UInt8] {
    let own = address(number)
    let time = (0..<8).map { UInt8(truncatingIfNeeded: (turn &* 102_400) >> ($0 * 8)) }
    var frame = radio(channel) + [0x80, 0, 0, 0, 255, 255, 255, 255, 255, 255] + own + own
    frame += [UInt8(turn & 15) << 4, UInt8(turn >> 4 & 255)] + time + [100, 0, 0x11, 0x14]
    let name = Array("network-\(number & 0xffff)".utf8)
    frame += [0, UInt8(name.count)] + name + [1, 8, 0x82, 0x84, 0x8b, 0x96, 12, 18, 24, 36, 3, 1, UInt8(channel)]
    frame += [5, 4, UInt8(turn % 3), 3, 0, UInt8(truncatingIfNeeded: turn)] + [7, 6, 0x4a, 0x50, 0x20, 1, 13, 20]
    frame += [42, 1, 0, 50, 4, 48, 72, 96, 108, 11, 5, UInt8(turn & 7), 0, UInt8(turn & 255), 0, 0]
    frame += [48, 24, 1, 0, 0, 15, 0xac, 4, 1, 0, 0, 15, 0xac, 4, 2, 0, 0, 15, 0xac, 2, 0, 15, 0xac, 8, 0x8c, 0]
    frame += [45, 26] + [UInt8](repeating: 0xff, count: 26) + [61, 22, UInt8(channel)]
    frame += [UInt8](repeating: 0, count: 21) + [127, 8] + [UInt8](repeating: 4, count: 8) + [244, 1, 0x20]
    frame += [255, 28, 35] + [UInt8](repeating: 9, count: 27) + [255, 7, 36, 0, 0, 0, 1, 0xfc, 0xff]
    frame += [221, 24, 0, 0x50, 0xf2, 2, 1, 1] + [UInt8](repeating: 3, count: 18)
    frame += [221, 14, 0, 0x50, 0xf2, 4, 0x10, 0x44, 0, 1, 2, 0x10, 0x57, 0, 1, 1]
    return frame + [221, 9, 0, 0x10, 0x18, 2, 0, 0, 0x1c, 0, 0]
  }

  private static func data(_ number: UInt64, _ turn: Int, body: Int) -> [UInt8] {
    let own = address(number)
    let station = address(0x0402_0000_0000 | (number & 0xff) << 8 | UInt64(turn % stations))
    let head: [UInt8] =
      turn & 1 == 0 ? [0x88, 0x41, 0, 0] + own + station + own : [0x88, 0x42, 0, 0] + station + own + own
    let counter: [UInt8] = [UInt8(turn & 255), UInt8(turn >> 8 & 255), 0, 0x20, 0, 0, 0, 0]
    return radio(6) + head + [0, 0, 0, 0] + counter + [UInt8](repeating: UInt8(turn & 255), count: body)
  }

  static func beacons(frames: Int) -> Capture {
    var capture = Capture()
    for turn in 0..<frames {
      capture.append(
        beacon(0x0200_0000_0000 | UInt64(turn % networks), turn / networks, channel: 1 + turn % networks % 11))
    }
    return capture
  }

  /// A fifth of the frames are beacons, the others short data.
  static func mixed(frames: Int) -> Capture {
    var capture = Capture()
    for turn in 0..<frames {
      let number = 0x0200_0000_0000 | UInt64(turn / 5 % networks)
      capture.append(
        turn % 5 == 0
          ? beacon(number, turn / networks, channel: 1 + turn / 5 % networks % 11)
          : data(0x0200_0000_0000 | UInt64(turn % networks), turn / 7, body: 100))
    }
    return capture
  }

  static func data(frames: Int, body: Int = 1400) -> Capture {
    var capture = beacons(frames: 2 * networks)
    for turn in 0..<frames {
      capture.append(data(0x0200_0000_0000 | UInt64(turn % networks), turn / 7, body: body))
    }
    return capture
  }

  /// Networks of a flood, each with an address of its own.
  static let flood = 1_000_000
  static let invented = beacon(0x0600_0000_0000, 0, channel: 6)

  static func flood(_ frame: [UInt8], times: Int) -> WiFiSurvey {
    var survey = WiFiSurvey()
    var frame = frame
    for number in 0..<flood {
      // Scattered, as made up addresses are; the transmitter and the network are one.
      let address = address(0x0600_0000_0000 | UInt64(number) &* 0x9e37_79b9 & 0xffff_ffff)
      frame.replaceSubrange(25..<31, with: address)
      frame.replaceSubrange(31..<37, with: address)
      for _ in 0..<times { survey.take(frame.span, .radiotap) }
    }
    return survey
  }
}
