internal import ArgumentParser
internal import Audit
internal import Documents
internal import Evidence
internal import Profiles
internal import Records

struct ResumeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume",
    abstract: "Continues a run that was interrupted. / 中断した検査を再開します。",
    discussion: """
      Works on the pack of a run that was stopped, killed or cut off from power. Ports that were settled are not \
      asked again, conversations are not repeated, devices that were done are left alone. The scope in the \
      pack must still allow it, and the rule data must be the same. Exit status: as of the command that began the \
      run; 0 when it was complete already.
      """)

  @Argument(help: "Pack folder of the interrupted run / 中断した検査の証跡パック") var pack: String
  @OptionGroup var seal: SealOptions
  @OptionGroup var history: HistoryOptions
  @Option(help: "Other hours of the day than before, such as 22:00-05:00 / 作業時間枠") var window: String?
  @Option(help: "Interface other than the run's own that leads to the same network; may be repeated / 別のインターフェース")
  var interface: [String] = []
  @Option(help: "Folder of the rule data that the run was begun with / ルールデータ") var profiles: String?
  @Option(help: "Folder of the further fingerprints that the run was begun with, if it was moved / 追加のフィンガープリント")
  var fingerprints: String?
  @Option(
    name: .customLong("fail-on"),
    help: "Other severity than before from which the exit status is 1: info, low, medium, high, critical")
  var failOn: Severity?
  @Flag(exclusivity: .exclusive) var form: OutputForm = .table
  @Flag(help: "No progress, no summary / 進捗を表示しない") var quiet = false

  func run() throws {
    let signer = try seal.signer()
    var resumed = try ResumedRun(pack)
    resumed.furtherInterfaces = interface
    guard let session = try session(resumed) else {
      let isJapanese = resumed.plan.language == .ja
      return print(isJapanese ? "\(pack): 検査は完了しています。" : "\(pack): the run is complete; nothing is left to do.")
    }
    switch resumed.plan.purpose {
    case .audit: try AuditCommand.conclude(AuditCommand.perform(session, signer: signer, history: history))
    case .scan, .discover: try FindingRun(form: form).run(session)
    }
  }

  /// The run that goes on; nil when it is complete.
  func session(_ resumed: ResumedRun) throws -> RunSession? {
    guard try !resumed.isComplete() else { return nil }
    try resumed.checkScope()
    let options = try options(resumed)
    try checkFingerprints(resumed.plan)
    let session = try RunSession(
      options, purpose: RunSession.Purpose(resumed.plan.purpose), ports: resumed.plan.ports, output: pack,
      resuming: resumed, ledger: try LedgerReference(in: resumed.pack.reader),
      declarations: try DeclarationsReference(in: resumed.pack.reader), failOn: limit(resumed.plan),
      logins: resumed.plan.loginJournal.map { LoginOptions(journal: $0, list: resumed.plan.credentialList) },
      originals: resumed.plan.originals)
    try checkRules(session, resumed.plan)
    return session
  }

  /// From which severity a finding counts: runs of versions that did not keep it took the default.
  private func limit(_ plan: RunPlan) -> Severity? {
    plan.purpose == .discover ? nil : failOn ?? plan.failOn ?? .high
  }

  private func checkRules(_ session: RunSession, _ plan: RunPlan) throws {
    let digest = rulesDigest(session.profiles, fingerprints: plan.fingerprintsDigest)
    guard digest != plan.rulesDigest else { return }
    throw CommandFailure(
      .usage,
      "the rule data in \(session.profiles.directory) (\(digest.prefix(12))…) is not what the run was begun with (\(plan.rulesDigest.prefix(12))…); name the old rules with --profiles, or begin a new run. Nothing was sent."
    )
  }

  /// The same further fingerprints, or none as before: two parts of a run must not know devices by different rules.
  private func checkFingerprints(_ plan: RunPlan) throws {
    guard let begun = plan.fingerprintsDigest else {
      guard fingerprints == nil else {
        throw CommandFailure(
          .usage, "the run was begun without --fingerprints; leave it out, or begin a new run. Nothing was sent.")
      }
      return
    }
    let folder = fingerprints ?? plan.fingerprints ?? ""
    let remedy = "name the folder with --fingerprints, or begin a new run. Nothing was sent."
    let digest: String
    do throws(DocumentError) {
      digest = try AdditionalFingerprints(directory: folder).digest
    } catch {
      throw CommandFailure(.usage, "the fingerprints that the run was begun with cannot be read: \(error); \(remedy)")
    }
    guard digest == begun else {
      throw CommandFailure(
        .usage,
        "the fingerprints in \(folder) (\(digest.prefix(12))…) are not what the run was begun with (\(begun.prefix(12))…); \(remedy)"
      )
    }
  }

  /// The command line that began the run.
  private func options(_ resumed: ResumedRun) throws -> RunOptions {
    let plan = resumed.plan
    var arguments = plan.targets
    arguments += ["--scope", resumed.scopeFile, "--profile", plan.profile, "--lang", plan.language.rawValue]
    arguments += ["--seed", plan.seed]
    let rest: [(String, String?)] = [
      ("--link", plan.link), ("--device-rate", plan.deviceRate.map { "\($0)" }),
      ("--max-rate", plan.maxRate.map { "\($0)" }), ("--window", window ?? plan.window), ("--shard", plan.shard),
      ("--connection-gap", plan.connectionGap.map { "\($0)" }),
      ("--listen", plan.listen.map { "\($0)" }), ("--profiles", profiles ?? plan.profiles),
      ("--fingerprints", fingerprints ?? plan.fingerprints),
    ]
    for case (let name, let value?) in rest { arguments += [name, value] }
    if plan.unprivileged { arguments.append("--unprivileged") }
    if quiet { arguments.append("--quiet") }
    return try RunOptions.parse(arguments)
  }
}

extension RunSession.Purpose {
  init(_ purpose: RunPlan.Purpose) {
    switch purpose {
    case .audit: self = .audit
    case .scan: self = .scan
    case .discover: self = .discover
    }
  }

  var recorded: RunPlan.Purpose {
    switch self {
    case .audit: .audit
    case .scan: .scan
    case .discover: .discover
    // Has no pack, and so nothing to go on with.
    case .service: .scan
    }
  }

  /// Services are connected to and judged.
  var asksServices: Bool {
    switch self {
    case .audit, .service: true
    case .scan, .discover: false
    }
  }

  /// It comes by certificates of TLS services.
  var seesCertificates: Bool { self != .service(.ssh) && asksServices }
}
