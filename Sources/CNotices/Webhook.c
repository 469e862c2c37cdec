#define _GNU_SOURCE
#include "CNotices.h"
#include "Parts.h"

#include <curl/curl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOST_FIELDS = 32, MOST_HEAD = 65536 };

static pthread_once_t once = PTHREAD_ONCE_INIT;
static void start_library(void) { curl_global_init(CURL_GLOBAL_DEFAULT); }

const char *CNotices_next(const uint8_t *text, int count, int *place) {
  if (*place < 0 || *place >= count) return NULL;
  const uint8_t *end = memchr(text + *place, 0, (size_t)(count - *place));
  if (!end) return NULL;
  const char *string = (const char *)text + *place;
  *place = (int)(end - text) + 1;
  return string;
}

void CNotices_say(Answer *answer, const char *words) {
  int length = (int)strnlen(words, 600);
  if (answer->used + length + 1 > answer->capacity) return;
  memcpy(answer->octets + answer->used, words, (size_t)length);
  answer->octets[answer->used + length] = 0;
  answer->used += length + 1;
}

typedef struct {
  long body, most_body;
  size_t head;
  bool had_enough;
} Reading;

static size_t take_body(char *octets, size_t size, size_t count, void *context) {
  (void)octets;
  Reading *reading = context;
  reading->body += (long)(size * count);
  if (reading->body <= reading->most_body) return size * count;
  // The status is known; what else it says does not matter.
  reading->had_enough = true;
  return 0;
}

static size_t take_head(char *octets, size_t size, size_t count, void *context) {
  (void)octets;
  Reading *reading = context;
  reading->head += size * count;
  return reading->head <= MOST_HEAD ? size * count : 0;
}

#define SET(option, value) \
  if (curl_easy_setopt(easy, option, value) != CURLE_OK) return false

/// Nobody but the receiver is asked, and only by what the settings say.
static bool set_up(CURL *easy, CNotices_limits limits, const char *const part[4], struct curl_slist *fields, const char *body, int count) {
  SET(CURLOPT_PROTOCOLS_STR, "http,https");
  SET(CURLOPT_URL, part[0]);
  SET(CURLOPT_FOLLOWLOCATION, 0L);
  SET(CURLOPT_PROXY, part[2]);
  if (part[2][0] == 0) SET(CURLOPT_NOPROXY, "*");
  if (part[2][0] != 0) SET(CURLOPT_NOPROXY, "");
  SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
  SET(CURLOPT_HTTPAUTH, (long)CURLAUTH_NONE);
  SET(CURLOPT_PROXYAUTH, (long)CURLAUTH_NONE);
  SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
  SET(CURLOPT_SSL_VERIFYPEER, 1L);
  SET(CURLOPT_SSL_VERIFYHOST, 2L);
  if (part[1][0] != 0) {
    SET(CURLOPT_CAINFO, part[1]);
    // Nobody else's word counts then.
    SET(CURLOPT_CAPATH, NULL);
  }
  SET(CURLOPT_USERAGENT, part[3]);
  SET(CURLOPT_HTTPHEADER, fields);
  SET(CURLOPT_POST, 1L);
  SET(CURLOPT_POSTFIELDSIZE, (long)count);
  SET(CURLOPT_POSTFIELDS, body);
  SET(CURLOPT_CONNECTTIMEOUT_MS, (long)limits.connect_milliseconds);
  SET(CURLOPT_TIMEOUT_MS, (long)limits.total_milliseconds);
  SET(CURLOPT_FRESH_CONNECT, 1L);
  SET(CURLOPT_FORBID_REUSE, 1L);
  SET(CURLOPT_NOSIGNAL, 1L);
  SET(CURLOPT_WRITEFUNCTION, take_body);
  SET(CURLOPT_HEADERFUNCTION, take_head);
  return true;
}

static void perform(CURL *easy, Reading *reading, const char *error, CNotices_result *result, Answer *said) {
  // TLS writes to a broken connection raise SIGPIPE in the thread that writes.
  sigset_t pipe, before, pending;
  const struct timespec none = {0, 0};
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  sigpending(&pending);
  pthread_sigmask(SIG_BLOCK, &pipe, &before);
  CURLcode code = curl_easy_perform(easy);
  if (sigismember(&pending, SIGPIPE) != 1) sigtimedwait(&pipe, NULL, &none);
  pthread_sigmask(SIG_SETMASK, &before, NULL);

  long status = 0;
  curl_off_t wait = 0;
  char *address = NULL;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &wait);
  curl_easy_getinfo(easy, CURLINFO_PRIMARY_IP, &address);
  result->handed = status > 0 && (code == CURLE_OK || (code == CURLE_WRITE_ERROR && reading->had_enough));
  result->status = result->handed ? (int)status : 0;
  result->retry_after = wait > 0 ? (int64_t)wait : -1;
  result->refused = code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE || code == CURLE_URL_MALFORMAT ||
                    code == CURLE_UNSUPPORTED_PROTOCOL;
  CNotices_say(said, address ? address : "");
  CNotices_say(said, result->handed ? "" : error[0] ? error : curl_easy_strerror(code));
}

CNotices_result CNotices_post(CNotices_limits limits, const uint8_t *text, int count, int fields, uint8_t *answer, int capacity) {
  CNotices_result result = {.retry_after = -1};
  Answer said = {answer, capacity, 0};
  pthread_once(&once, start_library);
  const char *part[4];
  int place = 0;
  bool whole = fields >= 0 && fields <= MOST_FIELDS;
  for (int i = 0; i < 4 && whole; i++) whole = (part[i] = CNotices_next(text, count, &place)) != NULL;
  struct curl_slist *list = NULL;
  for (int i = 0; i < fields && whole; i++) {
    const char *field = CNotices_next(text, count, &place);
    struct curl_slist *longer = field ? curl_slist_append(list, field) : NULL;
    whole = longer != NULL;
    if (longer) list = longer;
  }
  Reading reading = {.most_body = limits.body_octets};
  char error[CURL_ERROR_SIZE] = "";
  CURL *easy = whole ? curl_easy_init() : NULL;
  if (easy && set_up(easy, limits, part, list, (const char *)text + place, count - place) &&
      curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, error) == CURLE_OK &&
      curl_easy_setopt(easy, CURLOPT_WRITEDATA, &reading) == CURLE_OK &&
      curl_easy_setopt(easy, CURLOPT_HEADERDATA, &reading) == CURLE_OK) {
    perform(easy, &reading, error, &result, &said);
  } else {
    result.refused = true;
    CNotices_say(&said, "");
    CNotices_say(&said, "libcurl does not take these settings");
  }
  if (easy) curl_easy_cleanup(easy);
  curl_slist_free_all(list);
  result.answer_octets = said.used;
  return result;
}
