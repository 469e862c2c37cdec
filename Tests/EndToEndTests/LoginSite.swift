import Foundation
import Testing

/// Audits of the lab's logins with `--credentials`: the scope with its consent and its paper, and what the devices counted.
struct LoginSite {
  struct Logins: Decodable {
    let attempts: Int
    let accepted: Int
    let failures: Int
    let lockouts: Int
    let loggedOut: Int
    let commands: Int
    let simultaneous: Int
  }

  struct Device: Decodable {
    let alive: Bool
    let logins: Logins?
    let peakPerSecond: Int
  }

  let scratch: Scratch
  var folder: String { scratch.path }
  var scope: String { folder + "/scope.yaml" }

  /// - Parameter devices: whom the consent names; nil for no consent at all.
  init(consentFor devices: String? = "10.0.2.0/24", until: String = "2036-01-01T00:00:00+09:00") throws {
    scratch = try Scratch()
    var text = try LabScope("--site", "logins").text
    let paper = Data("I agree. (signed)".utf8)
    try paper.write(to: URL(fileURLWithPath: folder + "/consent.pdf"))
    let digest = try Program.run("sha256sum", [folder + "/consent.pdf"]).output.prefix(64)
    if let devices {
      text =
        try LabScope("--site", "logins").with("default-credentials").text + """
          consents:
            - group: "lab logins"
              devices: [\(devices)]
              administrator: {name: "Lab Admin", organisation: "tenken lab"}
              techniques: [default-credentials]
              valid: {from: "2026-01-01T00:00:00+09:00", until: "\(until)"}
              paper: {file: consent.pdf, sha256: \(digest)}

          """
    }
    try Data(text.utf8).write(to: URL(fileURLWithPath: scope))
  }

  /// Arguments of an audit of the site's Telnet ports.
  func audit(_ targets: String, pack: String, credentials: Bool = true, journal: String = "journal") -> [String] {
    [
      Program.tenken, "audit", targets, "--scope", scope, "--output", "\(folder)/\(pack)", "--ports", "23,37777",
      "--lang",
      "en",
    ] + (credentials ? ["--credentials", "--login-journal", "\(folder)/\(journal)"] : [])
  }

  func run(_ arguments: [String], only names: [String] = []) throws -> (outcome: Outcome, states: [String: Device]) {
    let only = names.isEmpty ? [] : ["--only", names.joined(separator: ",")]
    let file = folder + "/states.json"
    let outcome = try Program.run(
      Program.lab, ["run", "--quiet", "--site", "logins", "--state-out", file] + only + ["--"] + arguments)
    let data = try Data(contentsOf: URL(fileURLWithPath: file))
    return (outcome, try JSONDecoder().decode([String: Device].self, from: data))
  }

  /// Whether a login of the lab's devices with Telnet accepts a maker's password, by address.
  static func truth() throws -> [String: (name: String, isDefault: Bool)] {
    struct Truth: Decodable { let devices: [LabTruth.Device] }
    let outcome = try Program.run(Program.lab, ["truth", "--site", "logins"])
    let devices = try JSONDecoder().decode(Truth.self, from: Data(outcome.output.utf8)).devices
    return Dictionary(
      uniqueKeysWithValues: devices.filter { $0.tcp.contains { $0.port == 23 } }.map { device in
        (device.address, (device.name, device.tcp.contains { $0.weaknesses.contains("cred.default") }))
      })
  }

  /// Every password that the rule set names, read without tenken's own reader.
  static func secrets() throws -> Set<String> {
    let folder = Program.repository + "/Profiles/credentials"
    var secrets: Set<String> = []
    for path in try FileManager.default.subpathsOfDirectory(atPath: folder) where path.hasSuffix(".yaml") {
      let text = try String(contentsOfFile: "\(folder)/\(path)", encoding: .utf8)
      for match in text.matches(of: #/password: "([^"]+)"/#) { secrets.insert(String(match.1)) }
    }
    return secrets
  }
}
