internal import CLinux
internal import Engine

/// Two threads that send one batch together (safe to use: the memory lives exactly as long as the object). The order of the
/// frames within a batch is not kept.
@safe final class FrameSenders {
  private let senders: OpaquePointer

  /// A smaller batch costs less than sharing it.
  static let leastFrames = FrameBatch.limit / 2

  /// - Returns: nil where this process may use one processor only.
  /// - Throws: ``LinkError`` when no raw socket can be had.
  init?(index: Int32, interface: String) throws(LinkError) {
    var opened: OpaquePointer?
    let status = unsafe CLinux_senders_open(index, &opened)
    guard status >= 0 else {
      throw .opening(-status, interface, ja: "rawソケットを開けません", en: "cannot open a raw socket")
    }
    guard let opened = unsafe opened else { return nil }
    unsafe senders = opened
  }

  deinit { unsafe CLinux_senders_close(senders) }

  /// - Returns: as `CLinux_senders_send` says.
  func send(_ batch: borrowing FrameBatch, from first: Int) -> CInt {
    unsafe CLinux_senders_send(senders, batch.octets, batch.ends, CInt(first), CInt(batch.count))
  }
}
