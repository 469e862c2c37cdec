import Foundation
import Testing

/// Default credentials over SSH, SNMP and MQTT, on real daemons of the lab.
@Suite(.needsLab, .serialized) struct ShellLoginTests {
  private struct Truth: Decodable { let devices: [LabTruth.Device] }

  /// One audit of all of them, for every test that only looks at its result.
  private final class Whole: Sendable {
    let site: LoginSite
    let devices: [String: LabTruth.Device]
    let outcome: Outcome
    let pack: PackFiles

    private init() throws {
      site = try LoginSite()
      devices = try ShellLoginTests.devices()
      let audit = ShellLoginTests.audit(site)
      let scan = "ssh-keyscan -T 5 10.0.2.191 10.0.2.192 > \(site.folder)/keys 2> \(site.folder)/scan"
      outcome = try site.run(
        ["sh", "-c", "\(scan); exec \(audit)"], only: devices.values.map(\.name).sorted()
      ).outcome
      pack = try PackFiles(site.folder + "/pack")
    }

    static let shared: Result<Whole, any Error> = Result { try Whole() }
  }

  /// Those of the site with SSH, SNMP or MQTT, by address.
  private static func devices() throws -> [String: LabTruth.Device] {
    let outcome = try Program.run(Program.lab, ["truth", "--site", "logins"])
    let all = try JSONDecoder().decode(Truth.self, from: Data(outcome.output.utf8)).devices
    let own = all.filter { device in
      (device.tcp + device.udp).contains { ["ssh", "snmp", "mqtt"].contains($0.protocol) }
    }
    return Dictionary(uniqueKeysWithValues: own.map { ($0.address, $0) })
  }

  private static func audit(_ site: LoginSite, further: [String] = []) -> String {
    ([
      Program.tenken, "audit", "10.0.2.0/24", "--scope", site.scope, "--output", site.folder + "/pack", "--ports",
      "22,1883", "--lang", "en", "--credentials", "--login-journal", site.folder + "/journal",
    ] + further).map { "'\($0)'" }.joined(separator: " ")
  }

  private let whole: Whole

  init() throws { whole = try Whole.shared.get() }

