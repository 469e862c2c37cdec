#define _GNU_SOURCE
#include "CLab.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/ethtool.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static struct ifreq request(const char *interface) {
  struct ifreq request;
  memset(&request, 0, sizeof request);
  strncpy(request.ifr_name, interface, IFNAMSIZ - 1);
  return request;
}

int CLab_plain_link(const char *interface) {
  int descriptor = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return -1;
  static const uint32_t switches[] = {ETHTOOL_STSO, ETHTOOL_SGSO, ETHTOOL_SGRO, ETHTOOL_STXCSUM};
  int result = 0;
  for (size_t i = 0; i < sizeof switches / sizeof switches[0] && result == 0; i++) {
    struct ethtool_value off = {.cmd = switches[i], .data = 0};
    struct ifreq ask = request(interface);
    ask.ifr_data = (char *)&off;
    result = ioctl(descriptor, SIOCETHTOOL, &ask);
  }
  close(descriptor);
  return result;
}

int CLab_link_down(int descriptor, const char *interface) {
  struct ifreq ask = request(interface);
  if (ioctl(descriptor, SIOCGIFFLAGS, &ask) != 0) return -1;
  ask.ifr_flags &= (short)~IFF_UP;
  return ioctl(descriptor, SIOCSIFFLAGS, &ask);
}

int CLab_open_watch(const char *interface) {
  // Protocol 0 at first: nothing is heard before the socket is bound to its one interface.
  int descriptor = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor < 0) return -1;
  int on = 1, room = 64 << 20;
  struct sockaddr_ll place = {
    .sll_family = AF_PACKET,
    .sll_protocol = htons(ETH_P_ALL),
    .sll_ifindex = (int)if_nametoindex(interface),
  };
  if (setsockopt(descriptor, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on) != 0
      || setsockopt(descriptor, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on) != 0
      || setsockopt(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room) != 0
      || bind(descriptor, (struct sockaddr *)&place, sizeof place) != 0) {
    int reason = errno;
    close(descriptor);
    errno = reason;
    return -1;
  }
  return descriptor;
}

int64_t CLab_now(void) {
  struct timespec at;
  clock_gettime(CLOCK_REALTIME, &at);
  return (int64_t)at.tv_sec * 1000000000 + at.tv_nsec;
}

int CLab_receive(int descriptor, CLab_frame *frame) {
  uint8_t front[64];
  return CLab_receive_octets(descriptor, frame, front, sizeof front);
}

int CLab_receive_octets(int descriptor, CLab_frame *frame, uint8_t *front, size_t room) {
  memset(front, 0, room < 64 ? room : 64);
  char control[128];
  struct sockaddr_ll from;
  struct iovec part = {front, room};
  struct msghdr message = {
    .msg_name = &from, .msg_namelen = sizeof from, .msg_iov = &part, .msg_iovlen = 1,
    .msg_control = control, .msg_controllen = sizeof control,
  };
  ssize_t count = recvmsg(descriptor, &message, MSG_DONTWAIT);
  if (count < 0) return errno == EAGAIN || errno == EINTR || errno == ENETDOWN ? 0 : -1;
  frame->count = (uint32_t)count;
  frame->nanoseconds = CLab_now();
  for (struct cmsghdr *c = CMSG_FIRSTHDR(&message); c; c = CMSG_NXTHDR(&message, c))
    if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS) {
      struct timespec at;
      memcpy(&at, CMSG_DATA(c), sizeof at);
      frame->nanoseconds = (int64_t)at.tv_sec * 1000000000 + at.tv_nsec;
    }
  frame->kind = from.sll_pkttype;
  frame->ether_type = (uint16_t)(front[12] << 8 | front[13]);
  frame->arp_target = 0;
  // RFC 826 over Ethernet: the target protocol address is 24 octets into the ARP packet.
  if (frame->ether_type == ETH_P_ARP && count >= 42)
    frame->arp_target = (uint32_t)front[38] << 24 | (uint32_t)front[39] << 16
      | (uint32_t)front[40] << 8 | front[41];
  return 1;
}

uint32_t CLab_missed(int descriptor) {
  struct tpacket_stats counts = {0};
  socklen_t size = sizeof counts;
  if (getsockopt(descriptor, SOL_PACKET, PACKET_STATISTICS, &counts, &size) != 0) return 0;
  return counts.tp_drops;
}

int CLab_join_group(const char *interface, uint16_t port) {
  int descriptor = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor < 0) return -1;
  struct sockaddr_in6 place = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
  struct ipv6_mreq group = {.ipv6mr_interface = if_nametoindex(interface)};
  if (bind(descriptor, (struct sockaddr *)&place, sizeof place) != 0
      || inet_pton(AF_INET6, "ff02::fb", &group.ipv6mr_multiaddr) != 1
      || setsockopt(descriptor, IPPROTO_IPV6, IPV6_JOIN_GROUP, &group, sizeof group) != 0) {
    int reason = errno;
    close(descriptor);
    errno = reason;
    return -1;
  }
  return descriptor;
}

int CLab_listen(uint16_t port) {
  int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor < 0) return -1;
  int on = 1;
  struct sockaddr_in place = {.sin_family = AF_INET, .sin_port = htons(port)};
  if (setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0
      || bind(descriptor, (struct sockaddr *)&place, sizeof place) != 0
      || listen(descriptor, 64) != 0) {
    close(descriptor);
    return -1;
  }
  return descriptor;
}
