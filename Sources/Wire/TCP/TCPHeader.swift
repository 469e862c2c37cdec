/// A TCP header (RFC 9293 §3.1).
public struct TCPHeader: Hashable, Sendable {
  /// RFC 9293 §3.1 control bits.
  public struct Flags: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    public static let fin = Flags(rawValue: 0x01)
    public static let syn = Flags(rawValue: 0x02)
    public static let rst = Flags(rawValue: 0x04)
    public static let ack = Flags(rawValue: 0x10)
  }

  public var sourcePort: UInt16
  public var destinationPort: UInt16
  public var sequence: UInt32
  public var acknowledgement: UInt32
  public var flags: Flags
  public var window: UInt16
  /// Octets of the header, options included; the data follows.
  public var length: Int

  private enum Offset {
    static let source = 0, destination = 2, sequence = 4, acknowledgement = 8, dataOffset = 12, flags = 13, window = 14
    static let checksum = 16, end = 20
  }

  /// Reads a header from the front of `segment`.
  /// - Throws: `truncated` below 20 octets or below the data offset; `malformed` on a data offset under 5.
  public init(parsing segment: Span<UInt8>) throws(WireError) {
    guard segment.count >= Offset.end else { throw .truncated(needed: Offset.end, available: segment.count) }
    length = Int(segment[Offset.dataOffset] >> 4) * 4
    guard length >= Offset.end else { throw .malformed(offset: Offset.dataOffset) }
    guard segment.count >= length else { throw .truncated(needed: length, available: segment.count) }
    sourcePort = segment.bigEndian16(at: Offset.source)
    destinationPort = segment.bigEndian16(at: Offset.destination)
    sequence = segment.bigEndian32(at: Offset.sequence)
    acknowledgement = segment.bigEndian32(at: Offset.acknowledgement)
    flags = Flags(rawValue: segment[Offset.flags])
    window = segment.bigEndian16(at: Offset.window)
  }

  /// A whole Ethernet frame with one segment of either family: a header without options, no data.
  /// - Parameter window: octets offered, unscaled.
  public static func frame(
    _ addresses: FrameAddresses, sourcePort: UInt16, destinationPort: UInt16, sequence: UInt32,
    acknowledgement: UInt32, flags: Flags, window: UInt16
  ) -> [UInt8] {
    let start = addresses.headersLength
    var frame = addresses.frame(carrying: .tcp, transportLength: Offset.end, hopLimit: 64)
    var octets = frame.mutableSpan
    octets.storeBigEndian16(sourcePort, at: start + Offset.source)
    octets.storeBigEndian16(destinationPort, at: start + Offset.destination)
    octets.storeBigEndian32(sequence, at: start + Offset.sequence)
    octets.storeBigEndian32(acknowledgement, at: start + Offset.acknowledgement)
    octets[start + Offset.dataOffset] = UInt8(Offset.end / 4) << 4
    octets[start + Offset.flags] = flags.rawValue
    octets.storeBigEndian16(window, at: start + Offset.window)
    let sum = addresses.checksum(of: octets.span, from: start, proto: .tcp)
    octets.storeBigEndian16(sum, at: start + Offset.checksum)
    return frame
  }

  /// The sender's clock from the timestamps option, TSval (RFC 7323 §3.2); nil when there is none.
  ///
  /// A device whose value starts again has started again. Not part of `init`, because a scan reads
  /// a hundred thousand headers a second and needs this of one in a thousand.
  /// - Parameters:
  ///   - frame: the octets that the header was read from.
  ///   - payload: where the data lies in them; the options end where it begins.
  public func timestampValue(in frame: Span<UInt8>, payload: Range<Int>) -> UInt32? {
    timestamps(in: frame, payload: payload).map { frame.bigEndian32(at: $0) }
  }

  /// TSecr of the same option: the value of the segment that this one answers.
  public func timestampEcho(in frame: Span<UInt8>, payload: Range<Int>) -> UInt32? {
    timestamps(in: frame, payload: payload).map { frame.bigEndian32(at: $0 + 4) }
  }

  /// Where the option's two values lie.
  private func timestamps(in frame: Span<UInt8>, payload: Range<Int>) -> Int? {
    var offset = payload.lowerBound - (length - Offset.end)
    let end = payload.lowerBound
    guard offset >= 0, end <= frame.count else { return nil }
    while offset < end {
      switch frame[offset] {
      case 0: return nil  // end of options
      case 1: offset += 1  // no operation
      default:
        guard end - offset >= 2 else { return nil }
        let size = Int(frame[offset + 1])
        guard size >= 2, size <= end - offset else { return nil }
        if frame[offset] == 8, size == 10 { return offset + 2 }
        offset += size
      }
    }
    return nil
  }
}
