// libcurl, whose options are variadic: only the C target CHTTP uses it.
#include <curl/curl.h>
