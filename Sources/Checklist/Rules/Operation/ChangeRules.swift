internal import Addressing
internal import Declarations
public import Records

/// JSSEC-21.1.e, patch, cut off and similar (checklist.md §2.4): an earlier run against this one, and both against what the owner says was mended.
public struct MendedRule: ChecklistRule {
  public let item = "jssec-iot-v1/JSSEC-21.1.e"

  public init() {}

  public func judge(_ site: SiteFacts, in context: ChecklistContext) -> [Verdict] {
    guard let changes = site.changes, !changes.runs.isEmpty else {
      return singleRun(
        site, in: context, ja: "前回の検査結果がないため、是正の前後を比べていません。",
        en: "There is no earlier run to compare with, so before and after a fix could not be compared.")
    }
    return site.eachDevice.flatMap { judge($0, changes, site, in: context) }
  }

  private func judge(
    _ facts: DeviceFacts, _ changes: ChangeFacts, _ site: SiteFacts, in context: ChecklistContext
  ) -> [Verdict] {
    guard changes.compared.contains(facts.device.id) else {
      return [
        notTested(
          .noReferenceData, facts, in: context, ja: "前回の検査にこの機器の結果がないため、比べられません。",
          en: "The earlier run holds nothing of this device to compare with.")
      ]
    }
    let own = changes.changes(of: facts.device.id)
    let promised = site.statements(.mended, of: facts.device).filter { !$0.targets.isEmpty }
    var rows: [Verdict] = []
    for change in own {
      let said = promised.first { $0.value == change.check }
      switch change.kind {
      case .still, .regressed:
        let due = said.flatMap { said in said.began.map { $0 <= site.at } == true ? said : nil }
        rows.append(still(change, due, facts, in: context))
      case .mended: rows.append(mended(change, said, changes, site, facts, in: context))
      case .silent: rows.append(silent(change, said, facts, in: context))
      default: continue
      }
    }
    let told = Set(own.compactMap(\.check))
    for statement in promised where !told.contains(statement.value ?? "") {
      rows.append(unconfirmed(statement, own, facts, in: context))
    }
    guard rows.isEmpty else { return rows }
    return [
      review(
        .neutral, facts, in: context, ja: "前回の検査で検出されたものも、是正の宣言もないため、比べるものがありません。",
        en:
          "The earlier run found nothing on the device and nobody says that anything was mended, so there is nothing to compare."
      )
    ]
  }

  /// Looked for again and not found. Only what somebody declared is a measure of his; and where the run after the declared day still
  /// had it, or it was gone before that day, it did not change as declared.
  private func mended(
    _ change: ChangeFacts.Change, _ said: Declarations.Statement?, _ changes: ChangeFacts, _ site: SiteFacts,
    _ facts: DeviceFacts, in context: ChecklistContext
  ) -> Verdict {
    let (check, place) = (change.check ?? "", change.service?.description ?? "-")
    let seen = LocalizedText(
      ja: "前回検出された\(check)(\(place))は、同じ検査をやり直した結果、検出されませんでした。",
      en: "\(check) of the earlier run (\(place)) was looked for again in the same way and not found.")
    guard let said else {
      return review(
        .supports, facts, in: context, evidence: change.evidence,
        ja: seen.ja + "是正した人と日付の宣言(says: mended)がないため、対応の結果かどうかは確認が必要です。",
        en: seen.en + " Nobody declared that it was mended, and when (says: mended): find out whether it was a measure."
      )
    }
    let isLate = zip(said.ended, changes.comparedRun).map { $0 <= $1.at } ?? false
    let isEarly = said.began.map { $0 > site.at } ?? true
    guard !isLate, !isEarly else {
      return review(
        .supports, facts, in: context, evidence: change.evidence,
        ja: seen.ja
          + (isLate ? "是正したとされる日(\(said.cited))より後の検査では、まだ検出されていました。" : "是正の予定日(\(said.cited))より前です。")
          + "宣言どおりの是正かを確認してください。",
        en: seen.en
          + (isLate
            ? " A run after the day of the fix (\(said.cited)) still had it."
            : " That is before the day of the fix (\(said.cited)).")
          + " Confirm that it is what was declared.")
    }
    return pass(
      facts, in: context, evidence: change.evidence, ja: seen.ja + "是正の宣言(\(said.cited))と合います。",
      en: seen.en + " That agrees with the declared fix (\(said.cited)).")
  }

  /// A host that was cut off looks just like this, and so does one that does not answer for another reason: never a pass.
  private func silent(
    _ change: ChangeFacts.Change, _ said: Declarations.Statement?, _ facts: DeviceFacts, in context: ChecklistContext
  ) -> Verdict {
    let (check, place) = (change.check ?? "", change.service?.description ?? "-")
    return review(
      said == nil ? .neutral : .supports, facts, in: context, evidence: change.evidence,
      ja: "前回\(check)が検出された\(place)は、この場所からの問い合わせに応答しなくなりました。"
        + (said.map { "是正の宣言(\($0.cited))があります。" } ?? "") + "遮断や停止によるものかを確認してください。",
      en: "\(place), where the earlier run found \(check), says nothing any more to this place."
        + (said.map { " A fix is declared (\($0.cited))." } ?? "") + " Find out whether it was cut off or switched off."
    )
  }

