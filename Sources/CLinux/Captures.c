#define _GNU_SOURCE
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "CLinuxPackets.h"

enum { ADDRESSES = 12, TAG = 4 };

static int set(int descriptor, int level, int name, int value) {
  return setsockopt(descriptor, level, name, &value, sizeof value);
}

int CLinux_open_capture(int interface_index, const void *filter, uint16_t length, int room) {
  // Protocol 0 until the filter stands.
  int descriptor = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor < 0) return -errno;
  struct sock_fprog program = {.len = length, .filter = (struct sock_filter *)filter};
  struct sockaddr_ll address = {
      .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = interface_index};
  // Beyond the system's limit where this process may, up to it elsewhere.
  if (set(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, room) < 0) set(descriptor, SOL_SOCKET, SO_RCVBUF, room);
  if (setsockopt(descriptor, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) < 0 ||
      set(descriptor, SOL_PACKET, PACKET_AUXDATA, 1) < 0 || set(descriptor, SOL_SOCKET, SO_TIMESTAMPNS, 1) < 0 ||
      bind(descriptor, (struct sockaddr *)&address, sizeof address) < 0) {
    int error = errno;
    close(descriptor);
    return -error;
  }
  return descriptor;
}

// What the kernel says beside the octets.
static void read_beside(struct msghdr *message, struct tpacket_auxdata *facts, int64_t *at) {
  for (struct cmsghdr *part = CMSG_FIRSTHDR(message); part; part = CMSG_NXTHDR(message, part)) {
    if (part->cmsg_level == SOL_PACKET && part->cmsg_type == PACKET_AUXDATA) {
      memcpy(facts, CMSG_DATA(part), sizeof *facts);
    } else if (part->cmsg_level == SOL_SOCKET && part->cmsg_type == SCM_TIMESTAMPNS) {
      struct timespec time;
      memcpy(&time, CMSG_DATA(part), sizeof time);
      *at = (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
    }
  }
}

int CLinux_take_frame(int descriptor, uint8_t *octets, uint32_t room, CLinux_heard *heard) {
  _Alignas(struct cmsghdr) char beside[CMSG_SPACE(sizeof(struct tpacket_auxdata)) + CMSG_SPACE(sizeof(struct timespec))];
  struct iovec place = {.iov_base = octets, .iov_len = room - TAG};
  struct msghdr message = {
      .msg_iov = &place, .msg_iovlen = 1, .msg_control = beside, .msg_controllen = sizeof beside};
  ssize_t length;
  do length = recvmsg(descriptor, &message, 0);
  while (length < 0 && errno == EINTR);
  if (length < 0) return errno == EAGAIN ? 0 : -errno;

  struct tpacket_auxdata facts = {.tp_len = (uint32_t)length};
  *heard = (CLinux_heard){.stored = (uint32_t)length};
  read_beside(&message, &facts, &heard->at);
  heard->original = facts.tp_len;
  if (facts.tp_status & TP_STATUS_VLAN_VALID && length >= ADDRESSES) {
    uint16_t type = facts.tp_status & TP_STATUS_VLAN_TPID_VALID ? facts.tp_vlan_tpid : ETH_P_8021Q;
    uint16_t tag[] = {htons(type), htons(facts.tp_vlan_tci)};
    memmove(octets + ADDRESSES + TAG, octets + ADDRESSES, (size_t)length - ADDRESSES);
    memcpy(octets + ADDRESSES, tag, TAG);
    heard->stored += TAG;
    heard->original += TAG;
  }
  return 1;
}

int CLinux_count_frames(int descriptor, uint32_t *passed, uint32_t *lost) {
  struct tpacket_stats counts;
  socklen_t length = sizeof counts;
  if (getsockopt(descriptor, SOL_PACKET, PACKET_STATISTICS, &counts, &length) < 0) return -errno;
  *passed = counts.tp_packets;
  *lost = counts.tp_drops;
  return 0;
}

static void *close_it(void *descriptor) {
  close((int)(intptr_t)descriptor);
  return NULL;
}

void CLinux_close_aside(int descriptor) {
  pthread_t thread;
  pthread_attr_t attributes;
  sigset_t all, before;
  sigfillset(&all);
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&attributes, 64 << 10);
  // Signals are the business of the thread that counts them.
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int failed = pthread_create(&thread, &attributes, close_it, (void *)(intptr_t)descriptor);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  pthread_attr_destroy(&attributes);
  if (failed) close(descriptor);
}
