import LabSupport
import Records
import Testing

@testable import Probes

struct ADBProbeTests {
  private static func connected() -> ProbeBench<ADBProbe> {
    var bench = ProbeBench(ADBProbe(port: 5555))
    bench.begin()
    bench.tell(.opened(0))
    return bench
  }

  /// Command, two arguments, length, checksum, the command inverted: little-endian (AOSP, protocol.txt).
  private static func message(_ command: String, _ data: String) -> [UInt8] {
    let word = Array(command.utf8)
    let octets = Array(data.utf8)
    return word + [1, 0, 0, 1, 0, 0x10, 0, 0, UInt8(octets.count), 0, 0, 0, 0, 0, 0, 0] + word.map { ~$0 } + octets
  }

  private static let banner = "device::ro.product.name=lab;ro.product.model=Box 1;\0"

  /// AOSP, protocol.txt: CNXN, version 0x01000000, 4096 octets at most, 7 octets with the sum 0x232, "host::" and NUL.
  @Test func `one message introduces it`() {
    let bench = Self.connected()
    #expect(
      bench.sent == [
        octets(
          hex: """
            43 4e 58 4e 00 00 00 01 00 10 00 00 07 00 00 00 32 02 00 00 bc b1 a7 b1
            68 6f 73 74 3a 3a 00
            """)
      ])
    #expect(bench.connections == [0] && bench.staysWithinSheet())
  }

  @Test(arguments: [
    (message("CNXN", banner), "proven"), (message("AUTH", "12345678901234567890"), "refuted"),
    (message("STLS", ""), "refuted"),
  ])
  func `the answer decides, in pieces as well`(answer: [UInt8], expected: String) {
    var bench = Self.connected()
    for octet in answer.dropLast() { bench.tell(.received(0, [octet])) }
    #expect(bench.result == nil)
    bench.tell(.received(0, answer.suffix(1)))
    #expect(bench.result?.word == expected)
    #expect(bench.probe.report?.claims.map(\.value) == (expected == "proven" ? ["Box 1"] : []))
  }

  /// Our own message sent back, another command, a banner that is no device's, a header that does not agree with itself, HTTP.
  @Test func `what merely looks alike decides nothing`() {
    var wrong = Self.message("CNXN", Self.banner)
    wrong[20] ^= 1
    for answer in [
      Self.connected().sent[0], Self.message("OKAY", ""), Self.message("CNXN", "hello"), Self.message("CNXN", ""),
      wrong,
      Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8),
    ] {
      var bench = Self.connected()
      bench.tell(.received(0, answer))
      bench.wait()
      #expect(bench.result?.reason == "other-answer")
    }
  }

  @Test func `silence, an end and a failure decide nothing`() {
    var bench = Self.connected()
    bench.wait()
    #expect(bench.result?.reason == "no-answer")
    bench = Self.connected()
    bench.tell(.ended(0, .closed))
    #expect(bench.result?.reason == "no-answer")
    bench = ProbeBench(ADBProbe(port: 5555))
    bench.begin()
    bench.tell(.failed(0, reason: "Connection refused"))
    #expect(bench.result?.reason == "Connection refused")
  }

  /// TR-069 uses the same port: the question only hints, and only an answer of ADB identifies it.
  @Test func `the port is identified by an answer, not by its number`() {
    let question = IdentificationHints.question(for: 5555, seed: 1)
    #expect(question?.octets == Self.connected().sent[0])
    #expect(question?.recognise(Self.message("AUTH", "1"))?.protocolName == .adb)
    #expect(question?.recognise(Self.connected().sent[0]) == nil)
    #expect(question?.recognise(Array("HTTP/1.1 404 Not Found\r\n\r\n".utf8)) == nil)
  }

  @Test func `changed octets leave it whole`() {
    #expect(Self.connected().firstHarmful(Self.message("CNXN", Self.banner), seed: 26, most: 1) == nil)
  }
}