  private func still(
    _ change: ChangeFacts.Change, _ said: Declarations.Statement?, _ facts: DeviceFacts, in context: ChecklistContext
  ) -> Verdict {
    let place = change.service?.description ?? "-"
    guard let said else {
      return review(
        .against, facts, in: context, evidence: change.evidence,
        ja: change.kind == .regressed
          ? "是正されていた\(change.check ?? "")(\(place))が、再び検出されました。原因を確認してください。"
          : "前回検出された\(change.check ?? "")(\(place))は、今回も検出されました。是正の予定を確認してください。",
        en: change.kind == .regressed
          ? "\(change.check ?? "") (\(place)), which had been mended, is there again. Find out why."
          : "\(change.check ?? "") (\(place)) of the earlier run is still there. Find out when it is to be mended.")
    }
    return fail(
      facts, in: context, service: change.service, evidence: change.evidence,
      ja: "\(change.check ?? "")(\(place))は是正済みとされています(\(said.cited))が、その後の検査でも検出されました。",
      en: "\(change.check ?? "") (\(place)) is said to be mended (\(said.cited)), and is still there afterwards.")
  }

  /// Declared as mended, and neither run has the finding: an advisory, or a check of another run.
  private func unconfirmed(
    _ statement: Declarations.Statement, _ own: [ChangeFacts.Change], _ facts: DeviceFacts,
    in context: ChecklistContext
  ) -> Verdict {
    let seen = own.filter { [.firmware, .software, .portClosed, .configuration].contains($0.kind) }
    let value = statement.value ?? ""
    guard let first = seen.first else {
      return review(
        .neutral, facts, in: context, ja: "\(value)は是正済みとされています(\(statement.cited))が、前回との違いは見られません。",
        en: "\(value) is said to be mended (\(statement.cited)), and nothing differs from the earlier run.")
    }
    return review(
      .supports, facts, in: context, evidence: seen.flatMap(\.evidence),
      ja:
        "\(value)は是正済みとされています(\(statement.cited))。前回との違い: \(first.id)(\(first.before ?? "-") → \(first.after ?? "-"))。宣言どおりの是正かを確認してください。",
      en:
        "\(value) is said to be mended (\(statement.cited)). What differs: \(first.id) (\(first.before ?? "-") → \(first.after ?? "-")). Confirm that it is what was declared."
    )
  }
}

extension ChecklistRule {
  /// Nothing to compare with: a single run, and why, where that is known.
  fileprivate func singleRun(_ site: SiteFacts, in context: ChecklistContext, ja: String, en: String) -> [Verdict] {
    let why = site.unreadPast.map { LocalizedText(ja: $0.ja, en: " \($0.en)") } ?? LocalizedText(ja: "", en: "")
    return unanswered(
      site, in: context, .noReferenceData,
      ja: ja + why.ja + "検査を繰り返すと履歴の前回と比べます。前回の証跡パックがあれば、tenken checklist judgeに--earlierで指定してください。",
      en: en + why.en
        + " A repeated audit is compared with the one before by the history; where there is a pack of an earlier one, name it to tenken checklist judge with --earlier."
    )
  }
}

/// Both, where both are known.
private func zip<First, Second>(_ first: First?, _ second: Second?) -> (First, Second)? {
  first.flatMap { first in second.map { (first, $0) } }
}

/// JSSEC-21.2.a, changes noticed by looking again and again (checklist.md §2.4): two runs or more, and a named person for every difference.
public struct ChangeReviewRule: ChecklistRule {
  public let item = "jssec-iot-v1/JSSEC-21.2.a"

  public init() {}

  public func judge(_ site: SiteFacts, in context: ChecklistContext) -> [Verdict] {
    guard let changes = site.changes, !changes.runs.isEmpty else {
      return singleRun(
        site, in: context, ja: "検査が1回分しかないため、変化を比べていません。", en: "There is a single run, so that nothing can be compared."
      )
    }
    let rows = site.eachDevice.map { judge($0, changes, site, in: context) }
    let here = Set(site.devices.map(\.device.id))
    let gone = changes.changes.filter { $0.kind == .deviceGone && !here.contains($0.device) }
    let open = gone.filter { acknowledgement($0, changes, site) == nil }
    guard !open.isEmpty, !site.devices.isEmpty else { return rows }
    let names = open.prefix(8).map(\.id).joined(separator: ", ")
    return rows + [
      siteVerdict(
        .needsReview, in: context, polarity: .against, addresses: names, evidence: open.flatMap(\.evidence),
        LocalizedText(
          ja: "前回の検査で見つかり、今回は見つからない機器が\(open.count)台あり、確認した人の記録がありません: \(names)。\(Self.nextStep.ja)",
          en:
            "\(open.count) devices of the earlier run were not seen, and nobody acknowledged that: \(names). \(Self.nextStep.en)"
        ))
    ]
  }

