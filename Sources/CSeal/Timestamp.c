#include "CSeal.h"
#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ts.h>
#include <openssl/x509.h>
#include <string.h>
#include <time.h>

int CSeal_request(const uint8_t *digest, const uint8_t *nonce, uint8_t *der, size_t capacity) {
  TS_REQ *request = TS_REQ_new();
  TS_MSG_IMPRINT *imprint = TS_MSG_IMPRINT_new();
  X509_ALGOR *algorithm = X509_ALGOR_new();
  BIGNUM *number = BN_bin2bn(nonce, CSEAL_NONCE, NULL);
  ASN1_INTEGER *integer = number != NULL ? BN_to_ASN1_INTEGER(number, NULL) : NULL;
  uint8_t copy[CSEAL_DIGEST];
  int length = -1;
  memcpy(copy, digest, CSEAL_DIGEST);
  if (request != NULL && imprint != NULL && algorithm != NULL && integer != NULL
      && X509_ALGOR_set0(algorithm, OBJ_nid2obj(NID_sha256), V_ASN1_NULL, NULL) == 1
      && TS_MSG_IMPRINT_set_algo(imprint, algorithm) == 1 && TS_MSG_IMPRINT_set_msg(imprint, copy, CSEAL_DIGEST) == 1
      && TS_REQ_set_version(request, 1) == 1 && TS_REQ_set_msg_imprint(request, imprint) == 1
      && TS_REQ_set_nonce(request, integer) == 1 && TS_REQ_set_cert_req(request, 1) == 1) {
    int needed = i2d_TS_REQ(request, NULL);
    if (needed > 0 && (size_t)needed <= capacity) {
      unsigned char *place = der;
      length = i2d_TS_REQ(request, &place);
    }
  }
  ASN1_INTEGER_free(integer);
  BN_free(number);
  X509_ALGOR_free(algorithm);
  TS_MSG_IMPRINT_free(imprint);
  TS_REQ_free(request);
  ERR_clear_error();
  return length;
}

/// The certificates of a PEM file as a store whose judgement is as of `when`; NULL when there is none in it.
static X509_STORE *store_of(const uint8_t *pem, size_t count, time_t when) {
  BIO *memory = BIO_new_mem_buf(pem, (int)count);
  X509_STORE *store = X509_STORE_new();
  X509_VERIFY_PARAM *parameters = X509_VERIFY_PARAM_new();
  int added = 0;
  X509 *certificate;
  while (memory != NULL && store != NULL && (certificate = PEM_read_bio_X509(memory, NULL, NULL, NULL)) != NULL) {
    added += X509_STORE_add_cert(store, certificate) == 1;
    X509_free(certificate);
  }
  BIO_free(memory);
  if (added > 0 && parameters != NULL) {
    X509_VERIFY_PARAM_set_time(parameters, when);
    X509_STORE_set1_param(store, parameters);
  } else {
    X509_STORE_free(store);
    store = NULL;
  }
  X509_VERIFY_PARAM_free(parameters);
  return store;
}

static int moment_of(TS_TST_INFO *info, int64_t *seconds) {
  struct tm when;
  const ASN1_GENERALIZEDTIME *time = TS_TST_INFO_get_time(info);
  if (time == NULL || ASN1_TIME_to_tm(time, &when) != 1) return 0;
  *seconds = (int64_t)timegm(&when);
  return 1;
}

/// The signer's name: of the first certificate that the token carries, else what TSTInfo says.
static void name_of(TS_RESP *response, TS_TST_INFO *info, char *name, size_t capacity) {
  PKCS7 *token = TS_RESP_get_token(response);
  name[0] = 0;
  STACK_OF(X509) *signers = token != NULL ? PKCS7_get0_signers(token, NULL, 0) : NULL;
  if (signers != NULL && sk_X509_num(signers) > 0)
    X509_NAME_oneline(X509_get_subject_name(sk_X509_value(signers, 0)), name, (int)capacity);
  sk_X509_free(signers);
  (void)info;
}

