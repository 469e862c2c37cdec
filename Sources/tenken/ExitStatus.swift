internal import ArgumentParser

/// What the process tells its caller (documented in README.md and `tenken --help`).
enum ExitStatus: Int32 {
  /// Done, and nothing at or above `--fail-on`.
  case done = 0
  /// Done, with findings at or above `--fail-on`.
  case findings = 1
  /// The command line or a file it names is wrong.
  case usage = 2
  /// Not permitted: scope or privilege. Nothing was sent.
  case notPermitted = 3
  /// Interrupted; the pack is valid and marked partial.
  case interrupted = 4
  /// Something kept tenken from looking.
  case failed = 5
  /// A scheduled turn that is over without a run.
  case skipped = 6
  /// A scheduled turn that cannot begin yet, and is tried again (EX_TEMPFAIL of sysexits.h).
  case postponed = 75

  var code: ExitCode { ExitCode(rawValue) }
}

/// A failure with the status it ends in. The message says what, where and what to do next.
struct CommandFailure: Error {
  let status: ExitStatus
  let message: String

  init(_ status: ExitStatus, _ message: String) {
    self.status = status
    self.message = message
  }
}
