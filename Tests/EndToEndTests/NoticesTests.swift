import Foundation
import Testing

/// Notices by the built program to receivers on loopback.
@Suite(.serialized) struct NoticesTests {
  private func hook(_ receiver: NoticeReceiver, tls: Bool = false, _ rest: String = "") -> String {
    "  - { name: hook, type: webhook, url: \"\(tls ? "https" : "http")://127.0.0.1:\(receiver.port)/in\", languages: [en]\(rest) }"
  }

  @Test func `a web hook that fails first gets the same signed notice until it takes it`() throws {
    let site = try NoticeSite()
    try site.certificate()
    let receiver = try NoticeReceiver(
      "hook",
      [
        "certificate": site.path("tls.pem"), "privateKey": site.path("tls.key"), "key": NoticeSite.key,
        "answers": "503,429:1,200",
      ])
    try site.settings(hook(receiver, tls: true, ", caFile: \(site.path("tls.pem")), secretFile: \(site.path("key"))"))
    let outcome = try site.send()
    #expect(outcome.status == 0, "\(outcome.errors)")
    let got = receiver.got
    #expect(got.count == 3 && Set(got.map(\.id)).count == 1 && got.allSatisfy { $0.signed == true })
    #expect(Set(got.compactMap(\.body)).count == 1)
    let document = try #require(got.last).document()
    #expect(
      document["schema"] as? String == "urn:tenken:schema:notice:1" && document["reason"] as? String == "on-battery")
    #expect((document["engagement"] as? [String: String])?["site"] == "東京第一工場" && document["looked"] is NSNull)
    #expect(got.last?.headers?["idempotency-key"] == got.last?.id)
    // Who was reached is told; the URL's path is not.
    #expect(outcome.errors.contains("(127.0.0.1)") && !outcome.errors.contains("/in"))
    #expect(site.waiting.isEmpty)
  }

  @Test func `a certificate that nobody vouches for gets nothing, and what was refused is kept`() throws {
    let site = try NoticeSite()
    try site.certificate()
    let receiver = try NoticeReceiver(
      "hook", ["certificate": site.path("tls.pem"), "privateKey": site.path("tls.key")])
    try site.settings(hook(receiver, tls: true))
    let refused = try site.send()
    #expect(refused.status == 5 && refused.errors.contains("certificate"), "\(refused.errors)")
    #expect(receiver.got.isEmpty && site.waiting.count == 1)
    try site.settings(hook(receiver, tls: true, ", caFile: \(site.path("tls.pem"))"))
    #expect(try site.tenken("flush").status == 5)
    #expect(receiver.got.isEmpty, "a person decides about what was refused")
    #expect(try site.tenken("flush", ["--refused"]).status == 0)
    #expect(receiver.got.count == 1 && site.waiting.isEmpty)
  }

  @Test(arguments: ["400", "401", "404", "302"])
  func `what a receiver does not take is not sent again`(status: String) throws {
    let site = try NoticeSite()
    let elsewhere = try NoticeReceiver("hook")
    let receiver = try NoticeReceiver("hook", ["answers": "\(status):http://127.0.0.1:\(elsewhere.port)/moved"])
    try site.settings(hook(receiver))
    let outcome = try site.send()
    #expect(outcome.status == 5 && outcome.errors.contains("HTTP \(status)"), "\(outcome.errors)")
    #expect(receiver.got.count == 1 && site.waiting.count == 1)
    #expect(elsewhere.got.isEmpty, "no redirect is followed")
  }

  @Test func `proxies of the environment are not used, one of the settings is`() throws {
    let site = try NoticeSite()
    let (receiver, proxy) = (try NoticeReceiver("hook"), try NoticeReceiver("hook"))
    try site.settings(hook(receiver))
    let names = ["http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]
    let variables = names.map { "\($0)=http://127.0.0.1:\(proxy.port)" }
    func send(_ number: Int) throws -> Outcome {
      try Program.run("/usr/bin/env", variables + [Program.tenken] + site.arguments("send", try site.sending(number)))
    }
    #expect(try send(0).status == 0)
    #expect(receiver.got.count == 1 && proxy.got.isEmpty)
    try site.settings(hook(receiver, ", proxy: \"http://127.0.0.1:\(proxy.port)\""))
    #expect(try send(1).status == 0)
    #expect(receiver.got.count == 1 && proxy.got.count == 1)
    #expect(proxy.got[0].path == "http://127.0.0.1:\(receiver.port)/in")
  }

  @Test func `a receiver that is away is told at a later turn, and nobody is told twice`() throws {
    let site = try NoticeSite()
    // A port at which nobody listens any more.
    let port = try NoticeReceiver("hook").port
    try site.settings("  - { name: hook, type: webhook, url: \"http://127.0.0.1:\(port)/in\" }")
    let outcome = try site.send()
    #expect(outcome.status == 5 && site.waiting.count == 1, "\(outcome.errors)")
    let second = try site.send(1)
    #expect(second.status == 5 && site.waiting.count == 2)
    #expect(second.errors.split(separator: "\n").count { $0.contains("not told hook") } == 1, "waited for once a turn")
    let receiver = try NoticeReceiver("hook")
    try site.settings(hook(receiver))
    #expect(try site.tenken("flush").status == 0)
    #expect(receiver.got.count == 2 && Set(receiver.got.map(\.id)).count == 2)
    #expect(try site.tenken("flush").status == 0)
    #expect(receiver.got.count == 2)
  }

  @Test func `what was on its way when the process was killed comes with the same id`() throws {
    let site = try NoticeSite()
    let slow = try NoticeReceiver("hook", ["answers": "hang"])
    try site.settings(hook(slow))
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Program.tenken)
    process.arguments = site.arguments("send", try site.sending(0))
    process.environment = Program.environment
    process.standardError = FileHandle.nullDevice
    try process.run()
    let first = slow.got(1)
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    #expect(site.waiting.count == 1)
    let receiver = try NoticeReceiver("hook")
    try site.settings(hook(receiver))
    #expect(try site.tenken("flush").status == 0)
    #expect(receiver.got.map(\.id) == first.map(\.id) && receiver.got.map(\.body) == first.map(\.body))
    #expect(site.waiting.isEmpty)
  }

  @Test func `kills at any moment lose nothing and leave nothing broken`() throws {
    let site = try NoticeSite()
    let receiver = try NoticeReceiver("hook")
    try site.settings(hook(receiver), more: "digest: { weekday: monday, at: \"08:00\" }")
    let turns = 40
    for number in 0..<turns {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: Program.tenken)
      process.arguments = site.arguments("send", try site.sending(number))
      process.environment = Program.environment
      process.standardError = FileHandle.nullDevice
      try process.run()
      Thread.sleep(forTimeInterval: Double(number) / Double(turns) * 0.15)
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
    }
    // The schedule tells again what it did not see told.
    for number in 0..<turns {
      let outcome = try site.send(number)
      #expect(outcome.status == 0 && !outcome.errors.contains("no notice of this program"), "\(outcome.errors)")
    }
    let bodies = Dictionary(grouping: receiver.got, by: \.id).mapValues { Set($0.compactMap(\.body)) }
    #expect(bodies.count == turns && bodies.values.allSatisfy { $0.count == 1 })
    #expect(site.waiting.isEmpty)
  }

  @Test func `a secret that others can read, a short key and a plain URL in a file are refused`() throws {
    let site = try NoticeSite()
    let receiver = try NoticeReceiver("hook")
    func status(_ rest: String) throws -> Int32 {
      try site.settings(hook(receiver, rest))
      let checked = try site.tenken("check")
      #expect(try site.send().status == 5 && checked.status == 2)
      return checked.status
    }
    try site.write("open", NoticeSite.key, mode: 0o644)
    #expect(try status(", secretFile: \(site.path("open"))") == 2)
    try site.write("short", "x", mode: 0o600)
    #expect(try status(", secretFile: \(site.path("short"))") == 2)
    try site.write("url", "http://127.0.0.1:\(receiver.port)/secret", mode: 0o600)
    try site.settings("  - { name: hook, type: webhook, urlFile: \(site.path("url")) }")
    let outcome = try site.send(1)
    #expect(outcome.status == 5 && !outcome.errors.contains("/secret\""))
    #expect(receiver.got.isEmpty)
  }
}
