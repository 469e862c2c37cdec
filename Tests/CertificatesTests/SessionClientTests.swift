import Testing

@testable import Certificates

struct SessionClientTests {
  /// 65^17 mod 3233 = 2790, the example of textbooks (3233 = 61 · 53).
  @Test func `the public operation is that of the textbook`() {
    #expect(PublicKeyOperation.apply(to: [0, 65], modulus: "ca1", exponent: "11") == [0x0a, 0xe6])
  }

  @Test(arguments: [("", "11"), ("ca1", ""), ("ca0", "11"), ("xyz", "11"), ("ca1", "10")])
  func `what is no key computes nothing`(modulus: String, exponent: String) {
    #expect(PublicKeyOperation.apply(to: [0, 65], modulus: modulus, exponent: exponent) == nil)
  }

  @Test func `a result that does not fit is none`() {
    #expect(PublicKeyOperation.apply(to: [65], modulus: "ca1", exponent: "11") == nil)
  }

  /// ClientHello (RFC 5246 §7.4.1.2) of TLS 1.2; only one asks for a ticket (type 35, RFC 5077 §3.2), none knows encrypt_then_mac
  /// (type 22, RFC 7366).
  @Test func `the hellos ask for what they are for`() throws {
    let (ticket, cbc) = (SessionClient(.ticket).start(), SessionClient(.cbc).start())
    for hello in [ticket, cbc] {
      #expect(hello.count > 60 && hello[0] == 22 && hello[5] == 1 && hello[9...10] == [3, 3])
    }
    #expect(try extensions(ticket).contains(35) && !extensions(cbc).contains(35))
    #expect(try !extensions(ticket).contains(22) && !extensions(cbc).contains(22))
  }

  @Test func `before a handshake there is neither a ticket nor a record`() {
    let client = SessionClient(.cbc)
    _ = client.start()
    #expect(client.ticket.isEmpty && client.version == 0)
    for sealing in SessionClient.Sealing.allCases { #expect(client.record(sealing).isEmpty) }
    guard case .failed(let reason, _) = client.take([21, 3, 3, 0, 2, 2, 40]) else {
      Issue.record("an alert is no step")
      return
    }
    #expect(reason == "alert 40")
  }

  private func extensions(_ hello: [UInt8]) throws -> [Int] {
    func word(_ at: Int) -> Int { Int(hello[at]) << 8 | Int(hello[at + 1]) }
    var at = 44 + Int(hello[43])
    at += 2 + word(at)
    at += 1 + Int(hello[at]) + 2
    var found: [Int] = []
    while at < hello.count {
      found.append(word(at))
      at += 4 + word(at + 2)
    }
    return found
  }
}
