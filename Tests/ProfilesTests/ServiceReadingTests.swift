import Documents
import Foundation
import Records
import Testing

@testable import Profiles

/// What a store knows that was read for questions to single services.
@Suite struct ServiceReadingTests {
  private static let whole = Result { try RuleSet.store() }

  private func store(_ service: ProfileStore.Service) throws -> ProfileStore {
    try ProfileStore(directory: RuleSet.directory, reading: .service(service))
  }

  /// Of the whole rule set by what the rules ask, not by what checks are called: every question that judges and probes of such
  /// a service answer begins with its protocol's name.
  @Test(arguments: ProfileStore.Service.allCases)
  func `it has every check that the service can meet, as the whole set has it`(service: ProfileStore.Service) throws {
    let prefix = service == .ssh ? "ssh." : "tls."
    let expected = try Self.whole.get().checks.filter {
      $0.rule.observation == .deviceDistressed || $0.rule.question?.hasPrefix(prefix) == true
    }
    let checks = try store(service).checks
    #expect(checks.map(\.id) == expected.map(\.id) && checks.count > 8)
    #expect(checks.map(\.rule) == expected.map(\.rule))
    #expect(checks.map(\.severity) == expected.map(\.severity))
    #expect(checks.map(\.remediation) == expected.map(\.remediation))
  }

  @Test func `titles alone are those of the whole rule set, and a file beside the checks is no obstacle`() throws {
    let checks = try Self.whole.get().checks
    let expected = Dictionary(uniqueKeysWithValues: checks.map { ($0.id, $0.title) })
    #expect(try ProfileStore.checkTitles(in: RuleSet.directory) == expected && expected.count > 50)
    let folder = NSTemporaryDirectory() + "tenken-titles-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: RuleSet.directory + "/checks", toPath: folder + "/checks")
    try Data("notes".utf8).write(to: URL(fileURLWithPath: folder + "/checks/notes.txt"))
    #expect(try ProfileStore.checkTitles(in: folder) == expected)
    try Data("title: [".utf8).write(to: URL(fileURLWithPath: folder + "/checks/telnet.enabled/check.yaml"))
    let fault = #expect(throws: DocumentError.self) { try ProfileStore.checkTitles(in: folder) }
    #expect(fault?.description.contains("telnet.enabled/check.yaml") == true)
  }

  /// Care comes first: who is fragile is known as well as in an audit.
  @Test func `devices are known by the same signs and bear the same`() throws {
    let (whole, store) = (try Self.whole.get(), try store(.ssh))
    #expect(store.deviceClassRules == whole.deviceClassRules)
    let (few, all) = (store.deviceProfiles, whole.deviceProfiles)
    #expect(few.all.map(\.id) == all.all.map(\.id))
    for (one, other) in zip(few.all, all.all) {
      #expect(one.clauses == other.clauses && one.maker == other.maker && one.family == other.family, "\(one.id)")
      #expect(one.fragility == other.fragility, "\(one.id)")
    }
    let signs = all.all.flatMap { $0.examples + $0.counterexamples }
    #expect(signs.count > 300)
    for signs in signs { #expect(few.match(signs)?.fragility == all.match(signs)?.fragility, "\(signs)") }
  }

  @Test(arguments: ProfileStore.Service.allCases)
  func `ports that are kept from a run, and its pace, are the same`(service: ProfileStore.Service) throws {
    let (whole, store) = (try Self.whole.get(), try store(service))
    #expect(store.neverWritePorts == whole.neverWritePorts && !store.neverWritePorts.isEmpty)
    #expect(store.otPorts == whole.otPorts && !store.otPorts.isEmpty)
    #expect(store.telnetLikelyPorts == whole.telnetLikelyPorts)
    #expect(store.scanProfiles == whole.scanProfiles)
  }

  @Test func `it is held against the same rules`() throws {
    let whole = try Self.whole.get()
    #expect(try SSHRules(store(.ssh)) == SSHRules(whole))
    #expect(try TLSGuidelines(store(.tls)) == TLSGuidelines(whole))
    // DTLS is asked by the scan's own question.
    #expect(try store(.dtls).udpProbes == whole.udpProbes)
  }

  @Test func `it says what it is, and has nothing else`() throws {
    let store = try store(.ssh)
    #expect(store.reading == .service(.ssh))
    #expect(try Self.whole.get().reading == .everything)
    #expect(store.catalogues.isEmpty && store.udpProbes.isEmpty && store.telnetPrompts.isEmpty)
    #expect(store.limitations.isEmpty && store.roles.isEmpty)
    // Codes stand for themselves, so that nobody takes them for the wording of a report.
    for reason in NotTestedReason.allCases { #expect(store.wording[reason].label.en == reason.rawValue) }
    let folders = Set(store.files.map { $0.path.prefix { $0 != "/" } })
    #expect(folders == ["checks", "devices", "ports", "scans", "ssh"])
    #expect(try self.store(.tls).files.allSatisfy { !$0.path.hasPrefix("ssh/") })
  }

  @Test func `a fault in what it reads is told with its line, and a missing file with its name`() throws {
    try RuleSet.withCopy { copy in
      let family = copy.appendingPathComponent("devices/synology/dsm.yaml")
      let text = try String(contentsOf: family, encoding: .utf8)
      let line = try #require(
        text.split(separator: "\n", omittingEmptySubsequences: false).firstIndex { $0.hasPrefix("class: ") })
      let damaged = text.replacing(/\nclass: .*\n/, with: "\nclass: sturdy\n")
      try family.write(damaged)
      let error = #expect(throws: DocumentError.self) {
        try ProfileStore(directory: copy.path, reading: .service(.ssh))
      }
      #expect(error?.file.hasSuffix("devices/synology/dsm.yaml") == true)
      #expect(error?.line == line + 1)
      try FileManager.default.removeItem(at: family)
      try FileManager.default.removeItem(at: copy.appendingPathComponent("ports/never-write.yaml"))
      let missing = #expect(throws: DocumentError.self) {
        try ProfileStore(directory: copy.path, reading: .service(.ssh))
      }
      #expect(missing?.code == .missing && missing?.file.hasSuffix("ports/never-write.yaml") == true)
    }
    let error = #expect(throws: DocumentError.self) {
      try ProfileStore(directory: "/nonexistent/Profiles", reading: .service(.tls))
    }
    #expect(error?.code == .missing)
  }
}
