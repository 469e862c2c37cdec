import Credentials
import Probes
import Records

/// Feeds a login events at its own pace, and keeps what it wants done.
struct LoginPlay<Login: LoginMachine> {
  private(set) var login: Login
  private(set) var actions: [ProbeAction] = []
  private(set) var now = MonotonicInstant(nanoseconds: 5_000_000_000)

  init(_ login: Login) {
    self.login = login
    actions = self.login.begin(at: now)
  }

  var outcome: LoginOutcome? { login.outcome }
  var transcript: String { login.transcript.text(hiding: Secret(Array("hunter2".utf8))) }
  /// Messages with a password in them.
  var entries: Int {
    actions.count { action in
      switch action {
      case .enter(_, let message), .enterDatagram(_, _, let message): message.holdsPassword
      case .enterFetch(_, let request): request.holdsPassword
      case .enterShell: true
      case .connect, .withhold, .send, .close, .datagram, .fetch: false
      }
    }
  }

  mutating func take(_ event: ProbeEvent, after delay: Duration = .milliseconds(20)) {
    now = now + delay
    actions += login.handle(event, at: now)
  }

  /// Nothing happens until it wants to be woken.
  mutating func wait() {
    guard let wake = login.wakeAt else { return }
    now = max(now, wake)
    actions += login.handle(.timer, at: now)
  }
}

extension LoginPlay where Login: ShellLogin {
  mutating func take(_ event: ShellEvent, after delay: Duration = .milliseconds(20)) {
    now = now + delay
    actions += login.handle(event, at: now)
  }
}
