import LabSupport
import Records
import Testing

@testable import Probes

struct MQTTProbeTests {
  // mosquitto 2.0.11, as captured: CONNACK 0, CONNACK 5, SUBACK granted, a figure of its own; then MQTT 3.1.1 §3.9's failure.
  private static let accepted = octets(hex: "20 02 00 00")
  private static let refused = octets(hex: "20 02 00 05")
  private static let granted = octets(hex: "90 03 00 01 00")
  private static let denied = octets(hex: "90 03 00 01 80")
  private static let version = octets(
    hex: """
      31 2d 00 13 24 53 59 53 2f 62 72 6f 6b 65 72 2f 76 65 72 73 69 6f 6e
      6d 6f 73 71 75 69 74 74 6f 20 76 65 72 73 69 6f 6e 20 32 2e 30 2e 31 31
      """)
  /// PUBLISH of "1" to `topic` (MQTT 3.1.1 §3.3).
  private static func publish(_ topic: String) -> [UInt8] {
    [0x30, UInt8(topic.utf8.count + 3), 0, UInt8(topic.utf8.count)] + Array(topic.utf8) + [0x31]
  }

  private static func connected() -> ProbeBench<MQTTProbe> {
    var bench = ProbeBench(MQTTProbe(port: 1883, seed: 35))
    bench.begin()
    bench.tell(.opened(0))
    return bench
  }

  private static func results(_ bench: ProbeBench<MQTTProbe>) -> [String: ProbeVerdict.Result] {
    let verdicts = bench.probe.report?.verdicts ?? []
    return Dictionary(uniqueKeysWithValues: verdicts.map { ($0.question, $0.result) })
  }

