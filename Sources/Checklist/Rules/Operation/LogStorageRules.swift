internal import Addressing
internal import Declarations
public import Records

/// JSSEC-13.3.c, encryption of logs (checklist.md §2.4), as far as they are on their way: inside TLS they pass; in clear text they fail where
/// the owner requires encryption, and are for a person where nobody decided. Where they are kept is for a document.
public struct LogTransportRule: LogRule {
  public let item = "jssec-iot-v1/JSSEC-13.3.c"

  public init() {}

  func judge(
    _ facts: DeviceFacts, _ traffic: TrafficFacts, _ site: SiteFacts, in context: ChecklistContext
  ) -> [Verdict] {
    let logs = traffic.logs(of: facts.device.id)
    guard !logs.isEmpty else { return [silence(facts, traffic, in: context)] }
    let clear = logs.filter(\.isClear)
    guard !clear.isEmpty else {
      return [
        pass(
          facts, in: context, evidence: logs.evidence,
          ja: "\(traffic.window.ja)で、記録の送信\(logs.count)件はすべて暗号化されていました(送信先\(logs.collectors))。保存時の暗号化は資料で確認が必要です。",
          en:
            "\(traffic.window.en) shows \(logs.count) records, all encrypted on their way to \(logs.collectors). Whether they are encrypted where they are kept needs a document."
        )
      ]
    }
    let (ja, en) = (
      "\(traffic.window.ja)で、記録\(clear.count)件が平文で\(clear.collectors)へ送られました",
      "\(traffic.window.en) shows \(clear.count) records in clear text on their way to \(clear.collectors)"
    )
    switch site.declarations?.policies.encryptedLogs {
    case true?:
      return [
        fail(
          facts, in: context, evidence: clear.evidence, ja: "\(ja)。所有者は記録の暗号化を必須としています。",
          en: "\(en). The owner requires records to be encrypted.")
      ]
    case false?:
      return [
        review(
          .neutral, facts, in: context, evidence: clear.evidence, ja: "\(ja)。所有者は記録の暗号化を必須としていません。",
          en: "\(en). The owner does not require records to be encrypted.")
      ]
    case nil:
      return [
        review(
          .against, facts, in: context, evidence: clear.evidence, ja: "\(ja)。記録の暗号化についての方針が宣言されていません。",
          en: "\(en). No policy on the encryption of records is declared.")
      ]
    }
  }
}

/// JSSEC-13.3.d, where logs are kept (checklist.md §2.4): destinations are held against the collectors that the owner declared.
public struct LogDestinationRule: LogRule {
  public let item = "jssec-iot-v1/JSSEC-13.3.d"

  public init() {}

  func judge(
    _ facts: DeviceFacts, _ traffic: TrafficFacts, _ site: SiteFacts, in context: ChecklistContext
  ) -> [Verdict] {
    let logs = traffic.logs(of: facts.device.id)
    guard !logs.isEmpty else { return [silence(facts, traffic, in: context)] }
    let declared = site.declarations?.logCollectors ?? []
    guard !declared.isEmpty else {
      return [
        review(
          .neutral, facts, in: context, evidence: logs.evidence,
          ja: "\(traffic.window.ja)で、記録の送信先は\(logs.collectors)でした。収集先の宣言(logCollectors)がないため、正しい送信先かどうかは所有者が確認してください。",
          en:
            "\(traffic.window.en) shows records on their way to \(logs.collectors). No collector is declared (logCollectors), so the owner must say whether that is right."
        )
      ]
    }
    let astray = logs.filter { log in !declared.contains { $0.contains(log.collector) } }
    guard astray.isEmpty else {
      return [
        fail(
          facts, in: context, evidence: astray.evidence,
          ja: "\(traffic.window.ja)で、宣言された収集先ではない\(astray.collectors)へ記録が\(astray.count)件送られました。",
          en:
            "\(traffic.window.en) shows \(astray.count) records on their way to \(astray.collectors), which is no declared collector."
        )
      ]
    }
    return [
      pass(
        facts, in: context, evidence: logs.evidence,
        ja: "\(traffic.window.ja)で、記録\(logs.count)件の送信先はすべて宣言された収集先(\(logs.collectors))でした。",
        en:
          "\(traffic.window.en) shows \(logs.count) records, all on their way to declared collectors (\(logs.collectors))."
      )
    ]
  }
}

/// JSSEC-13.3.a, protection from tampering and erasure (checklist.md §2.4): a collector that gives or takes data without credentials
/// fails it. It never passes: backups and write-once media do not show.
public struct LogStoreRule: LogRule {
  public let item = "jssec-iot-v1/JSSEC-13.3.a"
  /// Checks that prove data or administration without credentials: what a collector keeps is open to the same hand.
  static let openStores: Set = [
    "ftp.anonymous", "http.no-auth-admin", "redis.no-auth", "mqtt.anonymous", "telnet.no-auth", "vnc.no-auth",
    "adb.open",
  ]

