#define _GNU_SOURCE
#include "CNotices.h"
#include "Parts.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

int CNotices_lock(const uint8_t *name, int count, int milliseconds) {
  int place = 0;
  const char *path = CNotices_next(name, count, &place);
  if (!path) return -EINVAL;
  int descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0) return -errno;
  const struct timespec pause = {.tv_nsec = 20 * 1000 * 1000};
  for (int64_t end = CNotices_now() + milliseconds; flock(descriptor, LOCK_EX | LOCK_NB) < 0;) {
    if ((errno != EWOULDBLOCK && errno != EINTR) || CNotices_now() >= end) {
      int error = errno;
      close(descriptor);
      return -error;
    }
    nanosleep(&pause, NULL);
  }
  return descriptor;
}

void CNotices_unlock(int descriptor) {
  if (descriptor >= 0) close(descriptor);
}

static int fill(int descriptor, const uint8_t *octets, int count, int mode) {
  for (int done = 0; done < count;) {
    ssize_t now = write(descriptor, octets + done, (size_t)(count - done));
    if (now < 0 && errno == EINTR) continue;
    if (now <= 0) return now < 0 ? -errno : -EIO;
    done += (int)now;
  }
  if (fchmod(descriptor, (mode_t)mode) < 0 || fsync(descriptor) < 0) return -errno;
  return 0;
}

/// So that the name is on the disk too.
static void settle_folder(const char *path) {
  char folder[PATH_MAX];
  const char *slash = strrchr(path, '/');
  size_t length = slash ? (size_t)(slash - path) : 0;
  if (length >= sizeof folder) return;
  memcpy(folder, path, length);
  folder[length] = 0;
  int descriptor = open(slash ? (length > 0 ? folder : "/") : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  fsync(descriptor);
  close(descriptor);
}

int CNotices_replace(const uint8_t *name, int name_count, const uint8_t *octets, int count, int mode) {
  int place = 0;
  char temporary[PATH_MAX];
  const char *path = CNotices_next(name, name_count, &place);
  if (!path) return -EINVAL;
  int length = snprintf(temporary, sizeof temporary, "%s.new-%ld", path, (long)getpid());
  if (length < 0 || length >= (int)sizeof temporary) return -ENAMETOOLONG;
  unlink(temporary);
  int descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0) return -errno;
  int result = fill(descriptor, octets, count, mode);
  if (close(descriptor) < 0 && result == 0) result = -errno;
  if (result == 0 && rename(temporary, path) < 0) result = -errno;
  if (result < 0) unlink(temporary);
  if (result == 0) settle_folder(path);
  return result;
}

int CNotices_read_secret(const uint8_t *name, int name_count, uint8_t *octets, int capacity) {
  int place = 0, used = 0;
  const char *path = CNotices_next(name, name_count, &place);
  if (!path) return -EINVAL;
  int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
  if (descriptor < 0) return -errno;
  struct stat about;
  int result = 0;
  if (fstat(descriptor, &about) < 0) {
    result = -errno;
  } else if (!S_ISREG(about.st_mode) || (about.st_mode & 0077) != 0 || (about.st_uid != geteuid() && about.st_uid != 0)) {
    result = -EPERM;
  } else if (about.st_size > capacity) {
    result = -EFBIG;
  }
  while (result == 0 && used < capacity) {
    ssize_t now = read(descriptor, octets + used, (size_t)(capacity - used));
    if (now < 0 && errno == EINTR) continue;
    if (now < 0) result = -errno;
    if (now <= 0) break;
    used += (int)now;
  }
  close(descriptor);
  return result < 0 ? result : used;
}
