import Addressing
import LabSupport
import Records
import Testing

@testable import Probes

struct RTSPProbeTests {
  private static let host = IPAddress(IPv4Address(rawValue: 0xc000_0201))

  private static func connected(_ address: IPAddress = host, port: UInt16 = 554) -> ProbeBench<RTSPProbe> {
    var bench = ProbeBench(RTSPProbe(address: address, port: port, seed: 7))
    bench.begin()
    bench.tell(.opened(0))
    return bench
  }

  /// RFC 2326 §7.
  private static func answer(_ status: String, _ fields: [String] = [], _ body: String = "") -> [UInt8] {
    let length = body.isEmpty ? [] : ["Content-Type: application/sdp", "Content-Length: \(body.utf8.count)"]
    let head = (["RTSP/1.0 \(status)", "CSeq: 1"] + fields + length).joined(separator: "\r\n")
    return Array("\(head)\r\n\r\n\(body)".utf8)
  }
  /// RFC 8866 §5, as a camera says it.
  private static let sdp = "v=0\r\ns=Lab camera\r\nt=0 0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
  private static let described = answer("200 OK", ["Server: lab"], sdp)
  private static let missing = answer("404 Stream Not Found")
  private static func challenge(_ schemes: String...) -> [UInt8] {
    answer("401 Unauthorized", schemes.map { "WWW-Authenticate: \($0) realm=\"camera\"" })
  }

  /// The targets that were asked for.
  private static func targets(_ bench: ProbeBench<RTSPProbe>) -> [String] {
    bench.sent.map {
      String(decoding: $0, as: UTF8.self).split(separator: " ").dropFirst().first.map(String.init) ?? ""
    }
  }

  private static func results(_ bench: ProbeBench<RTSPProbe>) -> [String: ProbeVerdict.Result] {
    let verdicts = bench.probe.report?.verdicts ?? []
    return Dictionary(uniqueKeysWithValues: verdicts.map { ($0.question, $0.result) })
  }

