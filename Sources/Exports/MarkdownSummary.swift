internal import Addressing
internal import Records
internal import Reports

/// One page for managers: what was looked at, counts, the gravest findings, what was not tested and why. No rating.
public enum MarkdownSummary {
  /// Findings shown in full; the rest is counted.
  static let most = 10

  public static func octets(_ source: ExportSource) -> [UInt8] {
    let text = Writer(source).text
    return Array(text.utf8)
  }

  private struct Writer {
    let source: ExportSource
    var result: AuditResult { source.result }

    init(_ source: ExportSource) { self.source = source }

    func say(_ ja: String, _ en: String) -> String { source.language == .ja ? ja : en }

    /// Nothing that a device said can make a heading, link, table or HTML of it.
    func plain(_ text: String) -> String {
      var escaped = ""
      for character in inert(text).replacing("\n", with: " ").unicodeScalars {
        if "\\`*_[]<>|~&".unicodeScalars.contains(character) { escaped.append("\\") }
        escaped.unicodeScalars.append(character)
      }
      return escaped
    }

    func table(_ heads: [String], _ rows: [[String]]) -> [String] {
      ["| " + heads.joined(separator: " | ") + " |", "|" + String(repeating: "---|", count: heads.count)]
        + rows.map { "| " + $0.joined(separator: " | ") + " |" } + [""]
    }

    var text: String {
      (head + counts + gravest + notTested + limits).joined(separator: "\n") + "\n"
    }

    var head: [String] {
      let run = result.run
      let partial =
        run.partial || result.coverage.partial
        ? [
          "**" + say("中断された検査です。以下は途中までの結果です。", "The run was interrupted. What follows is what was seen until then.")
            + "**", "",
        ] : []
      return [
        "# " + say("IoT機器点検 概要", "Audit of IoT devices: summary"), "",
        "\(plain(run.engagement.customer)) · \(plain(run.engagement.site)) · \(plain(run.engagement.id))", "",
      ] + partial
        + table(
          [say("項目", "What"), ""],
          [
            [say("実施", "From – to"), "\(plain(source.time(run.started))) – \(plain(source.time(run.ended)))"],
            [say("実施者", "Operator"), plain(run.engagement.operator)],
            [say("対象", "Targets"), plain(run.targets.joined(separator: ", "))],
            [say("TCPポート", "TCP ports"), plain(run.ports)],
            [say("確認した機器", "Devices seen"), "\(result.inventory.devices.count)"],
            [say("検出事項", "Findings"), "\(result.findings.count)"],
            [say("証跡パック", "Evidence pack"), "`\(source.packDigest)`"],
          ])
    }

    var counts: [String] {
      let severities = Severity.allCases.reversed().map { severity in
        [severity.rawValue, "\(result.findings.count { $0.severity == severity })"]
      }
      let statuses = VerdictStatus.allCases.map { status in
        [plain(source.status(status)), "\(result.verdicts.count { $0.status == status })"]
      }
      return ["## " + say("件数", "Counts"), ""] + table([say("重要度", "Severity"), say("検出事項", "Findings")], severities)
        + table([say("判定案", "Proposal"), say("行", "Rows")], statuses)
        + [
          say(
            "行は項目・機器・サービスごとの判定案です。合計や比率は評価ではありません。",
            "A row is a proposal for an item, device and service. Sums and shares rate nothing."), "",
        ]
    }

    var gravest: [String] {
      let sorted = result.findings.enumerated().sorted {
        ($1.element.severity, $0.offset) < ($0.element.severity, $1.offset)
      }.map(\.element)
      let rows = sorted.prefix(MarkdownSummary.most).map { finding in
        [
          finding.id, finding.severity.rawValue,
          plain(finding.device.addresses.first?.description ?? finding.device.id.rawValue),
          plain(source.words(finding.title)),
          plain(source.words(finding.remediation)),
        ]
      }
      guard !rows.isEmpty else { return [] }
      let left = result.findings.count - rows.count
      return ["## " + say("主な検出事項", "Gravest findings"), ""]
        + table(
          [say("番号", "Id"), say("重要度", "Severity"), say("機器", "Device"), say("内容", "What"), say("対策", "What to do")],
          rows)
        + (left > 0 ? [say("ほか\(left)件。", "And \(left) more."), ""] : [])
    }

    var notTested: [String] {
      let missing = result.verdicts.filter { $0.status == .notTested }
      let reasons = Dictionary(grouping: missing) { $0.reason }
      let rows = NotTestedReason.allCases.compactMap { reason -> [String]? in
        guard let rows = reasons[reason] else { return nil }
        let items = Set(rows.map { ExportSource.row($0.item) }).sorted()
        let shown = items.prefix(8).joined(separator: ", ") + (items.count > 8 ? ", …" : "")
        return [
          reason.rawValue, plain(source.label(reason)), "\(rows.count)", plain(shown),
          plain(source.remedies[reason].map(source.words) ?? ""),
        ]
      }
      guard !rows.isEmpty else { return [] }
      return ["## " + say("検査していないもの", "What was not tested"), ""]
        + table(
          [say("コード", "Code"), say("理由", "Reason"), say("行", "Rows"), say("項目", "Items"), say("対処", "What next")], rows)
    }

    var limits: [String] {
      guard !source.limitations.isEmpty else { return [] }
      return ["## " + say("この結果から言えないこと", "What this does not show"), ""]
        + source.limitations.map { "- " + plain(source.words($0)) } + [""]
    }
  }
}
