import LabSupport
import Probes
import Wire

/// An SSH server up to where it would encrypt, on one connection after the other.
struct FakeSSHServer {
  enum Mood {
    case normal
    /// The connection is not taken.
    case refuses
    /// It hangs up before it says anything.
    case resets
    /// It takes the connection and says nothing.
    case silent
    /// It sends its lists behind the client's.
    case waits
    /// It hangs up on the first packet of the exchange.
    case resetsExchange
    /// It says nothing to the first packet of the exchange.
    case silentExchange
  }

  /// What it does once the connection is encrypted.
  enum Authentication {
    case methods(String)
    /// SSH_MSG_USERAUTH_BANNER first.
    case banner(String)
    case opens, disconnects, silent, garbage, hangsUp
  }

  /// nil when it does not agree on keys.
  var authentication: Authentication?
  var signature: [UInt8] = [4]
  /// Names that clients gave, and methods with them.
  private(set) var names: [String] = []
  private var sessions: [ProbeChannel: FakeSSHSession] = [:]
  private var sealed: Set<ProbeChannel> = []
  private var clientLists: [ProbeChannel: [UInt8]] = [:]

  var identification = "SSH-2.0-lab"
  var lists = SSHKeyExchangeInit(cookie: [UInt8](repeating: 9, count: 16))
  /// Host keys by type; for others it hangs up.
  var keys: [String: [UInt8]] = [:]
  /// Octets of the prime that it gives to whom asks for a group.
  var primeOctets: Int?
  var speaksVersion1 = false
  /// What it is like on each connection; then normal.
  var moods: [Mood] = []
  /// Every answer comes octet by octet.
  var isSlow = false
  /// What becomes of an answer on the way.
  var spoil: ([UInt8]) -> [UInt8] = { $0 }

  private(set) var connections = 0
  /// What clients offered, for each connection.
  private(set) var offers: [ProbeChannel: SSHKeyExchangeInit] = [:]
  /// Messages of clients, in order.
  private(set) var messages: [SSHPacket.Message] = []
  private var heard: [ProbeChannel: [UInt8]] = [:]
  private var introduced: Set<ProbeChannel> = []

  private func mood(_ channel: ProbeChannel) -> Mood { channel < moods.count ? moods[channel] : .normal }

  mutating func react(to action: ProbeAction) -> [ProbeEvent] {
    switch action {
    case .connect(let channel, _):
      connections += 1
      switch mood(channel) {
      case .refuses: return [.failed(channel, reason: "Connection refused")]
      case .resets: return [.opened(channel), .ended(channel, .reset)]
      case .silent: return [.opened(channel)]
      case .waits: return [.opened(channel)] + say(channel, Array("\(identification)\r\n".utf8))
      case .normal, .resetsExchange, .silentExchange:
        // RFC 4253 §5.1: who speaks both waits for what the client speaks.
        let lists = identification.hasPrefix("SSH-1") ? [] : greeting
        return [.opened(channel)] + say(channel, Array("\(identification)\r\n".utf8) + lists)
      }
    case .send(let channel, let octets):
      heard[channel, default: []] += octets
      return listen(channel)
    default: return []
    }
  }

  /// Nothing from servers of the old version alone.
  private var greeting: [UInt8] {
    identification.hasPrefix("SSH-1.5") || lists.keyExchange.isEmpty
      ? [] : SSHPacket.octets(.keyExchangeInit, lists.body)
  }

  private func say(_ channel: ProbeChannel, _ octets: [UInt8]) -> [ProbeEvent] {
    let octets = spoil(octets)
    guard !octets.isEmpty else { return [] }
    return isSlow ? octets.map { .received(channel, [$0]) } : [.received(channel, octets)]
  }

  private mutating func listen(_ channel: ProbeChannel) -> [ProbeEvent] {
    if introduced.insert(channel).inserted {
      let octets = heard[channel] ?? []
      guard let found = try? SSHIdentification(parsing: octets.span) else { return [] }
      heard[channel]?.removeFirst(found.length)
      if !found.speaksVersion2 {
        return speaksVersion1 ? say(channel, ServiceReplies.sshVersion1Key) : [.ended(channel, .closed)]
      }
      if identification.hasPrefix("SSH-1"), mood(channel) != .waits { return say(channel, greeting) }
    }
    if sealed.contains(channel) { return listenSealed(channel) }
    var events: [ProbeEvent] = []
    while !sealed.contains(channel), let packet = Self.packet(heard[channel] ?? []) {
      heard[channel]?.removeFirst(packet.length)
      messages.append(packet.message)
      events += answer(channel, packet)
    }
    return sealed.contains(channel) ? events + listenSealed(channel) : events
  }

