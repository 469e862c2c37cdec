#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "CLinuxPackets.h"
#include "CLinuxSenders.h"
#include "CLinuxSessions.h"

/// A NETLINK_ROUTE socket with a receive time-out of one second; or -errno.
/// `struct sockaddr_nl` is not in Swift's Glibc module.
int CLinux_open_route_socket(void);

/// Installs handlers for SIGINT and SIGTERM that only count. Swift cannot promise that a handler
/// written in it is async-signal-safe.
void CLinux_count_stop_signals(void);
int CLinux_stop_signals(void);

/// `errno` as a value: reading the thread-local through Swift is not stable between two calls.
int CLinux_errno(void);

/// CLOCK_MONOTONIC and CLOCK_REALTIME in nanoseconds. In C because `struct timespec` belongs to
/// whichever C module the compiler saw it in first, libpcap's among them.
int64_t CLinux_monotonic_nanoseconds(void);
int64_t CLinux_wall_nanoseconds(void);

/// What the kernel says of CLOCK_REALTIME (adjtimex(2), which changes nothing here). `struct timex` holds unnamed bit
/// fields, which Swift does not import.
struct CLinux_clock_state {
  /// 0 where it does not say.
  int is_known;
  /// 1 when a time service keeps it.
  int synchronised;
  int64_t offset_nanoseconds;
  int64_t maximum_error_microseconds;
};
struct CLinux_clock_state CLinux_read_clock_state(void);

/// Waits until one of `count` descriptors is readable, `nanoseconds` have passed, or a signal came.
/// `ppoll` is hidden behind _GNU_SOURCE, and poll() knows only milliseconds.
void CLinux_wait(const int *descriptors, int count, int64_t nanoseconds);

/// The width of the terminal behind a descriptor, 0 when there is none. `ioctl` is variadic, which
/// Swift cannot call.
int CLinux_terminal_columns(int descriptor);

/// From now on no core file of this process is written, and other users of the machine cannot look into its memory.
/// `prctl` is variadic, which Swift cannot call.
void CLinux_forbid_core_dumps(void);

/// From now on SIGINT, SIGTERM and SIGHUP end the process by exit(), with 128 and the signal's number, so that what was registered by
/// atexit() is done: a thread waits for them. To be called before other threads are made. 1 when done.
int CLinux_exit_on_signals(void);

/// Runs a program to its end, without a shell. `words` are its path and its arguments, `environment` all its variables, each ended by
/// 0. It reads nothing; what it says goes to the file `log`, which is made. It gets a process group of its own, which is killed after
/// `seconds`. Its exit status, 128 and the signal that ended it, -1 when it could not be begun, -2 when it took too long.
/// `posix_spawn` takes lists of pointers.
int CLinux_run(const uint8_t *words, size_t words_count, const uint8_t *environment, size_t environment_count, const char *log,
               int seconds);
