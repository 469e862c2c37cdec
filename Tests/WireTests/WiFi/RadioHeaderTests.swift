import Testing
import Wire

/// Headers by hand, from the documents of each link type.
struct RadioHeaderTests {
  private func read(_ octets: [UInt8], _ type: RadioHeader.LinkType) throws(WireError) -> RadioHeader {
    try RadioHeader(parsing: octets, type)
  }

  /// radiotap.org's fields in order: TSFT at 8 (aligned to 8), flags, rate, channel, signal; the check sequence is there.
  private static let radiotap: [UInt8] =
    [0, 0, 24, 0, 0x2f, 0, 0, 0] + [UInt8](repeating: 7, count: 8) + [0x10, 2, 0x6c, 0x09, 0xa0, 0, 0xc4, 0]

  @Test func `radiotap says channel, signal and check sequence`() throws {
    let header = try read(Self.radiotap + [1, 2, 3], .radiotap)
    #expect(header.length == 24 && header.frequency == 2412 && header.signal == -60 && header.checkSequence == .present)
    var wrong = Self.radiotap
    wrong[16] = 0x50
    #expect(try read(wrong, .radiotap).checkSequence == .wrong)
    wrong[16] = 0
    #expect(try read(wrong, .radiotap).checkSequence == .absent)
  }

  /// Two more words of presence: one for an antenna, one of a vendor, whose five octets are passed over; then radiotap's own again.
  @Test func `antennas and vendors' fields are passed over`() throws {
    let words: [UInt8] = [0x2a, 0, 0, 0xa0, 0x20, 0, 0, 0xc0, 0xff, 0xff, 0, 0xa0, 2, 0, 0, 0]
    // Flags, a pad, channel, signal; antenna's signal; then organisation, sub-namespace, length 5, five octets; flags.
    let body: [UInt8] = [0x00, 0, 0x85, 0x09, 0, 0, 0xd8, 0xd0] + [0, 1, 2, 0, 5, 0, 9, 9, 9, 9, 9] + [0x40]
    let octets = [0, 0, UInt8(4 + words.count + body.count), 0] + words + body
    let header = try read(octets, .radiotap)
    #expect(header.frequency == 2437 && header.signal == -40 && header.checkSequence == .wrong)
    #expect(header.length == octets.count)
  }

  @Test func `a field of unknown size ends what is read, not what follows`() throws {
    // Bit 28 is none of the fixed fields.
    let header = try read([0, 0, 12, 0, 2, 0, 0, 0x10, 0x10, 0, 0, 0, 0x80], .radiotap)
    #expect(header.length == 12 && header.checkSequence == .present)
  }

  /// AVS 2.0: magic, length 64; and the same behind Prism's link type, as drivers have it.
  @Test func `prism and AVS are as long as they say`() throws {
    let avs: [UInt8] = [0x80, 0x21, 0x10, 0x02, 0, 0, 0, 64] + [UInt8](repeating: 0, count: 56)
    #expect(try read(avs, .avs).length == 64 && read(avs, .prism).length == 64)
    let prism: [UInt8] = [0x44, 0, 0, 0, 144, 0, 0, 0] + [UInt8](repeating: 0, count: 136)
    #expect(try read(prism, .prism).length == 144)
    #expect(throws: WireError.self) { try read(prism, .avs) }
    #expect(try read([], .plain).length == 0)
  }

  /// PPI 1.0.10: header of 8 octets with the link type within, then 802.11-Common of 20.
  private static let ppi: [UInt8] =
    [0, 0, 32, 0, 105, 0, 0, 0, 2, 0, 20, 0] + [UInt8](repeating: 0, count: 8) + [
      1, 0, 4, 0, 0x6c, 0x09, 0xa0, 0, 0, 0, 0xc4, 0xa0,
    ]

  @Test func `PPI says channel, signal and check sequence`() throws {
    let header = try read(Self.ppi, .ppi)
    #expect(header.length == 32 && header.frequency == 2412 && header.signal == -60 && header.checkSequence == .present)
    var other = Self.ppi
    other[4] = 1
    #expect(throws: WireError.unsupported) { try read(other, .ppi) }
  }

  @Test func `less than a header is an error, whatever its length`() {
    for (octets, type) in [(Self.radiotap, RadioHeader.LinkType.radiotap), (Self.ppi, .ppi)] {
      for count in 0..<octets.count { #expect(throws: WireError.self) { try read(Array(octets.prefix(count)), type) } }
    }
    // Prism's header has 24 octets at least, whatever it says of itself.
    for count in 0..<24 {
      for said in [8, UInt8(count), 24, 255] {
        let octets = Array(([0, 0, 0, 0x44, said, 0, 0, 0] + [UInt8](repeating: 0, count: 16)).prefix(count))
        #expect(throws: WireError.self) { try read(octets, .prism) }
      }
    }
    // A length that leaves no room for the fields that are announced.
    #expect(throws: WireError.self) { try read([0, 0, 9, 0, 0x2f, 0, 0, 0, 0], .radiotap) }
    // Presence words without end.
    #expect(throws: WireError.self) {
      try read([0, 0, 255, 0] + [UInt8](repeating: 0xff, count: 251), .radiotap)
    }
  }
}
