import Documents
import Foundation
import LabSupport
import Testing

@testable import Fingerprints

struct FingerprintSetTests {
  private func set(_ folders: [String]) throws -> FingerprintSet {
    let set = FingerprintSet(vocabulary: try TestData.vocabulary())
    for folder in folders { try set.add(directory: folder) }
    return set
  }

  /// Every text that Recog's files and ours have as an example, with its kind.
  private func corpus() throws -> [(kind: FingerprintKind, octets: [UInt8])] {
    var result: [(kind: FingerprintKind, octets: [UInt8])] = []
    for folder in [TestData.own] + (TestData.hasRecog() ? [TestData.recog] : []) {
      result += try FingerprintSet.examples(directory: folder, vocabulary: try TestData.vocabulary())
    }
    return result
  }

  @Test func `every example and counterexample of ours passes`() throws {
    var rules = 0
    for result in try FingerprintSet.test(directory: TestData.own, vocabulary: try TestData.vocabulary()) {
      let report = try result.get()
      rules += report.rules
      #expect(report.failures.isEmpty, "\(report.file): \(report.failures)")
      #expect(report.passed >= 2 * report.rules)
    }
    #expect(rules >= 35)
  }

  @Test func `a Yamaha router is known by its sysDescr`() throws {
    let found = try set([TestData.own]).match(
      .snmpDescription, Array("RTX810 Rev.11.01.34 (Tue Nov 26 18:39:12 2019)".utf8))
    #expect(
      found.first?.claims == [
        FingerprintClaim(name: "vendor", value: "Yamaha", certainty: 0.95),
        FingerprintClaim(name: "model", value: "RTX810", certainty: 0.95),
        FingerprintClaim(name: "role", value: "router", certainty: 0.95),
        FingerprintClaim(name: "firmware", value: "11.01.34", certainty: 0.95),
      ])
    #expect(found.first?.rule == "yamaha.rtx.sysdescr")
    #expect(found.first?.file.hasSuffix("snmp.yaml") == true)
  }

  @Test func `files answer in order of preference, and only those of the kind are read`() throws {
    func file(_ vendor: String, _ preference: String) -> String {
      TestData.recogFile(
        """
        <fingerprint pattern='^x'><description>\(vendor)</description>
          <param pos='0' name='hw.vendor' value='\(vendor)'/></fingerprint>
        """, attributes: "matches='ssh.banner'\(preference)")
    }
    try TestData.withFolder([
      "a.xml": file("default", ""), "b.xml": file("second", " preference='0.5'"),
      "c.xml": file("first", " preference='.90'"),
      // Of another kind, and not well-formed: nobody notices until its kind is asked for.
      "d.xml": "<fingerprints matches='ftp.banner'><broken>", "e.txt": "no fingerprints",
    ]) { folder in
      let set = try set([folder])
      #expect(try set.match(.sshBanner, Array("x".utf8)).map(\.rule) == ["first", "second", "default"])
      #expect(try set.match(.httpTitle, Array("x".utf8)).isEmpty)
      #expect(throws: DocumentError.self) { try set.match(.ftpBanner, Array("x".utf8)) }
      #expect(set.kinds == [.sshBanner, .ftpBanner])
    }
  }

  @Test func `the order of files of ours is read from their first lines`() throws {
    func file(_ id: String, _ head: String, _ tail: String = "") -> String {
      """
      # A comment: matches: nothing
      \(head)
      fingerprints:
        - { id: \(id), pattern: '^x', claims: { vendor: V }, certainty: 1, source: s, examples: [{ text: x }],
            counterexamples: [y] }
      \(tail)
      """
    }
    try TestData.withFolder([
      "a.yaml": file("a", "matches: \"ssh.banner\" # of servers"),
      "b.yaml": file("b", "preference: 0.99\nmatches: ssh.banner"),
      "c.yaml": file("c", "matches: ftp.banner", "preference: 0.1"),
    ]) { folder in
      let set = try set([folder])
      #expect(try set.match(.sshBanner, Array("x".utf8)).map(\.rule) == ["b", "a"])
      #expect(throws: DocumentError.self) { try set.match(.ftpBanner, Array("x".utf8)) }
    }
  }

  @Test func `a folder without fingerprints is an error`() throws {
    try TestData.withFolder(["a.txt": "x", "prompts.yaml": "prompts: []\n"]) { folder in
      #expect(throws: DocumentError.self) { try set([folder]) }
      #expect(throws: DocumentError.self) { try set([folder + "/none"]) }
    }
  }

  @Test(arguments: [
    ("matches: ssh.banner", "matches: ssh.nothing"), ("vendor: V", "maker: V"), ("role: router", "role: toaster"),
    ("certainty: 0.9", "certainty: 1.9"), ("counterexamples: [y]", "counterexamples: []"), ("group: 1", "group: 0"),
    ("source: s", "sauce: s"), ("model: x1", "serial: x1"),
  ])
  func `a fault in a file of ours is said with its place`(old: String, new: String) throws {
    let good = """
      matches: ssh.banner
      fingerprints:
        - id: a.b
          pattern: '^(x\\d)$'
          claims: { vendor: V, role: router, model: { group: 1 } }
          certainty: 0.9
          source: s
          examples: [{ text: x1, claims: { model: x1 } }]
          counterexamples: [y]
      """
    func test(_ text: String) throws -> FingerprintTestReport? {
      try TestData.withFolder(["a.yaml": text]) { folder in
        try FingerprintSet.test(directory: folder, vocabulary: try TestData.vocabulary()).first?.get()
      }
    }
    let report = try test(good)
    #expect(report?.passed == 2)
    #expect(report?.failures.isEmpty == true)
    let bad = good.replacingOccurrences(of: old, with: new)
    try #require(bad != good)
    do {
      _ = try test(bad)
      Issue.record("accepted: \(new)")
    } catch let error as DocumentError {
      #expect(error.line != nil && error.file.hasSuffix("a.yaml"))
    }
  }

  @Test func `a rule that an earlier one hides is a failed test`() throws {
    func rule(_ id: String, _ pattern: String) -> String {
      """
        - { id: \(id), pattern: '\(pattern)', claims: { vendor: V }, certainty: 1, source: s,
            examples: [{ text: abc }], counterexamples: [y] }

      """
    }
    try TestData.withFolder(["a.yaml": "matches: ssh.banner\nfingerprints:\n" + rule("a", "^a") + rule("b", "^ab")]) {
      let report = try FingerprintSet.test(directory: $0, vocabulary: try TestData.vocabulary()).first?.get()
      #expect(report?.failures.map(\.problem) == ["the rule a before it matches as well"])
    }
  }

  /// What the grams leave out would not have matched: with and without them every text has the same fingerprints.
  @Test func `the filter changes no result`() throws {
    let corpus = try corpus()
    #expect(corpus.count > 100)
    let folders = [TestData.own] + (TestData.hasRecog() ? [TestData.recog] : [])
    let (filtered, plain) = (try set(folders), try set(folders))
    plain.filters = false
    var found = 0
    for (index, (kind, octets)) in corpus.enumerated() where index % 3 == 0 {
      let result = try filtered.result(kind, octets)
      #expect(try plain.result(kind, octets) == result)
      #expect(result.undecided.isEmpty)
      found += result.matches.count
    }
    #expect(found > corpus.count / 15)
  }

  @Test func `hostile texts end soon and never trap`() throws {
    let folders = [TestData.own] + (TestData.hasRecog() ? [TestData.recog] : [])
    let set = try set(folders)
    var random = SeededRandom(seed: 2026)
    let corpus = try corpus()
    let long = [UInt8](repeating: 0x61, count: 200_000)
    let start = ContinuousClock.now
    for kind in set.kinds {
      for text in [[], long, [UInt8](repeating: 0x0a, count: 70_000), [0xff, 0xfe, 0]] {
        _ = try set.result(kind, text)
      }
    }
    #expect(ContinuousClock.now - start < .seconds(60))
    for turn in 0..<2_000 {
      var (kind, octets) = corpus[turn % corpus.count]
      for _ in 0...(random.next() % 4) where !octets.isEmpty {
        octets[Int(random.next() % UInt64(octets.count))] = UInt8(truncatingIfNeeded: random.next())
      }
      for match in try set.match(kind, octets) {
        for claim in match.claims { #expect(!claim.value.isEmpty && claim.certainty > 0 && claim.certainty <= 1) }
      }
    }
  }

  @Test func `a rule that runs out of steps is said to be undecided`() throws {
    let rules = (1...6).map {
      "<fingerprint pattern='^(a+)+[^a!\($0)]$'><description>\($0)</description></fingerprint>"
    }
    try TestData.withFolder(["a.xml": TestData.recogFile(rules.joined(separator: "\n"))]) { folder in
      let result = try set([folder]).result(.sshBanner, [UInt8](repeating: 0x61, count: 5_000) + [0x21])
      #expect(result.matches.isEmpty)
      // Four were tried in vain; the fifth stands for the rest.
      #expect(result.undecided.map { $0.split(separator: ":").last } == ["3", "4", "5", "6", "7"])
    }
  }
}
