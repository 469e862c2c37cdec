import Addressing
import LabSupport
import Testing
import Wire

struct SYNFrame6Tests {
  private static let source = IPv6Address(high: 0xfe80_0000_0000_0000, low: 0x00fc_00ff_fe00_0001)
  private static let target = IPv6Address(high: 0xfe80_0000_0000_0000, low: 0x0211_22ff_feaa_bbcc)

  /// The pseudo-header of RFC 8200 §8.1 in front of the segment.
  private static func withPseudoHeader(_ frame: [UInt8]) -> [UInt8] {
    frame[22..<54] + [0, 0, 0, UInt8(frame.count - 54), 0, 0, 0, 6] + frame[54...]
  }

  @Test func `an aimed frame is a SYN as Linux sends it`() {
    var syn = SYNFrame6(mac: Golden.auditor, source: Self.source, sourcePort: 40_000)
    syn.aim(
      at: Self.target, mac: Golden.device, port: 23, sequence: 0x0102_0304, timestamp: 0x0a0b_0c0d)
    var frame = syn.withSpan { copy($0) }
    let expected = octets(
      hex: """
        00 11 22 aa bb cc  // destination
        02 fc 00 00 00 01  // source
        86 dd              // IPv6
        60 00 00 00        // version 6, no traffic class, no flow label
        00 28              // payload: 40 octets
        06 40              // TCP, hop limit 64
        fe 80 00 00 00 00 00 00 00 fc 00 ff fe 00 00 01  // source
        fe 80 00 00 00 00 00 00 02 11 22 ff fe aa bb cc  // destination
        9c 40              // source port: 40000
        00 17              // destination port: 23
        01 02 03 04        // sequence number
        00 00 00 00        // acknowledgement number
        a0 02              // data offset: 10 words, SYN
        fd 20              // window: 64800
        00 00              // checksum, looked at below
        00 00              // urgent pointer
        02 04 05 a0        // MSS 1440
        04 02              // SACK permitted
        08 0a 0a 0b 0c 0d 00 00 00 00  // timestamps
        01                 // no operation
        03 03 07           // window scale 7
        """)
    #expect(SYNFrameTests.slowSum(Self.withPseudoHeader(frame)) == 0xffff)
    for offset in [70, 71] { frame[offset] = 0 }
    #expect(frame == expected)
  }

  @Test func `the checksum is right for many random aims of one frame`() {
    var random = SeededRandom(seed: 2)
    func address() -> IPv6Address { IPv6Address(high: random.next(), low: random.next()) }
    for _ in 0..<20 {
      var syn = SYNFrame6(
        mac: MACAddress(rawValue: random.next()), source: address(),
        sourcePort: UInt16.random(in: 0 ... .max, using: &random))
      for _ in 0..<100 {
        let target = address()
        let mac = MACAddress(rawValue: random.next())
        syn.aim(
          at: target, mac: mac, port: UInt16.random(in: 0 ... .max, using: &random),
          sequence: UInt32.random(in: 0 ... .max, using: &random),
          timestamp: UInt32.random(in: 0 ... .max, using: &random))
        let frame = syn.withSpan { copy($0) }
        #expect(SYNFrameTests.slowSum(Self.withPseudoHeader(frame)) == 0xffff, "\(target)")
        #expect(Array(frame[0..<6]) == mac.octets)
        #expect(Array(frame[38..<54]) == target.octets)
      }
    }
  }

  @Test func `edge values keep the checksum right`() {
    for word: UInt64 in [0, 1, 0xffff, 0xffff_ffff, 0xffff_ffff_0000_0000, .max, 1 << 63] {
      var syn = SYNFrame6(
        mac: Golden.auditor, source: IPv6Address(high: word, low: ~word), sourcePort: 0xffff)
      syn.aim(at: IPv6Address(high: word, low: word), mac: Golden.device, port: 0, sequence: .max, timestamp: .max)
      #expect(SYNFrameTests.slowSum(Self.withPseudoHeader(syn.withSpan { copy($0) })) == 0xffff)
    }
  }
}