  private mutating func listenSealed(_ channel: ProbeChannel) -> [ProbeEvent] {
    guard let octets = heard[channel], !octets.isEmpty, let packets = sessions[channel]?.open(octets) else { return [] }
    heard[channel] = []
    return packets.flatMap { authenticate(channel, $0) }
  }

  private mutating func authenticate(_ channel: ProbeChannel, _ packet: SSHPacket) -> [ProbeEvent] {
    messages.append(packet.message)
    func sealing(_ message: UInt8, _ body: [UInt8]) -> [ProbeEvent] {
      say(channel, sessions[channel]?.seal(message, body) ?? [])
    }
    if packet.message.rawValue == 5 { return sealing(6, packet.body) }
    guard packet.message.rawValue == 50 else { return [] }
    var (rest, parts) = (packet.body[...], [String]())
    while rest.count >= 4 {
      let count = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
      parts.append(String(decoding: rest.dropFirst(4).prefix(count), as: UTF8.self))
      rest = rest.dropFirst(4 + count)
    }
    names.append(parts.joined(separator: " "))
    switch authentication {
    case .methods(let list): return sealing(51, Self.string(Array(list.utf8)) + [0])
    case .banner(let list):
      return sealing(53, Self.string(Array("Authorised use only\r\n".utf8)) + Self.string([]))
        + sealing(51, Self.string(Array(list.utf8)) + [0])
    case .opens: return sealing(52, [])
    case .disconnects: return sealing(1, [0, 0, 0, 2] + Self.string([]) + Self.string([]))
    case .garbage: return say(channel, [UInt8](repeating: 0xa5, count: 96))
    case .hangsUp: return [.ended(channel, .closed)]
    case .silent, nil: return []
    }
  }

  private mutating func answer(_ channel: ProbeChannel, _ packet: SSHPacket) -> [ProbeEvent] {
    switch packet.message {
    case .keyExchangeInit:
      offers[channel] = try? SSHKeyExchangeInit(parsing: packet.body.span)
      clientLists[channel] = [20] + packet.body
      return mood(channel) == .waits ? say(channel, greeting) : []
    case .exchangeInit, .groupInit:
      if mood(channel) == .resetsExchange { return [.ended(channel, .reset)] }
      if mood(channel) == .silentExchange { return [] }
      let chosen = offers[channel]?.hostKey.first(where: lists.hostKey.contains) ?? ""
      guard let key = keys[SSHHostKey.type(of: chosen)] else { return [.ended(channel, .closed)] }
      let message: SSHPacket.Message = packet.message == .groupInit ? .groupReply : .exchangeReply
      if authentication != nil, packet.body.count == 36 {
        sessions[channel] = FakeSSHSession(
          identification: identification, lists: (clientLists[channel] ?? [], [20] + lists.body), hostKey: key,
          client: Array(packet.body.dropFirst(4)))
      }
      let value = sessions[channel] == nil ? [0] : FakeSSHSession.value
      let body = Self.string(key) + Self.string(value) + Self.string(signature)
      return say(channel, SSHPacket.octets(message, body) + SSHPacket.octets(.newKeys, []))
    case .groupRequest:
      guard let primeOctets else { return [.ended(channel, .closed)] }
      let prime = [0] + [UInt8](repeating: 0xff, count: primeOctets)
      return say(channel, SSHPacket.octets(.exchangeReply, Self.string(prime) + Self.string([2])))
    case .newKeys where sessions[channel] != nil:
      sealed.insert(channel)
      return []
    default: return []
    }
  }

  static func packet(_ octets: [UInt8]) -> SSHPacket? { try? SSHPacket(parsing: octets.span) }

  static func string(_ octets: [UInt8]) -> [UInt8] {
    let count = octets.count
    return [UInt8(count >> 24 & 255), UInt8(count >> 16 & 255), UInt8(count >> 8 & 255), UInt8(count & 255)] + octets
  }

  /// An Ed25519 key that is nobody's.
  static let ed25519 = string(Array("ssh-ed25519".utf8)) + string([UInt8](repeating: 7, count: 32))

  /// Plays probe and server until the probe has its report.
  static func play<P: Probe>(_ probe: P, _ server: inout FakeSSHServer) -> ProbeBench<P> {
    var bench = ProbeBench(probe)
    bench.begin()
    var done = 0
    for _ in 0..<2000 where bench.probe.report == nil {
      if done < bench.actions.count {
        let action = bench.actions[done]
        done += 1
        for event in server.react(to: action) { bench.tell(event) }
      } else {
        bench.wait()
      }
    }
    return bench
  }
}
