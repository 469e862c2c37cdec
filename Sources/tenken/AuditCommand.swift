internal import ArgumentParser
internal import Audit
internal import CLinux
internal import Evidence
internal import Foundation
internal import Profiles
internal import Records
internal import Reports

struct AuditCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit",
    abstract: "Audits devices and writes an evidence pack. / 機器を検査し、証跡パックを作成します。",
    discussion: """
      Finds the devices on the segment, probes their TCP ports and UDP services, listens to and asks \
      what answers there without changing anything, judges items of the JSSEC check sheet, and writes \
      everything to a folder that anybody can verify. Needs CAP_NET_RAW (run with sudo).
      """)

  @OptionGroup var options: RunOptions
  @OptionGroup var seal: SealOptions
  @OptionGroup var history: HistoryOptions
  @Option(help: "Folder for the evidence pack; must not exist yet / 証跡パックの出力先") var output: String
  @Option(help: "iot1000, all, or ports and ranges such as 23,80,8000-8100 / 対象ポート") var ports = "all"
  @Option(
    name: .customLong("fail-on"), help: "Severity from which the exit status is 1: info, low, medium, high, critical")
  var failOn: Severity = .high

  @Option(help: "The owner's ledger, CSV: devices it does not list are findings / 機器台帳") var ledger: String?
  @Option(name: .customLong("ledger-map"), help: "Column map of the ledger (YAML) / 台帳の列の対応表")
  var ledgerMap: String?

  @Option(help: "What the owner declares (YAML): services that may be open, devices to be handled with care / 所有者の宣言")
  var declarations: String?

  @Flag(help: "Also try makers' known passwords, where the scope holds the access administrator's consent / 初期パスワードの確認")
  var credentials = false
  @Option(
    name: .customLong("login-journal"),
    help:
      "Folder that remembers logins on devices (default: /var/lib/tenken/logins, or your state directory) / ログイン試行の記録先")
  var loginJournal: String?
  @Option(
    help: ArgumentHelp(
      "File of the owner's own pairs, name:password a line, at most 600 / 所有者の一覧ファイル",
      discussion: """
        Instead of the published list, where the scope and a consent name credential-list. Its passwords are neither \
        written nor digested anywhere.
        """, valueName: "file"))
  var credentialList: String?

  @Option(
    help: ArgumentHelp(
      "Keep every frame of the run, at most so many megabytes / 全フレームの保存(MB)",
      discussion: """
        In data/capture, beside the conversations that are kept in any case; of 8 files the oldest gives way to a new one, which \
        the run's record says. Frames of logins are never kept.
        """, valueName: "MB"))
  var captureAll: Int?
  @Option(
    name: .customLong("keep-originals"),
    help: ArgumentHelp(
      "Also keep what is masked, encrypted by age for this recipient, beside the pack / マスク前の原本を暗号化して保存",
      discussion:
        "Secrets and names of people are masked in the pack; the originals go to PACK.originals.age, never in clear.",
      valueName: "age-recipient"))
  var keepOriginals: String?

  func validate() throws {
    if let captureAll, !(8...1_000_000).contains(captureAll) {
      throw ValidationError("--capture-all takes 8 to 1000000 megabytes.")
    }
    guard credentials || (loginJournal == nil && credentialList == nil) else {
      throw ValidationError("--login-journal and --credential-list belong to --credentials.")
    }
    if credentials, options.profile == "passive-only" {
      throw ValidationError("--credentials cannot go with --profile passive-only, which sends nothing.")
    }
  }

  func run() throws {
    try Self.conclude(try perform())
  }

  /// What a run came to, and what its end is told from.
  struct Performed {
    let session: RunSession
    let result: AuditResult
  }

  /// - Parameter isScheduled: the caller holds the lock of this computer's runs.
  func perform(isScheduled: Bool = false) throws -> Performed {
    let signer = try seal.signer()
    let reference = try ledger.map { try LedgerReference(file: $0, map: ledgerMap) }
    var session = try RunSession(
      options, purpose: .audit, ports: ports, output: output, ledger: reference,
      declarations: try declarations.map { try DeclarationsReference(file: $0) }, failOn: failOn,
      logins: credentials ? LoginOptions(journal: loginJournal, list: credentialList) : nil,
      originals: keepOriginals)
    session.everything = captureAll.map { $0 * 1_000_000 }
    session.isScheduled = isScheduled
    return try Self.perform(session, signer: signer, history: history)
  }

  /// Runs an audit from its beginning, or goes on with it; seals, signs and remembers it.
  static func perform(_ session: RunSession, signer: PackSigner?, history: HistoryOptions) throws -> Performed {
    var session = session
    // What shards saw is compared when they are joined.
    session.history = history.isOff || session.options.shard != nil ? nil : history.place
    let result = try session.run()
    if let signer, let output = session.output {
      try signer.sign(output)
      handOver(output)
    }
    // What shards saw is remembered when they are joined.
    if let output = session.output, session.options.shard == nil { history.remember(output) }
    StateFolder.handOver()
    return Performed(session: session, result: result)
  }

  /// Says what a run came to, and ends with its status.
  static func conclude(_ performed: Performed) throws {
    let (session, result) = (performed.session, performed.result)
    if !session.options.quiet {
      try summarise(
        result, try reportInputs(session.profiles), output: session.output ?? "", language: session.options.lang)
    }
    if result.run.partial { throw ExitStatus.interrupted.code }
    if result.fails(session.failOn) { throw ExitStatus.findings.code }
    if result.inventory.devices.isEmpty {
      let what = session.plan.scanProfile.probes ? "no device answered" : "no device was heard"
      throw CommandFailure(.failed, "\(what), so nothing was looked at; check the interface and the targets")
    }
  }

  static func summarise(
    _ result: AuditResult, _ inputs: ReportInputs, output: String, language: Language
  ) throws {
    let columns = ProcessInfo.processInfo.environment["COLUMNS"].flatMap { Int($0) } ?? terminalColumns() ?? 100
    let isJapanese = language == .ja
    print(
      SummaryTable(inputs).render(result, language, columns: columns, colour: isatty(STDOUT_FILENO) == 1),
      terminator: "")
    print(isJapanese ? "証跡パック: \(output)" : "evidence pack: \(output)")
    print(isJapanese ? "報告書: \(output)/data/report/report.html" : "report: \(output)/data/report/report.html")
    // Whoever can write to the folder could seal it anew; a digest noted elsewhere shows that.
    if let seal = try? SHA256.digest(ofFile: "\(output)/tagmanifest-sha256.txt") {
      print("tagmanifest-sha256.txt SHA-256: \(SHA256.hex(seal))")
    }
  }

  private static func terminalColumns() -> Int? {
    let columns = Int(CLinux_terminal_columns(STDOUT_FILENO))
    return columns > 0 ? columns : nil
  }
}
