import LabSupport
import Records
import Testing

@testable import Probes

/// Octets by hand, as users of the protocol describe it.
struct DVRIPProbeTests {
  private static func connected() -> ProbeBench<DVRIPProbe> {
    var bench = ProbeBench(DVRIPProbe(port: 34567))
    bench.begin()
    bench.tell(.opened(0))
    return bench
  }

  /// Magic, version, session 3, number 0, one packet, the command, the length: little-endian.
  static func message(_ command: [UInt8], _ json: String) -> [UInt8] {
    let content = Array(json.utf8) + [0x0a, 0]
    return octets(hex: "ff 01 00 00 03 00 00 00 00 00 00 00 00 00") + command
      + [UInt8(content.count % 256), UInt8(content.count / 256), 0, 0] + content
  }

  private static let system = message(
    [0xfd, 3],
    """
    { "Name" : "SystemInfo", "Ret" : 100, "SessionID" : "0x00000003", "SystemInfo" : { "AlarmInChannel" : 2, \
    "HardWare" : "NBD80S16S-KL", "SerialNo" : "a1b2c3d4e5f60718", "SoftWareVersion" : "V4.03.R11.C6380199" } }
    """)
  private static let notLoggedIn = message([0xfd, 3], #"{ "Name" : "", "Ret" : 105, "SessionID" : "0x00000000" }"#)

  @Test func `one request in a session of nobody's`() {
    let bench = Self.connected()
    #expect(
      bench.sent == [
        octets(hex: "ff 00 00 00 00 00 00 00 00 00 00 00 00 00 fc 03 30 00 00 00")
          + Array(#"{"Name":"SystemInfo","SessionID":"0x00000000"}"#.utf8) + [0x0a, 0]
      ])
    #expect(bench.connections == [0] && bench.staysWithinSheet())
  }

  @Test func `a recorder that tells what it is proves it, in pieces as well`() throws {
    var bench = Self.connected()
    for octet in Self.system.dropLast() { bench.tell(.received(0, [octet])) }
    #expect(bench.result == nil)
    bench.tell(.received(0, Self.system.suffix(1)))
    let report = try #require(bench.probe.report)
    #expect(bench.result == .proven)
    #expect(
      report.claims.map { "\($0.kind.rawValue) \($0.value)" } == [
        "model NBD80S16S-KL", "firmware V4.03.R11.C6380199", "serial a1b2c3d4e5f60718", "vendor Xiongmai",
      ])
    #expect(report.verdicts[0].basis.en.contains("NBD80S16S-KL, V4.03.R11.C6380199"))
  }

