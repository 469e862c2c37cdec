import Foundation
import LabSupport
import Records
import RunComparison
import Testing

@testable import Reports

/// Runs over time, as the page shows them.
@Suite struct HistorySectionTests {
  private func html(
    _ language: Language = .en, _ history: RunHistory? = SampleHistory.history(), audience: Audience = .auditor
  ) throws -> String {
    try ShippedInputs.html(language, audience: audience, history: history)
  }

  private func day(_ moment: Timestamp) -> String { String(moment.rfc3339().prefix(10)) }

  // MARK: Pictures

  /// Weeks 0, 1 and 3: a pixel is the 780th part of three weeks; the usual distance is one week, 260 pixels.
  @Test func `time on the axis is time, and a missing week is a gap and no zero`() throws {
    let points = [
      SampleHistory.point(0, [.high: 2]), SampleHistory.point(1), SampleHistory.point(3, [.high: 4], partial: true),
    ]
    let bands = try #require(TrendBands(points))
    #expect([0, 1, 3].map { bands.axis.x(SampleHistory.moment($0)) } == [150, 410, 930])
    #expect(bands.bar == 12)
    let page = bands.page([.init(name: "High", counts: [2, 0, 4])], day: day)
    let gaps = try #require(page["gaps"] as? [ReportModel.Page])
    // From the second run's bar to the third's, two pixels apart from each.
    #expect(gaps.count == 1 && gaps[0]["x"] as? Int == 418 && gaps[0]["width"] as? Int == 504)
    let band = try #require((page["bands"] as? [ReportModel.Page])?.first)
    // 46 pixels high and 26 from the top: half of it, nothing, all of it. Each run has its notch.
    #expect(band["whole"] as? String == "M144 49h12v23h-12z")
    #expect(band["partial"] as? String == "M924 26h12v46h-12z")
    #expect(band["notches"] as? String == "M150 73v3M410 73v3M930 73v3")
    #expect(band["most"] as? String == "4")
  }

  @Test func `five years of weeks touch, and a missing one still shows`() throws {
    let points = (0..<261).filter { $0 != 100 }.map { SampleHistory.point(Int64($0), [.low: 1]) }
    let bands = try #require(TrendBands(points))
    #expect(bands.bar == 3)
    #expect(TimeAxis.gaps(points).map(\.from) == [SampleHistory.moment(99)])
  }

  @Test func `figures that no run can have end nothing`() throws {
    // What can be written in a file.
    let earliest = try #require(Timestamp(rfc3339: "1678-01-01T00:00:00Z"))
    let latest = try #require(Timestamp(rfc3339: "2261-12-31T23:59:59Z"))
    let points = [
      SampleHistory.point(0, devices: .max, [.low: .max]), SampleHistory.point(1, devices: .max, [.low: .max]),
    ]
    let wild = RunTrend(
      points: points + [
        .init(
          run: "x", started: latest, partial: false, packDigest: nil, devices: 0, findings: [:])
      ],
      sightings: [
        .init(
          device: SampleRun.id(1), first: latest, last: earliest, runs: .max)
      ])
    let centuries = RunTrend(
      points: [
        .init(
          run: "x", started: earliest, partial: false, packDigest: nil, devices: 0, findings: [:]),
        .init(
          run: "y", started: latest, partial: false, packDigest: nil, devices: 0,
          findings: [:]),
      ], sightings: [])
    for trend in [wild, centuries] {
      #expect(try html(.en, RunHistory(source: .pack, trend: trend, difference: nil)).contains("id=\"history\""))
    }
  }