  /// The person who looked at a difference; whoever did so before the earlier run looked at another one of the same name.
  private func acknowledgement(
    _ change: ChangeFacts.Change, _ changes: ChangeFacts, _ site: SiteFacts
  ) -> Declarations.Statement? {
    site.declarations?.statements.first { statement in
      statement.kind == .acknowledged && statement.value == change.id && !statement.by.isEmpty
        && zip(statement.ended, changes.comparedRun).map { $0 > $1.at } ?? true
    }
  }

  private static let nextStep = LocalizedText(
    ja: "確認した人を宣言ファイルにsays: acknowledgedとして書き、tenken checklist judgeに--declarationsで渡してください。",
    en:
      "Write who looked at each into the declarations (says: acknowledged), and give them to tenken checklist judge --declarations."
  )

  private func judge(
    _ facts: DeviceFacts, _ changes: ChangeFacts, _ site: SiteFacts, in context: ChecklistContext
  ) -> Verdict {
    let own = changes.changes(of: facts.device.id).filter(\.kind.isToBeAcknowledged)
    guard changes.compared.contains(facts.device.id) || !own.isEmpty else {
      return notTested(
        .noReferenceData, facts, in: context, ja: "前回の検査ではこの機器のアドレスを調べていないため、比べられません。",
        en: "The earlier run did not look at the addresses of this device, so there is nothing to compare with.")
    }
    let open = own.filter { acknowledgement($0, changes, site) == nil }
    let run = changes.comparedRun?.id ?? ""
    guard open.isEmpty else {
      let names = open.prefix(8).map(\.id).joined(separator: ", ")
      return review(
        .against, facts, in: context, evidence: open.flatMap(\.evidence),
        ja: "前回(\(run))からの変化のうち\(open.count)件に、確認した人の記録がありません: \(names)。\(Self.nextStep.ja)",
        en:
          "\(open.count) differences from the earlier run (\(run)) are acknowledged by nobody: \(names). \(Self.nextStep.en)"
      )
    }
    guard !own.isEmpty else {
      return pass(
        facts, in: context, evidence: changes.kept.isEmpty ? [] : facts.evidence + changes.kept,
        ja: "前回(\(run))と今回の検査を比べ、この機器に変化は見られませんでした(これまでの検査\(changes.runs.count)回)。",
        en:
          "This run was compared with an earlier one (\(run)), of \(changes.runs.count) in all, and the device shows no difference."
      )
    }
    let by = Set(own.compactMap { acknowledgement($0, changes, site)?.cited }).sorted().joined(separator: "; ")
    return pass(
      facts, in: context, evidence: own.flatMap(\.evidence),
      ja: "前回(\(run))からの変化\(own.count)件は、すべて担当者が確認しています(\(by))。",
      en: "All \(own.count) differences from the earlier run (\(run)) are acknowledged (\(by)).")
  }
}

/// JSSEC-21.2.b, the monitoring of the network is considered (checklist.md §2.4): a drill that nobody noticed fails it. It never passes.
public struct MonitoringRule: ChecklistRule {
  public let item = "jssec-iot-v1/JSSEC-21.2.b"

  public init() {}

  public func judge(_ site: SiteFacts, in context: ChecklistContext) -> [Verdict] {
    guard !site.devices.isEmpty else { return [] }
    if let drill = site.statements(.drill).last {
      let noticed = drill.value == "alerted"
      return [
        siteVerdict(
          noticed ? .needsReview : .fail, in: context, polarity: noticed ? .supports : .against,
          LocalizedText(
            ja: noticed
              ? "合意した訓練で、検査の通信に対する警報が上がりました(\(drill.cited))。" : "合意した訓練で、検査の通信に対する警報は上がりませんでした(\(drill.cited))。",
            en: noticed
              ? "In an agreed drill the traffic of the audit raised an alert (\(drill.cited))."
              : "In an agreed drill the traffic of the audit raised no alert (\(drill.cited))."))
      ]
    }
    guard let traffic = site.traffic, !traffic.watching.isEmpty else {
      let lead = site.traffic?.window
      return unanswered(
        site, in: context, .noCapture,
        ja: "\(lead.map { "\($0.ja)に監視とみられる通信はなく、" } ?? "")検知の訓練も行っていません。監視の通信が通る場所で記録するか、訓練を取り決めてください。",
        en:
          "\(lead.map { "\($0.en) shows no traffic of monitoring, and no" } ?? "No") drill was agreed. Record where monitoring passes, or agree on a drill."
      )
    }
    let kinds = TrafficFacts.Watching.Kind.allCases.compactMap { kind -> String? in
      let from = Set(traffic.watching.filter { $0.kind == kind }.map(\.from)).sorted()
      return from.isEmpty ? nil : "\(kind.rawValue) (\(from.prefix(4).map(\.description).joined(separator: ", ")))"
    }
    return [
      siteVerdict(
        .needsReview, in: context, polarity: .supports,
        LocalizedText(
          ja: "\(traffic.window.ja)で、監視とみられる通信がありました: \(kinds.joined(separator: "、"))。監視の質は分かりません。",
          en:
            "\(traffic.window.en) shows traffic of monitoring: \(kinds.joined(separator: ", ")). How good it is does not show."
        ))
    ]
  }
}
