import Probes
import Records

/// A DTLS server of the tests: what ``SimulatedTLSServer`` says, in datagrams (RFC 6347 §4.1, §4.2), with a cookie before it and on a
/// path that loses some. It shares no code with the probe.
struct SimulatedDTLSServer: Sendable {
  var server: SimulatedTLSServer
  /// Asks for its cookie first.
  var wantsCookie = true
  /// Octets of a message in a fragment.
  var fragment = 200
  /// Datagrams that are lost, counted from 1 over both ways.
  var loses: @Sendable (Int) -> Bool = { _ in false }
  /// Says nothing where it would decline.
  var isMuteWhenDeclining = false
  /// Never accepts a cookie.
  var forgetsCookies = false
  /// Instead of every answer.
  var says: [UInt8]?

  private(set) var datagrams = 0
  private(set) var goodbyes = 0
  private var cookies = 0

  init(_ server: SimulatedTLSServer) { self.server = server }

  /// - Parameter suites: by the version of DTLS.
  init(_ suites: [UInt16: [UInt16]]) {
    let mapped = suites.map { (Self.versions[$0.key] ?? $0.key, $0.value) }
    server = SimulatedTLSServer(suites: Dictionary(uniqueKeysWithValues: mapped))
  }

  /// RFC 4347: DTLS 1.0 has the messages of TLS 1.1; RFC 6347: DTLS 1.2 those of TLS 1.2.
  private static let versions: [UInt16: UInt16] = [0xfeff: 0x0302, 0xfefd: 0x0303]

  private mutating func isLost() -> Bool {
    datagrams += 1
    return loses(datagrams)
  }

  /// What comes back of one datagram.
  mutating func answer(_ octets: [UInt8]) -> [[UInt8]] {
    if isLost() { return [] }
    if octets[0] == 21 {
      goodbyes += 1
      return []
    }
    if let says { return [says] }
    var answers: [[UInt8]] = []
    for datagram in reply(octets) where !isLost() { answers.append(datagram) }
    return answers
  }

  private mutating func reply(_ octets: [UInt8]) -> [[UInt8]] {
    // Record header 13, handshake header 12, version 2, random 32, then session, cookie.
    let session = Int(octets[59])
    let place = 60 + session
    let cookie = Array(octets[(place + 1)..<(place + 1 + Int(octets[place]))])
    let expected: [UInt8] = [0xc0, UInt8(cookies & 0xff), 0x1e]
    if wantsCookie, cookie.isEmpty || forgetsCookies {
      cookies += forgetsCookies ? 1 : 0
      let fresh: [UInt8] = [0xc0, UInt8(cookies & 0xff), 0x1e]
      return [Self.record(22, [3, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0, 6, 0xfe, 0xff, 3] + fresh)]
    }
    guard !wantsCookie || cookie == expected else { return [] }
    let version = UInt16(octets[25]) << 8 | UInt16(octets[26])
    guard let stream = Self.versions[version] else { return [] }
    let body = [UInt8(stream >> 8), UInt8(stream & 0xff)] + octets[27..<place] + octets[(place + 1 + cookie.count)...]
    let message: [UInt8] = [1, 0, UInt8(body.count >> 8), UInt8(body.count & 0xff)] + body
    let record: [UInt8] = [22, 3, 1, UInt8(message.count >> 8), UInt8(message.count & 0xff)] + message
    switch server.answer(record) {
    case .octets(let octets): return datagrams(of: octets, from: wantsCookie ? 1 : 0)
    case .reset, .closed, .silence: return []
    }
  }

  /// A flight of TLS in one record, or an alert.
  private func datagrams(of octets: [UInt8], from first: Int) -> [[UInt8]] {
    let content = Array(octets[5...])
    guard octets[0] == 22 else { return isMuteWhenDeclining ? [] : [Self.record(octets[0], content)] }
    var datagrams: [[UInt8]] = []
    var (at, number) = (0, first)
    while at < content.count {
      let length = Int(content[at + 1]) << 16 | Int(content[at + 2]) << 8 | Int(content[at + 3])
      var body = Array(content[(at + 4)..<(at + 4 + length)])
      if content[at] == 2 { body.replaceSubrange(0..<2, with: body[1] == 3 ? [0xfe, 0xfd] : [0xfe, 0xff]) }
      for start in stride(from: 0, to: max(1, length), by: fragment) {
        let piece = body[start..<min(length, start + fragment)]
        let header = [content[at]] + Self.long(length) + [0, UInt8(number)] + Self.long(start) + Self.long(piece.count)
        datagrams.append(Self.record(22, header + piece))
      }
      (at, number) = (at + 4 + length, number + 1)
    }
    return datagrams
  }

  private static func long(_ value: Int) -> [UInt8] {
    [UInt8(value >> 16 & 0xff), UInt8(value >> 8 & 0xff), UInt8(value & 0xff)]
  }

  private static func record(_ type: UInt8, _ content: [UInt8]) -> [UInt8] {
    [type, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, UInt8(content.count >> 8), UInt8(content.count & 0xff)] + content
  }
}

extension ProbeBench {
  /// Lets the probe talk to the server until it is done.
  mutating func converse(with server: inout SimulatedDTLSServer, limit: Int = 2000) {
    begin()
    var seen = 0
    var arriving: [(ProbeChannel, [UInt8])] = []
    for _ in 0..<limit where probe.report == nil {
      if seen < actions.count {
        let action = actions[seen]
        seen += 1
        switch action {
        case .datagram(let channel, let request):
          for answer in server.answer(request.payload) { arriving.append((channel, answer)) }
        case .close(let closed): arriving.removeAll { $0.0 == closed }
        default: break
        }
      } else if !arriving.isEmpty {
        let (channel, octets) = arriving.removeFirst()
        tell(.received(channel, octets))
      } else {
        wait()
      }
    }
  }
}
