import Addressing
import Authority
import Documents
import LabSupport
import Records
import Testing

@testable import ScopeFile

struct ScopeReadingTests {
  @Test func `a whole file is read`() throws {
    let scope = try Sample.read(Sample.text)
    #expect(
      scope.engagement
        == Engagement(id: "2026-041", customer: "Example Hospital", site: "Ward 3", operator: "A. Auditor"))
    #expect(scope.validFrom == Timestamp(rfc3339: "2026-11-20T00:00:00Z"))
    #expect(scope.validUntil == Timestamp(rfc3339: "2026-11-20T08:00:00Z"))
    #expect(scope.networks.map(\.description) == ["192.168.10.0/24"])
    #expect(scope.exclusions.isEmpty)
    #expect(scope.techniques == [.arpDiscovery, .tcpSYN])
    #expect(scope.rates == Scope.Rates(perDevice: 50, total: 1_000))
    #expect(scope.offsetMinutes == 540)
  }

  @Test func `rates, exclusions and the offset may be left out`() throws {
    let scope = try Sample.read(
      "exclude: []\ntechniques: [arp-discovery, tcp-syn]\nrates:\n  perDevice: 50\n  total: 1000\n",
      as: "techniques: [tcp-syn]\n")
    #expect(scope.rates == .standard)
    #expect(scope.exclusions.isEmpty)
    #expect(try Sample.read("utcOffset: \"+09:00\"\n", as: "").offsetMinutes == 540)
    #expect(try Sample.read("  perDevice: 50\n", as: "").rates.perDevice == 100)
  }

  /// The octets east of Greenwich are positive (RFC 3339 §5.6).
  @Test(arguments: [
    ("\"+09:00\"", 540), ("+09:00", 540), ("\"-03:30\"", -210), ("Z", 0), ("\"+00:00\"", 0), ("\"+05:45\"", 345),
    ("\"+14:00\"", 840), ("\"-12:00\"", -720),
  ])
  func `an offset is read in minutes`(text: String, minutes: Int) throws {
    #expect(try Sample.read("utcOffset: \"+09:00\"", as: "utcOffset: \(text)").offsetMinutes == minutes)
  }

  @Test func `networks may be blocks, ranges and addresses`() throws {
    let scope = try Sample.read("[192.168.10.0/24]", as: "[10.0.0.0/8, 192.168.1.5-192.168.1.9, \"172.16.0.1\"]")
    #expect(scope.networks.map(\.description) == ["10.0.0.0/8", "192.168.1.5-192.168.1.9", "172.16.0.1"])
  }

  @Test func `networks and exclusions may be of either family`() throws {
    let scope = try Sample.read(
      "networks: [192.168.10.0/24]\nexclude: []",
      as: "networks: [192.168.10.0/24, \"fe80::/10\", 2001:db8::/64]\nexclude: [fe80::5, \"2001:db8::/120\"]")
    #expect(scope.networks.map(\.description) == ["192.168.10.0/24", "fe80::/10", "2001:db8::/64"])
    #expect(scope.exclusions.map(\.description) == ["fe80::5", "2001:db8::/120"])
  }

  @Test func `a rate of 0 lifts the ceiling, and only where it is written`() throws {
    #expect(try Sample.read("perDevice: 50", as: "perDevice: 0").rates == Scope.Rates(perDevice: 0, total: 1_000))
    #expect(try Sample.read("total: 1000", as: "total: 0").rates == Scope.Rates(perDevice: 50, total: 0))
  }

  @Test func `every form of exclusion is read`() throws {
    let scope = try Sample.read(
      "exclude: []",
      as: """
        exclude:
          - 192.168.10.5
          - 192.168.10.6-192.168.10.9
          - 192.168.10.64/28
          - 00:11:22:AA:BB:CC
          - {target: 192.168.10.70, reason: "infusion pump / 医療機器"}
          - target: 00-11-22-aa-bb-cd
            reason: PLC
          - {target: 192.168.10.71}
        """)
    func range(_ text: String) throws -> Scope.Exclusion.Target { .addresses(try AddressRange(parsing: text)) }
    #expect(
      scope.exclusions == [
        Scope.Exclusion(target: try range("192.168.10.5")),
        Scope.Exclusion(target: try range("192.168.10.6-192.168.10.9")),
        Scope.Exclusion(target: try range("192.168.10.64/28")),
        Scope.Exclusion(target: .device(MACAddress(rawValue: 0x0011_22aa_bbcc))),
        Scope.Exclusion(target: try range("192.168.10.70"), reason: "infusion pump / 医療機器"),
        Scope.Exclusion(target: .device(MACAddress(rawValue: 0x0011_22aa_bbcd)), reason: "PLC"),
        Scope.Exclusion(target: try range("192.168.10.71")),
      ])
  }

  @Test(arguments: ["exclude:", "exclude: null", "exclude: ~", "exclude: []"])
  func `an exclusion list may be empty in every spelling`(text: String) throws {
    #expect(try Sample.read("exclude: []", as: text).exclusions.isEmpty)
  }

  /// A part of the sample, what to write for it, the line of the fault, and a word of the message.
  private static let faults: [(String, String, Int?, String)] = [
    // Misspelt keys, at every depth.
    ("version: 1", "version: 1\nexlude:\n  - 192.168.10.5", 2, "exlude"), ("version:", "Version:", 1, "Version"),
    ("engagement:", "engagment:", 2, "engagment"), ("  id:", "  Id:", 3, "Id"),
    ("  customer:", "  client:", 4, "client"),
    ("  site:", "  sites:", 5, "sites"), ("  operator:", "  operators:", 6, "operators"),
    ("valid:", "validity:", 7, "validity"),
    ("  from:", "  form:", 8, "form"), ("  until:", "  to:", 9, "to"), ("utcOffset:", "utcoffset:", 10, "utcoffset"),
    ("networks:", "network:", 11, "network"), ("exclude:", "excludes:", 12, "excludes"),
    ("techniques:", "technique:", 13, "technique"), ("rates:", "rate:", 14, "rate"),
    ("  perDevice:", "  perdevice:", 15, "perdevice"),
    ("  total:", "  totals:", 16, "totals"),
    ("exclude: []", "exclude: [{target: 192.168.10.5, reasons: x}]", 12, "reasons"),
    ("exclude: []", "exclude: [{address: 192.168.10.5}]", 12, "address"),
    // Missing keys.
    ("version: 1\n", "", 1, "version"), ("  id: \"2026-041\"\n", "", 3, "id"),
    ("  from: \"2026-11-20T09:00:00+09:00\"\n", "", 8, "from"), ("networks: [192.168.10.0/24]\n", "", 1, "networks"),
    ("techniques: [arp-discovery, tcp-syn]\n", "", 1, "techniques"),
    ("exclude: []", "exclude: [{reason: pump}]", 12, "target"), ("Ward 3", "", 3, "site"),
    // Versions.
    ("version: 1", "version: 2", 1, "version 1"), ("version: 1", "version: 0", 1, "version 1"),
    ("version: 1", "version: one", 1, "whole number"), ("version: 1", "version: 1.0", 1, "whole number"),
    // Times.
    ("T17:00:00+09:00", "T08:00:00+09:00", 8, "before it begins"),
    ("T17:00:00+09:00", "T09:00:00+09:00", 8, "before it begins"),
    ("T09:00:00+09:00", "T09:00:00", 8, "offset"), ("T17:00:00+09:00", "T17:00:00", 9, "offset"),
    ("\"2026-11-20T17:00:00+09:00\"", "2026-11-20", 9, "offset"), ("2026-11-20T17", "2026-02-30T17", 9, "2026-02-30"),
    ("2026-11-20T17", "9999-11-20T17", 9, "9999"), ("\"2026-11-20T17:00:00+09:00\"", "tomorrow", 9, "tomorrow"),
    ("\"+09:00\"\nnet", "JST\nnet", 10, "JST"), ("\"+09:00\"\nnet", "9\nnet", 10, "offset"),
    ("\"+09:00\"\nnet", "\"+25:00\"\nnet", 10, "offset"), ("\"+09:00\"\nnet", "\".5+09:00\"\nnet", 10, "offset"),
    ("\"+09:00\"\nnet", "\"+09:00Z\"\nnet", 10, "offset"),
    // What was agreed to when it meant less.
    ("[arp-discovery, tcp-syn]", "[tcp-syn, service-identification]", 13, "service-questions"),
    // Networks.
    ("[192.168.10.0/24]", "[]", 11, "nothing may be sent"), ("[192.168.10.0/24]", "", 1, "networks"),
    ("[192.168.10.0/24]", "192.168.10.0/24", 11, "list"), ("[192.168.10.0/24]", "[192.168.10.1/24]", 11, "host bits"),
    ("[192.168.10.0/24]", "[192.168.10.0/33]", 11, "192.168.10.0/33"),
    ("[192.168.10.0/24]", "[192.168.010.0/24]", 11, "192.168.010.0"),
    ("[192.168.10.0/24]", "[fe80::1/64]", 11, "fe80::/64"),
    ("[192.168.10.0/24]", "[192.168.10.9-192.168.10.5]", 11, "backwards"),
    ("[192.168.10.0/24]", "[{net: 192.168.10.0/24}]", 11, "text"), ("[192.168.10.0/24]", "[~]", 11, "write"),
    ("[192.168.10.0/24]", "[\"\"]", 11, "text"), ("[192.168.10.0/24]", "[00:11:22:aa:bb:cc]", 11, "00:11:22"),
    // Exclusions: what is not understood must never become a permission.
    ("exclude: []", "exclude: 192.168.10.5", 12, "list"), ("exclude: []", "exclude: [printer]", 12, "printer"),
    ("exclude: []", "exclude: [192.168.10.5/24]", 12, "host bits"),
    ("exclude: []", "exclude: [00:11:22:aa:bb]", 12, "00:11:22:aa:bb"),
    ("exclude: []", "exclude: [~]", 12, "write"), ("exclude: []", "exclude: [[192.168.10.5]]", 12, "text"),
    ("exclude: []", "exclude: {target: 192.168.10.5}", 12, "list"),
    ("exclude: []", "exclude: [{target: [192.168.10.5]}]", 12, "text"),
    // Techniques.
    ("tcp-syn]", "tcp-sin]", 13, "tcp-sin"), ("tcp-syn]", "TCP-SYN]", 13, "TCP-SYN"),
    ("[arp-discovery, tcp-syn]", "[]", 13, "nothing may be sent"),
    ("[arp-discovery, tcp-syn]", "all", 13, "list"), ("tcp-syn]", "{tcp-syn: true}]", 13, "text"),
    // Rates.
    ("perDevice: 50", "perDevice: -1", 15, "to 1000000"), ("perDevice: 50", "perDevice: \"\"", 15, "number"),
    ("perDevice: 50", "perDevice: 1000001", 15, "to 1000000"),
    ("total: 1000", "total: 99999999999999999999999", 16, "number"),
    ("total: 1000", "total: 1.5", 16, "number"), ("total: 1000", "total: many", 16, "number"),
    ("total: 1000", "total: [1]", 16, "number"),
    ("rates:\n  perDevice: 50\n  total: 1000", "rates: fast", 14, "keys"),
    ("rates:\n  perDevice: 50\n  total: 1000", "rates: [50]", 14, "keys"),
    // YAML itself.
    ("version: 1", "version: 1\nversion: 1", 1, "twice"),
    ("  total: 1000", "  total: 1000\n  total: 2000", 16, "twice"),
    ("exclude: []", "exclude: [192.168.10.5]\nexclude: []", 12, "twice"), ("networks: [", "networks: [[", 12, ""),
    ("exclude: []", "exclude: [*pumps]", 12, ""), ("version: 1", "version: 1\n\tbad: 1", 2, ""),
    ("exclude: []", "exclude: []\n---\nversion: 1", nil, ""), ("version: 1", "<<: {version: 1}", 1, "<<"),
  ]

  @Test(arguments: faults.indices)
  func `a fault names the file, the line and a remedy`(index: Int) throws {
    let (old, new, line, word) = Self.faults[index]
    let error = #expect(throws: DocumentError.self, "\(old) → \(new)") { _ = try Sample.read(old, as: new) }
    let found = try #require(error)
    #expect(found.file == "scope.yaml")
    if let line { #expect(found.line == line, "\(old) → \(new): \(found)") }
    #expect(found.problem.contains(word) || found.remedy.contains(word), "\(old) → \(new): \(found)")
    #expect(!found.problem.isEmpty && !found.remedy.isEmpty)
    #expect(found.description.hasPrefix("scope.yaml:"))
  }

  @Test(arguments: ["", "\n\n", "# nothing but a comment\n", "---\n", "null\n"])
  func `an empty file is refused`(text: String) {
    let error = #expect(throws: DocumentError.self) { _ = try Sample.read(text) }
    #expect(error?.file == "scope.yaml")
    #expect(error?.remedy.isEmpty == false)
  }

  @Test(arguments: ["- version: 1\n", "[1, 2]\n", "version\n", "42\n"])
  func `a list or plain text instead of keys is refused at line 1`(text: String) {
    let error = #expect(throws: DocumentError.self) { _ = try Sample.read(text) }
    #expect(error?.line == 1)
    #expect(error?.problem.contains("keys and values") == true)
  }

  @Test func `octets that are no UTF-8 are refused by name`() {
    var octets = Array(Sample.text.utf8)
    octets.insert(contentsOf: [0x8b, 0x40], at: 60)  // Shift_JIS
    let error = #expect(throws: DocumentError.self) { _ = try Scope(parsing: octets, file: "scope.yaml") }
    #expect(error?.code == .syntax)
    #expect(error?.problem.contains("UTF-8") == true)
    #expect(error?.remedy.contains("UTF-8") == true)
  }

  @Test func `no prefix of a file is read as a wider permission`() throws {
    let whole = try Sample.read("exclude: []", as: "exclude: [192.168.10.5]")
    let text = Sample.text.split(separator: "exclude: []").joined(separator: "exclude: [192.168.10.5]")
    for count in 0..<text.utf8.count {
      guard let scope = try? Scope(parsing: Array(text.utf8.prefix(count)), file: "scope.yaml") else { continue }
      #expect(scope.exclusions == whole.exclusions)
      #expect(scope.networks == whole.networks)
      #expect(scope.techniques.isSubset(of: whole.techniques))
    }
  }

  @Test func `a file damaged at random is read or refused, never more`() {
    var random = SeededRandom(seed: 5)
    for _ in 0..<3_000 {
      var octets = Array(Sample.text.utf8)
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        octets[Int.random(in: octets.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      do {
        _ = try Scope(parsing: octets, file: "scope.yaml")
      } catch {
        #expect(!error.problem.isEmpty && !error.remedy.isEmpty)
      }
    }
  }
}
