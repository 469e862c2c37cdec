public import Records
internal import Reports

/// The report for people at a terminal: a table of networks, what was found in each, and how far the hearing went.
public struct WiFiText {
  private let report: WiFiReport
  private let language: Language

  public init(_ report: WiFiReport, _ language: Language) { (self.report, self.language) = (report, language) }

  private func say(_ ja: String, _ en: String) -> String { language == .ja ? ja : en }

  public var text: String {
    let networks =
      report.networks.isEmpty
      ? [
        say(
          "許可範囲のネットワークは受信されませんでした。存在しないことも、弱点がないことも意味しません。",
          "No network of the scope was heard. That means neither that there is none nor that it has no weakness.")
      ] : table + report.networks.flatMap(details)
    return (networks + [""] + coverage).joined(separator: "\n") + "\n"
  }

  // MARK: Networks

  private var table: [String] {
    let titles = [
      say("名前 (SSID)", "name (SSID)"), "BSSID", say("ch", "ch"), say("保護方式", "protection"), say("暗号", "ciphers"),
      say("認証", "key management"), "PMF", "WPS", say("フレーム", "frames"), report.profile.id,
    ]
    let outcomes = Dictionary(
      report.profile.networks.map { ($0.bssid, $0.outcome) }, uniquingKeysWith: { first, _ in first })
    let rows = [titles] + report.networks.map { row($0, outcomes[$0.bssid] ?? .notDetermined) }
    let widths = titles.indices.map { column in rows.map { DisplayWidth.columns($0[column]) }.max() ?? 0 }
    return rows.map { row in
      let cells = row.indices.map { DisplayWidth.fit(row[$0], to: widths[$0]) }
      return Self.trimmed(cells.joined(separator: "  "))
    }
  }

  private static func trimmed(_ line: String) -> String {
    var kept = line[...]
    while kept.last == " " { kept.removeLast() }
    return String(kept)
  }

  private func row(_ network: WiFiReport.Network, _ outcome: WiFiComparison.Outcome) -> [String] {
    let name = network.ssid ?? say("(名前不明)", "(no name heard)")
    guard network.isJudged else {
      return [name, network.bssid, "-", say("1回のみ受信", "heard once"), "-", "-", "-", "-", "\(network.frames)"]
        + [say("判定なし", "not judged")]
    }
    return [
      name + (network.hidesName && network.ssid != nil ? say("(非通知)", " (hidden)") : ""), network.bssid,
      network.channel.map { "\($0)" } ?? "-", level(network.security), ciphers(network),
      network.akm.isEmpty ? "-" : network.akm.joined(separator: ","), protection(network.pmf), setup(network.wps),
      "\(network.frames)", self.name(of: outcome),
    ]
  }

  private func level(_ level: String) -> String {
    switch level {
    case "open": say("暗号化なし", "open")
    case "unknown": say("未確定", "not determined")
    default: level.uppercased()
    }
  }

  private func ciphers(_ network: WiFiReport.Network) -> String {
    guard !network.pairwise.isEmpty else { return "-" }
    let group = network.group ?? "?"
    return network.pairwise.joined(separator: ",")
      + (network.pairwise == [group] ? "" : say(" (グループ \(group))", " (group \(group))"))
  }

  private func protection(_ word: String?) -> String {
    switch word {
    case "required": say("必須", "required")
    case "capable": say("任意", "capable")
    case "none": say("なし", "none")
    default: "-"
    }
  }

  private func setup(_ setup: WiFiReport.Setup?) -> String {
    setup.map { $0.locked ? say("ロック", "locked") : say("有効", "on") } ?? "-"
  }

  private func name(of outcome: WiFiComparison.Outcome) -> String {
    switch outcome {
    case .meets: say("一致", "meets")
    case .deviates: say("不一致", "deviates")
    case .notDetermined: say("未確定", "not determined")
    }
  }

  // MARK: Findings

