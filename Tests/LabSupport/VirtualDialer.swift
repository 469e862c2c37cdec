public import Addressing
public import Probes
public import Records

/// Ordinary connections to the devices of a ``VirtualSegment``, with the frames they cost.
public final class VirtualDialer: SessionDialer {
  private enum Step {
    case connected, greeting, finish
    case reply([UInt8])
  }

  private struct Due {
    let at: MonotonicInstant
    let session: Int
    let step: Step
  }

  private struct Session {
    let device: VirtualDevice
    let address: IPAddress
    let port: UInt16
    let localPort: UInt16
    /// The device has said goodbye before us.
    var hasEnded = false
  }

  private let segment: VirtualSegment
  private var sessions: [Int: Session] = [:]
  private var due: [Due] = []
  private var number = 0
  /// From the handshake to the greeting.
  public var greetingDelay = Duration.milliseconds(120)
  /// The gate's answer for these addresses.
  public var refused: Set<IPAddress> = []

  public init(segment: VirtualSegment) { self.segment = segment }

  public var openSessions: Int { sessions.count }

  public var nextEvent: MonotonicInstant? { due.map(\.at).min() }

  public func open(
    _ address: IPAddress, zone: Int32?, mac: MACAddress?, port: UInt16, from source: IPAddress?
  ) -> SessionOpening {
    if refused.contains(address) { return .refused("the scope says no") }
    guard let device = segment.devices.first(where: { $0.owns(address) && (mac == nil || $0.mac == mac) })
    else { return .localFailure("no route") }
    number += 1
    device.connections.append(port)
    device.connectionsAt.append(segment.clock.now)
    device.openNow += 1
    device.mostOpen = max(device.mostOpen, device.openNow)
    let session = Session(device: device, address: address, port: port, localPort: 50_000 + UInt16(number % 10_000))
    sessions[number] = session
    segment.kernelSends(device, address, port, from: session.localPort, flags: 0x02)
    due.append(Due(at: segment.clock.now + device.roundTrip, session: number, step: .connected))
    return .started(number)
  }

  public func send(_ number: Int, _ octets: [UInt8]) -> SendOutcome {
    guard let session = sessions[number] else { return .refused("not open") }
    let device = session.device
    segment.kernelSends(device, session.address, session.port, from: session.localPort, flags: 0x18)
    device.heard[session.port, default: []] += octets
    guard let answer = device.replies[session.port]?(octets), device.answers(at: segment.clock.now) else {
      return .taken
    }
    due.append(Due(at: segment.clock.now + device.roundTrip, session: number, step: .reply(answer)))
    return .taken
  }

  public func poll() -> [SessionEvent] {
    let ready = due.filter { $0.at <= segment.clock.now }
    due.removeAll { $0.at <= segment.clock.now }
    return ready.flatMap { item in sessions[item.session].map { advance(item, $0) } ?? [] }
  }

  private func advance(_ item: Due, _ session: Session) -> [SessionEvent] {
    let device = session.device
    switch item.step {
    case .connected:
      guard device.answers(at: segment.clock.now), device.ports(session.port) == .open else {
        end(item.session)
        return [.failed(item.session, reason: "Connection refused")]
      }
      segment.deviceSends(device, session.address, session.port, to: session.localPort, flags: 0x12, data: [])
      segment.kernelSends(device, session.address, session.port, from: session.localPort, flags: 0x10)
      due.append(Due(at: segment.clock.now + greetingDelay, session: item.session, step: .greeting))
      return [.opened(item.session, localPort: session.localPort)]
    case .greeting:
      guard let greeting = device.greetings[session.port], device.answers(at: segment.clock.now) else { return [] }
      segment.deviceSends(device, session.address, session.port, to: session.localPort, flags: 0x18, data: greeting)
      segment.kernelSends(device, session.address, session.port, from: session.localPort, flags: 0x10)
      let closes = device.closing.contains(session.port)
      sessions[item.session]?.hasEnded = closes
      return [.received(item.session, greeting)] + (closes ? [.ended(item.session, .closed)] : [])
    case .reply(let answer):
      segment.deviceSends(device, session.address, session.port, to: session.localPort, flags: 0x18, data: answer)
      segment.kernelSends(device, session.address, session.port, from: session.localPort, flags: 0x10)
      return [.received(item.session, answer)]
    case .finish:
      segment.kernelSends(device, session.address, session.port, from: session.localPort, flags: 0x10)
      end(item.session)
      return [.finished(item.session, isReleased: !session.hasEnded)]
    }
  }

  private func end(_ number: Int) {
    sessions.removeValue(forKey: number)?.device.openNow -= 1
    due.removeAll { $0.session == number }
  }

  public func close(_ number: Int) {
    guard let session = sessions[number] else { return }
    segment.kernelSends(session.device, session.address, session.port, from: session.localPort, flags: 0x11)
    due.removeAll { $0.session == number }
    due.append(Due(at: segment.clock.now + session.device.roundTrip, session: number, step: .finish))
  }
}
