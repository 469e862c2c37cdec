// The device's side of Scripts/bench: notes when each frame arrived at an interface, by the kernel's
// timestamps, until it is told to stop (SIGTERM), then prints what it saw as one line of JSON.
//
//   witness INTERFACE FRAMES-AT-MOST
//
// frames      IPv4 and ARP frames that arrived
// tcp         of them, TCP segments
// peak        most frames for one address within any second (a window that slides frame by frame)
// addresses   different addresses that frames were for
// counts      frames in each whole 100 ms from the first TCP segment to the last one
// lost        frames that this program did not see
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>

enum { BLOCKS = 128, BLOCK = 1 << 18 };

struct sighting {
  uint64_t at;
  uint32_t address;
  bool tcp;
};

static struct sighting *seen;
static size_t count, room;
static uint64_t lost;
static volatile sig_atomic_t stopping;

static void stop(int number) { (void)number; stopping = 1; }

static void note(const struct tpacket3_hdr *header) {
  const uint8_t *frame = (const uint8_t *)header + header->tp_mac;
  const struct sockaddr_ll *from = (const void *)((const uint8_t *)header + TPACKET_ALIGN(sizeof *header));
  if (from->sll_pkttype == PACKET_OUTGOING || header->tp_snaplen < 42) return;
  bool ipv4 = frame[12] == 8 && frame[13] == 0, arp = frame[12] == 8 && frame[13] == 6;
  if (!ipv4 && !arp) return;
  if (count == room) { lost++; return; }
  struct sighting *entry = &seen[count++];
  entry->at = header->tp_sec * 1000000000ull + header->tp_nsec;
  memcpy(&entry->address, frame + (ipv4 ? 30 : 38), 4);
  entry->tcp = ipv4 && frame[23] == IPPROTO_TCP;
}

static void watch(int socket, uint8_t *ring) {
  struct pollfd wait = {.fd = socket, .events = POLLIN};
  for (unsigned number = 0;;) {
    struct tpacket_block_desc *block = (void *)(ring + (size_t)number * BLOCK);
    if (!(__atomic_load_n(&block->hdr.bh1.block_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER)) {
      if (stopping) return;
      poll(&wait, 1, 50);
      continue;
    }
    uint8_t *packet = (uint8_t *)block + block->hdr.bh1.offset_to_first_pkt;
    for (unsigned i = 0; i < block->hdr.bh1.num_pkts; i++) {
      struct tpacket3_hdr *header = (void *)packet;
      note(header);
      packet += header->tp_next_offset;
    }
    __atomic_store_n(&block->hdr.bh1.block_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
    number = (number + 1) % BLOCKS;
  }
}

static int by_address(const void *left, const void *right) {
  const struct sighting *a = left, *b = right;
  if (a->address != b->address) return a->address < b->address ? -1 : 1;
  return a->at < b->at ? -1 : a->at > b->at;
}

// In the order of arrival: frames in each 100 ms between the first and the last segment.
static void print_counts(void) {
  uint64_t first = 0, last = 0;
  for (size_t i = 0; i < count; i++) {
    if (!seen[i].tcp) continue;
    if (!first) first = seen[i].at;
    last = seen[i].at;
  }
  size_t windows = (last - first) / 100000000, i = 0;
  printf("\"counts\": [");
  while (i < count && seen[i].at < first) i++;
  for (size_t window = 0; window < windows; window++) {
    unsigned frames = 0;
    for (; i < count && seen[i].at < first + (window + 1) * 100000000; i++) frames++;
    printf("%s%u", window ? ", " : "", frames);
  }
  printf("]");
}

static void print_peak(void) {
  size_t addresses = 0, peak = 0, start = 0;
  qsort(seen, count, sizeof *seen, by_address);
  for (size_t i = 0; i < count; i++) {
    if (i == 0 || seen[i].address != seen[i - 1].address) {
      addresses++;
      start = i;
    }
    while (seen[i].at - seen[start].at >= 1000000000) start++;
    if (i - start + 1 > peak) peak = i - start + 1;
  }
  printf("\"addresses\": %zu, \"peak\": %zu", addresses, peak);
}

int main(int argc, char **argv) {
  if (argc != 3) errx(2, "usage: witness INTERFACE FRAMES-AT-MOST");
  room = strtoull(argv[2], NULL, 10);
  seen = malloc(room * sizeof *seen);
  struct sigaction action = {.sa_handler = stop};
  sigaction(SIGTERM, &action, NULL);
  int receiver = socket(AF_PACKET, SOCK_RAW, 0), version = TPACKET_V3;
  struct tpacket_req3 request = {.tp_block_size = BLOCK, .tp_block_nr = BLOCKS, .tp_frame_size = 2048,
                                 .tp_frame_nr = BLOCK / 2048 * BLOCKS, .tp_retire_blk_tov = 10};
  struct sockaddr_ll place = {
      .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = if_nametoindex(argv[1])};
  if (!seen || receiver < 0 || setsockopt(receiver, SOL_PACKET, PACKET_VERSION, &version, sizeof version) ||
      setsockopt(receiver, SOL_PACKET, PACKET_RX_RING, &request, sizeof request))
    err(1, "receive ring");
  uint8_t *ring = mmap(NULL, (size_t)BLOCK * BLOCKS, PROT_READ | PROT_WRITE, MAP_SHARED, receiver, 0);
  if (ring == MAP_FAILED || bind(receiver, (void *)&place, sizeof place)) err(1, "%s", argv[1]);
  puts("ready");
  fflush(stdout);
  watch(receiver, ring);
  struct tpacket_stats_v3 statistics;
  socklen_t length = sizeof statistics;
  if (!getsockopt(receiver, SOL_PACKET, PACKET_STATISTICS, &statistics, &length)) lost += statistics.tp_drops;
  size_t tcp = 0;
  for (size_t i = 0; i < count; i++) tcp += seen[i].tcp;
  printf("{\"frames\": %zu, \"tcp\": %zu, \"lost\": %llu, ", count, tcp, (unsigned long long)lost);
  print_counts();
  printf(", ");
  print_peak();
  printf("}\n");
}
