import Foundation
import Testing

/// The list that malware carries, against devices that have one of its pairs, that lock, and that lie.
@Suite(.needsLab, .serialized) struct CredentialListTests {
  private static let open = ["list-first", "list-support", "list-klv", "list-guest", "list-empty", "list-last"]
  private static let others = ["lock-5", "motd", "accepts-all", "resets"]
  /// The lab's numbers of them.
  private static let targets = "10.0.2.91-10.0.2.96 10.0.2.12 10.0.2.21 10.0.2.22 10.0.2.24"

  private func audit(_ site: LoginSite, pack: String, _ more: [String] = []) throws -> (
    outcome: Outcome, states: [String: LoginSite.Device]
  ) {
    let arguments = site.audit("@", pack: pack) + more
    let script = arguments.map { $0 == "@" ? Self.targets : "'\($0)'" }.joined(separator: " ")
    return try site.run(["sh", "-c", script], only: Self.open + Self.others)
  }

  @Test func `every pair of the list is found where nothing locks, nothing else is, and a lock ends it`() throws {
    let site = try LoginSite(techniques: ["default-credentials", "credential-list"])
    let (outcome, states) = try audit(site, pack: "pack")
    #expect(outcome.status == 1, "\(outcome.output)\(outcome.errors)")
    let pack = try PackFiles(site.folder + "/pack")
    let found = pack.findings.filter { $0.check == "cred.default" }.map { $0.device.addresses[0] }.sorted()
    #expect(found == (91...96).map { "10.0.2.\($0)" }, "\(outcome.output)")
    for name in Self.open {
      let logins = try #require(states[name]?.logins)
      #expect(logins.accepted == 1 && logins.loggedOut == 1 && logins.commands == 0, "\(name): \(logins)")
      #expect(logins.simultaneous == 1, "\(name): \(logins)")
    }
    // Five failures of root, one of admin between them, and the attempt that is told of the lock; nothing comes after that.
    let locked = try #require(states["lock-5"]?.logins)
    #expect(locked.lockouts == 1 && locked.attempts == 7, "\(locked)")
    // Whoever accepts everything is found out by the first control.
    #expect(states["accepts-all"]?.logins.map { $0.attempts <= 2 } == true)
    // All 59, and the two of the generic profile that are among them only once.
    #expect(try #require(states["motd"]?.logins).attempts == 59, "\(String(describing: states["motd"]))")
    let verdicts = try String(contentsOfFile: site.folder + "/pack/data/checklist/verdicts.json", encoding: .utf8)
    #expect(verdicts.contains("57 published default pairs (profile list/published)"))
  }

  @Test func `without the technique in the scope no list is tried, and none of the owner's is taken`() throws {
    let site = try LoginSite()
    let (_, states) = try audit(site, pack: "pack")
    #expect(states["motd"]?.logins?.attempts == 2 && states["list-first"]?.logins?.accepted == 0)
    let file = site.folder + "/own.txt"
    try Data("root:xc3511\n".utf8).write(to: URL(fileURLWithPath: file))
    let refused = try audit(site, pack: "refused", ["--credential-list", file])
    #expect(
      refused.outcome.status == 3 && refused.outcome.errors.contains("credential-list"), "\(refused.outcome.errors)")
    #expect(refused.states["motd"]?.logins?.attempts == 0)
  }

  @Test func `an owner's list is tried, and nothing of its passwords is kept`() throws {
    let site = try LoginSite(techniques: ["default-credentials", "credential-list"])
    let file = site.folder + "/own.txt"
    try Data("# ours\nroot:zq-never-77\nroot:klv123\nroot:only:with:colons\n".utf8).write(
      to: URL(fileURLWithPath: file))
    let script = site.audit("10.0.2.93", pack: "pack").map { "'\($0)'" }.joined(separator: " ")
    let (outcome, states) = try site.run(
      ["sh", "-c", script + " --credential-list '\(file)'"], only: ["list-klv"])
    #expect(states["list-klv"]?.logins?.accepted == 1, "\(outcome.output)\(outcome.errors)")
    let pack = try PackFiles(site.folder + "/pack")
    let finding = try #require(pack.findings.first { $0.check == "cred.default" })
    #expect(finding.device.addresses == ["10.0.2.93"])
    var texts = [outcome.output, outcome.errors]
    for path in try FileManager.default.subpathsOfDirectory(atPath: site.folder + "/pack") {
      guard let data = FileManager.default.contents(atPath: "\(site.folder)/pack/\(path)") else { continue }
      texts.append(String(decoding: data, as: UTF8.self))
    }
    for text in texts { #expect(!text.contains("zq-never-77") && !text.contains("klv123")) }
    #expect(texts.contains { $0.contains("of an owner's own list, so that not even a digest is kept") })
  }
}
