#define _GNU_SOURCE
#include "CArchive.h"
#include <archive.h>
#include <archive_entry.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct CArchive {
  struct archive *library;
  struct archive_entry *entry;
  int writes;
  int64_t modified;
  locale_t letters, before;
  char *zone;
  int had_zone;
};

enum { BLOCK = 1 << 16 };

static CArchive *made(int writes, int64_t modified) {
  CArchive *archive = calloc(1, sizeof *archive);
  if (archive == NULL) return NULL;
  archive->writes = writes;
  archive->modified = modified;
  archive->letters = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
  if (archive->letters != (locale_t)0) archive->before = uselocale(archive->letters);
  const char *zone = getenv("TZ");
  archive->had_zone = zone != NULL;
  archive->zone = zone != NULL ? strdup(zone) : NULL;
  setenv("TZ", "UTC", 1);
  tzset();
  archive->entry = archive_entry_new();
  archive->library = writes ? archive_write_new() : archive_read_new();
  if (archive->entry != NULL && archive->library != NULL) return archive;
  CArchive_free(archive);
  return NULL;
}

CArchive *CArchive_create(int descriptor, int form, int64_t modified) {
  CArchive *archive = made(1, modified);
  if (archive == NULL) return NULL;
  struct archive *library = archive->library;
  if (form == CARCHIVE_ZIP) {
    archive_write_set_format_zip(library);
    archive_write_set_options(library, "zip:hdrcharset=UTF-8");
  } else {
    archive_write_set_format_pax_restricted(library);
    archive_write_add_filter_zstd(library);
  }
  archive_write_set_bytes_in_last_block(library, 1);
  archive_write_open_fd(library, descriptor);
  return archive;
}

int CArchive_begin(CArchive *archive, const char *name, int64_t octets) {
  archive_entry_clear(archive->entry);
  archive_entry_set_pathname(archive->entry, name);
  archive_entry_set_filetype(archive->entry, AE_IFREG);
  archive_entry_set_perm(archive->entry, 0600);
  archive_entry_set_uid(archive->entry, 0);
  archive_entry_set_gid(archive->entry, 0);
  archive_entry_set_mtime(archive->entry, (time_t)archive->modified, 0);
  archive_entry_set_size(archive->entry, octets);
  return archive_write_header(archive->library, archive->entry) == ARCHIVE_OK;
}

int CArchive_add(CArchive *archive, const uint8_t *octets, size_t count) {
  while (count > 0) {
    la_ssize_t written = archive_write_data(archive->library, octets, count);
    if (written <= 0) return 0;
    octets += written;
    count -= (size_t)written;
  }
  return 1;
}

int CArchive_finish(CArchive *archive) { return archive_write_close(archive->library) == ARCHIVE_OK; }

CArchive *CArchive_open(int descriptor) {
  CArchive *archive = made(0, 0);
  if (archive == NULL) return NULL;
  // By its list of contents, as everybody else reads it; a reader that follows the octets could be shown something else.
  archive_read_support_format_zip_seekable(archive->library);
  archive_read_support_format_tar(archive->library);
  archive_read_support_filter_zstd(archive->library);
  archive_read_open_fd(archive->library, descriptor, BLOCK);
  return archive;
}

int CArchive_next(CArchive *archive, uint8_t *name, size_t capacity, size_t *length, int64_t *octets) {
  struct archive_entry *entry = NULL;
  int result = archive_read_next_header(archive->library, &entry);
  if (result == ARCHIVE_EOF) return CARCHIVE_END;
  // A warning, too, is an entry that was not understood wholly.
  if (result != ARCHIVE_OK) return CARCHIVE_FAULT;
  const char *path = archive_entry_pathname(entry);
  if (path == NULL) return CARCHIVE_FAULT;
  *length = strlen(path);
  memcpy(name, path, *length < capacity ? *length : capacity);
  *octets = archive_entry_size_is_set(entry) ? archive_entry_size(entry) : -1;
  if (archive_entry_is_encrypted(entry)) return CARCHIVE_ENCRYPTED;
  if (archive_entry_hardlink(entry) != NULL || archive_entry_symlink(entry) != NULL) return CARCHIVE_OTHER;
  switch (archive_entry_filetype(entry)) {
  case AE_IFREG: return CARCHIVE_FILE;
  case AE_IFDIR: return CARCHIVE_FOLDER;
  default: return CARCHIVE_OTHER;
  }
}

int64_t CArchive_read(CArchive *archive, uint8_t *octets, size_t capacity) {
  la_ssize_t count = archive_read_data(archive->library, octets, capacity);
  return count < 0 ? -1 : count;
}

void CArchive_problem(CArchive *archive, char *words, size_t capacity) {
  const char *problem = archive_error_string(archive->library);
  snprintf(words, capacity, "%s", problem != NULL ? problem : "it is of neither form");
}

void CArchive_free(CArchive *archive) {
  if (archive == NULL) return;
  if (archive->library != NULL) {
    // Without this, freeing would write the end of an archive that failed.
    if (archive->writes) archive_write_fail(archive->library);
    if (archive->writes) archive_write_free(archive->library);
    else archive_read_free(archive->library);
  }
  archive_entry_free(archive->entry);
  if (archive->letters != (locale_t)0) {
    uselocale(archive->before);
    freelocale(archive->letters);
  }
  if (archive->had_zone && archive->zone != NULL) setenv("TZ", archive->zone, 1);
  if (!archive->had_zone) unsetenv("TZ");
  tzset();
  free(archive->zone);
  free(archive);
}
