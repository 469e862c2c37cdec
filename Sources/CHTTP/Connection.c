#define _GNU_SOURCE
#include "Exchange.h"

// After netinet/in.h, whose types it needs.
#include <linux/tcp.h>
#include <string.h>
#include <unistd.h>

socklen_t CHTTP_store_address(uint64_t high, uint64_t low, bool is_ipv4, uint32_t zone, uint16_t port,
                              struct sockaddr_storage *result) {
  memset(result, 0, sizeof *result);
  if (is_ipv4) {
    struct sockaddr_in *v4 = (struct sockaddr_in *)result;
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    v4->sin_addr.s_addr = htonl((uint32_t)low);
    return sizeof *v4;
  }
  struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)result;
  v6->sin6_family = AF_INET6;
  v6->sin6_port = htons(port);
  v6->sin6_scope_id = zone;
  for (int i = 0; i < 8; i++) {
    v6->sin6_addr.s6_addr[i] = (uint8_t)(high >> (56 - 8 * i));
    v6->sin6_addr.s6_addr[8 + i] = (uint8_t)(low >> (56 - 8 * i));
  }
  return sizeof *v6;
}

/// The address that libcurl wants to connect to is, octet by octet, the one that was permitted. Its zone is set here:
/// libcurl would do so later.
static bool is_permitted(const CHTTP_request *request, struct curl_sockaddr *wanted) {
  struct sockaddr_storage permitted;
  CHTTP_store_address(request->high, request->low, request->is_ipv4, request->zone, request->port, &permitted);
  if (wanted->family != permitted.ss_family || wanted->socktype != SOCK_STREAM) return false;
  if (wanted->family == AF_INET) {
    const struct sockaddr_in *left = (const struct sockaddr_in *)&wanted->addr, *right = (void *)&permitted;
    return wanted->addrlen == sizeof *left && left->sin_port == right->sin_port &&
           left->sin_addr.s_addr == right->sin_addr.s_addr;
  }
  struct sockaddr_in6 *left = (struct sockaddr_in6 *)&wanted->addr, *right = (void *)&permitted;
  if (wanted->addrlen < sizeof *left || left->sin6_port != right->sin6_port) return false;
  if (memcmp(&left->sin6_addr, &right->sin6_addr, sizeof left->sin6_addr) != 0) return false;
  left->sin6_scope_id = request->zone;
  return true;
}

curl_socket_t CHTTP_open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *wanted) {
  Exchange *exchange = context;
  const CHTTP_request *request = &exchange->request;
  // One exchange is one connection: not a second one either.
  if (purpose != CURLSOCKTYPE_IPCXN || exchange->opened || !is_permitted(request, wanted)) {
    exchange->refused = true;
    return CURL_SOCKET_BAD;
  }
  int descriptor = socket(wanted->family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor < 0) return CURL_SOCKET_BAD;
  int window = request->receive_octets, off = 0;
  setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &window, sizeof window);
  // The handshake's last acknowledgement goes with the request, and later ones are for two segments each.
  setsockopt(descriptor, IPPROTO_TCP, TCP_QUICKACK, &off, sizeof off);
  if (request->has_source) {
    struct sockaddr_storage source;
    socklen_t length =
        CHTTP_store_address(request->source_high, request->source_low, request->is_ipv4, request->zone, 0, &source);
    if (bind(descriptor, (struct sockaddr *)&source, length) < 0) {
      close(descriptor);
      return CURL_SOCKET_BAD;
    }
  }
  exchange->opened = true;
  exchange->descriptor = descriptor;
  return descriptor;
}

static uint32_t sent(int descriptor) {
  struct tcp_info info;
  socklen_t length = sizeof info;
  memset(&info, 0, sizeof info);
  return getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &info, &length) < 0 ? 0 : info.tcpi_segs_out;
}

void CHTTP_note_socket(Exchange *exchange) {
  if (exchange->descriptor < 0) return;
  uint32_t segments = sent(exchange->descriptor);
  if (segments > exchange->segments) exchange->segments = segments;
  struct sockaddr_storage local;
  socklen_t length = sizeof local;
  if (exchange->local_port || getsockname(exchange->descriptor, (struct sockaddr *)&local, &length) < 0) return;
  exchange->local_port = ntohs(local.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&local)->sin6_port
                                                           : ((struct sockaddr_in *)&local)->sin_port);
}

int CHTTP_close_socket(void *context, curl_socket_t descriptor) {
  Exchange *exchange = context;
  // The FIN leaves now, so that it is counted.
  shutdown(descriptor, SHUT_WR);
  CHTTP_note_socket(exchange);
  exchange->descriptor = -1;
  return close(descriptor);
}
