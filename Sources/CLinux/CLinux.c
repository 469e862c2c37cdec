#define _GNU_SOURCE
#include "CLinux.h"
#include <pthread.h>
#include <stdlib.h>

#include <sys/timex.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static int fail(int descriptor) {
  int error = errno;
  if (descriptor >= 0) close(descriptor);
  return -error;
}

int CLinux_open_route_socket(void) {
  int descriptor = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  if (descriptor < 0) return fail(-1);
  struct sockaddr_nl address;
  memset(&address, 0, sizeof address);
  address.nl_family = AF_NETLINK;
  struct timeval second = {.tv_sec = 1, .tv_usec = 0};
  if (bind(descriptor, (struct sockaddr *)&address, sizeof address) < 0 ||
      setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &second, sizeof second) < 0) {
    return fail(descriptor);
  }
  return descriptor;
}

static volatile sig_atomic_t stop_signals;

static void count_stop_signal(int number) {
  (void)number;
  stop_signals += 1;
}

void CLinux_count_stop_signals(void) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = count_stop_signal;
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
  // Whoever started the program may have blocked them; a run must stay stoppable.
  sigset_t both;
  sigemptyset(&both);
  sigaddset(&both, SIGINT);
  sigaddset(&both, SIGTERM);
  sigprocmask(SIG_UNBLOCK, &both, NULL);
  signal(SIGPIPE, SIG_IGN);
}

int CLinux_stop_signals(void) { return stop_signals; }

int CLinux_errno(void) { return errno; }

static int64_t read_clock(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t CLinux_monotonic_nanoseconds(void) { return read_clock(CLOCK_MONOTONIC); }

int64_t CLinux_wall_nanoseconds(void) { return read_clock(CLOCK_REALTIME); }

struct CLinux_clock_state CLinux_read_clock_state(void) {
  struct CLinux_clock_state state = {0};
  struct timex kernel = {.modes = 0};
  int answer = adjtimex(&kernel);
  if (answer < 0) return state;
  state.is_known = 1;
  state.synchronised = answer != TIME_ERROR && !(kernel.status & STA_UNSYNC);
  state.offset_nanoseconds = kernel.status & STA_NANO ? kernel.offset : (int64_t)kernel.offset * 1000;
  state.maximum_error_microseconds = kernel.maxerror;
  return state;
}

void CLinux_wait(const int *descriptors, int count, int64_t nanoseconds) {
  struct pollfd set[64];
  int used = count < 64 ? count : 64;
  for (int i = 0; i < used; i++) {
    set[i] = (struct pollfd){.fd = descriptors[i], .events = POLLIN};
  }
  struct timespec limit = {.tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000};
  ppoll(set, used, &limit, NULL);
}

int CLinux_terminal_columns(int descriptor) {
  struct winsize size;
  return ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

void CLinux_forbid_core_dumps(void) {
  struct rlimit none = {.rlim_cur = 0, .rlim_max = 0};
  setrlimit(RLIMIT_CORE, &none);
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

static void *exit_on_signal(void *signals) {
  int number = 0;
  if (sigwait(signals, &number) == 0) exit(128 + number);
  return NULL;
}

int CLinux_exit_on_signals(void) {
  static sigset_t signals;
  pthread_t thread;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGHUP);
  if (pthread_sigmask(SIG_BLOCK, &signals, NULL) != 0) return 0;
  if (pthread_create(&thread, NULL, exit_on_signal, &signals) != 0) return 0;
  pthread_detach(thread);
  return 1;
}
