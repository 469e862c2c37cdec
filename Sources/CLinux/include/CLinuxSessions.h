#pragma once
#include <stdbool.h>
#include <stdint.h>

/// An address of either family as two numbers, the first octet on the wire most significant; an IPv4
/// address lies in the low 32 bits of `low`.
typedef struct {
  uint64_t high;
  uint64_t low;
  bool is_ipv4;
} CLinux_address;

/// Begins a non-blocking TCP connection with a receive buffer of about `receive_octets`.
/// `zone` is the interface index of a link-local destination, 0 for none. `source` is bound when
/// `has_source`. With `report_icmp`, ICMP errors are kept for CLinux_was_icmp.
/// Returns the descriptor or -errno. In C because the casts between sockaddr types would all be
/// unsafe in Swift.
int CLinux_begin_connect(CLinux_address destination, uint32_t zone, uint16_t port, CLinux_address source,
                         bool has_source, int receive_octets, bool report_icmp);

/// Lets a connection acknowledge every second segment from now on (RFC 1122 §4.2.3.2): Linux acknowledges each of the
/// first ones, which costs the device twice the frames. Before the handshake is over it would hold that up.
/// The option's number is not in Swift's Glibc module, and nothing is lost where the kernel does not know it.
void CLinux_delay_acknowledgements(int descriptor);

/// The pending error of a socket (SO_ERROR), and its local port.
int CLinux_socket_error(int descriptor);
uint16_t CLinux_local_port(int descriptor);
/// The peer's FIN or reset has come, though it may not have been read yet.
bool CLinux_peer_closed(int descriptor);

/// What an ICMP message said about a connection that failed (IP_RECVERR): "connection refused" stands for
/// a RST and for "port unreachable" alike. `from_self`: this host sent the message itself, because nobody
/// answered ARP or because of a filter of its own; `of_other`: it is about a datagram to another address than the
/// one that is named, from a port that sockets share. `struct sock_extended_err` and the CMSG macros are not in
/// Swift's Glibc module.
typedef struct {
  bool was_icmp;
  bool from_self;
  bool of_other;
  /// Of ICMP type 3, or ICMPv6 type 1.
  uint8_t code;
} CLinux_icmp_error;
CLinux_icmp_error CLinux_take_icmp_error(int descriptor, CLinux_address destination);

/// The TCP segments that this host has sent on a connection so far, retransmissions included
/// (TCP_INFO, tcpi_segs_out); 0 when the kernel does not say. glibc's `struct tcp_info` ends before the field.
uint32_t CLinux_segments_sent(int descriptor);

/// Raises this process's soft limit of descriptors (RLIMIT_NOFILE) to the hard one and returns what holds
/// then. `getrlimit` takes a pointer.
int CLinux_raise_descriptor_limit(void);

/// Makes close() send RST instead of FIN (SO_LINGER with 0 s), so that the other side keeps nothing.
void CLinux_reset_on_close(int descriptor);

/// A set of descriptors that is itself readable when one of them is ready (epoll); or -errno.
/// `struct epoll_event` is packed, and its union is not usable from Swift.
int CLinux_open_ready_set(void);

/// Adds a descriptor under a number: `connecting` waits for the handshake, otherwise for input.
/// Returns 0 or -errno. Adding it again changes what is waited for.
int CLinux_watch(int set, int descriptor, uint64_t number, bool connecting);

/// The numbers of at most `capacity` ready descriptors; never waits.
int CLinux_take_ready(int set, uint64_t *numbers, int capacity);

/// A non-blocking UDP socket that tells of ICMP errors (IP_RECVERR); or -errno. With `connected`, only datagrams from
/// `destination` and `port` come in. `zone`, `source` as for CLinux_begin_connect. A `local_port` other than 0 may be shared with
/// other sockets that allow it (SO_REUSEADDR). In C for the same reason.
int CLinux_open_datagrams(CLinux_address destination, uint32_t zone, uint16_t port, CLinux_address source,
                          bool has_source, uint16_t local_port, bool connected);

/// Sends one datagram; returns 0 or -errno, which may be an ICMP error that came before: nothing left then.
int CLinux_send_datagram(int descriptor, const uint8_t *octets, int count, CLinux_address destination, uint32_t zone,
                         uint16_t port);

/// Takes one datagram that waits, cut to `capacity` octets, and says who sent it. Returns its octets or -errno.
int CLinux_take_datagram(int descriptor, uint8_t *octets, int capacity, CLinux_address *sender);
