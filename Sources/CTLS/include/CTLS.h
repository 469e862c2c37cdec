#pragma once
#include <stdbool.h>
#include <stdint.h>

// Certificates as OpenSSL reads them, the TLS 1.3 handshake that shows one, and sums with the moduli of keys
// (Docs/Decisions/0013-tls-and-ssh-audit.md). In C because OpenSSL's types are macros and owned pointers, of which Swift sees
// half, and because its callbacks should not leave this folder. A certificate or a client is named by a number, as a descriptor
// is: no pointer reaches Swift, and a wrong number is an error instead of a wild access. The functions may be called from any
// thread, but those that name the same number from one at a time. No socket is made, no file read.

/// Reads a certificate; octets behind it are left. Returns its number, or -1 when OpenSSL cannot read it at all.
int CTLS_open(const uint8_t *der, int count);

/// Reads a public key (SubjectPublicKeyInfo) or a private one, of which CTLS_KEY_DIGEST is there; its private half is forgotten at
/// once. Returns its number, or -1.
int CTLS_open_key(const uint8_t *der, int count);

/// What a client is for. None verifies anything or has a certificate.
enum {
  /// TLS 1.3, up to its end and goodbye.
  CTLS_FOR_CERTIFICATES,
  /// TLS 1.0 to 1.2 with a session ticket (RFC 5077), up to its end and goodbye.
  CTLS_FOR_TICKET,
  /// TLS 1.0 to 1.2 with AES in CBC mode, and without RFC 7366; it stays open, and CTLS_seal makes a record for it.
  CTLS_FOR_CBC,
  CTLS_PURPOSES,
};

/// Whether a certificate names another as its issuer and its signature is by that one's key. Dates, constraints and usages are not looked at.
bool CTLS_is_signed_by(const uint8_t *der, int count, const uint8_t *issuer, int issuer_count);

/// Begins a client. Returns its number, or -1.
int CTLS_begin(int purpose);

/// How the record of CTLS_seal is made.
enum { CTLS_SOUND, CTLS_WRONG_PADDING, CTLS_WRONG_MAC };

/// Adds to CTLS_OUTPUT of a complete client for CBC the next record: application data of no octets, with its MAC and its padding
/// (RFC 5246 §6.2.3.2), or with every octet of the padding wrong but its length, or the MAC. Once for a client: its keys are
/// computed beside OpenSSL, which seals nothing wrongly and does not know of this record.
bool CTLS_seal(int number, int how);

/// Forgets a certificate or a client.
void CTLS_close(int number);

/// What CTLS_feed comes to.
enum {
  /// More has to come; CTLS_OUTPUT is to be sent.
  CTLS_GOING,
  /// The handshake is complete and ended: CTLS_OUTPUT has the client's Finished and close_notify.
  CTLS_COMPLETE,
  /// It is over before; CTLS_ERROR says why, CTLS_OUTPUT may have an alert.
  CTLS_FAILED,
};

/// Hands what the server sent to the client, nothing to begin with, and goes on.
int CTLS_feed(int number, const uint8_t *octets, int count);

/// Parts, octets without a terminator.
enum {
  // Of a certificate.
  /// The DER of the names.
  CTLS_SUBJECT,
  CTLS_ISSUER,
  /// Hexadecimal; a minus sign in front of a negative one.
  CTLS_SERIAL,
  /// The universal tag (X.680 §8.4), then the text as it stands.
  CTLS_NOT_BEFORE,
  CTLS_NOT_AFTER,
  /// The signature's algorithm by OpenSSL's long name, or its OID.
  CTLS_SIGNATURE,
  /// The hash function of RSASSA-PSS (RFC 4055 §3.1) by OpenSSL's long name; empty for other algorithms.
  CTLS_SIGNATURE_HASH,
  CTLS_KEY_ALGORITHM,
  /// The short name of an EC key's curve; empty when it is none that has a name.
  CTLS_CURVE,
  /// Of an RSA key, hexadecimal without leading zeros.
  CTLS_EXPONENT,
  CTLS_MODULUS,
  /// SHA-256 of SubjectPublicKeyInfo and of the whole certificate, 32 octets.
  CTLS_KEY_DIGEST,
  CTLS_DIGEST,
  /// subjectAltName: for each name an octet with its kind (CTLS_DNS …), two with its length (big-endian), and the name.
  CTLS_NAMES,
  /// extendedKeyUsage: short names or OIDs, a line each.
  CTLS_USAGE,
  // Of a client.
  CTLS_OUTPUT,
  /// The body of the server's Certificate message (RFC 8446 §4.4.2) as it came.
  CTLS_CERTIFICATES,
  CTLS_ERROR,
  /// The ticket that the server gave (RFC 5077 §3.3).
  CTLS_TICKET,
  CTLS_PARTS,
};
enum { CTLS_DNS = 1, CTLS_ADDRESS, CTLS_TEXT, CTLS_DIRECTORY, CTLS_UNREAD };

