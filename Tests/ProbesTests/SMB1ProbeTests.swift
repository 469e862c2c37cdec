import LabSupport
import Records
import Testing

@testable import Probes

struct SMB1ProbeTests {
  private static func connected(isKnown: Bool = true) -> ProbeBench<SMB1Probe> {
    var bench = ProbeBench(SMB1Probe(port: 445, isKnown: isKnown))
    bench.begin()
    bench.tell(.opened(0))
    return bench
  }

  private static let head =
    "ff 53 4d 42 72 00 00 00 00 88 03 c0 00 00 00 00 00 00 00 00 00 00 00 00 ff ff 01 00 00 00 00 00"
  // samba 4.17.12 with `server min protocol = NT1`, and without it (MS-CIFS 2.2.4.52.2).
  private static let on = octets(
    hex: """
      00 00 00 5b \(head)
      11 00 00 03 32 00 01 00 04 41 00 00 00 00 01 00 51 00 00 00 fd f3 80 00 ca a7 7a 22 e6 7c dd 01 00 00 08 16 00
      97 50 ff dc 81 7b 76 44 4c 00 41 00 42 00 00 00 56 00 4d 00 00 00
      """)
  private static let off = octets(hex: "00 00 00 25 \(head) 01 ff ff 00 00")

  /// MS-CIFS 2.2.3.1 and 2.2.4.52.1, by hand.
  @Test func `one negotiation with one dialect is all it wants`() {
    let bench = Self.connected()
    #expect(
      bench.actions == [
        .connect(0, port: 445),
        .send(
          0,
          octets(
            hex: """
              00 00 00 2f ff 53 4d 42 72 00 00 00 00 18 01 c0 00 00 00 00 00 00 00 00 00 00 00 00
              ff ff 01 00 00 00 00 00 00 0c 00 02 4e 54 20 4c 4d 20 30 2e 31 32 00
              """)),
      ])
  }

  @Test(arguments: [(on, ProbeVerdict.Result.proven), (off, .refuted)])
  func `the server's choice decides`(answer: [UInt8], result: ProbeVerdict.Result) throws {
    var bench = Self.connected()
    bench.tell(.received(0, answer))
    let verdict = try #require(bench.probe.report?.verdicts.first)
    #expect(verdict.question == "smb.v1" && verdict.result == result)
    #expect(bench.sent.count == 1 && bench.staysWithinSheet())
  }

  /// MS-SMB2 3.3.5.3.2: a server without SMB 1 disconnects and sends nothing. So does much else that is no file server.
  @Test func `hanging up is an answer of file servers only`() {
    var bench = Self.connected()
    bench.tell(.ended(0, .closed))
    #expect(bench.result == .refuted)
    bench = Self.connected(isKnown: false)
    bench.tell(.ended(0, .closed))
    #expect(bench.result?.reason == "no-answer")
    bench = Self.connected()
    bench.tell(.received(0, [0]))
    bench.tell(.ended(0, .closed))
    #expect(bench.result?.reason == "other-answer")
  }

  /// An echo, a refused NetBIOS session (RFC 1002 §4.3.4), HTTP, a length beyond all answers.
  @Test(arguments: [
    "00 00 00 2f ff 53 4d 42 72 00 00 00 00 18 01 c0 00 00 00 00 00 00 00 00 00 00 00 00 ff ff 01 00 00 00 00 00 00 0c 00 02 4e 54 20 4c 4d 20 30 2e 31 32 00",
    "83 00 00 01 8f", "48 54 54 50 2f 31 2e 31 20", "00 ff ff ff ff 53 4d 42", "00 00 00 5b ff 53",
  ])
  func `what merely looks alike decides nothing`(answer: String) {
    var bench = Self.connected()
    bench.tell(.received(0, octets(hex: answer)))
    bench.wait()
    #expect(bench.result?.reason == "other-answer")
  }

  @Test func `pieces are put together, and a part is no whole`() {
    var bench = Self.connected()
    for octet in Self.on.dropLast() {
      bench.tell(.received(0, [octet]))
      #expect(bench.result == nil)
    }
    bench.tell(.received(0, [0]))
    #expect(bench.result == .proven)
  }

  @Test func `silence and a failure decide nothing, and say so`() {
    var bench = Self.connected()
    bench.wait()
    #expect(bench.result?.reason == "no-answer")
    bench = ProbeBench(SMB1Probe(port: 445, isKnown: true))
    bench.begin()
    bench.tell(.failed(0, reason: "Connection refused"))
    #expect(bench.result?.reason == "Connection refused")
  }

  @Test func `no octets make it say more or hang`() {
    var random = SeededRandom(seed: 44)
    for _ in 0..<20_000 {
      var bench = Self.connected()
      bench.tell(.received(0, Self.off.mutated(using: &random)))
      bench.wait()
      guard bench.probe.report != nil, bench.staysWithinSheet(), bench.sent.count == 1 else {
        Issue.record("\(bench.actions)")
        return
      }
    }
  }
}
