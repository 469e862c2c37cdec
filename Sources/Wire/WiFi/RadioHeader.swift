/// What a capture wrote before an 802.11 frame: where the frame is, whether it is sound, on which channel and how strongly it was received.
public struct RadioHeader: Hashable, Sendable {
  /// The link types that captures of 802.11 have (draft-ietf-opsawg-pcaplinktype).
  public enum LinkType: UInt16, Hashable, Sendable, CaseIterable {
    /// The frame alone.
    case plain = 105
    case prism = 119
    case radiotap = 127
    case avs = 163
    case ppi = 192
  }

  /// What is known of the frame check sequence behind the frame (IEEE 802.11 §9.2.4.8).
  public enum CheckSequence: Hashable, Sendable {
    /// It is not part of the capture.
    case absent
    /// Its four octets are there.
    case present
    /// The receiver found it wrong: nothing in the frame may be believed.
    case wrong
    /// The header does not say.
    case unknown
  }

  /// Octets before the frame.
  public var length: Int
  public var checkSequence = CheckSequence.unknown
  /// The channel's centre in MHz; nil where it is not said.
  public var frequency: UInt16?
  /// dBm; nil where it is not said, or in another unit.
  public var signal: Int8?

  private init(length: Int) { self.length = length }

  /// Reads the header in front of a captured frame.
  /// - Throws: `truncated` or `malformed` when the header is not whole or longer than the capture.
  public init(parsing octets: Span<UInt8>, _ type: LinkType) throws(WireError) {
    switch type {
    case .plain: self.init(length: 0)
    case .radiotap: try self.init(radiotap: octets)
    case .prism: try self.init(prism: octets)
    case .avs: try self.init(avs: octets)
    case .ppi: try self.init(ppi: octets)
    }
    guard length <= octets.count else { throw .truncated(needed: length, available: octets.count) }
  }

  private static func require(_ count: Int, _ octets: Span<UInt8>) throws(WireError) {
    guard octets.count >= count else { throw .truncated(needed: count, available: octets.count) }
  }

  // MARK: Radiotap (radiotap.org, "Defined fields")

  private enum Field { static let flags = 1, channel = 3, signal = 5 }

  /// Size and alignment of the fields of radiotap's own namespace, by bit.
  private static let fields: [(size: Int, alignment: Int)] = [
    (8, 8), (1, 1), (1, 1), (4, 2), (2, 2), (1, 1), (1, 1), (2, 2), (2, 2), (2, 2), (1, 1), (1, 1), (1, 1), (1, 1),
    (2, 2), (2, 2), (1, 1), (1, 1), (8, 4), (3, 1), (8, 4), (12, 2), (12, 8), (12, 2), (12, 2), (6, 2), (1, 1), (4, 2),
  ]
  private static let ownNamespace = 29, vendorNamespace = 30, another = 31
  /// Words of presence that a header may have; real ones have one for each antenna.
  private static let mostWords = 32

  private init(radiotap octets: Span<UInt8>) throws(WireError) {
    try Self.require(8, octets)
    guard octets[0] == 0 else { throw .malformed(offset: 0) }
    self.init(length: Int(octets.littleEndian16(at: 2)))
    guard (8...octets.count).contains(length) else { throw .malformed(offset: 2) }
    let words = try Self.presence(octets, within: length)
    var offset = 4 + words * 4
    // False within a vendor's fields, of which only their length is known.
    var isOwn = true
    for number in 0..<words {
      let word = octets.littleEndian32(at: 4 + number * 4)
      if isOwn, try !readOwn(word, octets, &offset) { return }
      if word & 1 << Self.vendorNamespace != 0 {
        offset = (offset + 1) & ~1
        guard offset + 6 <= length else { throw .malformed(offset: offset) }
        offset += 6 + Int(octets.littleEndian16(at: offset + 4))
        isOwn = false
      } else if word & 1 << Self.ownNamespace != 0 {
        isOwn = true
      }
    }
  }

