// libarchive, whose entries are owned pointers and whose time and names depend on the process: only the C target CArchive uses it.
#include <archive.h>
#include <archive_entry.h>
