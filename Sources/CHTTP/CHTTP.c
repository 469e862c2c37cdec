#define _GNU_SOURCE
#include "CHTTP.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <errno.h>
#include <netinet/in.h>
// After netinet/in.h, whose types it needs.
#include <linux/tcp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MOST_EXCHANGES = 256, PARTS = 6, MOST_CHAIN = 65536, MOST_CERTIFICATES = 16, MOST_REQUEST = 1 << 20 };

typedef struct {
  uint8_t *octets;
  int count, limit;
} Store;

typedef struct {
  CHTTP_request request;
  CURLM *multi;
  CURL *easy;
  struct curl_slist *fields;
  Store parts[PARTS];
  int descriptor;
  uint32_t segments;
  uint16_t local_port;
  /// Octets that were read in this step.
  size_t taken;
  bool over, whole, hit_body, hit_head, refused, opened, paused;
  char error[CURL_ERROR_SIZE];
} Exchange;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static Exchange *exchanges[MOST_EXCHANGES];

static void start_library(void) { curl_global_init(CURL_GLOBAL_DEFAULT); }

static Exchange *find(int number) {
  if (number < 0 || number >= MOST_EXCHANGES) return NULL;
  pthread_mutex_lock(&lock);
  Exchange *exchange = exchanges[number];
  pthread_mutex_unlock(&lock);
  return exchange;
}

/// Keeps what fits the limit; returns whether all of it did.
static bool keep(Store *store, const void *octets, size_t count) {
  size_t room = (size_t)(store->limit - store->count);
  size_t taken = count < room ? count : room;
  if (taken > 0) {
    uint8_t *longer = realloc(store->octets, (size_t)store->count + taken);
    if (!longer) return false;
    memcpy(longer + store->count, octets, taken);
    store->octets = longer;
    store->count += (int)taken;
  }
  return taken == count;
}

// MARK: What libcurl asks

static socklen_t store_address(uint64_t high, uint64_t low, bool is_ipv4, uint32_t zone, uint16_t port,
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
  store_address(request->high, request->low, request->is_ipv4, request->zone, request->port, &permitted);
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

static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *wanted) {
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
        store_address(request->source_high, request->source_low, request->is_ipv4, request->zone, 0, &source);
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

static void note_socket(Exchange *exchange) {
  if (exchange->descriptor < 0) return;
  uint32_t segments = sent(exchange->descriptor);
  if (segments > exchange->segments) exchange->segments = segments;
  struct sockaddr_storage local;
  socklen_t length = sizeof local;
  if (exchange->local_port || getsockname(exchange->descriptor, (struct sockaddr *)&local, &length) < 0) return;
  exchange->local_port = ntohs(local.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&local)->sin6_port
                                                           : ((struct sockaddr_in *)&local)->sin_port);
}

static int close_socket(void *context, curl_socket_t descriptor) {
  Exchange *exchange = context;
  // The FIN leaves now, so that it is counted.
  shutdown(descriptor, SHUT_WR);
  note_socket(exchange);
  exchange->descriptor = -1;
  return close(descriptor);
}

static size_t take_body(char *octets, size_t size, size_t count, void *context) {
  Exchange *exchange = context;
  if (keep(&exchange->parts[CHTTP_BODY], octets, size * count)) return size * count;
  exchange->hit_body = true;
  return 0;
}

static size_t take_head(char *octets, size_t size, size_t count, void *context) {
  Exchange *exchange = context;
  if (keep(&exchange->parts[CHTTP_HEAD], octets, size * count)) return size * count;
  exchange->hit_head = true;
  return 0;
}

static int witness(CURL *easy, curl_infotype kind, char *octets, size_t count, void *context) {
  Exchange *exchange = context;
  (void)easy;
  if (kind == CURLINFO_HEADER_OUT || kind == CURLINFO_DATA_OUT) keep(&exchange->parts[CHTTP_REQUEST], octets, count);
  if (kind != CURLINFO_HEADER_IN && kind != CURLINFO_DATA_IN) return 0;
  keep(&exchange->parts[CHTTP_RESPONSE], octets, count);
  // libcurl reads on as long as there is something to read, which keeps the device sending. Pausing in the middle of
  // it ends its loop; nothing that was read is lost.
  exchange->taken += count;
  if (exchange->taken >= (size_t)exchange->request.read_octets && !exchange->paused) {
    exchange->paused = curl_easy_pause(exchange->easy, CURLPAUSE_RECV) == CURLE_OK;
  }
  return 0;
}