  /// - Returns: how many words of presence there are.
  private static func presence(_ octets: Span<UInt8>, within length: Int) throws(WireError) -> Int {
    var count = 0
    repeat {
      guard 8 + count * 4 <= length, count < mostWords else { throw .malformed(offset: 4 + count * 4) }
      count += 1
    } while octets.littleEndian32(at: count * 4) & 1 << another != 0
    return count
  }

  /// - Returns: false at a field of unknown size, behind which nothing can be read.
  private mutating func readOwn(
    _ word: UInt32, _ octets: Span<UInt8>, _ offset: inout Int
  ) throws(WireError) -> Bool {
    var rest = word & (1 << Self.ownNamespace - 1)
    while rest != 0 {
      let bit = rest.trailingZeroBitCount
      rest &= rest - 1
      guard bit < Self.fields.count else { return false }
      let (size, alignment) = Self.fields[bit]
      // Alignments are powers of two.
      offset = (offset + alignment - 1) & ~(alignment - 1)
      guard offset + size <= length else { throw .malformed(offset: offset) }
      switch bit {
      case Field.flags: read(flags: octets[offset])
      case Field.channel: frequency = frequency ?? octets.littleEndian16(at: offset)
      // The first one is of all antennas together.
      case Field.signal: signal = signal ?? Int8(bitPattern: octets[offset])
      default: break
      }
      offset += size
    }
    return true
  }

  private mutating func read(flags: UInt8) {
    if flags & 0x40 != 0 {
      checkSequence = .wrong
    } else {
      checkSequence = flags & 0x10 != 0 ? .present : .absent
    }
  }

  // MARK: Prism and AVS

  /// The first word of a header of AVS (AVS 802.11 capture format, version 2.0), which may stand under Prism's link type.
  private static let avsMagic: UInt32 = 0x8021_1000

  private init(prism octets: Span<UInt8>) throws(WireError) {
    try Self.require(8, octets)
    guard octets.bigEndian32(at: 0) & 0xffff_f000 != Self.avsMagic else {
      try self.init(avs: octets)
      return
    }
    // A message of the driver: code, length, name of the interface, and items of twelve octets.
    self.init(length: Int(clamping: octets.littleEndian32(at: 4)))
    guard length >= 24, length <= octets.count else { throw .malformed(offset: 4) }
  }

  private init(avs octets: Span<UInt8>) throws(WireError) {
    try Self.require(8, octets)
    guard octets.bigEndian32(at: 0) & 0xffff_f000 == Self.avsMagic else { throw .malformed(offset: 0) }
    self.init(length: Int(clamping: octets.bigEndian32(at: 4)))
    guard (8...octets.count).contains(length) else { throw .malformed(offset: 4) }
  }

  // MARK: PPI (CACE, "PPI packet header format" 1.0.10)

  private init(ppi octets: Span<UInt8>) throws(WireError) {
    try Self.require(8, octets)
    guard octets[0] == 0 else { throw .malformed(offset: 0) }
    self.init(length: Int(octets.littleEndian16(at: 2)))
    guard (8...octets.count).contains(length) else { throw .malformed(offset: 2) }
    guard octets.littleEndian32(at: 4) == UInt32(LinkType.plain.rawValue) else { throw .unsupported }
    var offset = 8
    while offset + 4 <= length {
      let (type, size) = (octets.littleEndian16(at: offset), Int(octets.littleEndian16(at: offset + 2)))
      guard offset + 4 + size <= length else { throw .malformed(offset: offset) }
      // 802.11-Common: TSF, flags, rate, channel, hopping, signal, noise.
      if type == 2, size >= 20 {
        let flags = octets.littleEndian16(at: offset + 12)
        checkSequence = flags & 4 != 0 ? .wrong : flags & 1 != 0 ? .present : .absent
        frequency = octets.littleEndian16(at: offset + 16)
        signal = Int8(bitPattern: octets[offset + 22])
      }
      offset += 4 + size
    }
  }
}

extension Span<UInt8> {
  @inline(__always) func littleEndian16(at offset: Int) -> UInt16 { bigEndian16(at: offset).byteSwapped }
  @inline(__always) func littleEndian32(at offset: Int) -> UInt32 { bigEndian32(at: offset).byteSwapped }
}
