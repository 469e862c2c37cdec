internal import Addressing
public import Records
internal import RunComparison
internal import Schedules

extension Notice {
  /// What is to be told of an occasion; nil when nothing of it was asked for.
  /// - Parameters:
  ///   - most: entries at most.
  ///   - checkTitles: by id of a check; one without a title is named by its id alone.
  public init?(
    _ occasion: Occasion, _ filter: NoticeFilter, most: Int = NoticeSettings.standardEntries,
    checkTitles: [String: LocalizedText] = [:]
  ) {
    let entries = EntryMaker(occasion, filter, checkTitles).entries
    guard let first = entries.first else { return nil }
    let (outcome, reason) = Self.outcome(occasion.outcome.result)
    let engagement = occasion.engagement.harmlessly
    let schedule = harmless(occasion.outcome.schedule)
    id = Self.identity([
      "turn", occasion.engagement.id, occasion.outcome.schedule, occasion.outcome.due?.rfc3339() ?? "",
      occasion.outcome.at.rfc3339(), outcome.rawValue, occasion.run?.run.runID ?? "",
    ])
    kind = .turn
    at = occasion.outcome.at
    offsetMinutes = occasion.run?.run.offsetMinutes ?? filter.offsetMinutes
    self.engagement = engagement
    self.schedule = schedule
    self.outcome = outcome
    self.reason = reason
    run = occasion.run.map {
      Run(
        id: harmless($0.run.runID), started: $0.run.started, ended: $0.run.ended, packDigest: harmless($0.packDigest))
    }
    headline = Self.headline(entries, first, engagement.site, schedule)
    self.entries = Array(entries.prefix(max(1, most)))
    more = entries.count - self.entries.count
    counts =
      occasion.difference.map { difference in
        Dictionary(uniqueKeysWithValues: RunDifference.State.allCases.map { ($0.rawValue, difference.count($0)) })
      } ?? [:]
    looked = occasion.run.map { Looked($0, occasion.difference) }
    remarks = Self.remarks(looked, outcome, hasGone: entries.contains { $0.topic == .goneDevice })
  }

  private static func outcome(_ result: ScheduledOutcome.Result) -> (Outcome, SkipReason?) {
    switch result {
    case .completed(_, _, let partial): (partial ? .partial : .completed, nil)
    case .skipped(let reason): (.skipped, reason)
    case .failed: (.failed, nil)
    }
  }

  /// The gravest thing, and how much else there is.
  private static func headline(
    _ entries: [Entry], _ first: Entry, _ site: String, _ schedule: String
  ) -> LocalizedText {
    var topics: [(topic: NoticeTopic, count: Int)] = []
    for entry in entries {
      if let place = topics.firstIndex(where: { $0.topic == entry.topic }) {
        topics[place].count += 1
      } else {
        topics.append((entry.topic, 1))
      }
    }
    func list(_ language: Language) -> String {
      topics.prefix(4).map { topic, count in
        switch topic {
        case .failed, .skipped, .interrupted, .firstRun: topic.words.text(language)
        default: "\(topic.words.text(language)) \(count)"
        }
      }.joined(separator: language == .ja ? "、" : ", ")
    }
    return LocalizedText(ja: "\(site) (\(schedule)): \(list(.ja))", en: "\(site) (\(schedule)): \(list(.en))")
  }

  private static func remarks(_ looked: Looked?, _ outcome: Outcome, hasGone: Bool) -> [LocalizedText] {
    guard let looked else { return [NoticeRemark.nothingLooked] }
    var remarks: [LocalizedText] = []
    if outcome == .partial { remarks.append(NoticeRemark.interrupted) }
    if looked.notRetested > 0 { remarks.append(NoticeRemark.notRetested(looked.notRetested)) }
    if looked.unfinished > 0 { remarks.append(NoticeRemark.unfinished(looked.unfinished)) }
    if looked.omitted > 0 { remarks.append(NoticeRemark.omitted(looked.omitted)) }
    if hasGone { remarks.append(NoticeRemark.gone) }
    return remarks
  }
}

extension Notice.Looked {
  init(_ record: RunRecord, _ difference: RunDifference?) {
    self.init(
      devices: record.devices.count, compared: difference?.compared, unfinished: record.looks.count { !$0.isFinished },
      notRetested: difference?.count(.notRetested) ?? 0, omitted: record.omitted.count)
  }
}

/// Makes the entries of an occasion, the gravest first.
private struct EntryMaker {
  private(set) var entries: [Notice.Entry] = []
  private let filter: NoticeFilter