  private func transcripts(_ address: String, in site: LoginSite? = nil) throws -> [String] {
    let device = try #require(whole.devices[address])
    let id = "dev-" + device.mac.replacing(":", with: "")
    let folder = (site ?? whole.site).folder + "/pack/data/logins"
    return try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasPrefix(id) }.sorted().map {
      try String(contentsOfFile: "\(folder)/\($0)", encoding: .utf8)
    }
  }

  private func address(_ name: String) throws -> String {
    try #require(whole.devices.values.first { $0.name == name }).address
  }

  @Test func `every default that the generic group names is found, and nothing else`() throws {
    #expect(whole.outcome.status == 1, "\(whole.outcome.output)\(whole.outcome.errors)")
    let found = whole.pack.findings.filter { $0.check == "cred.default" }
    let expected = whole.devices.values.flatMap { device in
      (device.tcp + device.udp).filter { $0.weaknesses.contains("cred.default") }.map { "\(device.address) \($0.port)" }
    }
    #expect(found.map { "\($0.device.addresses[0]) \($0.service?.port ?? 0)" }.sorted() == expected.sorted())
    #expect(expected.count == 13 && whole.devices.count == 28)
    for finding in found {
      #expect(finding.evidence.count >= 2 && finding.evidence.allSatisfy { $0.hasPrefix("data/logins/") })
    }
    #expect(try Program.run(Program.tenken, ["evidence", "verify", whole.site.folder + "/pack"]).status == 0)
  }

  @Test func `what decides nothing says why`() throws {
    let reasons = [
      "ssh-keys": ["inconclusive (no-password-method)"], "ssh-dss": ["inconclusive (no-common-algorithm)"],
      "ssh-resets": ["inconclusive (closed-before-login)"], "ssh-partial": ["inconclusive (partial)"],
      "ssh-owner": ["refused", "refused"], "ssh-one-try": ["refused", "refused"], "snmp-owner": ["refused"],
      "snmp-any": ["accepted", "accepted"], "snmp-user": ["refused"], "snmp-v1": ["refused"],
      // Neither was recognised; of the first the control is not answered either.
      "snmp-2c": ["accepted", "inconclusive (no-answer)"], "snmp-mute": ["inconclusive (no-answer)"],
      "mqtt-owner": ["refused", "refused"], "mqtt-anon": [],
      // The second pair, then the control.
      "ssh-locks": ["refused", "accepted", "refused"], "ssh-once": ["refused", "accepted", "refused"],
      "ssh-kbdint": ["accepted", "refused"], "ssh-blank": ["accepted", "refused"],
    ]
    for (name, expected) in reasons {
      let texts = try transcripts(address(name))
      let results = texts.map { $0.firstMatch(of: #/result: (.*)\n/#).map { String($0.1) } ?? "none" }
      #expect(results == expected, "\(name)\n\(texts.joined())")
    }
    #expect(whole.outcome.output.contains("13 services accept one"), "\(whole.outcome.output)")
    let anonymous = try address("mqtt-anon")
    #expect(whole.pack.findings.contains { $0.check == "mqtt.anonymous" && $0.device.addresses[0] == anonymous })
  }

  @Test func `agents that answered nothing were asked all the same, and silence stays undecided`() throws {
    let (agent, mute) = try (address("snmp-2c"), address("snmp-mute"))
    // What is found by its community is there; the other one stays what it was.
    #expect(whole.pack.device(at: agent)?.services.map { "\($0.port) \($0.state)" } == ["161 open"])
    #expect(whole.pack.device(at: mute)?.services.isEmpty == true)
    let log = try String(contentsOfFile: whole.site.folder + "/pack/data/run.jsonl", encoding: .utf8)
    let id = try #require(whole.pack.device(at: mute)).id
    let told = log.split(separator: "\n").first {
      $0.contains("cred.default") && $0.contains(id) && $0.contains("no-answer")
    }
    #expect(told?.contains("1 of 1 published communities") == true, "\(told ?? "")")
    #expect(told?.contains("may as well be filtered") == true)
    #expect(whole.pack.verdicts("JSSEC-15.1", at: mute).map(\.status) == ["needs-review"])
    let plan = try Program.run(
      Program.tenken, ["credentials", "plan", "--scope", whole.site.scope, "--pack", whole.site.folder + "/pack"])
    #expect(
      plan.output.contains("\(mute)  udp/161  snmp  generic/snmp: #1") && plan.output.contains("[has not answered"),
      "\(plan.output)\(plan.errors)")
  }

  @Test func `the host key is the one that OpenSSH's tools see`() throws {
    let seen = try Program.run("ssh-keygen", ["-lf", whole.site.folder + "/keys"]).output
    for name in ["ssh-dropbear", "ssh-openssh"] {
      let address = try address(name)
      let line = try #require(seen.split(separator: "\n").first { $0.contains(" \(address) ") }, "\(seen)")
      let fingerprint = try #require(line.split(separator: " ").first { $0.hasPrefix("SHA256:") })
      for text in try transcripts(address) {
        #expect(text.contains("host key: ssh-ed25519 \(fingerprint)\n"), "\(text)")
      }
    }
  }

  @Test func `no frame of a login is in the captures`() throws {
    let shark = try Program.run(
      "tshark",
      [
        "-r", whole.site.folder + "/pack/data/capture/conversations.pcapng", "-Y",
        "ip.src == 10.0.2.250 && (mqtt.msgtype == 1 || snmp.community || ssh.message_code)", "-T", "fields",
        "-e", "mqtt.username", "-e", "mqtt.passwd", "-e", "snmp.community", "-e", "ssh.message_code",
      ])
    #expect(shark.status == 0, "\(shark.errors)")
    let rows = shark.output.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
    // The probes' own: CONNECT without a name, the community that is no secret, the beginnings of key exchanges, each in one
    // segment, and 21 (SSH_MSG_NEWKEYS) before the question for `none`. Of a login the lists leave alone, as 20.
    #expect(rows.contains("public") && rows.contains("") && rows.contains("20,30"))
    #expect(rows.allSatisfy { ["", "public", "20,30", "20,34", "21"].contains($0) }, "\(Set(rows))")
  }

  /// The generic pairs of this run are words that occur nowhere else, two of them right.
  @Test func `words that were entered, right or wrong, are in no file, no output and no environment`() throws {
    let site = try LoginSite()
    let owner = "only-the-owner-knows-7"
    let community = "a-word-of-the-lab"
    let wrong = "zq7-nobody-has-this"
    let pairs = [
      "ssh": [("root", wrong), ("root", owner)], "mqtt": [("admin", wrong), ("admin", owner)],
      "snmp": [("", community)],
    ]
    let profiles = try Self.profiles(site, pairs)
    let script = """
      \(Self.audit(site, further: ["--profiles", profiles])) > \(site.folder)/out 2> \(site.folder)/err & pid=$!
      while kill -0 $pid 2>/dev/null; do cat /proc/$pid/environ /proc/$pid/cmdline >> \(site.folder)/environ 2>/dev/null; sleep 0.2; done
      wait $pid
      """
    _ = try site.run(["sh", "-c", script], only: ["ssh-owner", "snmp-owner", "mqtt-owner"])
    let found = try PackFiles(site.folder + "/pack").findings.filter { $0.check == "cred.default" }
    #expect(found.count == 3, "\(site.scratch.text("out"))\(site.scratch.text("err"))")
    #expect(Self.files(site, holding: [owner, community, wrong]) > 40)
  }

  /// A copy of the rule set whose generic groups have these pairs.
  private static func profiles(
    _ site: LoginSite, _ pairs: [String: [(String, String)]], recipe: String = ""
  ) throws -> String {
    let profiles = site.folder + "/profiles"
    try FileManager.default.copyItem(atPath: Program.repository + "/Profiles", toPath: profiles)
    for (name, pairs) in pairs {
      let file = "\(profiles)/credentials/generic/\(name).yaml"
      let text = try String(contentsOfFile: file, encoding: .utf8)
      let lines = pairs.map { account, password in
        "  - { \(account.isEmpty ? "" : "account: \"\(account)\", ")password: \"\(password)\" }\n"
      }.joined()
      let changed = text.replacing(#/  - \{ (account|password).*\n/#, with: "")
        .replacing("pairs:\n", with: recipe + "pairs:\n" + lines)
      try Data(changed.utf8).write(to: URL(fileURLWithPath: file))
    }
    return profiles
  }

  /// How many files a run has left; none of them may hold a word.
  private static func files(_ site: LoginSite, holding words: [String]) -> Int {
    var files = 0
    for part in ["pack", "journal", "out", "err", "environ"] {
      let root = "\(site.folder)/\(part)"
      let below = (try? FileManager.default.subpathsOfDirectory(atPath: root)) ?? []
      for path in below.map({ "\(root)/\($0)" }) + [root] {
        guard let data = FileManager.default.contents(atPath: path) else { continue }
        files += 1
        for word in words {
          #expect(data.range(of: Data(word.utf8)) == nil, "\(path) holds \(word)")
        }
      }
    }
    return files
  }

  struct Recipe: Sendable, CustomTestStringConvertible {
    let line: String
    let pairs: [(String, String)]
    /// By name what each attempt comes to.
    let results: [String: [String]]
    var testDescription: String { line }
  }

  private static let password = "a-password-of-the-lab"
  private static let community = "a-word-of-the-lab"

  /// Against net-snmp's own users: the name that nobody has, the right pair, and the control, which keeps the name.
  @Test(arguments: [
    Recipe(
      line: "{ version: 3, auth: sha }", pairs: [("nobody-here", password), ("auditor", password)],
      results: [
        "snmp-user": ["refused", "accepted", "refused"], "snmp-user-own": ["refused", "refused"],
        "snmp-user-md5": ["refused", "refused"],
      ]),
    Recipe(
      line: "{ version: 3, auth: md5 }", pairs: [("auditor", password)],
      results: ["snmp-user-md5": ["accepted", "refused"]]),
    Recipe(
      line: "{ version: 1 }", pairs: [("", community)], results: ["snmp-v1": ["accepted", "refused"]]),
  ])
  func `users of version 3 and communities of version 1 are found where they are right`(_ recipe: Recipe) throws {
    let site = try LoginSite()
    let profiles = try Self.profiles(site, ["snmp": recipe.pairs], recipe: "snmp: \(recipe.line)\n")
    let script = "\(Self.audit(site, further: ["--profiles", profiles])) > \(site.folder)/out 2> \(site.folder)/err"
    _ = try site.run(["sh", "-c", script], only: recipe.results.keys.sorted())
    let found = try PackFiles(site.folder + "/pack").findings.filter { $0.check == "cred.default" }
    let right = recipe.results.filter { $0.value.contains("accepted") }.keys
    let addresses = whole.devices.values.filter { right.contains($0.name) }.map(\.address)
    #expect(
      found.map { $0.device.addresses[0] } == addresses, "\(site.scratch.text("out"))\(site.scratch.text("err"))")
    for (name, expected) in recipe.results {
      let texts = try transcripts(address(name), in: site)
      let results = texts.map { $0.firstMatch(of: #/result: (.*)\n/#).map { String($0.1) } ?? "none" }
      #expect(results == expected, "\(name)\n\(texts.joined())")
    }
    #expect(Self.files(site, holding: [Self.password, Self.community]) > 20)
    let shark = try Program.run(
      "tshark",
      [
        "-r", site.folder + "/pack/data/capture/conversations.pcapng", "-Y", "snmp && ip.src == 10.0.2.250", "-T",
        "fields", "-e", "snmp.community", "-e", "snmp.msgUserName",
      ])
    let rows = Set(shark.output.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) })
    #expect(shark.status == 0 && rows == ["", "public"], "\(rows)\(shark.errors)")
  }
}
