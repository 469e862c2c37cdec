import Addressing
import LabSupport
import Testing
import Wire

struct FrameTests {
  @Test func `an ARP request is read field by field`() throws {
    let frame = try inbound(Golden.arpRequest)
    #expect(frame.ethernet == EthernetHeader(destination: .broadcast, source: Golden.auditor, etherType: .arp))
    #expect(frame.source == nil)
    #expect(frame.timeToLive == nil)
    #expect(
      frame.content
        == .arp(
          ARPPacket(
            operation: .request, senderMAC: Golden.auditor, sender: Golden.auditorAddress,
            targetMAC: MACAddress(rawValue: 0), target: Golden.deviceAddress)))
  }

  @Test func `an ARP reply with padding is read field by field`() throws {
    #expect(
      try inbound(Golden.arpReply).content
        == .arp(
          ARPPacket(
            operation: .reply, senderMAC: Golden.device, sender: Golden.deviceAddress, targetMAC: Golden.auditor,
            target: Golden.auditorAddress)))
  }

  @Test func `the question of the sweep is the golden request`() {
    #expect(
      ARPPacket.request(for: Golden.deviceAddress, from: Golden.auditor, Golden.auditorAddress) == Golden.arpRequest)
    let poll = ARPPacket.request(
      for: Golden.deviceAddress, to: Golden.device, from: Golden.auditor, Golden.auditorAddress)
    #expect(poll == octets(hex: "00 11 22 aa bb cc") + Golden.arpRequest[6...])
  }

  @Test func `a SYN-ACK is read, and padding is no data`() throws {
    let frame = try inbound(Golden.synAck)
    #expect(frame.source == IPAddress(Golden.deviceAddress))
    #expect(frame.destination == IPAddress(Golden.auditorAddress))
    #expect(frame.timeToLive == 64)
    guard case .tcp(let header, let payload) = frame.content else {
      Issue.record("no TCP")
      return
    }
    #expect(payload == 58..<58)
    #expect(header.sourcePort == 23)
    #expect(header.destinationPort == 40_000)
    #expect(header.sequence == 0xdead_beef)
    #expect(header.acknowledgement == 0x0102_0305)
    #expect(header.flags == [.syn, .ack])
    #expect(header.window == 5840)
    #expect(header.length == 24)
  }

  @Test func `a RST is read`() throws {
    guard case .tcp(let header, 54..<54) = try inbound(Golden.reset).content else {
      Issue.record("no TCP")
      return
    }
    #expect(header.flags == [.rst, .ack])
    #expect(header.acknowledgement == .max)
    #expect(header.sourcePort == 80)
  }

  @Test func `IPv4 options are stepped over and the total length ends the data`() throws {
    let frame = try inbound(Golden.withOptions)
    guard case .tcp(let header, let payload) = frame.content else {
      Issue.record("no TCP")
      return
    }
    #expect(header.sourcePort == 22)
    #expect(header.window == 8192)
    #expect(payload == 62..<63)
  }

  @Test func `a later fragment has no transport header`() throws {
    let frame = try inbound(Golden.fragment)
    #expect(frame.source == IPAddress(Golden.deviceAddress))
    #expect(frame.content == .other)
  }

  @Test func `what is neither ARP nor IP is kept as other`() throws {
    let lldp = octets(hex: "01 80 c2 00 00 0e 00 11 22 aa bb cc 88 cc 02")
    let frame = try inbound(lldp)
    #expect(frame.ethernet.etherType == .lldp)
    #expect(frame.source == nil)
    #expect(frame.content == .other)
  }

  @Test(arguments: [
    // offset in the frame, value, what is wrong
    (14, 0x55, WireError.malformed(offset: 0)),  // version 5
    (14, 0x44, WireError.malformed(offset: 0)),  // header of 4 words
    (17, 0x13, WireError.malformed(offset: 2)),  // total length 19
    (46, 0x40, WireError.malformed(offset: 12)),  // TCP data offset of 4 words
    (46, 0x70, WireError.truncated(needed: 28, available: 24)),  // data offset behind the segment's end
  ])
  func `a contradicting field is rejected`(offset: Int, value: UInt8, error: WireError) {
    var frame = Golden.synAck
    frame[offset] = value
    #expect(throws: error) { try inbound(frame) }
  }

  @Test(arguments: [15, 17, 18, 19])
  func `ARP for anything but IPv4 over Ethernet is not taken for it`(offset: Int) {
    var frame = Golden.arpRequest
    frame[offset] ^= 0x01
    #expect(throws: WireError.unsupported) { try destination(frame) }
    #expect((try? inbound(frame))?.content == .other)
  }

  @Test func `every prefix of every golden frame is rejected or read without a trap`() {
    for golden in Golden.all {
      for length in 0..<golden.count {
        let prefix = Array(golden.prefix(length))
        _ = try? destination(prefix)
        guard let frame = try? inbound(prefix) else { continue }
        // What is accepted must lie inside what is there.
        if let payload = payload(of: frame) { #expect(payload.upperBound <= length) }
      }
      for length in 0..<14 { #expect(throws: (any Error).self) { try inbound(Array(golden.prefix(length))) } }
    }
    for length in 0..<42 {
      #expect(throws: WireError.self) { try inbound(Array(Golden.arpReply.prefix(length))) }
      #expect(throws: WireError.self) { try destination(Array(Golden.arpReply.prefix(length))) }
    }
    // Ethernet 14, IPv4 20, TCP with its option 24: one octet less is never enough.
    for length in 0..<58 { #expect(throws: WireError.self) { try inbound(Array(Golden.synAck.prefix(length))) } }
    for length in 0..<70 { #expect(throws: WireError.self) { try inbound(Array(Golden.unreachable.prefix(length))) } }
  }

  @Test func `an Ethernet header is written over what was there and nothing else`() {
    var buffer = [UInt8](repeating: 0xa5, count: 20)
    var span = buffer.mutableSpan
    EthernetHeader(destination: Golden.auditor, source: Golden.device, etherType: .ipv4).encode(into: &span)
    #expect(buffer == Golden.ethernet + [UInt8](repeating: 0xa5, count: 6))
  }

  @Test func `an ARP packet is written where it belongs and nothing else`() {
    var buffer = [UInt8](repeating: 0xa5, count: 50)
    var span = buffer.mutableSpan
    ARPPacket(
      operation: .request, senderMAC: Golden.auditor, sender: Golden.auditorAddress,
      targetMAC: MACAddress(rawValue: 0), target: Golden.deviceAddress
    ).encode(into: &span, at: 14)
    let untouched: [UInt8] = [0xa5, 0xa5, 0xa5, 0xa5, 0xa5, 0xa5, 0xa5, 0xa5]
    #expect(buffer == [UInt8](repeating: 0xa5, count: 14) + Golden.arpRequest[14...] + untouched)
  }
}