/// Certificates are looked at, not trusted: all that the server sent are kept, whatever they say.
static int take_certificates(X509_STORE_CTX *verification, void *context) {
  Exchange *exchange = context;
  Store *chain = &exchange->parts[CHTTP_CERTIFICATES];
  STACK_OF(X509) *shown = X509_STORE_CTX_get0_untrusted(verification);
  chain->count = 0;
  for (int i = 0; i < sk_X509_num(shown) && i < MOST_CERTIFICATES; i++) {
    unsigned char *der = NULL;
    int length = i2d_X509(sk_X509_value(shown, i), &der);
    if (length < 0) continue;
    uint8_t prefix[4] = {(uint8_t)(length >> 24), (uint8_t)(length >> 16), (uint8_t)(length >> 8), (uint8_t)length};
    if (length + 4 <= chain->limit - chain->count) {
      keep(chain, prefix, sizeof prefix);
      keep(chain, der, (size_t)length);
    }
    OPENSSL_free(der);
  }
  return 1;
}

static CURLcode set_up_tls(CURL *easy, void *context, void *exchange) {
  (void)easy;
  SSL_CTX *tls = context;
  // Devices of before RFC 5746, and such that close without saying goodbye.
  SSL_CTX_set_options(tls, SSL_OP_LEGACY_SERVER_CONNECT | SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_security_level(tls, 0);
  SSL_CTX_set_cert_verify_callback(tls, take_certificates, exchange);
  return CURLE_OK;
}

// MARK: Setting up

/// The next of `text`'s strings; NULL when there is none.
static const char *next_string(const uint8_t *text, int count, int *place) {
  const uint8_t *end = memchr(text + *place, 0, (size_t)(count - *place));
  if (!end) return NULL;
  const char *string = (const char *)text + *place;
  *place = (int)(end - text) + 1;
  return string;
}

static bool set_text(Exchange *exchange, const uint8_t *text, int count) {
  CURL *easy = exchange->easy;
  const CHTTP_request *request = &exchange->request;
  int place = 0;
  const char *target = next_string(text, count, &place);
  const char *agent = target ? next_string(text, count, &place) : NULL;
  if (!agent) return false;
  for (int i = 0; i < request->fields; i++) {
    const char *field = next_string(text, count, &place);
    struct curl_slist *longer = field ? curl_slist_append(exchange->fields, field) : NULL;
    if (!longer) return false;
    exchange->fields = longer;
  }
  struct sockaddr_storage address;
  store_address(request->high, request->low, request->is_ipv4, 0, 0, &address);
  char name[INET6_ADDRSTRLEN], url[INET6_ADDRSTRLEN + 24];
  const void *octets = request->is_ipv4 ? (void *)&((struct sockaddr_in *)&address)->sin_addr
                                        : (void *)&((struct sockaddr_in6 *)&address)->sin6_addr;
  if (!inet_ntop(address.ss_family, octets, name, sizeof name)) return false;
  snprintf(url, sizeof url, request->is_ipv4 ? "%s://%s:%u/" : "%s://[%s]:%u/", request->secure ? "https" : "http",
           name, request->port);
  bool set = curl_easy_setopt(easy, CURLOPT_URL, url) == CURLE_OK;
  // Sent as it stands; nothing of it is read or rewritten.
  set = set && curl_easy_setopt(easy, CURLOPT_REQUEST_TARGET, target) == CURLE_OK;
  set = set && curl_easy_setopt(easy, CURLOPT_USERAGENT, agent) == CURLE_OK;
  set = set && curl_easy_setopt(easy, CURLOPT_HTTPHEADER, exchange->fields) == CURLE_OK;
  if (request->method == 1) set = set && curl_easy_setopt(easy, CURLOPT_NOBODY, 1L) == CURLE_OK;
  if (request->method == 2) {
    set = set && curl_easy_setopt(easy, CURLOPT_POST, 1L) == CURLE_OK;
    set = set && curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, (long)(count - place)) == CURLE_OK;
    set = set && curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, (const char *)text + place) == CURLE_OK;
  }
  return set;
}

/// An option that libcurl was built without must not pass silently.
#define SET(option, value) \
  if (curl_easy_setopt(easy, option, value) != CURLE_OK) return false

