#include "Table.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

// Each field is read by itself: devices carry certificates of which one is broken and the rest tells what they are.

enum { MOST_NAMES = 1000, MOST_NAME = 1024, MOST_MODULUS_BITS = 16384 };

static void add_name(CTLS_Entry *entry, int part, const X509_NAME *name) {
  unsigned char *der = NULL;
  int count = i2d_X509_NAME(name, &der);
  if (count > 0) CTLS_add(entry, part, der, (size_t)count, MOST_CERTIFICATE);
  OPENSSL_free(der);
}

static void add_number(CTLS_Entry *entry, int part, const BIGNUM *number) {
  char *text = number && BN_num_bits(number) <= MOST_MODULUS_BITS ? BN_bn2hex(number) : NULL;
  if (text) {
    // BN_bn2hex writes whole octets.
    char *digits = text + (*text == '-');
    size_t zeros = strspn(digits, "0");
    if (zeros && !digits[zeros]) zeros--;
    if (*text == '-') CTLS_add_text(entry, part, "-");
    for (char *place = digits + zeros; *place; place++) {
      if (*place >= 'A' && *place <= 'F') *place += 'a' - 'A';
    }
    CTLS_add_text(entry, part, digits + zeros);
  }
  OPENSSL_free(text);
}

static void add_time(CTLS_Entry *entry, int part, const ASN1_TIME *time) {
  if (!time) return;
  uint8_t tag = (uint8_t)ASN1_STRING_type(time);
  int count = ASN1_STRING_length(time);
  if (count <= 0 || count > MOST_NAME) return;
  CTLS_add(entry, part, &tag, 1, MOST_CERTIFICATE);
  CTLS_add(entry, part, ASN1_STRING_get0_data(time), (size_t)count, MOST_CERTIFICATE);
}

/// The long name, or the OID of what has none.
static void add_object(CTLS_Entry *entry, int part, const ASN1_OBJECT *object) {
  char text[256];
  int nid = OBJ_obj2nid(object);
  if (nid != NID_undef) {
    CTLS_add_text(entry, part, OBJ_nid2ln(nid));
  } else if (OBJ_obj2txt(text, sizeof text, object, 1) > 0) {
    CTLS_add_text(entry, part, text);
  }
}

static void read_signature(CTLS_Entry *entry, X509 *certificate) {
  const X509_ALGOR *algorithm = NULL;
  const ASN1_OBJECT *object = NULL;
  const void *value = NULL;
  int type = V_ASN1_UNDEF;
  X509_get0_signature(NULL, &algorithm, certificate);
  X509_ALGOR_get0(&object, &type, &value, algorithm);
  add_object(entry, CTLS_SIGNATURE, object);
  if (OBJ_obj2nid(object) != NID_rsassaPss || type != V_ASN1_SEQUENCE) return;
  RSA_PSS_PARAMS *parameters = ASN1_item_unpack(value, ASN1_ITEM_rptr(RSA_PSS_PARAMS));
  if (!parameters) return;
  if (parameters->hashAlgorithm) {
    X509_ALGOR_get0(&object, NULL, NULL, parameters->hashAlgorithm);
    add_object(entry, CTLS_SIGNATURE_HASH, object);
  } else {
    CTLS_add_text(entry, CTLS_SIGNATURE_HASH, OBJ_nid2ln(NID_sha1));  // the default (RFC 4055 §3.1)
  }
  RSA_PSS_PARAMS_free(parameters);
}

static const char *algorithm_name(const EVP_PKEY *key) {
  switch (EVP_PKEY_get_base_id(key)) {
  case EVP_PKEY_RSA: return "rsa";
  case EVP_PKEY_RSA_PSS: return "rsa-pss";
  case EVP_PKEY_EC: return "ec";
  case EVP_PKEY_DSA: return "dsa";
  case EVP_PKEY_DH: case EVP_PKEY_DHX: return "dh";
  case EVP_PKEY_ED25519: return "ed25519";
  case EVP_PKEY_ED448: return "ed448";
  default: return EVP_PKEY_get0_type_name(key);
  }
}