int CTLS_size(int number, int part);
/// Copies at most `capacity` octets of a part and returns how many. What was copied of CTLS_OUTPUT is gone.
int CTLS_copy(int number, int part, uint8_t *octets, int capacity);

/// Numbers.
enum {
  /// As it is written plus one: 3 for what RFC 5280 describes.
  CTLS_VERSION,
  CTLS_KEY_BITS,
  CTLS_HAS_KEY,
  /// The parameters of an EC key are written out instead of a curve's name (RFC 5480 §2.1.1 forbids it).
  CTLS_IS_EXPLICIT,
  /// -1 without the extension basicConstraints, 1 for an authority.
  CTLS_IS_AUTHORITY,
  CTLS_HAS_USAGE,
  /// One name, and the signature verifies with its own key; -1 where this cannot be computed.
  CTLS_IS_SELF_SIGNED,
  /// A client was asked for a certificate.
  CTLS_IS_ASKED,
  /// The version and the suite of a complete client, by their numbers in the handshake.
  CTLS_SPOKEN,
  CTLS_SUITE,
  CTLS_NUMBERS,
};
int CTLS_number(int number, int which);

/// base ^ exponent mod modulus, big-endian, in as many octets as the base has: the public operation of RSA (RFC 8017 §5.1.1).
/// Modulus and exponent are hexadecimal texts that end with NUL. Returns false when they are none or the result does not fit.
bool CTLS_power(const uint8_t *modulus, int modulus_size, const uint8_t *exponent, int exponent_size, const uint8_t *base,
                int count, uint8_t *result);

// Moduli are hexadecimal texts that end with NUL.

/// Looks for a factor that a modulus has in common with another of the list. `texts` holds `count` moduli, a NUL after each;
/// `found` gets 1 for each that has one: a factor that is neither 1 nor the modulus. Equal moduli have to be left out by the
/// caller. Returns false when a text is no modulus or memory is at its end.
bool CTLS_common_factors(const uint8_t *texts, int size, int count, uint8_t *found);

/// Whether `rounds` rounds of Fermat's method factor the modulus: its primes lie close together.
bool CTLS_has_close_primes(const uint8_t *text, int size, int rounds);

// Sums of protocols whose keys protect nothing here: they let a device go on to where it says more of itself.

enum {
  CTLS_AES_128_CTR,
  CTLS_AES_192_CTR,
  CTLS_AES_256_CTR,
  CTLS_AES_128_CBC,
  CTLS_AES_192_CBC,
  CTLS_AES_256_CBC,
  CTLS_3DES_CBC,
};

/// Encrypts or decrypts whole blocks into `result`, which has room for `count` octets.
/// Returns false when a length is wrong.
bool CTLS_cipher(int which, bool encrypts, const uint8_t *key, int key_count, const uint8_t *vector, int vector_count,
                 const uint8_t *blocks, int count, uint8_t *result);

/// Curve25519 (RFC 7748 §6.1), and groups with the generator 2 (RFC 2409 §6.2, RFC 3526 §3 and §5).
enum { CTLS_CURVE_25519, CTLS_GROUP_1, CTLS_GROUP_14, CTLS_GROUP_16 };
enum { CTLS_LARGEST_VALUE = 512 };

/// The public value of a secret of 32 octets when `value` is absent, else what both sides share.
/// Returns its octets, or -1 for a value that cannot be one or gives the secret away.
int CTLS_agree(int group, const uint8_t *secret, const uint8_t *value, int count, uint8_t *result, int capacity);

/// Whether a signature is by the private half of a key (SubjectPublicKeyInfo). `digest` is 1, 256, 384 or 512 of SHA, 0 for
/// algorithms that have their own. Returns 1 or 0, or -1 when OpenSSL cannot read the key.
int CTLS_verify(const uint8_t *key, int key_count, int digest, const uint8_t *signature, int signature_count,
                const uint8_t *message, int message_count);
