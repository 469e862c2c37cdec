extension PcapNG {
  /// One block of a file.
  public enum Block: Hashable, Sendable {
    case section(Section)
    case interface(Interface)
    case packet(Packet)
    case statistics(Statistics)
    /// A block of another type, with what stands between its lengths.
    case other(type: BlockType, body: [UInt8])
  }

  /// What a section header says.
  public struct Section: Hashable, Sendable {
    public var application: String?
    public var operatingSystem: String?
    public var comment: String?
  }

  /// What an interface description says.
  public struct Interface: Hashable, Sendable {
    public var linkType: LinkType
    public var snapLength: UInt32
    public var name: String?
    /// The exponent in if_tsresol: 9 for nanoseconds. 6 where the file names none (§4.2).
    public var timeResolution: UInt8
    public var filter: String?
  }

  /// A frame of a file.
  public struct Packet: Hashable, Sendable {
    public var interface: UInt32
    /// In units of the interface's resolution since 1970-01-01T00:00:00Z.
    public var timestamp: UInt64
    public var octets: [UInt8]
    public var originalLength: UInt32
    /// nil where the file does not tell.
    public var outbound: Bool?
    public var comment: String?
  }

  /// The figures of a capture.
  public struct Statistics: Hashable, Sendable {
    public var interface: UInt32
    public var timestamp: UInt64
    public var received: UInt64?
    public var dropped: UInt64?
  }

  /// Why reading ended before the end of the file.
  public enum Stop: Hashable, Sendable {
    /// The file ends inside a block, as after a kill or a full disk.
    case truncated
    /// What stands there is no block; the text says why.
    case malformed(String)
  }

  /// What a file holds up to its first block that cannot be read.
  public struct Contents: Hashable, Sendable {
    public var blocks: [Block] = []
    /// Octets after the last whole block; 0 in a whole file.
    public var trailingOctets = 0
    /// nil when the file ends with a whole block.
    public var stop: Stop?
  }

  /// Reads the whole blocks at the front of a little-endian file. Any octets whatever are accepted:
  /// reading ends at the first that cannot be a block.
  public static func read(_ octets: [UInt8]) -> Contents {
    var contents = Contents()
    var start = 0
    while start < octets.count {
      switch block(in: octets[start...], first: start == 0) {
      case .success(let (block, length)):
        contents.blocks.append(block)
        start += length
      case .failure(let failure):
        contents.trailingOctets = octets.count - start
        contents.stop = failure.stop
        return contents
      }
    }
    return contents
  }

  private struct Failure: Error {
    let stop: Stop
    static let truncated = Failure(stop: .truncated)
    static func malformed(_ text: String) -> Failure { Failure(stop: .malformed(text)) }
  }

  private static func block(in rest: ArraySlice<UInt8>, first: Bool) -> Result<(Block, Int), Failure> {
    guard let type = rest.littleEndian32(at: 0), let claimed = rest.littleEndian32(at: 4) else {
      return .failure(.truncated)
    }
    let kind = BlockType(rawValue: type)
    guard !first || kind == .sectionHeader else { return .failure(.malformed("no section header comes first")) }
    if kind == .sectionHeader {
      guard let magic = rest.littleEndian32(at: 8) else { return .failure(.truncated) }
      guard magic == byteOrderMagic else { return .failure(.malformed("not a little-endian section")) }
    }
    let length = Int(claimed)
    guard length >= smallestBlock, length % 4 == 0 else {
      return .failure(.malformed("a block cannot be \(length) octets long"))
    }
    guard length <= rest.count else { return .failure(.truncated) }
    guard rest.littleEndian32(at: length - 4) == claimed else {
      return .failure(.malformed("the two lengths of a block differ"))
    }
    let body = rest.dropFirst(8).prefix(length - smallestBlock)
    guard let block = parsed(kind, body) else {
      return .failure(.malformed("a block of type \(type) lacks fields"))
    }
    return .success((block, length))
  }

  private static func parsed(_ kind: BlockType, _ body: ArraySlice<UInt8>) -> Block? {
    switch kind {
    case .sectionHeader: return section(body)
    case .interfaceDescription: return interface(body)
    case .enhancedPacket: return packet(body)
    case .interfaceStatistics: return statistics(body)
    default: return .other(type: kind, body: Array(body))
    }
  }

  private static func section(_ body: ArraySlice<UInt8>) -> Block? {
    guard body.count >= 16, let options = options(body.dropFirst(16)) else { return nil }
    return .section(
      Section(
        application: text(options[OptionCode.application]),
        operatingSystem: text(options[OptionCode.operatingSystem]),
        comment: text(options[OptionCode.comment])))
  }

  private static func interface(_ body: ArraySlice<UInt8>) -> Block? {
    guard let linkType = body.littleEndian16(at: 0), let snapLength = body.littleEndian32(at: 4),
      let options = options(body.dropFirst(8))
    else { return nil }
    return .interface(
      Interface(
        linkType: LinkType(rawValue: linkType), snapLength: snapLength,
        name: text(options[OptionCode.interfaceName]),
        timeResolution: options[OptionCode.timeResolution]?.first ?? 6,
        filter: options[OptionCode.filter].flatMap { $0.first == 0 ? text($0.dropFirst()) : nil }))
  }

  private static func packet(_ body: ArraySlice<UInt8>) -> Block? {
    guard let interface = body.littleEndian32(at: 0), let timestamp = body.timestamp(at: 4),
      let captured = body.littleEndian32(at: 12), let originalLength = body.littleEndian32(at: 16)
    else { return nil }
    let rest = body.dropFirst(20)
    let padded = (Int(captured) + 3) / 4 * 4
    guard padded <= rest.count, let options = options(rest.dropFirst(padded)) else { return nil }
    let flags = options[OptionCode.packetFlags]?.littleEndian32(at: 0)
    return .packet(
      Packet(
        interface: interface, timestamp: timestamp, octets: Array(rest.prefix(Int(captured))),
        originalLength: originalLength, outbound: direction(flags), comment: text(options[OptionCode.comment])))
  }

  private static func direction(_ flags: UInt32?) -> Bool? {
    switch (flags ?? 0) & 3 {
    case 1: return false
    case 2: return true
    default: return nil
    }
  }

  private static func statistics(_ body: ArraySlice<UInt8>) -> Block? {
    guard let interface = body.littleEndian32(at: 0), let timestamp = body.timestamp(at: 4),
      let options = options(body.dropFirst(12))
    else { return nil }
    return .statistics(
      Statistics(
        interface: interface, timestamp: timestamp,
        received: options[OptionCode.received]?.littleEndian64(at: 0),
        dropped: options[OptionCode.dropped]?.littleEndian64(at: 0)))
  }

  /// The options by code, the first of each; nil when one runs beyond the block.
  private static func options(_ octets: ArraySlice<UInt8>) -> [UInt16: ArraySlice<UInt8>]? {
    var found: [UInt16: ArraySlice<UInt8>] = [:]
    var rest = octets
    while let code = rest.littleEndian16(at: 0), let length = rest.littleEndian16(at: 2), code != OptionCode.end {
      rest = rest.dropFirst(4)
      let padded = (Int(length) + 3) / 4 * 4
      guard padded <= rest.count else { return nil }
      if found[code] == nil { found[code] = rest.prefix(Int(length)) }
      rest = rest.dropFirst(padded)
    }
    return found
  }

  private static func text(_ octets: ArraySlice<UInt8>?) -> String? {
    octets.map { String(decoding: $0, as: UTF8.self) }
  }
}

extension ArraySlice<UInt8> {
  private func littleEndian(at offset: Int, octets: Int) -> UInt64? {
    guard count >= octets, offset <= count - octets else { return nil }
    let first = startIndex + offset
    return self[first..<first + octets].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  fileprivate func littleEndian16(at offset: Int) -> UInt16? {
    littleEndian(at: offset, octets: 2).map { UInt16(truncatingIfNeeded: $0) }
  }

  fileprivate func littleEndian32(at offset: Int) -> UInt32? {
    littleEndian(at: offset, octets: 4).map { UInt32(truncatingIfNeeded: $0) }
  }

  fileprivate func littleEndian64(at offset: Int) -> UInt64? { littleEndian(at: offset, octets: 8) }

  fileprivate func timestamp(at offset: Int) -> UInt64? {
    guard let high = littleEndian32(at: offset), let low = littleEndian32(at: offset + 4) else { return nil }
    return UInt64(high) << 32 | UInt64(low)
  }
}
