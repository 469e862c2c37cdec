#define _GNU_SOURCE
#include "CLinuxPackets.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

static int fail(int descriptor) {
  int error = errno;
  if (descriptor >= 0) close(descriptor);
  return -error;
}

int CLinux_open_packet_socket(int interface_index) {
  // Protocol 0: nothing is received here, so no queue fills up.
  int descriptor = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor < 0) return fail(-1);
  struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_ifindex = interface_index};
  if (bind(descriptor, (struct sockaddr *)&address, sizeof address) < 0) return fail(descriptor);
  return descriptor;
}

int CLinux_receive_multicast(int descriptor, int interface_index) {
  struct packet_mreq request = {.mr_ifindex = interface_index, .mr_type = PACKET_MR_ALLMULTI};
  return setsockopt(descriptor, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &request, sizeof request) < 0 ? -errno : 0;
}

int CLinux_ignore_outgoing(int descriptor) {
  int yes = 1;
  return setsockopt(descriptor, SOL_PACKET, PACKET_IGNORE_OUTGOING, &yes, sizeof yes) < 0 ? -errno : 0;
}

int CLinux_send_frames(int descriptor, const uint8_t *octets, const uint32_t *ends, int first, int count) {
  struct iovec parts[CLINUX_LARGEST_BATCH];
  struct mmsghdr messages[CLINUX_LARGEST_BATCH];
  int used = count - first < CLINUX_LARGEST_BATCH ? count - first : CLINUX_LARGEST_BATCH;
  memset(messages, 0, sizeof messages);
  for (int i = 0; i < used; i++) {
    uint32_t start = first + i == 0 ? 0 : ends[first + i - 1];
    parts[i] = (struct iovec){.iov_base = (uint8_t *)octets + start, .iov_len = ends[first + i] - start};
    messages[i].msg_hdr.msg_iov = &parts[i];
    messages[i].msg_hdr.msg_iovlen = 1;
  }
  int taken = sendmmsg(descriptor, messages, used, 0);
  return taken < 0 ? -errno : taken;
}

static int drop_everything(int descriptor) {
  struct sock_filter nothing = BPF_STMT(BPF_RET | BPF_K, 0);
  struct sock_fprog program = {.len = 1, .filter = &nothing};
  return setsockopt(descriptor, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
}

int CLinux_reserve_port(int stream, const uint32_t *address, uint16_t *port) {
  struct sockaddr_in local = {.sin_family = AF_INET, .sin_port = htons(*port)};
  struct sockaddr_in6 local6 = {.sin6_family = AF_INET6, .sin6_port = htons(*port), .sin6_addr = in6addr_any};
  if (address) local.sin_addr.s_addr = *address;
  struct sockaddr *place = address ? (struct sockaddr *)&local : (struct sockaddr *)&local6;
  socklen_t length = address ? sizeof local : sizeof local6;

  int descriptor = socket(place->sa_family, (stream ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor < 0) return fail(-1);
  // The IPv4 half of the port is bound by a socket of its own.
  int only6 = 1, no_room = 0;
  if (!address && setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &only6, sizeof only6) < 0) return fail(descriptor);
  // Answers to datagrams are read by the capture; here they only have to find somebody at home, so
  // that the kernel does not tell the device that the port is closed.
  if (!stream && setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &no_room, sizeof no_room) < 0) return fail(descriptor);
  if (stream && drop_everything(descriptor) < 0) return fail(descriptor);
  if (bind(descriptor, place, length) < 0 || getsockname(descriptor, place, &length) < 0) return fail(descriptor);
  // Without a listener, TCP answers a segment to the port by RST (RFC 9293 §3.10.7.1). A listener's filter is asked first.
  if (stream && listen(descriptor, 0) < 0) return fail(descriptor);
  // Taken from nobody; from now on this program's own conversations may use the port too.
  int shared = 1;
  if (!stream && setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &shared, sizeof shared) < 0) return fail(descriptor);
  *port = ntohs(address ? local.sin_port : local6.sin6_port);
  return descriptor;
}

int CLinux_link_is_up(int descriptor, int interface_index) {
  struct ifreq request;
  memset(&request, 0, sizeof request);
  if (!if_indextoname(interface_index, request.ifr_name)) return errno == ENODEV || errno == ENXIO ? 0 : -errno;
  if (ioctl(descriptor, SIOCGIFFLAGS, &request) < 0) return errno == ENODEV || errno == ENXIO ? 0 : -errno;
  return (request.ifr_flags & IFF_RUNNING) != 0;
}
