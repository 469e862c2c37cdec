import Addressing
import LabSupport
import Records
import Testing

@testable import Probes

struct TelnetProbeTests {
  private static func connected() -> ProbeBench<TelnetProbe> {
    var bench = ProbeBench(TelnetProbe(port: 23))
    bench.begin()
    bench.tell(.opened(0))
    return bench
  }

  private static func shown(_ text: String) -> ProbeBench<TelnetProbe> {
    var bench = connected()
    bench.tell(.received(0, Array(text.utf8)))
    bench.wait()
    return bench
  }

  /// RFC 854: DO is declined with WONT, WILL with DONT; DONT and WONT need no word. busybox telnetd's four options.
  @Test func `options are declined, each once`() {
    var bench = Self.connected()
    bench.tell(.received(0, octets(hex: "ff fd 01 ff fd 1f ff fb 01 ff fb 03 ff fe 05 ff fc 06")))
    #expect(bench.sent == [octets(hex: "ff fc 01 ff fc 1f ff fe 01 ff fe 03")])
    bench.tell(.received(0, octets(hex: "ff fd 01 ff fb 03")))
    #expect(bench.sent.count == 1)
    // A service that asks for all there is gets 64 answers.
    bench = Self.connected()
    bench.tell(.received(0, (0...255).flatMap { [255, 253, UInt8($0)] }))
    #expect(bench.sent.map(\.count) == [64 * 3])
  }

  /// The positive control: busybox telnetd with a shell behind it.
  @Test func `a prompt that comes again after one empty line proves it`() {
    var bench = Self.shown("\r\n\r\nBusyBox v1.35.0 built-in shell (ash)\r\n\r\n~ # ")
    #expect(bench.sent == [[0x0d, 0x0a]] && bench.result == nil)
    bench.tell(.received(0, Array("\r\n~ # ".utf8)))
    bench.wait()
    #expect(bench.result == .proven && bench.connections == [0] && bench.staysWithinSheet())
    #expect(bench.probe.report?.verdicts[0].basis.en.contains("\u{201c}~ #\u{201d}") == true)
    // With terminal control around it (ECMA-48), as line editors write it.
    bench = Self.shown("\u{1b}[6n\u{1b}[1mroot@box:/\u{1b}[0m$ ")
    bench.tell(.received(0, Array("\r\n\u{1b}[6n\u{1b}[1mroot@box:/\u{1b}[0m$ ".utf8)))
    bench.wait()
    #expect(bench.result == .proven)
  }

  @Test(arguments: [
    "\r\nlogin: ", "(none) login: ", "Username:", "User Name:", "Username> ", "Password: ", "\r\nユーザー名：", "パスワード:",
  ])
  func `a prompt for a name or a password refutes it, and nothing is sent`(text: String) {
    var bench = Self.shown(text)
    #expect(bench.result == .refuted && bench.sent.isEmpty)
    // Also when it hangs up then.
    bench = Self.connected()
    bench.tell(.received(0, Array(text.utf8)))
    bench.tell(.ended(0, .closed))
    #expect(bench.result == .refuted)
  }

  /// Borders of banners, percentages, menus that ask for Enter, a finished line: nothing is sent to them.
  @Test(arguments: [
    "##########", "*** authorised use only *** #", "loading 100%", "-->", "==>", "Press Enter for Setup Mode ",
    "router# \r\n", "1) Status\r\n2) Reboot\r\nYour choice: ",
  ])
  func `what merely looks alike gets nothing and decides nothing`(text: String) {
    var bench = Self.shown(text)
    bench.wait()
    #expect(bench.sent.isEmpty && bench.result?.reason == "no-prompt")
  }

