import Foundation
import Records
import Testing

/// Every text in the program, against the words that assure something.
struct SourceWordingTests {
  private static let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Sources")

  /// What is no text of ours about a device, by the beginning of its path, and why.
  private static let exceptions = [
    "Records/WordingRules.swift": "the words themselves",
    "Exports/OCSF.swift": "Compliance Finding is the class's name in OCSF",
    "LabSite/": "the lab: devices' own words, and what is made of them for tests",
  ]

  @Test func `no text in the sources gives an assurance or a percentage`() throws {
    let paths = try FileManager.default.subpathsOfDirectory(atPath: Self.sources.path)
      .filter { path in path.hasSuffix(".swift") && !Self.exceptions.keys.contains { path.hasPrefix($0) } }
    #expect(paths.count > 300)
    var texts = 0
    for path in paths {
      let octets = Array(try Data(contentsOf: Self.sources.appendingPathComponent(path)))
      let literals = SwiftLiterals(octets).texts
      texts += literals.count
      let all = literals.map(\.text).joined(separator: "\n")
      guard WordingRules.Language.allCases.contains(where: { !WordingRules.problems(in: all, $0).isEmpty }) else {
        continue
      }
      for literal in literals {
        for language in WordingRules.Language.allCases {
          let words = WordingRules.problems(in: literal.text, language).map(\.word)
          #expect(words.isEmpty, "\(path):\(literal.line) says \(words)")
        }
      }
    }
    #expect(texts > 5000, "the literals were found")
  }

  @Test(arguments: [
    (#"let a = "問題なし" // "安全""#, ["問題なし"]),
    (#"/* "x" /* "y" */ "z" */ f("a \(b("c", d: "e")) f")"#, ["a 0 f", "c", "e"]),
    (##"#"raw \(not) \#(here) "quoted""#"##, ["raw \\(not) 0 \"quoted\""]), (#""a\"b\n""#, ["a\"b "]),
    ("\"\"\"\n  one \"two\"\n  \"\"\"", ["\n  one \"two\"\n  "]), (#""\(share) %""#, ["0 %"]),
    ("let r = /a\"b/\nlet s = \"t\"", ["t"]),
  ])
  func `literals are found, whatever stands around them`(source: String, texts: [String]) {
    #expect(
      Set(SwiftLiterals(Array(source.utf8)).texts.map(\.text)) == Set(texts),
      "\(SwiftLiterals(Array(source.utf8)).texts)")
  }
}

/// The string literals of a Swift source. An interpolation counts as `0`, so that a number before `%` is seen; literals inside it are found
/// too. Knows comments, raw and multi-line literals, and regular expressions as far as one line has them.
private struct SwiftLiterals {
  private(set) var texts: [(line: Int, text: String)] = []
  private let octets: [UInt8]
  private var place = 0

  init(_ octets: [UInt8]) {
    self.octets = octets
    code(untilParenthesis: false)
  }

  private func has(_ text: StaticString, at offset: Int = 0) -> Bool {
    let start = place + offset
    let count = text.utf8CodeUnitCount
    guard start + count <= octets.count else { return false }
    return octets[start..<start + count].elementsEqual("\(text)".utf8)
  }

  /// Reads code up to its end, or behind the `)` that closes an interpolation.
  private mutating func code(untilParenthesis: Bool) {
    var depth = 1
    while place < octets.count {
      switch octets[place] {
      case UInt8(ascii: "/") where has("//"): skipLine()
      case UInt8(ascii: "/") where has("/*"): skipComment()
      case UInt8(ascii: "/"): skipRegularExpression()
      case UInt8(ascii: "\""): literal(hashes: 0)
      case UInt8(ascii: "#"): hash()
      case UInt8(ascii: "("):
        depth += 1
        place += 1
      case UInt8(ascii: ")"):
        depth -= 1
        place += 1
        if untilParenthesis, depth == 0 { return }
      default: place += 1
      }
    }
  }

  private mutating func skipLine() {
    while place < octets.count, octets[place] != 0x0a { place += 1 }
  }

  private mutating func skipComment() {
    var depth = 0
    repeat {
      if has("/*") { depth += 1 } else if has("*/") { depth -= 1 } else { place -= 1 }
      place += 2
    } while depth > 0 && place < octets.count
  }

  /// `/…/` where an operator could not stand: behind an opening sign or a blank, and before something else than a blank.
  private mutating func skipRegularExpression() {
    let before = place == 0 ? 0x20 : octets[place - 1]
    let after = place + 1 < octets.count ? octets[place + 1] : 0x20
    let end = octets[place...].firstIndex(of: 0x0a) ?? octets.count
    var close = place + 1
    while close < end, octets[close] != UInt8(ascii: "/") { close += octets[close] == UInt8(ascii: "\\") ? 2 : 1 }
    guard " (,:[{".utf8.contains(before), after != 0x20, close < end else {
      place += 1
      return
    }
    place = close + 1
  }

  private mutating func hash() {
    var hashes = 0
    while place < octets.count, octets[place] == UInt8(ascii: "#") {
      hashes += 1
      place += 1
    }
    if place < octets.count, octets[place] == UInt8(ascii: "\"") { literal(hashes: hashes) }
  }

  private func hasHashes(_ count: Int, at offset: Int) -> Bool {
    place + offset + count <= octets.count
      && octets[(place + offset)..<(place + offset + count)].allSatisfy { $0 == UInt8(ascii: "#") }
  }

  private mutating func literal(hashes: Int) {
    let line = octets[..<place].reduce(1) { $1 == 0x0a ? $0 + 1 : $0 }
    let quotes = has("\"\"\"") ? 3 : 1
    place += quotes
    var text: [UInt8] = []
    while place < octets.count {
      if quotes == 1 ? has("\"") : has("\"\"\""), hasHashes(hashes, at: quotes) {
        place += quotes + hashes
        break
      }
      if octets[place] == UInt8(ascii: "\\"), hasHashes(hashes, at: 1) {
        place += 1 + hashes
        if place < octets.count, octets[place] == UInt8(ascii: "(") {
          place += 1
          text.append(UInt8(ascii: "0"))
          code(untilParenthesis: true)
        } else if place < octets.count {
          // Of the escapes only quotes and backslashes matter here.
          text.append("\"\\".utf8.contains(octets[place]) ? octets[place] : 0x20)
          place += 1
        }
        continue
      }
      text.append(octets[place])
      place += 1
    }
    texts.append((line, String(decoding: text, as: UTF8.self)))
  }
}
