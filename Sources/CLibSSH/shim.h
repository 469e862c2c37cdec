// libssh, whose options are untyped pointers: only the C target CSSH uses it.
#include <libssh/libssh.h>