  /// MQTT 3.1.1 §3.1, §3.8 and §3.14, by hand. 35 is z in base 36.
  @Test func `it says hello, asks for the broker's own figures, and says goodbye`() {
    var bench = Self.connected()
    bench.tell(.received(0, Self.accepted))
    bench.tell(.received(0, Self.granted + Self.version))
    #expect(
      bench.actions == [
        .connect(0, port: 1883),
        .send(0, octets(hex: "10 13 00 04 4d 51 54 54 04 02 00 0a 00 07 74 65 6e 6b 65 6e 7a")),
        .send(0, octets(hex: "82 0b 00 01 00 06 24 53 59 53 2f 23 00")),
        .send(0, octets(hex: "e0 00")),
      ])
    bench.tell(.ended(0, .closed))
    #expect(Self.results(bench) == ["mqtt.anonymous": .proven, "mqtt.plaintext": .proven])
    #expect(
      bench.probe.report?.claims == [
        Claim(
          .software, "mosquitto version 2.0.11", source: "tcp/1883 mqtt $SYS/broker/version", confidence: .medium)
      ])
    #expect(bench.probe.report?.verdicts.first?.basis.en.contains("$SYS/broker/version") == true)
    #expect(bench.staysWithinSheet())
  }

  /// `allow_anonymous false`; code 4 of §3.2.2.3; 0x86 and 0x87 of MQTT 5 §3.2.2.2.
  @Test(arguments: ["20 02 00 05", "20 02 00 04"])
  func `a broker that refuses strangers still speaks readable text`(answer: String) {
    var bench = Self.connected()
    bench.tell(.received(0, octets(hex: answer)))
    #expect(Self.results(bench) == ["mqtt.anonymous": .refuted, "mqtt.plaintext": .proven])
    #expect(bench.sent.count == 1)
  }

  @Test func `a broker that is not ready decides nothing about strangers`() {
    var bench = Self.connected()
    bench.tell(.received(0, octets(hex: "20 02 00 03")))
    #expect(
      Self.results(bench) == ["mqtt.anonymous": .inconclusive(reason: "connack-3"), "mqtt.plaintext": .proven])
  }

  /// A granted subscription is what an access list without entries grants as well.
  @Test func `a subscription that brings nothing proves nothing`() {
    var bench = Self.connected()
    bench.tell(.received(0, Self.accepted + Self.granted))
    bench.wait()
    #expect(bench.sent.last == [0xe0, 0] && bench.result == nil)
    bench.wait()
    #expect(bench.result == .inconclusive(reason: "no-message"))
    bench = Self.connected()
    bench.tell(.received(0, Self.accepted))
    bench.tell(.received(0, Self.denied))
    bench.tell(.ended(0, .closed))
    #expect(bench.result == .inconclusive(reason: "subscription-denied"))
  }

  /// What was not asked for is no answer to the question.
  @Test(arguments: ["home/door", "$SYS", "a$SYS/x"])
  func `messages of others prove nothing`(topic: String) {
    var bench = Self.connected()
    bench.tell(.received(0, Self.accepted + Self.granted + Self.publish(topic)))
    bench.wait()
    bench.wait()
    #expect(bench.result == .inconclusive(reason: "no-message"))
  }

  @Test func `a broker without a version topic is left after a moment, or after many packets`() {
    var bench = Self.connected()
    bench.tell(.received(0, Self.accepted + Self.granted + Self.publish("$SYS/brokers")))
    #expect(bench.sent.count == 2)
    bench.wait()
    #expect(bench.sent.last == [0xe0, 0])
    bench.wait()
    #expect(bench.result == .proven && bench.probe.report?.claims == [])
    bench = Self.connected()
    bench.tell(.received(0, Self.accepted))
    bench.tell(.received(0, Array(repeating: [0xd0, 0], count: 10_000).flatMap(\.self)))
    #expect(bench.sent.last == [0xe0, 0])
    bench.tell(.received(0, Self.version))
    bench.tell(.ended(0, .closed))
    #expect(bench.result == .inconclusive(reason: "no-message"))
  }

  /// MQTT 3.1.1 §3.2.2.3, code 1; MQTT 5 §3.1, by hand.
  @Test func `a broker of version 5 is asked in version 5`() {
    var bench = Self.connected()
    bench.tell(.received(0, octets(hex: "20 02 00 01")))
    bench.tell(.ended(0, .closed))
    bench.tell(.opened(1))
    #expect(
      bench.actions.suffix(3) == [
        .close(0), .connect(1, port: 1883),
        .send(1, octets(hex: "10 14 00 04 4d 51 54 54 05 02 00 0a 00 00 07 74 65 6e 6b 65 6e 7a")),
      ])
    bench.tell(.received(1, octets(hex: "20 03 00 87 00")))
    #expect(bench.result == .refuted && bench.staysWithinSheet())
    bench = Self.connected()
    bench.tell(.received(0, octets(hex: "20 02 00 01")))
    bench.tell(.opened(1))
    bench.tell(.received(1, octets(hex: "20 02 00 01")))
    #expect(bench.result == .inconclusive(reason: "connack-1"))
  }

  /// An echo, HTTP, a broker's own greeting, reserved bits.
  @Test(arguments: [
    "10 13 00 04 4d 51 54 54 04 02 00 0a 00 07 74 65 6e 6b 65 6e 7a", "48 54 54 50 2f 31 2e 31 20 34 30 30 0d 0a",
    "d0 00", "20 02 fe 00", "20 01 00", "00 00",
  ])
  func `what merely looks alike decides nothing`(answer: String) {
    var bench = Self.connected()
    bench.tell(.received(0, octets(hex: answer)))
    bench.wait()
    let reason = ProbeVerdict.Result.inconclusive(reason: "other-answer")
    #expect(Self.results(bench) == ["mqtt.anonymous": reason, "mqtt.plaintext": reason])
    #expect(bench.sent.count == 1)
  }

  @Test func `pieces are put together, and a part is no whole`() {
    var bench = Self.connected()
    for octet in Self.accepted + Self.granted + Self.version.dropLast() { bench.tell(.received(0, [octet])) }
    #expect(bench.sent.count == 2)
    bench.tell(.received(0, Self.version.suffix(1)))
    #expect(bench.sent.last == [0xe0, 0])
    for count in 1..<4 {
      var bench = Self.connected()
      bench.tell(.received(0, Array(Self.accepted.prefix(count))))
      #expect(bench.result == nil)
    }
  }

  @Test func `silence, an end and a failure decide nothing, and say so`() {
    var bench = Self.connected()
    bench.wait()
    #expect(bench.result?.reason == "no-answer")
    bench = Self.connected()
    bench.tell(.ended(0, .reset))
    #expect(bench.result?.reason == "no-answer")
    bench = ProbeBench(MQTTProbe(port: 1, seed: 0))
    bench.begin()
    bench.tell(.failed(0, reason: "Connection refused"))
    #expect(Self.results(bench).values.allSatisfy { $0.reason == "Connection refused" })
    bench = Self.connected()
    bench.tell(.received(0, Self.accepted))
    bench.tell(.failed(0, reason: "time"))
    #expect(bench.result?.reason == "no-message")
  }

  @Test func `no octets make it ask beyond its sheet or hang`() {
    var random = SeededRandom(seed: 41)
    let answer = Self.accepted + Self.granted + Self.version
    for _ in 0..<20_000 {
      var bench = Self.connected()
      bench.tell(.received(0, answer.mutated(using: &random)))
      bench.tell(.opened(1))
      for _ in 0..<3 { bench.wait() }
      guard bench.probe.report != nil, bench.staysWithinSheet(), bench.sent.count <= 4 else {
        Issue.record("\(bench.actions)")
        return
      }
    }
  }
}
