#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/// What the lab needs from the kernel and Swift cannot say itself: code that runs between fork and
/// exec (the Swift runtime is not safe there), namespaces and mounts (macros and `_GNU_SOURCE`
/// calls that the Glibc module leaves out), packet sockets (`sockaddr_ll`, control messages) and
/// link settings (`ifreq` is a union of arrays). Every function returns -1 and sets `errno` on failure.

/// A program to start. Pointers are borrowed for the duration of the call.
typedef struct {
  char *_Nullable const *_Nonnull arguments;       ///< NULL-terminated; the first is the program
  char *_Nullable const *_Nullable environment;    ///< NULL-terminated; NULL means "as the caller's"
  char *_Nullable const *_Nullable binds;          ///< NULL-terminated pairs: source, target
  const char *_Nullable network;         ///< name file of a network namespace to enter
  const char *_Nullable root;            ///< chroot
  const char *_Nullable directory;       ///< working directory
  const char *_Nullable hostname;        ///< own UTS namespace with this name
  int log;                               ///< descriptor for both outputs, or -1: inherit all three
  bool own_session;                      ///< out of reach of the terminal's Ctrl-C
  bool own_sys;                          ///< /sys must show the entered network
  bool confined;                         ///< own mounts, and only the capabilities of a plain daemon
  bool administers_network;              ///< when confined: may change the network namespace it is in
  bool dies_with_parent;                 ///< SIGKILL when the caller goes
} CLab_command;

/// Forks and becomes `command`; the child leaves with 127 (not found) or 126 when that fails.
pid_t CLab_spawn(const CLab_command *_Nonnull command);

/// Starts this same program (/proc/self/exe) as process 1 of new PID, mount and network namespaces.
/// `report` becomes descriptor 3. Attached: killed with the caller. Detached: own session, both
/// outputs to `log`.
pid_t CLab_start_inside(char *_Nullable const *_Nonnull arguments, int report, int log, bool detached);

/// Enters mount, network and PID namespaces of `site`; the PID one holds for later children.
int CLab_join(pid_t site);

/// A pipe that no started program inherits: `ends` is read end, write end.
int CLab_pipe(int *_Nonnull ends);

/// Moves the calling thread into the network namespace `descriptor` is open on.
int CLab_enter_network(int descriptor);

/// Private mounts, a fresh /proc for this PID namespace, and an empty /run.
int CLab_private_mounts(void);

int CLab_bind(const char *_Nonnull source, const char *_Nonnull target);
/// A terminal file system of its own, for a device's chroot.
int CLab_mount_terminals(const char *_Nonnull target);
/// /dev/null for a device's chroot.
int CLab_make_null(const char *_Nonnull path);

/// Blocks the signals the lab waits for, and ignores SIGPIPE.
void CLab_block_signals(void);
typedef struct {
  int number;         ///< 0: nothing came in time
  bool from_kernel;   ///< the terminal sent it, so the whole foreground group has it already
  bool relayed;       ///< the process outside was sent it and says so
} CLab_signal;
CLab_signal CLab_wait_signal(int milliseconds);
/// Tells `process` that the caller was sent signal `number`. SIGUSR1 carries it, because the same
/// signal sent twice would arrive as one.
int CLab_relay(pid_t process, int number);

/// Makes a veth end behave like a cable: full checksums and no joined segments, so that what is
/// captured looks like what a real wire would carry.
int CLab_plain_link(const char *_Nonnull interface);
/// `ip link set … down`, fast enough for a device that dies in the middle of a burst.
int CLab_link_down(int descriptor, const char *_Nonnull interface);

/// The front of one received frame.
typedef struct {
  int64_t nanoseconds;       ///< kernel receive time
  uint8_t kind;              ///< PACKET_HOST 0, PACKET_BROADCAST 1, PACKET_MULTICAST 2, other host 3
  uint16_t ether_type;
  uint32_t arp_target;       ///< address an ARP packet asks for (host order), or 0
  uint32_t count;            ///< octets of the frame that were stored
} CLab_frame;
/// A packet socket on `interface` of the current namespace that hears incoming frames only.
int CLab_open_watch(const char *_Nonnull interface);
/// 1: a frame; 0: none is waiting.
int CLab_receive(int descriptor, CLab_frame *_Nonnull frame);
/// The same, and the frame's own octets; `room` is 64 at least.
int CLab_receive_octets(int descriptor, CLab_frame *_Nonnull frame, uint8_t *_Nonnull octets, size_t room);
/// The clock of the kernel's receive times, in nanoseconds since the Unix epoch.
int64_t CLab_now(void);
/// Frames the kernel dropped for want of room since the last call.
uint32_t CLab_missed(int descriptor);

/// A UDP socket on `port` that is a member of ff02::fb. Joining and closing make the kernel send an
/// MLD report. (`setsockopt` takes a structure by address.)
int CLab_join_group(const char *_Nonnull interface, uint16_t port);
/// A listening TCP socket on every address of the current namespace.
int CLab_listen(uint16_t port);
