// OpenSSL 3's libcrypto, for hashes now and signatures, certificates and timestamps later.
// One shim for all of them: swift-crypto and swift-certificates would quadruple the build time.
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
