internal import Records
internal import Wire

/// One handshake with a DTLS service up to where the client would go on: a hello, the same with the cookie, and what comes back
/// (RFC 6347 §4.2). Each hello is said up to three times, since a datagram that is lost is no refusal.
struct DTLSConversation: Sendable {
  /// How long an answer is waited for after each time (§4.2.4.1).
  static let patience: [Duration] = [.seconds(1), .seconds(2), .seconds(4)]
  /// A service that keeps asking for another cookie is left.
  private static let mostCookies = 2

  private let hello: TLSClientHello
  private let channel: ProbeChannel
  private let port: UInt16
  private let random: [UInt8]
  private var cookies: [[UInt8]] = []
  private var flight = DTLSServerFlight()
  /// How often the hello at hand was said.
  private var tries = 0
  private var left: Int
  private(set) var sent = 0
  /// Something was answered only when it was said again, or not to its end.
  private(set) var sawLoss = false
  private(set) var wakeAt: MonotonicInstant?
  private(set) var outcome: TLSOutcome?

  /// - Parameters:
  ///   - random: 96 octets for the hello.
  ///   - datagrams: how many may be sent.
  init(_ hello: TLSClientHello, channel: ProbeChannel, port: UInt16, random: [UInt8], datagrams: Int) {
    self.hello = hello
    self.channel = channel
    self.port = port
    self.random = random
    left = datagrams
  }

  mutating func begin(at now: MonotonicInstant) -> [ProbeAction] { say(at: now) }

  mutating func handle(_ event: ProbeEvent, at now: MonotonicInstant) -> [ProbeAction] {
    guard outcome == nil else { return [] }
    switch event {
    case .received(channel, let datagram): return take(datagram, at: now)
    case .failed(channel, let reason):
      if flight.flight.hello != nil {
        outcome = .answered(flight.flight)
      } else {
        outcome = reason == "port-unreachable" ? .declined(how: "unreachable") : .failed(reason: reason)
      }
    case .timer:
      guard let wakeAt, now >= wakeAt else { return [] }
      if tries < Self.patience.count { return say(at: now) }
      guard flight.flight.hello == nil else {
        sawLoss = true
        return end(.answered(flight.flight))
      }
      return end(.declined(how: TLSExamination.silence))
    default: break
    }
    return []
  }

  private mutating func take(_ datagram: [UInt8], at now: MonotonicInstant) -> [ProbeAction] {
    let before = flight.records
    flight.take(datagram)
    if flight.records > before, tries > 1 { sawLoss = true }
    switch flight.flight.state {
    case .complete: return end(.answered(flight.flight))
    case .refused(let alert):
      return end(flight.flight.hello == nil ? .declined(how: "alert \(alert)") : .answered(flight.flight))
    case .malformed: return end(flight.flight.hello == nil ? .declined(how: "other-answer") : .answered(flight.flight))
    case .open: break
    }
    guard flight.flight.hello == nil, let cookie = flight.cookie, !cookies.contains(cookie) else { return [] }
    guard cookies.count < Self.mostCookies else { return end(.declined(how: "other-answer")) }
    cookies.append(cookie)
    tries = 0
    return say(at: now)
  }

  private mutating func say(at now: MonotonicInstant) -> [ProbeAction] {
    guard left > 0 else { return end(.failed(reason: TLSExamination.datagramLimit)) }
    wakeAt = now + Self.patience[min(tries, Self.patience.count - 1)]
    tries += 1
    return [
      send(
        hello.datagram(
          random: random, cookie: cookies.last ?? [], message: UInt16(cookies.count), sequence: UInt64(sent)))
    ]
  }

  private mutating func send(_ octets: [UInt8]) -> ProbeAction {
    defer { sent += 1 }
    left -= 1
    return .datagram(channel, DatagramRequest(port: port, payload: octets))
  }

  /// A service that waits for us is told not to; what declined waits for nothing.
  private mutating func end(_ outcome: TLSOutcome) -> [ProbeAction] {
    self.outcome = outcome
    wakeAt = nil
    var isWaiting = false
    if case .refused = flight.flight.state {} else if flight.flight.hello != nil { isWaiting = true }
    guard isWaiting, left > 0 else { return [.close(channel)] }
    return [send(DTLSAlert.goodbye(sequence: UInt64(sent))), .close(channel)]
  }
}
