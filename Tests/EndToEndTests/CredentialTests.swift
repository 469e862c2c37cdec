import Foundation
import Testing

/// Default credentials from the consent to the finding, against devices that lock, lie and are slow.
@Suite(.needsLab, .serialized) struct CredentialTests {
  /// One audit of the whole site, for every test that only looks at its result.
  private final class Whole: Sendable {
    let site: LoginSite
    let status: Int32
    let output: String
    let states: [String: LoginSite.Device]
    let seconds: Double
    let environment: String
    let withoutCredentials: [String: LoginSite.Device]

    private init() throws {
      site = try LoginSite()
      let ports = try LoginSite.ports()
      // The process looks into its own environment at the end of the run: nothing was put there.
      let audit = site.audit("10.0.2.0/24", pack: "pack", ports: ports).map { "'\($0)'" }.joined(separator: " ")
      let script = """
        \(audit) > \(site.folder)/out 2> \(site.folder)/err & pid=$!
        while kill -0 $pid 2>/dev/null; do cat /proc/$pid/environ /proc/$pid/cmdline >> \(site.folder)/environ 2>/dev/null; sleep 0.2; done
        wait $pid
        """
      let start = Date()
      let consoles = try LoginSite.truth().values.map(\.name).sorted()
      let (outcome, states) = try site.run(["sh", "-c", script], only: consoles)
      seconds = Date().timeIntervalSince(start)
      status = outcome.status
      output = site.scratch.text("out") + site.scratch.text("err") + outcome.output + outcome.errors
      environment = site.scratch.text("environ")
      self.states = states
      withoutCredentials = try site.run(site.audit("10.0.2.0/24", pack: "without", ports: ports, credentials: false))
        .states
    }

    static let shared: Result<Whole, any Error> = Result { try Whole() }
  }

  private let whole: Whole

  init() throws { whole = try Whole.shared.get() }

  @Test func `every default that a profile or the generic group names is found, and nothing else`() throws {
    #expect(whole.status == 1, "\(whole.output)")
    let truth = try LoginSite.truth()
    let pack = try PackFiles(whole.site.folder + "/pack")
    let found = pack.findings.filter { $0.check == "cred.default" }.map { $0.device.addresses[0] }
    let expected = truth.filter(\.value.isDefault).map(\.key)
    #expect(found.sorted() == expected.sorted(), "\(whole.output)")
    #expect(expected.count >= 14)
    for address in truth.keys {
      let rows = pack.verdicts("JSSEC-15.1", at: address)
      let fails = truth[address]?.isDefault == true || truth[address]?.name == "no-login"
      #expect(rows.map(\.status) == [fails ? "fail" : "needs-review"], "\(address)")
    }
  }

  @Test func `nothing locks, one login at a time, no command, and every session is logged out of`() throws {
    let truth = try LoginSite.truth()
    #expect(whole.states.count == truth.count)
    for (name, device) in whole.states {
      #expect(device.alive, "\(name)")
      // What asks nobody is entered nothing.
      if name == "no-login" {
        #expect(device.logins.map { $0.attempts + $0.accepted } == 0)
        continue
      }
      guard let logins = device.logins else { continue }
      #expect(logins.lockouts == 0 && logins.failures <= 2, "\(name): \(logins)")
      #expect(logins.simultaneous <= 1 && logins.commands == 0, "\(name): \(logins)")
      #expect(logins.accepted == logins.loggedOut, "\(name): \(logins)")
      #expect(logins.attempts + logins.accepted > 0, "\(name): \(logins)")
    }
  }

  @Test func `where authentication is switched off, that is the finding`() throws {
    let pack = try PackFiles(whole.site.folder + "/pack")
    #expect(pack.findings.filter { $0.check == "cred.none" }.map { $0.device.addresses } == [["10.0.2.26"]])
    // Several devices of the lab have the same published password.
    #expect(pack.findings.filter { $0.check == "cred.reuse" }.count >= 4)
    #expect(!pack.findings.contains { $0.check == "cred.lockout-missing" })
  }

