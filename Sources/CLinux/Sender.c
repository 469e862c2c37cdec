#define _GNU_SOURCE
#include "CLinuxPackets.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

// One batch is on its way while the caller makes the next. Everything but the batch's octets, which
// belong to whoever `busy` says, is guarded by the lock.
struct CLinux_sender {
  pthread_t thread;
  pthread_mutex_t lock;
  pthread_cond_t changed;
  int descriptor, started, busy, stop, error, count;
  size_t capacity;
  uint8_t *octets;
  uint32_t ends[CLINUX_LARGEST_BATCH];
};

// A full queue empties by itself; it is asked again after a millisecond, for a second at most.
static int send_all(struct CLinux_sender *sender) {
  int first = 0, waits = 0;
  while (first < sender->count) {
    int taken = CLinux_send_frames(sender->descriptor, sender->octets, sender->ends, first, sender->count);
    if (taken >= 0) {
      first += taken;
      continue;
    }
    if ((taken != -ENOBUFS && taken != -EAGAIN && taken != -EINTR) || ++waits > 1000) return taken;
    nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
  }
  return 0;
}

static void *run(void *argument) {
  struct CLinux_sender *sender = argument;
  pthread_mutex_lock(&sender->lock);
  while (!sender->stop) {
    if (!sender->busy) {
      pthread_cond_wait(&sender->changed, &sender->lock);
      continue;
    }
    pthread_mutex_unlock(&sender->lock);
    int error = send_all(sender);
    pthread_mutex_lock(&sender->lock);
    sender->busy = 0;
    if (error < 0) sender->error = error;
    pthread_cond_broadcast(&sender->changed);
  }
  pthread_mutex_unlock(&sender->lock);
  return NULL;
}

static int start_thread(struct CLinux_sender *sender) {
  // Signals are for the thread that asks about them.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int error = pthread_create(&sender->thread, NULL, run, sender);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return error ? -error : 0;
}

// Senders are named by numbers: a pointer would be unsafe in Swift wherever it goes.
static struct CLinux_sender *senders[64];

int CLinux_sender_open(int descriptor) {
  for (int number = 0; number < 64; number++) {
    if (senders[number]) continue;
    struct CLinux_sender *sender = calloc(1, sizeof *sender);
    if (!sender) return -ENOMEM;
    sender->descriptor = descriptor;
    pthread_mutex_init(&sender->lock, NULL);
    pthread_cond_init(&sender->changed, NULL);
    senders[number] = sender;
    return number;
  }
  return -EMFILE;
}

static int wait_until_idle(struct CLinux_sender *sender) {
  while (sender->busy) pthread_cond_wait(&sender->changed, &sender->lock);
  int error = sender->error;
  sender->error = 0;
  return error;
}

static int hand_over(struct CLinux_sender *sender, const uint8_t *octets, const uint32_t *ends, int count) {
  if (!sender->started) {
    int error = start_thread(sender);
    if (error < 0) return error;
    sender->started = 1;
  }
  pthread_mutex_lock(&sender->lock);
  int error = wait_until_idle(sender);
  size_t length = count > 0 ? ends[count - 1] : 0;
  if (!error && length > sender->capacity) {
    uint8_t *larger = realloc(sender->octets, length);
    if (larger) {
      sender->octets = larger;
      sender->capacity = length;
    } else {
      error = -ENOMEM;
    }
  }
  if (!error) {
    memcpy(sender->octets, octets, length);
    memcpy(sender->ends, ends, count * sizeof *ends);
    sender->count = count;
    sender->busy = 1;
    pthread_cond_broadcast(&sender->changed);
  }
  pthread_mutex_unlock(&sender->lock);
  return error ? error : count;
}

int CLinux_sender_send(int number, const uint8_t *octets, const uint32_t *ends, int first, int count) {
  struct CLinux_sender *sender = senders[number];
  if (first == 0 && count == CLINUX_LARGEST_BATCH) return hand_over(sender, octets, ends, count);
  pthread_mutex_lock(&sender->lock);
  int error = wait_until_idle(sender);
  pthread_mutex_unlock(&sender->lock);
  return error < 0 ? error : CLinux_send_frames(sender->descriptor, octets, ends, first, count);
}

void CLinux_sender_close(int number) {
  struct CLinux_sender *sender = senders[number];
  senders[number] = NULL;
  if (sender->started) {
    pthread_mutex_lock(&sender->lock);
    while (sender->busy) pthread_cond_wait(&sender->changed, &sender->lock);
    sender->stop = 1;
    pthread_cond_broadcast(&sender->changed);
    pthread_mutex_unlock(&sender->lock);
    pthread_join(sender->thread, NULL);
  }
  pthread_cond_destroy(&sender->changed);
  pthread_mutex_destroy(&sender->lock);
  free(sender->octets);
  free(sender);
}
