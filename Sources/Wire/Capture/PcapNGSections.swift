/// The blocks of a pcapng file in either byte order, told one at a time: what interfaces a section has, and where frames are
/// (draft-ietf-opsawg-pcapng §3, §4).
struct PcapNGSections: Hashable, Sendable {
  private struct Interface: Hashable, Sendable {
    let linkType: UInt16
    /// 0 for no limit.
    let snapLength: Int
    let clock: Clock
  }

  /// What a unit of the interface's times is (§4.2, if_tsresol, if_tsoffset).
  private struct Clock: Hashable, Sendable {
    /// A power of 10 or, with the highest bit, of 2.
    var resolution: UInt8 = 6
    var offsetSeconds: Int64 = 0

    /// Nanoseconds since 1970; nil for times that have none.
    func nanoseconds(_ units: UInt64) -> Int64? {
      let exponent = resolution & 0x7f
      var divisor: UInt64 = 1
      for _ in 0..<exponent {
        let (product, overflow) = divisor.multipliedReportingOverflow(by: resolution & 0x80 == 0 ? 10 : 2)
        if overflow { return nil }
        divisor = product
      }
      let (seconds, rest) = units.quotientAndRemainder(dividingBy: divisor)
      let fraction = divisor.dividingFullWidth(rest.multipliedFullWidth(by: 1_000_000_000)).quotient
      guard let whole = Int64(exactly: seconds) else { return nil }
      let (moment, first) = whole.addingReportingOverflow(offsetSeconds)
      let (scaled, second) = moment.multipliedReportingOverflow(by: 1_000_000_000)
      let (sum, third) = scaled.addingReportingOverflow(Int64(fraction))
      return first || second || third ? nil : sum
    }
  }

  private enum Block {
    static let packet: UInt32 = 2, simplePacket: UInt32 = 3
  }

  private static let offsetOption: UInt16 = 14
  /// Interfaces of a section; a file of nothing else must not fill the memory.
  private static let mostInterfaces = 65_536

  private var isLittleEndian = true
  private var interfaces: [Interface] = []

  /// What stands at a place.
  /// - Throws: `malformed` for what can be no block; a file's first block has to be a section header.
  mutating func step(_ window: Span<UInt8>, at offset: Int) throws(WireError) -> CaptureStream.Step {
    guard offset + PcapNG.smallestBlock <= window.count else { return .need(PcapNG.smallestBlock) }
    if window.bigEndian32(at: offset) == PcapNG.BlockType.sectionHeader.rawValue {
      switch window.bigEndian32(at: offset + 8) {
      case PcapNG.byteOrderMagic: isLittleEndian = false
      case PcapNG.byteOrderMagic.byteSwapped: isLittleEndian = true
      default: throw .malformed(offset: offset + 8)
      }
    }
    let (type, length) = (number32(window, offset), Int(number32(window, offset + 4)))
    guard length >= PcapNG.smallestBlock, length.isMultiple(of: 4) else { throw .malformed(offset: offset + 4) }
    let isRead: Bool =
      switch type {
      case PcapNG.BlockType.sectionHeader.rawValue, PcapNG.BlockType.interfaceDescription.rawValue,
        PcapNG.BlockType.enhancedPacket.rawValue, Block.packet, Block.simplePacket:
        true
      default: false
      }
    guard isRead else { return .skip(length) }
    guard length <= CaptureStream.longestRecord else { throw .malformed(offset: offset + 4) }
    guard offset + length <= window.count else { return .need(length) }
    guard Int(number32(window, offset + length - 4)) == length else { throw .malformed(offset: offset + length - 4) }
    let body = offset + 8..<offset + length - 4
    switch type {
    case PcapNG.BlockType.sectionHeader.rawValue:
      guard body.count >= 16 else { throw .malformed(offset: offset + 4) }
      // §4.1: a file of another major version has other blocks.
      guard number16(window, offset + 12) == 1 else { throw .malformed(offset: offset + 12) }
      interfaces = []
      return .skip(length)
    case PcapNG.BlockType.interfaceDescription.rawValue:
      try describe(window, body)
      return .skip(length)
    default:
      return try packet(type, window, body)
    }
  }

  private mutating func describe(_ window: Span<UInt8>, _ body: Range<Int>) throws(WireError) {
    guard body.count >= 8, interfaces.count < Self.mostInterfaces else { throw .malformed(offset: body.lowerBound) }
    var clock = Clock()
    var offset = body.lowerBound + 8
    while offset + 4 <= body.upperBound {
      let (code, length) = (number16(window, offset), Int(number16(window, offset + 2)))
      if code == PcapNG.OptionCode.end { break }
      guard offset + 4 + length <= body.upperBound else { throw .malformed(offset: offset) }
      if code == PcapNG.OptionCode.timeResolution, length >= 1 { clock.resolution = window[offset + 4] }
      if code == Self.offsetOption, length >= 8 {
        let (one, other) = (UInt64(number32(window, offset + 4)), UInt64(number32(window, offset + 8)))
        clock.offsetSeconds = Int64(bitPattern: isLittleEndian ? other << 32 | one : one << 32 | other)
      }
      offset += 4 + (length + 3) / 4 * 4
    }
    interfaces.append(
      Interface(
        linkType: number16(window, body.lowerBound), snapLength: Int(number32(window, body.lowerBound + 4)),
        clock: clock))
  }

  private func packet(
    _ type: UInt32, _ window: Span<UInt8>, _ body: Range<Int>
  ) throws(WireError) -> CaptureStream.Step {
    let start = body.lowerBound
    let isSimple = type == Block.simplePacket
    let header = isSimple ? 4 : 20
    guard body.count >= header else { throw .malformed(offset: start) }
    let number = isSimple ? 0 : type == Block.packet ? Int(number16(window, start)) : Int(number32(window, start))
    // A frame of an interface that nobody described says nothing of what it is.
    guard number < interfaces.count else { throw .malformed(offset: start) }
    let interface = interfaces[number]
    let length = Int(number32(window, start + (isSimple ? 0 : 16)))
    // §4.4: the captured length is the least of what there was, what was to be kept, and what the block holds.
    let limit = interface.snapLength == 0 ? length : min(length, interface.snapLength)
    let count = isSimple ? min(limit, body.count - header) : Int(number32(window, start + 12))
    guard count <= body.count - header else { throw .malformed(offset: start + 12) }
    let time: Int64? =
      isSimple
      ? nil
      : interface.clock.nanoseconds(UInt64(number32(window, start + 4)) << 32 | UInt64(number32(window, start + 8)))
    return .frame(
      CaptureStream.Frame(linkType: interface.linkType, time: time, length: length),
      octets: start + header..<start + header + count, next: body.upperBound + 4)
  }

  private func number16(_ window: Span<UInt8>, _ offset: Int) -> UInt16 {
    isLittleEndian ? window.littleEndian16(at: offset) : window.bigEndian16(at: offset)
  }

  private func number32(_ window: Span<UInt8>, _ offset: Int) -> UInt32 {
    isLittleEndian ? window.littleEndian32(at: offset) : window.bigEndian32(at: offset)
  }
}
