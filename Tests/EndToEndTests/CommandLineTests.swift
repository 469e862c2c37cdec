import Foundation
import Testing

/// The command line without any privilege: nothing here may reach a network.
@Suite struct CommandLineTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func tenken(_ arguments: String...) throws -> Outcome { try Program.run(Program.tenken, arguments) }

  private func write(_ text: String, to name: String) throws -> String {
    let path = "\(scratch.path)/\(name)"
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    return path
  }

  @Test func `a scope that was just written permits nothing until a network is filled in`() throws {
    let file = scratch.path + "/scope.yaml"
    #expect(try tenken("scope", "init", file).status == 0)
    let check = try tenken("scope", "check", file)
    #expect(check.status == 3)
    #expect(check.errors.contains("scope.yaml:") && check.errors.contains("192.168.10.0/24"))
    let again = try tenken("scope", "init", file)
    #expect(again.status == 2, "an existing file is never overwritten")
  }

  @Test func `a scope with a network says what it allows`() throws {
    let file = scratch.path + "/scope.yaml"
    #expect(try tenken("scope", "init", file, "--network", "192.0.2.0/28", "--customer", "株式会社\"例\": #1").status == 0)
    let check = try tenken("scope", "check", file)
    #expect(check.status == 0, "\(check.errors)")
    #expect(check.output.contains("192.0.2.0/28") && check.output.contains("株式会社\"例\": #1"))
    #expect(check.output.contains("refused  ot-identify"))
  }

  @Test(arguments: [
    ["audit"], ["audit", "10.0.0.0/24"], ["bogus"], ["audit", "10.0.0.5/24", "--scope", "s", "--output", "o"],
    ["audit", "10.0.0.1", "--scope", "/nonexistent", "--output", "o"],
    ["audit", "10.0.0.1", "--scope", "s", "--output", "o", "--lang", "fr"],
    ["scan", "10.0.0.1", "--scope", "s", "--listen", "5"],
    ["scan", "10.0.0.1", "--scope", "s", "--listen", "0", "--profile", "passive-only"],
    ["scan", "10.0.0.1", "--scope", "s", "--unprivileged", "--profile", "passive-only"],
    ["scan", "10.0.0.1", "--scope", "s", "--window", "22:00"],
    ["discover", "10.0.0.1", "--scope", "s", "--shard", "3/2"],
    ["audit", "10.0.0.1", "--scope", "s", "--output", "o", "--device-rate", "0"],
    ["scan", "10.0.0.1", "--scope", "s", "--unprivileged", "--profile", "passive-only"],
  ]) func `wrong usage ends with status 2 and a message`(_ arguments: [String]) throws {
    let outcome = try Program.run(Program.tenken, arguments)
    #expect(outcome.status == 2)
    #expect(!outcome.errors.isEmpty)
  }

  @Test func `a guideline that is not there is refused with those that are, before the scope is read`() throws {
    let outcome = try tenken("tls", "192.0.2.1", "--scope", "/nonexistent", "--guideline", "mozilla")
    #expect(outcome.status == 2)
    #expect(
      outcome.errors.contains("no guideline mozilla") && outcome.errors.contains("iot-baseline, ipa-tls-exception"))
    #expect(outcome.errors.contains("nist-sp800-52r2") && outcome.errors.contains("Nothing was sent"))
  }

  @Test func `fingerprints are tested by their examples`() throws {
    let own = Program.repository + "/Profiles/fingerprints"
    let good = try tenken("profile", "test", own)
    #expect(good.status == 0, "\(good.errors)")
    #expect(good.output.contains("OK  \(own)/snmp.yaml") && good.output.contains(" 0 failed"))

    let head = "<fingerprints matches='ssh.banner'><fingerprint pattern='^a$'><description>A</description>"
    let file = try write(
      "\(head)\n<example>a</example><example>b</example></fingerprint></fingerprints>", to: "bad.xml")
    let bad = try tenken("profile", "test", scratch.path)
    #expect(bad.status == 1)
    #expect(bad.output.contains("NG  \(file)  1 passed, 1 failed") && bad.output.contains("\(file):2: \"A\": "))
    let json = try tenken("profile", "test", scratch.path, "--json")
    #expect(json.status == 1)
    let document = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
    #expect(document?["passed"] as? Int == 1 && document?["failed"] as? Int == 1)
    #expect(try tenken("profile", "test", scratch.path + "/none").status == 2)
  }

  @Test func `profiles of default credentials are tested by devices in memory`() throws {
    let rules = ["--profiles", Program.repository + "/Profiles"]
    let all = try Program.run(Program.tenken, ["profile", "test", "--credentials"] + rules)
    #expect(all.status == 0 && all.output.contains("OK  hikvision/camera  http rtsp onvif\n"), "\(all.errors)")
    let one = try Program.run(Program.tenken, ["profile", "test", "--credentials", "qnap/qts"] + rules)
    #expect(one.output == "OK  qnap/qts  http ftp ssh(not simulated)\n" && one.status == 0)
    #expect(
      try Program.run(Program.tenken, ["profile", "test", "--credentials", "nobody/nothing"] + rules).status == 2)

    let folder = URL(fileURLWithPath: scratch.path + "/rules")
    try FileManager.default.copyItem(at: URL(fileURLWithPath: Program.repository + "/Profiles"), to: folder)
    let file = folder.appendingPathComponent("credentials/advantech/eki.yaml")
    let text = try String(contentsOf: file, encoding: .utf8)
    try Data(text.replacing("pairs:\n", with: "http: { success: [\"A & B\"] }\npairs:\n").utf8).write(to: file)
    let bad = try tenken("profile", "test", "--credentials", "advantech/eki", "--profiles", folder.path)
    #expect(bad.status == 1 && bad.output.hasPrefix("NG  advantech/eki  "), "\(bad.output) \(bad.errors)")
    #expect(bad.output.contains("expected / 期待: accepted #1    came / 結果: inconclusive (no-proof)"))
  }

  @Test func `a folder of fingerprints that holds none is wrong usage, said before anything is sent`() throws {
    let scope = try write(try Program.run(Program.lab, ["scope"]).output, to: "scope.yaml")
    let outcome = try tenken(
      "audit", "10.0.0.1", "--scope", scope, "--output", scratch.path + "/pack", "--fingerprints", scratch.path)
    #expect(outcome.status == 2, "\(outcome.errors)")
    #expect(outcome.errors.contains("holds no fingerprints"))
  }

  @Test func `a target outside the scope is refused with the rule`() throws {
    let scope = try write(try Program.run(Program.lab, ["scope"]).output, to: "scope.yaml")
    let outcome = try tenken("audit", "192.0.2.1", "--scope", scope, "--output", scratch.path + "/pack")
    #expect(outcome.status == 3)
    #expect(outcome.errors.contains("192.0.2.1") && outcome.errors.contains("10.0.0.0/24"))
  }

  @Test func `the command line cannot ask for more than the scope's ceiling`() throws {
    let scope = try write(try Program.run(Program.lab, ["scope"]).output, to: "scope.yaml")
    let outcome = try tenken(
      "audit", "10.0.0.11", "--scope", scope, "--output", scratch.path + "/pack", "--device-rate", "10001")
    #expect(outcome.status == 3)
    #expect(outcome.errors.contains("10000"))
  }

  @Test func `help and version end well`() throws {
    #expect(try tenken("--help").status == 0)
    #expect(try tenken("--version").output == "0.3.0\n")
  }
}
