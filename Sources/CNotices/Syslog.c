#define _GNU_SOURCE
#include "CNotices.h"
#include "Parts.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

int64_t CNotices_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/// Waits for the socket. 0, or -errno.
static int await(int descriptor, short events, int64_t until) {
  struct pollfd one = {.fd = descriptor, .events = events};
  for (;;) {
    int64_t left = until - CNotices_now();
    int ready = poll(&one, 1, left > 0 ? (int)left : 0);
    if (ready > 0) break;
    if (ready == 0) return -ETIMEDOUT;
    if (errno != EINTR) return -errno;
  }
  return 0;
}

static int pending_error(int descriptor) {
  int error = 0;
  socklen_t length = sizeof error;
  return getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &length) < 0 ? -errno : -error;
}

static int connect_within(int descriptor, const struct sockaddr *address, socklen_t length, int64_t until) {
  if (connect(descriptor, address, length) == 0) return 0;
  if (errno != EINPROGRESS && errno != EAGAIN) return -errno;
  int waited = await(descriptor, POLLOUT, until);
  return waited < 0 ? waited : pending_error(descriptor);
}

static int open_unix(const char *path, int64_t until, Answer *said) {
  struct sockaddr_un name = {.sun_family = AF_UNIX};
  CNotices_say(said, path);
  if (strlen(path) >= sizeof name.sun_path) return -ENAMETOOLONG;
  strcpy(name.sun_path, path);
  int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor < 0) return -errno;
  int result = connect_within(descriptor, (struct sockaddr *)&name, sizeof name, until);
  if (result == 0) return descriptor;
  close(descriptor);
  return result;
}

static int open_host(const char *host, const char *port, int kind, int64_t until, Answer *said) {
  struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = kind, .ai_flags = AI_NUMERICSERV}, *list = NULL;
  int found = getaddrinfo(host, port, &hints, &list);
  if (found != 0) {
    CNotices_say(said, host);
    return found == EAI_AGAIN ? -EAGAIN : -EHOSTUNREACH;
  }
  int result = -EHOSTUNREACH;
  char name[NI_MAXHOST] = "";
  for (struct addrinfo *one = list; one && result < 0; one = one->ai_next) {
    getnameinfo(one->ai_addr, one->ai_addrlen, name, sizeof name, NULL, 0, NI_NUMERICHOST);
    int descriptor = socket(one->ai_family, kind | SOCK_CLOEXEC | SOCK_NONBLOCK, one->ai_protocol);
    if (descriptor < 0) continue;
    result = connect_within(descriptor, one->ai_addr, one->ai_addrlen, until);
    if (result == 0) {
      result = descriptor;
    } else {
      close(descriptor);
    }
  }
  freeaddrinfo(list);
  CNotices_say(said, name);
  return result;
}

/// Sends all octets of a stream, or one datagram. 0, or -errno.
static int send_all(int descriptor, const uint8_t *octets, int count, int64_t until) {
  for (int sent = 0; sent < count;) {
    ssize_t now = send(descriptor, octets + sent, (size_t)(count - sent), MSG_NOSIGNAL);
    if (now > 0) {
      sent += (int)now;
      continue;
    }
    if (now < 0 && errno != EAGAIN && errno != EINTR && errno != ENOBUFS) return -errno;
    if (now < 0 && errno == ENOBUFS) {
      const struct timespec pause = {.tv_nsec = 10 * 1000 * 1000};
      nanosleep(&pause, NULL);
      if (CNotices_now() >= until) return -ENOBUFS;
    }
    int waited = await(descriptor, POLLOUT, until);
    if (waited < 0) return waited;
  }
  return 0;
}

/// Whether the other side took it: over TCP it closes in its turn without a reset, or says nothing for a while; over UDP no refusal comes.
static int settle(int descriptor, int transport, int64_t until) {
  if (transport == CNOTICES_UNIX) return 0;
  int64_t end = CNotices_now() + (transport == CNOTICES_TCP ? 1000 : 100);
  if (end > until) end = until;
  if (transport == CNOTICES_TCP) shutdown(descriptor, SHUT_WR);
  uint8_t rest[512];
  while (await(descriptor, POLLIN, end) == 0) {
    ssize_t count = recv(descriptor, rest, sizeof rest, 0);
    if (count == 0 && transport == CNOTICES_TCP) return 0;
    if (count < 0 && errno != EAGAIN && errno != EINTR) return -errno;
  }
  return pending_error(descriptor);
}

static int send_messages(int descriptor, int transport, const uint8_t *text, int count, int place, int64_t until) {
  while (place + 4 <= count) {
    uint32_t length = (uint32_t)text[place] << 24 | (uint32_t)text[place + 1] << 16 | (uint32_t)text[place + 2] << 8 | text[place + 3];
    place += 4;
    if (length > (uint32_t)(count - place)) return -EINVAL;
    char digits[16];
    int result = 0;
    if (transport == CNOTICES_TCP) {
      result = send_all(descriptor, (uint8_t *)digits, snprintf(digits, sizeof digits, "%u ", length), until);
    }
    if (result == 0) result = send_all(descriptor, text + place, (int)length, until);
    if (result < 0) return result;
    place += (int)length;
  }
  return 0;
}

CNotices_result CNotices_syslog(CNotices_limits limits, int transport, const uint8_t *text, int count, uint8_t *answer, int capacity) {
  CNotices_result result = {.retry_after = -1};
  Answer said = {answer, capacity, 0};
  int64_t until = CNotices_now() + limits.total_milliseconds;
  int64_t connected = CNotices_now() + limits.connect_milliseconds;
  int place = 0;
  const char *name = CNotices_next(text, count, &place);
  const char *port = transport == CNOTICES_UNIX ? "" : CNotices_next(text, count, &place);
  int state = -EINVAL;
  if (name && port) {
    state = transport == CNOTICES_UNIX ? open_unix(name, connected, &said)
                                       : open_host(name, port, transport == CNOTICES_UDP ? SOCK_DGRAM : SOCK_STREAM, connected, &said);
  }
  if (state >= 0) {
    int descriptor = state;
    state = send_messages(descriptor, transport, text, count, place, until);
    if (state == 0) state = settle(descriptor, transport, until);
    close(descriptor);
  }
  char words[128] = "";
  result.handed = state == 0;
  if (state < 0) CNotices_say(&said, strerror_r(-state, words, sizeof words));
  result.answer_octets = said.used;
  return result;
}
