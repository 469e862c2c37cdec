import LabSupport
import Testing
import Wire

/// A file of four blocks, written by hand from draft-ietf-opsawg-pcapng.
enum PcapNGGolden {
  static let sectionHeader: [UInt8] = [
    0x0a, 0x0d, 0x0d, 0x0a,  // block type: section header
    0x30, 0x00, 0x00, 0x00,  // block total length: 48
    0x4d, 0x3c, 0x2b, 0x1a,  // byte-order magic, little-endian
    0x01, 0x00, 0x00, 0x00,  // version 1.0
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,  // section length: not known
    0x04, 0x00, 0x0a, 0x00,  // shb_userappl, 10 octets
    0x74, 0x65, 0x6e, 0x6b, 0x65, 0x6e, 0x20, 0x30, 0x2e, 0x31,  // "tenken 0.1"
    0x00, 0x00,  // padding
    0x00, 0x00, 0x00, 0x00,  // opt_endofopt
    0x30, 0x00, 0x00, 0x00,  // block total length: 48
  ]

  static let interfaceDescription: [UInt8] = [
    0x01, 0x00, 0x00, 0x00,  // block type: interface description
    0x30, 0x00, 0x00, 0x00,  // block total length: 48
    0x01, 0x00,  // link type: Ethernet
    0x00, 0x00,  // reserved
    0x00, 0x01, 0x00, 0x00,  // snap length: 256
    0x02, 0x00, 0x04, 0x00,  // if_name, 4 octets
    0x65, 0x74, 0x68, 0x30,  // "eth0"
    0x09, 0x00, 0x01, 0x00,  // if_tsresol, 1 octet
    0x09, 0x00, 0x00, 0x00,  // 10^-9 s, padding
    0x0b, 0x00, 0x04, 0x00,  // if_filter, 4 octets
    0x00, 0x74, 0x63, 0x70,  // kind 0: libpcap text, "tcp"
    0x00, 0x00, 0x00, 0x00,  // opt_endofopt
    0x30, 0x00, 0x00, 0x00,  // block total length: 48
  ]

  static let packet: [UInt8] = [
    0x06, 0x00, 0x00, 0x00,  // block type: enhanced packet
    0x3c, 0x00, 0x00, 0x00,  // block total length: 60
    0x00, 0x00, 0x00, 0x00,  // interface 0
    0x15, 0x81, 0xe9, 0x7d,  // timestamp, upper half: 0x7de98115
    0xf4, 0x10, 0xb1, 0x1a,  // timestamp, lower half: 0x1ab110f4
    0x05, 0x00, 0x00, 0x00,  // captured length: 5
    0x3c, 0x00, 0x00, 0x00,  // original length: 60
    0xde, 0xad, 0xbe, 0xef, 0x99,  // the octets
    0x00, 0x00, 0x00,  // padding
    0x01, 0x00, 0x02, 0x00,  // opt_comment, 2 octets
    0x68, 0x69, 0x00, 0x00,  // "hi", padding
    0x02, 0x00, 0x04, 0x00,  // epb_flags, 4 octets
    0x02, 0x00, 0x00, 0x00,  // outbound
    0x00, 0x00, 0x00, 0x00,  // opt_endofopt
    0x3c, 0x00, 0x00, 0x00,  // block total length: 60
  ]

  static let statistics: [UInt8] = [
    0x05, 0x00, 0x00, 0x00,  // block type: interface statistics
    0x34, 0x00, 0x00, 0x00,  // block total length: 52
    0x00, 0x00, 0x00, 0x00,  // interface 0
    0x00, 0x00, 0x00, 0x00,  // timestamp, upper half
    0x01, 0x00, 0x00, 0x00,  // timestamp, lower half: 1 ns
    0x04, 0x00, 0x08, 0x00,  // isb_ifrecv, 8 octets
    0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,  // 256
    0x05, 0x00, 0x08, 0x00,  // isb_ifdrop, 8 octets
    0x03, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,  // 3
    0x00, 0x00, 0x00, 0x00,  // opt_endofopt
    0x34, 0x00, 0x00, 0x00,  // block total length: 52
  ]

