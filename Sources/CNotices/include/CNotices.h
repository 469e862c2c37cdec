#pragma once
#include <stdbool.h>
#include <stdint.h>

// How a notice leaves this computer (Docs/Decisions/0028-notices.md): to a web hook by libcurl, to a syslog daemon, to a program that
// reads it. In C because libcurl's options are variadic, and because getaddrinfo, sockaddr_un, posix_spawn and poll take pointers to
// pointers and unions that should not reach Swift. Texts come in as octets, each ended by 0; answers go into a buffer of the caller's.
// Every function waits until it is done or its time is over, and may be called from any thread.

/// Limits of one delivery.
typedef struct {
  int connect_milliseconds, total_milliseconds;
  /// Octets of an answer's body that are looked at; the rest is not read.
  int body_octets;
} CNotices_limits;

/// What came of one delivery.
typedef struct {
  /// It was handed over: an HTTP answer of whatever status came, the datagrams left, the connection took all.
  bool handed;
  /// The HTTP status; 0 where there was none.
  int status;
  /// Seconds of Retry-After, -1 without one.
  int64_t retry_after;
  /// The certificate, or its name, is not one that was to be trusted; or the settings cannot be used.
  bool refused;
  /// How much of the answer buffer is used: the address that was reached and what went wrong, each ended by 0.
  int answer_octets;
} CNotices_result;

/// Sends one POST request. `text`: URL, file of authorities (empty: the system's), proxy (empty: none), user agent, then `fields` header
/// lines, each ended by 0; then the body. Only http and https, TLS 1.2 at least, no redirect, no proxy of the environment, no cookie,
/// no netrc. `fields` at most 32.
CNotices_result CNotices_post(CNotices_limits limits, const uint8_t *text, int count, int fields, uint8_t *answer, int capacity);

enum { CNOTICES_UNIX, CNOTICES_UDP, CNOTICES_TCP };

/// Sends messages to a syslog daemon. `text`: the path of its socket, or host and port, each ended by 0; then for each message four
/// octets of length (big-endian) and its octets. Over TCP each gets its length in digits and a blank in front (RFC 6587 §3.4.1).
CNotices_result CNotices_syslog(CNotices_limits limits, int transport, const uint8_t *text, int count, uint8_t *answer, int capacity);

/// Runs a program to its end, without a shell. `words` are its path and its arguments, `environment` all its variables, each ended by 0.
/// It reads `input` and then the end; the last of what it says goes into `answer`. It gets a process group of its own, which is killed
/// after `total_milliseconds`. Its exit status, 128 and the signal that ended it, -1 when it could not be begun, -2 when it took too long.
int CNotices_run(CNotices_limits limits, const uint8_t *words, int words_count, const uint8_t *environment, int environment_count,
                 const uint8_t *input, int input_count, uint8_t *answer, int capacity, int *answer_octets);

/// Opens (makes, with mode 0600) a file that locks its folder, and waits for the lock at most so long. A descriptor, or -errno;
/// -EWOULDBLOCK when another process holds it still. `name` ends in 0.
int CNotices_lock(const uint8_t *name, int count, int milliseconds);
void CNotices_unlock(int descriptor);

/// Writes octets into a new file with mode 0600 (or `mode`) beside `name`, has them on the disk, and puts it in the place of `name`.
/// 0 or -errno. `name` ends in 0.
int CNotices_replace(const uint8_t *name, int name_count, const uint8_t *octets, int count, int mode);

/// Reads a file that only its owner (this user, or root) can read or write: no symbolic link, a plain file, at most `capacity` octets. How many, or -errno;
/// -EPERM when others can read it, -EFBIG when it is longer.
int CNotices_read_secret(const uint8_t *name, int name_count, uint8_t *octets, int capacity);
