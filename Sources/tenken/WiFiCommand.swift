internal import ArgumentParser
internal import Authority
internal import Documents
internal import Foundation
internal import LinkIO
internal import Profiles
internal import Records
internal import WiFiAudit

struct WiFiCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "wifi",
    abstract: "Judges Wi-Fi networks by what is heard of them. / Wi-Fiネットワークを受信内容から点検します。",
    discussion: """
      Reads captures of 802.11 (pcap, pcapng), or hears with a radio of this computer: by the kernel's scan, which sends probe requests \
      unless --passive is given, or in monitor mode, which sends nothing. Only networks that the scope names (wifi: ssids, bssids) are \
      judged and shown; others are counted. A network is judged once the same description of it was heard twice, or in a frame that is \
      known to be sound. What was heard is held \
      against a profile: baseline (WPA2 with AES or better) or strict (WPA3, or WPA2 with required PMF).
      """)

  @Option(
    name: .customLong("read"), parsing: .upToNextOption,
    help: "Capture files: pcap, pcapng; may be repeated / 読み込むキャプチャーファイル(複数可)")
  var files: [String] = []
  @OptionGroup var radio: WiFiRadioOptions
  @OptionGroup var seal: SealOptions
  @Option(help: "Scope file: what the customer allowed / 許可範囲ファイル") var scope: String
  @Option(help: "baseline or strict / 比較する基準") var profile = "baseline"
  @Option(help: "Language of the terminal: ja or en / 言語") var lang: Language = .ja
  @Option(help: "Folder of rule data (default: beside the program) / ルールデータ") var profiles: String?
  @Option(
    name: .customLong("fail-on"), help: "Severity from which the exit status is 1: info, low, medium, high, critical")
  var failOn: Severity = .high
  @Flag(help: "One JSON object / JSON") var json = false
  @Option(help: "Folder for an evidence pack with a report; must not exist yet / 証跡パックの出力先") var output: String?
  @Option(help: "Pack of an audit: its devices that are clients of these networks are told / 機器の点検の証跡パック")
  var inventory: String?

  func validate() throws {
    guard !files.isEmpty || radio.isAsked else {
      throw ValidationError("Say what to listen to: --read FILE, or --interface NAME.")
    }
    guard seal.sign == nil || output != nil else {
      throw ValidationError("--sign is for the pack: name its folder with --output.")
    }
    guard inventory == nil || output != nil else {
      throw ValidationError("--inventory is for the pack: name its folder with --output.")
    }
    // The same frame read twice would be believed.
    for (place, file) in files.enumerated() where files[..<place].contains(where: { Self.isOne($0, file) }) {
      throw ValidationError("\(file) is named twice; each capture is read once.")
    }
  }

  private static func isOne(_ one: String, _ other: String) -> Bool {
    func resolved(_ path: String) -> String { URL(fileURLWithPath: path).resolvingSymlinksInPath().path }
    return resolved(one) == resolved(other)
  }

  func run() throws {
    let scope = try readScope(scope)
    guard !scope.wifi.included.isEmpty else {
      throw CommandFailure(
        .notPermitted,
        "\(self.scope) names no Wi-Fi network, so none may be judged. Write the names under wifi: ssids, or the addresses under wifi: "
          + "bssids.")
    }
    let store = try RunOptions.loadProfiles(profiles)
    let (baseline, rules): (WiFiBaseline, WiFiRules)
    do throws(DocumentError) {
      (baseline, rules) = (try WiFiBaseline.named(profile, in: store), try WiFiRules(store))
    } catch {
      throw CommandFailure(.usage, "\(error)")
    }
    // Before anything is heard: what it is for must be there.
    let inventory = try inventory.map { try FinishedPack($0) }
    let signer = try seal.signer()
    if let output { try Self.checkRoom(at: output) }
    let started = SystemClock.wall
    let hearing = try hear(scope)
    let report = WiFiReport(
      hearing, scope: scope.wifi, baseline: baseline, names: rules.names, checks: store.checks,
      wording: store.wording)
    let redaction = try CaptureRedaction(try CaptureRedaction.rules(in: store.directory))
    try write(report, redaction)
    if let output {
      let pack = WiFiPack(
        redaction: redaction, scope: scope, scopeFile: self.scope, store: store, started: started, inventory: inventory,
        language: lang)
      _ = try pack.write(report, hearing, to: output)
      if let signer {
        try signer.sign(output)
        handOver(output)
      }
      if !json { print(lang == .ja ? "証跡パック: \(output)" : "evidence pack: \(output)") }
    }
    if radio.wasInterrupted { throw ExitStatus.interrupted.code }
    if let gravest = report.gravest, gravest >= failOn { throw ExitStatus.findings.code }
  }

  /// What was heard in minutes must not be lost for a folder.
  private static func checkRoom(at output: String) throws {
    let held = try? FileManager.default.contentsOfDirectory(atPath: output)
    guard held ?? [] == [] else {
      throw CommandFailure(
        .usage, "\(output) already holds files. A pack is never added to: name a new folder. Nothing was heard.")
    }
  }

  /// From whatever source; everything after it is the same for all.
  private func hear(_ scope: Scope) throws -> WiFiHearing {
    var hearing = WiFiHearing()
    try radio.hear(&hearing, scope, lang)
    for file in files { try CaptureFile(file).hear(&hearing) }
    return hearing
  }

  /// A reader that has gone away (`| head`) is no failure.
  private func write(_ report: WiFiReport, _ redaction: CaptureRedaction) throws {
    let text: String
    if json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      let octets: Data
      if let masked = try redaction.fields(report) {
        octets = try encoder.encode(masked)
      } else {
        octets = try encoder.encode(report)
      }
      text = String(decoding: octets, as: UTF8.self) + "\n"
    } else {
      text = redaction.text(WiFiText(report, lang).text)
    }
    try? FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
  }
}
