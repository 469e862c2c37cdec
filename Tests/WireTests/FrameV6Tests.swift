import Addressing
import LabSupport
import Testing
import Wire

/// Both families above the network layer, and IPv6 itself.
struct FrameV6Tests {
  @Test func `a SYN-ACK over IPv6 is read`() throws {
    let frame = try inbound(Golden.synAckV6)
    #expect(frame.source == IPAddress("fe80::211:22ff:feaa:bbcc"))
    #expect(frame.destination == IPAddress("fe80::fc:ff:fe00:1"))
    #expect(frame.timeToLive == 64)
    guard case .tcp(let header, let payload) = frame.content else {
      Issue.record("no TCP")
      return
    }
    #expect(payload == 94..<94)
    #expect(header.sourcePort == 23)
    #expect(header.acknowledgement == 0x0102_0305)
    #expect(header.flags == [.syn, .ack])
    #expect(header.length == 40)
    #expect(timestampValue(header, Golden.synAckV6, payload) == 0x1234_5678)
  }

  @Test(arguments: [
    ("02 04 05 b4 00 00 00 00 00 00 00 00", UInt32?.none),  // the end of options comes first
    ("01 01 08 0a 00 00 00 07 00 00 00 00", 7),
    ("08 0a 00 00 00 09 00 00 00 00 00 00", 9),
    ("08 0b 00 00 00 07 00 00 00 00 00 00", nil),  // a length that RFC 7323 does not have
    ("02 00 08 0a 00 00 00 07 00 00 00 00", nil),  // a length of 0 must end the walk
    ("01 01 01 08 0a 00 00 00 07 00 00 00", nil),  // the option leaves the header
  ])
  func `the timestamps option is found and its bounds are kept`(options: String, value: UInt32?) throws {
    let segment = octets(hex: "00 17 9c 40 00 00 00 00 00 00 00 00 80 12 00 00 00 00 00 00") + octets(hex: options)
    let frame = Golden.ipv6(next: 6, segment)
    guard case .tcp(let header, let payload) = try inbound(frame).content else {
      Issue.record("no TCP")
      return
    }
    #expect(timestampValue(header, frame, payload) == value)
  }

  @Test func `extension headers are stepped over`() throws {
    guard case .tcp(let header, let payload) = try inbound(Golden.extended).content else {
      Issue.record("no TCP")
      return
    }
    #expect(header.sourcePort == 23)
    #expect(payload == 126..<126)
  }

  @Test func `the walk through extension headers ends`() throws {
    // Eight are stepped over (RFC 8200 §4.1 has use for seven), a ninth is not.
    let padding = octets(hex: "00 01 04 00 00 00 00")
    for (count, isRead) in [(8, true), (9, false)] {
      var chain: [UInt8] = []
      for index in 0..<count { chain += [index == count - 1 ? 6 : 60] + padding }
      let frame = try inbound(Golden.ipv6(next: 60, chain + Golden.segment))
      if case .tcp = frame.content { #expect(isRead) } else { #expect(!isRead) }
    }
  }

  @Test func `a fragment has no transport header, not even the first`() throws {
    let frame = try inbound(Golden.fragmentV6)
    #expect(frame.content == .other)
    #expect(frame.source == IPAddress(Golden.deviceV6))
  }

  @Test func `datagrams of both families are read, and padding is no data`() throws {
    for (golden, port, data) in [(Golden.udpV6, 5683, 62..<66), (Golden.udpV4, 161, 42..<45)] {
      guard case .udp(let header, let payload) = try inbound(golden).content else {
        Issue.record("no UDP")
        return
      }
      #expect(Int(header.sourcePort) == port)
      #expect(header.destinationPort == 40_001)
      #expect(payload == data)
    }
    var contradiction = Golden.udpV4
    contradiction[39] = 7
    #expect(throws: WireError.malformed(offset: 4)) { try inbound(contradiction) }
  }

  @Test func `echo replies give identifier and sequence number`() throws {
    for golden in [Golden.echoReply, Golden.echoReplyV6] {
      #expect(try inbound(golden).content == .echoReply(identifier: 0xbeef, sequence: 7))
    }
  }

  @Test func `neighbour and router messages are read field by field`() throws {
    guard case .neighbourSolicitation(let question) = try inbound(Golden.duplicateDetection).content,
      case .neighbourAdvertisement(let answer) = try inbound(Golden.advertisement).content,
      case .routerSolicitation(let start) = try inbound(Golden.routerSolicitation).content,
      case .routerAdvertisement(let router) = try inbound(Golden.routerAdvertisement).content
    else {
      Issue.record("a message was not recognised")
      return
    }
    #expect(question.target == Golden.deviceV6)
    #expect(question.sourceMAC == nil)
    #expect(try inbound(Golden.duplicateDetection).source == IPAddress(IPv6Address.unspecified))
    #expect(answer.target == Golden.deviceV6)
    #expect(answer.isRouter)
    #expect(answer.isSolicited)
    #expect(answer.targetMAC == Golden.device)
    #expect(start.sourceMAC == Golden.device)
    #expect(router.isManaged)
    #expect(router.lifetime == 1800)
    #expect(router.sourceMAC == Golden.device)
  }

  @Test func `neighbour discovery that came through a router is none`() throws {
    for golden in [Golden.advertisement, Golden.routerAdvertisement, Golden.routerSolicitation] {
      var frame = golden
      frame[21] = 254
      #expect(try inbound(frame).content == .other)
    }
  }

  @Test(arguments: [
    (55, 1, WireError.malformed(offset: 1)),  // code
    (62, 0xff, WireError.malformed(offset: 8)),  // a group as target
    (79, 0, WireError.malformed(offset: 25)),  // an option of length 0
    (79, 3, WireError.truncated(needed: 48, available: 40)),  // an option that leaves the message
  ])
  func `a contradicting advertisement is rejected`(offset: Int, value: UInt8, error: WireError) {
    var frame = Golden.advertisement
    frame[offset] = value
    #expect(throws: error) { try inbound(frame) }
  }

  @Test func `listener reports of both versions are recognised, a query is none`() throws {
    #expect(try inbound(Golden.listenerReport).content == .listenerReport)
    #expect(try inbound(Golden.listenerReportV1).content == .listenerReport)
    var query = Golden.listenerReportV1
    query[62] = 0x82
    #expect(try inbound(query).content == .other)
  }

  @Test func `an address that stands for an IPv4 host is not taken from the wire`() {
    // Else fe80::/10's neighbour could speak for 10.77.0.23, and a probe to it would be judged as IPv4.
    let mapped = octets(hex: "00 00 00 00 00 00 00 00 00 00 ff ff 0a 4d 00 17")
    for start in [22, 38] {
      let frame = Array(Golden.synAckV6[..<start]) + mapped + Golden.synAckV6[(start + 16)...]
      #expect(throws: WireError.malformed(offset: start - 14)) { try inbound(frame) }
      #expect(throws: WireError.malformed(offset: start - 14)) { try destination(frame) }
    }
    let target = Array(Golden.advertisement[..<62]) + mapped + Golden.advertisement[78...]
    #expect(throws: WireError.malformed(offset: 8)) { try inbound(target) }
  }
}

/// Destination-unreachable messages of both families.
struct UnreachableTests {
  private func unreachable(_ frame: [UInt8]) throws -> Unreachable? {
    if case .unreachable(let message) = try inbound(frame).content { return message }
    return nil
  }

