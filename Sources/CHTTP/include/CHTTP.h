#pragma once
#include <stdbool.h>
#include <stdint.h>

// One HTTP exchange over one connection, by libcurl (Docs/Decisions/0009-http-client.md). In C because libcurl's options
// are variadic functions, which Swift cannot call, and because its callbacks get pointers of libcurl's and OpenSSL's
// that should not leave this file. An exchange is named by a number, as a descriptor is: no pointer reaches Swift, and
// a wrong number is an error instead of a wild access. The functions may be called from any thread, but those that
// name the same exchange from one at a time.

/// What one exchange may do. The address is the only one that a socket is ever made for.
typedef struct {
  /// As in CLinux_address: an IPv4 address lies in the low 32 bits of `low`.
  uint64_t high, low;
  bool is_ipv4;
  /// The interface of a link-local address, 0 for none.
  uint32_t zone;
  uint16_t port;
  bool secure;
  /// 0 GET, 1 HEAD, 2 POST.
  int method;
  /// The local address of the same family, when there is one.
  bool has_source;
  uint64_t source_high, source_low;
  /// Octets that are kept of the head and of the decoded body; more ends the exchange.
  int head_limit, body_limit;
  /// Octets of one read, 1024 … 16384, and of the receive buffer.
  int read_octets, receive_octets;
  /// Until the connection is made, and until the exchange is over.
  int connect_milliseconds, total_milliseconds;
  /// How `text` is divided: strings with a NUL after each (request target, user agent, then `fields` header
  /// lines), then the body.
  int fields;
} CHTTP_request;

/// Begins an exchange. Nothing is sent before CHTTP_perform.
/// Returns its number, or -1 when there is no room for it or libcurl does not know an option.
int CHTTP_begin(CHTTP_request request, const uint8_t *text, int count);

/// Does what can be done without waiting, one read at most. Returns whether the exchange is over.
bool CHTTP_perform(int exchange);

/// Ends it and forgets its number. The connection is closed; a device that still sends gets a RST.
void CHTTP_end(int exchange);

/// The socket, -1 before it is made and after it was closed.
int CHTTP_descriptor(int exchange);
/// TCP segments that this host has sent for the exchange so far, as the kernel counts them.
uint32_t CHTTP_segments(int exchange);
uint16_t CHTTP_local_port(int exchange);

/// Of an exchange that is over: whether it went by the book; whether a limit ended it.
bool CHTTP_is_whole(int exchange);
bool CHTTP_hit_body_limit(int exchange);
bool CHTTP_hit_head_limit(int exchange);
/// No socket was made because the address was not the one permitted: a defect.
bool CHTTP_was_refused(int exchange);

enum {
  /// Octets as they left, before TLS.
  CHTTP_REQUEST,
  /// Octets as they came, after TLS.
  CHTTP_RESPONSE,
  /// The head's lines.
  CHTTP_HEAD,
  /// The body, decoded from its transfer coding.
  CHTTP_BODY,
  /// The server's certificates, DER, four octets of length (big-endian) before each.
  CHTTP_CERTIFICATES,
  /// Why it failed, in words.
  CHTTP_ERROR,
};
int CHTTP_size(int exchange, int part);
/// Copies at most `capacity` octets of a part and returns how many.
int CHTTP_copy(int exchange, int part, uint8_t *octets, int capacity);
