/// In which encoding a ledger was saved.
public enum LedgerEncoding: Hashable, Sendable {
  /// The whole text, without a byte order mark.
  case utf8(String)
  /// A byte order mark says UTF-8, and the octet at this place is not.
  case brokenUTF8(at: Int)
  case utf16
  /// Not UTF-8: in Japan, what a spreadsheet writes by default (Shift_JIS, code page 932).
  case other

  public init(_ octets: [UInt8]) {
    if octets.starts(with: [0xff, 0xfe]) || octets.starts(with: [0xfe, 0xff]) {
      self = .utf16
      return
    }
    let hasMark = octets.starts(with: [0xef, 0xbb, 0xbf])
    let content = octets.dropFirst(hasMark ? 3 : 0)
    if let text = String(validating: content, as: UTF8.self) {
      self = .utf8(text)
    } else {
      self = hasMark ? .brokenUTF8(at: Self.firstFault(content)) : .other
    }
  }

  private static func firstFault(_ content: ArraySlice<UInt8>) -> Int {
    var decoder = UTF8()
    var iterator = content.makeIterator()
    var place = content.startIndex
    while true {
      switch decoder.decode(&iterator) {
      case .scalarValue(let scalar): place += UTF8.width(scalar)
      case .emptyInput, .error: return min(place, content.endIndex)
      }
    }
  }

  /// Line and octet of the line, both counted from 1.
  public static func position(of place: Int, in octets: [UInt8]) -> (line: Int, column: Int) {
    let before = octets.prefix(max(0, place))
    let start = before.lastIndex(of: 0x0a).map { $0 + 1 } ?? 0
    return (before.count { $0 == 0x0a } + 1, before.count - start + 1)
  }
}
