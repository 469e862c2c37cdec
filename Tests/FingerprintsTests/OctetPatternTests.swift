import LabSupport
import Testing

@testable import Fingerprints

/// The regular expressions: Ruby's meaning, octets, and limits that hold.
struct OctetPatternTests {
  private let workspace = MatchWorkspace()

  private func pattern(
    _ ruby: String, ignoringCase: Bool = false, dotMatchesNewline: Bool = false
  ) throws -> OctetPattern {
    let syntax = try RubySyntax(ruby)
    return try OctetPattern(
      syntax.expression, ignoringCase: ignoringCase, dotMatchesNewline: dotMatchesNewline,
      namedGroupsOnly: syntax.hasNamedGroups)
  }

  private func groups(_ pattern: OctetPattern, _ octets: [UInt8]) -> [String?]? {
    guard case .groups(let groups) = pattern.match(octets, in: workspace) else { return nil }
    return groups.map { $0.map { String(decoding: octets[$0], as: UTF8.self) } }
  }

  private func groups(_ ruby: String, _ text: String) throws -> [String?]? {
    groups(try pattern(ruby), Array(text.utf8))
  }

  /// Onigmo doc/RE: `^` and `$` are the ends of lines, `m` is what others call dotall, only LF ends a line.
  @Test func `anchors and dots are Ruby's`() throws {
    #expect(try groups("^b$", "a\nb\nc") == ["b"])
    #expect(try groups(#"\Ab"#, "a\nb") == nil)
    #expect(try groups(#"b\z"#, "b\n") == nil)
    #expect(try groups(#"b\Z"#, "b\n") == ["b"])
    #expect(try groups("a.b", "a\nb") == nil)
    #expect(try groups("(?m)a.b", "a\nb") == ["a\nb"])
    #expect(try groups("(?m:a.)b.", "a\nb\n") == nil)
    #expect(try groups("(?m-i)a.b", "A\nb") == nil)
    #expect(try groups("(?mi)a.b", "A\nB") == ["A\nB"])
    #expect(try groups("a.b", "a\rb") == ["a\rb"])
    #expect(try groups("^b", "a\rb") == nil)
    #expect(try groups("a$", "a\r\n") == nil)
  }

  @Test func `escapes are Ruby's`() throws {
    #expect(try groups(#"\h+"#, "xyz 1aF z") == ["1aF"])
    #expect(try groups(#"[\h:]+"#, "zz 1a:2B zz") == ["1a:2B"])
    #expect(try groups(#"\H+"#, "aaxyzaa") == ["xyz"])
    #expect(try groups(#"a\vb"#, "a\u{b}b") == ["a\u{b}b"])
    #expect(try groups(#"a\vb"#, "a\nb") == nil)
    #expect(try groups(#"\u00e9+"#, "caf\u{e9}\u{e9}") == ["éé"])
    #expect(try groups(#"\u{30eb}"#, "ルータ") == ["ル"])
    #expect(try groups("a{,2}b", "aaab") == ["aab"])
    #expect(try groups(#"\Qa"#, "Qa") == ["Qa"])
    #expect(try groups("[[:digit:]]+[]x]", "12]") == ["12]"])
  }

  /// Ruby matches a UTF-8 string by characters; what is no UTF-8 is matched by octets.
  @Test func `a dot is a character where the text is UTF-8`() throws {
    func range(_ ruby: String, _ octets: [UInt8], ignoresCase: Bool = false) throws -> Range<Int>? {
      let pattern = try RubyPattern(ruby, ignoresCase: ignoresCase)
      guard case .groups(let groups) = pattern.match(SubjectText(octets), in: workspace) else { return nil }
      return groups[0]
    }
    #expect(try range("^点.$", Array("点検".utf8)) == 0..<6)
    #expect(try range(#"^点\u691c$"#, Array("点検".utf8)) == 0..<6)
    #expect(try range(#"^点\u691c"#, Array("点検".utf8) + [0xff]) == 0..<6)
    #expect(try range("^a.b$", [0x61, 0xff, 0x62]) == 0..<3)
    #expect(try range("^a.b$", [0x61, 0xe6, 0xa4, 0x62]) == nil)
    #expect(try range(#"^\xe7.."#, Array("点検".utf8)) == 0..<3)
    #expect(try range("É", Array("é".utf8), ignoresCase: true) == 0..<2)
    #expect(SubjectText(Array("ba\u{212a}ed".utf8)).mayHave(RequiredText(of: Array("baked".utf8)).grams))
    #expect(try range("baked", Array("ba\u{212a}ed".utf8), ignoresCase: true) == 0..<7)
  }

  @Test func `groups that took no part are nil, named ones silence the others`() throws {
    #expect(try groups("(a)|(b)", "b") == ["b", nil, "b"])
    #expect(try groups("(a)(b)?", "a") == ["a", "a", nil])
    #expect(try groups("(a)(?<n>b)", "ab") == ["ab", "b"])
    #expect(try groups("(?<=a)(b)", "ab") == ["b", "b"])
    #expect(try groups("", "") == [""])
    #expect(try groups(".", "") == nil)
  }

