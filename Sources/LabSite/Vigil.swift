internal import CLab
internal import Glibc

/// Waits for the command, reaps whoever ends, and passes signals on.
///
/// The command must hear a signal once, whoever it was sent to: an operator's second Ctrl-C often
/// means "at once", and a doubled one would look like that. What the terminal sends reaches the
/// whole foreground group, the command with it. What a process sends may have gone to the process
/// outside alone, or to its whole group; process 1 is a member of that group, so it can tell.
struct Vigil {
  enum Role {
    /// Waits for process 1 and tells it what it is sent.
    case outside
    /// Process 1, waits for the command.
    case inside
    /// Waits for a command nobody else stands between.
    case alone
  }

  let child: pid_t?
  let role: Role
  private var daemons: [pid_t: String]
  private let grace: Duration
  private var deadline: ContinuousClock.Instant?
  private var settled: Set<CInt> = []
  private var pending: [CInt: Pending] = [:]
  private let clock = ContinuousClock()

  /// One signal heard one way; heard the other way too, it went to the whole group.
  private struct Pending {
    var relayed: Bool
    var due: ContinuousClock.Instant
  }

  init(
    child: pid_t?, role: Role, daemons: [pid_t: String] = [:], grace: Duration = .seconds(15)
  ) {
    self.child = child
    self.role = role
    self.daemons = daemons
    self.grace = grace
  }

  /// The command's exit code, or 128 and the signal's number.
  mutating func keep(complain: (String) -> Void) -> Int32 {
    while true {
      let signal = CLab_wait_signal(pending.isEmpty ? 250 : 20)
      if let code = reap(complain: complain) { return code }
      if [SIGINT, SIGTERM, SIGHUP].contains(signal.number) {
        guard let child else { return 0 }
        deadline = deadline ?? clock.now + grace
        if !signal.from_kernel { hear(signal, for: child) }
      }
      deliverPending()
      if let deadline, clock.now >= deadline, let child {
        complain("the command did not end in time and is killed")
        kill(child, SIGKILL)
        self.deadline = nil
      }
    }
  }

  private mutating func hear(_ signal: CLab_signal, for child: pid_t) {
    let number = signal.number
    guard !settled.contains(number) else { return }
    switch role {
    case .outside:
      settled.insert(number)
      _ = CLab_relay(child, number)
    case .alone:
      settled.insert(number)
      kill(child, number)
    case .inside:
      guard let first = pending[number] else {
        pending[number] = Pending(relayed: signal.relayed, due: clock.now + .milliseconds(100))
        return
      }
      guard first.relayed != signal.relayed else { return }
      pending[number] = nil
      settled.insert(number)
    }
  }

  private mutating func deliverPending() {
    guard let child else { return }
    for (number, entry) in pending where entry.due <= clock.now {
      pending[number] = nil
      settled.insert(number)
      kill(child, number)
    }
  }

  private mutating func reap(complain: (String) -> Void) -> Int32? {
    var status: Int32 = 0
    while true {
      let ended = unsafe waitpid(-1, &status, WNOHANG)
      guard ended > 0 else { return nil }
      if ended == child { return exitCode(of: status) }
      if let name = daemons.removeValue(forKey: ended) {
        complain("\(name) ended with \(exitCode(of: status))")
      }
    }
  }
}
