#include "CPackage.h"
#include <stdlib.h>
#include <string.h>
#include <zip.h>

struct CPackage {
  zip_source_t *source;
  zip_t *zip;
  int64_t length;
};

/// 1980-01-01 in the form of DOS, as spreadsheets write it.
enum { DOS_DATE = 0x21, DOS_TIME = 0 };

CPackage *CPackage_open(const uint8_t *octets, size_t count) {
  CPackage *package = calloc(1, sizeof *package);
  uint8_t *copy = malloc(count > 0 ? count : 1);
  if (package == NULL || copy == NULL) {
    free(package);
    free(copy);
    return NULL;
  }
  memcpy(copy, octets, count);
  package->source = zip_source_buffer_create(copy, count, 1, NULL);
  if (package->source == NULL) {
    free(copy);
    free(package);
    return NULL;
  }
  // Kept beyond the end of the package: the result is read from it.
  zip_source_keep(package->source);
  package->zip = zip_open_from_source(package->source, ZIP_CHECKCONS, NULL);
  if (package->zip != NULL) return package;
  zip_source_free(package->source);
  zip_source_free(package->source);
  free(package);
  return NULL;
}

int64_t CPackage_count(CPackage *package) { return zip_get_num_entries(package->zip, ZIP_FL_UNCHANGED); }

int64_t CPackage_name(CPackage *package, int64_t member, char *name, size_t capacity) {
  const char *found = zip_get_name(package->zip, (zip_uint64_t)member, ZIP_FL_ENC_GUESS);
  if (found == NULL || strlen(found) >= capacity) return -1;
  memcpy(name, found, strlen(found) + 1);
  return (int64_t)strlen(found);
}

int64_t CPackage_size(CPackage *package, int64_t member) {
  zip_stat_t about;
  zip_stat_init(&about);
  if (zip_stat_index(package->zip, (zip_uint64_t)member, ZIP_FL_UNCHANGED, &about) != 0) return -1;
  if ((about.valid & ZIP_STAT_ENCRYPTION_METHOD) && about.encryption_method != ZIP_EM_NONE) return -2;
  if ((about.valid & ZIP_STAT_COMP_METHOD) && about.comp_method != ZIP_CM_STORE && about.comp_method != ZIP_CM_DEFLATE) return -2;
  return (about.valid & ZIP_STAT_SIZE) && about.size <= INT64_MAX ? (int64_t)about.size : -1;
}

int CPackage_read(CPackage *package, int64_t member, uint8_t *octets, size_t count) {
  zip_file_t *file = zip_fopen_index(package->zip, (zip_uint64_t)member, ZIP_FL_UNCHANGED);
  size_t read = 0;
  if (file == NULL) return 0;
  while (read < count) {
    zip_int64_t some = zip_fread(file, octets + read, count - read);
    if (some <= 0) break;
    read += (size_t)some;
  }
  // The checksum is looked at where the end is read.
  uint8_t beyond;
  int done = read == count && zip_fread(file, &beyond, 1) == 0;
  return zip_fclose(file) == 0 && done;
}

int CPackage_replace(CPackage *package, int64_t member, const uint8_t *octets, size_t count) {
  uint8_t *copy = malloc(count > 0 ? count : 1);
  if (copy == NULL) return 0;
  memcpy(copy, octets, count);
  zip_source_t *source = zip_source_buffer(package->zip, copy, count, 1);
  if (source == NULL) {
    free(copy);
    return 0;
  }
  if (zip_file_replace(package->zip, (zip_uint64_t)member, source, 0) != 0) {
    zip_source_free(source);
    return 0;
  }
  return zip_set_file_compression(package->zip, (zip_uint64_t)member, ZIP_CM_DEFLATE, 0) == 0
    && zip_file_set_dostime(package->zip, (zip_uint64_t)member, DOS_TIME, DOS_DATE, 0) == 0;
}

int64_t CPackage_finish(CPackage *package) {
  package->length = -1;
  if (zip_close(package->zip) != 0) {
    zip_discard(package->zip);
    package->zip = NULL;
    return -1;
  }
  package->zip = NULL;
  zip_stat_t about;
  zip_stat_init(&about);
  if (zip_source_stat(package->source, &about) == 0 && (about.valid & ZIP_STAT_SIZE)) package->length = (int64_t)about.size;
  return package->length;
}

int64_t CPackage_copy(CPackage *package, uint8_t *octets, int64_t capacity) {
  int64_t copied = 0;
  if (package->zip != NULL || zip_source_open(package->source) != 0) return -1;
  while (copied < capacity) {
    zip_int64_t some = zip_source_read(package->source, octets + copied, (zip_uint64_t)(capacity - copied));
    if (some <= 0) break;
    copied += some;
  }
  zip_source_close(package->source);
  return copied;
}

void CPackage_free(CPackage *package) {
  if (package == NULL) return;
  if (package->zip != NULL) zip_discard(package->zip);
  zip_source_free(package->source);
  free(package);
}
