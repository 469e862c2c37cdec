#define _GNU_SOURCE
#include "CLinuxSenders.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "CLinuxPackets.h"

// Eight frames at a time: a thread that is interrupted keeps no more than these from the other.
enum { SLOTS = CLINUX_LARGEST_BATCH, CHUNK = 8 };

// Some 50 µs: longer than the caller takes between two batches at full speed, and shorter than to be woken.
enum { PATIENCE = 1500 };

struct CLinux_senders {
  int descriptors[2];
  // What is to be sent stands in the last slots, so that every number below SLOTS names a frame of this batch,
  // whenever it was taken.
  struct iovec parts[SLOTS];
  struct mmsghdr messages[SLOTS];
  uint8_t frame_of[SLOTS];
  uint8_t taken[SLOTS];  // by the chunk's first slot
  uint64_t gone;         // frames of a batch under way that have left
  atomic_int next;       // the first slot that nobody has taken; SLOTS or more: none is left
  atomic_bool helping;
  atomic_int error;
  atomic_bool closing;
  sem_t batches;
  pthread_t thread;
};

static void pause_briefly(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

static void take_chunks(CLinux_senders *senders, int descriptor) {
  for (int slot; (slot = atomic_fetch_add(&senders->next, CHUNK)) < SLOTS;) {
    int end = slot + CHUNK < SLOTS ? slot + CHUNK : SLOTS, place = slot;
    while (place < end) {
      int taken = sendmmsg(descriptor, senders->messages + place, end - place, 0);
      if (taken > 0) {
        place += taken;
      } else if (taken == 0 || errno != EINTR) {
        atomic_store(&senders->error, taken == 0 ? EAGAIN : errno);
        atomic_store(&senders->next, SLOTS);
        break;
      }
    }
    senders->taken[slot] = place - slot;
  }
}

static void *help(void *argument) {
  CLinux_senders *senders = argument;
  for (;;) {
    int patience = PATIENCE;
    while (patience && sem_trywait(&senders->batches) != 0) {
      pause_briefly();
      patience--;
    }
    if (!patience) {
      while (sem_wait(&senders->batches) != 0) {}
    }
    if (atomic_load(&senders->closing)) return NULL;
    atomic_store(&senders->helping, true);
    take_chunks(senders, senders->descriptors[1]);
    atomic_store(&senders->helping, false);
  }
}

static bool has_two_processors(void) {
  cpu_set_t allowed;
  // A machine with more processors than the set holds is refused with EINVAL, and has two.
  return sched_getaffinity(0, sizeof allowed, &allowed) < 0 || CPU_COUNT(&allowed) > 1;
}

static int start(CLinux_senders *senders) {
  // Signals are for the caller's thread, which looks whether it shall stop.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int error = pthread_create(&senders->thread, NULL, help, senders);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return error;
}

int CLinux_senders_open(int interface_index, CLinux_senders **result) {
  if (!has_two_processors()) return 1;
  CLinux_senders *senders = calloc(1, sizeof *senders);
  if (!senders) return -ENOMEM;
  atomic_store(&senders->next, SLOTS);
  for (int i = 0; i < SLOTS; i++) {
    senders->messages[i].msg_hdr.msg_iov = &senders->parts[i];
    senders->messages[i].msg_hdr.msg_iovlen = 1;
  }
  int first = CLinux_open_packet_socket(interface_index);
  int second = first < 0 ? -1 : CLinux_open_packet_socket(interface_index);
  int error = first < 0 ? -first : second < 0 ? -second : 0;
  senders->descriptors[0] = first;
  senders->descriptors[1] = second;
  if (!error && sem_init(&senders->batches, 0, 0) < 0) error = errno;
  if (!error) error = start(senders);
  if (!error) {
    *result = senders;
    return 0;
  }
  if (first >= 0) close(first);
  if (second >= 0) close(second);
  free(senders);
  return -error;
}

// Lays down what has not left yet; returns the first slot.
static int prepare(CLinux_senders *senders, const uint8_t *octets, const uint32_t *ends, int first, int count) {
  int left = 0;
  for (int i = first; i < count; i++) left += !(senders->gone >> i & 1);
  int slot = SLOTS - left;
  for (int i = first; i < count; i++) {
    if (senders->gone >> i & 1) continue;
    uint32_t start = i == 0 ? 0 : ends[i - 1];
    senders->parts[slot] = (struct iovec){.iov_base = (uint8_t *)octets + start, .iov_len = ends[i] - start};
    senders->frame_of[slot++] = i;
  }
  memset(senders->taken, 0, sizeof senders->taken);
  atomic_store(&senders->error, 0);
  return SLOTS - left;
}

int CLinux_senders_send(CLinux_senders *senders, const uint8_t *octets, const uint32_t *ends, int first, int count) {
  if (count > SLOTS) count = SLOTS;
  int begin = prepare(senders, octets, ends, first, count);
  atomic_store(&senders->next, begin);
  sem_post(&senders->batches);
  take_chunks(senders, senders->descriptors[0]);
  // The octets are the caller's again when this returns. The thread may have been interrupted: let it go on.
  for (int waited = 0; atomic_load(&senders->helping); waited++) {
    if (waited < PATIENCE) pause_briefly();
    else sched_yield();
  }
  int error = atomic_load(&senders->error);
  if (error && error != EAGAIN && error != ENOBUFS) return -error;
  for (int slot = begin; slot < SLOTS; slot += CHUNK) {
    for (int i = 0; i < senders->taken[slot]; i++) senders->gone |= UINT64_C(1) << senders->frame_of[slot + i];
  }
  int reached = first;
  while (reached < count && senders->gone >> reached & 1) reached++;
  if (reached == count) senders->gone = 0;
  return reached - first;
}

static void *close_one(void *descriptor) {
  close(*(int *)descriptor);
  return NULL;
}

void CLinux_senders_close(CLinux_senders *senders) {
  atomic_store(&senders->closing, true);
  sem_post(&senders->batches);
  pthread_join(senders->thread, NULL);
  sem_destroy(&senders->batches);
  // The kernel lets go of a packet socket only when every processor has passed a quiet point, some 10 ms later: side by side
  // they wait for the same one.
  pthread_t other;
  bool has_other = pthread_create(&other, NULL, close_one, &senders->descriptors[0]) == 0;
  if (!has_other) close(senders->descriptors[0]);
  close(senders->descriptors[1]);
  if (has_other) pthread_join(other, NULL);
  free(senders);
}
