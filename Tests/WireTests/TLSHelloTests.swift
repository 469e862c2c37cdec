import LabSupport
import Testing
import Wire

struct TLSHelloTests {
  /// Field by field by RFC 5246 §6.2.1, §7.4, §7.4.1.2.
  @Test func `the hello is whole, and its lengths are right`() {
    let random = (0..<32).map { UInt8($0) }
    let record = TLSClientHello.identifying.record(random: random)
    func length(_ at: Int) -> Int { Int(record[at]) << 8 | Int(record[at + 1]) }
    #expect(Array(record[0..<3]) == [22, 3, 1])
    #expect(length(3) == record.count - 5)
    #expect(record[5] == 1 && record[6] == 0 && length(7) == record.count - 9)
    #expect(Array(record[9..<11]) == [3, 3] && Array(record[11..<43]) == random)
    #expect(record[43] == 0)  // no session
    let suites = length(44)
    #expect(suites == 50 && record[46 + suites] == 1 && record[47 + suites] == 0)
    let extensions = 48 + suites
    #expect(length(extensions) == record.count - extensions - 2)
    // Each extension ends where the next begins.
    var at = extensions + 2
    while at < record.count { at += 4 + length(at + 2) }
    #expect(at == record.count)
    #expect(TLSClientHello.identifying.record(random: []).count == record.count)
  }

  @Test func `a hello and an alert are told, at no prefix too early`() {
    let hello: [UInt8] = [22, 3, 3, 0, 78, 2, 0, 0, 74, 3, 3] + [UInt8](repeating: 9, count: 72)
    #expect(TLSServerReply(parsing: hello) == .hello(version: 0x0303))
    for count in 0..<11 { #expect(TLSServerReply(parsing: hello.prefix(count)) == nil) }
    // handshake_failure (40), fatal.
    let alert: [UInt8] = [21, 3, 1, 0, 2, 2, 40]
    #expect(TLSServerReply(parsing: alert) == .alert(40))
    for count in 0..<7 { #expect(TLSServerReply(parsing: alert.prefix(count)) == nil) }
  }

  /// Our own hello sent back, SSL 2, an alert of a wrong length, a handshake that is no ServerHello.
  @Test func `what merely looks alike is not TLS`() {
    let others: [[UInt8]] = [
      TLSClientHello.identifying.record(random: []), [22, 2, 0, 0, 46, 2, 0, 0, 42, 3, 3], [21, 3, 3, 0, 3, 2, 40, 0],
      [21, 3, 3, 0, 2, 3, 40], [22, 3, 3, 0, 46, 11, 0, 0, 42, 3, 3], [23, 3, 3, 0, 46, 2, 0, 0, 42, 3, 3],
      [22, 3, 3, 0, 4, 2, 0, 0, 0, 3, 3],
    ]
    for octets in others { #expect(TLSServerReply(parsing: octets) == nil, "\(octets)") }
    var random = SeededRandom(seed: 3)
    for _ in 0..<20_000 {
      _ = TLSServerReply(
        parsing: (0..<Int.random(in: 0...14, using: &random)).map { _ in UInt8.random(in: 0...23, using: &random) })
    }
  }
}
