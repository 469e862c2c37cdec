public import Records
public import RunComparison
public import Schedules

extension NoticeSettings.DigestTime {
  /// When a digest was last due.
  public func latest(before now: Timestamp, offsetMinutes: Int) -> Timestamp {
    let day = LocalDay(now, offsetMinutes)
    let back = (day.weekday - weekday + 7) % 7
    let moment = day.moment(daysBefore: back, minute: minute)
    return moment <= now ? moment : day.moment(daysBefore: back + 7, minute: minute)
  }
}

/// What a week at one site came to. It is told also when nothing changed, and says what was and what was not looked at.
public struct Digest: Hashable, Sendable {
  /// What a digest is made of.
  public struct Material: Hashable, Sendable {
    /// What came of turns; those of other weeks do not count.
    public var outcomes: [ScheduledOutcome]
    /// The runs that are remembered, and when devices were seen.
    public var trend: RunTrend
    /// What changed from run to run in this week, oldest first.
    public var differences: [RunDifference]
    /// The last run of this week; nil where there was none.
    public var last: RunRecord?

    public init(
      outcomes: [ScheduledOutcome], trend: RunTrend, differences: [RunDifference], last: RunRecord? = nil
    ) {
      self.outcomes = outcomes
      self.trend = trend
      self.differences = differences
      self.last = last
    }
  }

  public static let week = Duration.seconds(7 * 86_400)

  private let due: Timestamp
  private let engagement: Engagement?
  private let source: String
  private let material: Material
  private let filter: NoticeFilter
  private let checkTitles: [String: LocalizedText]

  /// - Parameters:
  ///   - due: the end of the week, as ``NoticeSettings/DigestTime/latest(before:offsetMinutes:)`` gives it.
  ///   - engagement: whose site it is; nil where nothing at all is known.
  ///   - source: which computer tells it.
  ///   - checkTitles: by id of a check; one without a title is named by its id alone.
  public init(
    due: Timestamp, _ engagement: Engagement?, source: String, _ material: Material, _ filter: NoticeFilter,
    checkTitles: [String: LocalizedText] = [:]
  ) {
    self.due = due
    self.engagement = engagement
    self.source = source
    self.filter = filter
    self.checkTitles = checkTitles
    let begin = due.before(Self.week)
    var material = material
    material.outcomes = material.outcomes.filter { begin <= $0.at && $0.at < due }
    self.material = material
  }

  private var runs: [RunTrend.Point] {
    let begin = due.before(Self.week)
    return material.trend.points.filter { begin <= $0.started && $0.started < due }
  }

  public func notice(most: Int = NoticeSettings.standardEntries) -> Notice {
    let entries = turns + changes + unseen
    let shown = Array(entries.prefix(max(1, most)))
    return Notice(
      id: Notice.identity(["digest", source, engagement?.id ?? "", due.rfc3339()]), kind: .digest, at: due,
      offsetMinutes: filter.offsetMinutes,
      engagement: engagement?.harmlessly, schedule: nil, outcome: nil, reason: nil, run: nil, headline: headline,
      entries: shown,
      more: entries.count - shown.count, counts: counts, looked: looked, remarks: remarks)
  }

  private var headline: LocalizedText {
    let day = String(due.rfc3339(offsetMinutes: filter.offsetMinutes).prefix(10))
    let (ran, others) = (runs.count, material.outcomes.count { !$0.didLook })
    let site = engagement.map { harmless($0.site) + ": " } ?? ""
    return LocalizedText(
      ja: "\(site)週間まとめ \(day): 検査 \(ran)回、見送り・失敗 \(others)回",
      en: "\(site)week up to \(day): runs \(ran), turns skipped or failed \(others)")
  }

