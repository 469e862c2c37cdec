import Addressing
import LabSupport
import Records
import Testing

@testable import Probes

struct OPCUAProbeTests {
  private typealias Replies = OPCUAReplies

  private static let address = IPAddress(IPv4Address(rawValue: 0xc000_0202))

  private static func connected() -> ProbeBench<OPCUAProbe> {
    var bench = ProbeBench(OPCUAProbe(address: address, port: 4840))
    bench.begin()
    bench.tell(.opened(0))
    return bench
  }

  /// Up to the question for the endpoints.
  private static func asked() -> ProbeBench<OPCUAProbe> {
    var bench = connected()
    bench.tell(.received(0, Replies.acknowledge))
    bench.tell(.received(0, Replies.channel))
    return bench
  }

  private static func types(_ bench: ProbeBench<OPCUAProbe>) -> [String] {
    bench.sent.map { String(decoding: $0.prefix(4), as: UTF8.self) }
  }

  /// OPC 10000-6 §7.1.3 and §6.7.4: Hello, OpenSecureChannel, GetEndpoints, CloseSecureChannel.
  @Test func `an endpoint that is open to anybody is proven, and the channel is closed`() throws {
    var bench = Self.asked()
    for octet in Replies.endpoints([Replies.secured, Replies.open]) { bench.tell(.received(0, [octet])) }
    #expect(Self.types(bench) == ["HELF", "OPNF", "MSGF", "CLOF"] && bench.probe.report == nil)
    // The channel's own number and token, as the server gave them.
    #expect(bench.sent[3][8..<16] == [7, 0, 0, 0, 9, 0, 0, 0][...])
    #expect(String(decoding: bench.sent[0].suffix(24), as: UTF8.self) == "opc.tcp://192.0.2.2:4840")
    bench.tell(.ended(0, .closed))
    let report = try #require(bench.probe.report)
    #expect(bench.result == .proven && bench.staysWithinSheet() && bench.probe.wakeAt == nil)
    #expect(report.verdicts[0].basis.en.contains("2 endpoints (Line 1)"))
    guard case .identified(let name, tls: false, _)? = report.identification else {
      Issue.record("\(String(describing: report.identification))")
      return
    }
    #expect(name.rawValue == "opcua")
  }

  /// Signed endpoints; None that asks for a name and password; an anonymous token over a signed endpoint.
  @Test(arguments: [
    [Replies.secured], [Replies.endpoint(mode: 1, policy: "None", tokens: [1])],
    [Replies.endpoint(mode: 2, policy: "Basic256Sha256", tokens: [0])], [],
  ])
  func `a server that wants security is refuted`(endpoints: [[UInt8]]) {
    var bench = Self.asked()
    bench.tell(.received(0, Replies.endpoints(endpoints)))
    bench.wait()
    #expect(bench.result == .refuted && Self.types(bench).last == "CLOF")
  }

  @Test func `a server that refuses decides nothing, and is known by it`() {
    var bench = Self.connected()
    bench.tell(.received(0, Replies.message("ERR", octets(hex: "00 00 83 80") + Replies.string(nil))))
    #expect(bench.result?.reason == "refused" && bench.probe.report?.identification != nil)
    #expect(Self.types(bench) == ["HELF"])
  }

  /// An echo, HTTP, Modbus, and an answer out of turn.
  @Test func `what merely looks alike is not`() {
    for answer in [Self.connected().sent[0], Array("HTTP/1.1 400".utf8), octets(hex: "00 01 00 00 00 03 ff ab 01")] {
      var bench = Self.connected()
      bench.tell(.received(0, answer))
      #expect(bench.result?.reason == "other-answer" && bench.probe.report?.identification == nil)
    }
    var bench = Self.connected()
    bench.tell(.received(0, Replies.endpoints([Replies.open])))
    #expect(bench.result?.reason == "other-answer")
  }

  @Test func `silence, an end and a failure decide nothing`() {
    var bench = Self.connected()
    bench.wait()
    #expect(bench.result?.reason == "no-answer")
    bench = Self.asked()
    bench.wait()
    #expect(bench.probe.report == nil && Self.types(bench).last == "CLOF")
    bench.wait()
    #expect(bench.result?.reason == "no-answer" && bench.staysWithinSheet())
    bench = Self.asked()
    bench.tell(.ended(0, .reset))
    #expect(bench.result?.reason == "no-answer" && Self.types(bench).last == "MSGF")
    bench = ProbeBench(OPCUAProbe(address: Self.address, port: 4840))
    bench.begin()
    bench.tell(.failed(0, reason: "Connection refused"))
    #expect(bench.result?.reason == "Connection refused")
  }

  @Test func `mutated answers leave it whole`() {
    let list = Replies.endpoints([Replies.open])
    #expect(
      HostileAnswers.fell(
        seed: 28, opening: [.opened(0), .received(0, Replies.acknowledge)], answers: [Replies.channel, list]
      ) {
        OPCUAProbe(address: Self.address, port: 4840)
      } == nil)
  }
}