static void read_key(CTLS_Entry *entry, X509 *certificate) {
  X509_PUBKEY *info = X509_get_X509_PUBKEY(certificate);
  unsigned char *der = NULL, digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  int count = i2d_X509_PUBKEY(info, &der);
  if (count > 0 && EVP_Digest(der, (size_t)count, digest, &size, EVP_sha256(), NULL) == 1)
    CTLS_add(entry, CTLS_KEY_DIGEST, digest, size, MOST_CERTIFICATE);
  OPENSSL_free(der);

  EVP_PKEY *key = X509_get0_pubkey(certificate);
  if (!key || !entry->parts[CTLS_KEY_DIGEST].count) return;
  entry->numbers[CTLS_HAS_KEY] = 1;
  entry->numbers[CTLS_KEY_BITS] = EVP_PKEY_get_bits(key);
  CTLS_add_text(entry, CTLS_KEY_ALGORITHM, algorithm_name(key));
  int kind = EVP_PKEY_get_base_id(key);
  if (kind == EVP_PKEY_RSA || kind == EVP_PKEY_RSA_PSS) {
    BIGNUM *number = NULL;
    if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &number)) add_number(entry, CTLS_MODULUS, number);
    BN_free(number);
    number = NULL;
    if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &number)) add_number(entry, CTLS_EXPONENT, number);
    BN_free(number);
  }
  if (kind == EVP_PKEY_EC) {
    char name[80];
    size_t length = 0;
    X509_ALGOR *algorithm = NULL;
    int type = V_ASN1_UNDEF;
    if (EVP_PKEY_get_group_name(key, name, sizeof name, &length)) CTLS_add_text(entry, CTLS_CURVE, name);
    if (X509_PUBKEY_get0_param(NULL, NULL, NULL, &algorithm, info)) X509_ALGOR_get0(NULL, &type, NULL, algorithm);
    entry->numbers[CTLS_IS_EXPLICIT] = type == V_ASN1_SEQUENCE;
  }
}

static void add_alternative(CTLS_Entry *entry, int kind, const void *octets, int count) {
  if (count < 0 || count > MOST_NAME) return;
  uint8_t head[3] = {(uint8_t)kind, (uint8_t)(count >> 8), (uint8_t)count};
  CTLS_add(entry, CTLS_NAMES, head, sizeof head, MOST_CERTIFICATE * 2);
  if (count) CTLS_add(entry, CTLS_NAMES, octets, (size_t)count, MOST_CERTIFICATE * 2);
}

static void add_general_name(CTLS_Entry *entry, const GENERAL_NAME *name) {
  const ASN1_STRING *text = NULL;
  unsigned char *der = NULL;
  char identifier[256];
  int count;
  switch (name->type) {
  case GEN_DNS:
    text = name->d.dNSName;
    add_alternative(entry, CTLS_DNS, ASN1_STRING_get0_data(text), ASN1_STRING_length(text));
    break;
  case GEN_IPADD:
    text = name->d.iPAddress;
    add_alternative(entry, CTLS_ADDRESS, ASN1_STRING_get0_data(text), ASN1_STRING_length(text));
    break;
  case GEN_EMAIL: case GEN_URI:
    text = name->type == GEN_EMAIL ? name->d.rfc822Name : name->d.uniformResourceIdentifier;
    add_alternative(entry, CTLS_TEXT, ASN1_STRING_get0_data(text), ASN1_STRING_length(text));
    break;
  case GEN_DIRNAME:
    count = i2d_X509_NAME(name->d.directoryName, &der);
    add_alternative(entry, CTLS_DIRECTORY, der, count);
    OPENSSL_free(der);
    break;
  case GEN_RID:
    count = OBJ_obj2txt(identifier, sizeof identifier, name->d.registeredID, 1);
    add_alternative(entry, CTLS_TEXT, identifier, count < (int)sizeof identifier ? count : (int)sizeof identifier - 1);
    break;
  default: add_alternative(entry, CTLS_UNREAD, NULL, 0);
  }
}

/// Every occurrence of an extension; RFC 5280 allows one, devices do not know that.
static void *next_extension(X509 *certificate, int nid, int *place) {
  while ((*place = X509_get_ext_by_NID(certificate, nid, *place)) >= 0) {
    void *value = X509V3_EXT_d2i(X509_get_ext(certificate, *place));
    if (value) return value;
  }
  return NULL;
}

static void read_extensions(CTLS_Entry *entry, X509 *certificate) {
  GENERAL_NAMES *names;
  int count = 0;
  for (int place = -1; (names = next_extension(certificate, NID_subject_alt_name, &place));) {
    for (int i = 0; i < sk_GENERAL_NAME_num(names) && count < MOST_NAMES; i++, count++)
      add_general_name(entry, sk_GENERAL_NAME_value(names, i));
    GENERAL_NAMES_free(names);
  }

  int place = -1;
  BASIC_CONSTRAINTS *constraints = next_extension(certificate, NID_basic_constraints, &place);
  entry->numbers[CTLS_IS_AUTHORITY] = constraints ? constraints->ca != 0 : -1;
  BASIC_CONSTRAINTS_free(constraints);

  EXTENDED_KEY_USAGE *usage;
  count = 0;
  for (place = -1; (usage = next_extension(certificate, NID_ext_key_usage, &place));) {
    entry->numbers[CTLS_HAS_USAGE] = 1;
    for (int i = 0; i < sk_ASN1_OBJECT_num(usage) && count < MOST_NAMES; i++, count++) {
      char text[256];
      const ASN1_OBJECT *object = sk_ASN1_OBJECT_value(usage, i);
      int nid = OBJ_obj2nid(object);
      if (entry->parts[CTLS_USAGE].count) CTLS_add_text(entry, CTLS_USAGE, "\n");
      if (nid != NID_undef) CTLS_add_text(entry, CTLS_USAGE, OBJ_nid2sn(nid));
      else if (OBJ_obj2txt(text, sizeof text, object, 1) > 0) CTLS_add_text(entry, CTLS_USAGE, text);
    }
    EXTENDED_KEY_USAGE_free(usage);
  }
}

