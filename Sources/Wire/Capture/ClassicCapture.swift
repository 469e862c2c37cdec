/// The older capture file format, pcap (draft-ietf-opsawg-pcap): a header, then one record for each frame.
public struct ClassicCapture: Hashable, Sendable {
  public struct Record: Hashable, Sendable {
    /// Nanoseconds since 1970.
    public let time: Int64
    /// Where the captured octets are in the file.
    public let frame: Range<Int>
    /// How long the frame was on the wire.
    public let length: Int
  }

  public let linkType: UInt16
  private let isLittleEndian: Bool
  /// Nanoseconds of a unit of the second half of a time.
  private let unit: Int64

  /// Octets of the file's header.
  public static let headerLength = 24
  private static let recordHeader = 16
  /// No capture of libpcap has a longer frame.
  private static let longestFrame = 262_144

  /// Reads a file's header.
  /// - Throws: `truncated`; `unsupported` when the file is of another format.
  public init(parsing file: Span<UInt8>) throws(WireError) {
    guard file.count >= Self.headerLength else { throw .truncated(needed: Self.headerLength, available: file.count) }
    switch file.bigEndian32(at: 0) {
    case 0xa1b2_c3d4: (isLittleEndian, unit) = (false, 1000)
    case 0xa1b2_3c4d: (isLittleEndian, unit) = (false, 1)
    case 0xd4c3_b2a1: (isLittleEndian, unit) = (true, 1000)
    case 0x4d3c_b2a1: (isLittleEndian, unit) = (true, 1)
    default: throw .unsupported
    }
    let type = isLittleEndian ? file.littleEndian32(at: 20) : file.bigEndian32(at: 20)
    // The upper bits say how long a frame check sequence is, which nobody writes for 802.11.
    linkType = UInt16(truncatingIfNeeded: type)
  }

  /// The record at an offset; the next one begins where its frame ends.
  /// - Returns: nil at the end of the file.
  /// - Throws: `truncated` when the file ends within the record, `malformed` for a frame that is too long for one.
  public func record(in file: Span<UInt8>, at offset: Int) throws(WireError) -> Record? {
    guard offset < file.count else { return nil }
    guard offset + Self.recordHeader <= file.count else {
      throw .truncated(needed: offset + Self.recordHeader, available: file.count)
    }
    func number(_ place: Int) -> UInt32 {
      isLittleEndian ? file.littleEndian32(at: offset + place) : file.bigEndian32(at: offset + place)
    }
    let (count, start) = (Int(number(8)), offset + Self.recordHeader)
    guard count <= Self.longestFrame else { throw .malformed(offset: offset + 8) }
    guard start + count <= file.count else { throw .truncated(needed: start + count, available: file.count) }
    return Record(
      time: Int64(number(0)) * 1_000_000_000 + Int64(number(4)) * unit, frame: start..<start + count,
      length: Int(number(12)))
  }
}
