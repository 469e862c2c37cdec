import Probes
import Records

/// Plays the driver: performs nothing, tells what a test lets happen, and keeps what the probe wanted.
struct ProbeBench<P: Probe> {
  var probe: P
  var now = MonotonicInstant(nanoseconds: 5_000_000_000_000)
  private(set) var actions: [ProbeAction] = []

  init(_ probe: P) { self.probe = probe }

  mutating func begin() { actions += probe.begin(at: now) }

  mutating func tell(_ event: ProbeEvent) {
    guard probe.report == nil else { return }
    actions += probe.handle(event, at: now)
  }

  /// Lets the probe wait until it wakes, and tells it so.
  mutating func wait() {
    guard let wake = probe.wakeAt else { return }
    now = max(now, wake)
    tell(.timer)
  }

  /// Octets for each action that carries some, in order.
  var sent: [[UInt8]] {
    actions.compactMap { action in
      switch action {
      case .send(_, let octets): octets
      case .datagram(_, let request): request.payload
      case .connect, .withhold, .close, .fetch, .enter, .enterDatagram, .enterFetch, .enterShell: nil
      }
    }
  }

  var connections: [ProbeChannel] {
    actions.compactMap { if case .connect(let number, _) = $0 { number } else { nil } }
  }

  var result: ProbeVerdict.Result? { probe.report?.verdicts.first?.result }

  /// What the probe holds itself to.
  func staysWithinSheet() -> Bool {
    let sheet = P.sheet
    let datagrams = actions.count { if case .datagram = $0 { true } else { false } }
    let fetches = actions.count { if case .fetch = $0 { true } else { false } }
    return connections.count <= sheet.connections && datagrams <= sheet.datagrams && fetches <= sheet.fetches
  }
}

extension ProbeVerdict.Result {
  var reason: String? { if case .inconclusive(let reason) = self { reason } else { nil } }
}
