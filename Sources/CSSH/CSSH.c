#define _GNU_SOURCE
#include "CSSH.h"

#include <fcntl.h>
#include <libssh/libssh.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_SESSIONS = 256, MOST_TEXT = 4096, MOST_WORD = 256, PARTS = 6, MOST_ROUNDS = 4 };

// What devices of the last twenty years understand, the better first. Names that the library does not know are left out by
// itself. That a device understands nothing better is for other checks to say: a password is not entered more safely by not
// being tried.
static const char *const key_exchanges =
    "curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,ecdh-sha2-nistp384,ecdh-sha2-nistp521,"
    "diffie-hellman-group14-sha256,diffie-hellman-group16-sha512,diffie-hellman-group-exchange-sha256,"
    "diffie-hellman-group14-sha1,diffie-hellman-group1-sha1,diffie-hellman-group-exchange-sha1";
static const char *const host_keys =
    "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,rsa-sha2-512,rsa-sha2-256,ssh-rsa,ssh-dss";
static const char *const ciphers =
    "aes128-gcm@openssh.com,aes256-gcm@openssh.com,chacha20-poly1305@openssh.com,aes128-ctr,aes192-ctr,aes256-ctr,"
    "aes128-cbc,aes192-cbc,aes256-cbc,3des-cbc";
static const char *const macs =
    "hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,hmac-sha2-256,hmac-sha2-512,"
    "hmac-sha1-etm@openssh.com,hmac-sha1,hmac-md5";

typedef enum { EXCHANGING, ASKING, CHOOSING, ENTERING, OVER } Phase;

typedef struct {
  ssh_session session;
  Phase phase;
  int descriptor, method, methods, result, rounds;
  bool answered;
  char account[MOST_WORD + 1], secret[MOST_WORD + 1];
  char *parts[PARTS];
} Login;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static Login *logins[MOST_SESSIONS];

static Login *find(int number) {
  if (number < 0 || number >= MOST_SESSIONS) return NULL;
  pthread_mutex_lock(&lock);
  Login *login = logins[number];
  pthread_mutex_unlock(&lock);
  return login;
}

/// Adds a line to a part, as far as there is room.
static void keep(Login *login, int part, const char *text) {
  if (!text || !*text) return;
  char *before = login->parts[part];
  size_t used = before ? strlen(before) : 0, room = MOST_TEXT - (used < MOST_TEXT ? used : MOST_TEXT);
  size_t taken = strnlen(text, room);
  char *longer = realloc(before, used + taken + 2);
  if (!longer) return;
  if (used) longer[used++] = '\n';
  memcpy(longer + used, text, taken);
  longer[used + taken] = 0;
  login->parts[part] = longer;
}

static bool set_text(ssh_session session, enum ssh_options_e option, const char *text) {
  return ssh_options_set(session, option, text) == SSH_OK;
}

static bool set_number(ssh_session session, enum ssh_options_e option, int number) {
  return ssh_options_set(session, option, &number) == SSH_OK;
}

static bool set_up(Login *login, int descriptor) {
  ssh_session session = login->session;
  bool no = false;
  socket_t socket = descriptor;
  ssh_set_log_level(SSH_LOG_NOLOG);
  // Newer versions of the library know no keys below 1024 bits.
  if (!set_number(session, SSH_OPTIONS_RSA_MIN_SIZE, 768) && !set_number(session, SSH_OPTIONS_RSA_MIN_SIZE, 1024))
    return false;
  return ssh_options_set(session, SSH_OPTIONS_PROCESS_CONFIG, &no) == SSH_OK &&
         set_text(session, SSH_OPTIONS_SSH_DIR, "/dev/null") &&
         set_text(session, SSH_OPTIONS_KNOWNHOSTS, "/dev/null") &&
         set_text(session, SSH_OPTIONS_GLOBAL_KNOWNHOSTS, "/dev/null") &&
         // A name for its error texts: with a socket there is nothing to look up.
         set_text(session, SSH_OPTIONS_HOST, "device") && set_text(session, SSH_OPTIONS_USER, login->account) &&
         set_text(session, SSH_OPTIONS_KEY_EXCHANGE, key_exchanges) &&
         set_text(session, SSH_OPTIONS_HOSTKEYS, host_keys) && set_text(session, SSH_OPTIONS_CIPHERS_C_S, ciphers) &&
         set_text(session, SSH_OPTIONS_CIPHERS_S_C, ciphers) && set_text(session, SSH_OPTIONS_HMAC_C_S, macs) &&
         set_text(session, SSH_OPTIONS_HMAC_S_C, macs) && set_text(session, SSH_OPTIONS_COMPRESSION, "no") &&
         set_number(session, SSH_OPTIONS_GSSAPI_AUTH, 0) && set_number(session, SSH_OPTIONS_PUBKEY_AUTH, 0) &&
         ssh_options_set(session, SSH_OPTIONS_FD, &socket) == SSH_OK;
}

