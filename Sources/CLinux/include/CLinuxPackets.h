#pragma once
#include <stdint.h>

enum { CLINUX_LARGEST_BATCH = 64 };

/// A raw packet socket that only sends, bound to an interface; or -errno.
/// `struct sockaddr_ll` and AF_PACKET's constants are not in Swift's Glibc module.
int CLinux_open_packet_socket(int interface_index);

/// Lets the interface pass every multicast frame up (PACKET_MR_ALLMULTI) as long as the socket is
/// open, without promiscuous mode and without sending anything; returns 0 or -errno.
/// `struct packet_mreq` is not in Swift's Glibc module.
int CLinux_receive_multicast(int descriptor, int interface_index);

/// A capturing socket is not shown the frames that this host sends (PACKET_IGNORE_OUTGOING, Linux 4.20);
/// returns 0 or -errno. The constant is not in Swift's Glibc module.
int CLinux_ignore_outgoing(int descriptor);

/// A packet socket that hears what passes a filter on an interface, what this host sends included, without a ring.
/// `filter` is `length` instructions of classic BPF, as libpcap's `struct bpf_insn` and the kernel's `struct sock_filter` alike
/// lay them out. It stands before the first frame can come. At most `room` octets wait to be read, as the kernel counts
/// them. Returns the descriptor or -errno. `struct sock_fprog` and AF_PACKET's constants are not in Swift's Glibc module.
int CLinux_open_capture(int interface_index, const void *filter, uint16_t length, int room);

/// A frame that was heard: when (CLOCK_REALTIME, nanoseconds), octets stored, and octets on the wire.
typedef struct {
  int64_t at;
  uint32_t stored;
  uint32_t original;
} CLinux_heard;

/// Takes the next frame: 1, 0 when none waits, or -errno. At most `room` octets of it are stored. A VLAN tag that the kernel
/// took out is put back. In C because the CMSG macros and `struct tpacket_auxdata` are not in Swift's Glibc module.
int CLinux_take_frame(int descriptor, uint8_t *octets, uint32_t room, CLinux_heard *heard);

/// Frames that passed the filter since the last call, and those of them that found no room; 0 or -errno.
int CLinux_count_frames(int descriptor, uint32_t *passed, uint32_t *lost);

/// Closes a packet socket on a thread of its own: the kernel lets go of one only when no processor looks at it any
/// more (packet_release, synchronize_net), which takes 10 ms and longer, during which nothing happens. The number stays
/// taken until then. A process that ends waits for it.
void CLinux_close_aside(int descriptor);

/// Sends the frames `first` … `count` - 1 with one `sendmmsg`. Frame i ends at octets[ends[i]] and
/// begins where the one before ends. At most 64 are looked at.
/// Returns how many the kernel took, or -errno when it took none.
/// `struct mmsghdr` and `sendmmsg` are hidden behind _GNU_SOURCE.
int CLinux_send_frames(int descriptor, const uint8_t *octets, const uint32_t *ends, int first, int count);

/// Binds a TCP (`stream` 1) or UDP (0) socket that is never read to `port`, or to a free one when it
/// is 0, so that the port stays reserved. The TCP socket listens, behind a filter that lets nothing in, so that the
/// kernel neither answers a segment to the port nor accepts one. `address` is an IPv4 address in network order, NULL stands
/// for every IPv6 address of this host. Returns the descriptor or -errno and stores the port.
/// In C because the casts between sockaddr types would all be unsafe in Swift, and BPF_STMT is a macro.
int CLinux_reserve_port(int stream, const uint32_t *address, uint16_t *port);

/// Whether an interface is up and has a carrier: 1, 0 (also when it is gone), or -errno. `ioctl` is variadic, which
/// Swift cannot call. Unlike a question by rtnetlink it waits for no lock of the kernel, which others
/// hold for a second and more while they set up interfaces.
int CLinux_link_is_up(int descriptor, int interface_index);
