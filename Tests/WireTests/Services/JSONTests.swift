import LabSupport
import Testing
import Wire

/// RFC 8259, and where devices are careless with it.
struct JSONTests {
  private static func parse(_ text: String) throws(WireError) -> JSONValue { try parse(Array(text.utf8)) }
  private static func parse(_ octets: [UInt8]) throws(WireError) -> JSONValue { try JSONValue(parsing: octets.span) }

  /// §13: the specification's own first example, shortened.
  @Test func `every kind of value is read`() throws {
    let value = try Self.parse(
      #"{"Image":{"Width":800,"Title":"View from 15th Floor","Animated":false,"IDs":[116,-9.4e+3],"Latest":null}}"#)
    let image = try #require(value["Image"])
    #expect(image["Width"]?.integer == 800 && image["Title"]?.text == "View from 15th Floor")
    #expect(image["Animated"] == .bool(false) && image["Latest"] == .null)
    #expect(image["IDs"] == .array([.number("116"), .number("-9.4e+3")]))
    #expect(image["width"] == nil && image["Title"]?["x"] == nil && image["IDs"]?.integer == nil)
    #expect(image["Title"]?.integer == nil && image["Width"]?.text == nil && image.isObject)
  }

  /// §7: the two-character escapes, a code unit, a surrogate pair (U+1D11E), one half of a pair.
  @Test func `escapes are what they stand for`() throws {
    #expect(try Self.parse(#""\"\\\/\b\f\n\r\t""#).text == "\"\\/\u{8}\u{c}\n\r\t")
    #expect(try Self.parse(#""\u00e9\uD834\uDD1E""#).text == "\u{e9}\u{1d11e}")
    #expect(try Self.parse(#""\uD834x""#).text == "\u{fffd}x")
    #expect(try Self.parse([0x22, 0xff, 0x41, 0x22]).text == "\u{fffd}A")
  }

  @Test func `the first of two members of one name counts`() throws {
    let value = try Self.parse(#"{"a":1,"a":2}"#)
    #expect(value["a"]?.integer == 1)
    #expect(value == .object([.init(name: "a", value: .number("1")), .init(name: "a", value: .number("2"))]))
  }

  @Test func `white space and NULs behind the text are no part of it, anything else is`() throws {
    #expect(try Self.parse(" \t{ \"a\" : [ ] } \r\n\0") == .object([.init(name: "a", value: .array([]))]))
    #expect(throws: WireError.malformed(offset: 2)) { try Self.parse("{}x") }
  }

  @Test(arguments: [
    "{,}", "{\"a\"}", "{\"a\":}", "{a:1}", "[1 2]", "[1,]", "tru]", "nul1", "[+]", "[-]", #"["\x"]"#, #"["\u12g4"]"#,
    "}", "[1}",
  ])
  func `what is no JSON is refused`(text: String) {
    #expect(throws: WireError.self) { try Self.parse(text) }
    do { _ = try Self.parse(text) } catch WireError.malformed {} catch { Issue.record("\(text): \(error)") }
  }

  @Test func `every shorter prefix asks for more`() throws {
    let text = Array(#"{"a":[true,false,null,-1.5,"x\u00e9"],"b":{}}"#.utf8)
    _ = try Self.parse(text)
    for count in text.indices {
      #expect(throws: WireError.truncated(needed: count + 1, available: count)) {
        try Self.parse(Array(text.prefix(count)))
      }
    }
  }

  @Test func `depth and number of values are bounded`() throws {
    let deep = JSONValue.depthLimit
    _ = try Self.parse(String(repeating: "[", count: deep) + String(repeating: "]", count: deep))
    #expect(throws: WireError.malformed(offset: deep + 1)) { try Self.parse(String(repeating: "[", count: 100_000)) }
    let many = JSONValue.valueLimit
    _ = try Self.parse("[" + Array(repeating: "1", count: many - 1).joined(separator: ",") + "]")
    #expect(throws: WireError.self) {
      try Self.parse("[" + Array(repeating: "1", count: many).joined(separator: ",") + "]")
    }
  }

  @Test func `mutated texts never trap`() {
    let golden = Array(
      #"{"mac":"3c:ef","params":{"deviceInfo":{"HttpPort":80,"IDs":[1,2.5],"On":true,"N":"\u00e9"}}}"#.utf8)
    var random = SeededRandom(seed: 61)
    var accepted = 0
    for _ in 0..<20_000 where (try? Self.parse(MutationTests.mutate(golden, &random))) != nil { accepted += 1 }
    #expect(accepted > 1000, "\(accepted)")
  }
}
