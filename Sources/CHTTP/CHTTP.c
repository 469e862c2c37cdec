#define _GNU_SOURCE
#include "Exchange.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOST_EXCHANGES = 256, MOST_CHAIN = 65536, MOST_REQUEST = 1 << 20 };

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

bool CHTTP_keep(Store *store, const void *octets, size_t count) {
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
  if (exchange->easy && exchange->multi && CHTTP_set_up(exchange, text, count) &&
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
  CHTTP_note_socket(exchange);
  CURLMsg *message = curl_multi_info_read(exchange->multi, &waiting);
  end_quiet(quiet);
  if (state == CURLM_OK && !message) return false;
  exchange->over = true;
  CURLcode result = message ? message->data.result : CURLE_FAILED_INIT;
  exchange->whole = result == CURLE_OK;
  const char *words = exchange->error[0] ? exchange->error : curl_easy_strerror(result);
  if (!exchange->whole) CHTTP_keep(&exchange->parts[CHTTP_ERROR], words, strlen(words));
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
  if (exchange) CHTTP_note_socket(exchange);
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
