/// A JSON text (RFC 8259), for the short answers of devices. Its reader is forgiving where devices are careless: control
/// characters inside strings stay, and NULs or line feeds behind the text are no part of it.
public enum JSONValue: Hashable, Sendable {
  case null
  case bool(Bool)
  /// As it was written; what it counts is for the reader to say.
  case number(String)
  /// Invalid UTF-8 and lone surrogates have become U+FFFD.
  case string(String)
  case array([JSONValue])
  /// In the order of the text; a name may come twice.
  case object([Member])

  public struct Member: Hashable, Sendable {
    public let name: String
    public let value: JSONValue

    public init(name: String, value: JSONValue) {
      self.name = name
      self.value = value
    }
  }

  /// Arrays and objects inside one another.
  public static let depthLimit = 16
  /// Values in all.
  public static let valueLimit = 4096

  /// - Throws: `truncated` while the text may still go on; `malformed` where it cannot, or beyond a limit.
  public init(parsing bytes: Span<UInt8>) throws(WireError) {
    var reader = JSONReader(octets(bytes))
    self = try reader.text()
  }

  /// The first member of this name; nil where there is none, or this is no object.
  public subscript(_ name: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }

  public var text: String? { if case .string(let text) = self { text } else { nil } }

  /// Nil unless it is a whole number that fits.
  public var integer: Int? { if case .number(let digits) = self { Int(digits) } else { nil } }

  public var isObject: Bool { if case .object = self { true } else { false } }
}

/// Walks over the text once. `depth` and `values` bound what a hostile text can cost.
private struct JSONReader {
  private let octets: [UInt8]
  private var offset = 0
  private var depth = 0
  private var values = 0

  init(_ octets: [UInt8]) { self.octets = octets }

  mutating func text() throws(WireError) -> JSONValue {
    let value = try value()
    while offset < octets.count {
      guard isBlank(octets[offset]) || octets[offset] == 0 else { throw malformed }
      offset += 1
    }
    return value
  }

  private var malformed: WireError { .malformed(offset: offset) }

  private func isBlank(_ octet: UInt8) -> Bool { [0x20, 0x09, 0x0a, 0x0d].contains(octet) }

  private func peek() throws(WireError) -> UInt8 {
    guard offset < octets.count else { throw .truncated(needed: octets.count + 1, available: octets.count) }
    return octets[offset]
  }

  private mutating func next() throws(WireError) -> UInt8 {
    let octet = try peek()
    offset += 1
    return octet
  }

  /// The next octet that is no white space, without taking it.
  private mutating func sign() throws(WireError) -> UInt8 {
    while isBlank(try peek()) { offset += 1 }
    return try peek()
  }

  private mutating func value() throws(WireError) -> JSONValue {
    values += 1
    guard values <= JSONValue.valueLimit else { throw malformed }
    switch try sign() {
    case UInt8(ascii: "{"):
      return .object(try list(UInt8(ascii: "}")) { reader throws(WireError) in try reader.member() })
    case UInt8(ascii: "["):
      return .array(try list(UInt8(ascii: "]")) { reader throws(WireError) in try reader.value() })
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return .number(try number())
    }
  }

  private mutating func list<Element>(
    _ end: UInt8, _ element: (inout JSONReader) throws(WireError) -> Element
  ) throws(WireError) -> [Element] {
    offset += 1
    depth += 1
    guard depth <= JSONValue.depthLimit else { throw malformed }
    defer { depth -= 1 }
    var elements: [Element] = []
    guard try sign() != end else {
      offset += 1
      return []
    }
    while true {
      elements.append(try element(&self))
      let sign = try sign()
      guard sign == end || sign == UInt8(ascii: ",") else { throw malformed }
      offset += 1
      if sign == end { return elements }
    }
  }

  private mutating func member() throws(WireError) -> JSONValue.Member {
    guard try sign() == UInt8(ascii: "\"") else { throw malformed }
    let name = try string()
    guard try sign() == UInt8(ascii: ":") else { throw malformed }
    offset += 1
    return JSONValue.Member(name: name, value: try value())
  }

  private mutating func word(_ text: String, _ value: JSONValue) throws(WireError) -> JSONValue {
    for octet in text.utf8 {
      guard try peek() == octet else { throw malformed }
      offset += 1
    }
    return value
  }

  private mutating func number() throws(WireError) -> String {
    let start = offset
    while offset < octets.count, isNumeral(octets[offset]) { offset += 1 }
    // A number at the very end may go on.
    _ = try peek()
    guard offset > start, octets[start..<offset].contains(where: { (0x30...0x39).contains($0) }) else {
      throw malformed
    }
    return Array(octets[start..<offset]).text
  }

  private func isNumeral(_ octet: UInt8) -> Bool {
    (0x30...0x39).contains(octet) || Array("+-.eE".utf8).contains(octet)
  }

  /// RFC 8259 §7.
  private mutating func string() throws(WireError) -> String {
    offset += 1
    var text: [UInt8] = []
    while true {
      switch try next() {
      case UInt8(ascii: "\""): return text.text
      case UInt8(ascii: "\\"): text += try escaped()
      case let octet: text.append(octet)
      }
    }
  }

  private mutating func escaped() throws(WireError) -> [UInt8] {
    switch try next() {
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0c]
    case UInt8(ascii: "n"): return [0x0a]
    case UInt8(ascii: "r"): return [0x0d]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "u"):
      var units = [try unit()]
      // A high surrogate makes one character with the low one that follows it.
      if (0xd800...0xdbff).contains(units[0]), octets[offset...].starts(with: Array("\\u".utf8)) {
        offset += 2
        units.append(try unit())
      }
      return Array(String(decoding: units, as: UTF16.self).utf8)
    case let octet where Array("\"\\/".utf8).contains(octet): return [octet]
    default: throw .malformed(offset: offset - 1)
    }
  }

  private mutating func unit() throws(WireError) -> UInt16 {
    var value: UInt16 = 0
    for _ in 0..<4 {
      let digit = Character(Unicode.Scalar(try next())).hexDigitValue
      guard let digit else { throw .malformed(offset: offset - 1) }
      value = value << 4 | UInt16(truncatingIfNeeded: digit)
    }
    return value
  }
}
