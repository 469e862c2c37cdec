internal import ArgumentParser
internal import Credentials
internal import Documents
internal import Fingerprints
internal import Foundation
internal import Records

struct ProfileCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "profile", abstract: "Works on rule data. / ルールデータを扱います。",
    subcommands: [Test.self, Lint.self, ImportKeysCommand.self])

  struct Lint: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "lint", abstract: "Checks the profiles of default credentials. / 初期パスワードのプロファイルを検査します。",
      discussion: """
        Reads Profiles/credentials of the rule data; sends nothing and prints no password. \
        Exit status: 0 every file is in order, 2 one is not (with file, line and what to write).
        """)

    @Option(help: "Folder of rule data (default: beside the program) / ルールデータ") var profiles: String?

    func run() throws {
      let store = try RunOptions.loadProfiles(profiles, crosswalks: true)
      do throws(DocumentError) {
        for profile in try CredentialProfiles(store).all {
          print(
            "OK  \(profile.id)  \(profile.pairs.count) pairs, \(profile.sources.count) sources, \(profile.family.en)")
        }
        let list = try CredentialList(store)
        print("OK  list/\(list.id)  \(list.pairs.count) pairs, \(list.sources.count) sources")
      } catch {
        throw CommandFailure(.usage, "\(error)")
      }
    }
  }

  struct Test: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "test",
      abstract:
        "Tests fingerprints by their examples, or profiles of default credentials by devices in memory. / フィンガープリントを付属の例で、初期パスワードのプロファイルを模擬機器で検査します。",
      discussion: """
        Reads a folder's .yaml fingerprints and Recog's .xml files; sends nothing. \
        With --credentials: logs in to simulated devices of each profile (one for each pair, one that accepts nothing, one \
        that accepts everything) and says where it comes to something else than it should; no packet is sent and no \
        password printed. SSH and users of SNMP version 3 are not simulated. \
        --credentialsでは、プロファイルごとの模擬機器(各組を受け付ける機器、何も受け付けない機器、何でも受け付ける機器)にログインし、\
        期待と異なる結果を表示します。パケットは送らず、パスワードは表示しません。SSHは模擬しません。 \
        Exit status: 0 everything passed, 1 some failed, 2 no fingerprints there, or no such profile.
        """)

    @Argument(
      help:
        "Folder of fingerprints; with --credentials ids of profiles (default: all) / フォルダー。--credentialsではプロファイルのID(省略時は全部)"
    )
    var names: [String] = []
    @Flag(help: "Test profiles of default credentials / 初期パスワードのプロファイルを検査する") var credentials = false
    @Flag(help: "One JSON document instead of lines / JSONで出力する") var json = false
    @Option(help: "Folder of rule data (default: beside the program) / ルールデータ") var profiles: String?

    func validate() throws {
      guard credentials || names.count == 1 else { throw ValidationError("Name one folder of fingerprints.") }
    }

    func run() throws {
      if credentials {
        let store = try RunOptions.loadProfiles(profiles)
        let all: CredentialProfiles
        do throws(DocumentError) {
          all = try CredentialProfiles(store)
        } catch {
          throw CommandFailure(.usage, "\(error)")
        }
        return try ProfileTestCredentials(profiles: all).run(names, json: json)
      }
      let directory = names[0]
      let results: [Result<FingerprintTestReport, DocumentError>]
      do throws(DocumentError) {
        let vocabulary = try FingerprintLoading.vocabulary(profiles)
        results = try FingerprintSet.test(directory: directory, vocabulary: vocabulary)
      } catch {
        throw CommandFailure(.usage, "\(error)")
      }
      let rows = results.map(Row.init)
      if json { try Self.printJSON(rows) } else { Self.printLines(rows) }
      let failed = rows.reduce(0) { $0 + $1.failed.count }
      guard failed == 0 else {
        throw CommandFailure(.findings, "\(directory): \(failed) failed / \(failed)件が不合格です")
      }
    }

    private static func printLines(_ rows: [Row]) {
      for row in rows {
        print("\(row.failed.isEmpty ? "OK" : "NG")  \(row.file)  \(row.passed) passed, \(row.failed.count) failed")
        for failure in row.failed {
          let rule = failure.rule.map { "\($0.debugDescription): " } ?? ""
          print("    \(row.file):\(failure.line ?? 0): \(rule)\(failure.problem.debugDescription)")
        }
      }
      let passed = rows.reduce(0) { $0 + $1.passed }
      print("\(rows.count) files, \(passed) passed, \(rows.reduce(0) { $0 + $1.failed.count }) failed")
    }

    private static func printJSON(_ rows: [Row]) throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      let summary = Summary(
        files: rows, passed: rows.reduce(0) { $0 + $1.passed }, failed: rows.reduce(0) { $0 + $1.failed.count })
      print(String(decoding: try encoder.encode(summary), as: UTF8.self))
    }
  }

  private struct Summary: Encodable {
    let files: [Row]
    let passed: Int
    let failed: Int
  }

  /// What is said of one file.
  private struct Row: Encodable {
    struct Failure: Encodable {
      let line: Int?
      let rule: String?
      let problem: String
    }

    let file: String
    /// nil when the file could not be read.
    let matches: String?
    let fingerprints: Int
    let passed: Int
    let failed: [Failure]

    init(_ result: Result<FingerprintTestReport, DocumentError>) {
      switch result {
      case .success(let report):
        (file, matches, fingerprints, passed) = (report.file, report.kind.rawValue, report.rules, report.passed)
        failed = report.failures.map { Failure(line: $0.line, rule: $0.rule, problem: $0.problem) }
      case .failure(let error):
        (file, matches, fingerprints, passed) = (error.file, nil, 0, 0)
        failed = [Failure(line: error.line, rule: nil, problem: "\(error.problem); \(error.remedy)")]
      }
    }
  }
}

/// Fingerprints from the command line's folders.
enum FingerprintLoading {
  /// - Parameter profiles: the folder that was named; nil for the one beside the program.
  static func vocabulary(_ profiles: String?) throws(DocumentError) -> FingerprintVocabulary {
    try FingerprintVocabulary(profiles: try RunOptions.locateProfiles(profiles))
  }

  /// Our own fingerprints, and those of a folder that the user named.
  static func set(profiles: String, additional: String?) throws(DocumentError) -> FingerprintSet {
    let set = FingerprintSet(vocabulary: try FingerprintVocabulary(profiles: profiles))
    try set.add(directory: profiles + "/fingerprints")
    if let additional { try set.add(directory: additional) }
    return set
  }
}