  @Test func `without the option no name is ever entered`() {
    for (name, device) in whole.withoutCredentials {
      guard let logins = device.logins else { continue }
      #expect(logins.attempts == 0 && logins.accepted == 0, "\(name): \(logins)")
    }
  }

  /// Some passwords are words that are everywhere, such as "password": what the audit without credentials says too, decides
  /// nothing. The next test enters others in their place.
  @Test func `no password is anywhere: not in the pack, its captures, the output, the journal or the environment`()
    throws
  {
    let words = try Self.texts(of: whole.site.folder, ["without"])
    let secrets = try LoginSite.secrets().filter { secret in
      // Four digits are a number of milliseconds too.
      Int(secret).map { $0 > 99_999 } != false && !words.contains { Self.holds($0.1, Array(secret.utf8)) }
    }
    #expect(secrets.count >= 7 && secrets.isSuperset(of: ["vizxv", "7ujMko0admin", "foobared", "truetime"]))
    #expect(!whole.environment.isEmpty)
    var texts = try Self.texts(of: whole.site.folder, ["pack", "journal"])
    texts += [("output", Array(whole.output.utf8)), ("environment", Array(whole.environment.utf8))]
    #expect(texts.count > 100)
    // Where an account has the same name, that may be told.
    for secret in secrets.subtracting(try LoginSite.accounts()) {
      for (name, octets) in texts where Self.holds(octets, Array(secret.utf8)) {
        Issue.record("\(name) holds \(secret)")
      }
    }
    // The control of this test: the search finds what is there.
    #expect(texts.contains { Self.holds($0.1, Array("lab logins".utf8)) })
  }

  /// Every profile with passwords that are nobody's word.
  @Test func `passwords that occur nowhere else occur nowhere at all`() throws {
    let site = try LoginSite()
    let (folder, secrets) = try site.rulesWithOtherPasswords()
    #expect(secrets.count >= 10)
    let arguments =
      site.audit("10.0.2.0/24", pack: "pack", ports: try LoginSite.ports()) + ["--profiles", folder]
    let script = arguments.map { "'\($0)'" }.joined(separator: " ") + " > \(site.folder)/out 2> \(site.folder)/err"
    _ = try site.run(["sh", "-c", script])
    let output = site.scratch.text("out") + site.scratch.text("err")
    #expect(output.contains("pairs tried on"), "\(output)")
    let texts = try Self.texts(of: site.folder, ["pack", "journal"]) + [("output", Array(output.utf8))]
    for secret in secrets {
      for (name, octets) in texts where Self.holds(octets, Array(secret.utf8)) {
        Issue.record("\(name) holds \(secret)")
      }
    }
  }

  private static func texts(of folder: String, _ parts: [String]) throws -> [(String, [UInt8])] {
    try parts.flatMap { part in
      try FileManager.default.subpathsOfDirectory(atPath: "\(folder)/\(part)").compactMap { path in
        FileManager.default.contents(atPath: "\(folder)/\(part)/\(path)").map { ("\(part)/\(path)", Array($0)) }
      }
    }
  }

  private static func holds(_ octets: [UInt8], _ word: [UInt8]) -> Bool {
    func isWord(_ octet: UInt8?) -> Bool {
      octet.map { (0x30...0x39).contains($0) || (0x41...0x5a).contains($0 & 0xdf) } ?? false
    }
    let (data, sought) = (Data(octets), Data(word))
    var from = data.startIndex
    while let range = data.range(of: sought, in: from..<data.endIndex) {
      let before = range.lowerBound > 0 ? octets[range.lowerBound - 1] : nil
      let after = range.upperBound < octets.count ? octets[range.upperBound] : nil
      if !isWord(before), !isWord(after) { return true }
      from = range.lowerBound + 1
    }
    return false
  }

