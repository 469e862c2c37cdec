import Documents
import Foundation
import Testing

@testable import Fingerprints

/// Recog's semantics, from its library (rapid7/recog, lib/recog/fingerprint.rb and db.rb), and its own examples.
struct RecogTests {
  private func match(_ rules: String, _ text: String, _ kind: FingerprintKind = .sshBanner) throws -> FingerprintMatch?
  {
    try TestData.withFolder(["a.xml": TestData.recogFile(rules)]) { folder in
      let set = FingerprintSet(vocabulary: try TestData.vocabulary())
      try set.add(directory: folder)
      return try set.match(kind, Array(text.utf8)).first
    }
  }

  @Test func `values come from groups, fixed text and other values`() throws {
    let found = try #require(
      try match(
        """
        <fingerprint pattern="^Foo_([\\d.]+)(?: (\\w+))?$">
          <description>
            Foo   server
          </description>
          <param pos="0" name="service.product" value="Foo"/>
          <param pos="1" name="service.version"/>
          <param pos="2" name="host.name"/>
          <param pos="0" name="_tmp.x" value="x"/>
          <param pos="0" name="hw.product" value="Box {service.version}{_tmp.x}"/>
          <param pos="0" name="hw.family" value="{host.name} family"/>
          <param pos="0" name="service.cpe23" value="cpe:/a:foo:foo:{service.version}:{os.version}"/>
          <param pos="0" name="hw.device" value="IP Camera"/>
          <param pos="0" name="hw.certainty" value="0.5"/>
        </fingerprint>
        """, "Foo_1.2"))
    #expect(
      found.parameters == [
        "service.product": "Foo", "service.version": "1.2", "hw.product": "Box 1.2x",
        // The version that is not there becomes the CPE's `-`; the product name with a hole is left out.
        "service.cpe23": "cpe:/a:foo:foo:1.2:-", "service.protocol": "ssh", "hw.device": "IP Camera",
        "hw.certainty": "0.5",
      ])
    #expect(found.rule == "Foo server")
    #expect(found.line == 3)
    #expect(
      found.claims == [
        FingerprintClaim(name: "model", value: "Box 1.2x", certainty: 0.5),
        FingerprintClaim(name: "role", value: "camera", certainty: 0.5),
        FingerprintClaim(name: "software", value: "Foo", certainty: 0.85),
        FingerprintClaim(name: "software.version", value: "1.2", certainty: 0.85),
      ])
  }

  @Test func `a rule of certainty 0 ends the search and claims nothing`() throws {
    let found = try #require(
      try match(
        """
        <fingerprint pattern="^OpenSSH"><description>nothing</description>
          <param pos="0" name="os.vendor" value="X"/><param pos="0" name="os.certainty" value="0.0"/></fingerprint>
        <fingerprint pattern="^OpenSSH_9"><description>never</description>
          <param pos="0" name="os.vendor" value="Y"/></fingerprint>
        """, "OpenSSH_9"))
    #expect(found.rule == "nothing")
    #expect(found.claims.isEmpty)
    #expect(found.certainty == 0)
  }

  @Test(arguments: [
    ("REG_ICASE", "FOO\nbar", "^foo$", true), ("", "FOO", "^foo$", false),
    ("REG_DOT_NEWLINE", "a\nb", "a.b", true), ("REG_LINE_ANY_CRLF", "a\nb", "a.b", true),
    ("REG_MULTILINE", "a\nb", "a.b", true), ("", "a\nb", "a.b", false),
    ("REG_ICASE,REG_MULTILINE", "A\nB", "a.b", true),
  ])
  func `flags are Ruby's`(flags: String, text: String, pattern: String, matches: Bool) throws {
    let rule = "<fingerprint pattern='\(pattern)' flags='\(flags)'><description>d</description></fingerprint>"
    #expect((try match(rule, text) != nil) == matches)
  }

  @Test(arguments: [
    "<fingerprint flags='REG_ICASE'/>", "<fingerprint pattern='a' flags='REG_OTHER'/>",
    "<fingerprint pattern='a'><param pos='0' name='x'/></fingerprint>",
    "<fingerprint pattern='(a)'><param pos='1' name='x' value='y'/></fingerprint>",
    "<fingerprint pattern='a'><param name='x' value='y'/></fingerprint>",
    "<fingerprint pattern='a'><param pos='-1' name='x' value='y'/></fingerprint>",
    "<!DOCTYPE x><fingerprint pattern='a'/>", "<fingerprint pattern='a'>",
  ])
  func `a faulty file is an error with its place`(rule: String) throws {
    #expect(throws: DocumentError.self) { try match(rule, "a") }
  }

  /// One example each that must pass or fail, for what the tests themselves are made of.
  @Test(arguments: [
    ("<example>a</example>", nil), ("<example>b</example>", "does not match"),
    ("<example _encoding='base64'>\n YQ== \n</example>", nil), ("<example x='1'>a</example>", "x is nothing"),
    ("<example y='a'>a</example>", nil), ("<example y='b'>a</example>", "instead of"),
    ("<example _filename='one.bin'/>", nil), ("<example _filename='none.bin'/>", "not there"),
    ("<example _filename='../a.xml'/>", "outside"), ("<example _filename='/etc/hostname'/>", "not there"),
    ("<example _encoding='rot13'>a</example>", "not known"), ("<example _encoding='base64'>*</example>", "no base64"),
  ])
  func `examples are tested`(example: String, problem: String?) throws {
    let rule =
      "<fingerprint pattern='^(a)$'><description>d</description>\(example)<param pos='1' name='y'/></fingerprint>"
    try TestData.withFolder(["a.xml": TestData.recogFile(rule), "a/one.bin": "a"]) { folder in
      let result = try #require(
        try FingerprintSet.test(directory: folder, vocabulary: try TestData.vocabulary()).first)
      switch result {
      case .success(let report):
        #expect(report.passed == (problem == nil ? 1 : 0))
        #expect(report.failures.map(\.problem).allSatisfy { $0.contains(problem ?? "\0") }, "\(report)")
        #expect(report.failures.count == (problem == nil ? 0 : 1))
      case .failure(let error): #expect(error.problem.contains(problem ?? "\0"), "\(error)")
      }
    }
  }

  @Test func `a pattern or group that does not exist is a failed test`() throws {
    let rules = """
      <fingerprint pattern='(a'><description>broken</description></fingerprint>
      <fingerprint pattern='a'><description>groupless</description><param pos='1' name='y'/></fingerprint>
      """
    try TestData.withFolder(["a.xml": TestData.recogFile(rules)]) { folder in
      let report = try #require(
        try FingerprintSet.test(directory: folder, vocabulary: try TestData.vocabulary()).first?.get())
      #expect(report.failures.map(\.rule) == ["broken", "groupless"])
    }
  }

  /// The number is that of `<example>` elements, counted with another XML parser (Python's ElementTree): 4254.
  @Test func `every example of Recog's data passes`() throws {
    guard TestData.hasRecog() else { return }
    var passed = 0
    for result in try FingerprintSet.test(directory: TestData.recog, vocabulary: try TestData.vocabulary()) {
      let report = try result.get()
      passed += report.passed
      #expect(report.failures.isEmpty, "\(report.file): \(report.failures)")
    }
    #expect(passed >= 4_254)
  }
}
