#include "Table.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <string.h>

// A record of TLS 1.0 to 1.2 in CBC mode (RFC 2246 and RFC 4346 §6.2.3.2, RFC 5246 §6.2.3.2). libssl seals records only rightly,
// and a wrong padding under a right MAC is the whole question.

enum { BLOCK = 16, MOST_MAC = 48, MOST_KEY = 32, APPLICATION_DATA = 23 };

typedef struct {
  const EVP_MD *digest;
  const EVP_CIPHER *cipher;
  size_t mac_count, key_count;
  uint8_t mac_key[MOST_MAC], key[MOST_KEY];
} Keys;

/// The client's half of the key block (RFC 5246 §6.3).
static bool find_keys(SSL *connection, Keys *keys) {
  const SSL_CIPHER *suite = SSL_get_current_cipher(connection);
  const SSL_SESSION *session = SSL_get_session(connection);
  if (!suite || !session) return false;
  keys->digest = EVP_get_digestbynid(SSL_CIPHER_get_digest_nid(suite));
  keys->cipher = EVP_get_cipherbynid(SSL_CIPHER_get_cipher_nid(suite));
  if (!keys->digest || !keys->cipher || EVP_CIPHER_get_mode(keys->cipher) != EVP_CIPH_CBC_MODE ||
      EVP_CIPHER_get_block_size(keys->cipher) != BLOCK)
    return false;
  keys->mac_count = (size_t)EVP_MD_get_size(keys->digest);
  keys->key_count = (size_t)EVP_CIPHER_get_key_length(keys->cipher);
  if (keys->mac_count > MOST_MAC || keys->key_count > MOST_KEY) return false;

  uint8_t master[SSL_MAX_MASTER_KEY_LENGTH], seed[13 + 2 * SSL3_RANDOM_SIZE], block[2 * MOST_MAC + 2 * MOST_KEY];
  size_t master_count = SSL_SESSION_get_master_key(session, master, sizeof master);
  memcpy(seed, "key expansion", 13);
  SSL_get_server_random(connection, seed + 13, SSL3_RANDOM_SIZE);
  SSL_get_client_random(connection, seed + 13 + SSL3_RANDOM_SIZE, SSL3_RANDOM_SIZE);
  const EVP_MD *hash = SSL_CIPHER_get_handshake_digest(suite);
  // Suites that name no hash for the pseudorandom function have SHA-256 in TLS 1.2 (RFC 5246 §5), where OpenSSL says what they had before.
  bool is_old = SSL_version(connection) < TLS1_2_VERSION, is_named = hash && EVP_MD_get_type(hash) != NID_md5_sha1;
  const char *name = is_old ? "MD5-SHA1" : is_named ? EVP_MD_get0_name(hash) : "SHA2-256";
  OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, (char *)name, 0),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SECRET, master, master_count),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SEED, seed, sizeof seed),
      OSSL_PARAM_construct_end(),
  };
  EVP_KDF *function = EVP_KDF_fetch(NULL, OSSL_KDF_NAME_TLS1_PRF, NULL);
  EVP_KDF_CTX *context = function ? EVP_KDF_CTX_new(function) : NULL;
  bool is_done = context && master_count &&
                 EVP_KDF_derive(context, block, 2 * keys->mac_count + 2 * keys->key_count, parameters) == 1;
  EVP_KDF_CTX_free(context);
  EVP_KDF_free(function);
  if (!is_done) return false;
  memcpy(keys->mac_key, block, keys->mac_count);
  memcpy(keys->key, block + 2 * keys->mac_count, keys->key_count);
  return true;
}

/// The MAC of no octets of application data, number 1: the Finished was number 0.
static bool make_mac(const Keys *keys, int version, uint8_t *mac) {
  uint8_t head[13] = {0, 0, 0, 0, 0, 0, 0, 1, APPLICATION_DATA, (uint8_t)(version >> 8), (uint8_t)version, 0, 0};
  size_t count = 0;
  return EVP_Q_mac(NULL, "HMAC", NULL, EVP_MD_get0_name(keys->digest), NULL, keys->mac_key, keys->mac_count, head, sizeof head,
                   mac, MOST_MAC, &count) &&
         count == keys->mac_count;
}

static bool encrypt(const Keys *keys, const uint8_t *vector, uint8_t *octets, int count) {
  EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
  int written = 0;
  bool is_done = context && EVP_EncryptInit_ex2(context, keys->cipher, keys->key, vector, NULL) &&
                 EVP_CIPHER_CTX_set_padding(context, 0) && EVP_EncryptUpdate(context, octets, &written, octets, count) &&
                 written == count;
  EVP_CIPHER_CTX_free(context);
  return is_done;
}

bool CTLS_seal(int number, int how) {
  CTLS_Entry *entry = CTLS_find(number);
  if (!entry || entry->purpose != CTLS_FOR_CBC || !entry->numbers[CTLS_SPOKEN]) return false;
  int version = entry->numbers[CTLS_SPOKEN];
  Keys keys;
  // Type, version, length, a vector of its own from TLS 1.1 on, MAC and padding.
  uint8_t record[5 + BLOCK + MOST_MAC + BLOCK], *sealed = record + 5, *body = sealed;
  if (!find_keys(entry->connection, &keys)) return false;
  const uint8_t *vector = entry->last;
  if (version > TLS1_VERSION) {
    if (RAND_bytes(sealed, BLOCK) != 1) return false;
    vector = sealed;
    body += BLOCK;
  }
  if (!make_mac(&keys, version, body)) return false;
  size_t padding = BLOCK - keys.mac_count % BLOCK, count = keys.mac_count + padding;
  memset(body + keys.mac_count, (int)padding - 1, padding);
  if (how == CTLS_WRONG_MAC) body[0] ^= 0x80;
  if (how == CTLS_WRONG_PADDING) {
    for (size_t i = keys.mac_count; i < count - 1; i++) body[i] ^= 0x55;
  }
  if (!encrypt(&keys, vector, body, (int)count)) return false;
  size_t length = (size_t)(body - sealed) + count;
  record[0] = APPLICATION_DATA;
  record[1] = (uint8_t)(version >> 8), record[2] = (uint8_t)version;
  record[3] = (uint8_t)(length >> 8), record[4] = (uint8_t)length;
  entry->numbers[CTLS_SPOKEN] = 0;
  return CTLS_add(entry, CTLS_OUTPUT, record, 5 + length, MOST_OUTPUT);
}