/// Everything by which libcurl would talk to somebody else, remember anything, or say who asks, is off.
static bool forbid(CURL *easy) {
  SET(CURLOPT_PROTOCOLS_STR, "http,https");
  SET(CURLOPT_FOLLOWLOCATION, 0L);
  SET(CURLOPT_PROXY, "");
  SET(CURLOPT_NOPROXY, "*");
  SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
  SET(CURLOPT_HTTPAUTH, (long)CURLAUTH_NONE);
  SET(CURLOPT_PROXYAUTH, (long)CURLAUTH_NONE);
  SET(CURLOPT_FRESH_CONNECT, 1L);
  SET(CURLOPT_FORBID_REUSE, 1L);
  SET(CURLOPT_SSL_SESSIONID_CACHE, 0L);
  SET(CURLOPT_DNS_CACHE_TIMEOUT, 0L);
  SET(CURLOPT_HTTP_CONTENT_DECODING, 0L);
  SET(CURLOPT_NOSIGNAL, 1L);
  // Cookies, HSTS and Alt-Svc are off unless an engine is started for them, which nothing here does.
  return true;
}

static bool allow_old_devices(CURL *easy) {
  SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
  SET(CURLOPT_HTTP09_ALLOWED, 1L);
  SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1);
  SET(CURLOPT_SSL_CIPHER_LIST, "ALL:@SECLEVEL=0");
  SET(CURLOPT_SSL_VERIFYPEER, 0L);
  SET(CURLOPT_SSL_VERIFYHOST, 0L);
  SET(CURLOPT_SSL_ENABLE_ALPN, 0L);
  return true;
}

static bool set_up(Exchange *exchange, const uint8_t *text, int count) {
  CURL *easy = exchange->easy;
  const CHTTP_request *request = &exchange->request;
  if (!forbid(easy) || !allow_old_devices(easy)) return false;
  SET(CURLOPT_OPENSOCKETFUNCTION, open_socket);
  SET(CURLOPT_OPENSOCKETDATA, exchange);
  SET(CURLOPT_CLOSESOCKETFUNCTION, close_socket);
  SET(CURLOPT_CLOSESOCKETDATA, exchange);
  SET(CURLOPT_WRITEFUNCTION, take_body);
  SET(CURLOPT_WRITEDATA, exchange);
  SET(CURLOPT_HEADERFUNCTION, take_head);
  SET(CURLOPT_HEADERDATA, exchange);
  SET(CURLOPT_DEBUGFUNCTION, witness);
  SET(CURLOPT_DEBUGDATA, exchange);
  SET(CURLOPT_VERBOSE, 1L);
  SET(CURLOPT_ERRORBUFFER, exchange->error);
  SET(CURLOPT_ADDRESS_SCOPE, (long)request->zone);
  SET(CURLOPT_BUFFERSIZE, (long)request->read_octets);
  SET(CURLOPT_CONNECTTIMEOUT_MS, (long)request->connect_milliseconds);
  SET(CURLOPT_TIMEOUT_MS, (long)request->total_milliseconds);
  if (request->secure) {
    SET(CURLOPT_SSL_CTX_FUNCTION, set_up_tls);
    SET(CURLOPT_SSL_CTX_DATA, exchange);
  }
  return set_text(exchange, text, count);
}

// MARK: The exchange

/// TLS writes to a broken connection raise SIGPIPE in the thread that writes.
typedef struct {
  sigset_t before;
  bool was_pending;
} Quiet;

static Quiet begin_quiet(void) {
  Quiet quiet;
  sigset_t pipe, pending;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  sigpending(&pending);
  quiet.was_pending = sigismember(&pending, SIGPIPE) == 1;
  pthread_sigmask(SIG_BLOCK, &pipe, &quiet.before);
  return quiet;
}

static void end_quiet(Quiet quiet) {
  sigset_t pipe;
  struct timespec none = {0, 0};
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  if (!quiet.was_pending) sigtimedwait(&pipe, NULL, &none);
  pthread_sigmask(SIG_SETMASK, &quiet.before, NULL);
}

static void destroy(Exchange *exchange) {
  Quiet quiet = begin_quiet();
  if (exchange->multi && exchange->easy) curl_multi_remove_handle(exchange->multi, exchange->easy);
  if (exchange->easy) curl_easy_cleanup(exchange->easy);
  if (exchange->multi) curl_multi_cleanup(exchange->multi);
  end_quiet(quiet);
  curl_slist_free_all(exchange->fields);
  for (int i = 0; i < PARTS; i++) free(exchange->parts[i].octets);
  free(exchange);
}

