internal import Probes

/// A screen server of RFB 3.8 with VNC authentication (RFC 6143 §7.1, §7.2.2).
struct SimulatedScreen: SimulatedService {
  private static let challenge: [UInt8] = (1...16).map { $0 &* 15 }

  private let door: SimulatedDoor
  private var isNegotiated = false

  init(_ door: SimulatedDoor) { self.door = door }

  mutating func answer(_ arrival: SimulatedArrival) -> [SimulatedReply] {
    switch arrival {
    case .connection: return [.text("RFB 003.008\n")]
    case .octets where !isNegotiated:
      isNegotiated = true
      return [.octets([1, 2])]
    case .octets: return [.octets(Self.challenge)]
    case .entered(let message, let octets):
      let isIn = octets.count == Self.challenge.count && door.opens(to: octets, in: message)
      let reason = Array("Authentication failure".utf8)
      return [.octets(isIn ? [0, 0, 0, 0] : [0, 0, 0, 1, 0, 0, 0, UInt8(reason.count)] + reason), .end]
    case .request: return []
    }
  }
}

/// A Redis server, whose account is `default` or has a name (ACL, Redis 6).
struct SimulatedStore: SimulatedService {
  let door: SimulatedDoor

  func answer(_ arrival: SimulatedArrival) -> [SimulatedReply] {
    switch arrival {
    case .entered(let message, let octets):
      let isIn = door.opens(to: octets, in: message) && suits(message)
      return [.text(isIn ? "+OK\r\n" : "-WRONGPASS invalid username-password pair or user is disabled.\r\n")]
    case .octets: return [.text("+OK\r\n"), .end]
    case .connection, .request: return []
    }
  }

  /// A named account is not logged in to by a password alone, and the other way round.
  private func suits(_ message: LoginMessage) -> Bool {
    guard case .pair(let pair) = door else { return true }
    let other = CredentialPair(account: pair.account + "x", secret: pair.secret)
    let holdsName = LoginOctets(message, of: other).octets != LoginOctets(message, of: pair).octets
    return holdsName != pair.account.isEmpty
  }
}

/// An MQTT 3.1.1 broker: CONNACK with 0, or with 5, not authorized (§3.2.2.3).
struct SimulatedBroker: SimulatedService {
  let door: SimulatedDoor

  func answer(_ arrival: SimulatedArrival) -> [SimulatedReply] {
    switch arrival {
    case .entered(let message, let octets): [.octets([0x20, 2, 0, door.opens(to: octets, in: message) ? 0 : 5])]
    case .octets: [.end]
    case .connection, .request: []
    }
  }
}

/// A streaming server that asks for Basic on every path (RFC 2326, RFC 7617).
struct SimulatedStream: SimulatedService {
  private static let description = "v=0\r\nm=video 0 RTP/AVP 96\r\n"

  let door: SimulatedDoor

  func answer(_ arrival: SimulatedArrival) -> [SimulatedReply] {
    switch arrival {
    case .octets: return [refusal]
    case .entered(let message, let octets):
      guard door.opens(to: octets, in: message) else { return [refusal] }
      let length = Self.description.utf8.count
      return [
        .text(
          "RTSP/1.0 200 OK\r\nContent-Type: application/sdp\r\nContent-Length: \(length)\r\n\r\n\(Self.description)")
      ]
    case .connection, .request: return []
    }
  }

  private var refusal: SimulatedReply {
    .text("RTSP/1.0 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"simulated\"\r\n\r\n")
  }
}

/// An SNMP agent: silent for a wrong community (RFC 3584 §5.2.1), with an engine of version 3 that answers its discovery.
struct SimulatedAgent: SimulatedService {
  let door: SimulatedDoor

  func answer(_ arrival: SimulatedArrival) -> [SimulatedReply] {
    switch arrival {
    case .entered(let message, let octets) where door.opens(to: octets, in: message):
      Self.response(to: octets).map { [.octets($0)] } ?? []
    case .octets(let discovery): Self.report(to: discovery).map { [.octets($0)] } ?? []
    case .connection, .entered, .request: []
    }
  }

  private static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] { [tag, UInt8(content.count)] + content }

  /// 1.3.6.1.4.1.8072.3.2.10 as the value of sysObjectID.0, to the number of the request (RFC 3416 §3).
  private static func response(to request: [UInt8]) -> [UInt8]? {
    // SEQUENCE, its length, the version, then the community: short lengths alone.
    guard request.count > 7, request.count < 100, request[5] == 0x04 else { return nil }
    let community = 7 + Int(request[6])
    guard request.count > community + 8 else { return nil }
    let number = Array(request[(community + 2)..<(community + 8)])
    let name: [UInt8] = [0x06, 8, 0x2b, 6, 1, 2, 1, 1, 2, 0]
    let value: [UInt8] = [0x06, 10, 0x2b, 6, 1, 4, 1, 0xbf, 8, 3, 2, 10]
    let unit = number + [2, 1, 0, 2, 1, 0] + element(0x30, element(0x30, name + value))
    return element(0x30, Array(request[2..<community]) + element(0xa2, unit))
  }

  /// usmStatsUnknownEngineIDs, with the number of the discovery (RFC 3412 §6.2, RFC 3414 §4).
  private static func report(to discovery: [UInt8]) -> [UInt8]? {
    // SEQUENCE, version, the header's SEQUENCE, and in it the number, of four octets.
    guard discovery.count > 13, discovery[7] == 0x02, discovery[8] == 4 else { return nil }
    let engine = element(0x04, [0x80, 0, 0x1f, 0x88, 3, 2, 0, 0, 0, 0, 1])
    let header = Array(discovery[7..<13]) + [2, 3, 0, 0xff, 0xe3, 4, 1, 0, 2, 1, 3]
    let security = element(0x30, engine + [2, 1, 1, 2, 1, 5, 4, 0, 4, 0, 4, 0])
    let counter: [UInt8] = [0x06, 10, 0x2b, 6, 1, 6, 3, 15, 1, 1, 4, 0, 0x41, 1, 1]
    let unit: [UInt8] = [2, 1, 1, 2, 1, 0, 2, 1, 0] + element(0x30, element(0x30, counter))
    let scoped = element(0x30, engine + [4, 0] + element(0xa8, unit))
    return element(0x30, [2, 1, 3] + element(0x30, header) + element(0x04, security) + scoped)
  }
}
