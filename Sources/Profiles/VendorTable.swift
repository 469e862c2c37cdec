/// One of the IEEE's assignment files, kept as the bytes it came in: prefixes point at names.
///
/// The files are CSV (RFC 4180) with the columns Registry, Assignment, Organization Name and
/// Organization Address; names may be quoted and contain commas and doubled quotes.
package struct VendorTable: Hashable, Sendable {
  /// A size of block the IEEE assigns.
  package enum Registry: CaseIterable, Hashable, Sendable {
    case small, medium, large

    /// How many leading bits of an address name the holder.
    var prefixBits: Int {
      switch self {
      case .small: return 36
      case .medium: return 28
      case .large: return 24
      }
    }

    var name: String {
      switch self {
      case .small: return "MA-S"
      case .medium: return "MA-M"
      case .large: return "MA-L"
      }
    }

    var file: String {
      switch self {
      case .small: return "oui36.csv"
      case .medium: return "mam.csv"
      case .large: return "oui.csv"
      }
    }
  }

  /// A prefix, of 36 bits at most, above the place in `bytes` where the name's field begins: one number, so that tens of
  /// thousands are quickly in order.
  private struct Entry: Hashable, Sendable, Comparable {
    private let number: UInt64

    init(prefix: UInt64, place: Int) { number = prefix << Self.placeBits | UInt64(place) }

    var prefix: UInt64 { number >> Self.placeBits }
    var place: Int { Int(number & (1 << Self.placeBits - 1)) }

    static func < (one: Entry, other: Entry) -> Bool { one.number < other.number }

    private static let placeBits: UInt64 = 28
    /// A quarter of a gigabyte; the longest file has four megabytes.
    static let most = 1 << placeBits
  }

  private let bytes: [UInt8]
  /// Ascending by prefix.
  private let entries: [Entry]
  let registry: Registry

  /// How many assignments were read.
  package var count: Int { entries.count }

  /// Reads a file. Records that are cut off or malformed are left out: a name is taken only when
  /// the comma after it was reached.
  package init(parsing bytes: [UInt8], registry: Registry) {
    var entries: [Entry] = []
    entries.reserveCapacity(bytes.count / 90)
    var cursor = CSVCursor(bytes)
    while !cursor.isAtEnd, cursor.index < Entry.most {
      let kind = cursor.field()
      let prefix = kind.endsRecord ? nil : cursor.field()
      let place = cursor.index
      let name = prefix.flatMap { $0.endsRecord ? nil : cursor.field() }
      if let prefix, let name, !name.endsRecord, place < Entry.most,
        let value = VendorTable.hexadecimal(bytes, prefix.content, digits: registry.prefixBits / 4)
      {
        entries.append(Entry(prefix: value, place: place))
      }
      if !(name ?? prefix ?? kind).endsRecord { cursor.skipRecord() }
    }
    // Stable order for the few prefixes that were assigned twice: the earlier line wins.
    entries.sort()
    self.bytes = bytes
    self.entries = entries
    self.registry = registry
  }

  /// The holder of the block that a 48-bit address falls in.
  package func name(forAddress address: UInt64) -> String? {
    let prefix = address >> UInt64(48 - registry.prefixBits)
    var low = 0
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].prefix < prefix { low = middle + 1 } else { high = middle }
    }
    guard low < entries.count, entries[low].prefix == prefix else { return nil }
    var cursor = CSVCursor(bytes, at: entries[low].place)
    return text(cursor.field().content)
  }

  /// The name with doubled quotes made single and outer spaces taken off.
  private func text(_ range: Range<Int>) -> String {
    let quote = UInt8(ascii: "\"")
    var octets: [UInt8] = []
    var index = range.lowerBound
    while index < range.upperBound {
      octets.append(bytes[index])
      let isDoubled = bytes[index] == quote && index + 1 < range.upperBound && bytes[index + 1] == quote
      index += isDoubled ? 2 : 1
    }
    let space = UInt8(ascii: " ")
    while octets.last == space { octets.removeLast() }
    return String(decoding: octets.drop { $0 == space }, as: UTF8.self)
  }

  private static func hexadecimal(_ bytes: [UInt8], _ range: Range<Int>, digits: Int) -> UInt64? {
    guard range.count == digits else { return nil }
    var value: UInt64 = 0
    for index in range {
      switch bytes[index] {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt64(bytes[index] - UInt8(ascii: "0"))
      case UInt8(ascii: "A")...UInt8(ascii: "F"): value = value << 4 | UInt64(bytes[index] - UInt8(ascii: "A") + 10)
      case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt64(bytes[index] - UInt8(ascii: "a") + 10)
      default: return nil
      }
    }
    return value
  }
}

/// Walks over CSV without copying it.
private struct CSVCursor {
  /// A field's content without outer quotes, and whether a line or the file ended with it.
  struct Field {
    let content: Range<Int>
    let endsRecord: Bool
  }

  private let bytes: [UInt8]
  private(set) var index: Int

  init(_ bytes: [UInt8], at index: Int = 0) { (self.bytes, self.index) = (bytes, index) }

  var isAtEnd: Bool { index >= bytes.count }

  mutating func field() -> Field {
    let isQuoted = index < bytes.count && bytes[index] == UInt8(ascii: "\"")
    if isQuoted { index += 1 }
    let start = index
    if isQuoted { skipQuoted() } else { skipPlain() }
    var end = index
    if isQuoted, index < bytes.count { index += 1 }
    // What stands between a closing quote and the comma is malformed and passed over.
    if isQuoted { skipPlain() }
    guard index < bytes.count else { return Field(content: start..<end, endsRecord: true) }
    let endsRecord = bytes[index] == UInt8(ascii: "\n")
    index += 1
    if endsRecord, !isQuoted, end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    return Field(content: start..<end, endsRecord: endsRecord)
  }

  /// Moves to the closing quote, over doubled ones.
  private mutating func skipQuoted() {
    let quote = UInt8(ascii: "\"")
    while index < bytes.count {
      if bytes[index] == quote {
        guard index + 1 < bytes.count, bytes[index + 1] == quote else { return }
        index += 1
      }
      index += 1
    }
  }

  private mutating func skipPlain() {
    while index < bytes.count, bytes[index] != UInt8(ascii: ","), bytes[index] != UInt8(ascii: "\n") { index += 1 }
  }

  /// Moves to the next record; quoted fields may hold line ends.
  mutating func skipRecord() {
    while !isAtEnd, !field().endsRecord {}
  }
}