  private func details(_ network: WiFiReport.Network) -> [String] {
    let head = "\(network.bssid)  \(network.ssid ?? say("(名前不明)", "(no name heard)"))"
    guard network.isJudged else {
      return [
        "", head,
        "  "
          + say(
            "1つのフレームしか受信していないため、判定していません。",
            "Heard once, not judged: nothing shows that the one frame came as it was sent."),
      ]
    }
    let judged = report.profile.networks.first { $0.bssid == network.bssid }
    var rows = network.findings.map { finding in
      (
        finding.severity.rawValue,
        "\(finding.check): \(finding.title.text(language)) – \(finding.detail.text(language))"
          + (finding.deviates ? "" : say(" [参考]", " [information]"))
      )
    }
    func demand(_ row: String) -> String {
      "\(report.profile.id)/\(row): \(report.profile.rowTitles[row]?.text(language) ?? "")"
    }
    rows += (judged?.deviating ?? []).map { (name(of: .deviates), demand($0)) }
    rows += (judged?.notDetermined ?? []).map { (name(of: .notDetermined), demand($0)) }
    let beside = report.details.first { $0.bssid == network.bssid }
    rows += (beside?.texts ?? []).map { (say("補足", "note"), $0.text(language)) }
    guard !rows.isEmpty else { return [] }
    let width = rows.map { DisplayWidth.columns($0.0) }.max() ?? 0
    return ["", head] + rows.map { "  \(DisplayWidth.fit($0.0, to: width))  \(inert($0.1))" }
  }

  // MARK: Coverage

  private var coverage: [String] {
    let coverage = report.coverage
    var lines = coverage.sources.flatMap(source)
    lines.append(
      say(
        "フレーム \(coverage.frames)個、うち壊れていたもの \(coverage.noise)個",
        "frames: \(coverage.frames), of which broken: \(coverage.noise)"))
    if let from = coverage.from, let until = coverage.until {
      lines.append(say("受信時刻 \(from) – \(until)", "heard from \(from) until \(until)"))
    }
    lines.append(
      say(
        "許可範囲外のネットワーク \(coverage.networks.outOfScope)(数のみ)、1回のみ受信 \(coverage.networks.heardOnce)",
        "networks out of scope: \(coverage.networks.outOfScope) (counted only); heard once: \(coverage.networks.heardOnce)"
      ))
    if coverage.networks.dropped > 0 {
      lines.append(
        say(
          "数が多すぎるため記録から外したネットワーク \(coverage.networks.dropped)。その中に許可範囲のものがあった可能性があります。",
          "networks let go because there were too many: \(coverage.networks.dropped); some of the scope may be among them"
        ))
    }
    lines += channels
    lines += coverage.notHeard.ssids.map { say("未受信: 名前 \($0)", "not heard: name \($0)") }
    lines += coverage.notHeard.bssids.map { say("未受信: BSSID \($0)", "not heard: BSSID \($0)") }
    lines += coverage.limitations.map { "\($0.code.rawValue): \($0.text.text(language))" }
    return lines.map { "- \($0)" }
  }

  private func source(_ source: WiFiCoverageReport.Source) -> [String] {
    let kinds = source.linkTypes.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    var lines = ["\(inert(source.name)): \(kinds.isEmpty ? say("802.11のフレームなし", "no frame of 802.11") : kinds)"]
    for (type, count) in source.otherLinkTypes.sorted(by: { $0.key < $1.key }) {
      lines.append(
        say(
          "\(inert(source.name)): リンクタイプ\(type)のフレーム\(count)個は802.11ではないため読んでいません",
          "\(inert(source.name)): \(count) frames of link type \(type), which is not 802.11's, were passed over"))
    }
    if let end = source.brokenOff { lines.append("\(inert(source.name)): \(brokenOff(end))") }
    return lines
  }

  private func brokenOff(_ end: WiFiCoverageReport.BrokenOff) -> String {
    let place = end.offset.map { "\($0)" } ?? "-"
    switch end.reason {
    case "truncated":
      return say(
        "オクテット\(place)からの記録の途中で終わっています。それより前は読み込みました。",
        "it ends within the record that begins at octet \(place); what comes before was read")
    case "malformed":
      return say(
        "オクテット\(place)に記録として読めないものがあります。それより前は読み込みました。",
        "what stands at octet \(place) is no record; what comes before was read")
    default: return say("途中で止められました。", "it was stopped before its time")
    }
  }

  private var channels: [String] {
    let coverage = report.coverage
    var lines = coverage.channels.map { channel in
      let place =
        channel.band.flatMap { band in channel.number.map { "\(band) GHz ch \($0)" } } ?? "\(channel.megahertz) MHz"
      return say(
        "\(place): フレーム\(channel.frames)個、少なくとも\(channel.seconds)秒",
        "\(place): \(channel.frames) frames, at least \(channel.seconds) s")
    }
    if coverage.framesWithoutChannel > 0 {
      lines.append(
        say(
          "受信チャネルの記録がないフレーム \(coverage.framesWithoutChannel)個",
          "frames whose source does not say the channel: \(coverage.framesWithoutChannel)"))
    }
    return lines
  }
}