static int is_imprint(TS_TST_INFO *info, const uint8_t *digest) {
  TS_MSG_IMPRINT *imprint = TS_TST_INFO_get_msg_imprint(info);
  if (imprint == NULL || OBJ_obj2nid(TS_MSG_IMPRINT_get_algo(imprint)->algorithm) != NID_sha256) return 0;
  const ASN1_OCTET_STRING *message = TS_MSG_IMPRINT_get_msg(imprint);
  return ASN1_STRING_length(message) == CSEAL_DIGEST
    && memcmp(ASN1_STRING_get0_data(message), digest, CSEAL_DIGEST) == 0;
}

/// Whether the token has the request's nonce.
static int is_answer(TS_TST_INFO *info, const uint8_t *der, size_t count) {
  const unsigned char *place = der;
  TS_REQ *request = d2i_TS_REQ(NULL, &place, (long)count);
  const ASN1_INTEGER *asked = request != NULL ? TS_REQ_get_nonce(request) : NULL;
  const ASN1_INTEGER *got = TS_TST_INFO_get_nonce(info);
  int same = asked != NULL && got != NULL && ASN1_INTEGER_cmp(asked, got) == 0;
  TS_REQ_free(request);
  return same;
}

static int verified(TS_RESP *response, X509_STORE *store, const uint8_t *digest, char *why, size_t capacity) {
  TS_VERIFY_CTX *context = TS_VERIFY_CTX_new();
  uint8_t *copy = OPENSSL_memdup(digest, CSEAL_DIGEST);
  int done = 0;
  if (context != NULL && copy != NULL) {
    TS_VERIFY_CTX_set_flags(context, TS_VFY_SIGNATURE | TS_VFY_VERSION | TS_VFY_IMPRINT);
    // The context owns both from here.
    TS_VERIFY_CTX_set_store(context, store);
    TS_VERIFY_CTX_set_imprint(context, copy, CSEAL_DIGEST);
    done = TS_RESP_verify_response(context, response) == 1;
  } else {
    OPENSSL_free(copy);
    X509_STORE_free(store);
  }
  if (!done) {
    const char *data = NULL;
    int flags = 0;
    unsigned long code = ERR_peek_last_error_all(NULL, NULL, NULL, &data, &flags);
    const char *reason = ERR_reason_error_string(code);
    snprintf(why, capacity, "%s%s%s", reason != NULL ? reason : "not verified", data != NULL && *data ? ": " : "",
             data != NULL ? data : "");
  }
  TS_VERIFY_CTX_free(context);
  return done;
}

static int checked(TS_RESP *response, const uint8_t *digest, const uint8_t *request, size_t request_count,
                   const uint8_t *authorities, size_t authorities_count, int64_t *seconds, char *authority,
                   size_t capacity) {
  TS_TST_INFO *info = TS_RESP_get_tst_info(response);
  long status = ASN1_INTEGER_get(TS_STATUS_INFO_get0_status(TS_RESP_get_status_info(response)));
  if (info == NULL || status < 0 || status > 1) return CSEAL_REFUSED;
  if (!is_imprint(info, digest)) return CSEAL_OTHER_IMPRINT;
  if (request != NULL && !is_answer(info, request, request_count)) return CSEAL_OTHER_REQUEST;
  if (!moment_of(info, seconds)) return CSEAL_NO_RESPONSE;
  if (authorities != NULL) {
    X509_STORE *store = store_of(authorities, authorities_count, (time_t)*seconds);
    if (store == NULL) return CSEAL_NO_AUTHORITIES;
    if (!verified(response, store, digest, authority, capacity)) return CSEAL_BAD_SIGNATURE;
  }
  name_of(response, info, authority, capacity);
  return authorities != NULL ? CSEAL_STAMPED : CSEAL_UNCHECKED;
}

int CSeal_check(const uint8_t *octets, size_t count, const uint8_t *digest, const uint8_t *request, size_t request_count,
                const uint8_t *authorities, size_t authorities_count, int64_t *seconds, char *authority,
                size_t capacity) {
  const unsigned char *place = octets;
  TS_RESP *response = count > 0 && count < (1 << 20) ? d2i_TS_RESP(NULL, &place, (long)count) : NULL;
  int result = CSEAL_NO_RESPONSE;
  authority[0] = 0;
  if (response != NULL && place == octets + count)
    result = checked(response, digest, request, request_count, authorities, authorities_count, seconds, authority,
                     capacity);
  TS_RESP_free(response);
  ERR_clear_error();
  return result;
}
