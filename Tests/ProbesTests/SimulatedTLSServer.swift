import Probes
import Records

/// A TLS server of the tests, which takes ClientHellos apart by itself (RFC 5246 §7.4.1.2) and answers with the first flight of the
/// handshake. It shares no code with the probe.
struct SimulatedTLSServer: Sendable {
  enum Reply: Hashable, Sendable {
    case octets([UInt8])
    case reset, closed, silence
  }

  /// What it speaks, with the suites of each version in its own order.
  var suites: [UInt16: [UInt16]] = [:]
  var hasOwnOrder = true
  var decline = Reply.octets([21, 3, 1, 0, 2, 2, 40])
  var announcesRenegotiation = true
  var compresses = false
  /// The prime of its finite-field exchange.
  var prime = [UInt8](repeating: 0xe1, count: 256)
  var curve: UInt16 = 29
  /// Groups that it declines without: RFC 8422 §5.1.
  var curves: Set<UInt16> = [23, 24, 29]
  var refusesFallback = true
  /// Speaks SSL 2 (The SSL Protocol, Netscape 1995) with these kinds.
  var ssl2: [UInt32] = []
  /// Certificates as DER, in order.
  var certificates: [[UInt8]] = [[0x30, 0x03, 0x02, 0x01, 0x05]]
  /// What happens instead of an answer, by the number of the connection.
  var accidents: [Int: Reply] = [:]
  /// From this connection on everything is reset.
  var dies: Int?
  /// Answers come after a warning (unrecognized_name, 112), in pieces of one octet.
  var warnsFirst = false

  private(set) var connections = 0

  struct Hello {
    var version: UInt16
    var suites: [UInt16]
    var compression: [UInt8]
    var groups: [UInt16]?
    var versions: [UInt16]
  }

  mutating func answer(_ octets: [UInt8]) -> Reply {
    defer { connections += 1 }
    if let dies, connections >= dies { return .reset }
    if let accident = accidents[connections] { return accident }
    if octets.first.map({ $0 & 0x80 != 0 }) == true { return ssl2.isEmpty ? decline : ssl2Hello }
    let hello = Self.read(octets)
    guard let version = suites.keys.filter({ hello.versions.contains($0) }).max() else { return decline }
    if refusesFallback, hello.suites.contains(0x5600), let best = suites.keys.max(), version < best {
      return .octets([21, 3, 1, 0, 2, 2, 86])
    }
    let (own, curves) = (suites[version] ?? [], curves)
    let isUsable: (UInt16) -> Bool = { suite in
      !Self.ecdhe.contains(suite) || hello.groups.map { !curves.isDisjoint(with: $0) } ?? true
    }
    let order = hasOwnOrder ? own.filter(hello.suites.contains) : hello.suites.filter(own.contains)
    guard let suite = order.first(where: { isUsable($0) }) else { return decline }
    return .octets(flight(version, suite, hello))
  }

  /// Those of its suites that send a point (RFC 8422), and those that send a prime (RFC 5246 §7.4.3).
  static let ecdhe: Set<UInt16> = [0xc013, 0xc014, 0xc02f, 0xc030, 0xc011, 0xc010, 0xc018]
  static let dhe: Set<UInt16> = [0x0033, 0x0039, 0x0016, 0x009e, 0x0034, 0x0014]