  @Test func `a message names the segment that it quotes`() throws {
    #expect(try inbound(Golden.unreachable).source == IPAddress("10.77.0.1"))
    let message = try #require(try unreachable(Golden.unreachable))
    #expect(message.meaning == .prohibited)
    #expect(message.code == 13)
    #expect(message.destination == IPAddress(Golden.deviceAddress))
    #expect(message.proto == .tcp)
    #expect(message.sourcePort == 40_000)
    #expect(message.destinationPort == 443)
    #expect(message.sequence == 0xcafe_babe)
  }

  @Test func `a message names the datagram that it quotes`() throws {
    var frame = Golden.unreachable
    frame[51] = 0x11
    let message = try #require(try unreachable(frame))
    #expect(message.proto == .udp)
    #expect(message.sourcePort == 40_000)
    #expect(message.destinationPort == 443)
    #expect(message.sequence == nil)

    let v6 = try #require(try unreachable(Golden.unreachableV6))
    #expect(v6.meaning == .port)
    #expect(v6.destination == IPAddress(Golden.deviceV6))
    #expect(v6.proto == .udp)
    #expect(v6.sourcePort == 40_001)
    #expect(v6.destinationPort == 161)
    #expect(v6.sequence == nil)
  }

  @Test func `a message about an echo request gives its numbers`() throws {
    var frame = Golden.unreachable
    frame[51] = 0x01
    frame.replaceSubrange(62..<70, with: octets(hex: "08 00 00 00 be ef 00 07"))
    let message = try #require(try unreachable(frame))
    #expect(message.proto == .icmp)
    #expect(message.sourcePort == 0xbeef)
    #expect(message.destinationPort == 7)
    #expect(message.sequence == nil)
    frame[62] = 0  // about an echo reply: none of ours
    #expect(try inbound(frame).content == .other)

    let quoted = Golden.quotedV6(next: 58, "80 00 00 00 be ef 00 07")
    let v6 = try #require(try unreachable(Golden.ipv6(next: 58, octets(hex: "01 00 00 00 00 00 00 00") + quoted)))
    #expect(v6.meaning == .network)
    #expect(v6.proto == .icmpv6)
    #expect(v6.sourcePort == 0xbeef)
    #expect(v6.destinationPort == 7)
  }

  @Test func `a message about another protocol or a fragment is no error`() throws {
    // It is a whole frame that costs a device attention, so it must be counted.
    var frame = Golden.unreachable
    frame[51] = 0x2f
    #expect(try inbound(frame).content == .other)
    frame = Golden.unreachable
    frame[49] = 0x01
    #expect(try inbound(frame).content == .other)
  }

  /// RFC 792, RFC 1122 §3.2.2.1, RFC 1812 §5.2.7.1; RFC 4443 §3.1.
  @Test(arguments: [
    (UInt8(0), Unreachable.Meaning.network, Unreachable.Meaning.network), (1, .host, .prohibited),
    (2, .other, .other), (3, .port, .host), (4, .other, .port), (5, .other, .prohibited), (6, .network, .prohibited),
    (7, .host, .other), (9, .prohibited, .other), (10, .prohibited, .other), (13, .prohibited, .other),
    (200, .other, .other),
  ])
  func `codes mean what their RFC says`(code: UInt8, v4: Unreachable.Meaning, v6: Unreachable.Meaning) throws {
    var frame = Golden.unreachable
    frame[35] = code
    #expect(try #require(try unreachable(frame)).meaning == v4)
    frame = Golden.unreachableV6
    frame[55] = code
    #expect(try #require(try unreachable(frame)).meaning == v6)
  }
}
