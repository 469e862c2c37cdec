#pragma once
#include <stdbool.h>
#include <stdint.h>

// One login by SSH over a connection that is there already, by libssh (Docs/Decisions/0012-default-credentials.md). In C
// because libssh's options are untyped pointers, and because its sessions and strings should not leave this file. A session
// is named by a number, as a descriptor is: no pointer reaches Swift, and a wrong number is an error instead of a wild
// access. The functions may be called from any thread, but those that name the same session from one at a time.
//
// No host is looked up, no file read or written (configuration, known hosts, keys), no agent asked. No channel is ever
// opened: there is no function here that could run a command.

/// What CSSH_step comes to.
enum {
  /// It waits for the device, or for a processor's turn.
  CSSH_WAITING,
  /// The keys are agreed on: CSSH_KEY_TYPE, CSSH_FINGERPRINT and CSSH_VERSION are there.
  CSSH_AGREED,
  /// The name alone was refused: CSSH_methods are known, and CSSH_enter may follow.
  CSSH_ASKED,
  CSSH_OVER,
};

/// What came of it.
enum {
  CSSH_UNDECIDED,
  CSSH_ACCEPTED,
  /// The name alone opened the session.
  CSSH_ACCEPTED_NAME,
  CSSH_REFUSED,
  /// The password is right, and something else is asked for as well.
  CSSH_PARTIAL,
  /// Something else than one password was asked for; it was left unanswered.
  CSSH_OTHER_QUESTION,
  /// The device ended the connection; CSSH_ERROR quotes its goodbye, if there was one.
  CSSH_CLOSED,
  /// The two do not understand each other; CSSH_ERROR says why.
  CSSH_FAILED,
};

/// Methods (RFC 4252 §5, RFC 4256), to be added up.
enum { CSSH_PASSWORD = 1, CSSH_INTERACTIVE = 2, CSSH_PUBLIC_KEY = 4, CSSH_HOST_BASED = 8, CSSH_OTHER = 16 };

enum {
  /// The identification string (RFC 4253 §4.2).
  CSSH_VERSION,
  /// SSH_MSG_USERAUTH_BANNER (RFC 4252 §5.4).
  CSSH_BANNER,
  /// `ssh-ed25519`.
  CSSH_KEY_TYPE,
  /// `SHA256:` and base64, as OpenSSH shows it.
  CSSH_FINGERPRINT,
  /// What the device said with its question: title, instruction and prompt, a line each.
  CSSH_QUESTION,
  /// Why it failed, in libssh's words, which quote the device's.
  CSSH_ERROR,
};

/// Begins on a connected socket that does not block, of which it takes a duplicate; the caller keeps its own until after
/// CSSH_end. Nothing is sent before CSSH_step.
/// The account's `count` octets are copied. Returns the session's number, or -1.
int CSSH_begin(int descriptor, const uint8_t *account, int count);

/// Does what can be done without waiting: the identification and the keys, then the question whether the name alone opens a
/// session, which is also how the methods are learned (RFC 4252 §5.2); after CSSH_enter the password.
int CSSH_step(int session);

/// Lets the next steps enter a password, once, by one of CSSH_PASSWORD and CSSH_INTERACTIVE. It is copied, and the copy
/// overwritten when it is over. Returns false when it is not the time for it.
bool CSSH_enter(int session, int method, const uint8_t *secret, int count);

int CSSH_methods(int session);
int CSSH_result(int session);

int CSSH_size(int session, int part);
/// Copies at most `capacity` octets of a part and returns how many.
int CSSH_copy(int session, int part, uint8_t *octets, int capacity);

/// Says goodbye (SSH_MSG_DISCONNECT), forgets the session, and closes its duplicate of the socket.
void CSSH_end(int session);
