import Foundation
import LabSupport
import Records
import RunComparison
import Schedules
import Testing

@testable import Notices

/// Each form of a notice, read by programs that nobody here wrote.
@Suite struct PayloadTests {
  private static let all = NoticeFilter(topics: Set(NoticeTopic.selectable), level: .info)

  private static func notices() throws -> [Notice] {
    let occasions = [Sample.occasion(), Sample.skipped(.wrongNetwork), Sample.occasion(Sample.injections.joined())]
    let trend = RunTrend(points: [], sightings: [])
    return occasions.compactMap { Notice($0, all) } + [
      .test(at: SampleRun.start, offsetMinutes: 540, host: "auditor"),
      Digest(
        due: SampleRun.start, Sample.engagement, source: "h",
        .init(outcomes: [Sample.skipped(.overlap).outcome], trend: trend, differences: []), all
      ).notice(),
    ]
  }

  @Test func `the JSON is what its schema says, to the last member`() throws {
    let data = try Data(contentsOf: Sample.repository.appendingPathComponent("Docs/OutputSchema/notice.schema.json"))
    let root = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    for notice in try Self.notices() {
      let document = try #require(try JSONSerialization.jsonObject(with: Data(notice.json)) as? [String: Any])
      #expect(SchemaCheck(root: root, closed: true).faults(of: document, at: "notice") == [])
      #expect(document["id"] as? String == notice.id)
      let entries = try #require(document["entries"] as? [[String: Any]])
      #expect(entries.compactMap { ($0["text"] as? [String: String])?["ja"] } == notice.entries.map(\.text.ja))
    }
    // Words that are written in two places.
    let properties = try #require(root["properties"] as? [String: [String: Any]])
    #expect(
      (properties["reason"]?["enum"] as? [Any])?.compactMap { $0 as? String } == SkipReason.allCases.map(\.rawValue))
  }

  @Test(arguments: Sample.injections)
  func `text survives JSON as it was, without a character that a page obeys`(text: String) throws {
    let octets = JSONText.object([(text, .list([.text(text), .null, .number(-3)]))]).octets
    let said = try Oracle.read(
      "import json,sys; d=json.load(sys.stdin.buffer); print(json.dumps(d, ensure_ascii=True))", octets)
    let read = try #require(try JSONSerialization.jsonObject(with: Data(said.utf8)) as? [String: [Any]])
    #expect(read[text]?.first as? String == text)
    #expect(!octets.contains { $0 < 0x20 || $0 == UInt8(ascii: "<") || $0 == UInt8(ascii: "&") })
  }

  private static func hook(_ rest: String = "") throws -> NoticeSettings.Webhook {
    let settings = try Sample.settings(
      "version: 1\nchannels: [{ name: a, type: webhook, url: \"https://h.example/x\"\(rest) }]")
    guard case .webhook(let hook) = settings.channels[0].way else { throw CancellationError() }
    return hook
  }

  @Test func `a receiver verifies the signature with Python's hmac`() throws {
    let notice = try #require(Notice(Sample.occasion(), Self.all))
    let key = Array("0123456789abcdef0123456789abcdef".utf8)
    let moment = Timestamp(nanoseconds: 1_795_999_999_900_000_000)
    let request = WebhookRequest(
      notice, try Self.hook(), url: "https://h.example/x", text: "t", secret: key, token: nil, now: moment)
    let field = try #require(request.fields.first { $0.hasPrefix("Tenken-Signature: ") })
    let script = """
      import hmac, sys
      parts = dict(p.split("=", 1) for p in sys.argv[1].split(": ", 1)[1].split(","))
      body = sys.stdin.buffer.read()
      expected = hmac.new(sys.argv[2].encode(), parts["t"].encode() + b"." + body, "sha256").hexdigest()
      print(hmac.compare_digest(expected, parts["v1"]), parts["t"])
      """
    let arguments = [field, String(decoding: key, as: UTF8.self)]
    #expect(try Oracle.read(script, request.body, arguments: arguments) == "True 1795999999\n")
    #expect(try Oracle.read(script, request.body + [0x20], arguments: arguments) == "False 1795999999\n")
    #expect(request.fields.contains("Idempotency-Key: \(notice.id)"))
    let plain = WebhookRequest(
      notice, try Self.hook(), url: "https://h.example/x", text: "t", secret: nil, token: nil, now: moment)
    #expect(!plain.fields.contains { $0.hasPrefix("Tenken-Signature") || $0.hasPrefix("Authorization") })
  }

  @Test func `a token goes into its header, and text receivers get text alone`() throws {
    let notice = try #require(Notice(Sample.occasion(), Self.all))
    let hook = try Self.hook(", tokenFile: /t, tokenHeader: X-Token, body: text")
    let request = WebhookRequest(
      notice, hook, url: "https://h.example/x", text: "one\n\"two\"", secret: nil, token: "Bearer abc",
      now: SampleRun.start)
    #expect(request.fields.contains("X-Token: Bearer abc"))
    #expect(String(decoding: request.body, as: UTF8.self) == #"{"text":"one\n\"two\""}"#)
  }

  private struct Mail: Decodable {
    let headers: [String]
    let subject: String
    let text: String
    let date: Double
    let to: [String]
    let defects: Int
  }

  private func read(_ message: MailMessage) throws -> Mail {
    let script = """
      import email, email.policy, json, sys
      m = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
      print(json.dumps({"headers": list(m.keys()), "subject": str(m["Subject"]), "text": m.get_content(),
        "date": m["Date"].datetime.timestamp(), "to": [str(a.addr_spec) for a in m["To"].addresses],
        "defects": len(m.defects) + sum(len(v.defects) for v in m.values())}))
      """
    return try JSONDecoder().decode(Mail.self, from: Data(try Oracle.read(script, message.octets).utf8))
  }

  private static let headers = [
    "Date", "From", "To", "Subject", "Message-ID", "Auto-Submitted", "X-Tenken-Notice", "MIME-Version", "Content-Type",
    "Content-Transfer-Encoding",
  ]

  @Test(
    arguments: Sample.injections + [
      "点検: 東京第一工場の新しい機器と再発した指摘が見つかりました(週次)𠮷野家" + String(repeating: "長", count: 60), "", "plain",
    ])
  func `Python's email reads the message, and nothing of it becomes a header`(text: String) throws {
    let notice = try #require(Notice(Sample.occasion(text), Self.all))
    let mail = NoticeSettings.Mail(from: "tenken@example.jp", to: (1...50).map { "ops\($0)@example.jp" }, program: "/x")
    let message = MailMessage(notice, mail, subject: text, text: "本文\n\(text)\nend\n", channel: "mail")
    #expect(message.octets.allSatisfy { $0 < 0x80 && ($0 >= 0x20 || $0 == 0x0a || $0 == 0x0d) })
    #expect(message.lines.allSatisfy { $0.utf8.count <= 76 })
    let read = try read(message)
    #expect(read.headers == Self.headers && read.defects == 0)
    #expect(read.subject == text.cut(to: 150).withoutControls)
    #expect(read.text.utf8.starts(with: "本文\r\n".utf8) && read.text.utf8.suffix(5).elementsEqual("end\r\n".utf8))
    #expect(read.to == mail.to)
    #expect(read.date == Double(notice.at.nanoseconds / 1_000_000_000))
  }

  /// RFC 5424 §6, as a regular expression of its grammar: PRI, version, time, host, application, process, message id, structured data.
  private static let grammar =
    #"^<(\d{1,3})>1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(?:Z|[+-]\d\d:\d\d)) ([\x21-\x7e]{1,255}) tenken - ([\x21-\x7e]{1,32}) \[tenken@32473((?: [a-z]{1,32}="(?:[^"\\\]]|\\["\\\]])*")*)\] \ufeff([^\x00-\x1f]*)$"#

  @Test(arguments: Sample.injections + ["plain"])
  func `messages to syslog keep to the grammar`(text: String) throws {
    let occasion = Occasion(
      outcome: ScheduledOutcome(schedule: text, due: nil, at: SampleRun.start, result: .failed(text)),
      engagement: Engagement(id: text, customer: text, site: text, operator: text))
    for notice in [Notice(occasion, Self.all), Notice(Sample.occasion(text), Self.all)] {
      let notice = try #require(notice)
      let messages = SyslogMessages(
        notice, .init(receiver: .socket("/dev/log"), facility: 16), language: .ja, host: text)
      #expect(messages.octets.count == 1 + notice.entries.count + notice.remarks.count)
      for message in messages.octets {
        #expect(message.count <= SyslogMessages.longest)
        let said = try Oracle.read(
          "import re,sys; m=re.match(sys.argv[1], sys.stdin.buffer.read().decode('utf-8')); print(m.group(1) if m else 'no')",
          message, arguments: [Self.grammar])
        #expect(
          Int(said.dropLast()).map { (128..<136).contains($0) } == true, "\(String(decoding: message, as: UTF8.self))")
      }
    }
  }

  @Test func `what is grave is grave to syslog`() throws {
    let notice = try #require(Notice(Sample.occasion(), Self.all))
    let messages = SyslogMessages(notice, .init(receiver: .socket("/x"), facility: 3), language: .en, host: "auditor")
    let fronts = messages.octets.map { String(decoding: $0.prefix { $0 != UInt8(ascii: ">") }, as: UTF8.self) }
    // Facility 3: 24 and the severity; the first is the gravest of them, medium (4); a new device is a warning too.
    #expect(fronts.first == "<28" && fronts[1] == "<28" && notice.entries[1].severity == .info && fronts[2] == "<30")
  }

  @Test func `Prometheus' own parser reads the page`() throws {
    var state = MetricsState()
    state.take(Sample.occasion())
    state.take(Sample.occasion())
    for reason in [SkipReason.onBattery, .onBattery, .overlap] { state.take(Sample.skipped(reason)) }
    for text in Sample.injections {
      state.take(
        Occasion(
          outcome: ScheduledOutcome(schedule: text, due: nil, at: SampleRun.start, result: .failed(text)),
          engagement: Engagement(id: text, customer: text, site: text, operator: text)))
    }
    let script = """
      import sys
      from prometheus_client.parser import text_string_to_metric_families as read
      for family in read(sys.stdin.buffer.read().decode()):
        for s in family.samples:
          if s.labels["schedule"] == "weekly":
            rest = ",".join(k + "=" + v for k, v in sorted(s.labels.items()) if k not in ("schedule", "engagement"))
            print(family.type, s.name, rest, int(s.value))
        print(len({s.labels["schedule"] for s in family.samples}), file=sys.stderr)
      """
    guard FileManager.default.isExecutableFile(atPath: Oracle.python),
      (try? Oracle.read("import prometheus_client", [], python: Oracle.python)) != nil
    else { return print("no prometheus_client in .build/oracles (Scripts/test installs it)") }
    let said = Set(try Oracle.read(script, state.page, python: Oracle.python).split(separator: "\n").map(String.init))
    let (_, after) = Sample.runs()
    let expected = [
      "gauge tenken_last_turn_timestamp_seconds  \(SampleRun.start.nanoseconds / 1_000_000_000)",
      "gauge tenken_last_turn_result reason=overlap,result=skipped 1",
      "counter tenken_turns_total reason=,result=completed 2",
      "counter tenken_turns_total reason=on-battery,result=skipped 2",
      "counter tenken_turns_total reason=overlap,result=skipped 1",
      "gauge tenken_last_run_timestamp_seconds  \(after.run.ended.nanoseconds / 1_000_000_000)",
      "gauge tenken_devices  3",
      "gauge tenken_devices_unfinished  1", "gauge tenken_findings severity=high 1",
      "gauge tenken_findings severity=medium 1",
      "gauge tenken_findings severity=info 1", "gauge tenken_findings severity=low 0",
      "gauge tenken_findings severity=critical 0",
    ]
    #expect(said == Set(expected))
  }
}
