import Addressing
import LabSupport
import Testing
import Wire

/// Resolvers and time servers.
struct NameAndTimeTests {
  @Test func `a time server is asked as every client does`() throws {
    let request = NTPMessage.request(nonce: 0x0102_0304_0506_0708)
    #expect(request == [0x23] + [UInt8](repeating: 0, count: 39) + Array(1...8))
    let answer = try NTPMessage(parsing: ServiceReplies.ntpTime)
    #expect(answer.mode == NTPMessage.Mode.server && answer.version == 4 && answer.leap == 3 && answer.stratum == 0)
    #expect(answer.reference == 0x494e_4954)  // "INIT"
    #expect(answer.originTimestamp == 0x0102_0304_0506_0708)
    // Seconds since 1900; 2026-11-25 is 46,349 days later, 0xeeb1…
    #expect(answer.transmitTimestamp >> 32 == 0xeeb1_69d2)
    #expect(throws: WireError.unsupported) { try NTPMessage(parsing: ServiceReplies.ntpVariables) }
  }

  @Test func `a time server's variables are read`() throws {
    #expect(NTPControlMessage.readVariablesRequest(sequence: 7) == octets(hex: "16 02 00 07 00 00 00 00 00 00 00 00"))
    let answer = try NTPControlMessage(parsing: ServiceReplies.ntpVariables)
    #expect(answer.isResponse && !answer.isError && !answer.hasMore)
    #expect(answer.operation == 2 && answer.sequence == 7 && answer.offset == 0)
    let variables = NTPControlMessage.variables(in: answer.data)
    #expect(variables.map(\.name) == ["leap", "stratum", "precision", "version"])
    #expect(variables.last?.value == "ntpd ntpsec-1.2.2")
    #expect(NTPControlMessage.variables(in: Array("a=\"x,y\",b=,=c,d".utf8)).map(\.value) == ["x,y", ""])
    #expect(throws: WireError.unsupported) { try NTPControlMessage(parsing: ServiceReplies.ntpTime) }
  }

  @Test func `a resolver is asked for recursion`() {
    #expect(
      DNSQuestion.address(of: "lab.example", identifier: 0x1234)
        == octets(
          hex: """
            12 34 01 00 00 01 00 00 00 00 00 00                  // recursion desired; one question
            03 6c 61 62 07 65 78 61 6d 70 6c 65 00 00 01 00 01   // lab.example, A, IN
            """))
    let label = String(repeating: "a", count: 63)
    for name in ["", "a..b", "a.", label + "a", [label, label, label, label].joined(separator: ".")] {
      #expect(DNSQuestion.address(of: name, identifier: 1) == nil, "\(name)")
    }
  }

  /// An answer whose second record is named by a chain of pointers, each to the one before, the first to a label.
  private func chain(of pointers: Int) -> [UInt8] {
    var message = octets(hex: "00 01 84 00 00 00 00 02 00 00 00 00 01 61 00 00 0a 00 01 00 00 00 00")
    message += [UInt8(pointers * 2 >> 8), UInt8(pointers * 2 & 0xff)]
    for link in 0..<pointers {
      let target = link == 0 ? 12 : message.count - 2
      message += [0xc0 | UInt8(target >> 8), UInt8(target & 0xff)]
    }
    let last = message.count - 2
    return message + [0xc0 | UInt8(last >> 8), UInt8(last & 0xff)]
      + octets(hex: "00 01 00 01 00 00 00 00 00 04 c0 00 02 07")
  }

  /// 127 labels are the most that a name can have (RFC 1035 §3.1), so nobody needs more pointers.
  @Test func `a chain of pointers is followed no further than a name can be long`() throws {
    #expect(try DNSAnswer(parsing: chain(of: 126)).addresses == [IPv4Address("192.0.2.7")])
    #expect(throws: WireError.self) { try DNSAnswer(parsing: chain(of: 127)) }
    #expect(throws: WireError.self) { try DNSAnswer(parsing: chain(of: 8000)) }
  }

  @Test func `dnsmasq's answers are read`() throws {
    let answer = try DNSAnswer(parsing: ServiceReplies.dnsAddress)
    #expect(answer.identifier == 0x1234 && answer.isAuthoritative && answer.recursionAvailable)
    #expect(answer.recursionDesired && !answer.isTruncated)
    #expect(answer.responseCode == DNSAnswer.ResponseCode.noError)
    #expect(answer.name == "lab.example")
    #expect(answer.addresses.map(\.description) == ["192.0.2.7"])
    let refusal = try DNSAnswer(parsing: ServiceReplies.dnsRefused)
    #expect(refusal.responseCode == DNSAnswer.ResponseCode.refused && refusal.addresses.isEmpty)
  }

  /// RFC 1035 §4.1.4: a pointer names an earlier place; these point at themselves, forwards, at each other.
  @Test(arguments: ["c0 0c", "c0 20", "c0 0e c0 0c", "01 61 c0 0c", "c0 00", "80 00", "41 00"])
  func `names that loop end`(name: String) {
    let message = octets(hex: "12 34 81 80 00 01 00 00 00 00 00 00 \(name) 00 01 00 01 00 00 00 00 00 00 00 00 00 00")
    #expect(throws: WireError.self) { try DNSAnswer(parsing: message) }
  }

  @Test func `a question is no answer`() throws {
    let question = try #require(DNSQuestion.address(of: "a", identifier: 1))
    #expect(throws: WireError.unsupported) { try DNSAnswer(parsing: question) }
  }
}
