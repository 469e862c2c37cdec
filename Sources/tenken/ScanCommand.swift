internal import ArgumentParser
internal import Audit
internal import Foundation
internal import Records

/// How `scan` and `discover` write what they found to standard output.
enum OutputForm: EnumerableFlag {
  case table, json, greppable

  static func help(for value: OutputForm) -> ArgumentHelp? {
    switch value {
    case .table: "A table, when all is done (default) / 表"
    case .json: "A JSON object a line: each host as soon as it is done, the run at the end / JSON"
    case .greppable: "A line of tab-separated fields for each host / タブ区切り"
    }
  }
}

struct ScanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scan",
    abstract: "Probes ports, and nothing else. / ポートだけを検査します。",
    discussion: """
      Finds the devices on the segment and probes their ports; connects to none of them. The answers go to \
      standard output, and with --output to an evidence pack.
      """)

  @OptionGroup var options: RunOptions
  @Option(help: "iot1000, all, or ports and ranges such as 23,80,8000-8100 / 対象ポート") var ports = "iot1000"
  @Option(help: "Folder for an evidence pack; must not exist yet / 証跡パックの出力先") var output: String?
  @Option(
    name: .customLong("fail-on"), help: "Severity from which the exit status is 1: info, low, medium, high, critical")
  var failOn: Severity = .high
  @Flag(exclusivity: .exclusive) var form: OutputForm = .table

  func run() throws {
    try FindingRun(form: form).run(
      RunSession(options, purpose: .scan, ports: ports, output: output, failOn: failOn))
  }
}

struct DiscoverCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "discover",
    abstract: "Finds out who is there, and nothing else. / 機器の有無だけを確認します。")

  @OptionGroup var options: RunOptions
  @Option(help: "Folder for an evidence pack; must not exist yet / 証跡パックの出力先") var output: String?
  @Flag(exclusivity: .exclusive) var form: OutputForm = .table

  func run() throws {
    try FindingRun(form: form).run(RunSession(options, purpose: .discover, ports: nil, output: output))
  }
}

/// What `scan` and `discover` share: a run whose hosts are written as they come.
struct FindingRun {
  let form: OutputForm

  /// Runs from the beginning, or goes on.
  func run(_ session: RunSession) throws {
    let writer = HostWriter(form, withPorts: session.purpose == .scan, language: session.options.lang)
    let result = try session.run(noted: { writer.notes = $0 }, settled: writer.write)
    writer.finish(result)
    if result.run.partial { throw ExitStatus.interrupted.code }
    if result.fails(session.failOn) { throw ExitStatus.findings.code }
  }
}

extension AuditResult {
  /// - Parameter severity: nil where nothing is judged.
  func fails(_ severity: Severity?) -> Bool {
    severity.map { limit in findings.contains { $0.severity >= limit } } ?? false
  }
}
