#define _GNU_SOURCE
#include "CNL80211.h"

#include <errno.h>
#include <net/if.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOST_SOCKETS = 8 };

static struct {
  struct nl_sock *socket;
  struct nl_msg *message;
  int family;
} table[MOST_SOCKETS];

static bool is_open(int socket) { return socket >= 0 && socket < MOST_SOCKETS && table[socket].socket; }

/// libnl has numbers of its own.
static int as_errno(int problem) {
  switch (-problem) {
  case NLE_OBJ_NOTFOUND: return -ENOENT;
  case NLE_PERM: return -EPERM;
  case NLE_NOMEM: return -ENOMEM;
  case NLE_NOACCESS: return -EACCES;
  case NLE_AF_NOSUPPORT:
  case NLE_PROTO_MISMATCH: return -EPROTONOSUPPORT;
  case NLE_OPNOTSUPP: return -EOPNOTSUPP;
  default: return -EPROTO;
  }
}

int CNL80211_open(void) {
  int number = 0;
  while (number < MOST_SOCKETS && table[number].socket) number++;
  if (number == MOST_SOCKETS) return -EMFILE;
  struct nl_sock *socket = nl_socket_alloc();
  if (!socket) return -ENOMEM;
  int status = genl_connect(socket);
  if (status < 0) {
    nl_socket_free(socket);
    return as_errno(status);
  }
  // A scan in a dense place is answered in one go.
  nl_socket_set_buffer_size(socket, 1 << 20, 0);
  int family = genl_ctrl_resolve(socket, "nl80211");
  if (family < 0) {
    nl_socket_free(socket);
    return as_errno(family);
  }
  table[number].socket = socket;
  table[number].family = family;
  return number;
}

void CNL80211_close(int socket) {
  if (!is_open(socket)) return;
  nlmsg_free(table[socket].message);
  nl_socket_free(table[socket].socket);
  memset(&table[socket], 0, sizeof table[socket]);
}

int CNL80211_family(int socket) { return is_open(socket) ? table[socket].family : -EBADF; }

int CNL80211_join(int socket, const char *group) {
  if (!is_open(socket)) return -EBADF;
  int number = genl_ctrl_resolve_grp(table[socket].socket, "nl80211", group);
  if (number < 0) return as_errno(number);
  int status = nl_socket_add_membership(table[socket].socket, number);
  return status < 0 ? as_errno(status) : 0;
}

int CNL80211_begin(int socket, uint8_t command, bool dump) {
  if (!is_open(socket)) return -EBADF;
  nlmsg_free(table[socket].message);
  table[socket].message = nlmsg_alloc();
  if (!table[socket].message) return -ENOMEM;
  bool is_there = genlmsg_put(table[socket].message, NL_AUTO_PORT, NL_AUTO_SEQ, table[socket].family, 0, dump ? NLM_F_DUMP : 0,
                              command, 0) != NULL;
  return is_there ? 0 : -ENOMEM;
}

static struct nl_msg *message(int socket) { return is_open(socket) ? table[socket].message : NULL; }

static int put(int status) { return status < 0 ? -ENOMEM : 0; }

int CNL80211_put_number(int socket, uint16_t attribute, uint32_t number) {
  return message(socket) ? put(nla_put_u32(message(socket), attribute, number)) : -EBADF;
}

int CNL80211_put_text(int socket, uint16_t attribute, const char *text) {
  return message(socket) ? put(nla_put_string(message(socket), attribute, text)) : -EBADF;
}

int CNL80211_put_flag(int socket, uint16_t attribute) {
  return message(socket) ? put(nla_put_flag(message(socket), attribute)) : -EBADF;
}

int CNL80211_put_numbers(int socket, uint16_t attribute, const uint32_t *numbers, int count) {
  if (!message(socket)) return -EBADF;
  struct nlattr *list = nla_nest_start(message(socket), attribute);
  if (!list) return -ENOMEM;
  for (int index = 0; index < count; index++)
    if (nla_put_u32(message(socket), index, numbers[index]) < 0) return -ENOMEM;
  return put(nla_nest_end(message(socket), list));
}

int CNL80211_put_any_name(int socket, uint16_t attribute) {
  if (!message(socket)) return -EBADF;
  struct nlattr *list = nla_nest_start(message(socket), attribute);
  if (!list || nla_put(message(socket), 1, 0, "") < 0) return -ENOMEM;
  return put(nla_nest_end(message(socket), list));
}

int CNL80211_send(int socket, uint32_t *sequence) {
  if (!message(socket)) return -EBADF;
  int status = nl_send_auto(table[socket].socket, table[socket].message);
  if (status >= 0) *sequence = nlmsg_hdr(table[socket].message)->nlmsg_seq;
  nlmsg_free(table[socket].message);
  table[socket].message = NULL;
  return status < 0 ? as_errno(status) : 0;
}

int CNL80211_receive(int socket, uint8_t *octets, int capacity, int milliseconds) {
  if (!is_open(socket)) return -EBADF;
  int descriptor = nl_socket_get_fd(table[socket].socket);
  struct pollfd waited = {.fd = descriptor, .events = POLLIN};
  int ready = poll(&waited, 1, milliseconds);
  if (ready <= 0) return ready == 0 || errno == EINTR ? 0 : -errno;
  struct sockaddr_nl sender = {0};
  struct iovec place = {octets, (size_t)capacity};
  struct msghdr received = {.msg_name = &sender, .msg_namelen = sizeof sender, .msg_iov = &place, .msg_iovlen = 1};
  ssize_t count = recvmsg(descriptor, &received, MSG_DONTWAIT);
  if (count < 0) return errno == EINTR || errno == EAGAIN ? 0 : -errno;
  // Another process may send to this socket as well; only the kernel's number is 0.
  if (sender.nl_pid != 0) return 0;
  return received.msg_flags & MSG_TRUNC ? -EMSGSIZE : (int)count;
}

/// Asks for, and with `wanted` adds, an interface's flags.
static int flags(const char *interface, short wanted) {
  struct ifreq request;
  memset(&request, 0, sizeof request);
  if (strlen(interface) >= sizeof request.ifr_name) return -ENODEV;
  strcpy(request.ifr_name, interface);
  int descriptor = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return -errno;
  int status = ioctl(descriptor, SIOCGIFFLAGS, &request) < 0 ? -errno : request.ifr_flags & 0xffff;
  if (status >= 0 && wanted) {
    request.ifr_flags |= wanted;
    if (ioctl(descriptor, SIOCSIFFLAGS, &request) < 0) status = -errno;
  }
  close(descriptor);
  return status;
}

int CNL80211_set_up(const char *interface) {
  int status = flags(interface, IFF_UP);
  return status < 0 ? status : 0;
}

int CNL80211_is_up(const char *interface) {
  int status = flags(interface, 0);
  return status < 0 ? status : (status & IFF_UP) != 0;
}
