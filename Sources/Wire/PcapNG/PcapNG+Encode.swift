extension PcapNG {
  /// A section header block of unknown section length (§4.1): the first block of every file.
  public static func sectionHeader(
    application: String? = nil, operatingSystem: String? = nil, comment: String? = nil
  ) -> [UInt8] {
    var body: [UInt8] = []
    body.append(littleEndian: byteOrderMagic)
    body.append(littleEndian: UInt16(1))  // major version
    body.append(littleEndian: UInt16(0))  // minor version
    body.append(littleEndian: UInt64.max)  // section length: not known
    var options = Options()
    options.add(OptionCode.comment, text: comment)
    options.add(OptionCode.operatingSystem, text: operatingSystem)
    options.add(OptionCode.application, text: application)
    return block(.sectionHeader, body + options.encoded)
  }

  /// An interface description block (§4.2). Its place among those of the section is its number.
  /// - Parameters:
  ///   - filter: the capture filter in libpcap's language, as it was set.
  ///   - snapLength: the most octets kept of a frame; 0 for no limit.
  public static func interfaceDescription(
    name: String, filter: String? = nil, snapLength: UInt32, linkType: LinkType = .ethernet
  ) -> [UInt8] {
    var body: [UInt8] = []
    body.append(littleEndian: linkType.rawValue)
    body.append(littleEndian: UInt16(0))  // reserved
    body.append(littleEndian: snapLength)
    var options = Options()
    options.add(OptionCode.interfaceName, text: name)
    options.add(OptionCode.timeResolution, octets: [nanosecondResolution])
    // if_filter begins with the kind of filter: 0 is libpcap's text.
    if let filter { options.add(OptionCode.filter, octets: [0] + Options.cut(filter, to: 0xfffe)) }
    return block(.interfaceDescription, body + options.encoded)
  }

  /// An enhanced packet block with its direction (§4.3).
  /// - Parameter interface: the number of an interface described before in the section.
  public static func enhancedPacket(
    _ frame: CapturedFrame, interface: UInt32 = 0, comment: String? = nil
  ) -> [UInt8] {
    var body: [UInt8] = []
    body.append(littleEndian: interface)
    body.append(timestamp: frame.nanoseconds)
    body.append(littleEndian: UInt32(clamping: frame.octets.count))
    body.append(littleEndian: UInt32(clamping: frame.originalLength))
    body += frame.octets
    body.padToWord()
    var options = Options()
    options.add(OptionCode.comment, text: comment)
    var flags: [UInt8] = []
    // epb_flags, bits 0–1: 01 inbound, 10 outbound.
    flags.append(littleEndian: UInt32(frame.outbound ? 2 : 1))
    options.add(OptionCode.packetFlags, octets: flags)
    return block(.enhancedPacket, body + options.encoded)
  }

  /// An interface statistics block (§4.6): what the capture itself came to.
  /// - Parameters:
  ///   - nanoseconds: when the figures were read, since 1970-01-01T00:00:00Z.
  ///   - received: frames that passed the filter since the capture began.
  ///   - dropped: frames lost for lack of room before they were read.
  public static func interfaceStatistics(
    interface: UInt32 = 0, at nanoseconds: Int64, received: UInt64, dropped: UInt64
  ) -> [UInt8] {
    var body: [UInt8] = []
    body.append(littleEndian: interface)
    body.append(timestamp: nanoseconds)
    var options = Options()
    for (code, count) in [(OptionCode.received, received), (OptionCode.dropped, dropped)] {
      var value: [UInt8] = []
      value.append(littleEndian: count)
      options.add(code, octets: value)
    }
    return block(.interfaceStatistics, body + options.encoded)
  }

  private static func block(_ type: BlockType, _ body: [UInt8]) -> [UInt8] {
    let length = UInt32(clamping: smallestBlock + body.count)
    var octets: [UInt8] = []
    octets.reserveCapacity(smallestBlock + body.count)
    octets.append(littleEndian: type.rawValue)
    octets.append(littleEndian: length)
    octets += body
    octets.append(littleEndian: length)
    return octets
  }
}

/// The options of one block (§3.5).
private struct Options {
  private var octets: [UInt8] = []

  /// The options and the end mark, or nothing when there are none.
  var encoded: [UInt8] { octets.isEmpty ? [] : octets + [0, 0, 0, 0] }

  mutating func add(_ code: UInt16, text: String?) {
    guard let text else { return }
    add(code, octets: Self.cut(text, to: 0xffff))
  }

  mutating func add(_ code: UInt16, octets value: [UInt8]) {
    octets.append(littleEndian: code)
    octets.append(littleEndian: UInt16(clamping: value.count))
    octets += value
    octets.padToWord()
  }

  /// UTF-8 that ends with a whole scalar within `limit` octets: an option's length has 16 bits.
  static func cut(_ text: String, to limit: Int) -> [UInt8] {
    let octets = Array(text.utf8)
    guard octets.count > limit else { return octets }
    var end = limit
    while end > 0, octets[end] & 0xc0 == 0x80 { end -= 1 }
    return Array(octets[..<end])
  }
}

extension [UInt8] {
  fileprivate mutating func append(littleEndian value: some FixedWidthInteger & UnsignedInteger) {
    for shift in stride(from: 0, to: value.bitWidth, by: 8) {
      append(UInt8(truncatingIfNeeded: value >> shift))
    }
  }

  /// The upper half first, although each half is little-endian (§4.3).
  fileprivate mutating func append(timestamp nanoseconds: Int64) {
    let value = UInt64(clamping: nanoseconds)
    append(littleEndian: UInt32(truncatingIfNeeded: value >> 32))
    append(littleEndian: UInt32(truncatingIfNeeded: value))
  }

  fileprivate mutating func padToWord() {
    while count % 4 != 0 { append(0) }
  }
}
