public import Records

/// A place where raw Ethernet frames leave and arrive: an interface, or a segment made of memory.
///
/// An implementation passes every frame through the authority gate before it leaves.
public protocol FrameDevice: AnyObject {
  associatedtype Failure: Error

  /// Sends the frames of a batch from number `first` on, in order.
  /// - Returns: how many were taken. Fewer than there are means that the queue is full; the others
  ///   are to be offered again later.
  func transmit(_ batch: borrowing FrameBatch, from first: Int) throws(Failure) -> Int

  /// Gives the frames that have arrived to `body`, at most `limit`, without waiting.
  func receive(limit: Int, _ body: (Span<UInt8>, CapturedFrameInfo) -> Void) throws(Failure)

  /// From now on ``receive(limit:_:)`` need not give frames that this host sends. Showing each of its own
  /// frames to the capture costs the kernel a few per cent of a fast scan.
  func ignoreOutgoing()

  /// Fails when this host's own link has gone down since the last call.
  func checkLink() throws(Failure)

  /// Frames the kernel dropped before they could be read, since the start.
  func receiveDrops() -> Int
}

/// What a capture knows of a frame beside its octets.
public struct CapturedFrameInfo: Hashable, Sendable {
  public let at: Timestamp
  /// The frame left this host.
  public let outbound: Bool
  public let originalLength: Int

  public init(at: Timestamp, outbound: Bool, originalLength: Int) {
    self.at = at
    self.outbound = outbound
    self.originalLength = originalLength
  }
}