/// OpenSSL knows the hash function and the key's kind fits: then a signature that does not verify is a wrong one.
static bool is_computable(const X509 *certificate, const EVP_PKEY *key) {
  int digest = NID_undef, kind = NID_undef;
  int signature = X509_get_signature_nid(certificate);
  if (signature == NID_rsassaPss) return EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA || EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA_PSS;
  if (!OBJ_find_sigid_algs(signature, &digest, &kind)) return false;
  EVP_MD *function = digest == NID_undef ? NULL : EVP_MD_fetch(NULL, OBJ_nid2sn(digest), NULL);
  bool is_known = digest == NID_undef || function;
  EVP_MD_free(function);
  return is_known && EVP_PKEY_type(kind) == EVP_PKEY_get_base_id(key);
}

static int is_self_signed(X509 *certificate) {
  if (X509_NAME_cmp(X509_get_subject_name(certificate), X509_get_issuer_name(certificate)) != 0) return 0;
  EVP_PKEY *key = X509_get0_pubkey(certificate);
  if (!key) return -1;
  if (X509_verify(certificate, key) == 1) return 1;
  return is_computable(certificate, key) ? 0 : -1;
}

int CTLS_open(const uint8_t *der, int count) {
  if (count <= 0 || count > MOST_CERTIFICATE) return -1;
  const unsigned char *place = der;
  X509 *certificate = d2i_X509(NULL, &place, count);
  CTLS_Entry *entry = certificate ? calloc(1, sizeof *entry) : NULL;
  int number = -1;
  if (entry) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    if (EVP_Digest(der, (size_t)(place - der), digest, &size, EVP_sha256(), NULL) == 1)
      CTLS_add(entry, CTLS_DIGEST, digest, size, MOST_CERTIFICATE);
    long version = X509_get_version(certificate);
    entry->numbers[CTLS_VERSION] = version >= 0 && version < 1000 ? (int)version + 1 : 0;
    add_name(entry, CTLS_SUBJECT, X509_get_subject_name(certificate));
    add_name(entry, CTLS_ISSUER, X509_get_issuer_name(certificate));
    BIGNUM *serial = ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), NULL);
    add_number(entry, CTLS_SERIAL, serial);
    BN_free(serial);
    add_time(entry, CTLS_NOT_BEFORE, X509_get0_notBefore(certificate));
    add_time(entry, CTLS_NOT_AFTER, X509_get0_notAfter(certificate));
    read_signature(entry, certificate);
    read_key(entry, certificate);
    read_extensions(entry, certificate);
    entry->numbers[CTLS_IS_SELF_SIGNED] = is_self_signed(certificate);
    number = CTLS_keep(entry);
  }
  X509_free(certificate);
  // What was malformed has left its words in this thread's queue.
  ERR_clear_error();
  return number;
}

int CTLS_open_key(const uint8_t *der, int count) {
  if (count <= 0 || count > MOST_CERTIFICATE) return -1;
  const unsigned char *place = der;
  EVP_PKEY *key = d2i_PUBKEY(NULL, &place, count);
  place = der;
  if (!key) key = d2i_AutoPrivateKey(NULL, &place, count);
  unsigned char *info = NULL, digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  int length = key ? i2d_PUBKEY(key, &info) : 0, number = -1;
  CTLS_Entry *entry = length > 0 ? calloc(1, sizeof *entry) : NULL;
  if (entry && EVP_Digest(info, (size_t)length, digest, &size, EVP_sha256(), NULL) == 1) {
    CTLS_add(entry, CTLS_KEY_DIGEST, digest, size, MOST_CERTIFICATE);
    number = CTLS_keep(entry);
  } else {
    free(entry);
  }
  OPENSSL_free(info);
  EVP_PKEY_free(key);
  ERR_clear_error();
  return number;
}

bool CTLS_is_signed_by(const uint8_t *der, int count, const uint8_t *issuer, int issuer_count) {
  if (count <= 0 || count > MOST_CERTIFICATE || issuer_count <= 0 || issuer_count > MOST_CERTIFICATE) return false;
  const unsigned char *place = der;
  X509 *certificate = d2i_X509(NULL, &place, count);
  place = issuer;
  X509 *authority = d2i_X509(NULL, &place, issuer_count);
  EVP_PKEY *key = authority ? X509_get0_pubkey(authority) : NULL;
  bool good = certificate && key &&
              !X509_NAME_cmp(X509_get_issuer_name(certificate), X509_get_subject_name(authority)) &&
              X509_verify(certificate, key) == 1;
  X509_free(certificate);
  X509_free(authority);
  ERR_clear_error();
  return good;
}
