#pragma once
#include <stdint.h>

/// Where words for the caller go.
typedef struct {
  uint8_t *octets;
  int capacity, used;
} Answer;

/// Adds words and a 0, or nothing when there is no room.
void CNotices_say(Answer *answer, const char *words);

/// The next of `text`'s strings; NULL when there is none.
const char *CNotices_next(const uint8_t *text, int count, int *place);

/// Milliseconds of a clock that never jumps.
int64_t CNotices_now(void);
