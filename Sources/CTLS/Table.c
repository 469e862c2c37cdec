#include "Table.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static CTLS_Entry *entries[MOST_ENTRIES];

int CTLS_keep(CTLS_Entry *entry) {
  int number = -1;
  pthread_mutex_lock(&lock);
  for (int i = 0; i < MOST_ENTRIES && number < 0; i++) {
    if (!entries[i]) entries[number = i] = entry;
  }
  pthread_mutex_unlock(&lock);
  if (number < 0) CTLS_destroy(entry);
  return number;
}

CTLS_Entry *CTLS_find(int number) {
  if (number < 0 || number >= MOST_ENTRIES) return NULL;
  pthread_mutex_lock(&lock);
  CTLS_Entry *entry = entries[number];
  pthread_mutex_unlock(&lock);
  return entry;
}

void CTLS_destroy(CTLS_Entry *entry) {
  if (!entry) return;
  // Frees the two BIOs too.
  SSL_free(entry->connection);
  for (int i = 0; i < CTLS_PARTS; i++) free(entry->parts[i].octets);
  free(entry);
}

void CTLS_close(int number) {
  if (number < 0 || number >= MOST_ENTRIES) return;
  pthread_mutex_lock(&lock);
  CTLS_Entry *entry = entries[number];
  entries[number] = NULL;
  pthread_mutex_unlock(&lock);
  CTLS_destroy(entry);
}

bool CTLS_add(CTLS_Entry *entry, int part, const void *octets, size_t count, size_t most) {
  CTLS_Octets *text = &entry->parts[part];
  if (!octets || !count || count > most || text->count > most - count) return false;
  uint8_t *longer = realloc(text->octets, text->count + count);
  if (!longer) return false;
  memcpy(longer + text->count, octets, count);
  text->octets = longer;
  text->count += count;
  return true;
}

void CTLS_add_text(CTLS_Entry *entry, int part, const char *text) {
  if (text) CTLS_add(entry, part, text, strlen(text), MOST_CERTIFICATE);
}

int CTLS_size(int number, int part) {
  CTLS_Entry *entry = CTLS_find(number);
  return entry && part >= 0 && part < CTLS_PARTS ? (int)entry->parts[part].count : 0;
}

int CTLS_copy(int number, int part, uint8_t *octets, int capacity) {
  int size = CTLS_size(number, part), count = size < capacity ? size : capacity;
  if (count <= 0) return 0;
  CTLS_Octets *text = &CTLS_find(number)->parts[part];
  memcpy(octets, text->octets, (size_t)count);
  if (part == CTLS_OUTPUT) {
    text->count -= (size_t)count;
    memmove(text->octets, text->octets + count, text->count);
  }
  return count;
}

int CTLS_number(int number, int which) {
  CTLS_Entry *entry = CTLS_find(number);
  return entry && which >= 0 && which < CTLS_NUMBERS ? entry->numbers[which] : 0;
}
