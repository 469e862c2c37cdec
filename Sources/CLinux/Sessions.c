#define _GNU_SOURCE
#include "CLinux.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
// After netinet/in.h, whose types it needs.
#include <linux/errqueue.h>
#include <linux/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static int fail(int descriptor) {
  int error = errno;
  if (descriptor >= 0) close(descriptor);
  return -error;
}

/// Fills in a socket address and returns its length.
static socklen_t store(CLinux_address address, uint32_t zone, uint16_t port, struct sockaddr_storage *result) {
  memset(result, 0, sizeof *result);
  if (address.is_ipv4) {
    struct sockaddr_in *v4 = (struct sockaddr_in *)result;
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    v4->sin_addr.s_addr = htonl((uint32_t)address.low);
    return sizeof *v4;
  }
  struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)result;
  v6->sin6_family = AF_INET6;
  v6->sin6_port = htons(port);
  v6->sin6_scope_id = zone;
  for (int i = 0; i < 8; i++) {
    v6->sin6_addr.s6_addr[i] = (uint8_t)(address.high >> (56 - 8 * i));
    v6->sin6_addr.s6_addr[8 + i] = (uint8_t)(address.low >> (56 - 8 * i));
  }
  return sizeof *v6;
}

int CLinux_begin_connect(CLinux_address destination, uint32_t zone, uint16_t port, CLinux_address source,
                         bool has_source, int receive_octets, bool report_icmp) {
  int family = destination.is_ipv4 ? AF_INET : AF_INET6;
  int descriptor = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor < 0) return fail(-1);
  // A small window: the device is not made to send, and this kernel to acknowledge, more than is read.
  int window = receive_octets;
  if (setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &window, sizeof window) < 0) return fail(descriptor);
  int on = 1;
  int level = destination.is_ipv4 ? IPPROTO_IP : IPPROTO_IPV6;
  int option = destination.is_ipv4 ? IP_RECVERR : IPV6_RECVERR;
  if (report_icmp && setsockopt(descriptor, level, option, &on, sizeof on) < 0) return fail(descriptor);
  struct sockaddr_storage address;
  if (has_source) {
    socklen_t length = store(source, zone, 0, &address);
    if (bind(descriptor, (struct sockaddr *)&address, length) < 0) return fail(descriptor);
  }
  socklen_t length = store(destination, zone, port, &address);
  if (connect(descriptor, (struct sockaddr *)&address, length) < 0 && errno != EINPROGRESS) return fail(descriptor);
  return descriptor;
}

void CLinux_delay_acknowledgements(int descriptor) {
  int off = 0;
  setsockopt(descriptor, IPPROTO_TCP, TCP_QUICKACK, &off, sizeof off);
}

int CLinux_socket_error(int descriptor) {
  int error = 0;
  socklen_t length = sizeof error;
  if (getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &length) < 0) return errno;
  return error;
}

bool CLinux_peer_closed(int descriptor) {
  struct pollfd state = {.fd = descriptor, .events = POLLRDHUP};
  return poll(&state, 1, 0) > 0 && state.revents & (POLLRDHUP | POLLHUP | POLLERR);
}

uint16_t CLinux_local_port(int descriptor) {
  struct sockaddr_storage local;
  socklen_t length = sizeof local;
  if (getsockname(descriptor, (struct sockaddr *)&local, &length) < 0) return 0;
  if (local.ss_family == AF_INET6) return ntohs(((struct sockaddr_in6 *)&local)->sin6_port);
  return ntohs(((struct sockaddr_in *)&local)->sin_port);
}

static bool same_address(const struct sockaddr_storage *left, const struct sockaddr_storage *right) {
  if (left->ss_family != right->ss_family) return false;
  if (left->ss_family == AF_INET6) {
    return !memcmp(&((const struct sockaddr_in6 *)left)->sin6_addr, &((const struct sockaddr_in6 *)right)->sin6_addr,
                   sizeof(struct in6_addr));
  }
  return ((const struct sockaddr_in *)left)->sin_addr.s_addr == ((const struct sockaddr_in *)right)->sin_addr.s_addr;
}

CLinux_icmp_error CLinux_take_icmp_error(int descriptor, CLinux_address destination) {
  CLinux_icmp_error result = {false, false, false, 0};
  uint8_t quoted[512];
  union {
    struct cmsghdr aligned;
    uint8_t octets[512];
  } control;
  struct iovec data = {.iov_base = quoted, .iov_len = sizeof quoted};
  struct msghdr message;
  memset(&message, 0, sizeof message);
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control.octets;
  message.msg_controllen = sizeof control.octets;
  // Where the datagram went that brought the error.
  struct sockaddr_storage asked, device;
  memset(&asked, 0, sizeof asked);
  message.msg_name = &asked;
  message.msg_namelen = sizeof asked;
  if (recvmsg(descriptor, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) return result;
  store(destination, 0, 0, &device);
  result.of_other = message.msg_namelen > 0 && !same_address(&asked, &device);
  for (struct cmsghdr *part = CMSG_FIRSTHDR(&message); part; part = CMSG_NXTHDR(&message, part)) {
    bool v4 = part->cmsg_level == IPPROTO_IP && part->cmsg_type == IP_RECVERR;
    bool v6 = part->cmsg_level == IPPROTO_IPV6 && part->cmsg_type == IPV6_RECVERR;
    if (!v4 && !v6) continue;
    struct {
      struct sock_extended_err error;
      struct sockaddr_storage offender;
    } told;
    memset(&told, 0, sizeof told);
    size_t length = part->cmsg_len - CMSG_LEN(0);
    memcpy(&told, CMSG_DATA(part), length < sizeof told ? length : sizeof told);
    result.was_icmp = told.error.ee_origin == SO_EE_ORIGIN_ICMP || told.error.ee_origin == SO_EE_ORIGIN_ICMP6;
    result.code = told.error.ee_code;
    struct sockaddr_storage own;
    socklen_t size = sizeof own;
    // Over loopback this host is the device, too.
    result.from_self = result.was_icmp && getsockname(descriptor, (struct sockaddr *)&own, &size) == 0 &&
                       same_address(&told.offender, &own) && !same_address(&told.offender, &device);
    return result;
  }
  return result;
}

uint32_t CLinux_segments_sent(int descriptor) {
  struct tcp_info info;
  socklen_t length = sizeof info;
  memset(&info, 0, sizeof info);
  if (getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &info, &length) < 0) return 0;
  return info.tcpi_segs_out;
}

