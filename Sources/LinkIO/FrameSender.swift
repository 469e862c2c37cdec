internal import CLinux
internal import Engine

/// Hands frames to the kernel: full batches through a thread of their own, so that the next is made
/// meanwhile; what is less goes at once and in order.
final class FrameSender {
  private let number: CInt

  /// - Returns: nil when there is no room for another sender.
  init?(descriptor: CInt) {
    number = CLinux_sender_open(descriptor)
    if number < 0 { return nil }
  }

  deinit { if number >= 0 { CLinux_sender_close(number) } }

  /// - Returns: how many frames were taken, or the negative error number.
  func send(_ batch: borrowing FrameBatch, from first: Int) -> CInt {
    unsafe CLinux_sender_send(number, batch.octets, batch.ends, CInt(first), CInt(batch.count))
  }
}
