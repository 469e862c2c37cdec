internal import Foundation
public import Records
internal import Yams

/// A value of a YAML file that knows where it stands, so that every complaint names file and line.
public struct YAMLValue {
  private let node: Node
  /// Keys and values of a mapping, taken out once: whoever goes through a `Node.Mapping` copies its nodes each time.
  private let entries: [Entry]?
  /// The file it was read from, as it was named.
  public let file: String

  private struct Entry {
    /// nil for a key that is no plain text.
    let name: String?
    let key: Node
    let value: Node
  }

  private init(node: Node, file: String) {
    self.node = node
    self.file = file
    if case .mapping(let mapping) = node {
      entries = mapping.map { Entry(name: $0.key.scalar?.string, key: $0.key, value: $0.value) }
    } else {
      entries = nil
    }
  }

  /// Reads the single document of a file.
  public init(parsing bytes: [UInt8], file: String) throws(DocumentError) {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw DocumentError(.syntax, file: file, problem: "the file is not UTF-8", remedy: "save it as UTF-8")
    }
    guard Self.aliases(in: bytes) <= Self.mostAliases else {
      throw DocumentError(
        .syntax, file: file, problem: "the file has more than \(Self.mostAliases) aliases (*name)",
        remedy: "write out what they stand for")
    }
    do {
      // Without rules for tags, which are regular expressions, each asked for each key: the types of values are decided here.
      // The encoding is named since Yams would look for it among the variables of the environment each time.
      guard let root = try Yams.compose(yaml: text, .basic, .default, .utf8) else {
        throw DocumentError(.content, file: file, problem: "the file is empty", remedy: "write it anew")
      }
      self.init(node: root, file: file)
    } catch let error as DocumentError {
      throw error
    } catch {
      throw YAMLValue.syntaxError(error, file: file)
    }
  }

  /// Reads, of the single document of a file, only what stands under some of its topmost keys, which is quicker: nothing is
  /// said of the rest, not even whether it is YAML.
  ///
  /// Topmost keys are told by standing at the beginning of a line, where nothing else may stand in a block mapping (YAML 1.2.2
  /// §8.2.2). A file that begins otherwise, or has aliases, is read as a whole.
  public init(parsing bytes: [UInt8], file: String, onlyUnder keys: Set<String>) throws(DocumentError) {
    try self.init(parsing: Self.parts(of: bytes, under: keys) ?? bytes, file: file)
  }

  /// The file with empty lines for what stands under other keys, so that lines keep their numbers.
  private static func parts(of bytes: [UInt8], under keys: Set<String>) -> [UInt8]? {
    guard aliases(in: bytes) == 0 else { return nil }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var isWanted = true
    var hasBegun = false
    for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      switch line.first ?? UInt8(ascii: "#") {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"):
        guard let end = line.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        isWanted = keys.contains(String(decoding: line[..<end], as: UTF8.self))
        hasBegun = true
      case UInt8(ascii: "#"), UInt8(ascii: "\r"): break
      case UInt8(ascii: " "), UInt8(ascii: "-"): guard hasBegun, !line.starts(with: "---".utf8) else { return nil }
      default: return nil
      }
      if isWanted { result += line }
      result.append(UInt8(ascii: "\n"))
    }
    return result
  }

  /// An alias repeats what it names. Aliases of aliases multiply, so that a short file can mean more than any memory holds;
  /// with this many it stays below 3000 times its length.
  private static let mostAliases = 20

  /// What may be aliases: each `*` with a letter or digit behind it that no letter stands in front of.
  private static func aliases(in bytes: [UInt8]) -> Int {
    var count = 0
    var before: UInt8 = 0x20
    for (place, octet) in bytes.enumerated() {
      if octet == UInt8(ascii: "*"), place + 1 < bytes.count, bytes[place + 1] > 0x20,
        " \t\r\n[]{},:?-(".utf8.contains(before)
      {
        count += 1
      }
      before = octet
    }
    return count
  }

  private static func syntaxError(_ error: any Error, file: String) -> DocumentError {
    let remedy = "correct the YAML"
    switch error as? YamlError {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      return DocumentError(.syntax, file: file, line: mark.line, problem: problem, remedy: remedy)
    case .duplicatedKeysInMapping(let duplicates, let context):
      return DocumentError(
        .syntax, file: file, line: context.mark.line,
        problem: "the key \(duplicates.map { "\($0)" }.joined(separator: ", ")) is given twice", remedy: remedy)
    default:
      return DocumentError(.syntax, file: file, problem: "not readable as YAML: \(error)", remedy: remedy)
    }
  }

  /// Where it begins, counted from 1.
  public var line: Int? { node.mark?.line }

  /// A complaint about this value.
  public func error(_ problem: String, remedy: String = "correct the file") -> DocumentError {
    DocumentError(.content, file: file, line: node.mark?.line, problem: problem, remedy: remedy)
  }

  // MARK: Mappings

  /// Rejects keys outside `keys`: a misspelt key would otherwise be ignored without a word.
  public func allowOnly(_ keys: Set<String>) throws(DocumentError) {
    guard let entries else { throw error("expected keys and values") }
    // Complained about at the key: its value may stand lines below.
    for entry in entries where !keys.contains(entry.name ?? "") {
      let known = keys.sorted().joined(separator: ", ")
      throw YAMLValue(node: entry.key, file: file).error(
        "unknown key \(entry.name ?? "that is no plain text"); known here: \(known)")
    }
  }

  /// Keys and values in file order.
  public func pairs() throws(DocumentError) -> [(key: String, value: YAMLValue)] {
    guard let entries else { throw error("expected keys and values") }
    var result: [(key: String, value: YAMLValue)] = []
    for entry in entries {
      guard let name = entry.name else { throw error("a key must be plain text") }
      result.append((name, YAMLValue(node: entry.value, file: file)))
    }
    return result
  }

  /// The value of `key`; nil when the key is absent or null.
  public func optional(_ key: String) throws(DocumentError) -> YAMLValue? {
    guard let entries else { throw error("expected keys and values") }
    guard let found = entries.first(where: { $0.name == key }) else { return nil }
    let value = YAMLValue(node: found.value, file: file)
    return value.isNull ? nil : value
  }

  public func required(_ key: String) throws(DocumentError) -> YAMLValue {
    guard let value = try optional(key) else { throw error("the key \(key) is missing") }
    return value
  }

  /// Written as `null`, `~` or nothing.
  public var isNull: Bool { node.null != nil }

  /// Keys and values, as opposed to a list or plain text.
  public var isMapping: Bool { node.mapping != nil }

  // MARK: Values

  public func string() throws(DocumentError) -> String {
    guard let text = node.scalar?.string, !text.isEmpty else { throw error("expected text") }
    return text
  }

  /// Decimal, or hexadecimal behind `0x` (YAML 1.2.2 §10.3.2). Yams would read `1:30` as a number in base 60 as well, and
  /// ends the program where that is beyond any number.
  public func integer() throws(DocumentError) -> Int {
    guard let text = node.scalar?.string, let number = Self.integer(text) else {
      throw error("expected a whole number")
    }
    return number
  }

  /// https://yaml.org/type/bool.html, without its single letters.
  private static let words = ["true": true, "yes": true, "on": true, "false": false, "no": false, "off": false]

  private static func integer(_ text: String) -> Int? {
    text.hasPrefix("0x") ? Int(text.dropFirst(2), radix: 16) : Int(text)
  }

  public func boolean() throws(DocumentError) -> Bool {
    guard let scalar = node.scalar, scalar.style == .plain, let value = Self.words[scalar.string.lowercased()] else {
      throw error("expected true or false")
    }
    return value
  }

  public func port() throws(DocumentError) -> UInt16 {
    guard let port = UInt16(exactly: try integer()), port > 0 else {
      throw error("a port is a number from 1 to 65535")
    }
    return port
  }

  public func elements() throws(DocumentError) -> [YAMLValue] {
    guard case .sequence(let sequence) = node else { throw error("expected a list") }
    return sequence.map { YAMLValue(node: $0, file: file) }
  }

  public func strings() throws(DocumentError) -> [String] {
    var result: [String] = []
    for element in try elements() { result.append(try element.string()) }
    return result
  }

  /// Text in both languages.
  public func localized() throws(DocumentError) -> LocalizedText {
    try allowOnly(["ja", "en"])
    return LocalizedText(ja: try required("ja").japanese(), en: try required("en").string())
  }

  /// Japanese text. YAML folds a line end into a space, which Japanese does not use between words,
  /// so each space between two characters beyond ASCII is taken out again.
  public func japanese() throws(DocumentError) -> String {
    let text = try string()
    let octets = Array(text.utf8)
    // Octets from 0x80 on are those of characters beyond ASCII (RFC 3629 §3).
    func isFolded(_ index: Int) -> Bool {
      octets[index] == 0x20 && index > 0 && index + 1 < octets.count && octets[index - 1] >= 0x80
        && octets[index + 1] >= 0x80
    }
    guard octets.indices.contains(where: isFolded) else { return text }
    return String(decoding: octets.indices.lazy.filter { !isFolded($0) }.map { octets[$0] }, as: UTF8.self)
  }

  /// One of the cases of an enumeration that is written as text.
  public func choice<Value: RawRepresentable & CaseIterable>(
    _ type: Value.Type
  ) throws(DocumentError) -> Value where Value.RawValue == String {
    let text = try string()
    guard let value = Value(rawValue: text) else {
      let known = Value.allCases.map(\.rawValue).joined(separator: ", ")
      throw error("\(text) is not one of \(known)")
    }
    return value
  }
}
