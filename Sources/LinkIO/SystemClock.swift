internal import CLinux
public import Records

/// The machine's clocks.
public enum SystemClock {
  /// CLOCK_MONOTONIC: never set back, not advanced by time servers' steps.
  public static var monotonic: MonotonicInstant { MonotonicInstant(nanoseconds: CLinux_monotonic_nanoseconds()) }

  /// CLOCK_REALTIME.
  public static var wall: Timestamp { Timestamp(nanoseconds: CLinux_wall_nanoseconds()) }

  /// How well ``wall`` is kept; nil where the kernel does not say.
  public static var state: ClockState? {
    let state = CLinux_read_clock_state()
    guard state.is_known != 0 else { return nil }
    return ClockState(
      synchronised: state.synchronised != 0, offsetNanoseconds: state.offset_nanoseconds,
      maximumErrorMicroseconds: state.maximum_error_microseconds)
  }

  /// Sleeps until one of the descriptors has input, or the time has come, or a signal arrives.
  /// Beyond 64 descriptors the rest is looked at when the time has come.
  public static func wait(for descriptors: @autoclosure () -> [CInt], until: MonotonicInstant) {
    let left = until - monotonic
    guard left > .zero else { return }
    let waited = descriptors()
    unsafe CLinux_wait(waited, CInt(waited.count), left.nanoseconds)
  }
}
