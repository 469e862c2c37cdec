import LabSupport
import Records
import Testing

@testable import Probes

/// Octets by hand from Modbus application protocol 1.1b3 §6.21 and §7, with the header of the TCP guide 1.0b §3.1.3.
struct ModbusProbeTests {
  private static func connected() -> ProbeBench<ModbusProbe> {
    var bench = ProbeBench(ModbusProbe(port: 502, seed: 0x0001))
    bench.begin()
    bench.tell(.opened(0))
    return bench
  }

  private static let identity = octets(
    hex: """
      00 01 00 00 00 19 ff 2b 0e 01 01 00 00 03
      00 07 43 6f 6d 70 61 6e 79 01 02 50 31 02 02 56 32
      """)
  private static let exception = octets(hex: "00 01 00 00 00 03 ff ab 01")

  @Test func `one connection and one question for the identity is all it wants`() {
    let bench = Self.connected()
    #expect(bench.actions == [.connect(0, port: 502), .send(0, octets(hex: "00 01 00 00 00 05 ff 2b 0e 01 00"))])
  }

  @Test func `the identity proves it, and is claimed`() throws {
    var bench = Self.connected()
    for octet in Self.identity.dropLast() { bench.tell(.received(0, [octet])) }
    #expect(bench.result == nil)
    bench.tell(.received(0, Self.identity.suffix(1)))
    let report = try #require(bench.probe.report)
    #expect(bench.result == .proven && report.verdicts[0].basis.en.contains("Company, P1, V2"))
    #expect(report.claims.map(\.kind) == [.vendor, .model, .firmware])
    guard case .identified(let name, tls: false, _)? = report.identification else {
      Issue.record("\(String(describing: report.identification))")
      return
    }
    #expect(name.rawValue == "modbus" && bench.probe.wakeAt == nil)
  }

  @Test func `an exception is an answer in Modbus, too`() {
    var bench = Self.connected()
    bench.tell(.received(0, Self.exception))
    #expect(bench.result == .proven && bench.probe.report?.claims.isEmpty == true)
  }

  /// An echo, another transaction, HTTP, a TPKT (ISO transport on the wrong port), a protocol number other than zero.
  @Test(arguments: [
    "00 01 00 00 00 05 ff 2b 0e 01 00", "00 02 00 00 00 03 ff ab 01", "48 54 54 50 2f 31 2e 31 20 34 30 30",
    "03 00 00 0b 06 d0 00 00 12 34 00", "00 01 00 07 00 03 ff ab 01", "00 01 00 00 00 03 ff 83 02",
  ])
  func `what merely looks alike is not`(answer: String) {
    var bench = Self.connected()
    bench.tell(.received(0, octets(hex: answer)))
    bench.wait()
    #expect(bench.result?.reason == "other-answer")
  }

  @Test func `silence is asked once more, for unit 1; an end and a failure decide nothing`() {
    var bench = Self.connected()
    bench.wait()
    #expect(bench.sent.last == octets(hex: "00 01 00 00 00 05 01 2b 0e 01 00") && bench.result == nil)
    bench.wait()
    #expect(bench.result?.reason == "no-answer" && bench.sent.count == 2 && bench.staysWithinSheet())
    bench = Self.connected()
    bench.tell(.ended(0, .reset))
    #expect(bench.result?.reason == "no-answer" && bench.probe.report?.identification == nil)
    bench = ProbeBench(ModbusProbe(port: 502, seed: 1))
    bench.begin()
    bench.tell(.failed(0, reason: "Connection refused"))
    #expect(bench.result?.reason == "Connection refused")
  }

  @Test func `mutated answers leave it whole`() {
    #expect(
      HostileAnswers.fell(seed: 23, opening: [.opened(0)], answers: [Self.identity, Self.exception]) {
        ModbusProbe(port: 502, seed: 1)
      } == nil)
  }
}