  /// One question to each port of each device is the least that a capture of everything holds, each way.
  @Test func `a capture of everything holds the scan, once, and tshark reads it`() throws {
    let pack = whole.site.folder + "/pack"
    func count(_ filter: String) throws -> [String] {
      let shark = try Program.run(
        "tshark",
        [
          "-r", pack + "/data/capture/everything-000001.pcapng", "-Y", filter, "-T", "fields", "-e", "ip.dst", "-e",
          "tcp.dstport", "-e", "tcp.srcport", "-e", "tcp.seq_raw",
        ])
      #expect(shark.status == 0, "\(shark.errors)")
      return shark.output.split(separator: "\n").map(String.init)
    }
    let ports = try LoginSite.ports().split(separator: ",").count
    let sent = try count("tcp.flags.syn == 1 && tcp.flags.ack == 0")
    let devices = try LoginSite.devices().count
    #expect(sent.count >= ports * devices, "\(sent.count) of \(ports * devices)")
    // A frame that was sent and heard is there once, unless it was sent again.
    #expect(Set(sent).count * 2 > sent.count)
    #expect(try count("arp").count > devices && count("tcp.flags.reset == 1").count > devices)
  }

  @Test func `logins are kept as transcripts with digests, and no frame of them is`() throws {
    let pack = whole.site.folder + "/pack"
    let names = try FileManager.default.contentsOfDirectory(atPath: pack + "/data/logins")
    #expect(names.count >= 40)
    for name in names {
      let text = try String(contentsOfFile: "\(pack)/data/logins/\(name)", encoding: .utf8)
      #expect(text.matches(of: #/SHA-256 [0-9a-f]{64}\n/#).count == 3 && text.contains("result: "), "\(name)")
    }
    let finding = try #require(try PackFiles(pack).findings.first { $0.check == "cred.default" })
    #expect(finding.evidence.allSatisfy { $0.hasPrefix("data/logins/") } && finding.evidence.count >= 2)
    for path in finding.evidence { #expect(FileManager.default.fileExists(atPath: "\(pack)/\(path)")) }
    // tshark sees no Telnet data that went to a device, but for the probes' refusals of options and empty lines.
    let shark = try Program.run(
      "tshark",
      [
        "-r", pack + "/data/capture/conversations.pcapng", "-Y",
        "ip.src == 10.0.2.250 && tcp.len > 0 && tcp.dstport == 23", "-T", "fields", "-e", "tcp.payload",
      ])
    #expect(shark.status == 0, "\(shark.errors)")
    for payload in shark.output.split(separator: "\n") {
      #expect(payload.hasPrefix("ff") || payload == "0d0a", "\(payload)")
    }
    #expect(try Program.run(Program.tenken, ["evidence", "verify", pack]).status == 0)
  }

  @Test func `the phase is quick, and says how many pairs it tried where`() {
    #expect(whole.seconds <= 90, "\(whole.seconds) s for the whole audit")
    #expect(whole.output.contains("pairs tried on"), "\(whole.output)")
  }

  @Test func `a second run within 30 minutes asks the journal first`() throws {
    let site = try LoginSite()
    let names = ["lock-3", "motd"]
    let script =
      site.audit("10.0.2.11 10.0.2.21", pack: "first").map { $0.contains(" ") ? $0 : "'\($0)'" }.joined(separator: " ")
      + "; "
      + site.audit("10.0.2.11 10.0.2.21", pack: "second").map { $0.contains(" ") ? $0 : "'\($0)'" }.joined(
        separator: " ")
    let (outcome, states) = try site.run(["sh", "-c", script], only: names)
    #expect(outcome.output.contains("4 pairs tried on 2 services, 0 services accept one"), "\(outcome.output)")
    #expect(outcome.output.contains("0 pairs tried on 0 services"), "\(outcome.output)")
    for name in names { #expect(states[name]?.logins?.attempts == 2, "\(name)") }
    let rows = try PackFiles(site.folder + "/second").verdicts("JSSEC-15.1", at: "10.0.2.11")
    #expect(rows.map(\.status) == ["needs-review"] && rows.first?.polarity == "neutral")
  }
}
