import Addressing
import LabSupport
import Testing
import Wire

struct SYNFrameTests {
  /// RFC 1071 as its text has it, octet by octet, with the carry put back at once.
  static func slowSum(_ octets: [UInt8]) -> UInt16 {
    var sum: UInt32 = 0
    for (index, octet) in octets.enumerated() {
      sum += index % 2 == 0 ? UInt32(octet) * 256 : UInt32(octet)
      if sum > 0xffff { sum -= 0xffff }
    }
    return UInt16(sum)
  }

  /// The pseudo-header of RFC 9293 §3.1 in front of the segment.
  static func withPseudoHeader(_ frame: [UInt8]) -> [UInt8] {
    frame[26..<34] + [0, 6, 0, UInt8(frame.count - 34)] + frame[34...]
  }

  @Test func `the slow checksum agrees with the example of RFC 1071`() {
    // RFC 1071 §3: the sum over these octets is ddf2.
    #expect(Self.slowSum([0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7]) == 0xddf2)
  }

  @Test func `an aimed frame is a SYN as Linux sends it`() {
    var syn = SYNFrame(mac: Golden.auditor, source: Golden.auditorAddress, sourcePort: 40_000)
    syn.aim(at: Golden.deviceAddress, mac: Golden.device, port: 23, sequence: 0x0102_0304)
    var frame = syn.withSpan { copy($0) }
    let expected = octets(
      hex: """
        00 11 22 aa bb cc  // destination
        02 fc 00 00 00 01  // source
        08 00              // IPv4
        45 00 00 3c        // header of 5 words, total length 60
        02 03              // identification: bits 8 to 23 of the sequence number
        40 00              // do not fragment
        40 06              // TTL 64, TCP
        00 00              // checksum, looked at below
        0a 4d 00 02        // source
        0a 4d 00 17        // destination
        9c 40              // source port: 40000
        00 17              // destination port: 23
        01 02 03 04        // sequence number
        00 00 00 00        // acknowledgement number
        a0 02              // data offset: 10 words, SYN
        fa f0              // window: 64240
        00 00              // checksum, looked at below
        00 00              // urgent pointer
        02 04 05 b4        // MSS 1460
        04 02              // SACK permitted
        08 0a 00 00 00 01 00 00 00 00  // timestamps
        01                 // no operation
        03 03 07           // window scale 7
        """)
    #expect(Self.slowSum(Array(frame[14..<34])) == 0xffff)
    #expect(Self.slowSum(Self.withPseudoHeader(frame)) == 0xffff)
    for offset in [24, 25, 50, 51] { frame[offset] = 0 }
    #expect(frame == expected)
  }

  @Test func `both checksums are right for many random aims of one frame`() {
    var random = SeededRandom(seed: 1)
    for _ in 0..<20 {
      var syn = SYNFrame(
        mac: MACAddress(rawValue: random.next()),
        source: IPv4Address(rawValue: UInt32.random(in: 0 ... .max, using: &random)),
        sourcePort: UInt16.random(in: 0 ... .max, using: &random))
      for _ in 0..<100 {
        let target = IPv4Address(rawValue: UInt32.random(in: 0 ... .max, using: &random))
        let mac = MACAddress(rawValue: random.next())
        let port = UInt16.random(in: 0 ... .max, using: &random)
        let sequence = UInt32.random(in: 0 ... .max, using: &random)
        syn.aim(at: target, mac: mac, port: port, sequence: sequence)
        let frame = syn.withSpan { copy($0) }
        // Summed with the checksum in place, an undamaged message gives all ones.
        let isWhole =
          Self.slowSum(Array(frame[14..<34])) == 0xffff
          && Self.slowSum(Self.withPseudoHeader(frame)) == 0xffff
        #expect(isWhole, "\(target):\(port) \(sequence)")
        #expect(Array(frame[0..<6]) == mac.octets)
        #expect(Array(frame[30..<34]) == target.octets)
      }
    }
  }

  @Test func `edge values keep the checksums right`() {
    for word: UInt32 in [0, 1, 0xffff, 0x1_0000, 0xffff_0000, 0xffff_ffff, 0x8000_0000] {
      var syn = SYNFrame(mac: Golden.auditor, source: IPv4Address(rawValue: word), sourcePort: 0xffff)
      syn.aim(at: IPv4Address(rawValue: ~word), mac: Golden.device, port: 0, sequence: word)
      let frame = syn.withSpan { copy($0) }
      #expect(Self.slowSum(Array(frame[14..<34])) == 0xffff)
      #expect(Self.slowSum(Self.withPseudoHeader(frame)) == 0xffff)
    }
  }

  @Test func `another timestamp changes its field and the checksum alone`() {
    func frame(_ timestamp: UInt32) -> [UInt8] {
      var syn = SYNFrame(
        mac: Golden.auditor, source: Golden.auditorAddress, sourcePort: 40_000)
      syn.aim(at: Golden.deviceAddress, mac: Golden.device, port: 23, sequence: 9, timestamp: timestamp)
      return syn.withSpan { copy($0) }
    }
    let (first, second) = (frame(1), frame(0xdead_beef))
    #expect(Array(second[62..<66]) == [0xde, 0xad, 0xbe, 0xef])
    #expect(Self.slowSum(Self.withPseudoHeader(second)) == 0xffff)
    let changed = first.indices.filter { first[$0] != second[$0] }
    #expect(Set(changed).isSubset(of: [50, 51, 62, 63, 64, 65]))
  }

  @Test func `our own frame is read back by the parser and by the gate's reader`() throws {
    var syn = SYNFrame(mac: Golden.auditor, source: Golden.auditorAddress, sourcePort: 40_000)
    syn.aim(at: Golden.deviceAddress, mac: Golden.device, port: 443, sequence: 77)
    let octets = syn.withSpan { copy($0) }
    guard case .tcp(let header, 74..<74) = try inbound(octets).content else {
      Issue.record("no TCP")
      return
    }
    #expect(header.flags == .syn)
    #expect(header.destinationPort == 443)
    #expect(header.sequence == 77)
    #expect(try destination(octets) == .tcp(IPAddress(Golden.deviceAddress), port: 443))
  }
}
