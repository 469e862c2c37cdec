internal import Addressing
internal import Declarations
internal import Records

/// Rows about records have one way to be beside the point: the owner says that the device makes none. What the capture shows
/// against that word is told instead.
protocol LogRule: TrafficRule {}

extension LogRule {
  func declared(_ facts: DeviceFacts, _ site: SiteFacts, in context: ChecklistContext) -> [Verdict]? {
    guard let statement = site.statements(.producesNoLogs, of: facts.device).last else { return nil }
    let logs = site.traffic?.logs(of: facts.device.id) ?? []
    guard logs.isEmpty else {
      return [
        review(
          .against, facts, in: context, evidence: logs.evidence,
          ja: "この機器は記録を出さないとされています(\(statement.cited))が、記録の送信が\(logs.count)件ありました。",
          en:
            "The device is said to make no records (\(statement.cited)), and \(logs.count) records of it were seen.")
      ]
    }
    return [
      notApplicable(
        statement, facts, in: context, ja: "この機器はデータも記録も出さないと所有者が述べています",
        en: "The owner says that the device makes neither data nor records")
    ]
  }

  /// Records that say nothing to whoever reads along.
  func opaque(
    _ logs: [TrafficFacts.LogRecord], _ facts: DeviceFacts, _ traffic: TrafficFacts, in context: ChecklistContext
  ) -> Verdict? {
    guard !logs.isEmpty, logs.allSatisfy({ $0.kind == .encrypted }) else { return nil }
    return notTested(
      .opaque, facts, in: context,
      ja: "\(traffic.window.ja)では、記録はすべて暗号化されて送られており、内容を確認できません。収集先の記録を担当者が確認してください。",
      en:
        "\(traffic.window.en) shows records that are all encrypted, so what they say cannot be told. Read them at the collector."
    )
  }

  func silence(_ facts: DeviceFacts, _ traffic: TrafficFacts, in context: ChecklistContext) -> Verdict {
    notTested(
      .noCapture, facts, in: context,
      ja: "\(traffic.window.ja)に、この機器からの記録の送信はありませんでした。機器の中にだけ残している可能性もあります。より長く記録するか、機器の記録画面を確認してください。",
      en:
        "\(traffic.window.en) holds no record that the device sent. It may keep them to itself. Record for longer, or look at the records on the device."
    )
  }
}

extension [TrafficFacts.LogRecord] {
  var evidence: [String] { [String](Set(flatMap(\.evidence)).sorted().prefix(20)) }

  /// `192.168.10.50, 192.168.10.51`
  var collectors: String { Set(map(\.collector)).sorted().map(\.description).joined(separator: ", ") }
}

/// JSSEC-13.1.a, fault and error records (checklist.md §2.4): one that reached a collector passes it. It never fails: silence in the
/// time that was watched is no proof, and no provoked fault is known to this version.
public struct FaultRecordRule: LogRule {
  public let item = "jssec-iot-v1/JSSEC-13.1.a"
  /// RFC 5424 §6.2.1: emergency, alert, critical and error.
  private static let faults = 0...3

  public init() {}

  func judge(
    _ facts: DeviceFacts, _ traffic: TrafficFacts, _ site: SiteFacts, in context: ChecklistContext
  ) -> [Verdict] {
    let logs = traffic.logs(of: facts.device.id)
    guard !logs.isEmpty else { return [silence(facts, traffic, in: context)] }
    let faults = logs.filter { record in
      switch record.kind {
      case .syslog(let severity): Self.faults.contains(severity)
      case .trap: true
      case .encrypted: false
      }
    }
    if !faults.isEmpty {
      return [
        pass(
          facts, in: context, evidence: faults.evidence,
          ja: "\(traffic.window.ja)で、故障・エラーに当たる記録(重大度0〜3またはSNMPトラップ)が\(faults.count)件、収集先\(faults.collectors)へ送られました。",
          en:
            "\(traffic.window.en) shows \(faults.count) records of faults or errors (severity 0 to 3, or SNMP traps) on their way to \(faults.collectors)."
        )
      ]
    }
    if let opaque = opaque(logs, facts, traffic, in: context) { return [opaque] }
    return [
      review(
        .neutral, facts, in: context, evidence: logs.evidence,
        ja:
          "\(traffic.window.ja)で、この機器は記録を\(logs.count)件送りましたが、故障・エラーに当たるもの(重大度0〜3、トラップ)はありませんでした。期間中に故障がなかっただけの可能性があります。",
        en:
          "\(traffic.window.en) shows \(logs.count) records of the device, none of them of a fault or error (severity 0 to 3, trap). Perhaps nothing failed in that time."
      )
    ]
  }
}

/// JSSEC-13.2.a, no sensitive data in logs (checklist.md §2.4): what looks like a secret fails it only once a person confirmed it.
/// It never passes: that nothing was seen is no proof.
public struct LogContentRule: TrafficRule {
  public let item = "jssec-iot-v1/JSSEC-13.2.a"

  public init() {}

  func judge(
    _ facts: DeviceFacts, _ traffic: TrafficFacts, _ site: SiteFacts, in context: ChecklistContext
  ) -> [Verdict] {
    let logs = traffic.logs(of: facts.device.id)
    let clear = logs.filter { $0.isClear && $0.kind != .encrypted }
    guard !clear.isEmpty else {
      let reason: NotTestedReason = logs.isEmpty ? .noCapture : .opaque
      return [
        notTested(
          reason, facts, in: context,
          ja: "\(traffic.window.ja)に、この機器が平文で送った記録はなく、内容を確認できません(暗号化された記録\(logs.count)件)。記録の内容は収集先で確認してください。",
          en:
            "\(traffic.window.en) holds no record that the device sent in clear text (\(logs.count) encrypted ones). Look at what the records say at the collector."
        )
      ]
    }
    let hits = clear.filter { $0.sensitive != nil }
    guard !hits.isEmpty else {
      return [
        review(
          .neutral, facts, in: context, evidence: clear.evidence,
          ja:
            "\(traffic.window.ja)で、平文の記録\(clear.count)件に、パスワード、トークン、セッション、メールアドレスの形をした文字列はありませんでした。ほかの記録に含まれないとは言えません。",
          en:
            "\(traffic.window.en) shows \(clear.count) records in clear text without anything of the form of a password, token, session or mail address. Other records may hold some."
        )
      ]
    }
    let kinds = Set(hits.compactMap(\.sensitive)).sorted().joined(separator: ", ")
    let said = site.statements(.logSecret, of: facts.device).filter { !$0.targets.isEmpty }.last {
      kinds.contains($0.value ?? "-")
    }
    if said != nil || hits.contains(where: \.isConfirmed) {
      let by = said.map { " (\($0.cited))" } ?? ""
      return [
        fail(
          facts, in: context, evidence: hits.evidence,
          ja: "\(traffic.window.ja)で、平文の記録\(hits.count)件に機微な情報(\(kinds))が含まれており、担当者が確認しています\(by)。",
          en:
            "\(traffic.window.en) shows \(hits.count) records in clear text with sensitive content (\(kinds)), which a person confirmed\(by)."
        )
      ]
    }
    return [
      review(
        .against, facts, in: context, evidence: hits.evidence,
        ja: "\(traffic.window.ja)で、平文の記録\(hits.count)件に機微な情報の形をした文字列(\(kinds))がありました。実際に機微な情報かどうかを担当者が確認してください。",
        en:
          "\(traffic.window.en) shows \(hits.count) records in clear text with something of the form of sensitive content (\(kinds)). A person has to say whether it is."
      )
    ]
  }
}
