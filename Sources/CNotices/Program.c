#define _GNU_SOURCE
#include "CNotices.h"
#include "Parts.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST_WORDS = 64 };

static bool list_of(const uint8_t *texts, int count, char *list[MOST_WORDS + 1]) {
  int words = 0, place = 0;
  const char *word;
  while (words < MOST_WORDS && (word = CNotices_next(texts, count, &place)) != NULL) list[words++] = (char *)word;
  list[words] = NULL;
  return place == count;
}

/// A file in memory, so that a program that does not read cannot keep us from going on.
static int file_of(const uint8_t *octets, int count) {
  int file = memfd_create("notice", MFD_CLOEXEC);
  for (int done = 0; file >= 0 && done < count;) {
    ssize_t now = write(file, octets + done, (size_t)(count - done));
    if (now < 0 && errno == EINTR) continue;
    if (now <= 0) {
      close(file);
      return -1;
    }
    done += (int)now;
  }
  if (file >= 0) lseek(file, 0, SEEK_SET);
  return file;
}

static pid_t begin(char *const words[], char *const environment[], int input, int output) {
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
  bool prepared = posix_spawn_file_actions_adddup2(&files, input, 0) == 0 && posix_spawn_file_actions_adddup2(&files, output, 1) == 0 &&
                  posix_spawn_file_actions_adddup2(&files, output, 2) == 0 &&
                  posix_spawn_file_actions_addclosefrom_np(&files, 3) == 0;
  if (!prepared || posix_spawn(&child, words[0], &files, &attributes, words, environment) != 0) child = -1;
  posix_spawn_file_actions_destroy(&files);
  posix_spawnattr_destroy(&attributes);
  return child;
}

/// Keeps the last octets of what the program says. Whether it may say more.
static bool take(int pipe, uint8_t *answer, int capacity, int *used) {
  uint8_t said[1024];
  ssize_t count = read(pipe, said, sizeof said);
  if (count <= 0) return count < 0 && (errno == EAGAIN || errno == EINTR);
  for (ssize_t i = 0; i < count; i++) {
    if (*used == capacity && capacity > 0) {
      memmove(answer, answer + capacity / 2, (size_t)(capacity - capacity / 2));
      *used = capacity - capacity / 2;
    }
    if (*used < capacity) answer[(*used)++] = said[i];
  }
  return true;
}

static int await_end(pid_t child, int pipe, int64_t end, uint8_t *answer, int capacity, int *used) {
  int status = 0;
  bool open = true;
  for (;;) {
    struct pollfd one = {.fd = open ? pipe : -1, .events = POLLIN};
    if (poll(&one, 1, 10) > 0 && open) open = take(pipe, answer, capacity, used);
    pid_t waited = waitpid(child, &status, WNOHANG);
    bool late = waited == 0 && CNotices_now() >= end;
    if (waited == 0 && !late) continue;
    // And what it left behind in its group.
    kill(-child, SIGKILL);
    if (late) {
      waitpid(child, &status, 0);
      return -2;
    }
    if (waited < 0) return -1;
    // What it said last is in the pipe still.
    for (int turn = 0; open && turn < 64 && poll(&one, 1, 0) > 0; turn++) open = take(pipe, answer, capacity, used);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
}

int CNotices_run(CNotices_limits limits, const uint8_t *words, int words_count, const uint8_t *environment, int environment_count,
                 const uint8_t *input, int input_count, uint8_t *answer, int capacity, int *answer_octets) {
  char *arguments[MOST_WORDS + 1], *variables[MOST_WORDS + 1];
  *answer_octets = 0;
  if (!list_of(words, words_count, arguments) || !list_of(environment, environment_count, variables) || !arguments[0]) return -1;
  int file = file_of(input, input_count), pipes[2];
  if (file < 0) return -1;
  if (pipe2(pipes, O_CLOEXEC | O_NONBLOCK) < 0) {
    close(file);
    return -1;
  }
  // The program's own end waits as any other.
  fcntl(pipes[1], F_SETFL, 0);
  pid_t child = begin(arguments, variables, file, pipes[1]);
  close(file);
  close(pipes[1]);
  int result = -1;
  if (child > 0) result = await_end(child, pipes[0], CNotices_now() + limits.total_milliseconds, answer, capacity, answer_octets);
  close(pipes[0]);
  return result;
}
