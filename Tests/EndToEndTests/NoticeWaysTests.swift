import Foundation
import Testing

/// The ways that are not web hooks, each to a receiver that nobody here wrote or that reads by the specification.
@Suite(.serialized) struct NoticeWaysTests {
  @Test(arguments: ["unix", "udp", "tcp"])
  func `syslog gets the headline, the entries and what was not looked at`(transport: String) throws {
    let site = try NoticeSite()
    let receiver = try NoticeReceiver(transport)
    let to = transport == "unix" ? receiver.scratch.path + "/log" : "\(transport)://127.0.0.1:\(receiver.port)"
    try site.settings("  - { name: log, type: syslog, to: \"\(to)\", facility: local3 }")
    let outcome = try site.send()
    #expect(outcome.status == 0, "\(outcome.errors)")
    let fields = receiver.got(3).compactMap(\.fields)
    #expect(fields.count == 3)
    // local3 is 19; 19 × 8 + 4 (warning) and + 5 (notice).
    #expect(fields.map { $0[0] } == ["156", "156", "157"])
    #expect(fields.map { $0[5] } == ["turn", "skipped", "remark"])
    #expect(fields[0][7].hasPrefix("東京第一工場 (weekly)") && fields[2][7].contains("何も検査していません"))
    #expect(fields[0][6].contains("reason=\"on-battery\""))
    #expect(Set(fields.map { $0[6].split(whereSeparator: { " ]".contains($0) })[1] }).count == 1)
  }

