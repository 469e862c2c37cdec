import LabSupport
import Records
import Testing

@testable import Probes

struct FTPProbeTests {
  private static func connected() -> ProbeBench<FTPProbe> {
    var bench = ProbeBench(FTPProbe(port: 21, seed: 35))
    bench.begin()
    bench.tell(.opened(0))
    return bench
  }

  private static func talk(_ replies: [String]) -> ProbeBench<FTPProbe> {
    var bench = connected()
    for reply in replies { bench.tell(.received(0, Array("\(reply)\r\n".utf8))) }
    return bench
  }

  private static func results(_ bench: ProbeBench<FTPProbe>) -> [String] {
    [FTPProbe.plaintext, FTPProbe.anonymous].map { question in
      let result = bench.result(question)
      return result?.reason ?? result?.word ?? "-"
    }
  }

  /// RFC 959 §5.3.1, RFC 1635; the name is 35 in base 36.
  @Test func `one login at most, as the user that is everybody's`() {
    let bench = Self.talk([
      "220 ready", "500 Unknown command.", "331 Password.", "331 Password.", "230 Welcome.", "257 \"/\"", "221 Bye.",
    ])
    #expect(
      bench.sent.map { String(decoding: $0, as: UTF8.self) } == [
        "FEAT\r\n", "USER tkz\r\n", "USER anonymous\r\n", "PASS tenken@tenken.invalid\r\n", "PWD\r\n", "QUIT\r\n",
      ])
    #expect(bench.connections == [0] && bench.staysWithinSheet())
    #expect(Self.results(bench) == ["proven", "proven"])
  }

  /// vsftpd 3.0.3 as it answered: local users only; anonymous only; encryption required (it hangs up then).
  @Test func `the answers of a real server decide`() {
    var bench = Self.talk([
      "220 ready", "211-Features:\r\n EPRT\r\n PASV\r\n211 End", "331 Please specify the password.",
      "331 Please specify the password.", "530 Login incorrect.", "221 Goodbye.",
    ])
    #expect(Self.results(bench) == ["proven", "refuted"])
    #expect(bench.probe.report?.verdicts[0].basis.en.contains("No offer of AUTH TLS") == true)
    bench = Self.talk([
      "220 ready", "211-Features:\r\n PASV\r\n211 End", "530 This FTP server is anonymous only.",
      "331 Please specify the password.", "230 Login successful.", "257 \"/\" is the current directory", "221 Goodbye.",
    ])
    #expect(Self.results(bench) == ["refuted", "proven"])
    bench = Self.talk([
      "220 ready", "211-Features:\r\n AUTH TLS\r\n211 End", "530 Non-anonymous sessions must use encryption.",
    ])
    bench.tell(.ended(0, .closed))
    #expect(bench.connections == [0, 1] && bench.probe.report == nil)
    bench.tell(.opened(1))
    for reply in ["220 ready", "530 Non-anonymous sessions must use encryption.", "221 Bye"] {
      bench.tell(.received(1, Array("\(reply)\r\n".utf8)))
    }
    #expect(Self.results(bench) == ["refuted", "refuted"])
    #expect(bench.sent.count == 5 && bench.staysWithinSheet())
  }

  /// RFC 4217 §6: the mechanisms that FEAT names.
  @Test(arguments: [" AUTH TLS", " AUTH SSL;TLS-P;TLS;", " auth tls-c"])
  func `that TLS is offered is told`(line: String) {
    let bench = Self.talk([
      "220 ready", "211-Features:\r\n\(line)\r\n211 End", "331 Password.", "530 No.", "221 Bye.",
    ])
    #expect(bench.probe.report?.verdicts[0].basis.en.contains("AUTH TLS is offered, but not required") == true)
  }

  @Test func `a name without a password, and codes that say nothing, are told apart`() {
    // Everybody is let in by name alone: no password crosses the network, and the anonymous user is in.
    #expect(
      Self.results(Self.talk(["220 a", "502 b", "230 in", "230 in", "257 /", "221 c"])) == [
        "no-password-asked", "proven",
      ])
    // 230 to whatever comes, and no session behind it.
    #expect(Self.results(Self.talk(["220 a", "230 b", "230 c", "230 d", "230 e", "230 f"])).last == "other-answer")
    #expect(Self.results(Self.talk(["220 a", "502 b", "503 c", "503 d", "221 e"])) == ["status-503", "status-503"])
    #expect(Self.results(Self.talk(["421 Too many users."])) == ["status-421", "status-421"])
    #expect(Self.results(Self.talk(["220 a", "502 b", "331 c", "421 Bye."])) == ["proven", "status-421"])
    #expect(
      Self.results(Self.talk(["120 Ready in 5 minutes.", "220 a", "502 b", "530 c", "530 d", "221 e"])) == [
        "refuted", "refuted",
      ])
    #expect(Self.results(Self.talk(["530 Go away."])) == ["status-530", "status-530"])
  }

  /// Mail, an echo, HTTP.
  @Test func `what merely looks alike decides nothing`() {
    #expect(
      Self.results(Self.talk(["220 mail ESMTP", "502 5.5.2 Error", "502 5.5.2 Error", "502 5.5.2 Error", "221 Bye"]))
        == ["status-502", "status-502"])
    #expect(Self.results(Self.talk(["220 ready", "FEAT"])) == ["other-answer", "other-answer"])
    #expect(Self.results(Self.talk(["HTTP/1.1 400 Bad Request"])) == ["other-answer", "other-answer"])
  }

  @Test func `answers in pieces are put together`() {
    var bench = Self.connected()
    for octet in "220-hello\r\n220 ready\r\n211-Features:\r\n AUTH TLS\r\n211 End\r\n331 x\r\n530 y\r\n221 z\r\n".utf8 {
      bench.tell(.received(0, [octet]))
    }
    #expect(Self.results(bench) == ["proven", "refuted"])
  }

  @Test func `silence, an end and a failure decide nothing`() {
    var bench = Self.connected()
    bench.wait()
    #expect(Self.results(bench) == ["no-answer", "no-answer"])
    bench = Self.talk(["220 ready"])
    bench.tell(.ended(0, .reset))
    #expect(Self.results(bench) == ["no-answer", "no-answer"])
    bench = ProbeBench(FTPProbe(port: 21, seed: 1))
    bench.begin()
    bench.tell(.failed(0, reason: "Connection refused"))
    #expect(Self.results(bench) == ["Connection refused", "Connection refused"])
    // A goodbye that is not answered changes nothing.
    bench = Self.talk(["220 a", "502 b", "331 c", "530 d"])
    bench.wait()
    #expect(Self.results(bench) == ["proven", "refuted"])
  }

  @Test func `every prefix and changed octets leave it whole`() {
    let talk = Array(
      "220 a\r\n211-F\r\n AUTH TLS\r\n211 E\r\n331 p\r\n331 p\r\n230 in\r\n257 \"/\"\r\n221 bye\r\n".utf8)
    for count in talk.indices {
      var bench = Self.connected()
      bench.tell(.received(0, Array(talk.prefix(count))))
      for _ in 0..<3 { bench.wait() }
      #expect(bench.probe.report?.verdicts.count == 2 && bench.staysWithinSheet())
    }
    #expect(Self.connected().firstHarmful(talk, seed: 22, most: 8, rounds: 20_000) == nil)
    var bench = Self.connected()
    bench.tell(.received(0, Array("220-".utf8) + [UInt8](repeating: 0x61, count: 200_000)))
    #expect(Self.results(bench) == ["other-answer", "other-answer"])
  }
}
