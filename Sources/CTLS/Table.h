#pragma once
#include "CTLS.h"

#include <openssl/ssl.h>
#include <stddef.h>

// What both files share: the table of numbers, and octets that grow up to a bound.

enum {
  MOST_ENTRIES = 1024,
  /// Octets of a certificate, of a chain in a handshake, and of all that a client takes.
  MOST_CERTIFICATE = 1 << 17,
  MOST_CHAIN = 1 << 17,
  MOST_INPUT = 1 << 18,
  MOST_OUTPUT = 1 << 14,
};

typedef struct {
  uint8_t *octets;
  size_t count;
} CTLS_Octets;

typedef struct {
  CTLS_Octets parts[CTLS_PARTS];
  int numbers[CTLS_NUMBERS];
  /// Of a client.
  SSL *connection;
  BIO *from_server, *to_server;
  size_t taken;
  bool is_over;
  int purpose;
  /// The last octets that OpenSSL wrote: the initialization vector of the next record of TLS 1.0 (RFC 2246 §6.2.3.2).
  uint8_t last[16];
} CTLS_Entry;

/// Takes the entry over. Returns its number, or -1 when there is no room.
int CTLS_keep(CTLS_Entry *entry);
CTLS_Entry *CTLS_find(int number);
void CTLS_destroy(CTLS_Entry *entry);

/// Adds to a part; what goes beyond `most` octets, or beyond memory, is not added at all.
bool CTLS_add(CTLS_Entry *entry, int part, const void *octets, size_t count, size_t most);
void CTLS_add_text(CTLS_Entry *entry, int part, const char *text);