  @Test func `what an interrupted run did not see is not gone`() throws {
    let lives = Lifelines(SampleHistory.trend).lives
    // The second was seen until the run before the interrupted one; a run to the end did not see the third any more.
    #expect(lives.map(\.isUnseen) == [false, false, true])
    #expect(lives.map(\.isLater) == [false, false, true])
    #expect(lives.map(\.among) == [5, 4, 2] && lives.allSatisfy { !$0.hasHoles })
    let axis = try #require(TimeAxis(SampleHistory.trend.points))
    let words = Words(inputs: try ShippedInputs.inputs(), language: .en)
    let rows = try #require(
      Lifelines(SampleHistory.trend).page(axis, words: words, day: day)["rows"] as? [ReportModel.Page])
    let names = rows.compactMap { $0["name"] as? String }
    #expect(names == ["10.0.0.2", "10.0.0.1", "10.0.0.3"])
    #expect(rows[0]["open"] != nil && rows[0]["went"] == nil && rows[1]["open"] == nil)
    #expect(rows[2]["went"] != nil && rows[2]["came"] != nil)
    // Week 1 to week 3 of five.
    #expect(rows[2]["line"] as? String == "M306 71H618")
  }

  @Test func `of many devices those that came or went last are drawn, and the table has all`() throws {
    let drawn = Lifelines(try #require(SampleHistory.large.trend)).drawn
    #expect(drawn.count == 40 && drawn.allSatisfy { $0.isLater && $0.isUnseen })
    let page = try Page(html(.en, SampleHistory.large))
    #expect(page.count("past-device") == 508 && page.count("past-run") == 261)
    #expect(page.text.contains("40 / 508 devices are drawn"))
  }

  // MARK: The section

  @Test(arguments: Language.allCases)
  func `each picture has a title, says what it shows, and there are tables beside`(language: Language) throws {
    let page = try Page(html(language))
    let pictures = page.elements.filter { $0.attributes["role"] == "img" }
    // Five of the run, and findings, devices, lifelines.
    #expect(pictures.count == 8)
    for picture in pictures {
      let names = (picture.attributes["aria-labelledby"] ?? "").split(separator: " ").map(String.init)
      #expect(names.count == 2)
      for name in names { #expect(page.text(ofID: name)?.isEmpty == false, "\(name)") }
    }
    for words in WordingRules.Language.allCases { #expect(WordingRules.problems(in: page.text, words) == []) }
    let names = page.elements.compactMap { $0.attributes["id"] }
    #expect(Set(names).count == names.count)
  }

  @Test func `every run stands there with its pack, and which were interrupted`() throws {
    let page = try Page(html())
    #expect(page.count("past-run") == 6)
    #expect(page.text.contains("000000000000") && page.text.contains("interrupted"))
    #expect(page.text.contains("data/history"))
    let file = RunHistory(source: .file, trend: SampleHistory.trend, difference: nil)
    #expect(try Page(html(.en, file)).text.contains("The pack alone does not give it again"))
  }

  @Test func `one run makes no picture, and a sentence says why`() throws {
    let one = RunHistory(
      source: .pack, trend: RunTrend(points: [SampleHistory.point(0)], sightings: []), difference: nil)
    let page = try Page(html(.en, one))
    #expect(page.text.contains("it takes two runs"))
    #expect(page.elements.count { $0.attributes["role"] == "img" } == 5)
    #expect(try !Page(html(.en, nil)).text.contains("This run and those before"))
  }

  @Test func `vendors see nothing of it, and managers no lists`() throws {
    #expect(try !html(audience: .vendor).contains("id=\"history\""))
    let managers = try Page(html(audience: .management))
    #expect(managers.count("past-device") == 0 && managers.count("chart-trend") == 2)
    #expect(managers.text(ofID: "change-not-retested") == "1")
    #expect(!managers.text.contains("Findings that were not tested again"))
  }

  // MARK: Differences

  @Test(arguments: Language.allCases)
  func `the page of a difference has every entry, what was not tested again apart`(language: Language) throws {
    let difference = SampleHistory.difference()
    let html = try HTMLReport(ShippedInputs.inputs()).render(
      difference, language: language, offsetMinutes: 540, version: "0")
    let page = try Page(html)
    for state in RunDifference.State.allCases {
      #expect(difference.count(state) > 0)
      #expect(page.text(ofID: "change-\(state.rawValue)") == "\(difference.count(state))")
    }
    #expect(page.count("change") == difference.entries.count)
    for words in WordingRules.Language.allCases { #expect(WordingRules.problems(in: page.text, words) == []) }
    #expect(page.text.contains(language == .ja ? "是正されたとは言えません" : "They are not fixed"))
    #expect(page.text.contains(try #require(difference.later.packDigest)))
    // Nothing outside, nothing that runs.
    for reference in ["http://", "https://", "src=", "href=", "<script", "<link", "@import", "url(//"] {
      #expect(!html.contains(reference), "\(reference)")
    }
    #expect(html.contains("default-src 'none'; style-src 'unsafe-inline'"))
    #expect(page.text.contains(language == .ja ? "中断" : "interrupted"))
  }

  @Test(arguments: injections)
  func `what a device says cannot become markup in a difference or a course`(text: String) throws {
    func pages(_ text: String) throws -> [Page] {
      let report = try HTMLReport(ShippedInputs.inputs())
      return [
        try Page(report.render(SampleHistory.difference(text), language: .ja, offsetMinutes: 0, version: text)),
        try Page(html(.ja, SampleHistory.history(text))),
      ]
    }
    for (page, clean) in zip(try pages(text), try pages("plain")) {
      #expect(page.elements.map(\.name) == clean.elements.map(\.name))
      #expect(page.elements.map { $0.attributes.keys.sorted() } == clean.elements.map { $0.attributes.keys.sorted() })
    }
  }

  @Test func `changes stand by device, in the order of addresses`() throws {
    let words = Words(inputs: try ShippedInputs.inputs(), language: .en)
    let model = DifferenceModel(
      document: SampleHistory.difference(), words: words, offsetMinutes: 0, detail: .everything)
    let drift = try #require((model.page["drift"] as? [ReportModel.Page])?.first?["devices"] as? [ReportModel.Page])
    #expect(drift.compactMap { $0["address"] as? String } == ["10.0.0.1", "10.0.0.90"])
    let rows = try #require(drift[0]["rows"] as? [ReportModel.Page])
    #expect(
      rows.map { "\($0["aspect"] ?? "") \($0["before"] ?? "") \($0["after"] ?? "")" }.sorted()
        == ["Firmware 1.0 telnet.enabled", "Port open closed"])
  }
}
