#include "CTLS.h"

#include <openssl/bn.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_DIGITS = 16384 / 4, MOST_MODULI = 1 << 14 };

/// An odd number above 1; NULL for anything else.
static BIGNUM *read_modulus(const char *text) {
  size_t length = strnlen(text, MOST_DIGITS + 1);
  BIGNUM *number = NULL;
  if (!length || length > MOST_DIGITS || BN_hex2bn(&number, text) != (int)length || BN_is_negative(number) ||
      !BN_is_odd(number) || BN_is_one(number)) {
    BN_free(number);
    return NULL;
  }
  return number;
}

/// With the product P of all moduli, gcd(n, (P mod n²) / n) is what n has in common with the others (D. J. Bernstein, "How
/// to find smooth parts of integers"): one multiplication and one division a modulus instead of a GCD a pair.
static bool find_factors(BIGNUM **moduli, int count, uint8_t *found, BN_CTX *context) {
  BIGNUM *product = BN_new(), *rest = BN_new(), *square = BN_new();
  bool is_done = product && rest && square && BN_one(product);
  for (int i = 0; i < count && is_done; i++) is_done = BN_mul(product, product, moduli[i], context);
  for (int i = 0; i < count && is_done; i++) {
    is_done = BN_sqr(square, moduli[i], context) && BN_mod(rest, product, square, context) &&
              BN_div(rest, NULL, rest, moduli[i], context) && BN_gcd(rest, rest, moduli[i], context);
    // All of it in common with the others, not with one of them, happens where two share each of its primes.
    found[i] = is_done && !BN_is_one(rest);
  }
  BN_free(product), BN_free(rest), BN_free(square);
  return is_done;
}

bool CTLS_common_factors(const uint8_t *texts, int size, int count, uint8_t *found) {
  if (size <= 0 || count <= 0 || count > MOST_MODULI || texts[size - 1]) return false;
  BIGNUM **moduli = calloc((size_t)count, sizeof *moduli);
  BN_CTX *context = BN_CTX_new();
  bool is_done = moduli && context;
  int place = 0;
  for (int i = 0; i < count && is_done; i++) {
    const char *text = (const char *)texts + place;
    is_done = place < size && (moduli[i] = read_modulus(text));
    if (is_done) place += (int)strlen(text) + 1;
  }
  is_done = is_done && find_factors(moduli, count, found, context);
  for (int i = 0; moduli && i < count; i++) BN_free(moduli[i]);
  free(moduli);
  BN_CTX_free(context);
  return is_done;
}

/// The whole part of a square root by Newton's method, from above.
static bool root_of(BIGNUM *root, const BIGNUM *number, BIGNUM *next, BN_CTX *context) {
  if (BN_is_zero(number)) return BN_set_word(root, 0);
  if (!BN_set_word(root, 0) || !BN_set_bit(root, (BN_num_bits(number) + 1) / 2)) return false;
  for (;;) {
    if (!BN_div(next, NULL, number, root, context) || !BN_add(next, next, root) || !BN_rshift1(next, next)) return false;
    if (BN_cmp(next, root) >= 0) return true;
    if (!BN_copy(root, next)) return false;
  }
}

bool CTLS_has_close_primes(const uint8_t *text, int size, int rounds) {
  if (size <= 0 || text[size - 1]) return false;
  BIGNUM *modulus = read_modulus((const char *)text);
  BIGNUM *middle = BN_new(), *difference = BN_new(), *root = BN_new(), *spare = BN_new();
  BN_CTX *context = BN_CTX_new();
  bool is_going = modulus && middle && difference && root && spare && context, is_found = false;
  is_going = is_going && root_of(middle, modulus, spare, context) && BN_sqr(difference, middle, context);
  // n = a² - b²: the first a that can be is the root, rounded up.
  if (is_going && BN_cmp(difference, modulus) < 0) is_going = BN_add_word(middle, 1);
  for (int i = 0; i < rounds && is_going && !is_found; i++) {
    is_going = BN_sqr(difference, middle, context) && BN_sub(difference, difference, modulus);
    // Squares are 0, 1, 4 or 9 modulo 16.
    BN_ULONG low = is_going ? BN_mod_word(difference, 16) : 2;
    if (is_going && (low == 0 || low == 1 || low == 4 || low == 9)) {
      is_going = root_of(root, difference, spare, context) && BN_sqr(spare, root, context);
      is_found = is_going && BN_cmp(spare, difference) == 0;
    }
    is_going = is_going && BN_add_word(middle, 1);
  }
  BN_free(modulus), BN_free(middle), BN_free(difference), BN_free(root), BN_free(spare);
  BN_CTX_free(context);
  return is_found;
}

bool CTLS_power(const uint8_t *modulus, int modulus_size, const uint8_t *exponent, int exponent_size, const uint8_t *base,
                int count, uint8_t *result) {
  if (modulus_size <= 0 || exponent_size <= 0 || count <= 0 || modulus[modulus_size - 1] || exponent[exponent_size - 1]) return false;
  BIGNUM *n = read_modulus((const char *)modulus), *e = read_modulus((const char *)exponent);
  BIGNUM *number = BN_bin2bn(base, count, NULL), *power = BN_new();
  BN_CTX *context = BN_CTX_new();
  bool is_done = n && e && number && power && context && BN_mod_exp(power, number, e, n, context) &&
                 BN_bn2binpad(power, result, count) == count;
  BN_free(n), BN_free(e), BN_free(number), BN_free(power);
  BN_CTX_free(context);
  return is_done;
}