  static let file = sectionHeader + interfaceDescription + packet + statistics
  static let ends = [
    sectionHeader.count, sectionHeader.count + interfaceDescription.count,
    sectionHeader.count + interfaceDescription.count + packet.count, file.count,
  ]
  static let frame = CapturedFrame(
    nanoseconds: 0x7de9_8115_1ab1_10f4, octets: [0xde, 0xad, 0xbe, 0xef, 0x99], originalLength: 60,
    outbound: true)
}

@Test func `the four blocks are encoded as the specification draws them`() {
  #expect(PcapNG.sectionHeader(application: "tenken 0.1") == PcapNGGolden.sectionHeader)
  #expect(
    PcapNG.interfaceDescription(name: "eth0", filter: "tcp", snapLength: 256)
      == PcapNGGolden.interfaceDescription)
  #expect(PcapNG.enhancedPacket(PcapNGGolden.frame, comment: "hi") == PcapNGGolden.packet)
  #expect(PcapNG.interfaceStatistics(at: 1, received: 256, dropped: 3) == PcapNGGolden.statistics)
}

@Test func `the golden file is read back field by field`() throws {
  let contents = PcapNG.read(PcapNGGolden.file)
  #expect(contents.stop == nil && contents.trailingOctets == 0)
  try #require(contents.blocks.count == 4)
  guard case .section(let section) = contents.blocks[0], case .interface(let interface) = contents.blocks[1],
    case .packet(let packet) = contents.blocks[2], case .statistics(let statistics) = contents.blocks[3]
  else {
    Issue.record("the blocks are of other types")
    return
  }
  #expect(section.application == "tenken 0.1")
  #expect(interface.name == "eth0" && interface.filter == "tcp" && interface.timeResolution == 9)
  #expect(interface.linkType == .ethernet && interface.snapLength == 256)
  #expect(packet.timestamp == 0x7de9_8115_1ab1_10f4 && packet.octets == PcapNGGolden.frame.octets)
  #expect(packet.originalLength == 60 && packet.outbound == true && packet.comment == "hi")
  #expect(statistics.received == 256 && statistics.dropped == 3)
}

@Test func `every prefix of a pcapng file gives its whole blocks and counts the rest`() {
  for length in 0...PcapNGGolden.file.count {
    let contents = PcapNG.read(Array(PcapNGGolden.file.prefix(length)))
    let whole = PcapNGGolden.ends.filter { $0 <= length }
    #expect(contents.blocks.count == whole.count)
    #expect(contents.trailingOctets == length - (whole.last ?? 0))
    #expect(contents.stop == (contents.trailingOctets == 0 ? nil : .truncated))
  }
}

@Test func `no octet of a pcapng file can make the reader trap`() {
  for position in PcapNGGolden.file.indices {
    for value in [UInt8(0), 1, 3, 0x7f, 0x80, 0xfc, 0xff] {
      var hostile = PcapNGGolden.file
      hostile[position] = value
      let contents = PcapNG.read(hostile)
      #expect(contents.trailingOctets <= hostile.count)
    }
  }
  for length in [UInt32(0), 4, 8, 11, 13, 0x7fff_fffc, 0xffff_fffc, 0xffff_ffff] {
    var hostile = PcapNGGolden.file
    for octet in 0..<4 { hostile[4 + octet] = UInt8(truncatingIfNeeded: length >> (8 * UInt32(octet))) }
    #expect(PcapNG.read(hostile).blocks.isEmpty)
  }
}

@Test func `an option longer than its length field is cut at a whole character`() {
  let text = String(repeating: "点", count: 30_000)
  let file =
    PcapNG.sectionHeader() + PcapNG.interfaceDescription(name: text, filter: text, snapLength: 0)
    + PcapNG.enhancedPacket(CapturedFrame(nanoseconds: 0, octets: [], outbound: false), comment: text)
  let contents = PcapNG.read(file)
  #expect(contents.stop == nil)
  guard case .packet(let packet) = contents.blocks.last else {
    Issue.record("there is no packet")
    return
  }
  #expect(packet.comment == String(repeating: "点", count: 21_845) && packet.outbound == false)
}
