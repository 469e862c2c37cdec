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
    try FindingRun(options: options, form: form, failOn: failOn).run(.scan, ports: ports, output: output)
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
    try FindingRun(options: options, form: form).run(.discover, ports: nil, output: output)
  }
}

/// What `scan` and `discover` share: a run whose hosts are written as they come.
struct FindingRun {
  let options: RunOptions
  let form: OutputForm
  /// nil where nothing is judged.
  var failOn: Severity?

  func run(_ purpose: RunSession.Purpose, ports: String?, output: String?) throws {
    try run(RunSession(options, purpose: purpose, ports: ports, output: output))
  }

  /// Runs from the beginning, or goes on.
  func run(_ session: RunSession) throws {
    let writer = HostWriter(form, withPorts: session.purpose == .scan, language: options.lang)
    let result = try session.run(noted: { writer.notes = $0 }, settled: writer.write)
    writer.finish(result)
    if result.run.partial { throw ExitStatus.interrupted.code }
    if let failOn, result.findings.contains(where: { $0.severity >= failOn }) { throw ExitStatus.findings.code }
  }
}
