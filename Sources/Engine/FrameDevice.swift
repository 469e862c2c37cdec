public import Records

/// A place where raw Ethernet frames leave and arrive: an interface, or a segment made of memory.
///
/// An implementation passes every frame through the authority gate before it leaves.
public protocol FrameDevice: AnyObject {
  associatedtype Failure: Error

  /// Sends one frame.
  /// - Returns: false when the queue is full; the same frame may be offered again later.
  func transmit(_ frame: Span<UInt8>) throws(Failure) -> Bool

  /// Gives the frames that have arrived to `body`, at most `limit`, without waiting.
  func receive(limit: Int, _ body: (Span<UInt8>, CapturedFrameInfo) -> Void) throws(Failure)

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
