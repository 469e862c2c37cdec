#include "CSeal.h"
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <string.h>

int CSeal_generate(uint8_t *seed) { return RAND_priv_bytes(seed, CSEAL_SEED) == 1; }

static EVP_PKEY *private_key(const uint8_t *seed) {
  return EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, CSEAL_SEED);
}

static EVP_PKEY *public_key(const uint8_t *key) {
  return EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key, CSEAL_KEY);
}

int CSeal_public(const uint8_t *seed, uint8_t *key) {
  EVP_PKEY *pkey = private_key(seed);
  size_t length = CSEAL_KEY;
  int done = pkey != NULL && EVP_PKEY_get_raw_public_key(pkey, key, &length) == 1 && length == CSEAL_KEY;
  EVP_PKEY_free(pkey);
  return done;
}

int CSeal_sign(const uint8_t *seed, const uint8_t *message, size_t count, uint8_t *signature) {
  EVP_PKEY *pkey = private_key(seed);
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  size_t length = CSEAL_SIGNATURE;
  int done = pkey != NULL && context != NULL && EVP_DigestSignInit(context, NULL, NULL, NULL, pkey) == 1
    && EVP_DigestSign(context, signature, &length, message, count) == 1 && length == CSEAL_SIGNATURE;
  EVP_MD_CTX_free(context);
  EVP_PKEY_free(pkey);
  ERR_clear_error();
  return done;
}

int CSeal_verify(const uint8_t *key, const uint8_t *message, size_t count, const uint8_t *signature) {
  EVP_PKEY *pkey = public_key(key);
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  int result = -1;
  if (pkey != NULL && context != NULL && EVP_DigestVerifyInit(context, NULL, NULL, NULL, pkey) == 1)
    result = EVP_DigestVerify(context, signature, CSEAL_SIGNATURE, message, count) == 1;
  EVP_MD_CTX_free(context);
  EVP_PKEY_free(pkey);
  ERR_clear_error();
  return result;
}

/// Copies what was written to memory; -1 when it does not fit.
static int taken(BIO *memory, uint8_t *octets, size_t capacity) {
  char *data = NULL;
  long length = BIO_get_mem_data(memory, &data);
  if (length <= 0 || (size_t)length > capacity) return -1;
  memcpy(octets, data, (size_t)length);
  return (int)length;
}

int CSeal_write_private(const uint8_t *seed, const char *passphrase, uint8_t *pem, size_t capacity) {
  EVP_PKEY *pkey = private_key(seed);
  BIO *memory = BIO_new(BIO_s_secmem());
  int length = -1;
  if (pkey != NULL && memory != NULL
      && PEM_write_bio_PKCS8PrivateKey(memory, pkey, passphrase != NULL ? EVP_aes_256_cbc() : NULL, passphrase,
                                       passphrase != NULL ? (int)strlen(passphrase) : 0, NULL, NULL) == 1)
    length = taken(memory, pem, capacity);
  BIO_free(memory);
  EVP_PKEY_free(pkey);
  ERR_clear_error();
  return length;
}

int CSeal_write_public(const uint8_t *key, uint8_t *pem, size_t capacity) {
  EVP_PKEY *pkey = public_key(key);
  BIO *memory = BIO_new(BIO_s_mem());
  int length = -1;
  if (pkey != NULL && memory != NULL && PEM_write_bio_PUBKEY(memory, pkey) == 1) length = taken(memory, pem, capacity);
  BIO_free(memory);
  EVP_PKEY_free(pkey);
  ERR_clear_error();
  return length;
}

/// Hands over the passphrase, and notes that one was asked for; without one, reading fails instead of asking at the terminal.
struct asked {
  const char *passphrase;
  int times;
};

static int answer(char *buffer, int size, int writing, void *context) {
  struct asked *asked = context;
  (void)writing;
  asked->times++;
  if (asked->passphrase == NULL) return -1;
  int length = (int)strlen(asked->passphrase);
  if (length > size) return -1;
  memcpy(buffer, asked->passphrase, (size_t)length);
  return length;
}

int CSeal_read_private(const uint8_t *pem, size_t count, const char *passphrase, uint8_t *seed) {
  BIO *memory = BIO_new_mem_buf(pem, (int)count);
  struct asked asked = {passphrase, 0};
  EVP_PKEY *pkey = memory != NULL ? PEM_read_bio_PrivateKey(memory, NULL, answer, &asked) : NULL;
  int result = asked.times > 0 ? CSEAL_PASSPHRASE : CSEAL_UNREADABLE;
  if (pkey != NULL) {
    size_t length = CSEAL_SEED;
    result = CSEAL_OTHER_KIND;
    if (EVP_PKEY_get_id(pkey) == EVP_PKEY_ED25519 && EVP_PKEY_get_raw_private_key(pkey, seed, &length) == 1
        && length == CSEAL_SEED)
      result = CSEAL_READ;
  }
  EVP_PKEY_free(pkey);
  BIO_free(memory);
  ERR_clear_error();
  return result;
}

int CSeal_read_public(const uint8_t *pem, size_t count, uint8_t *key) {
  BIO *memory = BIO_new_mem_buf(pem, (int)count);
  EVP_PKEY *pkey = memory != NULL ? PEM_read_bio_PUBKEY(memory, NULL, NULL, NULL) : NULL;
  int result = CSEAL_UNREADABLE;
  if (pkey != NULL) {
    size_t length = CSEAL_KEY;
    result = CSEAL_OTHER_KIND;
    if (EVP_PKEY_get_id(pkey) == EVP_PKEY_ED25519 && EVP_PKEY_get_raw_public_key(pkey, key, &length) == 1
        && length == CSEAL_KEY)
      result = CSEAL_READ;
  }
  EVP_PKEY_free(pkey);
  BIO_free(memory);
  ERR_clear_error();
  return result;
}
