internal import Addressing
internal import Authority
internal import Checklist
internal import Credentials
internal import Declarations
internal import Documents
internal import Fingerprints
internal import Inventory
internal import LegacyText
internal import Notices
internal import Profiles
internal import Records
internal import ScopeFile

extension FuzzTarget {
  /// Files that a user writes or is given. Each reader gets the same octets.
  static let documents = FuzzTarget(
    "documents",
    [
      "YAMLValue", "Scope", "Declarations", "ColumnMap", "MUDFile", "StrictJSON", "CredentialList", "References",
      "NoticeSettings",
    ],
    longest: 16_384,
    seeds: FileSeeds.documents
  ) { octets in
    try Files.allowing { _ = try YAMLValue(parsing: octets, file: "f") }
    try Files.allowing {
      let scope = try Scope(parsing: octets, file: "f")
      try promise(
        !scope.networks.isEmpty && !scope.techniques.isEmpty || !scope.wifi.included.isEmpty,
        "a scope that permits nothing")
      try promise(
        (scope.wifi.included.names.union(scope.wifi.excluded.names)).allSatisfy { (1...32).contains($0.count) },
        "a name that no network can have")
      try promise(scope.validFrom < scope.validUntil, "a window that ends before it begins")
    }
    try Files.allowing { _ = try Declarations(parsing: octets, file: "f") }
    try Files.allowing {
      let references = try References(parsing: octets, file: "f")
      try promise(references.snapshot == nil || references.lookups([])?.matches.isEmpty == true, "a match of nothing")
    }
    try Files.allowing {
      try promise(!(try ColumnMap(parsing: octets, file: "f").headings.isEmpty), "a map of nothing")
    }
    try Files.allowing { try check(try NoticeSettings(parsing: octets, file: "f")) }
    // A list of pairs as the rule set has it, and as an owner writes it.
    try Files.allowing { try check(try CredentialList(parsing: octets, file: "f"), octets.count) }
    try Files.allowing { try check(try CredentialList(lines: octets, file: "f"), octets.count) }
    try Files.allowing {
      let mud = try MUDFile(parsing: octets, file: "f")
      try promise(mud.allowed.count + mud.remarks.count <= octets.count, "more entries than octets")
    }
  }

