import Testing

@testable import LabSite

struct UDPAnswerTests {
  private static func text(_ text: String) -> [UInt8] { Array(text.utf8) }

  /// A question of RFC 1035 §4.1: identifier 0x1234, recursion desired, A record of `a.b`.
  private static let dns: [UInt8] = [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 97, 1, 98, 0, 0, 1, 0, 1]
  /// `_services._dns-sd._udp.local`, PTR, a multicast answer is welcome (RFC 6763 §9).
  private static let mdns: [UInt8] =
    [0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 9] + text("_services") + [7] + text("_dns-sd") + [4] + text("_udp") + [5]
    + text("local") + [0, 0, 12, 0, 1]
  /// get-request, version 2c, community public, request 0x01020304, sysDescr.0 (RFC 3416 §3).
  private static let snmp: [UInt8] =
    [0x30, 0x29, 2, 1, 1, 4, 6] + text("public") + [0xa0, 0x1c, 2, 4, 1, 2, 3, 4, 2, 1, 0, 2, 1, 0, 0x30, 0x0e]
    + [0x30, 0x0c, 6, 8, 0x2b, 6, 1, 2, 1, 1, 1, 0, 5, 0]
  private static let ssdp = text("M-SEARCH * HTTP/1.1\r\nMAN: \"ssdp:discover\"\r\nMX: 1\r\nST: ssdp:all\r\n\r\n")
  /// RFC 7252 figure 16 with a token: CON GET, message 0x7d34, token 0x20, Uri-Path `temperature`.
  private static let coap: [UInt8] = [0x41, 1, 0x7d, 0x34, 0x20, 0xbb] + text("temperature")

  private static let questions: [(Daemon, [UInt8])] = [
    (.emulatedDNS, dns), (.emulatedMDNS, mdns), (.emulatedSNMP, snmp), (.emulatedSSDP, ssdp), (.emulatedCoAP, coap),
  ]

  private func answer(_ daemon: Daemon, _ payload: [UInt8]) -> [UInt8]? {
    UDPAnswer(daemon, to: payload, device: "lamp")?.octets
  }

  @Test func `DNS repeats identifier and question and gives an address`() throws {
    let reply = try #require(answer(.emulatedDNS, Self.dns))
    #expect(Array(reply[..<12]) == [0x12, 0x34, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0])
    #expect(Array(reply[12..<21]) == Array(Self.dns[12...]))
    #expect(Array(reply.suffix(4)) == [192, 0, 2, 1])
  }

  @Test func `multicast DNS answers everyone unless it is asked not to`() throws {
    #expect(try #require(UDPAnswer(.emulatedMDNS, to: Self.mdns, device: "lamp")).joinsGroup)
    var question = Self.mdns
    question[question.count - 2] = 0x80
    #expect(try !#require(UDPAnswer(.emulatedMDNS, to: question, device: "lamp")).joinsGroup)
  }

  @Test func `SNMP repeats version, community and request number`() throws {
    let reply = try #require(answer(.emulatedSNMP, Self.snmp))
    #expect(Array(reply[2..<13]) == [2, 1, 1, 4, 6] + Self.text("public"))
    #expect(reply[13] == 0xa2)
    #expect(Array(reply[15..<21]) == [2, 4, 1, 2, 3, 4])
    #expect(Int(reply[1]) == reply.count - 2)
    var other = Self.snmp
    other[7] = 0x50
    #expect(answer(.emulatedSNMP, other) == nil)
  }

  @Test func `CoAP piggybacks on the acknowledgement with number and token, and resets a ping`() throws {
    let reply = try #require(answer(.emulatedCoAP, Self.coap))
    #expect(Array(reply[..<5]) == [0x61, 0x45, 0x7d, 0x34, 0x20])
    #expect(answer(.emulatedCoAP, [0x40, 0, 0xab, 0xcd]) == [0x70, 0, 0xab, 0xcd])
  }

  @Test func `SSDP answers a search and nothing else`() throws {
    let reply = String(decoding: try #require(answer(.emulatedSSDP, Self.ssdp)), as: UTF8.self)
    #expect(reply.hasPrefix("HTTP/1.1 200 OK\r\n") && reply.contains("\r\nST: upnp:rootdevice\r\n"))
    #expect(answer(.emulatedSSDP, Self.text("NOTIFY * HTTP/1.1\r\n\r\n")) == nil)
  }

  @Test func `half a question of DNS, mDNS or SNMP is not answered, and none brings a service down`() {
    for (daemon, question) in Self.questions {
      for length in 0..<question.count {
        let reply = answer(daemon, Array(question[..<length]))
        guard [.emulatedDNS, .emulatedMDNS, .emulatedSNMP].contains(daemon) else { continue }
        #expect(reply == nil, "\(daemon) \(length)")
      }
    }
    var numbers = SeededNumbers(seed: 7)
    for (daemon, question) in Self.questions {
      for _ in 0..<2000 {
        var changed = question
        changed[Int.random(in: 0..<changed.count, using: &numbers)] = UInt8.random(in: 0...255, using: &numbers)
        let reply = answer(daemon, changed)
        #expect((reply?.count ?? 0) < 512)
      }
    }
  }
}
