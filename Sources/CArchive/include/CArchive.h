#pragma once
#include <stddef.h>
#include <stdint.h>

// Archives (ZIP with ZIP64; POSIX pax in Zstandard, RFC 8878) by libarchive, file by file, never whole in memory. In C because
// libarchive's entries are owned pointers, and because it takes the hours of ZIP from the process's time zone and the letters of names
// from its locale, which are both set here while an archive is open. An archive belongs to one thread, and one is open at a time.

typedef struct CArchive CArchive;

enum { CARCHIVE_ZIP = 1, CARCHIVE_TAR_ZSTD = 2 };

/// What `CArchive_next` came to.
enum {
  CARCHIVE_END = 0, CARCHIVE_FILE = 1, CARCHIVE_FOLDER = 2,
  /// A link, a device, a pipe.
  CARCHIVE_OTHER = 3,
  CARCHIVE_ENCRYPTED = 4,
  CARCHIVE_FAULT = -1,
};

/// Begins an archive in an open file. All its entries are of the moment `modified` (seconds since 1970), of user and group 0, and
/// for the owner only. NULL when there is no memory.
CArchive *CArchive_create(int descriptor, int form, int64_t modified);
/// Begins a file of so many octets. 1 when done.
int CArchive_begin(CArchive *archive, const char *name, int64_t octets);
/// Adds octets to it. 1 when done.
int CArchive_add(CArchive *archive, const uint8_t *octets, size_t count);
/// Ends the archive. 1 when done.
int CArchive_finish(CArchive *archive);

/// Opens an archive for reading, of one of the two forms and no other. NULL when there is no memory.
CArchive *CArchive_open(int descriptor);
/// The next entry. `octets` is -1 where the archive does not say; `length` is that of the name, which is cut to `capacity`.
int CArchive_next(CArchive *archive, uint8_t *name, size_t capacity, size_t *length, int64_t *octets);
/// The entry's next octets: how many, 0 at its end, -1 on a fault.
int64_t CArchive_read(CArchive *archive, uint8_t *octets, size_t capacity);

/// What went wrong, in libarchive's words, ended by 0.
void CArchive_problem(CArchive *archive, char *words, size_t capacity);
void CArchive_free(CArchive *archive);