  /// RFC 2326 §10.2. The port is left out where it is the protocol's own (§3.2); IPv6 by RFC 3986 §3.2.2.
  @Test func `what is sent is DESCRIBE, of a path that nobody has`() throws {
    let text =
      "DESCRIBE rtsp://192.0.2.1/tenken-7 RTSP/1.0\r\nCSeq: 1\r\nAccept: application/sdp\r\nUser-Agent: tenken\r\n\r\n"
    #expect(Self.connected().actions == [.connect(0, port: 554), .send(0, Array(text.utf8))])
    #expect(Self.targets(Self.connected(port: 8554)) == ["rtsp://192.0.2.1:8554/tenken-7"])
    let six = IPAddress(try #require(IPv6Address("2001:db8::1")))
    #expect(Self.targets(Self.connected(six)) == ["rtsp://[2001:db8::1]/tenken-7"])
  }

  /// The positive control: a real path is described, a made-up one is not.
  @Test func `a stream that is described to strangers is the proof`() throws {
    var bench = Self.connected()
    bench.tell(.received(0, Self.missing))
    #expect(bench.sent.count == 1)
    bench.wait()
    bench.tell(.received(0, Self.missing))
    bench.wait()
    bench.tell(.received(0, Self.described))
    #expect(
      Self.targets(bench)
        == ["tenken-7", "", "Streaming/Channels/101"].map { "rtsp://192.0.2.1/\($0)" })
    #expect(Self.results(bench) == ["rtsp.no-auth": .proven])
    let basis = try #require(bench.probe.report?.verdicts.first?.basis.en)
    #expect(basis.contains("/Streaming/Channels/101") && basis.contains("video H264/90000") && basis.contains("404"))
    #expect(
      bench.probe.report?.claims == [Claim(.software, "lab", source: "tcp/554 rtsp Server", confidence: .medium)])
    #expect(bench.staysWithinSheet() && bench.probe.wakeAt == nil)
  }

  @Test func `between two questions there is a second`() throws {
    var bench = Self.connected()
    bench.tell(.received(0, Self.missing))
    #expect(try #require(bench.probe.wakeAt) - bench.now == .seconds(1))
  }

  /// RFC 7617 and RFC 7616; where both are offered, a client may choose Basic.
  @Test(arguments: [
    (["Basic"], ProbeVerdict.Result.proven), (["Digest", "Basic"], .proven), (["Digest"], .refuted),
  ])
  func `a camera that asks for a password is asked twice`(schemes: [String], basic: ProbeVerdict.Result) {
    let challenge = Self.answer("401 Unauthorized", schemes.map { "WWW-Authenticate: \($0) realm=\"camera\"" })
    var bench = Self.connected()
    bench.tell(.received(0, challenge))
    #expect(bench.result == nil)
    bench.wait()
    bench.tell(.received(0, challenge))
    #expect(Self.results(bench) == ["rtsp.no-auth": .refuted, "rtsp.basic": basic])
    #expect(bench.sent.count == 2)
  }

  @Test func `an unknown scheme says nothing of Basic`() {
    var bench = Self.connected()
    bench.tell(.received(0, Self.missing))
    bench.wait()
    bench.tell(.received(0, Self.challenge("Bearer")))
    #expect(Self.results(bench) == ["rtsp.no-auth": .refuted])
  }

  /// A server may guard the names that it does not know and leave a real one open.
  @Test func `a guarded name that does not exist proves no guard`() {
    var bench = Self.connected()
    bench.tell(.received(0, Self.challenge("Digest")))
    bench.wait()
    bench.tell(.received(0, Self.described))
    #expect(Self.results(bench) == ["rtsp.no-auth": .proven, "rtsp.basic": .refuted])
  }

  @Test func `who describes any path has shown nothing`() {
    var bench = Self.connected()
    bench.tell(.received(0, Self.described))
    #expect(bench.result?.reason == "any-path" && bench.sent.count == 1)
  }

  /// 200 without a description, with one that has no media, and with another body.
  @Test(arguments: ["", "v=0\r\ns=x\r\n", "<html></html>"])
  func `a 200 without a stream is no stream`(body: String) {
    var bench = Self.connected()
    for _ in 0..<RTSPProbe.paths.count + 1 {
      bench.tell(.received(0, Self.answer("200 OK", [], body)))
      bench.wait()
    }
    #expect(bench.result?.reason == "no-stream-found")
    #expect(bench.sent.count == 8 && Set(Self.targets(bench)).count == 8)
    #expect(bench.staysWithinSheet())
  }

  @Test func `a server that hangs up after each answer is asked on four connections at most`() {
    var bench = Self.connected()
    for number in 0..<4 {
      bench.tell(.received(number, Self.missing))
      bench.tell(.ended(number, .closed))
      bench.wait()
      bench.tell(.opened(number + 1))
    }
    #expect(bench.connections == [0, 1, 2, 3])
    #expect(bench.result?.reason == "connection-limit" && bench.staysWithinSheet())
  }

  /// An echo, HTTP, a length beyond all answers.
  @Test(arguments: [
    "DESCRIBE rtsp://192.0.2.1/tenken-7 RTSP/1.0\r\nCSeq: 1\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n",
    "RTSP/1.0 200 OK\r\nContent-Length: 99999999\r\n\r\n", "RTSP/1.0 200",
  ])
  func `what merely looks alike decides nothing`(answer: String) {
    var bench = Self.connected()
    bench.tell(.received(0, Array(answer.utf8)))
    bench.wait()
    #expect(bench.result?.reason == "other-answer")
  }

  @Test func `pieces are put together, and a part is no whole`() {
    var bench = Self.connected()
    bench.tell(.received(0, Self.missing))
    bench.wait()
    for octet in Self.described.dropLast() {
      bench.tell(.received(0, [octet]))
      #expect(bench.result == nil)
    }
    bench.tell(.received(0, [0x0a]))
    #expect(bench.result == .proven)
  }

  @Test func `silence, an end and a failure decide nothing, and what was learned stays`() {
    var bench = Self.connected()
    bench.wait()
    #expect(bench.result?.reason == "no-answer")
    bench = Self.connected()
    bench.tell(.ended(0, .reset))
    #expect(bench.result?.reason == "no-answer")
    bench = ProbeBench(RTSPProbe(address: Self.host, port: 554, seed: 7))
    bench.begin()
    bench.tell(.failed(0, reason: "Connection refused"))
    #expect(bench.result?.reason == "Connection refused")
    bench = Self.connected()
    bench.tell(.received(0, Self.challenge("Basic")))
    bench.wait()
    bench.wait()
    #expect(Self.results(bench) == ["rtsp.no-auth": .refuted, "rtsp.basic": .proven])
  }

  @Test func `no octets make it ask beyond its sheet or hang`() {
    var random = SeededRandom(seed: 46)
    let answers = [Self.described, Self.missing, Self.challenge("Basic")]
    for _ in 0..<20_000 {
      var bench = Self.connected()
      for _ in 0..<2 {
        bench.tell(.received(0, (answers.randomElement(using: &random) ?? []).mutated(using: &random)))
        bench.wait()
      }
      bench.tell(.ended(0, .closed))
      for _ in 0..<2 { bench.wait() }
      bench.tell(.failed(1, reason: "time"))
      guard bench.probe.report != nil, bench.staysWithinSheet(), bench.sent.count <= 8 else {
        Issue.record("\(bench.actions)")
        return
      }
    }
  }
}
