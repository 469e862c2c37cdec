// PCRE2 for octets: fingerprints are written for Ruby's and Perl's regular expressions and are matched
// against what devices send, which need not be UTF-8. Swift's Regex knows neither the syntax in full nor
// a limit to the steps of a match. Only Fingerprints imports it.
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
