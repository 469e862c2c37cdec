#pragma once
#include <stddef.h>
#include <stdint.h>

// Ed25519 (RFC 8032) keys and signatures, and time stamps (RFC 3161, RFC 5816), computed by OpenSSL 3. In C because OpenSSL's types are
// owned pointers and its stacks macros. Nothing is kept between calls, no file is read, no socket made; every function may be called
// from any thread. Buffers belong to the caller.

enum { CSEAL_SEED = 32, CSEAL_KEY = 32, CSEAL_SIGNATURE = 64, CSEAL_DIGEST = 32, CSEAL_NONCE = 8 };

/// What reading a private key came to.
enum { CSEAL_READ = 1, CSEAL_OTHER_KIND = 0, CSEAL_UNREADABLE = -1, CSEAL_PASSPHRASE = -2 };

/// Makes a seed from the system's randomness: the private key of RFC 8032 §5.1.5. 1 when done.
int CSeal_generate(uint8_t *seed);
/// The public key of a seed. 1 when done.
int CSeal_public(const uint8_t *seed, uint8_t *key);
/// Signs. The signature depends on nothing but the seed and the message. 1 when done.
int CSeal_sign(const uint8_t *seed, const uint8_t *message, size_t count, uint8_t *signature);
/// 1 when the signature is by the key's owner, 0 when not, -1 when the key is none.
int CSeal_verify(const uint8_t *key, const uint8_t *message, size_t count, const uint8_t *signature);

/// PKCS #8 (RFC 5958) in PEM; with a passphrase encrypted by PBES2 with AES-256-CBC. `passphrase` may be NULL. Length, or -1.
int CSeal_write_private(const uint8_t *seed, const char *passphrase, uint8_t *pem, size_t capacity);
/// SubjectPublicKeyInfo in PEM (RFC 8410 §4). Length, or -1.
int CSeal_write_public(const uint8_t *key, uint8_t *pem, size_t capacity);
/// Reads PKCS #8 in PEM. `passphrase` may be NULL.
int CSeal_read_private(const uint8_t *pem, size_t count, const char *passphrase, uint8_t *seed);
/// Reads SubjectPublicKeyInfo in PEM.
int CSeal_read_public(const uint8_t *pem, size_t count, uint8_t *key);

/// A TimeStampReq (RFC 3161 §2.4.1) in DER for a SHA-256 digest, that asks for the authority's certificate. Length, or -1.
int CSeal_request(const uint8_t *digest, const uint8_t *nonce, uint8_t *der, size_t capacity);

/// What checking a TimeStampResp came to.
enum {
  /// Its imprint is the digest, and its signature leads to one of the authorities.
  CSEAL_STAMPED = 1,
  /// Its imprint is the digest; no authorities were given, so who signed it was not checked.
  CSEAL_UNCHECKED = 2,
  /// It is no TimeStampResp.
  CSEAL_NO_RESPONSE = -1,
  /// The authority refused, or there is no token in it.
  CSEAL_REFUSED = -2,
  /// It is for other octets.
  CSEAL_OTHER_IMPRINT = -3,
  /// It does not answer the request: its nonce is another.
  CSEAL_OTHER_REQUEST = -4,
  /// The signature does not lead to any of the authorities, or is wrong.
  CSEAL_BAD_SIGNATURE = -5,
  /// The authorities cannot be read.
  CSEAL_NO_AUTHORITIES = -6,
};

/// Checks a TimeStampResp (RFC 3161 §2.4.2) against the digest. The authority's certificate is judged as of the moment in the token.
/// `request` (DER) and `authorities` (certificates in PEM) may be NULL.
/// On a result above 0, `seconds` is the token's moment since 1970 and `authority` the signer's name, ended by 0.
/// On CSEAL_BAD_SIGNATURE `authority` says why in OpenSSL's words.
int CSeal_check(const uint8_t *response, size_t count, const uint8_t *digest, const uint8_t *request, size_t request_count,
                const uint8_t *authorities, size_t authorities_count, int64_t *seconds, char *authority, size_t capacity);
