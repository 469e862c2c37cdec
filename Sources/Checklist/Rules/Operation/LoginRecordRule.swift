internal import Addressing
internal import Declarations
public import Records

/// JSSEC-13.1.c, records of attacks, authentication and access (checklist.md §2.4): after a failed login that was provoked with consent,
/// its record at the collector or on the device passes the row, for that login alone. No record on the wire may be one that
/// the device keeps; only a person who read the device's log in vain fails it.
public struct LoginRecordRule: LogRule {
  public let item = "jssec-iot-v1/JSSEC-13.1.c"
  /// Devices send within moments; collectors' clocks do not matter, since the capture's time is compared.
  private static let latest = Duration.seconds(300)

  public init() {}

  public func judge(_ site: SiteFacts, in context: ChecklistContext) -> [Verdict] {
    var rows: [Verdict] = []
    var left: [DeviceFacts] = []
    for facts in site.eachDevice {
      if let said = declared(facts, site, in: context) { rows += said } else { left.append(facts) }
    }
    let provoked = left.filter { !stimuli($0, site).isEmpty || !site.statements(.logRead, of: $0.device).isEmpty }
    guard !provoked.isEmpty else {
      guard !left.isEmpty else { return rows }
      return rows
        + unanswered(
          site, in: context, .noAuthorisation,
          ja: "失敗するログインを同意のもとで試していないため、その記録が残るかを確認していません。停止の恐れがない機器を選び、同意を得て試してください。",
          en:
            "No failed login was provoked with consent, so that its record could not be looked for. Choose devices that no lockout can stop, and get consent."
        )
    }
    for facts in left {
      let hasOne = provoked.contains { $0.device.id == facts.device.id }
      rows.append(hasOne ? judge(facts, site, in: context) : unprovoked(facts, in: context))
    }
    return rows
  }

  func judge(
    _ facts: DeviceFacts, _ traffic: TrafficFacts, _ site: SiteFacts, in context: ChecklistContext
  ) -> [Verdict] { [judge(facts, site, in: context)] }

  /// Those that somebody recorded, and the refused logins of this program, which are failed logins too.
  private func stimuli(_ facts: DeviceFacts, _ site: SiteFacts) -> [TrafficFacts.Stimulus] {
    let own = facts.observations.compactMap { observation -> TrafficFacts.Stimulus? in
      guard case .probed(let verdict) = observation.fact, verdict.question == "cred.default",
        verdict.result == .refuted
      else { return nil }
      return TrafficFacts.Stimulus(
        device: facts.device.id, at: observation.at, source: facts.coverage.vantage.address)
    }
    return own + (site.traffic?.stimuli.filter { $0.device == facts.device.id } ?? [])
  }

  private func unprovoked(_ facts: DeviceFacts, in context: ChecklistContext) -> Verdict {
    notTested(
      .noAuthorisation, facts, in: context, ja: "この機器では、失敗するログインを試していません。",
      en: "No failed login was provoked on this device.")
  }

  private func judge(_ facts: DeviceFacts, _ site: SiteFacts, in context: ChecklistContext) -> Verdict {
    let stimuli = stimuli(facts, site)
    if let read = site.statements(.logRead, of: facts.device).last {
      return logRead(read, stimuli, facts, in: context)
    }
    guard let traffic = site.traffic else {
      return notTested(
        .noCapture, facts, in: context,
        ja: "失敗するログインは試しましたが、その間の通信の記録がありません。--captureで指定するか、機器の記録画面を確認してください。",
        en:
          "A failed login was provoked, and there is no capture of that time. Name one with --capture, or look at the records on the device."
      )
    }
    let watched = stimuli.filter { traffic.from <= $0.at && $0.at <= traffic.to }
    guard !watched.isEmpty, traffic.seen.contains(facts.device.id) else {
      return notTested(
        .noCapture, facts, in: context,
        ja: "\(traffic.window.ja)は、失敗するログインを試した時刻、またはこの機器自身の通信を含んでいません。",
        en: "\(traffic.window.en) does not hold the time of the failed login, or nothing of this device.")
    }
    return seen(watched, facts, traffic, in: context)
  }

  private func seen(
    _ stimuli: [TrafficFacts.Stimulus], _ facts: DeviceFacts, _ traffic: TrafficFacts, in context: ChecklistContext
  ) -> Verdict {
    let logs = traffic.logs(of: facts.device.id)
    if let opaque = opaque(logs, facts, traffic, in: context) { return opaque }
    let timely = logs.filter { record in
      record.failedLogin
        && stimuli.contains {
          $0.at <= record.at && record.at - $0.at <= Self.latest && Self.fits($0, record)
        }
    }
    let sourced = timely.filter { !$0.named.isEmpty }
    if let first = sourced.first {
      return pass(
        facts, in: context, evidence: sourced.evidence,
        ja:
          "\(traffic.window.ja)で、試したログインの失敗が、接続元の住所を含む記録として\(first.at.rfc3339(offsetMinutes: Timestamp.jst))に\(sourced.collectors)へ送られました。",
        en:
          "\(traffic.window.en) shows the failed login as a record with the address it came from, sent to \(sourced.collectors) at \(first.at.rfc3339(offsetMinutes: Timestamp.jst))."
      )
    }
    if !timely.isEmpty {
      return review(
        .supports, facts, in: context, evidence: timely.evidence,
        ja: "\(traffic.window.ja)で、試した時刻の直後にログイン失敗の記録が\(timely.count)件ありましたが、接続元の記載がなく、試したログインのものとは言い切れません。",
        en:
          "\(traffic.window.en) shows \(timely.count) records of failed logins right after the one that was provoked. They do not say where it came from."
      )
    }
    return review(
      .neutral, facts, in: context, evidence: logs.evidence,
      ja: "\(traffic.window.ja)に、試したログインの失敗を示す記録はありませんでした(記録\(logs.count)件)。機器の中にだけ残している可能性があるため、機器の記録画面を確認してください。",
      en:
        "\(traffic.window.en) holds no record of the failed login (of \(logs.count) records). The device may keep it to itself: look at the records on it."
    )
  }

  /// A record that names other addresses only is of another login.
  private static func fits(_ stimulus: TrafficFacts.Stimulus, _ record: TrafficFacts.LogRecord) -> Bool {
    guard let source = stimulus.source, !record.named.isEmpty else { return true }
    return record.named.contains(source)
  }

  /// What a person says of the log on the device. Without a login that is known to have failed, it is told as it is.
  private func logRead(
    _ read: Declarations.Statement, _ stimuli: [TrafficFacts.Stimulus], _ facts: DeviceFacts,
    in context: ChecklistContext
  ) -> Verdict {
    let found = read.value == "entry"
    let isBacked = stimuli.contains { stimulus in read.began.map { stimulus.at < $0 + .seconds(86_400) } ?? false }
    let what = LocalizedText(
      ja: found ? "機器の記録画面に、試したログインの失敗が記載されていました" : "機器の記録画面に、試したログインの失敗は記載されていませんでした",
      en: found ? "The log on the device has the failed login" : "The log on the device does not have the failed login")
    guard isBacked else {
      return review(
        found ? .supports : .against, facts, in: context,
        ja: "\(what.ja)(\(read.cited))。ただし、失敗するログインを試した記録はこの検査にありません。",
        en: "\(what.en) (\(read.cited)). This audit holds no record of a login that failed before.")
    }
    let (ja, en) = ("\(what.ja)(\(read.cited))。", "\(what.en) (\(read.cited)).")
    return found ? pass(facts, in: context, ja: ja, en: en) : fail(facts, in: context, ja: ja, en: en)
  }
}