  @Test(arguments: [
    "(", "[a", "[a[b]]", "[a&&b]", #"\p{Alpha}"#, "(*LIMIT_MATCH=9)a", "[é]", "(?u)a", "a**", #"\u12"#, #"[\u30eb]"#,
    "\\",
    #"[\H]"#, "[[:a",
  ])
  func `what cannot be said is an error, not another meaning`(ruby: String) {
    #expect(throws: PatternError.self) { try pattern(ruby) }
  }

  @Test func `octets need not be UTF-8`() throws {
    let text: [UInt8] = [0xff, 0x41, 0xc3, 0x28, 0x00, 0x42]
    let found = try pattern(#"A(..)\x00(B)"#)
    guard case .groups(let groups) = found.match(text, in: workspace) else {
      Issue.record("no match")
      return
    }
    #expect(groups == [1..<6, 2..<4, 5..<6])
    // Case is a matter of ASCII alone: 0xe9 and 0xc9 are é and É in ISO-8859-1.
    #expect(try pattern(#"\xe9"#, ignoringCase: true).match([0xc9], in: workspace) == .none)
    #expect(try pattern("k", ignoringCase: true).match(Array("\u{212a}".utf8), in: workspace) == .none)
  }

  /// The textbook cases of exponential backtracking, and deep recursion.
  @Test(arguments: [#"^(a+)+$"#, #"^(a|a)*$"#, #"^(.*)*x$"#, #"(a*)*b"#, #"^((a|b)*)*c$"#])
  func `a pattern that would never end is given up soon`(ruby: String) throws {
    let text = [UInt8](repeating: 0x61, count: 4000) + [0x21]
    let pattern = try pattern(ruby)
    // With the interpreter first, then with machine code.
    for _ in 0..<20 {
      let start = ContinuousClock.now
      let outcome = pattern.match(text, in: workspace)
      #expect(outcome != .groups([]))
      #expect(ContinuousClock.now - start < .seconds(2))
    }
    // The same text without the trap is decided.
    #expect(try self.pattern("^a+!$").match(text, in: workspace) == .groups([0..<4001]))
  }

  @Test func `at least one of them was indeed given up`() throws {
    let text = [UInt8](repeating: 0x61, count: 40) + [0x21]
    #expect(try pattern(#"^(a+)+$"#).match(text, in: workspace) == .gaveUp)
  }

  @Test func `mutated patterns never trap, and their required text stands in every match`() throws {
    var random = SeededRandom(seed: 2026)
    let seeds = [
      #"^(?:Basic|Digest) realm="NBG-(\d+)[^"]*"$"#, #"(?im)\A(?:\r|\n)*BCM(\d+) Broadband Router\r?\n.*code:\s*$"#,
      #"^SSH[_-]?(v\d+)(?:\.(\w{1,3}))? (?!x)y+z{2,}q{0,3}[[:alpha:]]\x41\."#, #"abc(d(e|f)gh)*ij(?>klm)+(?<n>op)"#,
    ]
    let pieces = "()[]{}|*+?^$.\\,:<>=!-imx019adhsuxQv&é".map { Array(String($0).utf8) }
    var usable = 0
    var matched = 0
    for turn in 0..<6_000 {
      var octets = Array(seeds[turn % seeds.count].utf8)
      for _ in 0...(random.next() % 3) {
        let place = Int(random.next() % UInt64(octets.count))
        let piece = pieces[Int(random.next() % UInt64(pieces.count))]
        if random.next() & 1 == 0 { octets.insert(contentsOf: piece, at: place) } else { octets.remove(at: place) }
      }
      guard let text = String(validating: octets, as: UTF8.self), let syntax = try? RubySyntax(text),
        let pattern = try? RubyPattern(text)
      else { continue }
      usable += 1
      let required = RequiredText(of: syntax.expression)
      for subject in Self.subjects {
        guard case .groups = pattern.match(SubjectText(subject), in: workspace) else { continue }
        matched += 1
        #expect(GramSet(subject).hasAll(required.grams), "\(text) \(required.runs)")
      }
    }
    #expect(usable > 2_000)
    #expect(matched > 300)
  }

  private static let subjects: [[UInt8]] = [
    #"Basic realm="NBG-419 x""#, "BCM96338 Broadband Router\r\nPlease input the code:", "SSH_v2.abc yyzzA.",
    "SSHv1 yzzqqbA.", "abcdeghijklmop", "abcijklmklmop", "abcdfghdeghijklmop",
  ].map { Array($0.utf8) }

  @Test func `required text is read out of a pattern`() {
    func runs(_ text: String) -> [String] {
      RequiredText(of: Array(text.utf8)).runs.map { String(decoding: $0, as: UTF8.self) }
    }
    #expect(runs(#"^Foo\.bar (\d+) baz$"#) == ["Foo.bar ", " baz"])
    #expect(runs("abc?d") == ["ab", "d"])
    #expect(runs("abc+d") == ["abc", "d"])
    #expect(runs("abc{0,2}d") == ["ab", "d"])
    #expect(runs("a(bcd)e") == ["a", "bcd", "e"])
    #expect(runs("a(bcd)?e") == ["a", "e"])
    #expect(runs("a(b|c)d") == ["a", "d"])
    #expect(runs("abc|def") == [])
    #expect(runs("(?i)ab(?!cd)ef") == ["ab", "ef"])
    #expect(runs("[abc]def[]x]g") == ["def", "g"])
    #expect(runs("(?x)a b c") == [])
    #expect(runs(#"a\x41b"#) == ["a", "b"])
  }
}
