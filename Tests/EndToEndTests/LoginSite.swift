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
  init(
    consentFor devices: String? = "10.0.2.0/24", until: String = "2036-01-01T00:00:00+09:00",
    techniques: [String] = ["default-credentials"]
  ) throws {
    scratch = try Scratch()
    var text = try LabScope("--site", "logins").text
    let paper = Data("I agree. (signed)".utf8)
    try paper.write(to: URL(fileURLWithPath: folder + "/consent.pdf"))
    let digest = try Program.run("sha256sum", [folder + "/consent.pdf"]).output.prefix(64)
    if let devices {
      text =
        try techniques.reduce(LabScope("--site", "logins")) { try $0.with($1) }.text + """
          consents:
            - group: "lab logins"
              devices: [\(devices)]
              administrator: {name: "Lab Admin", organisation: "tenken lab"}
              techniques: [\(techniques.joined(separator: ", "))]
              valid: {from: "2026-01-01T00:00:00+09:00", until: "\(until)"}
              paper: {file: consent.pdf, sha256: \(digest)}

          """
    }
    try Data(text.utf8).write(to: URL(fileURLWithPath: scope))
  }

  /// Arguments of an audit of the site's ports, with the one by which a Dahua recorder is known. With credentials every frame is
  /// captured too: whoever looks for passwords in the pack looks there as well.
  func audit(
    _ targets: String, pack: String, ports: String = "23,37777", credentials: Bool = true, journal: String = "journal"
  ) -> [String] {
    [
      Program.tenken, "audit", targets, "--scope", scope, "--output", "\(folder)/\(pack)", "--ports", ports,
      "--lang", "en",
    ] + (credentials ? ["--credentials", "--login-journal", "\(folder)/\(journal)", "--capture-all", "64"] : [])
  }

  func run(_ arguments: [String], only names: [String] = []) throws -> (outcome: Outcome, states: [String: Device]) {
    let names = try names.isEmpty ? Self.devices().map(\.name) : names
    let only = ["--only", names.joined(separator: ",")]
    let file = folder + "/states.json"
    let outcome = try Program.run(
      Program.lab, ["run", "--quiet", "--site", "logins", "--state-out", file] + only + ["--"] + arguments)
    let data = try Data(contentsOf: URL(fileURLWithPath: file))
    return (outcome, try JSONDecoder().decode([String: Device].self, from: data))
  }

  /// Every TCP port of the site.
  static func ports() throws -> String {
    Set(try devices().flatMap { $0.tcp.map(\.port) } + [37777]).sorted().map(String.init).joined(separator: ",")
  }

  /// The parts of the site, by their MAC addresses.
  enum Part: String {
    case consoles = ""
    /// HTTP, RTSP and ONVIF.
    case web = "02:00:00:02:01:"
    /// SSH, SNMP and MQTT.
    case shells = "02:00:00:02:02:"
  }

  static func devices(_ part: Part = .consoles) throws -> [LabTruth.Device] {
    struct Truth: Decodable { let devices: [LabTruth.Device] }
    let outcome = try Program.run(Program.lab, ["truth", "--site", "logins"])
    return try JSONDecoder().decode(Truth.self, from: Data(outcome.output.utf8)).devices
      .filter { device in
        let own = [Part.web, .shells].first { device.mac.hasPrefix($0.rawValue) }
        return (own ?? .consoles) == part
      }
  }

  /// Devices of the lab whose login accepts a maker's password, by address.
  static func truth() throws -> [String: (name: String, isDefault: Bool)] {
    let devices = try devices()
    return Dictionary(
      uniqueKeysWithValues: devices.map { device in
        (device.address, (device.name, device.tcp.contains { $0.weaknesses.contains("cred.default") }))
      })
  }

  /// Every password that the rule set names, read without tenken's own reader.
  static func secrets() throws -> Set<String> { try words(#/password: "([^"]+)"/#) }
  /// Every account that it names.
  static func accounts() throws -> Set<String> { try words(#/account: "([^"]+)"/#) }

  private static func words(_ pattern: Regex<(Substring, Substring)>) throws -> Set<String> {
    let folder = Program.repository + "/Profiles/credentials"
    var secrets: Set<String> = []
    for path in try FileManager.default.subpathsOfDirectory(atPath: folder) where path.hasSuffix(".yaml") {
      let text = try String(contentsOfFile: "\(folder)/\(path)", encoding: .utf8)
      for match in text.matches(of: pattern) { secrets.insert(String(match.1)) }
    }
    return secrets
  }

  /// The rule set with every password replaced by a word that is nobody's.
  func rulesWithOtherPasswords() throws -> (folder: String, secrets: [String]) {
    let folder = self.folder + "/rules"
    try FileManager.default.copyItem(atPath: Program.repository + "/Profiles", toPath: folder)
    var secrets: [String] = []
    for path in try FileManager.default.subpathsOfDirectory(atPath: folder + "/credentials")
    where path.hasSuffix(".yaml") {
      let place = "\(folder)/credentials/\(path)"
      let text = try String(contentsOfFile: place, encoding: .utf8)
      let replaced = text.replacing(#/password: "[^"]+"/#) { _ in
        secrets.append("zq\(secrets.count)vkx")
        return "password: \"\(secrets[secrets.count - 1])\""
      }
      try Data(replaced.utf8).write(to: URL(fileURLWithPath: place))
    }
    return (folder, secrets)
  }
}
