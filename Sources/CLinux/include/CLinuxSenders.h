#pragma once
#include <stdint.h>

/// Two packet sockets of one interface, and a thread beside the caller's, that send a batch together: building and
/// sending a frame is the kernel's work, done on the processor of whoever calls it, so that one thread leaves the other
/// processors idle. In C because the two share memory by atomics, and `sendmmsg` is hidden behind _GNU_SOURCE.
typedef struct CLinux_senders CLinux_senders;

/// Opens the sockets and starts the thread, with every signal blocked in it.
/// Returns 0 and stores the senders; 1 when this process may use one processor only, where a second thread can but wait; or
/// -errno.
int CLinux_senders_open(int interface_index, CLinux_senders **senders);

/// Sends the frames `first` … `count` - 1, laid out as for CLinux_send_frames, in no fixed order among them. When it
/// returns, the thread has let go of them.
/// Returns how many from `first` on have left without a gap. Where that is less than all, the queue was full: the next call has
/// to continue the same batch there, and sends none of its frames again. Or -errno when the interface failed.
int CLinux_senders_send(CLinux_senders *senders, const uint8_t *octets, const uint32_t *ends, int first, int count);

/// Ends the thread and closes the sockets.
void CLinux_senders_close(CLinux_senders *senders);
