internal import Addressing
internal import Declarations
public import Records

/// JSSEC-21.1.e, patch, cut off and similar (checklist.md §2.4): an earlier run against this one, and both against what the owner says was mended.
public struct MendedRule: ChecklistRule {
  public let item = "jssec-iot-v1/JSSEC-21.1.e"

  public init() {}

  public func judge(_ site: SiteFacts, in context: ChecklistContext) -> [Verdict] {
    guard let changes = site.changes, changes.runs.count > 0 else {
      return unanswered(
        site, in: context, .noReferenceData,
        ja: "前回の検査結果がないため、是正の前後を比べていません。--earlierで前回の証跡パックを指定してください。",
        en: "There is no earlier run to compare with. Name its pack with --earlier.")
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
    for change in own where change.kind == .still {
      let said = promised.first { $0.value == change.check && ($0.began.map { $0 <= site.at } ?? false) }
      rows.append(still(change, said, facts, in: context))
    }
    for change in own where change.kind == .mended {
      rows.append(
        pass(
          facts, in: context, evidence: change.evidence,
          ja: "前回検出された\(change.check ?? "")(\(change.service?.description ?? "機器"))は、同じ検査をやり直した結果、検出されませんでした。",
          en:
            "\(change.check ?? "") of the earlier run (\(change.service?.description ?? "device")) was looked for again in the same way and not found."
        ))
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

  private func still(
    _ change: ChangeFacts.Change, _ said: Declarations.Statement?, _ facts: DeviceFacts, in context: ChecklistContext
  ) -> Verdict {
    let place = change.service?.description ?? "-"
    guard let said else {
      return review(
        .against, facts, in: context, evidence: change.evidence,
        ja: "前回検出された\(change.check ?? "")(\(place))は、今回も検出されました。是正の予定を確認してください。",
        en: "\(change.check ?? "") (\(place)) of the earlier run is still there. Find out when it is to be mended.")
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
    let seen = own.filter { [.firmware, .portClosed, .configuration].contains($0.kind) }
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

/// JSSEC-21.2.a, changes noticed by looking again and again (checklist.md §2.4): two runs or more, and a named person for every difference.
public struct ChangeReviewRule: ChecklistRule {
  public let item = "jssec-iot-v1/JSSEC-21.2.a"

  public init() {}

  public func judge(_ site: SiteFacts, in context: ChecklistContext) -> [Verdict] {
    guard let changes = site.changes, !changes.runs.isEmpty else {
      return unanswered(
        site, in: context, .noReferenceData,
        ja: "検査が1回分しかないため、変化を比べていません。--earlierで前回の証跡パックを指定してください。",
        en: "There is a single run, so that nothing can be compared. Name the pack of an earlier one with --earlier.")
    }
    let rows = site.eachDevice.map { judge($0, changes, site, in: context) }
    let here = Set(site.devices.map(\.device.id))
    let gone = changes.changes.filter { $0.kind == .deviceGone && !here.contains($0.device) }
    let open = gone.filter { acknowledgement($0, site) == nil }
    guard !open.isEmpty, !site.devices.isEmpty else { return rows }
    let names = open.prefix(8).map(\.id).joined(separator: ", ")
    return rows + [
      siteVerdict(
        .needsReview, in: context, polarity: .against, addresses: names, evidence: open.flatMap(\.evidence),
        LocalizedText(
          ja: "前回の検査で見つかり、今回は見つからない機器が\(open.count)台あり、確認した人の記録がありません: \(names)。",
          en: "\(open.count) devices of the earlier run were not seen, and nobody acknowledged that: \(names)."))
    ]
  }

  private func acknowledgement(_ change: ChangeFacts.Change, _ site: SiteFacts) -> Declarations.Statement? {
    site.declarations?.statements.first { $0.kind == .acknowledged && $0.value == change.id && !$0.by.isEmpty }
  }

  private func judge(
    _ facts: DeviceFacts, _ changes: ChangeFacts, _ site: SiteFacts, in context: ChecklistContext
  ) -> Verdict {
    let own = changes.changes(of: facts.device.id).filter { $0.kind != .mended && $0.kind != .still }
    guard changes.compared.contains(facts.device.id) || !own.isEmpty else {
      return notTested(
        .noReferenceData, facts, in: context, ja: "前回の検査ではこの機器のアドレスを調べていないため、比べられません。",
        en: "The earlier run did not look at the addresses of this device, so there is nothing to compare with.")
    }
    let open = own.filter { acknowledgement($0, site) == nil }
    let runs = changes.runs.map { "\($0.id)" }.joined(separator: ", ")
    guard open.isEmpty else {
      let names = open.prefix(8).map(\.id).joined(separator: ", ")
      return review(
        .against, facts, in: context, evidence: open.flatMap(\.evidence),
        ja: "前回(\(runs))からの変化のうち\(open.count)件に、確認した人の記録がありません: \(names)。",
        en: "\(open.count) differences from the earlier run (\(runs)) are acknowledged by nobody: \(names).")
    }
    guard !own.isEmpty else {
      return pass(
        facts, in: context, ja: "前回(\(runs))と今回の検査を比べ、この機器に変化は見られませんでした。",
        en: "This run was compared with an earlier one (\(runs)), and the device shows no difference.")
    }
    let by = Set(own.compactMap { acknowledgement($0, site)?.cited }).sorted().joined(separator: "; ")
    return pass(
      facts, in: context, evidence: own.flatMap(\.evidence),
      ja: "前回(\(runs))からの変化\(own.count)件は、すべて担当者が確認しています(\(by))。",
      en: "All \(own.count) differences from the earlier run (\(runs)) are acknowledged (\(by)).")
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
