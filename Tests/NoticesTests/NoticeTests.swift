import LabSupport
import Records
import RunComparison
import Schedules
import Testing

@testable import Notices

@Suite struct NoticeTests {
  private func entries(_ occasion: Occasion, _ filter: NoticeFilter = NoticeFilter()) -> [String] {
    Notice(occasion, filter)?.entries.map { entry in
      [entry.topic.rawValue, entry.device.map { String($0.suffix(1)) }, entry.check].compactMap(\.self).joined(
        separator: " ")
    } ?? []
  }

  @Test func `what is new at or above the level is told, the gravest first`() {
    #expect(entries(Sample.occasion()) == ["new-finding 1 tls.expired", "new-device 3"])
    #expect(
      entries(Sample.occasion(), NoticeFilter(level: .info)) == [
        "new-finding 1 tls.expired", "new-finding 1 http.banner", "new-device 3",
      ])
    #expect(entries(Sample.occasion(), NoticeFilter(level: .high)) == ["new-device 3"])
  }

  @Test func `findings are called by their titles, and by ids where there is none`() throws {
    let titles = ["tls.expired": LocalizedText(ja: "証明書の期限切れ\u{1B}[31m", en: "Certificate expired")]
    let notice = try #require(Notice(Sample.occasion(), NoticeFilter(level: .info), checkTitles: titles))
    let (told, plain) = (notice.entries[0].text, notice.entries[1].text)
    #expect(told.en.hasSuffix(" Certificate expired (tls.expired, medium)"), "\(told.en)")
    #expect(told.ja.contains("証明書の期限切れ") && !told.ja.contains("\u{1B}"), "\(told.ja)")
    #expect(plain.en.hasSuffix(" http.banner (info)"), "\(plain.en)")
  }

  @Test func `topics that are asked for are told, and no others`() {
    #expect(
      entries(Sample.occasion(), NoticeFilter(topics: [.changed])) == ["changed 1"], "the firmware")
    #expect(entries(Sample.occasion(), NoticeFilter(topics: [.fixed])).isEmpty, "it was not looked for again")
  }

  @Test func `nothing is told when nothing changed`() {
    let (before, _) = Sample.runs()
    var same = SampleRun(2)
    same.add(1, at: 11, open: [Sample.telnet])
    same.add(2, at: 12, open: [Sample.telnet])
    same.find("telnet.enabled", on: 1, at: Sample.telnet)
    same.find("telnet.enabled", on: 2, at: Sample.telnet)
    let after = same.record
    let occasion = Occasion(
      outcome: Sample.completed(after), engagement: after.run.engagement, run: after,
      difference: RunDifference(earlier: before, later: after))
    #expect(Notice(occasion, NoticeFilter(topics: Set(NoticeTopic.selectable), level: .info)) == nil)
  }

  @Test func `what nobody looked for again is told as that and never as fixed`() throws {
    let notice = try #require(
      Notice(Sample.occasion(), NoticeFilter(topics: Set(NoticeTopic.selectable), level: .info)))
    #expect(!notice.entries.contains { $0.topic == .fixed })
    #expect(notice.counts["not-retested"] == 1 && notice.counts["fixed"] == 0 && notice.counts["still"] == 1)
    #expect(notice.looked?.notRetested == 1 && notice.looked?.unfinished == 1 && notice.looked?.devices == 3)
    let remarks = notice.remarks.map(\.en).joined(separator: "\n")
    #expect(remarks.contains("Not re-tested: 1") && remarks.contains("not looked at to the end: 1"))
  }

  @Test(arguments: SkipReason.allCases)
  func `a skipped turn is told with its reason, and that nothing was looked at`(reason: SkipReason) throws {
    let detail = LocalizedText(ja: "ゲートウェイ 00:11", en: "gateway 00:11")
    let notice = try #require(Notice(Sample.skipped(reason, detail: detail), NoticeFilter()))
    #expect(notice.outcome == .skipped && notice.reason == reason && notice.run == nil && notice.looked == nil)
    #expect(notice.entries[0].text.ja.contains("ゲートウェイ 00:11") && notice.entries[0].text.en.contains("gateway 00:11"))
    #expect(notice.remarks.first?.en.hasPrefix("Nothing was looked at") == true)
  }

  @Test func `failures, interruptions, troubles and ended exceptions are told`() throws {
    let (_, after) = Sample.runs()
    let failed = Occasion(
      outcome: ScheduledOutcome(schedule: "w", due: nil, at: SampleRun.start, result: .failed("no interface")),
      engagement: after.run.engagement, expiredExceptions: ["DET-003 JSSEC-14.2.c"])
    #expect(entries(failed) == ["failed", "expired-exception"])
    let partial = Occasion(
      outcome: Sample.completed(after, partial: true), engagement: after.run.engagement, run: after,
      troubles: [.init(device: SampleRun.id(2), kind: .lost)])
    #expect(entries(partial) == ["interrupted", "distress 2", "first-run"])
    #expect(Notice(partial, NoticeFilter())?.outcome == .partial)
  }

  @Test func `a weakness that comes back is told as regressed`() throws {
    let (before, after) = Sample.runs()
    let past: Set<RunDifference.Place> = [.init(device: SampleRun.id(1), service: SampleRun.web, check: "tls.expired")]
    let occasion = Occasion(
      outcome: Sample.completed(after), engagement: after.run.engagement, run: after,
      difference: RunDifference(earlier: before, later: after, past: past, mended: past))
    #expect(entries(occasion) == ["regressed 1 tls.expired", "new-device 3"])
  }

  @Test func `the same occasion has the same id, another occasion another`() throws {
    let filter = NoticeFilter()
    let one = try #require(Notice(Sample.occasion(), filter))
    #expect(one.id == Notice(Sample.occasion(), NoticeFilter(level: .info))?.id)
    #expect(one.id.wholeMatch(of: /n-[0-9a-f]{32}/) != nil)
    let others = [
      Notice(Sample.skipped(.overlap), filter),
      Notice(Sample.skipped(.overlap, at: SampleRun.start + .seconds(1)), filter),
    ].compactMap { $0?.id }
    #expect(Set(others + [one.id]).count == 3)
    // No two lists of parts are one text.
    #expect(Notice.identity(["a", "bc"]) != Notice.identity(["ab", "c"]))
  }

  @Test func `a notice has at most so many entries and counts the rest`() throws {
    var before = SampleRun(1)
    var after = SampleRun(2)
    before.unanswered = "10.0.0.1-10.0.3.254"
    for device in 1...700 { after.add(device, at: device, closed: "1-65535") }
    before.unanswered = "10.0.0.1-10.0.7.254"
    let (earlier, later) = (before.record, after.record)
    let occasion = Occasion(
      outcome: Sample.completed(later), engagement: later.run.engagement, run: later,
      difference: RunDifference(earlier: earlier, later: later))
    let notice = try #require(Notice(occasion, NoticeFilter(), most: 50))
    #expect(notice.entries.count == 50 && notice.more == 650)
    #expect(notice.json.count < 32_768)
    #expect(try Sample.texts().text(of: notice, [.en]).contains("- and 650 more"))
  }

  @Test(arguments: Sample.injections)
  func `what devices and files say is cut and does nothing`(text: String) throws {
    let engagement = Engagement(id: text, customer: text, site: text, operator: text)
    let occasion = Occasion(
      outcome: ScheduledOutcome(
        schedule: text, due: nil, at: SampleRun.start, result: .failed(text), detail: LocalizedText(ja: text, en: text)),
      engagement: engagement, troubles: [.init(device: DeviceID(rawValue: text), kind: .slow)],
      expiredExceptions: [text])
    let all = NoticeFilter(topics: Set(NoticeTopic.selectable), level: .info)
    for notice in [Notice(occasion, all), Notice(Sample.occasion(text), all)] {
      let notice = try #require(notice)
      let rendered = try Sample.texts().text(of: notice, [.ja, .en])
      #expect(rendered.unicodeScalars.allSatisfy { $0 == "\n" || !Self.isObeyed($0) })
      #expect(rendered.utf8.count < 20_000)
      let plain = try Sample.texts().text(of: try #require(Notice(Sample.occasion("plain"), all)), [.ja, .en])
      if notice.run != nil { #expect(rendered.split(separator: "\n").count == plain.split(separator: "\n").count) }
      #expect(notice.json.count < 40_000)
    }
  }

  private static func isObeyed(_ scalar: Unicode.Scalar) -> Bool {
    [.control, .format, .lineSeparator, .paragraphSeparator].contains(scalar.properties.generalCategory)
  }

  @Test func `texts are whole in both languages and assure nothing`() throws {
    let all = NoticeFilter(topics: Set(NoticeTopic.selectable), level: .info)
    let occasions = [
      Sample.occasion(troubles: [.init(device: SampleRun.id(1), kind: .rebooted)]), Sample.skipped(.onBattery),
    ]
    let trend = RunTrend(points: [], sightings: [])
    let digest = Digest(
      due: SampleRun.start, Sample.engagement, source: "h", .init(outcomes: [], trend: trend, differences: []), all
    ).notice()
    for notice in occasions.compactMap({ Notice($0, all) }) + [
      digest, .test(at: SampleRun.start, offsetMinutes: 540, host: "h"),
    ] {
      for (language, rules) in [(Language.ja, WordingRules.Language.japanese), (.en, .english)] {
        let text = try Sample.texts().text(of: notice, [language])
        #expect(text.hasPrefix(notice.headline.text(language)) && text.contains(notice.id))
        #expect(!text.contains("{{"))
        #expect(WordingRules.problems(in: text, rules).isEmpty, "\(text)")
        for remark in notice.remarks { #expect(text.contains(remark.text(language))) }
        for entry in notice.entries { #expect(text.contains(entry.text.text(language))) }
      }
    }
  }
}
