import Testing
import Wire

struct TLSRecordsTests {
  /// An alert, a heartbeat (RFC 6520 §3) and the beginning of a handshake record, by RFC 5246 §6.2.1.
  private static let octets: [UInt8] = [21, 3, 1, 0, 2, 2, 40, 24, 3, 3, 0, 3, 2, 0, 0, 22, 3, 3, 0, 9, 1]

  @Test func `records are divided wherever the pieces end`() {
    for place in 0...Self.octets.count {
      var records = TLSRecords()
      let found = records.take(Self.octets.prefix(place)) + records.take(Self.octets.dropFirst(place))
      #expect(found == [TLSRecord(21, .tls10, [2, 40]), TLSRecord(24, .tls12, [2, 0, 0])], "\(place)")
      #expect(!records.isMalformed)
    }
  }

  @Test func `only an alert in clear text has a description`() {
    #expect(TLSRecord(21, .tls12, [2, 20]).alert == 20)
    #expect(
      TLSRecord(21, .tls12, [UInt8](repeating: 1, count: 32)).alert == nil
        && TLSRecord(22, .tls12, [2, 20]).alert == nil)
  }

  @Test(arguments: [[22, 2], [19], [25, 3, 3, 0, 0], [23, 3, 3, 0x50, 0]] as [[UInt8]])
  func `what is no TLS ends the reading`(octets: [UInt8]) {
    var records = TLSRecords()
    #expect(records.take(octets).isEmpty && records.isMalformed)
    #expect(records.take(Self.octets).isEmpty)
  }

  @Test func `a record is written as it is read`() {
    #expect(TLSRecord(20, .tls11, [1]).octets == [20, 3, 2, 0, 1, 1])
  }

  /// RFC 6520 §2: type 15, mode 1; RFC 5077 §3.2: type 35, the ticket as it is; RFC 5246 §7.4.1.2: the session behind the random.
  @Test func `a hello carries heartbeat, ticket and session`() {
    var hello = TLSClientHello(.tls12, suites: [CipherSuite(0x002f)])
    (hello.announcesHeartbeat, hello.ticket, hello.session) = (true, [7, 8, 9], [0xaa])
    let octets = hello.record(random: [UInt8](repeating: 5, count: 96))
    #expect(Array(octets[43...44]) == [1, 0xaa])
    func holds(_ part: [UInt8]) -> Bool { octets.indices.contains { octets[$0...].starts(with: part) } }
    #expect(holds([0, 15, 0, 1, 1]) && holds([0, 35, 0, 3, 7, 8, 9]))
    let plain = TLSClientHello(.tls12, suites: [CipherSuite(0x002f)]).record(random: [UInt8](repeating: 5, count: 96))
    #expect(plain.count == octets.count - 1 - 5 - 7 && plain[43] == 0)
  }
}
