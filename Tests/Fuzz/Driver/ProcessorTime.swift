internal import Glibc
internal import Synchronization

/// Ends a run when its time is up, and the program at an input that takes too long. libFuzzer's own limits go by the clock
/// on the wall, which also goes on while the machine does something else, or while the process is stopped; these go by the
/// processor.
enum ProcessorTime {
  private static let limit = 5
  private static let inputs = Atomic(0)
  private static let seen = Atomic(0)
  private static let seconds = Atomic(0)
  private static let left = Atomic(0)

  /// Another input begins.
  static func begin() { inputs.add(1, ordering: .relaxed) }

  /// Looks once in each second of the processor's time.
  /// - Parameter total: how many seconds a run lasts; 0 for no end.
  static func watch(for total: Int) {
    left.store(total > 0 ? total : .max, ordering: .relaxed)
    // Before the first signal, so that the handler finds them made.
    seen.store(inputs.load(ordering: .relaxed), ordering: .relaxed)
    seconds.store(0, ordering: .relaxed)
    signal(SIGPROF) { _ in ProcessorTime.tick() }
    var interval = itimerval(it_interval: timeval(tv_sec: 1, tv_usec: 0), it_value: timeval(tv_sec: 1, tv_usec: 0))
    unsafe setitimer(__itimer_which_t(ITIMER_PROF.rawValue), &interval, nil)
  }

  private static func tick() {
    // libFuzzer ends in order, with its figures, when it gets this signal.
    if left.subtract(1, ordering: .relaxed).newValue == 0 { raise(SIGUSR1) }
    let current = inputs.load(ordering: .relaxed)
    guard current == seen.load(ordering: .relaxed) else {
      seen.store(current, ordering: .relaxed)
      return seconds.store(0, ordering: .relaxed)
    }
    guard seconds.add(1, ordering: .relaxed).newValue >= limit else { return }
    let text: StaticString = "tenken-fuzz: an input took more than five seconds of the processor\n"
    _ = unsafe write(STDERR_FILENO, text.utf8Start, text.utf8CodeUnitCount)
    abort()
  }
}
