internal import Addressing
public import ArgumentParser
internal import Audit
internal import Authority
internal import Documents
internal import Engine
internal import Fingerprints
internal import Foundation
public import Profiles
public import Records
public import Reports

extension Severity: ExpressibleByArgument {}
extension Language: ExpressibleByArgument {}
extension ScanProfile.LinkKind: ExpressibleByArgument {}
extension Audience: ExpressibleByArgument {}

/// What `audit`, `scan` and `discover` have in common.
struct RunOptions: ParsableArguments {
  @Argument(help: "Addresses, ranges a-b or blocks a/n; fe80::/10 for what IPv6 discovery finds / 対象")
  var targets: [String]
  @Option(help: "Scope file: what the customer allowed / 許可範囲ファイル") var scope: String
  @Option(help: "gentle, standard, fast or passive-only / 検査の強さ") var profile = "standard"
  @Option(
    name: .customLong("device-rate"),
    help: "Most frames a second for one device; 0 lifts the ceiling where the scope does / 機器あたりの上限")
  var deviceRate: Int?
  @Option(
    name: .customLong("connection-gap"),
    help: "Milliseconds to wait between two connections to one device / 機器への接続の間隔(ミリ秒)")
  var connectionGap: Int?
  @Option(
    name: .customLong("max-rate"),
    help: "Most frames a second in all; 0 lifts the ceiling where the scope does / 全体の上限")
  var maxRate: Int?
  @Option(
    help:
      "wired, wifi or managed-switch (at most 10 ARP a second; cannot be detected). Default: wired or wifi, as the interface says / 接続の種類"
  )
  var link: ScanProfile.LinkKind?
  @Option(
    help: "Hours of the day in which to send, such as 22:00-05:00; the run stops when they end / 作業時間枠")
  var window: String?
  @Option(help: "Seconds to listen with the profile passive-only (default 60) / 受信のみの場合の秒数") var listen: Int?
  @Option(help: "Look only at part k of n, by address: 1/4, 2/4, … / 分割実行") var shard: String?
  @Option(help: "Language of the report and the terminal: ja or en / 言語") var lang: Language = .ja
  @Option(help: "Folder of rule data (default: beside the program) / ルールデータ") var profiles: String?
  @Option(
    help: "Folder of further fingerprints: .yaml, or Rapid7 Recog's .xml / 追加のフィンガープリント")
  var fingerprints: String?
  @Option(help: "32 hexadecimal digits that fix the order of the probes / 乱数の種") var seed: String?
  @Flag(help: "Use ordinary connections instead of raw frames; needs no privilege / 通常の接続で検査する")
  var unprivileged = false
  @Flag(help: "No progress, no summary / 進捗を表示しない") var quiet = false

  func validate() throws {
    for target in targets { _ = try rangeArgument(target) }
    for rate in [deviceRate, maxRate] where !(0...1_000_000).contains(rate ?? 0) {
      throw ValidationError("A rate is 0 (no ceiling) to 1000000 frames a second.")
    }
    guard Self.gaps.contains(connectionGap ?? 0) else {
      throw ValidationError("--connection-gap is 0 to 60000 milliseconds.")
    }
    if unprivileged, profile == "passive-only" {
      throw ValidationError("--unprivileged cannot listen: ordinary connections hear nothing that nobody asked for.")
    }
    if let listen {
      guard (1...604_800).contains(listen) else { throw ValidationError("--listen is 1 to 604800 seconds.") }
      guard profile == "passive-only" else { throw ValidationError("--listen belongs to --profile passive-only.") }
    }
    if unprivileged, profile == "passive-only" {
      throw ValidationError("--profile passive-only listens to frames, which --unprivileged cannot.")
    }
    if let seed, ScanSeed(seed) == nil { throw ValidationError("--seed is 32 hexadecimal digits.") }
    if let window, TimeWindow(window) == nil {
      throw ValidationError("--window is two times of the day such as 22:00-05:00, in the scope's UTC offset.")
    }
    if let shard, Shard(shard) == nil {
      throw ValidationError("--shard is k/n with 1 <= k <= n <= 65536, such as 2/4.")
    }
  }

  /// A minute is more than any device needs, and less than a probe lasts.
  static let gaps = 0...60_000

