#pragma once
#include <stdbool.h>
#include <stdint.h>

// Questions to the kernel's Wi-Fi by nl80211, by libnl-genl (Docs/Decisions/0018-radios.md). In C because libnl's messages are
// pointers into each other. A socket is named by a number: no pointer reaches Swift, and a wrong number is -EBADF. What comes back
// is read in Swift. Sockets are used by one thread at a time.
//
// No function here can send a frame: there is none for NL80211_CMD_FRAME, and none that writes to an interface.

/// Opens a socket and looks nl80211 up. Returns its number; or -errno, -ENOENT where the kernel has no nl80211.
int CNL80211_open(void);
void CNL80211_close(int socket);

/// The kind that nl80211's messages have in their netlink header; or -errno.
int CNL80211_family(int socket);

/// From now on the socket gets what the kernel tells a group of nl80211, "scan" for one; returns 0 or -errno.
int CNL80211_join(int socket, const char *group);

/// Begins a request; with `dump` for all there are.
int CNL80211_begin(int socket, uint8_t command, bool dump);

// What a request says; each returns 0 or -errno.
int CNL80211_put_number(int socket, uint16_t attribute, uint32_t number);
int CNL80211_put_text(int socket, uint16_t attribute, const char *text);
int CNL80211_put_flag(int socket, uint16_t attribute);
/// A list of numbers, which may be empty.
int CNL80211_put_numbers(int socket, uint16_t attribute, const uint32_t *numbers, int count);
/// A list of names with one empty name in it: every network shall answer.
int CNL80211_put_any_name(int socket, uint16_t attribute);

/// Sends the request and returns its sequence number in `sequence`; returns 0 or -errno.
int CNL80211_send(int socket, uint32_t *sequence);

/// Waits for one datagram of netlink messages. Returns its octets, 0 when none came in time or a signal did, or -errno; -EMSGSIZE
/// when it is longer than `capacity`.
int CNL80211_receive(int socket, uint8_t *octets, int capacity, int milliseconds);

/// Sets an interface up; returns 0 or -errno. `ioctl` is variadic, which Swift cannot call.
int CNL80211_set_up(const char *interface);

/// Whether an interface is up: 1, 0, or -errno.
int CNL80211_is_up(const char *interface);