  public init() {}

  public func judge(_ site: SiteFacts, in context: ChecklistContext) -> [Verdict] {
    var rows: [Verdict] = []
    var senders: [DeviceFacts] = []
    for facts in site.eachDevice {
      let open = isCollector(facts, site) ? facts.findings.filter { Self.openStores.contains($0.check) } : []
      if open.isEmpty { senders.append(facts) } else { rows += open.map { told($0, facts, in: context) } }
    }
    var rest = site
    rest.devices = senders
    return rows + judgeSenders(rest, in: context)
  }

  private func told(_ finding: Finding, _ facts: DeviceFacts, in context: ChecklistContext) -> Verdict {
    fail(
      facts, in: context, service: finding.service, evidence: finding.evidence,
      ja: "記録の収集先であるこの機器が、認証なしで利用できます: \(finding.detail.ja)",
      en: "The device collects records, and can be used without credentials: \(finding.detail.en)")
  }

  private func isCollector(_ facts: DeviceFacts, _ site: SiteFacts) -> Bool {
    facts.device.addresses.contains { address in
      site.declarations?.logCollectors.contains { $0.contains(address) } == true
        || site.traffic?.logs.contains { $0.collector == address } == true
    }
  }

  private func judgeSenders(_ site: SiteFacts, in context: ChecklistContext) -> [Verdict] {
    guard let traffic = site.traffic else {
      guard site.devices.contains(where: { declared($0, site, in: context) == nil }) else {
        return site.devices.flatMap { declared($0, site, in: context) ?? [] }
      }
      return site.devices.flatMap { declared($0, site, in: context) ?? [] }
        + unanswered(
          site, in: context, .noCapture,
          ja: "記録がどこへ送られるかを示すキャプチャーがありません。--captureで指定してください。",
          en: "There is no capture that shows where records are sent. Name one with --capture.")
    }
    return site.eachDevice.flatMap { facts -> [Verdict] in
      if let said = declared(facts, site, in: context) { return said }
      guard traffic.seen.contains(facts.device.id) else {
        return [
          notTested(
            .noCapture, facts, in: context, ja: "\(traffic.window.ja)に、この機器自身の通信は含まれていません。",
            en: "\(traffic.window.en) holds nothing that the device itself sent.")
        ]
      }
      return judge(facts, traffic, site, in: context)
    }
  }

  func judge(
    _ facts: DeviceFacts, _ traffic: TrafficFacts, _ site: SiteFacts, in context: ChecklistContext
  ) -> [Verdict] {
    let logs = traffic.logs(of: facts.device.id)
    guard !logs.isEmpty else {
      return [
        review(
          .neutral, facts, in: context,
          ja: "\(traffic.window.ja)に、記録の外部への送信はありませんでした。機器の中だけに残す場合、乗っ取りの際に消去される恐れがあります。",
          en:
            "\(traffic.window.en) shows no record that leaves the device. What it keeps only for itself can be erased by whoever takes it over."
        )
      ]
    }
    let spoofable = logs.filter { $0.isClear && $0.isDatagram }
    guard spoofable.isEmpty else {
      return [
        review(
          .against, facts, in: context, evidence: spoofable.evidence,
          ja: "\(traffic.window.ja)で、記録\(spoofable.count)件が平文のUDPで\(spoofable.collectors)へ送られました。送信元を偽った記録を混ぜることができます。",
          en:
            "\(traffic.window.en) shows \(spoofable.count) records by plain UDP to \(spoofable.collectors), where anybody can add records in the device's name."
        )
      ]
    }
    let known = Set(site.devices.flatMap(\.device.addresses))
    guard logs.allSatisfy({ known.contains($0.collector) }) else {
      return [
        notTested(
          .outOfScope, facts, in: context,
          ja: "記録の収集先(\(logs.collectors))が検査の対象に含まれていないため、保管の状態を確認していません。",
          en:
            "The collector (\(logs.collectors)) was not among what was looked at, so how it keeps records is not known."
        )
      ]
    }
    return [
      review(
        .supports, facts, in: context, evidence: logs.evidence,
        ja:
          "\(traffic.window.ja)で、記録\(logs.count)件は接続を伴う方法で\(logs.collectors)へ送られ、収集先に認証なしで利用できるサービスは見つかりませんでした。改変・削除への備えは担当者が確認してください。",
        en:
          "\(traffic.window.en) shows \(logs.count) records over connections to \(logs.collectors), on which nothing was found that works without credentials. How they are kept is for a person to say."
      )
    ]
  }
}