  private func flight(_ version: UInt16, _ suite: UInt16, _ hello: Hello) -> [UInt8] {
    let legacy = min(version, 0x0303)
    var extensions: [UInt8] = []
    if version == 0x0304 {
      extensions += [0, 43, 0, 2, 3, 4, 0, 51, 0, 36, 0, 29, 0, 32] + [UInt8](repeating: 7, count: 32)
    }
    if version < 0x0304, announcesRenegotiation { extensions += [0xff, 0x01, 0, 1, 0] }
    var body = Self.word(legacy) + [UInt8](repeating: 0x5a, count: 32) + [0] + Self.word(suite)
    body.append(compresses && version < 0x0304 && hello.compression.contains(1) ? 1 : 0)
    if !extensions.isEmpty, version > 0x0300 { body += Self.word(UInt16(extensions.count)) + extensions }
    var messages = Self.message(2, body)
    if version < 0x0304 {
      let list = certificates.flatMap { Self.long($0.count) + $0 }
      messages += Self.message(11, Self.long(list.count) + list)
      if Self.dhe.contains(suite) {
        messages += Self.message(12, Self.vector(prime) + Self.vector([2]) + Self.vector([9, 9]) + [0, 0])
      } else if Self.ecdhe.contains(suite) {
        let chosen = hello.groups.map { $0.first { curves.contains($0) } ?? curve } ?? curve
        messages += Self.message(12, [3] + Self.word(chosen) + [2, 4, 4] + [0, 0])
      }
      messages += Self.message(14, [])
    }
    let warning: [UInt8] = warnsFirst ? [21] + Self.word(legacy) + [0, 2, 1, 112] : []
    return warning + [22] + Self.word(legacy) + Self.word(UInt16(messages.count)) + messages
  }

  private var ssl2Hello: Reply {
    let kinds = ssl2.flatMap {
      [UInt8(truncatingIfNeeded: $0 >> 16), UInt8(truncatingIfNeeded: $0 >> 8), UInt8(truncatingIfNeeded: $0)]
    }
    let body: [UInt8] =
      [4, 0, 1, 0, 2, 0, 1] + Self.word(UInt16(kinds.count)) + [0, 16, 0x30] + kinds + [UInt8](repeating: 1, count: 16)
    return .octets([0x80 | UInt8(body.count >> 8), UInt8(body.count & 0xff)] + body)
  }

  // MARK: Octets

  private static func word(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 0xff)] }
  private static func long(_ value: Int) -> [UInt8] {
    [UInt8(value >> 16 & 0xff), UInt8(value >> 8 & 0xff), UInt8(value & 0xff)]
  }
  private static func vector(_ octets: [UInt8]) -> [UInt8] { word(UInt16(octets.count)) + octets }
  private static func message(_ type: UInt8, _ body: [UInt8]) -> [UInt8] { [type] + long(body.count) + body }

  static func read(_ octets: [UInt8]) -> Hello {
    func word(_ at: Int) -> UInt16 { UInt16(octets[at]) << 8 | UInt16(octets[at + 1]) }
    func words(_ from: Int, _ count: Int) -> [UInt16] { stride(from: from, to: from + count, by: 2).map(word) }
    let legacy = word(9)
    var at = 43 + 1 + Int(octets[43])
    let suites = words(at + 2, Int(word(at)))
    at += 2 + Int(word(at))
    let compression = Array(octets[at + 1..<at + 1 + Int(octets[at])])
    at += 1 + Int(octets[at])
    var hello = Hello(
      version: legacy, suites: suites, compression: compression, groups: nil,
      versions: [0x0300, 0x0301, 0x0302, 0x0303].filter { $0 <= legacy })
    guard at < octets.count else { return hello }
    let end = at + 2 + Int(word(at))
    at += 2
    while at < end {
      let (type, length) = (word(at), Int(word(at + 2)))
      if type == 10 { hello.groups = words(at + 6, length - 2) }
      if type == 43 { hello.versions = words(at + 5, length - 1) }
      at += 4 + length
    }
    return hello
  }
}

extension ProbeBench {
  /// Lets the probe talk to the server until it is done.
  mutating func converse(with server: inout SimulatedTLSServer, limit: Int = 4000) {
    begin()
    var seen = 0
    for _ in 0..<limit where probe.report == nil {
      guard seen < actions.count else {
        wait()
        continue
      }
      let action = actions[seen]
      seen += 1
      switch action {
      case .connect(let channel, _): tell(.opened(channel))
      case .send(let channel, let octets):
        switch server.answer(octets) {
        case .octets(let reply) where server.warnsFirst:
          for octet in reply { tell(.received(channel, [octet])) }
        case .octets(let reply): tell(.received(channel, reply))
        case .reset: tell(.ended(channel, .reset))
        case .closed: tell(.ended(channel, .closed))
        case .silence: wait()
        }
      default: break
      }
    }
  }
}
