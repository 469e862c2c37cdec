internal import Probes
internal import Records

/// Drives one attempt on a simulated service to its end, in a time of its own.
struct SimulatedAttempt {
  private static let delay = Duration.milliseconds(20)
  private static let mostTurns = 2000

  private(set) var machine: any LoginMachine
  private var service: any SimulatedService
  private let pair: CredentialPair
  private var now = MonotonicInstant(nanoseconds: 1_000_000_000)
  private var due: [(at: MonotonicInstant, event: ProbeEvent)] = []
  private var pending: [ProbeAction] = []

  /// What came of it.
  static func outcome(of machine: any LoginMachine, entering pair: CredentialPair, on service: any SimulatedService)
    -> (any LoginMachine, LoginOutcome)
  {
    var attempt = SimulatedAttempt(machine: machine, service: service, pair: pair)
    attempt.run()
    return (attempt.machine, attempt.machine.outcome ?? .inconclusive("no-end"))
  }

  private init(machine: any LoginMachine, service: any SimulatedService, pair: CredentialPair) {
    self.machine = machine
    self.service = service
    self.pair = pair
  }

  private mutating func run() {
    pending = machine.begin(at: now)
    for _ in 0..<Self.mostTurns where machine.outcome == nil {
      if !pending.isEmpty {
        carryOut(pending.removeFirst())
      } else if let next = due.first, machine.wakeAt.map({ next.at <= $0 }) ?? true {
        due.removeFirst()
        now = max(now, next.at)
        pending += machine.handle(next.event, at: now)
      } else if let wake = machine.wakeAt {
        now = max(now, wake)
        pending += machine.handle(.timer, at: now)
      } else {
        return
      }
    }
  }

  private mutating func carryOut(_ action: ProbeAction) {
    switch action {
    case .connect(let channel, _):
      take(service.answer(.connection), channel)
      pending += machine.handle(.opened(channel), at: now)
    case .send(let channel, let octets): take(service.answer(.octets(octets)), channel)
    case .datagram(let channel, let request): take(service.answer(.octets(request.payload)), channel)
    case .enter(let channel, let message), .enterDatagram(let channel, _, let message):
      take(service.answer(.entered(message, LoginOctets(message, of: pair).octets)), channel)
    case .fetch(let channel, let request): take(service.answer(.request(request, login: nil)), channel)
    case .enterFetch(let channel, let login):
      take(service.answer(.request(login.filled(with: pair), login: login)), channel)
    case .close: due = []
    case .enterShell, .withhold: break
    }
  }

  private mutating func take(_ replies: [SimulatedReply], _ channel: ProbeChannel) {
    var at = now
    for reply in replies {
      at = at + Self.delay
      switch reply {
      case .octets(let octets): due.append((at, .received(channel, octets)))
      case .end: due.append((at, .ended(channel, .closed)))
      case .exchange(var exchange):
        exchange.elapsed = Self.delay
        due.append((at, .response(channel, exchange)))
      }
    }
  }
}