static void destroy(Login *login) {
  if (login->session) {
    // Also closes the socket, and overwrites what it holds of the password.
    ssh_disconnect(login->session);
    ssh_free(login->session);
  }
  for (int i = 0; i < PARTS; i++) free(login->parts[i]);
  explicit_bzero(login, sizeof *login);
  free(login);
}

int CSSH_begin(int descriptor, const uint8_t *account, int count) {
  if (count < 0 || count > MOST_WORD || memchr(account, 0, (size_t)count)) return -1;
  Login *login = calloc(1, sizeof *login);
  if (!login) return -1;
  memcpy(login->account, account, (size_t)count);
  login->descriptor = descriptor;
  int number = -1, own = fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
  login->session = ssh_new();
  if (own >= 0 && login->session && set_up(login, own)) {
    ssh_set_blocking(login->session, 0);
    pthread_mutex_lock(&lock);
    for (int i = 0; i < MOST_SESSIONS && number < 0; i++) {
      if (!logins[i]) logins[number = i] = login;
    }
    pthread_mutex_unlock(&lock);
  }
  if (number < 0) {
    if (own >= 0) close(own);
    if (login->session) ssh_free(login->session);
    login->session = NULL;
    destroy(login);
  }
  return number;
}

static int end_with(Login *login, int result) {
  explicit_bzero(login->secret, sizeof login->secret);
  login->phase = OVER;
  login->result = result == CSSH_FAILED && !ssh_is_connected(login->session) ? CSSH_CLOSED : result;
  if (result == CSSH_FAILED) keep(login, CSSH_ERROR, ssh_get_error(login->session));
  return CSSH_OVER;
}

/// After SSH_MSG_DISCONNECT the library would say "again" for ever (0.10.6).
static int go_on(Login *login) {
  bool is_over = (ssh_get_status(login->session) & (SSH_CLOSED | SSH_CLOSED_ERROR)) != 0;
  return is_over ? end_with(login, CSSH_FAILED) : CSSH_WAITING;
}

/// What the device said beside its answer.
static void keep_banner(Login *login) {
  char *text = login->parts[CSSH_BANNER] ? NULL : ssh_get_issue_banner(login->session);
  if (text) keep(login, CSSH_BANNER, text);
  ssh_string_free_char(text);
}

static void keep_key(Login *login) {
  ssh_key key = NULL;
  unsigned char *digest = NULL;
  size_t length = 0;
  if (ssh_get_server_publickey(login->session, &key) != SSH_OK) return;
  keep(login, CSSH_KEY_TYPE, ssh_key_type_to_char(ssh_key_type(key)));
  if (ssh_get_publickey_hash(key, SSH_PUBLICKEY_HASH_SHA256, &digest, &length) == SSH_OK) {
    char *text = ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, digest, length);
    keep(login, CSSH_FINGERPRINT, text);
    ssh_string_free_char(text);
    ssh_clean_pubkey_hash(&digest);
  }
  ssh_key_free(key);
}

static int exchange(Login *login) {
  int state = ssh_connect(login->session);
  if (state == SSH_AGAIN) return go_on(login);
  keep(login, CSSH_VERSION, ssh_get_serverbanner(login->session));
  if (state != SSH_OK) return end_with(login, CSSH_FAILED);
  keep_key(login);
  login->phase = ASKING;
  return CSSH_AGREED;
}

static int offered(ssh_session session) {
  int theirs = ssh_userauth_list(session, NULL), ours = 0;
  if (theirs & SSH_AUTH_METHOD_PASSWORD) ours |= CSSH_PASSWORD;
  if (theirs & SSH_AUTH_METHOD_INTERACTIVE) ours |= CSSH_INTERACTIVE;
  if (theirs & SSH_AUTH_METHOD_PUBLICKEY) ours |= CSSH_PUBLIC_KEY;
  if (theirs & SSH_AUTH_METHOD_HOSTBASED) ours |= CSSH_HOST_BASED;
  if (theirs & SSH_AUTH_METHOD_GSSAPI_MIC) ours |= CSSH_OTHER;
  return ours;
}

static int ask(Login *login) {
  int state = ssh_userauth_none(login->session, NULL);
  if (state == SSH_AUTH_AGAIN) return go_on(login);
  keep_banner(login);
  if (state == SSH_AUTH_SUCCESS) return end_with(login, CSSH_ACCEPTED_NAME);
  if (state == SSH_AUTH_PARTIAL) return end_with(login, CSSH_PARTIAL);
  if (state != SSH_AUTH_DENIED) return end_with(login, CSSH_FAILED);
  login->methods = offered(login->session);
  login->phase = CHOOSING;
  return CSSH_ASKED;
}

