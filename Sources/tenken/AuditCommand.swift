internal import Addressing
public import ArgumentParser
internal import Audit
internal import Authority
internal import Documents
internal import Evidence
internal import Foundation
internal import Profiles
public import Records

extension Severity: ExpressibleByArgument {}
extension Language: ExpressibleByArgument {}

struct AuditCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit",
    abstract: "Audits devices and writes an evidence pack. / 機器を検査し、証跡パックを作成します。",
    discussion: """
      Finds the devices that answer ARP, probes their TCP ports, listens to what open ports say (sending \
      nothing), judges checklist items JSSEC-14.2.c and JSSEC-15.2.b, and writes everything to a folder \
      that anybody can verify. Needs CAP_NET_RAW (run with sudo).
      """)

  @Argument(help: "Addresses, ranges a-b or blocks a/n / 対象") var targets: [String]
  @Option(help: "Scope file: what the customer allowed / 許可範囲ファイル") var scope: String
  @Option(help: "Folder for the evidence pack; must not exist yet / 証跡パックの出力先") var output: String
  @Option(help: "iot1000, all, or ports and ranges such as 23,80,8000-8100 / 対象ポート") var ports = "all"
  @Option(help: "Language of the report and the terminal: ja or en / 言語") var lang: Language = .ja
  @Option(name: .customLong("device-rate"), help: "Most frames a second for one device (default 100) / 機器あたりの上限")
  var deviceRate: Int?
  @Option(name: .customLong("max-rate"), help: "Most frames a second in all (default: the scope's) / 全体の上限")
  var maxRate: Int?
  @Option(
    name: .customLong("fail-on"), help: "Severity from which the exit status is 1: info, low, medium, high, critical")
  var failOn: Severity = .high
  @Option(help: "Folder of rule data (default: beside the program) / ルールデータ") var profiles: String?
  @Option(help: "32 hexadecimal digits that fix the order of the probes / 乱数の種") var seed: String?
  @Flag(help: "No progress, no summary / 進捗を表示しない") var quiet = false

  func validate() throws {
    for target in targets { _ = try rangeArgument(target) }
    for rate in [deviceRate, maxRate] where !(1...1_000_000).contains(rate ?? 1) {
      throw ValidationError("A rate is 1 to 1000000 frames a second.")
    }
    if let seed, AuditSession.parse(seed: seed) == nil {
      throw ValidationError("--seed is 32 hexadecimal digits.")
    }
  }

  func run() throws {
    let authority = try readScope(scope)
    let store = try loadProfiles()
    let selection: PortSelection
    do {
      selection = try PortSelection(parsing: ports, lists: store.portLists)
    } catch {
      throw CommandFailure(.usage, "--ports: \(error)")
    }
    try checkRates(authority)
    let session = AuditSession(
      targets: try targets.map(rangeArgument), scope: authority,
      scopeOctets: try contents(of: scope, what: "the scope file"),
      ports: selection, profiles: store, deviceRate: deviceRate ?? min(100, authority.rates.perDevice),
      totalRate: maxRate ?? authority.rates.total, seed: seed.flatMap(AuditSession.parse) ?? .random(),
      output: output, language: lang, quiet: quiet)
    let result = try session.run()
    if result.run.partial { throw ExitStatus.interrupted.code }
    if result.findings.contains(where: { $0.severity >= failOn }) { throw ExitStatus.findings.code }
    if result.inventory.devices.isEmpty {
      throw CommandFailure(.failed, "no device answered, so nothing was looked at; check the interface and the targets")
    }
  }

  private func loadProfiles() throws -> ProfileStore {
    let executable = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "tenken"
    do throws(DocumentError) {
      let directory = try ProfileStore.locate(
        explicit: profiles, environment: ProcessInfo.processInfo.environment, executable: executable)
      return try ProfileStore(directory: directory)
    } catch {
      throw CommandFailure(.usage, "\(error)")
    }
  }

  /// The command line may ask for less than the scope allows, never for more.
  private func checkRates(_ authority: Scope) throws {
    if let deviceRate, deviceRate > authority.rates.perDevice {
      throw CommandFailure(
        .notPermitted,
        "--device-rate \(deviceRate) is above the scope's ceiling of \(authority.rates.perDevice) (rates.perDevice)")
    }
    if let maxRate, maxRate > authority.rates.total {
      throw CommandFailure(
        .notPermitted, "--max-rate \(maxRate) is above the scope's ceiling of \(authority.rates.total) (rates.total)")
    }
  }
}
