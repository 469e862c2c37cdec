#define _GNU_SOURCE
#include "Exchange.h"

#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>

enum { MOST_CERTIFICATES = 16 };

// MARK: What libcurl hands over

static size_t take_body(char *octets, size_t size, size_t count, void *context) {
  Exchange *exchange = context;
  if (CHTTP_keep(&exchange->parts[CHTTP_BODY], octets, size * count)) return size * count;
  exchange->hit_body = true;
  return 0;
}

static size_t take_head(char *octets, size_t size, size_t count, void *context) {
  Exchange *exchange = context;
  if (CHTTP_keep(&exchange->parts[CHTTP_HEAD], octets, size * count)) return size * count;
  exchange->hit_head = true;
  return 0;
}

static int witness(CURL *easy, curl_infotype kind, char *octets, size_t count, void *context) {
  Exchange *exchange = context;
  (void)easy;
  if (kind == CURLINFO_HEADER_OUT || kind == CURLINFO_DATA_OUT) {
    CHTTP_keep(&exchange->parts[CHTTP_REQUEST], octets, count);
  }
  if (kind != CURLINFO_HEADER_IN && kind != CURLINFO_DATA_IN) return 0;
  CHTTP_keep(&exchange->parts[CHTTP_RESPONSE], octets, count);
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
      CHTTP_keep(chain, prefix, sizeof prefix);
      CHTTP_keep(chain, der, (size_t)length);
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

// MARK: What it is told

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
  CHTTP_store_address(request->high, request->low, request->is_ipv4, 0, 0, &address);
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

bool CHTTP_set_up(Exchange *exchange, const uint8_t *text, int count) {
  CURL *easy = exchange->easy;
  const CHTTP_request *request = &exchange->request;
  if (!forbid(easy) || !allow_old_devices(easy)) return false;
  SET(CURLOPT_OPENSOCKETFUNCTION, CHTTP_open_socket);
  SET(CURLOPT_OPENSOCKETDATA, exchange);
  SET(CURLOPT_CLOSESOCKETFUNCTION, CHTTP_close_socket);
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
