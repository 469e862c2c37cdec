#pragma once

// What the files of this target share; no part of its interface.

#include "CHTTP.h"

#include <curl/curl.h>
#include <netinet/in.h>
#include <sys/socket.h>

enum { PARTS = 6 };

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

/// Keeps what fits the limit; returns whether all of it did.
bool CHTTP_keep(Store *store, const void *octets, size_t count);

// Connection.c

/// Writes an address as sockets want it; returns its length.
socklen_t CHTTP_store_address(uint64_t high, uint64_t low, bool is_ipv4, uint32_t zone, uint16_t port,
                              struct sockaddr_storage *result);
/// CURLOPT_OPENSOCKETFUNCTION: one socket, for the one address that was permitted.
curl_socket_t CHTTP_open_socket(void *exchange, curlsocktype purpose, struct curl_sockaddr *wanted);
/// CURLOPT_CLOSESOCKETFUNCTION.
int CHTTP_close_socket(void *exchange, curl_socket_t descriptor);
/// Takes down what the kernel says of the socket.
void CHTTP_note_socket(Exchange *exchange);

// Options.c

/// Tells libcurl what to do and what not to. `text` is as CHTTP_begin has it.
bool CHTTP_set_up(Exchange *exchange, const uint8_t *text, int count);