/// RFC 4256: one question, whose answer is not shown, gets the password. PAM then asks nothing more, in so many words.
static int converse(Login *login) {
  ssh_session session = login->session;
  for (;;) {
    int state = ssh_userauth_kbdint(session, NULL, NULL);
    if (state != SSH_AUTH_INFO) return state;
    keep(login, CSSH_QUESTION, ssh_userauth_kbdint_getname(session));
    keep(login, CSSH_QUESTION, ssh_userauth_kbdint_getinstruction(session));
    int count = ssh_userauth_kbdint_getnprompts(session);
    for (int i = 0; i < count && i < MOST_ROUNDS; i++)
      keep(login, CSSH_QUESTION, ssh_userauth_kbdint_getprompt(session, (unsigned)i, NULL));
    if (++login->rounds > MOST_ROUNDS) return SSH_AUTH_INFO;
    if (count == 0) continue;
    char is_shown = 1;
    ssh_userauth_kbdint_getprompt(session, 0, &is_shown);
    if (count != 1 || is_shown || login->answered) return SSH_AUTH_INFO;
    login->answered = true;
    if (ssh_userauth_kbdint_setanswer(session, 0, login->secret) < 0) return SSH_AUTH_ERROR;
    explicit_bzero(login->secret, sizeof login->secret);
  }
}

static int enter(Login *login) {
  int state = login->method == CSSH_PASSWORD ? ssh_userauth_password(login->session, NULL, login->secret)
                                             : converse(login);
  if (state == SSH_AUTH_AGAIN) return go_on(login);
  keep_banner(login);
  switch (state) {
    case SSH_AUTH_SUCCESS: return end_with(login, CSSH_ACCEPTED);
    case SSH_AUTH_DENIED: return end_with(login, CSSH_REFUSED);
    case SSH_AUTH_PARTIAL: return end_with(login, CSSH_PARTIAL);
    case SSH_AUTH_INFO: return end_with(login, CSSH_OTHER_QUESTION);
    default: return end_with(login, CSSH_FAILED);
  }
}

static int advance(Login *login) {
  switch (login->phase) {
    case EXCHANGING: return exchange(login);
    case ASKING: return ask(login);
    case CHOOSING: return CSSH_ASKED;
    case ENTERING: return enter(login);
    case OVER: return CSSH_OVER;
  }
  return CSSH_OVER;
}

static bool is_readable(int descriptor) {
  struct pollfd socket = {.fd = descriptor, .events = POLLIN};
  return poll(&socket, 1, 0) == 1 && socket.revents & POLLIN;
}

int CSSH_step(int number) {
  Login *login = find(number);
  if (!login) return CSSH_OVER;
  int descriptor = login->descriptor;
  int state = advance(login);
  // What has come is read before a reset behind it, which the library would look at first.
  for (int i = 0; i < MOST_ROUNDS && state == CSSH_WAITING && is_readable(descriptor); i++) state = advance(login);
  // The library lets a socket that it is given block (0.10.6), and with it the caller's, which is the same.
  int flags = fcntl(descriptor, F_GETFL);
  if (flags >= 0 && !(flags & O_NONBLOCK)) fcntl(descriptor, F_SETFL, flags | O_NONBLOCK);
  return state;
}

bool CSSH_enter(int number, int method, const uint8_t *secret, int count) {
  Login *login = find(number);
  if (!login || login->phase != CHOOSING || !(method & login->methods & (CSSH_PASSWORD | CSSH_INTERACTIVE)) ||
      count < 0 || count > MOST_WORD || memchr(secret, 0, (size_t)count))
    return false;
  memcpy(login->secret, secret, (size_t)count);
  login->method = method;
  login->phase = ENTERING;
  return true;
}

int CSSH_methods(int number) {
  Login *login = find(number);
  return login ? login->methods : 0;
}

int CSSH_result(int number) {
  Login *login = find(number);
  return login ? login->result : CSSH_UNDECIDED;
}

int CSSH_size(int number, int part) {
  Login *login = find(number);
  if (!login || part < 0 || part >= PARTS || !login->parts[part]) return 0;
  return (int)strlen(login->parts[part]);
}

int CSSH_copy(int number, int part, uint8_t *octets, int capacity) {
  int size = CSSH_size(number, part);
  int count = size < capacity ? size : capacity;
  if (count > 0) memcpy(octets, find(number)->parts[part], (size_t)count);
  return count > 0 ? count : 0;
}

void CSSH_end(int number) {
  if (number < 0 || number >= MOST_SESSIONS) return;
  pthread_mutex_lock(&lock);
  Login *login = logins[number];
  logins[number] = NULL;
  pthread_mutex_unlock(&lock);
  if (login) destroy(login);
}
