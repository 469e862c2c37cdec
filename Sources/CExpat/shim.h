// libexpat, the XML parser that is audited most: what devices send as XML is hostile input, and a
// parser of our own would have to earn what this one has. Only XMLReading imports it.
#include <expat.h>
