#define _GNU_SOURCE
#include "CLab.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static int enter_named_network(const char *path) {
  int descriptor = open(path, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return -1;
  int result = setns(descriptor, CLONE_NEWNET);
  close(descriptor);
  return result;
}

/// As `ip netns exec` does: sysfs shows the network namespace it was mounted in.
static int own_sys(void) {
  if (unshare(CLONE_NEWNS) != 0) return -1;
  if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) return -1;
  if (umount2("/sys", MNT_DETACH) != 0 && errno != EINVAL) return -1;
  return mount("tenken-lab", "/sys", "sysfs", 0, NULL);
}

/// A login on a lab device must not be a way out to the machine: no mounts, devices, modules, …
static int keep_daemon_capabilities(bool administers_network) {
  static const int kept[] = {
    CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_FOWNER, CAP_FSETID, CAP_KILL, CAP_SETGID, CAP_SETUID,
    CAP_NET_BIND_SERVICE, CAP_SYS_CHROOT, CAP_AUDIT_WRITE,
  };
  for (int capability = 0; capability <= CAP_LAST_CAP; capability++) {
    bool keep = false;
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) keep = keep || kept[i] == capability;
    keep = keep || (administers_network && capability == CAP_NET_ADMIN);
    if (!keep && prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0 && errno != EINVAL) return -1;
  }
  return 0;
}

static int arrange_streams(int log) {
  if (log < 0) return 0;
  int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  if (null < 0) return -1;
  if (dup2(null, 0) < 0 || dup2(log, 1) < 0 || dup2(log, 2) < 0) return -1;
  return 0;
}

static void default_signals(void) {
  struct sigaction plain = {.sa_handler = SIG_DFL};
  for (int number = 1; number < 32; number++) sigaction(number, &plain, NULL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
}

/// Everything a child does to itself before exec; the name of the step that failed, or NULL.
static const char *prepare(const CLab_command *command) {
  if (command->dies_with_parent && prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return "prctl";
  if (command->own_session && setsid() < 0) return "setsid";
  if (arrange_streams(command->log) != 0) return "streams";
  if (command->network && enter_named_network(command->network) != 0) return "network namespace";
  if (command->own_sys && own_sys() != 0) return "sysfs";
  if (command->confined && unshare(CLONE_NEWNS) != 0) return "mount namespace";
  for (char *const *bind = command->binds; bind && bind[0] && bind[1]; bind += 2)
    if (CLab_bind(bind[0], bind[1]) != 0) return bind[1];
  if (command->hostname) {
    if (unshare(CLONE_NEWUTS) != 0) return "UTS namespace";
    if (sethostname(command->hostname, strlen(command->hostname)) != 0) return "host name";
  }
  if (command->root && chroot(command->root) != 0) return command->root;
  if (command->directory && chdir(command->directory) != 0) return command->directory;
  if (command->confined && keep_daemon_capabilities(command->administers_network) != 0) return "capabilities";
  return NULL;
}

pid_t CLab_spawn(const CLab_command *command) {
  pid_t child = fork();
  if (child != 0) return child;
  const char *failed = prepare(command);
  if (failed) {
    dprintf(2, "tenken-lab: %s: %s\n", failed, strerror(errno));
    _exit(126);
  }
  default_signals();
  close_range(3, ~0U, 0);
  if (command->environment)
    execvpe(command->arguments[0], command->arguments, command->environment);
  else
    execvp(command->arguments[0], command->arguments);
  int code = errno == ENOENT ? 127 : 126;
  dprintf(2, "tenken-lab: cannot run %s: %s\n", command->arguments[0], strerror(errno));
  _exit(code);
}

pid_t CLab_start_inside(char *const *arguments, int report, int log, bool detached) {
  // The raw call: glibc has no fork that makes a PID namespace, and the child only goes on to exec.
  int flags = CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWPID | SIGCHLD;
  pid_t child = (pid_t)syscall(SYS_clone, flags, 0, 0, 0, 0);
  if (child != 0) return child;
  if (detached) {
    if (setsid() < 0 || arrange_streams(log) != 0) _exit(126);
  } else {
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) _exit(126);
    // A parent that died before prctl leaves a report pipe nobody reads.
    struct pollfd pipe = {.fd = report, .events = POLLOUT};
    if (poll(&pipe, 1, 0) == 1 && (pipe.revents & POLLERR)) _exit(126);
  }
  if (report == 3 ? fcntl(3, F_SETFD, 0) != 0 : dup2(report, 3) < 0) _exit(126);
  close_range(4, ~0U, 0);
  execv("/proc/self/exe", arguments);
  _exit(126);
}

int CLab_pipe(int *ends) { return pipe2(ends, O_CLOEXEC); }

int CLab_join(pid_t site) {
  int descriptor = (int)syscall(SYS_pidfd_open, site, 0);
  if (descriptor < 0) return -1;
  int result = setns(descriptor, CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWPID);
  close(descriptor);
  return result;
}

int CLab_enter_network(int descriptor) { return setns(descriptor, CLONE_NEWNET); }

int CLab_private_mounts(void) {
  if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) return -1;
  if (mount("tenken-lab", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) != 0) return -1;
  return mount("tenken-lab", "/run", "tmpfs", 0, "mode=755");
}

int CLab_bind(const char *source, const char *target) {
  return mount(source, target, NULL, MS_BIND, NULL);
}

int CLab_mount_terminals(const char *target) {
  return mount("tenken-lab", target, "devpts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=620");
}

int CLab_make_null(const char *path) {
  if (mknod(path, S_IFCHR | 0666, makedev(1, 3)) != 0) return -1;
  return chmod(path, 0666);
}

static sigset_t awaited(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGCHLD);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGHUP);
  sigaddset(&set, SIGUSR1);
  return set;
}

void CLab_block_signals(void) {
  sigset_t set = awaited();
  sigprocmask(SIG_BLOCK, &set, NULL);
  signal(SIGPIPE, SIG_IGN);
}

CLab_signal CLab_wait_signal(int milliseconds) {
  sigset_t set = awaited();
  siginfo_t detail;
  struct timespec limit = {milliseconds / 1000, (long)(milliseconds % 1000) * 1000000};
  int number = sigtimedwait(&set, &detail, &limit);
  if (number <= 0) return (CLab_signal){0, false, false};
  if (number == SIGUSR1 && detail.si_code == SI_QUEUE)
    return (CLab_signal){detail.si_value.sival_int, false, true};
  return (CLab_signal){number, detail.si_code > 0, false};
}

int CLab_relay(pid_t process, int number) {
  return sigqueue(process, SIGUSR1, (union sigval){.sival_int = number});
}
