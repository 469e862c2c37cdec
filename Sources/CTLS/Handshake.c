#include "Table.h"

#include <openssl/err.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static SSL_CTX *contexts[CTLS_PURPOSES];

/// Message types (RFC 8446 §4; RFC 5077 §3.3).
enum { NEW_SESSION_TICKET = 4, CERTIFICATE = 11, CERTIFICATE_REQUEST = 13 };

/// Sees every message of the handshake before it is looked into. Therefore certificates are there also when OpenSSL cannot
/// read one and ends the handshake.
static void see(int is_sent, int version, int content, const void *octets, size_t count, SSL *connection, void *argument) {
  (void)connection;
  CTLS_Entry *entry = argument;
  const uint8_t *message = octets;
  if (is_sent || content != SSL3_RT_HANDSHAKE || count < 4 || !entry) return;
  if (message[0] == CERTIFICATE && !entry->parts[CTLS_CERTIFICATES].count)
    CTLS_add(entry, CTLS_CERTIFICATES, message + 4, count - 4, MOST_CHAIN);
  // Type, length (3), lifetime (4), length (2), ticket; in TLS 1.3 it is made otherwise.
  if (message[0] == NEW_SESSION_TICKET && version < TLS1_3_VERSION && count > 10 && !entry->parts[CTLS_TICKET].count)
    CTLS_add(entry, CTLS_TICKET, message + 10, count - 10, MOST_OUTPUT);
  if (message[0] == CERTIFICATE_REQUEST) entry->numbers[CTLS_IS_ASKED] = 1;
}

static bool set_up(SSL_CTX *made, int purpose) {
  if (purpose == CTLS_FOR_CERTIFICATES)
    return SSL_CTX_set_min_proto_version(made, TLS1_3_VERSION) && SSL_CTX_set_max_proto_version(made, TLS1_3_VERSION) &&
           SSL_CTX_set_ciphersuites(made, "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:"
                                          "TLS_AES_128_CCM_SHA256:TLS_AES_128_CCM_8_SHA256");
  // Servers of the time of these flaws know no secure renegotiation; nothing is renegotiated here.
  SSL_CTX_set_options(made, SSL_OP_LEGACY_SERVER_CONNECT | SSL_OP_NO_ENCRYPT_THEN_MAC);
  return SSL_CTX_set_min_proto_version(made, TLS1_VERSION) && SSL_CTX_set_max_proto_version(made, TLS1_2_VERSION) &&
         SSL_CTX_set_cipher_list(made, purpose == CTLS_FOR_TICKET
                                           ? "ALL:!aNULL:!eNULL:!PSK:!SRP:@SECLEVEL=0"
                                           : "AES128-SHA:AES256-SHA:ECDHE-RSA-AES128-SHA:ECDHE-RSA-AES256-SHA:"
                                             "ECDHE-ECDSA-AES128-SHA:ECDHE-ECDSA-AES256-SHA:DHE-RSA-AES128-SHA:"
                                             "DHE-RSA-AES256-SHA:AES128-SHA256:AES256-SHA256:ECDHE-RSA-AES128-SHA256:"
                                             "ECDHE-ECDSA-AES128-SHA256:ECDHE-RSA-AES256-SHA384:"
                                             "ECDHE-ECDSA-AES256-SHA384:DHE-RSA-AES128-SHA256:@SECLEVEL=0");
}