int CLinux_raise_descriptor_limit(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) < 0) return 256;
  rlim_t soft = limit.rlim_cur;
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &limit) < 0) limit.rlim_cur = soft;
  return limit.rlim_cur > 1 << 20 ? 1 << 20 : (int)limit.rlim_cur;
}

void CLinux_reset_on_close(int descriptor) {
  struct linger none = {.l_onoff = 1, .l_linger = 0};
  setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &none, sizeof none);
}

int CLinux_open_ready_set(void) {
  int set = epoll_create1(EPOLL_CLOEXEC);
  return set < 0 ? fail(-1) : set;
}

int CLinux_watch(int set, int descriptor, uint64_t number, bool connecting) {
  struct epoll_event event;
  memset(&event, 0, sizeof event);
  event.events = connecting ? EPOLLOUT : EPOLLIN;
  event.data.u64 = number;
  if (epoll_ctl(set, EPOLL_CTL_ADD, descriptor, &event) == 0) return 0;
  if (errno == EEXIST && epoll_ctl(set, EPOLL_CTL_MOD, descriptor, &event) == 0) return 0;
  return -errno;
}

int CLinux_take_ready(int set, uint64_t *numbers, int capacity) {
  struct epoll_event events[64];
  int count = epoll_wait(set, events, capacity < 64 ? capacity : 64, 0);
  for (int i = 0; i < count; i++) numbers[i] = events[i].data.u64;
  return count < 0 ? 0 : count;
}

int CLinux_open_datagrams(CLinux_address destination, uint32_t zone, uint16_t port, CLinux_address source,
                          bool has_source, uint16_t local_port, bool connected) {
  int family = destination.is_ipv4 ? AF_INET : AF_INET6;
  int descriptor = socket(family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor < 0) return fail(-1);
  int on = 1, room = 16384;
  int level = destination.is_ipv4 ? IPPROTO_IP : IPPROTO_IPV6;
  int option = destination.is_ipv4 ? IP_RECVERR : IPV6_RECVERR;
  if (setsockopt(descriptor, level, option, &on, sizeof on) < 0) return fail(descriptor);
  if (setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &room, sizeof room) < 0) return fail(descriptor);
  if (local_port && setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0) return fail(descriptor);
  if (!destination.is_ipv4 && setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) < 0)
    return fail(descriptor);
  struct sockaddr_storage address;
  CLinux_address any = {.high = 0, .low = 0, .is_ipv4 = destination.is_ipv4};
  socklen_t length = store(has_source ? source : any, has_source ? zone : 0, local_port, &address);
  if ((has_source || local_port) && bind(descriptor, (struct sockaddr *)&address, length) < 0) return fail(descriptor);
  length = store(destination, zone, port, &address);
  if (connected && connect(descriptor, (struct sockaddr *)&address, length) < 0) return fail(descriptor);
  return descriptor;
}

int CLinux_send_datagram(int descriptor, const uint8_t *octets, int count, CLinux_address destination, uint32_t zone,
                         uint16_t port) {
  struct sockaddr_storage address;
  socklen_t length = store(destination, zone, port, &address);
  ssize_t sent = sendto(descriptor, octets, (size_t)count, MSG_NOSIGNAL, (struct sockaddr *)&address, length);
  return sent < 0 ? -errno : 0;
}

int CLinux_take_datagram(int descriptor, uint8_t *octets, int capacity, CLinux_address *sender) {
  struct sockaddr_storage address;
  socklen_t length = sizeof address;
  memset(&address, 0, sizeof address);
  ssize_t count = recvfrom(descriptor, octets, (size_t)capacity, 0, (struct sockaddr *)&address, &length);
  if (count < 0) return -errno;
  memset(sender, 0, sizeof *sender);
  if (address.ss_family == AF_INET) {
    sender->is_ipv4 = true;
    sender->low = ntohl(((struct sockaddr_in *)&address)->sin_addr.s_addr);
    return (int)count;
  }
  const uint8_t *v6 = ((struct sockaddr_in6 *)&address)->sin6_addr.s6_addr;
  for (int i = 0; i < 8; i++) {
    sender->high = sender->high << 8 | v6[i];
    sender->low = sender->low << 8 | v6[8 + i];
  }
  return (int)count;
}
