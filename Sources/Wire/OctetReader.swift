/// Reads an answer from its front to its end. Every step says what is missing instead of trapping.
///
/// It owns a copy of the octets: answers are small, and are kept as evidence anyway.
struct OctetReader {
  private let octets: [UInt8]
  /// Where the next octet lies in the message that the first reader was made of.
  private(set) var offset: Int
  private let end: Int

  init(_ span: Span<UInt8>) { self.init(Wire.octets(span)) }

  init(_ octets: [UInt8]) {
    self.octets = octets
    offset = 0
    end = octets.count
  }

  private init(_ octets: [UInt8], from offset: Int, to end: Int) {
    self.octets = octets
    self.offset = offset
    self.end = end
  }

  var remaining: Int { end - offset }
  var isAtEnd: Bool { offset == end }

  /// Throws `truncated` unless `count` more octets are there.
  func require(_ count: Int) throws(WireError) {
    // No sum of the two: a length from the wire may be anything.
    guard count <= remaining else {
      throw .truncated(needed: offset.addingReportingOverflow(count).partialValue, available: end)
    }
    guard count >= 0 else { throw .malformed(offset: offset) }
  }

  func peek() throws(WireError) -> UInt8 {
    try require(1)
    return octets[offset]
  }

  mutating func octet() throws(WireError) -> UInt8 {
    let value = try peek()
    offset += 1
    return value
  }

  private mutating func number(_ count: Int) throws(WireError) -> UInt64 {
    try require(count)
    var value: UInt64 = 0
    for octet in octets[offset..<offset + count] { value = value << 8 | UInt64(octet) }
    offset += count
    return value
  }

  mutating func bigEndian16() throws(WireError) -> UInt16 { UInt16(truncatingIfNeeded: try number(2)) }
  mutating func bigEndian24() throws(WireError) -> UInt32 { UInt32(truncatingIfNeeded: try number(3)) }
  mutating func bigEndian32() throws(WireError) -> UInt32 { UInt32(truncatingIfNeeded: try number(4)) }
  mutating func bigEndian48() throws(WireError) -> UInt64 { try number(6) }
  mutating func bigEndian64() throws(WireError) -> UInt64 { try number(8) }
  mutating func littleEndian16() throws(WireError) -> UInt16 { try bigEndian16().byteSwapped }
  mutating func littleEndian32() throws(WireError) -> UInt32 { try bigEndian32().byteSwapped }
  mutating func littleEndian64() throws(WireError) -> UInt64 { try bigEndian64().byteSwapped }

  mutating func take(_ count: Int) throws(WireError) -> [UInt8] {
    try require(count)
    defer { offset += count }
    return Array(octets[offset..<offset + count])
  }

  mutating func takeRest() -> [UInt8] {
    defer { offset = end }
    return Array(octets[offset..<end])
  }

  mutating func skip(_ count: Int) throws(WireError) {
    try require(count)
    offset += count
  }

  /// A reader of the next `count` octets alone; this one goes on behind them.
  mutating func part(_ count: Int) throws(WireError) -> OctetReader {
    try require(count)
    defer { offset += count }
    return OctetReader(octets, from: offset, to: offset + count)
  }

  /// A reader of the same octets from another place on; they are not copied.
  func from(_ place: Int) throws(WireError) -> OctetReader {
    guard (0...end).contains(place) else { throw .truncated(needed: place, available: end) }
    return OctetReader(octets, from: place, to: end)
  }

  /// The octets up to the line's end, which is CR LF or a bare LF, without it.
  /// - Throws: `malformed` when `limit` octets go by without an end, `truncated` while it may still come.
  mutating func line(limit: Int) throws(WireError) -> [UInt8] {
    let reach = min(remaining, limit)
    guard let feed = octets[offset..<offset + reach].firstIndex(of: 0x0a) else {
      guard remaining < limit else { throw .malformed(offset: offset) }
      throw .truncated(needed: end + 1, available: end)
    }
    defer { offset = feed + 1 }
    let stop = feed > offset && octets[feed - 1] == 0x0d ? feed - 1 : feed
    return Array(octets[offset..<stop])
  }
}

extension [UInt8] {
  mutating func appendBigEndian16(_ value: UInt16) {
    append(UInt8(truncatingIfNeeded: value >> 8))
    append(UInt8(truncatingIfNeeded: value))
  }

  mutating func appendBigEndian32(_ value: UInt32) {
    appendBigEndian16(UInt16(truncatingIfNeeded: value >> 16))
    appendBigEndian16(UInt16(truncatingIfNeeded: value))
  }

  mutating func appendLittleEndian16(_ value: UInt16) { appendBigEndian16(value.byteSwapped) }
  mutating func appendLittleEndian32(_ value: UInt32) { appendBigEndian32(value.byteSwapped) }

  /// Text as the wire has it: invalid UTF-8 becomes U+FFFD, control characters stay what they are.
  var text: String { String(decoding: self, as: UTF8.self) }

  /// The text in front of the first NUL, for fields of fixed size.
  var textBeforeNUL: String { String(decoding: prefix { $0 != 0 }, as: UTF8.self) }
}