static SSL_CTX *make_context(int purpose) {
  SSL_CTX *made = SSL_CTX_new(TLS_client_method());
  if (!made) return NULL;
  SSL_CTX_set_security_level(made, 0);
  SSL_CTX_set_verify(made, SSL_VERIFY_NONE, NULL);
  SSL_CTX_set_session_cache_mode(made, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_max_cert_list(made, MOST_CHAIN);
  if (purpose != CTLS_FOR_TICKET) SSL_CTX_set_options(made, SSL_OP_NO_TICKET);
#ifdef SSL_OP_NO_RX_CERTIFICATE_COMPRESSION
  // What comes compressed would have to be expanded here first (RFC 8879).
  SSL_CTX_set_options(made, SSL_OP_NO_RX_CERTIFICATE_COMPRESSION);
#endif
  SSL_CTX_set_msg_callback(made, see);
  if (set_up(made, purpose)) return made;
  SSL_CTX_free(made);
  return NULL;
}

static void make_contexts(void) {
  // No configuration of this host may decide what a device is asked.
  OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
  for (int purpose = 0; purpose < CTLS_PURPOSES; purpose++) contexts[purpose] = make_context(purpose);
}

int CTLS_begin(int purpose) {
  pthread_once(&once, make_contexts);
  bool is_there = purpose >= 0 && purpose < CTLS_PURPOSES && contexts[purpose];
  CTLS_Entry *entry = is_there ? calloc(1, sizeof *entry) : NULL;
  if (!entry) return -1;
  entry->purpose = purpose;
  entry->connection = SSL_new(contexts[purpose]);
  entry->from_server = BIO_new(BIO_s_mem());
  entry->to_server = BIO_new(BIO_s_mem());
  if (!entry->connection || !entry->from_server || !entry->to_server) {
    BIO_free(entry->from_server);
    BIO_free(entry->to_server);
    CTLS_destroy(entry);
    return -1;
  }
  // An empty BIO means "later", not an end.
  BIO_set_mem_eof_return(entry->from_server, -1);
  SSL_set_bio(entry->connection, entry->from_server, entry->to_server);
  SSL_set_msg_callback_arg(entry->connection, entry);
  SSL_set_connect_state(entry->connection);
  return CTLS_keep(entry);
}

static void collect(CTLS_Entry *entry) {
  char *octets = NULL;
  long count = BIO_get_mem_data(entry->to_server, &octets);
  if (count > 0) CTLS_add(entry, CTLS_OUTPUT, octets, (size_t)count, MOST_OUTPUT);
  if (count >= (long)sizeof entry->last) memcpy(entry->last, octets + count - sizeof entry->last, sizeof entry->last);
  (void)BIO_reset(entry->to_server);
}

static int end_failed(CTLS_Entry *entry, const char *why) {
  char text[256];
  unsigned long error = ERR_peek_error();
  int reason = ERR_GET_REASON(error);
  entry->is_over = true;
  if (!why && ERR_GET_LIB(error) == ERR_LIB_SSL && reason > SSL_AD_REASON_OFFSET) {
    snprintf(text, sizeof text, "alert %d", reason - SSL_AD_REASON_OFFSET);
    why = text;
  }
  if (!why) why = ERR_reason_error_string(error);
  CTLS_add_text(entry, CTLS_ERROR, why ? why : "ended");
  collect(entry);
  ERR_clear_error();
  return CTLS_FAILED;
}

int CTLS_feed(int number, const uint8_t *octets, int count) {
  CTLS_Entry *entry = CTLS_find(number);
  if (!entry || !entry->connection || entry->is_over || count < 0) return CTLS_FAILED;
  ERR_clear_error();
  if (count > MOST_INPUT || entry->taken > (size_t)(MOST_INPUT - count)) return end_failed(entry, "too much");
  entry->taken += (size_t)count;
  if (count && BIO_write(entry->from_server, octets, count) != count) return end_failed(entry, "no memory");
  int result = SSL_do_handshake(entry->connection);
  if (result == 1) {
    entry->is_over = true;
    const SSL_CIPHER *suite = SSL_get_current_cipher(entry->connection);
    entry->numbers[CTLS_SPOKEN] = SSL_version(entry->connection);
    entry->numbers[CTLS_SUITE] = suite ? SSL_CIPHER_get_protocol_id(suite) : 0;
    if (entry->purpose != CTLS_FOR_CBC) SSL_shutdown(entry->connection);
    collect(entry);
    ERR_clear_error();
    return CTLS_COMPLETE;
  }
  int error = SSL_get_error(entry->connection, result);
  if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) return end_failed(entry, NULL);
  collect(entry);
  return CTLS_GOING;
}
