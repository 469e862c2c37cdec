internal import Addressing
internal import ArgumentParser
internal import Authority
internal import Documents
internal import Foundation
internal import LinkIO
internal import Records
internal import ScopeFile
internal import WiFiAudit

struct ScopeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scope", abstract: "Writes and checks scope files. / 許可範囲ファイルを作成・確認します。",
    subcommands: [Init.self, Check.self])

  struct Init: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "init",
      abstract: "Writes a commented example. / 説明つきの雛形を書き出します。",
      discussion: "Without --network the list of networks stays empty, and nothing may be sent until you fill it in.")

    @Argument(help: "File to write; '-' for standard output.") var file = "scope.yaml"
    @Option(help: "Engagement id / 案件番号") var id = "ENG-0001"
    @Option(help: "Customer / 顧客") var customer = "Example Co., Ltd. / 株式会社サンプル"
    @Option(help: "Site / 拠点") var site = "Head office / 本社"
    @Option(name: .customLong("operator"), help: "Who runs tenken / 実施者") var operatorName = "Your name / 氏名"
    @Option(name: .customLong("network"), help: "Network in scope; repeatable / 対象ネットワーク") var networks: [String] = []
    @Option(help: "Days from now on during which the scope is valid / 有効日数") var days = 7

    mutating func validate() throws {
      for network in networks { _ = try rangeArgument(network) }
      guard (1...3650).contains(days) else { throw ValidationError("--days is 1 to 3650.") }
    }

    func run() throws {
      let now = SystemClock.wall
      let end = now + .seconds(days * 86_400)
      let text = ScopeTemplate.text(
        id: id, customer: customer, site: site, operator: operatorName, networks: networks,
        from: now.rfc3339(offsetMinutes: Timestamp.jst), until: end.rfc3339(offsetMinutes: Timestamp.jst))
      guard file != "-" else { return print(text, terminator: "") }
      do {
        try Data(text.utf8).write(to: URL(fileURLWithPath: file), options: .withoutOverwriting)
      } catch {
        throw CommandFailure(
          .usage,
          "\(file) was not written: \((error as NSError).localizedDescription) Name a file that does not exist yet.")
      }
      print("\(file): written. Edit it, then: tenken scope check \(file)")
    }
  }

  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "check", abstract: "Says what a scope file allows. / 許可範囲の内容を表示します。")

    @Argument(help: "Scope file / 許可範囲ファイル") var file: String

    func run() throws {
      let scope = try readScope(file)
      print(describe(scope))
      if !scope.techniques.isDisjoint(with: [.defaultCredentials, .credentialList]) || !scope.consents.isEmpty {
        print(scope.consents.map { Self.describe($0, scope) }.joined(separator: "\n"))
        // Papers that are missing or changed would stop a run with --credentials.
        _ = try LoginPreparation.papers(scope, file)
      }
      if let refusal = scope.validityRefusal(at: SystemClock.wall) {
        throw CommandFailure(.notPermitted, "nothing may be sent now: \(refusal)")
      }
    }

    private static func describe(_ consent: Consent, _ scope: Scope) -> String {
      let (from, until) = (consent.validFrom, consent.validUntil)
      return """
        consent     \(consent.name): \(consent.techniques.map(\.rawValue).sorted().joined(separator: ", "))
                    devices \(consent.members.map(\.description).joined(separator: ", "))
                    by \(consent.administrator.name), \(consent.administrator.organisation)
                    valid \(from.rfc3339(offsetMinutes: scope.offsetMinutes)) until \(until.rfc3339(offsetMinutes: scope.offsetMinutes))
                    paper \(consent.paper.file)
        """
    }

    private func describe(_ scope: Scope) -> String {
      let engagement = scope.engagement
      let exclusions = scope.exclusions.isEmpty ? ["(none)"] : scope.exclusions.map(\.description)
      let techniques = Technique.known.map {
        "\(scope.techniques.contains($0) ? "allowed" : "refused")  \($0.rawValue)"
      }
      return """
        engagement  \(engagement.id): \(engagement.customer), \(engagement.site), operator \(engagement.operator)
        valid       \(scope.validFrom.rfc3339(offsetMinutes: scope.offsetMinutes)) until \(scope.validUntil.rfc3339(offsetMinutes: scope.offsetMinutes))
        networks    \(scope.networks.isEmpty ? "(none)" : scope.networks.map(\.description).joined(separator: ", "))
        excluded    \(exclusions.joined(separator: "\n            "))
        techniques  \(techniques.joined(separator: "\n            "))
        ceilings    \(scope.rates.perDevice) frames/s per device, \(scope.rates.total) frames/s in all
        wi-fi       \(describe(scope.wifi).joined(separator: "\n            "))
        Exclusions win over permissions. An excluded address gets no frame; broadcast ARP questions about
        other addresses reach every device of the segment.
        """
    }

    private func describe(_ scope: WiFiScope) -> [String] {
      guard !scope.included.isEmpty else { return ["(no network may be judged)"] }
      func lines(_ networks: WiFiScope.Networks, _ word: String) -> [String] {
        networks.names.map { "\(word)  SSID \(WiFiName($0))" }.sorted()
          + networks.addresses.sorted().map { "\(word)  BSSID \($0)" }
      }
      return lines(scope.included, "judged  ") + lines(scope.excluded, "excluded")
    }
  }
}

/// Reads a scope file. A file that cannot be understood permits nothing, so that is the status too.
func readScope(_ file: String) throws -> Scope {
  let octets = try contents(of: file, what: "the scope file")
  do throws(DocumentError) {
    return try Scope(parsing: octets, file: file)
  } catch {
    throw CommandFailure(.notPermitted, "\(error)\nNothing was sent: a scope that is not understood allows nothing.")
  }
}

func rangeArgument(_ text: String) throws -> AddressRange {
  do {
    return try AddressRange(parsing: text)
  } catch {
    throw ValidationError("\(error)")
  }
}