  /// A line for each schedule.
  private var turns: [Notice.Entry] {
    Dictionary(grouping: material.outcomes, by: \.schedule).sorted { $0.key < $1.key }.map { schedule, outcomes in
      var reasons: [SkipReason: Int] = [:]
      var (completed, partial, failed) = (0, 0, 0)
      for outcome in outcomes {
        switch outcome.result {
        case .completed(_, _, true): partial += 1
        case .completed: completed += 1
        case .skipped(let reason): reasons[reason, default: 0] += 1
        case .failed: failed += 1
        }
      }
      func text(_ language: Language) -> String {
        func say(_ ja: String, _ en: String) -> String { language == .ja ? ja : en }
        var parts = [say("完了 \(completed)", "completed \(completed)")]
        if partial > 0 { parts.append(say("中断 \(partial)", "interrupted \(partial)")) }
        if failed > 0 { parts.append(say("失敗 \(failed)", "failed \(failed)")) }
        for (reason, count) in reasons.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
          parts.append(say("見送り \(count) (\(reason.words.ja))", "skipped \(count) (\(reason.words.en))"))
        }
        return "\(harmless(schedule)): " + parts.joined(separator: say("、", ", "))
      }
      return Notice.Entry(
        topic: .turns, severity: nil, device: nil, address: nil, service: nil, check: nil,
        text: LocalizedText(ja: text(.ja), en: text(.en)))
    }
  }

  private var changes: [Notice.Entry] {
    material.differences.flatMap(\.entries).compactMap { Notice.Entry($0, checkTitles) }.filter(filter.wants)
  }

  /// Devices that the last run of the week did not see, those that were seen before it last first.
  private var unseen: [Notice.Entry] {
    guard let last = material.trend.points.last(where: { $0.started < due }) else { return [] }
    return material.trend.sightings.filter { $0.last < last.started }.sorted {
      ($1.last, $0.device) < ($0.last, $1.device)
    }.map {
      let day = String($0.last.rfc3339(offsetMinutes: filter.offsetMinutes).prefix(10))
      let name = harmless($0.device.rawValue)
      return Notice.Entry(
        topic: .unseenDevice, severity: nil, device: name, address: nil, service: nil, check: nil,
        text: LocalizedText(ja: "最後に見えたのは\(day)", en: "last seen on \(day)"))
    }
  }

  /// What happened is added up; what is still so, or was not looked at, is what the last run says.
  private var counts: [String: Int] {
    guard let last = material.differences.last else { return [:] }
    return Dictionary(
      uniqueKeysWithValues: RunDifference.State.allCases.map { state in
        switch state {
        case .still, .notRetested: (state.rawValue, last.count(state))
        default: (state.rawValue, material.differences.reduce(0) { $0 + $1.count(state) })
        }
      })
  }

  private var looked: Notice.Looked? { material.last.map { Notice.Looked($0, material.differences.last) } }

  private var remarks: [LocalizedText] {
    var remarks: [LocalizedText] = []
    if runs.isEmpty {
      remarks.append(
        LocalizedText(
          ja: "この週は何も検査していません。機器の状態はわかっていません。",
          en: "Nothing was looked at this week. How the devices are is not known."))
    } else {
      let partial = runs.count(where: \.partial)
      remarks.append(
        LocalizedText(
          ja: "この週の検査: \(runs.count)回(うち中断 \(partial)回)。",
          en: "Runs of this week: \(runs.count), of them interrupted: \(partial)."))
    }
    if material.outcomes.isEmpty {
      remarks.append(
        LocalizedText(
          ja: "この週に予定された検査の記録はありません。", en: "There is no record of a scheduled turn in this week."))
    }
    if let last = runs.last {
      func list(_ separator: String) -> String {
        Severity.allCases.reversed().map { "\($0.rawValue) \(last.findings[$0] ?? 0)" }.joined(separator: separator)
      }
      remarks.append(
        LocalizedText(
          ja: "最後の検査: 機器 \(last.devices)台、指摘 \(list("、"))。",
          en: "The last run: devices \(last.devices), findings \(list(", "))."))
    }
    if let count = material.differences.last?.count(.notRetested), count > 0 {
      remarks.append(NoticeRemark.notRetested(count))
    }
    if let looked, looked.unfinished > 0 { remarks.append(NoticeRemark.unfinished(looked.unfinished)) }
    if let looked, looked.omitted > 0 { remarks.append(NoticeRemark.omitted(looked.omitted)) }
    if !unseen.isEmpty { remarks.append(NoticeRemark.gone) }
    return remarks
  }
}

extension Timestamp {
  fileprivate func before(_ duration: Duration) -> Timestamp {
    Timestamp(nanoseconds: nanoseconds &- duration.nanoseconds)
  }
}

extension ScheduledOutcome {
  fileprivate var didLook: Bool {
    if case .completed = result { true } else { false }
  }
}