/// JSSEC-13.3.b, access rights to logs (checklist.md §2.4). Questions about log pages are `log.no-auth` (nobody) and `log.role` (an account
/// of the user role); administration that is open to everybody is for a person, since logs are mostly part of it.
public struct LogAccessRule: ChecklistRule {
  public let item = "jssec-iot-v1/JSSEC-13.3.b"
  static let anonymous = "log.no-auth"
  static let role = "log.role"

  public init() {}

  public func judge(_ site: SiteFacts, in context: ChecklistContext) -> [Verdict] {
    let devices = site.eachDevice
    guard devices.contains(where: { isAnswered($0, site) }) else {
      return unanswered(
        site, in: context, .noCredential,
        ja: "記録の閲覧画面を示す資格情報がないため、閲覧権限を確認していません。利用者権限のアカウントを用意し、画面の場所を確認してください。",
        en:
          "No credentials were given that show where records are read, so who may read them was not looked at. Supply an account of the user role."
      )
    }
    return devices.flatMap { judge($0, site, in: context) }
  }

  private func isAnswered(_ facts: DeviceFacts, _ site: SiteFacts) -> Bool {
    !facts.verdicts(of: [Self.anonymous, Self.role]).isEmpty || !openAdministration(facts).isEmpty
      || !site.statements(.producesNoLogs, of: facts.device).isEmpty
  }

  private func openAdministration(_ facts: DeviceFacts) -> [Finding] {
    facts.findings.filter { $0.check == "http.no-auth-admin" }
  }

  private func judge(_ facts: DeviceFacts, _ site: SiteFacts, in context: ChecklistContext) -> [Verdict] {
    let (nobody, users) = (facts.verdicts(of: [Self.anonymous]), facts.verdicts(of: [Self.role]))
    if let open = nobody.first(where: { $0.verdict.result == .proven }) {
      return [
        fail(
          facts, in: context, service: open.service, ja: "記録が認証なしで閲覧できました: \(open.verdict.basis.ja)",
          en: "Records can be read without credentials: \(open.verdict.basis.en)")
      ]
    }
    if let open = users.first(where: { $0.verdict.result == .proven }) {
      let (ja, en) = (
        "利用者権限のアカウントで記録を閲覧できました: \(open.verdict.basis.ja)",
        "An account of the user role can read records: \(open.verdict.basis.en)"
      )
      return site.declarations?.policies.logsForAdministrators == true
        ? [
          fail(
            facts, in: context, service: open.service, ja: "\(ja) 所有者は管理者だけに閲覧を認めています。",
            en: "\(en) The owner lets only administrators read them.")
        ] : [review(.against, facts, in: context, ja: ja, en: en)]
    }
    if let statement = site.statements(.producesNoLogs, of: facts.device).last {
      return [
        notApplicable(
          statement, facts, in: context, ja: "この機器はデータも記録も出さないと所有者が述べています",
          en: "The owner says that the device makes neither data nor records")
      ]
    }
    let admin = openAdministration(facts)
    guard admin.isEmpty else {
      return [
        review(
          .against, facts, in: context, evidence: admin.flatMap(\.evidence),
          ja: "管理画面が認証なしで表示されます。記録もそこで閲覧できるかどうかを確認してください。",
          en: "Administration is shown without credentials. Look whether records can be read there.")
      ]
    }
    return [denied(nobody, users, facts, in: context)]
  }

  private func denied(
    _ nobody: [(service: ServiceEndpoint?, verdict: ProbeVerdict)],
    _ users: [(service: ServiceEndpoint?, verdict: ProbeVerdict)], _ facts: DeviceFacts, in context: ChecklistContext
  ) -> Verdict {
    let isDenied = !nobody.isEmpty && nobody.allSatisfy { $0.verdict.result == .refuted }
    guard isDenied else {
      return notTested(
        .noCredential, facts, in: context, ja: "記録の閲覧画面を確認できませんでした。",
        en: "Where records are read could not be looked at.")
    }
    guard !users.isEmpty, users.allSatisfy({ $0.verdict.result == .refuted }) else {
      return review(
        .supports, facts, in: context, ja: "認証なしでは記録を閲覧できませんでした(\(nobody.count)か所)。利用者権限のアカウントでは確認していません。",
        en:
          "Records were not shown without credentials (\(nobody.count) places). An account of the user role was not tried."
      )
    }
    return pass(
      facts, in: context, ja: "認証なし(\(nobody.count)か所)でも、利用者権限のアカウント(\(users.count)か所)でも、記録は閲覧できませんでした。",
      en:
        "Records were shown neither without credentials (\(nobody.count) places) nor to an account of the user role (\(users.count) places)."
    )
  }
}
