/// JSON to be written (RFC 8259); members stay in the order in which they are given.
indirect enum JSONText {
  case text(String)
  case number(Int)
  case null
  case list([JSONText])
  case object([(name: String, value: JSONText)])

  static func optional(_ text: String?) -> JSONText { text.map(JSONText.text) ?? .null }

  var octets: [UInt8] {
    var result: [UInt8] = []
    write(into: &result)
    return result
  }

  private func write(into result: inout [UInt8]) {
    switch self {
    case .text(let text): Self.write(text, into: &result)
    case .number(let number): result += Array("\(number)".utf8)
    case .null: result += Array("null".utf8)
    case .list(let values):
      result.append(UInt8(ascii: "["))
      for (place, value) in values.enumerated() {
        if place > 0 { result.append(UInt8(ascii: ",")) }
        value.write(into: &result)
      }
      result.append(UInt8(ascii: "]"))
    case .object(let members):
      result.append(UInt8(ascii: "{"))
      for (place, member) in members.enumerated() {
        if place > 0 { result.append(UInt8(ascii: ",")) }
        Self.write(member.name, into: &result)
        result.append(UInt8(ascii: ":"))
        member.value.write(into: &result)
      }
      result.append(UInt8(ascii: "}"))
    }
  }

  /// What ends a string or acts on a page or terminal is escaped, so that the text may be put anywhere.
  private static func write(_ text: String, into result: inout [UInt8]) {
    result.append(UInt8(ascii: "\""))
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x22, 0x5c: result += [UInt8(ascii: "\\"), UInt8(scalar.value)]
      case 0x0a: result += Array("\\n".utf8)
      case 0..<0x20, 0x3c, 0x3e, 0x26, 0x7f...0x9f, 0x2028, 0x2029:
        let digits = String(scalar.value, radix: 16)
        result += Array(("\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits).utf8)
      default: result += Array(String(Character(scalar)).utf8)
      }
    }
    result.append(UInt8(ascii: "\""))
  }
}
