internal import Declarations
internal import Records

/// What the rules of logs, updates, ledger and changes share.
extension ChecklistRule {
  /// One row for the whole site where nothing was looked at that could answer; none where no device was looked at either.
  func unanswered(
    _ site: SiteFacts, in context: ChecklistContext, _ reason: NotTestedReason, ja: String, en: String
  ) -> [Verdict] {
    guard !site.devices.isEmpty else { return [] }
    return [siteVerdict(.notTested, in: context, reason: reason, LocalizedText(ja: ja, en: en))]
  }

  /// The owner's word that the row does not concern the device.
  func notApplicable(
    _ statement: Declarations.Statement, _ facts: DeviceFacts, in context: ChecklistContext, ja: String, en: String
  ) -> Verdict {
    verdict(
      .notApplicable, facts, in: context,
      LocalizedText(ja: "\(ja)(\(statement.cited))。", en: "\(en) (\(statement.cited))."))
  }

  func review(
    _ polarity: Polarity, _ facts: DeviceFacts, in context: ChecklistContext, reason: NotTestedReason? = nil,
    evidence: [String] = [], ja: String, en: String
  ) -> Verdict {
    verdict(
      .needsReview, facts, in: context, reason: reason, polarity: polarity, evidence: facts.evidence(with: evidence),
      LocalizedText(ja: ja, en: en))
  }

  func fail(
    _ facts: DeviceFacts, in context: ChecklistContext, service: ServiceEndpoint? = nil, evidence: [String] = [],
    ja: String, en: String
  ) -> Verdict {
    verdict(
      .fail, facts, in: context, polarity: .against, service: service, evidence: facts.evidence(with: evidence),
      LocalizedText(ja: ja, en: en))
  }

  func pass(
    _ facts: DeviceFacts, in context: ChecklistContext, evidence: [String] = [], ja: String, en: String
  ) -> Verdict {
    verdict(
      .pass, facts, in: context, polarity: .supports, evidence: facts.evidence(with: evidence),
      LocalizedText(ja: ja, en: en))
  }

  func notTested(
    _ reason: NotTestedReason, _ facts: DeviceFacts, in context: ChecklistContext, ja: String, en: String
  ) -> Verdict {
    verdict(.notTested, facts, in: context, reason: reason, LocalizedText(ja: ja, en: en))
  }
}

extension DeviceFacts {
  /// What shows a row's facts; where that names nothing, all that is known of the device.
  func evidence(with further: [String]) -> [String] {
    further.isEmpty ? evidence : Array(Set(further)).sorted()
  }
}

extension Declarations.Statement {
  /// Who said it, when, and where it stands: `山田, 2026-11-30, declared.yaml:12`.
  var cited: String { ([by, at, source] + [why].compactMap(\.self)).filter { !$0.isEmpty }.joined(separator: ", ") }

  /// The beginning of its day in the time of the site's people, which is Japan's.
  var began: Timestamp? { Timestamp(rfc3339: at + "T00:00:00+09:00") }

  /// The end of that day.
  var ended: Timestamp? { began.map { $0 + .seconds(86_400) } }
}

/// A row that the devices' own traffic answers.
protocol TrafficRule: ChecklistRule {
  /// What the owner's word answers without any capture.
  func declared(_ facts: DeviceFacts, _ site: SiteFacts, in context: ChecklistContext) -> [Verdict]?
  /// For a device that the capture saw.
  func judge(
    _ facts: DeviceFacts, _ traffic: TrafficFacts, _ site: SiteFacts, in context: ChecklistContext
  ) -> [Verdict]
}

extension TrafficRule {
  func declared(_ facts: DeviceFacts, _ site: SiteFacts, in context: ChecklistContext) -> [Verdict]? { nil }

  public func judge(_ site: SiteFacts, in context: ChecklistContext) -> [Verdict] {
    var rows: [Verdict] = []
    var left: [DeviceFacts] = []
    for facts in site.eachDevice {
      if let said = declared(facts, site, in: context) { rows += said } else { left.append(facts) }
    }
    guard !left.isEmpty else { return rows }
    guard let traffic = site.traffic else {
      return rows
        + unanswered(
          site, in: context, .noCapture,
          ja: "機器自身の通信を記録したキャプチャーがありません。ミラーポートや中継点で通信を記録し、--captureで指定してください。",
          en:
            "There is no capture of what the devices send. Record it at a mirror port or a point that it passes, and name the file with --capture."
        )
    }
    for facts in left {
      rows +=
        traffic.seen.contains(facts.device.id)
        ? judge(facts, traffic, site, in: context) : [unseen(facts, traffic, in: context)]
    }
    return rows
  }

  /// A capture in which a device does not occur says nothing of it.
  private func unseen(_ facts: DeviceFacts, _ traffic: TrafficFacts, in context: ChecklistContext) -> Verdict {
    notTested(
      .noCapture, facts, in: context,
      ja: "\(traffic.window.ja)に、この機器自身の通信は含まれていません。機器の通信が通る場所で記録し直してください。",
      en:
        "\(traffic.window.en) holds nothing that the device itself sent to another host. Record again where its traffic passes."
    )
  }
}

extension TrafficFacts {
  /// The capture and its time, to begin a sentence with.
  var window: LocalizedText {
    func time(_ moment: Timestamp) -> String { moment.rfc3339(offsetMinutes: Timestamp.jst) }
    return LocalizedText(
      ja: "\(time(from))から\(time(to))までの記録(\(place)\(lost.ja))",
      en: "The capture from \(time(from)) to \(time(to)) (\(place)\(lost.en))")
  }

  private var lost: LocalizedText {
    guard dropped > 0 else { return LocalizedText(ja: "", en: "") }
    return LocalizedText(ja: "、取りこぼし\(dropped)パケット", en: ", \(dropped) packets lost")
  }
}
