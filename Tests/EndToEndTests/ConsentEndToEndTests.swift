import Foundation
import Testing

/// What keeps `audit --credentials` from starting, and what is said before anything is sent.
@Suite(.needsLab, .serialized) struct ConsentEndToEndTests {
  private func refused(_ site: LoginSite, _ words: [String]) throws {
    let (outcome, states) = try site.run(site.audit("10.0.2.11", pack: "pack"), only: ["lock-3"])
    #expect(outcome.status == 3, "\(outcome.errors)")
    for word in words + ["Nothing was sent"] { #expect(outcome.errors.contains(word), "\(word): \(outcome.errors)") }
    #expect(outcome.errors.unicodeScalars.contains { (0x3040...0x30ff).contains($0.value) }, "in Japanese too")
    #expect(states["lock-3"]?.peakPerSecond == 0, "not a frame")
    #expect(!FileManager.default.fileExists(atPath: site.folder + "/pack"))
  }

  @Test func `without a consent nothing starts`() throws {
    try refused(try LoginSite(consentFor: nil), ["default-credentials", "techniques"])
    let site = try LoginSite(consentFor: nil)
    try LabScope("--site", "logins").with("default-credentials").write(to: site.scope)
    try refused(site, ["no consent", "consents"])
  }

  @Test func `nor with one that has run out`() throws {
    try refused(try LoginSite(until: "2026-01-02T00:00:00+09:00"), ["no consent is valid now", "lab logins"])
  }

  @Test func `nor without its paper, nor with another one`() throws {
    let site = try LoginSite()
    try Data("I do not agree.".utf8).write(to: URL(fileURLWithPath: site.folder + "/consent.pdf"))
    try refused(site, ["consent.pdf", "SHA-256"])
    try FileManager.default.removeItem(atPath: site.folder + "/consent.pdf")
    try refused(site, ["consent.pdf", "cannot be read"])
  }

  @Test func `a device that no consent names gets no login, and the others do`() throws {
    let site = try LoginSite(consentFor: "10.0.2.31")
    let (outcome, states) = try site.run(site.audit("10.0.2.0/24", pack: "pack"), only: ["motd-open", "utf-8"])
    #expect(outcome.status == 1, "\(outcome.errors)")
    #expect(states["motd-open"]?.logins?.accepted == 1)
    #expect(states["utf-8"]?.logins?.attempts == 0 && states["utf-8"]?.logins?.accepted == 0)
    #expect(outcome.output.contains("1 without consent"), "\(outcome.output)")
    let rows = try PackFiles(site.folder + "/pack").verdicts("JSSEC-15.1", at: "10.0.2.34")
    #expect(rows.map(\.status) == ["not-tested"] && rows.first?.reason == "NT-AUTH")
    // The paper is part of the evidence.
    #expect(
      FileManager.default.contents(atPath: site.folder + "/pack/data/scope/consent.pdf")
        == Data("I agree. (signed)".utf8))
  }

  @Test func `a plan says what would be tried where, without a password, and sends nothing`() throws {
    let site = try LoginSite()
    let names = ["dahua", "euc-jp"]
    let plan = ["credentials", "plan", "--scope", site.scope]
    let (first, states) = try site.run([Program.tenken] + plan + ["10.0.2.0/24"], only: names)
    #expect(first.status == 0, "\(first.errors)")
    #expect(first.output.contains("dahua/camera: #1 root, #2 root, #3 888888 (at most 2 failures in 30 minutes)"))
    #expect(states.values.allSatisfy { $0.peakPerSecond == 0 }, "not a frame")
    _ = try site.run(site.audit("10.0.2.0/24", pack: "pack", credentials: false), only: names)
    let second = try Program.run(Program.tenken, plan + ["--pack", site.folder + "/pack"])
    #expect(
      second.output.contains("10.0.2.41  tcp/23  telnet  dahua/camera: #1 root"), "\(second.output)\(second.errors)")
    #expect(second.output.contains("10.0.2.35  tcp/23  telnet  generic/telnet: #1 root, #2 admin"), "\(second.output)")
    for secret in ["vizxv", "7ujMko0admin"] {
      #expect(!first.output.contains(secret) && !second.output.contains(secret))
    }
  }

  @Test func `scope check tells of consents, and lint of profiles`() throws {
    let site = try LoginSite()
    let good = try Program.run(Program.tenken, ["scope", "check", site.scope])
    #expect(good.status == 0 && good.output.contains("Lab Admin, tenken lab"), "\(good.output)\(good.errors)")
    try FileManager.default.removeItem(atPath: site.folder + "/consent.pdf")
    #expect(try Program.run(Program.tenken, ["scope", "check", site.scope]).status == 3)
    let lint = try Program.run(Program.tenken, ["profile", "lint"])
    #expect(lint.status == 0 && lint.output.contains("OK  dahua/camera  3 pairs"), "\(lint.errors)")
    #expect(!lint.output.contains("vizxv"))
  }
}