int CHTTP_begin(CHTTP_request request, const uint8_t *text, int count) {
  pthread_once(&once, start_library);
  Exchange *exchange = calloc(1, sizeof *exchange);
  if (!exchange) return -1;
  exchange->request = request;
  exchange->descriptor = -1;
  exchange->parts[CHTTP_REQUEST].limit = MOST_REQUEST;
  exchange->parts[CHTTP_HEAD].limit = request.head_limit;
  exchange->parts[CHTTP_BODY].limit = request.body_limit;
  // The framing of a chunked body comes on top.
  exchange->parts[CHTTP_RESPONSE].limit = request.head_limit + request.body_limit + request.body_limit / 4 + 16384;
  exchange->parts[CHTTP_CERTIFICATES].limit = MOST_CHAIN;
  exchange->parts[CHTTP_ERROR].limit = CURL_ERROR_SIZE;
  exchange->easy = curl_easy_init();
  exchange->multi = curl_multi_init();
  int number = -1;
  // Nothing but the text itself may be read, and it ends in a NUL that no body needs.
  if (exchange->easy && exchange->multi && set_up(exchange, text, count) &&
      curl_multi_add_handle(exchange->multi, exchange->easy) == CURLM_OK) {
    pthread_mutex_lock(&lock);
    for (int i = 0; i < MOST_EXCHANGES && number < 0; i++) {
      if (!exchanges[i]) exchanges[number = i] = exchange;
    }
    pthread_mutex_unlock(&lock);
  }
  if (number < 0) destroy(exchange);
  return number;
}

bool CHTTP_perform(int number) {
  Exchange *exchange = find(number);
  if (!exchange || exchange->over) return true;
  Quiet quiet = begin_quiet();
  int running = 0, waiting = 0;
  exchange->taken = 0;
  if (exchange->paused) {
    exchange->paused = false;
    curl_easy_pause(exchange->easy, CURLPAUSE_CONT);
  }
  CURLMcode state = curl_multi_perform(exchange->multi, &running);
  note_socket(exchange);
  CURLMsg *message = curl_multi_info_read(exchange->multi, &waiting);
  end_quiet(quiet);
  if (state == CURLM_OK && !message) return false;
  exchange->over = true;
  CURLcode result = message ? message->data.result : CURLE_FAILED_INIT;
  exchange->whole = result == CURLE_OK;
  const char *words = exchange->error[0] ? exchange->error : curl_easy_strerror(result);
  if (!exchange->whole) keep(&exchange->parts[CHTTP_ERROR], words, strlen(words));
  return true;
}

void CHTTP_end(int number) {
  if (number < 0 || number >= MOST_EXCHANGES) return;
  pthread_mutex_lock(&lock);
  Exchange *exchange = exchanges[number];
  exchanges[number] = NULL;
  pthread_mutex_unlock(&lock);
  if (exchange) destroy(exchange);
}

int CHTTP_descriptor(int number) {
  Exchange *exchange = find(number);
  return exchange ? exchange->descriptor : -1;
}

uint32_t CHTTP_segments(int number) {
  Exchange *exchange = find(number);
  if (exchange) note_socket(exchange);
  return exchange ? exchange->segments : 0;
}

uint16_t CHTTP_local_port(int number) {
  Exchange *exchange = find(number);
  return exchange ? exchange->local_port : 0;
}

bool CHTTP_is_whole(int number) {
  Exchange *exchange = find(number);
  return exchange && exchange->whole;
}

bool CHTTP_hit_body_limit(int number) {
  Exchange *exchange = find(number);
  return exchange && exchange->hit_body;
}

bool CHTTP_hit_head_limit(int number) {
  Exchange *exchange = find(number);
  return exchange && exchange->hit_head;
}

bool CHTTP_was_refused(int number) {
  Exchange *exchange = find(number);
  return exchange && exchange->refused;
}

int CHTTP_size(int number, int part) {
  Exchange *exchange = find(number);
  return exchange && part >= 0 && part < PARTS ? exchange->parts[part].count : 0;
}

int CHTTP_copy(int number, int part, uint8_t *octets, int capacity) {
  int size = CHTTP_size(number, part);
  int count = size < capacity ? size : capacity;
  if (count > 0) memcpy(octets, find(number)->parts[part].octets, (size_t)count);
  return count > 0 ? count : 0;
}
