#define _GNU_SOURCE
#include "CLinux.h"
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

enum { MOST_WORDS = 64 };

/// Makes a list of texts that lie behind each other. 0 when there are too many, or the last is not ended.
static int list_of(const uint8_t *texts, size_t count, char *list[MOST_WORDS + 1]) {
  size_t words = 0;
  if (count > 0 && texts[count - 1] != 0) return 0;
  for (size_t place = 0; place < count; place += strlen((const char *)texts + place) + 1) {
    if (words == MOST_WORDS) return 0;
    list[words++] = (char *)texts + place;
  }
  list[words] = NULL;
  return 1;
}

static pid_t begin(char *const words[], char *const environment[], const char *log) {
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  sigset_t none, all;
  pid_t child = -1;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawn_file_actions_init(&files);
  posix_spawnattr_init(&attributes);
  // What this process blocks or ignores is not the program's business.
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  int prepared = posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0) == 0
    && posix_spawn_file_actions_addopen(&files, 1, log, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600) == 0
    && posix_spawn_file_actions_adddup2(&files, 1, 2) == 0;
  if (!prepared || posix_spawn(&child, words[0], &files, &attributes, words, environment) != 0) child = -1;
  posix_spawn_file_actions_destroy(&files);
  posix_spawnattr_destroy(&attributes);
  return child;
}

int CLinux_run(const uint8_t *words, size_t words_count, const uint8_t *environment, size_t environment_count, const char *log,
               int seconds) {
  char *arguments[MOST_WORDS + 1], *variables[MOST_WORDS + 1];
  const struct timespec pause = {.tv_nsec = 10 * 1000 * 1000};
  if (!list_of(words, words_count, arguments) || !list_of(environment, environment_count, variables) || arguments[0] == NULL) return -1;
  pid_t child = begin(arguments, variables, log);
  if (child <= 0) return -1;
  int status = 0, waited = 0;
  for (int64_t end = CLinux_monotonic_nanoseconds() + (int64_t)seconds * 1000000000; waited == 0;) {
    waited = waitpid(child, &status, WNOHANG);
    if (waited != 0) break;
    if (CLinux_monotonic_nanoseconds() >= end) {
      kill(-child, SIGKILL);
      waitpid(child, &status, 0);
      return -2;
    }
    nanosleep(&pause, NULL);
  }
  // What it left behind in its group.
  kill(-child, SIGKILL);
  if (waited < 0) return -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