  /// 105: nobody is logged in; 107: not with these rights.
  @Test(arguments: [notLoggedIn, message([0xfd, 3], #"{"Ret":107}"#)])
  func `a recorder that wants a login refutes it`(answer: [UInt8]) {
    var bench = Self.connected()
    bench.tell(.received(0, answer))
    #expect(bench.result == .refuted && bench.probe.report?.claims == [])
  }

  @Test(arguments: [
    // An error that says nothing of a login, and success without a record.
    (message([0xfd, 3], #"{"Ret":102}"#), "error-102"), (message([0xfd, 3], #"{"Ret":100}"#), "no-value"),
    (message([0xfd, 3], #"{"Ret":100,"SystemInfo":{"HardWare":""}}"#), "no-value"),
    // The request sent back, the answer to another command, content that is no JSON, another protocol.
    (message([0xfc, 3], #"{"Name":"SystemInfo","SessionID":"0x00000000"}"#), "other-answer"),
    (message([0xe9, 3], #"{"Ret":100}"#), "other-answer"), (message([0xfd, 3], "Ret=100"), "other-answer"),
    (Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8), "other-answer"),
  ])
  func `what merely looks alike decides nothing`(answer: [UInt8], reason: String) {
    var bench = Self.connected()
    bench.tell(.received(0, answer))
    bench.wait()
    #expect(bench.result?.reason == reason)
  }

  @Test func `silence, an end and a failure decide nothing`() {
    var bench = Self.connected()
    bench.wait()
    #expect(bench.result?.reason == "no-answer")
    bench = Self.connected()
    bench.tell(.ended(0, .closed))
    #expect(bench.result?.reason == "no-answer")
    bench = ProbeBench(DVRIPProbe(port: 34567))
    bench.begin()
    bench.tell(.failed(0, reason: "Connection refused"))
    #expect(bench.result?.reason == "Connection refused")
  }

  @Test func `the port is identified by an answer, a refusal included, not by its number`() {
    let question = IdentificationHints.question(for: 34567, seed: 1)
    #expect(question?.octets == Self.connected().sent[0])
    #expect(question?.recognise(Self.notLoggedIn)?.protocolName.rawValue == "dvrip")
    #expect(question?.recognise(Self.connected().sent[0]) == nil)
    #expect(question?.recognise(Array("HTTP/1.1 404 Not Found\r\n\r\n".utf8)) == nil)
  }

  @Test func `every prefix and changed octets leave it whole`() {
    for count in Self.system.indices {
      var bench = Self.connected()
      bench.tell(.received(0, Array(Self.system.prefix(count))))
      #expect(bench.result == nil, "\(count)")
    }
    #expect(Self.connected().firstHarmful(Self.system, seed: 62, most: 1) == nil)
  }
}

struct DVRIPSearchProbeTests {
  private static func begun() -> ProbeBench<DVRIPSearchProbe> {
    var bench = ProbeBench(DVRIPSearchProbe(port: 34569))
    bench.begin()
    return bench
  }

  private static let settings = DVRIPProbeTests.message(
    [0xfb, 5],
    """
    { "NetWork.NetCommon" : { "HostIP" : "0x0A01A8C0", "HostName" : "LocalHost", "MAC" : "00:3e:0b:10:00:71", \
    "SN" : "a1b2c3d4e5f60718", "TCPPort" : 34567 }, "Ret" : 100, "SessionID" : "0x00000000" }
    """)

  @Test func `a device that tells its network settings proves it`() throws {
    var bench = Self.begun()
    #expect(bench.sent == [octets(hex: "ff 00 00 00 00 00 00 00 00 00 00 00 00 00 fa 05 00 00 00 00")])
    guard case .datagram(_, let request) = bench.actions[0] else { return #expect(Bool(false), "\(bench.actions)") }
    #expect(request.localPort == 34569 && request.port == 34569)
    bench.tell(.received(0, Self.settings))
    let report = try #require(bench.probe.report)
    #expect(bench.result == .proven && bench.staysWithinSheet())
    #expect(report.claims.map(\.value) == ["a1b2c3d4e5f60718", "00:3e:0b:10:00:71", "LocalHost", "Xiongmai"])
  }

  private static let alike: [[UInt8]] = [
    // The question sent back, settings under another command, an answer without settings, with empty ones, cut off, HTTP.
    octets(hex: "ff 00 00 00 00 00 00 00 00 00 00 00 00 00 fa 05 00 00 00 00"),
    DVRIPProbeTests.message([0xfd, 3], #"{"NetWork.NetCommon":{"SN":"a1"},"Ret":100}"#),
    DVRIPProbeTests.message([0xfb, 5], #"{"Ret":100}"#),
    DVRIPProbeTests.message([0xfb, 5], #"{"NetWork.NetCommon":{"SN":" "}}"#), Array(settings.dropLast()),
    Array("HTTP/1.1 400".utf8), [],
  ]

  @Test(arguments: alike)
  func `what merely looks alike is waited past`(octets: [UInt8]) {
    var bench = Self.begun()
    bench.tell(.received(0, octets))
    #expect(bench.result == nil)
    bench.wait()
    bench.wait()
    #expect(bench.result?.reason == "no-answer" && bench.sent.count == 2)
  }

  @Test func `a closed port refutes, another failure decides nothing`() {
    var bench = Self.begun()
    bench.tell(.failed(0, reason: "port-unreachable"))
    #expect(bench.result == .refuted)
    bench = Self.begun()
    bench.tell(.failed(0, reason: "port-in-use"))
    #expect(bench.result?.reason == "port-in-use")
  }

  @Test func `every prefix and mutated answers leave it whole`() {
    for count in Self.settings.indices {
      var bench = Self.begun()
      bench.tell(.received(0, Array(Self.settings.prefix(count))))
      #expect(bench.result == nil, "\(count)")
    }
    #expect(HostileAnswers.fell(seed: 63, answers: [Self.settings]) { DVRIPSearchProbe(port: 34569) } == nil)
  }
}
