// libzip, whose sources are owned pointers handed back and forth: only the C target CPackage uses it.
#include <zip.h>