  func loadProfiles(_ reading: ProfileStore.Reading = .everything) throws -> ProfileStore {
    try Self.loadProfiles(profiles, reading)
  }

  /// - Parameters:
  ///   - profiles: the folder that was named; nil for the one beside the program.
  ///   - reading: a service where only services of its kind are asked and no report is made.
  ///   - crosswalks: true where links to other frameworks are shown.
  static func loadProfiles(
    _ profiles: String?, _ reading: ProfileStore.Reading = .everything, crosswalks: Bool = false
  ) throws -> ProfileStore {
    do throws(DocumentError) {
      return try ProfileStore(
        directory: try locateProfiles(profiles), readingCases: false, readingCrosswalks: crosswalks, reading: reading)
    } catch {
      throw CommandFailure(.usage, "\(error)")
    }
  }

  static func locateProfiles(_ profiles: String?) throws(DocumentError) -> String {
    let executable = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "tenken"
    return try ProfileStore.locate(
      explicit: profiles, environment: ProcessInfo.processInfo.environment, executable: executable)
  }

  /// Our own fingerprints and those of `--fingerprints`. Only the beginnings of files are read now; see `FingerprintSet`.
  func fingerprintSet(_ store: ProfileStore) throws -> FingerprintSet {
    do throws(DocumentError) {
      return try FingerprintLoading.set(profiles: store.directory, additional: fingerprints)
    } catch {
      throw CommandFailure(.usage, "\(error)")
    }
  }

  /// The folder of `--fingerprints`, with its place made absolute for a continuation.
  func furtherFingerprints() throws -> AdditionalFingerprints? {
    do throws(DocumentError) {
      guard let fingerprints else { return nil }
      return try AdditionalFingerprints(directory: URL(fileURLWithPath: fingerprints).standardizedFileURL.path)
    } catch {
      throw CommandFailure(.usage, "\(error)")
    }
  }

  func scanProfile(_ store: ProfileStore) throws -> ScanProfile {
    if let found = store.scanProfiles.first(where: { $0.id == profile }) { return found }
    let known = store.scanProfiles.map(\.id).joined(separator: ", ")
    throw CommandFailure(.usage, "--profile \(profile) is unknown; choose from \(known)")
  }

  /// - Parameter expression: nil for no port at all.
  func selection(_ expression: String?, _ store: ProfileStore) throws -> PortSelection {
    do {
      guard let expression else { return try PortSelection(parsing: "1", lists: []).removing([1]) }
      return try PortSelection(parsing: expression, lists: store.portLists)
    } catch {
      throw CommandFailure(.usage, "--ports: \(error)")
    }
  }

  /// The command line may ask for less than the scope allows, never for more.
  func checkRates(_ authority: Scope) throws {
    if let deviceRate, !authority.rates.allows(perDevice: deviceRate) {
      throw CommandFailure(
        .notPermitted, Self.above("--device-rate", deviceRate, authority.rates.perDevice, "rates.perDevice"))
    }
    if let maxRate, !authority.rates.allows(total: maxRate) {
      throw CommandFailure(.notPermitted, Self.above("--max-rate", maxRate, authority.rates.total, "rates.total"))
    }
  }

  private static func above(_ option: String, _ rate: Int, _ ceiling: Int, _ key: String) -> String {
    let asked = rate == 0 ? "\(option) 0 (no ceiling)" : "\(option) \(rate)"
    return "\(asked) is above the scope's ceiling of \(ceiling) (\(key)); ask for less, or have the scope changed"
  }

  /// Frames a second in all: what was asked for, else the lower of profile and scope.
  func totalRate(_ profile: ScanProfile, _ authority: Scope) -> Int {
    if let maxRate { return maxRate }
    let rates = [profile.totalRate, authority.rates.total].filter { $0 > 0 }
    return rates.min() ?? 0
  }
}

extension ScanSeed {
  /// From the system's generator.
  static func random() -> ScanSeed {
    var generator = SystemRandomNumberGenerator()
    return ScanSeed(high: generator.next(), low: generator.next())
  }

  /// 32 hexadecimal digits.
  init?(_ text: String) {
    guard text.utf8.count == 32, let high = UInt64(text.prefix(16), radix: 16),
      let low = UInt64(text.suffix(16), radix: 16)
    else { return nil }
    self.init(high: high, low: low)
  }
}
