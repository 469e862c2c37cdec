#include "CTLS.h"

#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <string.h>

static const EVP_CIPHER *cipher(int which) {
  switch (which) {
  case CTLS_AES_128_CTR: return EVP_aes_128_ctr();
  case CTLS_AES_192_CTR: return EVP_aes_192_ctr();
  case CTLS_AES_256_CTR: return EVP_aes_256_ctr();
  case CTLS_AES_128_CBC: return EVP_aes_128_cbc();
  case CTLS_AES_192_CBC: return EVP_aes_192_cbc();
  case CTLS_AES_256_CBC: return EVP_aes_256_cbc();
  case CTLS_3DES_CBC: return EVP_des_ede3_cbc();
  default: return NULL;
  }
}

bool CTLS_cipher(int which, bool encrypts, const uint8_t *key, int key_count, const uint8_t *vector, int vector_count,
                 const uint8_t *blocks, int count, uint8_t *result) {
  const EVP_CIPHER *function = cipher(which);
  // A counter mode's own block is one octet.
  int block = which == CTLS_3DES_CBC ? 8 : 16;
  if (!function || key_count != EVP_CIPHER_get_key_length(function) || vector_count != block || count < 0 || count % block)
    return false;
  EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
  int done = 0;
  bool good = context && EVP_CipherInit_ex(context, function, NULL, key, vector, encrypts) == 1 &&
              EVP_CIPHER_CTX_set_padding(context, 0) == 1 &&
              EVP_CipherUpdate(context, result, &done, blocks, count) == 1 && done == count;
  EVP_CIPHER_CTX_free(context);
  return good;
}

static int agree_by_curve(const uint8_t *secret, const uint8_t *value, int count, uint8_t *result) {
  EVP_PKEY *own = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, NULL, secret, 32), *theirs = NULL;
  EVP_PKEY_CTX *context = NULL;
  size_t size = 32;
  bool good = false;
  if (own && !value) {
    good = EVP_PKEY_get_raw_public_key(own, result, &size) == 1;
  } else if (own && count == 32) {
    theirs = EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, NULL, value, 32);
    context = EVP_PKEY_CTX_new(own, NULL);
    // Fails for a secret of zeros (RFC 7748 §6.1).
    good = theirs && context && EVP_PKEY_derive_init(context) == 1 && EVP_PKEY_derive_set_peer(context, theirs) == 1 &&
           EVP_PKEY_derive(context, result, &size) == 1;
  }
  EVP_PKEY_CTX_free(context);
  EVP_PKEY_free(theirs);
  EVP_PKEY_free(own);
  return good ? (int)size : -1;
}

static BIGNUM *prime(int group) {
  switch (group) {
  case CTLS_GROUP_1: return BN_get_rfc2409_prime_1024(NULL);
  case CTLS_GROUP_14: return BN_get_rfc3526_prime_2048(NULL);
  case CTLS_GROUP_16: return BN_get_rfc3526_prime_4096(NULL);
  default: return NULL;
  }
}

int CTLS_agree(int group, const uint8_t *secret, const uint8_t *value, int count, uint8_t *result, int capacity) {
  if (capacity < CTLS_LARGEST_VALUE || count < 0) return -1;
  if (group == CTLS_CURVE_25519) return agree_by_curve(secret, value, count, result);
  BIGNUM *modulus = prime(group), *base = BN_new(), *exponent = BN_bin2bn(secret, 32, NULL), *power = BN_new();
  BN_CTX *context = BN_CTX_new();
  int size = -1;
  if (modulus && base && exponent && power && context && (value ? BN_bin2bn(value, count, base) != NULL : BN_set_word(base, 2))) {
    BIGNUM *last = BN_dup(modulus);
    // RFC 4253 §8: a value outside 1 to p-1 is none, and these two give the secret away.
    bool inside = last && BN_sub_word(last, 1) && BN_cmp(base, BN_value_one()) > 0 && BN_cmp(base, last) < 0;
    if (inside && BN_mod_exp(power, base, exponent, modulus, context)) size = BN_bn2bin(power, result);
    BN_free(last);
  }
  BN_CTX_free(context);
  BN_free(power);
  BN_free(exponent);
  BN_free(base);
  BN_free(modulus);
  return size;
}

static const EVP_MD *hash(int digest) {
  switch (digest) {
  case 1: return EVP_sha1();
  case 256: return EVP_sha256();
  case 384: return EVP_sha384();
  case 512: return EVP_sha512();
  default: return NULL;
  }
}

int CTLS_verify(const uint8_t *key, int key_count, int digest, const uint8_t *signature, int signature_count,
                const uint8_t *message, int message_count) {
  if (key_count < 0 || signature_count < 0 || message_count < 0) return -1;
  EVP_PKEY *public_key = d2i_PUBKEY(NULL, &key, key_count);
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  int result = -1;
  if (public_key && context && EVP_DigestVerifyInit(context, NULL, hash(digest), NULL, public_key) == 1)
    result = EVP_DigestVerify(context, signature, (size_t)signature_count, message, (size_t)message_count) == 1;
  EVP_MD_CTX_free(context);
  EVP_PKEY_free(public_key);
  return result;
}
