import Documents
import Records
import Testing

@testable import Notices

@Suite struct NoticeSettingsTests {
  private let log = "channels: [{ name: log, type: syslog, to: local }]"

  @Test func `the example is read, also with every line of it taken in`() throws {
    let example = try Sample.settings(NoticeSettingsTemplate.text)
    #expect(example.channels.map(\.name) == ["log"] && example.digest == .init(weekday: 1, minute: 480))
    #expect(example.channels[0].filter.topics == NoticeTopic.standard)
    // What is commented out is settings too, but for one of two that exclude each other.
    let whole = NoticeSettingsTemplate.text.split(separator: "\n").compactMap { line -> String? in
      guard line.hasPrefix("  # - ") || line.hasPrefix("  #   ") else { return String(line) }
      let text = String(line.dropFirst(4))
      return text.contains("urlFile") ? nil : "  " + (text.hasPrefix("  # ") ? "  " + text.dropFirst(4) : text)
    }.joined(separator: "\n")
    let all = try Sample.settings(whole)
    #expect(all.channels.map(\.name) == ["log", "mail", "hook", "metrics", "own"])
    guard case .webhook(let hook) = try #require(all.channels.dropFirst(2).first).way else { throw CancellationError() }
    #expect(hook.body == .text && hook.tokenFile != nil && hook.authorityFile != nil && hook.proxy != nil)
  }

  @Test func `channels have their own languages, topics and level`() throws {
    let settings = try Sample.settings(
      """
      version: 1
      languages: [en]
      on: [failed]
      level: high
      utcOffset: "-03:30"
      channels:
        - { name: a, type: syslog, to: "tcp://[::1]:601", facility: daemon }
        - { name: b, type: email, from: a@example.jp, to: [b@example.jp], languages: [ja, en], on: [skipped], level: low, digest: false }
      """)
    #expect(settings.offsetMinutes == -210)
    let (a, b) = (settings.channels[0], settings.channels[1])
    #expect(a.languages == [.en] && a.filter.topics == [.failed] && a.filter.level == .high && a.takesDigest)
    #expect(b.languages == [.ja, .en] && b.filter.topics == [.skipped] && b.filter.level == .low && !b.takesDigest)
    #expect(a.way == .syslog(.init(receiver: .tcp(host: "::1", port: 601), facility: 3)))
  }

  /// Line, what is wrong there.
  @Test(arguments: [
    ("version: 2\nchannels: []", 1), ("version: 1\nchannels: []", 2), ("version: 1\nchanels: []", 2),
    ("version: 1\nsecret: x\nchannels: []", 2), ("version: 1\nlevel: grave\nLOG", 2),
    ("version: 1\non: [turns]\nLOG", 2),
    ("version: 1\non: regressed\nLOG", 2), ("version: 1\nlanguages: [fr]\nLOG", 2),
    ("version: 1\nlanguages: []\nLOG", 2),
    ("version: 1\nentries: 501\nLOG", 2), ("version: 1\nutcOffset: \"9\"\nLOG", 2),
    ("version: 1\ndigest: { weekday: mon, at: \"08:00\" }\nLOG", 2),
    ("version: 1\ndigest: { weekday: monday, at: \"24:00\" }\nLOG", 2),
    ("version: 1\nchannels:\n  - { name: A, type: metrics, file: /x }", 3),
    ("version: 1\nchannels:\n  - { name: a/../b, type: metrics, file: /x }", 3),
    ("version: 1\nchannels:\n  - { name: a, type: metrics, file: x }", 3),
    ("version: 1\nchannels:\n  - { name: a, type: pager, file: /x }", 3),
    ("version: 1\nchannels:\n  - { name: a, type: metrics, file: /x }\n  - { name: a, type: metrics, file: /y }", 4),
    ("version: 1\nchannels:\n  - { name: a, type: command, command: \"/bin/x y\" }", 3),
    ("version: 1\nchannels:\n  - { name: a, type: command, command: [x] }", 3),
    ("version: 1\nchannels:\n  - { name: a, type: command, command: [/x], seconds: 601 }", 3),
    ("version: 1\nchannels:\n  - { name: a, type: webhook, url: \"ftp://x/\" }", 3),
    ("version: 1\nchannels:\n  - { name: a, type: webhook, url: \"https://me:pw@x/\" }", 3),
    ("version: 1\nchannels:\n  - { name: a, type: webhook, url: \"https:///x\" }", 3),
    ("version: 1\nchannels:\n  - { name: a, type: webhook, url: \"https://x/\\r\\nX: y\" }", 3),
    ("version: 1\nchannels:\n  - { name: a, type: webhook, url: \"https://x/\", secret: abc }", 3),
    ("version: 1\nchannels:\n  - { name: a, type: webhook, url: \"http://x/\", tokenFile: /t }", 3),
    ("version: 1\nchannels:\n  - { name: a, type: webhook, url: \"https://x/\", urlFile: /u }", 3),
    (
      "version: 1\nchannels:\n  - { name: a, type: webhook, url: \"https://x/\", tokenFile: /t, tokenHeader: \"Host\" }",
      3
    ),
    (
      "version: 1\nchannels:\n  - { name: a, type: webhook, url: \"https://x/\", tokenFile: /t, tokenHeader: \"X: y\\r\\nZ\" }",
      3
    ),
    ("version: 1\nchannels:\n  - { name: a, type: email, from: \"a@b\\r\\nBcc: c@d\", to: [b@c] }", 3),
    ("version: 1\nchannels:\n  - { name: a, type: email, from: a@b, to: [\"-oQ/tmp@b\"] }", 3),
    ("version: 1\nchannels:\n  - { name: a, type: email, from: a@b, to: [] }", 3),
    ("version: 1\nchannels:\n  - { name: a, type: email, from: \"太郎@b\", to: [b@c] }", 3),
    ("version: 1\nchannels:\n  - { name: a, type: syslog, to: \"udp://h\" }", 3),
    ("version: 1\nchannels:\n  - { name: a, type: syslog, to: \"udp://h:0\" }", 3),
    ("version: 1\nchannels:\n  - { name: a, type: syslog, to: local, facility: kern }", 3),
  ])
  func `what is wrong is told with its line and what to do`(yaml: String, line: Int) throws {
    let text = yaml.replacing("LOG", with: log)
    let error = try #require(throws: DocumentError.self) { try Sample.settings(text) }
    #expect(error.line == line && !error.remedy.isEmpty, "\(error)")
    #expect(error.file == "notices.yaml")
  }

  @Test func `a log shows of a web hook's URL only where it leads`() throws {
    let settings = try Sample.settings(
      """
      version: 1
      channels:
        - { name: a, type: webhook, url: "https://hooks.example.jp:8443/T0/B0/secret?k=v" }
        - { name: b, type: webhook, urlFile: /etc/tenken/hook.url }
      """)
    #expect(settings.channels.map(\.receiver) == ["https://hooks.example.jp:8443", "the URL in /etc/tenken/hook.url"])
  }
}