  init(_ occasion: Occasion, _ filter: NoticeFilter, _ checkTitles: [String: LocalizedText]) {
    self.filter = filter
    turn(occasion)
    for trouble in occasion.troubles { add(.distress, device: trouble.device, text: trouble.kind.words) }
    for entry in occasion.difference?.entries ?? [] {
      if let entry = Notice.Entry(entry, checkTitles), filter.wants(entry) { entries.append(entry) }
    }
    for exception in occasion.expiredExceptions {
      let name = harmless(exception)
      add(.expiredException, text: LocalizedText(ja: name, en: name))
    }
    // Whatever is asked for of differences cannot be told of a run that has none.
    if let run = occasion.run, occasion.difference == nil { first(run) }
    let order = NoticeTopic.allCases
    entries = entries.enumerated().sorted { left, right in
      let ranks = [left, right].map { order.firstIndex(of: $0.element.topic) ?? 0 }
      return ranks[0] != ranks[1] ? ranks[0] < ranks[1] : left.offset < right.offset
    }.map(\.element)
  }

  private mutating func add(_ topic: NoticeTopic, device: DeviceID? = nil, text: LocalizedText) {
    guard filter.topics.contains(topic) else { return }
    entries.append(
      Notice.Entry(
        topic: topic, severity: nil, device: device.map { harmless($0.rawValue) }, address: nil, service: nil,
        check: nil, text: text))
  }

  private mutating func turn(_ occasion: Occasion) {
    switch occasion.outcome.result {
    case .completed(_, _, let partial):
      if partial { add(.interrupted, text: NoticeRemark.interrupted) }
    case .skipped(let reason):
      let detail = occasion.outcome.detail
      func text(_ language: Language) -> String {
        let words = reason.words.text(language)
        guard let detail else { return words }
        return "\(words) (\(harmless(detail.text(language))))"
      }
      add(.skipped, text: LocalizedText(ja: text(.ja), en: text(.en)))
    case .failed(let why):
      let why = harmless(why, longest: 500)
      add(.failed, text: LocalizedText(ja: why, en: why))
    }
  }

  private mutating func first(_ record: RunRecord) {
    let grave = record.weaknesses.count { $0.severity >= filter.level }
    let level = filter.level.rawValue
    add(
      .firstRun,
      text: LocalizedText(
        ja: "機器 \(record.devices.count)台、\(level)以上の指摘 \(grave)件。比べる相手となる前回の検査はありません。",
        en:
          "Devices: \(record.devices.count), findings at or above \(level): \(grave). There is no run before to compare with."
      ))
  }
}

extension Notice.Entry {
  /// Of a difference; nil where nothing is told of its state.
  init?(_ entry: RunDifference.Entry, _ checkTitles: [String: LocalizedText]) {
    guard let topic = NoticeTopic(entry.state) else { return nil }
    self.topic = topic
    severity = entry.severity
    device = harmless(entry.device.rawValue)
    address = entry.address.map(\.description)
    service = entry.service.map(\.description)
    check = entry.check.map { harmless($0) }
    let place = [entry.address?.description ?? device, entry.service?.description].compactMap(\.self)
      .joined(separator: " ")
    func text(_ language: Language) -> String {
      let words = topic.words.text(language)
      if let check = entry.check {
        let severity = entry.severity?.rawValue ?? "info"
        guard let title = checkTitles[check] else { return "\(words): \(place) \(harmless(check)) (\(severity))" }
        return "\(words): \(place) \(harmless(title.text(language))) (\(harmless(check)), \(severity))"
      }
      guard let aspect = entry.aspect else { return "\(words): \(place)" }
      let before = entry.before.map { harmless($0, longest: 80) } ?? "–"
      let after = entry.after.map { harmless($0, longest: 80) } ?? "–"
      return "\(words): \(place) \(aspect.words.text(language)) \(before) → \(after)"
    }
    self.text = LocalizedText(ja: text(.ja), en: text(.en))
  }
}

extension NoticeTopic {
  /// What was there before and is still there, and what nobody looked for, is counted and not told one by one.
  fileprivate init?(_ state: RunDifference.State) {
    switch state {
    case .regressed: self = .regressed
    case .new: self = .newFinding
    case .fixed: self = .fixed
    case .deviceNew: self = .newDevice
    case .deviceGone: self = .goneDevice
    case .changed: self = .changed
    case .still, .notRetested: return nil
    }
  }
}
