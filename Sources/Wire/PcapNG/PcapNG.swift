/// The pcapng capture file format (draft-ietf-opsawg-pcapng), little-endian, as far as a pack uses it.
///
/// A file is a row of blocks, and each function here makes one whole block. Whoever writes a file
/// hands each block to the kernel in one call, so that a killed program leaves whole blocks.
public enum PcapNG {
  /// Block types (draft-ietf-opsawg-pcapng §4, §11.1).
  public struct BlockType: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) { self.rawValue = rawValue }

    public static let sectionHeader = BlockType(rawValue: 0x0a0d_0d0a)
    public static let interfaceDescription = BlockType(rawValue: 1)
    public static let interfaceStatistics = BlockType(rawValue: 5)
    public static let enhancedPacket = BlockType(rawValue: 6)
  }

  /// Link types (draft-ietf-opsawg-pcaplinktype).
  public struct LinkType: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt16

    public init(rawValue: UInt16) { self.rawValue = rawValue }

    public static let ethernet = LinkType(rawValue: 1)
  }

  /// Option codes; 2 … means something else in every block type (§3.5, §4.1–§4.6).
  enum OptionCode {
    static let end: UInt16 = 0
    static let comment: UInt16 = 1
    static let operatingSystem: UInt16 = 3
    static let application: UInt16 = 4
    static let interfaceName: UInt16 = 2
    static let timeResolution: UInt16 = 9
    static let filter: UInt16 = 11
    static let packetFlags: UInt16 = 2
    static let received: UInt16 = 4
    static let dropped: UInt16 = 5
  }

  /// Where a section's byte order can be told (§4.1).
  static let byteOrderMagic: UInt32 = 0x1a2b_3c4d

  /// 10⁻⁹ s, the resolution of every timestamp written here (§4.2, if_tsresol).
  static let nanosecondResolution: UInt8 = 9

  /// Block type, two lengths: the least that a block consists of (§3.1).
  static let smallestBlock = 12
}

/// An Ethernet frame as it crossed the auditor's interface.
public struct CapturedFrame: Hashable, Sendable {
  /// Nanoseconds since 1970-01-01T00:00:00Z.
  public let nanoseconds: Int64
  /// The frame from its destination address on, possibly cut at its end.
  public let octets: [UInt8]
  /// The length on the wire in octets, without the frame check sequence.
  public let originalLength: Int
  /// The auditor's host sent it.
  public let outbound: Bool

  /// - Parameter originalLength: the length on the wire; nil when `octets` is the whole frame.
  public init(nanoseconds: Int64, octets: [UInt8], originalLength: Int? = nil, outbound: Bool) {
    self.nanoseconds = nanoseconds
    self.octets = octets
    self.originalLength = max(originalLength ?? octets.count, octets.count)
    self.outbound = outbound
  }
}
