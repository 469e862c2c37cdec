import LabSupport
import Probes

/// A TLS server of the tests with flaws that can be put in, as far as they show before anything is encrypted. It takes hellos apart as
/// ``SimulatedTLSServer`` does and shares no code with the probe; it declines handshakes that somebody means to complete.
struct FlawedTLSServer {
  enum Heartbeat { case none, leaks, sound, refuses, mute }
  enum EarlySpec { case refused, taken, ignored, swallowed, alwaysComplains }
  enum Robot { case none, declinesFirst, unstable, differsWithoutFinished }

  var heartbeat = Heartbeat.none
  var early = EarlySpec.refused
  var robot = Robot.none
  var hasRSA = true
  var speaksOnlyTLS13 = false
  /// From this connection on nothing is answered.
  var dies: Int?
  var certificate: [UInt8] = (try? MadeCertificates.made.get().der("rsa-e3")) ?? []

  /// Changes one octet in up to half of the replies, and cuts some off.
  var garbler: SeededRandom?

  static let marker = "MEMORY"
  private(set) var leaked = 0
  /// Which block came: equal numbers for equal octets.
  private(set) var blocks: [Int] = []
  private var seen: [[UInt8]] = []
  private var connections = 0
  private var hasSpec = false

  private static func alert(_ code: UInt8) -> SimulatedTLSServer.Reply { .octets([21, 3, 3, 0, 2, 2, code]) }

  mutating func open() {
    connections += 1
    hasSpec = false
  }

  mutating func answer(_ octets: [UInt8]) -> [SimulatedTLSServer.Reply] {
    let replies = soundAnswer(octets)
    guard var random = garbler else { return replies }
    defer { garbler = random }
    return replies.map { reply in
      guard case .octets(var octets) = reply, Bool.random(using: &random) else { return reply }
      octets[Int.random(in: 0..<octets.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      if Int.random(in: 0...3, using: &random) == 0 {
        octets.removeLast(Int.random(in: 1..<octets.count, using: &random))
      }
      return .octets(octets)
    }
  }

  private mutating func soundAnswer(_ octets: [UInt8]) -> [SimulatedTLSServer.Reply] {
    if let dies, connections > dies { return [] }
    switch (octets[0], octets.count > 5 ? octets[5] : 0) {
    case (22, 1): return [hello(octets)]
    case (22, 16): return exchange(octets)
    case (24, _): return beat(octets)
    case (20, _):
      hasSpec = true
      return early == .refused || early == .alwaysComplains ? [Self.alert(10), .closed] : []
    default:
      if early == .alwaysComplains { return [Self.alert(20), .closed] }
      guard hasSpec else { return [Self.alert(10), .closed] }
      switch early {
      case .taken: return [Self.alert(20), .closed]
      case .ignored: return [Self.alert(10), .closed]
      case .refused, .swallowed, .alwaysComplains: return [.closed]
      }
    }
  }

  private func hello(_ octets: [UInt8]) -> SimulatedTLSServer.Reply {
    let hello = SimulatedTLSServer.read(octets)
    guard !speaksOnlyTLS13 || hello.versions.contains(0x0304) else { return Self.alert(70) }
    if speaksOnlyTLS13 {
      var server = SimulatedTLSServer()
      server.suites = [0x0304: [0x1301]]
      return server.answer(octets)
    }
    // A client that means to complete its handshake: CBC alone, or a ticket asked for.
    let isWhole = hello.suites.contains(0xc013) && !hello.suites.contains(0xc02f) || Self.has(35, octets)
    let isOnlyRSA = !hello.suites.contains(0xc02f)
    guard !isWhole, hasRSA || !isOnlyRSA else { return Self.alert(40) }
    let suite: [UInt8] = isOnlyRSA ? [0, 0x2f] : [0xc0, 0x2f]
    let extensions: [UInt8] = heartbeat != .none && Self.has(15, octets) ? [0, 5, 0, 15, 0, 1, 1] : []
    let body = [3, 3] + [UInt8](repeating: 6, count: 32) + [0] + suite + [0] + extensions
    let list = Self.long(certificate.count) + certificate
    let messages = Self.message(2, body) + Self.message(11, Self.long(list.count) + list) + Self.message(14, [])
    return .octets([22, 3, 3, UInt8(messages.count >> 8), UInt8(messages.count & 255)] + messages)
  }

  private mutating func beat(_ octets: [UInt8]) -> [SimulatedTLSServer.Reply] {
    let announced = Int(octets[6]) << 8 | Int(octets[7])
    let carried = Array(octets[8...])
    let isRight = announced + 16 <= carried.count
    switch heartbeat {
    case .leaks:
      let memory = Array(String(repeating: Self.marker, count: 20).utf8)
      leaked = max(leaked, announced - carried.count)
      let payload = (carried + memory).prefix(announced)
      return [
        .octets(
          [24, 3, 3, 0, UInt8(announced + 19), 2, 0, UInt8(announced)] + payload + [UInt8](repeating: 0, count: 16))
      ]
    case .sound where isRight, .refuses where isRight:
      let payload = carried.prefix(announced)
      return [
        .octets(
          [24, 3, 3, 0, UInt8(announced + 19), 2, 0, UInt8(announced)] + payload + [UInt8](repeating: 0, count: 16))
      ]
    case .refuses: return [Self.alert(47), .closed]
    case .none, .sound, .mute: return []
    }
  }

  private mutating func exchange(_ octets: [UInt8]) -> [SimulatedTLSServer.Reply] {
    let length = Int(octets[3]) << 8 | Int(octets[4])
    let message = Array(octets[5..<5 + length])
    let isFinished = octets.count > 5 + length
    let place = seen.firstIndex(of: message) ?? seen.count
    if place == seen.count { seen.append(message) }
    blocks.append(place)
    switch robot {
    case .declinesFirst where isFinished && place > 0 && place < 4: return [Self.alert(40), .closed]
    // Only the first time.
    case .unstable where isFinished && blocks.count == 3: return [.reset]
    case .differsWithoutFinished where !isFinished && place == 1: return [.reset]
    default: return isFinished ? [Self.alert(20), .closed] : []
    }
  }

  // MARK: Octets

  private static func long(_ value: Int) -> [UInt8] {
    [UInt8(value >> 16 & 255), UInt8(value >> 8 & 255), UInt8(value & 255)]
  }
  private static func message(_ type: UInt8, _ body: [UInt8]) -> [UInt8] { [type] + long(body.count) + body }

  /// Whether a ClientHello has an extension.
  private static func has(_ extension: UInt16, _ octets: [UInt8]) -> Bool {
    func word(_ at: Int) -> Int { Int(octets[at]) << 8 | Int(octets[at + 1]) }
    var at = 44 + Int(octets[43])
    at += 2 + word(at)
    at += 1 + Int(octets[at])
    guard at < octets.count else { return false }
    at += 2
    while at < octets.count {
      if word(at) == Int(`extension`) { return true }
      at += 4 + word(at + 2)
    }
    return false
  }
}
