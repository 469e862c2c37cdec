/// Frames that leave together: one block of memory, handed to the kernel in one call.
///
/// The block is reused. Appending copies a frame behind the others and allocates only while the
/// block still grows.
public struct FrameBatch: Sendable {
  /// Frames of a full batch. Larger batches measured no faster (engine.md §2).
  public static let limit = 64

  /// The frames' octets, one behind the other. What lies behind the last frame is left over.
  public private(set) var octets: [UInt8]
  /// Where each frame ends in ``octets``; the first begins at 0, the others where the one before ends.
  public private(set) var ends: [UInt32] = []
  private var end = 0

  public init() {
    octets = [UInt8](repeating: 0, count: Self.limit * 128)
    ends.reserveCapacity(Self.limit)
  }

  public var count: Int { ends.count }
  public var isEmpty: Bool { ends.isEmpty }
  public var isFull: Bool { ends.count >= Self.limit }

  /// Copies a frame behind the others.
  public mutating func append(_ frame: Span<UInt8>) {
    let start = end
    end += frame.count
    // Once per batch size: the block never shrinks.
    if end > octets.count { octets.append(contentsOf: repeatElement(0, count: end - octets.count)) }
    var place = octets.mutableSpan
    for index in frame.indices { place[start + index] = frame[index] }
    ends.append(UInt32(truncatingIfNeeded: end))
  }

  public mutating func removeAll() {
    end = 0
    ends.removeAll(keepingCapacity: true)
  }

  /// Where a frame lies in ``octets``.
  public func range(_ index: Int) -> Range<Int> {
    (index == 0 ? 0 : Int(ends[index - 1]))..<Int(ends[index])
  }

  /// Lends a frame.
  public func withFrame<Result, Failure: Error>(
    _ index: Int, _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(octets.span.extracting(range(index)))
  }
}