  /// Whoever is named can be reached without a word of the file becoming a header or an option.
  private static func check(_ settings: NoticeSettings) throws {
    try promise(!settings.channels.isEmpty, "settings that tell nobody")
    try promise(Set(settings.channels.map(\.name)).count == settings.channels.count, "a channel twice")
    for channel in settings.channels {
      switch channel.way {
      case .webhook(let hook):
        if case .url(let url) = hook.receiver { try promise(NoticeSettings.isUsable(url: url), "no URL") }
        try promise(hook.tokenHeader.utf8.allSatisfy { $0 > 0x20 && $0 != 0x3a && $0 < 0x7f }, "no name of a header")
      case .email(let mail):
        try promise(
          ([mail.from] + mail.to).allSatisfy { !$0.hasPrefix("-") && $0.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f } },
          "no mail address")
      case .command(let words, _): try promise(words.first?.hasPrefix("/") == true, "no path")
      case .metrics(let file): try promise(file.hasPrefix("/"), "no path")
      case .syslog(let syslog): try promise((0...23).contains(syslog.facility), "no facility")
      }
    }
  }

  private static func check(_ list: CredentialList, _ octets: Int) throws {
    try promise(list.pairs.count <= min(CredentialList.mostPairs, octets), "more pairs than a list has")
    try promise(Set(list.pairs).count == list.pairs.count, "a pair twice")
    for pair in list.pairs {
      try promise(
        !pair.account.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7f }, "a name that acts on a terminal")
    }
  }

  /// Rule data. The first octet chooses the kind of file.
  static let profiles = FuzzTarget(
    "profiles",
    [
      "DeviceProfile", "DeviceClassRules", "ScanProfile", "PortList", "UDPProbe", "Catalogue", "Check", "Wording",
      "Limitation", "TelnetPrompt", "DeviceRole", "SSHGuideline", "SSHSoftware", "SSHRules", "TLSGuideline",
      "TLSComparison", "WiFiRules", "Crosswalk",
      "ProfileStore",
    ],
    longest: 8192, seeds: FileSeeds.profiles
  ) { octets in
    guard let first = octets.first else { return }
    let path = FileSeeds.profilePaths[Int(first) % FileSeeds.profilePaths.count]
    let file = ProfileStore.RuleFile(path: path, bytes: Array(octets.dropFirst()))
    try Files.allowing { try ProfileStore.readAlone(file, roles: ["camera", "router", "switch"]) }
    if path.hasPrefix("catalogs/") {
      try Files.allowing { try check(try ProfileStore.catalogue(parsing: file.bytes, file: "f")) }
    }
    if path.hasPrefix("tls/guidelines/") { try Files.allowing { try compare(file) } }
  }

  /// Whatever a company writes: no id twice, and every row that a network does not show asks somebody.
  private static func check(_ catalogue: Catalogue) throws {
    try promise(Set(catalogue.items.map(\.id)).count == catalogue.items.count, "an id twice")
    try promise(
      catalogue.items.allSatisfy { $0.visibility != .none || $0.asked != nil }, "a row that nobody answers")
  }

  /// A service that nobody asked anything neither meets nor deviates, whatever a guideline says; and each row has one outcome.
  private static func compare(_ file: ProfileStore.RuleFile) throws {
    let name = String(file.path.dropFirst("tls/guidelines/".count).dropLast(".yaml".count))
    let guideline = try TLSGuideline(try YAMLValue(parsing: file.bytes, file: "f"), named: name)
    let comparison = TLSComparison(guideline, TLSCapture(mode: "audit"))
    try promise(
      comparison.count(.notDetermined) == guideline.rows.count && comparison.rows.count == guideline.rows.count,
      "an outcome without evidence")
    try promise(!guideline.id.isEmpty && Set(guideline.rows.map(\.id)).count == guideline.rows.count, "a row twice")
  }

  /// Fingerprint files, ours and Recog's: read, compiled, and tested by their own examples.
  static let fingerprintFiles = FuzzTarget(
    "fingerprint-files", ["FingerprintYAML", "RecogFile", "RubySyntax", "RubyPattern", "RequiredText"], longest: 4096,
    seeds: FileSeeds.fingerprints
  ) { octets in
    let vocabulary = try Recognition.vocabulary.get()
    for path in ["f.yaml", "f.xml"] {
      try Files.allowing {
        guard let report = try FingerprintSet.test(octets, path: path, vocabulary: vocabulary) else { return }
        try promise(report.rules + report.passed + report.failures.count <= 4 * octets.count, "more rules than octets")
      }
    }
  }

  /// Tables: the owner's ledger in any encoding, and the IEEE's lists of assignments.
  static let tables = FuzzTarget(
    "tables", ["CSVText", "Ledger", "LedgerEncoding", "CP932", "Folded", "VendorTable"], longest: 8192,
    seeds: FileSeeds.tables
  ) { octets in
    try Tables.readVendors(octets)
    switch LedgerEncoding(octets) {
    case .utf8(let text): try Tables.readLedger(text)
    case .brokenUTF8(let place):
      try promise(place <= octets.count, "a fault outside")
      let position = LedgerEncoding.position(of: place, in: octets)
      try promise(position.line >= 1 && position.column >= 1, "a place before the file")
    case .utf16: break
    case .other:
      guard let text = try? CP932.decode(octets) else { return }
      try promise(text.utf8.count <= 3 * octets.count, "more text than the code page gives")
      try Tables.readLedger(text)
    }
  }
}

enum Files {
  /// What is wrong with a file is said by file and line; anything else that is thrown is a defect.
  static func allowing(_ read: () throws -> Void) throws {
    do {
      try read()
    } catch let error as DocumentError {
      let text = "\(error)"
      try promise(
        !error.problem.isEmpty && !error.remedy.isEmpty && (error.line ?? 1) >= 0, "a complaint without words")
      // It is printed as it is.
      try promise(text.utf8.count <= 8192, "a complaint of \(text.utf8.count) octets")
    }
  }
}

private enum Tables {
  static func readLedger(_ text: String) throws {
    if let csv = try? CSVText(parsing: text, file: "f") {
      var octets = 0
      for cell in csv.rows.joined() {
        octets += cell.text.utf8.count
        try promise(cell.line >= 1 && cell.column >= 1, "a cell before the file")
      }
      try promise(octets <= text.utf8.count, "more in the cells than in the file")
    }
    do {
      let ledger = try Ledger(parsing: text, file: "f")
      let rows = LedgerComparison(ledger, [], bounds: [])
      try promise(rows.unlisted.isEmpty, "devices that nobody saw")
    } catch let problems as LedgerProblems {
      for problem in problems.problems {
        let shown = "\(problem)"
        try promise(
          shown.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7f }, "a control character in \(problem)")
      }
    }
    try promise(Folded.text(Folded.text(text)) == Folded.text(text), "another text when folded again")
  }

  static func readVendors(_ octets: [UInt8]) throws {
    for registry in VendorTable.Registry.allCases {
      let table = VendorTable(parsing: octets, registry: registry)
      try promise(table.count <= octets.count, "more assignments than octets")
      let name = table.name(forAddress: 0x0011_22aa_bbcc) ?? ""
      try promise(name.utf8.count <= 3 * octets.count, "a name longer than the file")
    }
  }
}