  @Test(
    .enabled(
      if: FileManager.default.isExecutableFile(atPath: "/usr/sbin/rsyslogd"), "needs rsyslog: Scripts/test installs it")
  )
  func `rsyslog takes the messages apart as they were put together`() throws {
    let site = try NoticeSite()
    let port = try NoticeReceiver("tcp").port
    try site.write(
      "rsyslog.conf",
      """
      global(workDirectory="\(site.scratch.path)")
      module(load="imtcp")
      module(load="imuxsock" SysSock.Use="off")
      input(type="imtcp" address="127.0.0.1" port="\(port)")
      input(type="imuxsock" Socket="\(site.path("log"))" UseSpecialParser="off" ParseHostname="on")
      template(name="told" type="string" string="%syslogfacility-text%|%syslogseverity-text%|%app-name%|%msgid%|%structured-data%|%msg%\\n")
      action(type="omfile" file="\(site.path("told"))" template="told")
      """)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/sbin/rsyslogd")
    process.arguments = ["-n", "-f", site.path("rsyslog.conf"), "-i", site.path("rsyslog.pid")]
    process.standardError = try site.scratch.writing("rsyslog.err")
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    defer {
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
    }
    for _ in 0..<250 where !FileManager.default.fileExists(atPath: site.path("log")) {
      Thread.sleep(forTimeInterval: 0.02)
    }
    Thread.sleep(forTimeInterval: 0.3)
    try site.settings(
      """
        - { name: tcp, type: syslog, to: "tcp://127.0.0.1:\(port)", facility: local3 }
        - { name: unix, type: syslog, to: "\(site.path("log"))", facility: local4 }
      """)
    let outcome = try site.send()
    #expect(outcome.status == 0, "\(outcome.errors) \(site.scratch.text("rsyslog.err"))")
    func told() -> [[Substring]] { site.scratch.text("told").split(separator: "\n").map { $0.split(separator: "|") } }
    for _ in 0..<250 where told().count < 6 { Thread.sleep(forTimeInterval: 0.02) }
    for facility in ["local3", "local4"] {
      let lines = told().filter { $0.first.map(String.init) == facility }
      #expect(lines.map { $0[1] } == ["warning", "warning", "notice"], "\(lines)")
      #expect(
        lines.allSatisfy { $0[2] == "tenken" && $0[4].hasPrefix("[tenken@32473 id=\"n-") && $0[4].hasSuffix("]") })
      #expect(lines.map { $0[3] } == ["turn", "skipped", "remark"])
      #expect(lines.first?[5].contains("東京第一工場") == true)
    }
  }

  @Test func `a syslog daemon that is not there is told later`() throws {
    let site = try NoticeSite()
    let port = try NoticeReceiver("tcp").port
    try site.settings(
      """
        - { name: tcp, type: syslog, to: "tcp://127.0.0.1:\(port)" }
        - { name: unix, type: syslog, to: "\(site.path("nobody"))" }
      """)
    #expect(try site.send().status == 5)
    #expect(site.waiting.count == 2)
  }

  @Test func `a mail program gets a message that Python reads, and its recipients as arguments`() throws {
    let site = try NoticeSite()
    try site.write(
      "sendmail",
      """
      #!/bin/sh
      if ! [ -e \(site.path("tried")) ]; then touch \(site.path("tried")); echo "queue is full" >&2; exit 75; fi
      printf '%s\\n' "$@" > \(site.path("arguments"))
      cat > \(site.path("message"))
      """, mode: 0o755)
    try site.settings(
      "  - { name: mail, type: email, from: tenken@example.jp, to: [a@example.jp, b@example.jp], program: \(site.path("sendmail")), languages: [ja, en] }"
    )
    let outcome = try site.send()
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(
      site.scratch.text("arguments") == "-i\n-f\ntenken@example.jp\n--\na@example.jp\nb@example.jp\n")
    let script = """
      import email, email.policy, sys
      m = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default)
      print(m["Subject"]); print(m["Auto-Submitted"]); print(m["Message-ID"]); print(len(m.defects)); print(m.get_content())
      """
    let read = try Program.run("python3", ["-c", script, site.path("message")]).output
    let lines = read.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines[0] == "[tenken] 東京第一工場 (weekly): 検査を見送りました" && lines[1] == "auto-generated" && lines[3] == "0")
    #expect(lines[2].hasPrefix("<n-") && lines[2].hasSuffix(".mail@example.jp>"))
    #expect(read.contains("バッテリー駆動中") && read.contains("on battery") && read.contains("Nothing was looked at"))
  }

  @Test func `a command reads JSON and learns the rest from variables`() throws {
    let site = try NoticeSite()
    try site.write(
      "tell", "#!/bin/sh\ncat > \(site.path("in"))\nenv | grep ^TENKEN_ | sort > \(site.path("env"))\n", mode: 0o755)
    try site.settings("  - { name: own, type: command, command: [\(site.path("tell")), --x], languages: [en] }")
    let outcome = try site.send()
    #expect(outcome.status == 0, "\(outcome.errors)")
    let document = try #require(
      try JSONSerialization.jsonObject(with: Data(site.scratch.text("in").utf8)) as? [String: Any])
    let variables = site.scratch.text("env").split(separator: "\n")
    #expect(variables.contains("TENKEN_NOTICE=\(document["id"] as? String ?? "")"))
    #expect(variables.contains("TENKEN_OUTCOME=skipped") && variables.contains("TENKEN_REASON=on-battery"))
    #expect(variables.contains("TENKEN_HEADLINE=東京第一工場 (weekly): skipped"))
    #expect(!variables.contains { $0.hasPrefix("TENKEN_HISTORY") })
  }

  @Test func `metrics are written at every turn, also when nothing is told`() throws {
    let site = try NoticeSite()
    try site.settings("  - { name: metrics, type: metrics, file: \(site.path("tenken.prom")), on: [failed] }")
    for number in 0..<3 { #expect(try site.send(number).status == 0) }
    let page = site.scratch.text("tenken.prom")
    #expect(
      page.contains(#"tenken_turns_total{schedule="weekly",engagement="E-9",result="skipped",reason="on-battery"} 3"#),
      "\(page)")
    #expect(site.waiting.isEmpty)
  }

  @Test func `a digest is sent when it is due, once, and says that nothing was looked at`() throws {
    let site = try NoticeSite()
    let receiver = try NoticeReceiver("hook")
    let hook = "  - { name: hook, type: webhook, url: \"http://127.0.0.1:\(receiver.port)/\", on: [failed] }"
    try site.settings(hook, more: "digest: { weekday: monday, at: \"08:00\" }")
    // The first time is only noted.
    #expect(try site.tenken("flush").status == 0)
    #expect(receiver.got.isEmpty)
    let notes = site.path("state/notes.json")
    var text = try #require(
      try JSONSerialization.jsonObject(with: Data(site.scratch.text("state/notes.json").utf8)) as? [String: Any])
    text["digest"] = "2026-01-05T00:00:00.000Z"
    try JSONSerialization.data(withJSONObject: text).write(to: URL(fileURLWithPath: notes))
    for _ in 0..<2 { #expect(try site.tenken("flush").status == 0) }
    #expect(receiver.got.count == 1)
    let document = try #require(receiver.got.first).document()
    #expect(document["kind"] as? String == "digest")
    #expect("\(document["remarks"] ?? "")".contains("Nothing was looked at this week"))
    // Asked for, it comes whatever was sent.
    #expect(try site.send().status == 0)
    #expect(try site.tenken("digest", ["--until", "2026-11-24T00:00:00+09:00"]).status == 0)
    let asked = try #require(receiver.got.last).document()
    #expect("\(asked["entries"] ?? "")".contains("weekly: completed 0, skipped 1 (on battery)"), "\(asked)")
  }

  @Test func `the example can be checked, and a test reaches each channel`() throws {
    let site = try NoticeSite()
    #expect(try Program.run(Program.tenken, ["notices", "init", site.path("notices.yaml")]).status == 0)
    #expect(try Program.run(Program.tenken, ["notices", "init", site.path("notices.yaml")]).status != 0)
    let checked = try site.tenken("check")
    #expect(checked.status == 0 && checked.output.contains("/dev/log") && checked.output.contains("next digest"))
    let (one, two) = (try NoticeReceiver("hook"), try NoticeReceiver("udp"))
    try site.settings(
      """
        - { name: a, type: webhook, url: "http://127.0.0.1:\(one.port)/", body: text, on: [failed] }
        - { name: b, type: syslog, to: "udp://127.0.0.1:\(two.port)" }
      """)
    #expect(try site.tenken("test").status == 0)
    #expect(try one.got(1)[0].document()["text"].map { "\($0)".contains("送信テスト") } == true)
    #expect(two.got(2).first?.fields?[5] == "test")
  }
}