  @Test func `a prompt that does not come again decides nothing`() {
    // A banner that ends in a mark, and the login behind it; another prompt; an echo; silence.
    for (answer, expected) in [
      ("\r\nlogin: ", "refuted"), ("\r\nother> ", "other-answer"), ("\r\n", "other-answer"), ("box# ", "other-answer"),
      ("", "no-answer"),
    ] {
      var bench = Self.shown("Welcome\r\nbox# ")
      #expect(bench.sent == [[0x0d, 0x0a]])
      if !answer.isEmpty { bench.tell(.received(0, Array(answer.utf8))) }
      bench.wait()
      #expect(bench.result?.reason ?? bench.result?.word == expected, "\(answer)")
      #expect(bench.sent.count == 1)
    }
  }

  /// Serial lines are silent until somebody presses Enter.
  @Test func `after silence one empty line is sent, and only a bare prompt counts`() {
    for (answer, expected) in [
      ("\r\nbox> ", "proven"), ("\r\nWelcome\r\nbox> ", "other-answer"), ("\r\nlogin: ", "refuted"), ("", "no-answer"),
    ] {
      var bench = Self.connected()
      bench.tell(.received(0, octets(hex: "ff fb 01")))
      bench.wait()
      bench.wait()
      #expect(bench.sent.last == [0x0d, 0x0a])
      if !answer.isEmpty { bench.tell(.received(0, Array(answer.utf8))) }
      bench.wait()
      #expect(bench.result?.reason ?? bench.result?.word == expected, "\(answer)")
    }
  }

  @Test func `text in pieces is put together, and a late prompt is waited for`() {
    var bench = Self.connected()
    for octet in [UInt8]("\r\nWelcome\r\n".utf8) { bench.tell(.received(0, [octet])) }
    bench.wait()
    #expect(bench.result == nil && bench.sent.isEmpty)
    for octet in [UInt8]("box# ".utf8) { bench.tell(.received(0, [octet])) }
    bench.wait()
    for octet in [UInt8]("\r\nbox# ".utf8) { bench.tell(.received(0, [octet])) }
    bench.wait()
    #expect(bench.result == .proven)
  }

  @Test func `an end and a failure decide nothing, an endless banner is cut off`() {
    var bench = Self.connected()
    bench.tell(.ended(0, .reset))
    #expect(bench.result?.reason == "closed")
    bench = ProbeBench(TelnetProbe(port: 23))
    bench.begin()
    bench.tell(.failed(0, reason: "Connection refused"))
    #expect(bench.result?.reason == "Connection refused")
    bench = Self.connected()
    for _ in 0..<40 { bench.tell(.received(0, [UInt8](repeating: 0x61, count: 1000))) }
    #expect(bench.result?.reason == "octet-limit" && bench.sent.isEmpty)
  }

  /// A console that no word identifies is asked when its greeting ends like a shell's; Telnet, unless it asked already.
  @Test(arguments: [
    ("\r\nbox# ", 1, 1), ("hello", 0, 1), ("\r\nlogin: ", 0, 0), ("", 0, 1),
  ])
  func `what was heard selects who is asked`(said: String, unidentified: Int, telnet: Int) throws {
    for (name, count) in [(nil, unidentified), (.telnet, telnet)] as [(ProtocolName?, Int)] {
      let target = ProbeTarget(
        address: try #require(IPAddress("192.0.2.1")), endpoint: ServiceEndpoint(transport: .tcp, port: 4001),
        protocolName: name, said: Array(said.utf8),
        answered: Set([TelnetProbe.verdict(on: Array(said.utf8))].compactMap(\.?.question)), seed: 1,
        moment: ManualClock.startOfDay)
      #expect(ProbeRegistry(ProbeRegistry.management).probes(for: target).count == count)
    }
  }

  @Test func `every prefix and changed octets leave it whole`() {
    let talk = octets(hex: "ff fd 01 ff fb 03") + Array("\r\nBox\r\nbox# ".utf8)
    for count in talk.indices {
      var bench = Self.connected()
      bench.tell(.received(0, Array(talk.prefix(count))))
      for _ in 0..<4 { bench.wait() }
      #expect(bench.probe.report != nil && bench.result != .proven)
    }
    #expect(Self.connected().firstHarmful(talk, seed: 25, most: 3) == nil)
  }
}
