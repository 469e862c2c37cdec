import Testing

@testable import Wire

/// Files written here octet by octet (draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng).
struct CaptureStreamTests {
  struct Heard: Hashable {
    let frame: CaptureStream.Frame
    let octets: [UInt8]

    init(_ linkType: UInt16, _ time: Int64?, _ length: Int, _ octets: [UInt8]) {
      (frame, self.octets) = (CaptureStream.Frame(linkType: linkType, time: time, length: length), octets)
    }

    init(_ frame: CaptureStream.Frame, _ octets: Span<UInt8>) {
      self.frame = frame
      self.octets = octets.indices.map { octets[$0] }
    }
  }

  /// What a file gives in pieces of so many octets, and why it ended.
  static func read(_ file: [UInt8], pieces: Int = .max) -> (heard: [Heard], fault: CaptureStream.Fault?) {
    var (stream, heard) = (CaptureStream(), [Heard]())
    do throws(CaptureStream.Fault) {
      var offset = 0
      while offset < file.count {
        let end = pieces < file.count - offset ? offset + pieces : file.count
        try stream.feed(Array(file[offset..<end])) { heard.append(Heard($0, $1)) }
        offset = end
      }
      try stream.finish()
    } catch {
      return (heard, error)
    }
    return (heard, nil)
  }

  // MARK: Files

  /// Writes numbers of one byte order.
  private struct Writer {
    let isLittle: Bool

    func u16(_ value: UInt16) -> [UInt8] { order([UInt8(value >> 8), UInt8(value & 0xff)]) }
    func u32(_ value: UInt32) -> [UInt8] { order((0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }) }
    private func order(_ octets: [UInt8]) -> [UInt8] { isLittle ? octets.reversed() : octets }

    /// §3.1: type, length, body, length.
    func block(_ type: UInt32, _ body: [UInt8]) -> [UInt8] {
      let length = u32(UInt32(body.count + 12))
      return u32(type) + length + body + length
    }

    /// §4.1: magic, version 1.0, section length unknown.
    var section: [UInt8] { block(0x0a0d_0d0a, u32(0x1a2b_3c4d) + u16(1) + u16(0) + [UInt8](repeating: 0xff, count: 8)) }

    /// §4.2: link type, reserved, snap length, options.
    func interface(_ type: UInt16, snap: UInt32 = 0, options: [UInt8] = []) -> [UInt8] {
      block(1, u16(type) + u16(0) + u32(snap) + options)
    }

    /// §4.3, with the octets padded to 32 bits.
    func packet(_ interface: UInt32, time: UInt64, _ octets: [UInt8], length: UInt32? = nil) -> [UInt8] {
      let padding = [UInt8](repeating: 0, count: (4 - octets.count % 4) % 4)
      let head = u32(interface) + u32(UInt32(time >> 32)) + u32(UInt32(truncatingIfNeeded: time))
      return block(6, head + u32(UInt32(octets.count)) + u32(length ?? UInt32(octets.count)) + octets + padding)
    }
  }

  private static let frameA: [UInt8] = [0x80, 0, 1, 2, 3], frameB: [UInt8] = [8, 0, 7, 7, 7, 7, 7, 7]

  /// Two sections of which the second has the other byte order, three interfaces, simple and obsolete packets, a block of no known type.
  private static func sections(first: Bool) -> (file: [UInt8], frames: [Heard]) {
    let (one, other) = (Writer(isLittle: first), Writer(isLittle: !first))
    // if_tsresol 9: nanoseconds; 0x8a: units of 2⁻¹⁰ s. if_tsoffset 100: seconds to add.
    let nanoseconds = one.u16(9) + one.u16(1) + [9, 0, 0, 0] + one.u16(0) + one.u16(0)
    let binary = one.u16(9) + one.u16(1) + [0x8a, 0, 0, 0]
    let offset = one.u16(14) + one.u16(8) + (first ? one.u32(100) + one.u32(0) : one.u32(0) + one.u32(100))
    var file = one.section + one.interface(127) + one.interface(105, snap: 6, options: nanoseconds)
    file += one.interface(192, options: binary + offset)
    file += one.packet(0, time: 1_700_000_000_000_001, frameA)
    file += one.block(0x0bad, [UInt8](repeating: 0x55, count: 40))
    file += one.packet(1, time: 1_700_000_000_000_000_007, Array(frameB.prefix(6)), length: 8)
    file += one.packet(2, time: 1536, frameB)
    // §4.4: no time, of the first interface; §A: the interface in 16 bits, then drops.
    file += one.block(3, one.u32(5) + frameA + [0, 0, 0])
    file += one.block(
      2, one.u16(1) + one.u16(0xffff) + one.u32(0) + one.u32(9) + one.u32(4) + one.u32(4) + Array(frameA.prefix(4)))
    file += other.section + other.interface(163, snap: 4)
    file += other.block(3, other.u32(8) + Array(frameB.prefix(4)))
    file += other.packet(0, time: 2_000_000, frameB)
    return (
      file,
      [
        Heard(127, 1_700_000_000_000_001_000, 5, frameA),
        Heard(105, 1_700_000_000_000_000_007, 8, Array(frameB.prefix(6))),
        Heard(192, 101_500_000_000, 8, frameB), Heard(127, nil, 5, frameA),
        Heard(105, 9, 4, Array(frameA.prefix(4))), Heard(163, nil, 8, Array(frameB.prefix(4))),
        Heard(163, 2_000_000_000, 8, frameB),
      ]
    )
  }

  private static func classic(little: Bool, nanoseconds: Bool) -> (file: [UInt8], frames: [Heard]) {
    let writer = Writer(isLittle: little)
    var file = writer.u32(nanoseconds ? 0xa1b2_3c4d : 0xa1b2_c3d4) + writer.u16(2) + writer.u16(4)
    file += [UInt8](repeating: 0, count: 8) + writer.u32(65535) + writer.u32(127)
    file += writer.u32(1_700_000_000) + writer.u32(5) + writer.u32(5) + writer.u32(5) + frameA
    file += writer.u32(1_700_000_001) + writer.u32(6) + writer.u32(8) + writer.u32(90) + frameB
    let unit: Int64 = nanoseconds ? 1 : 1000
    return (
      file,
      [
        Heard(127, 1_700_000_000_000_000_000 + 5 * unit, 5, frameA),
        Heard(127, 1_700_000_001_000_000_000 + 6 * unit, 90, frameB),
      ]
    )
  }

  private static var all: [(file: [UInt8], frames: [Heard])] {
    [sections(first: true), sections(first: false)]
      + [true, false].flatMap { little in
        [classic(little: little, nanoseconds: true), classic(little: little, nanoseconds: false)]
      }
  }

  // MARK: Tests

  @Test func `a file gives the same frames however it is cut into pieces`() {
    for (file, frames) in Self.all {
      for pieces in Array(1...80) + [.max] {
        let (heard, fault) = Self.read(file, pieces: pieces)
        #expect(heard == frames && fault == nil, "\(pieces)")
      }
    }
  }

  @Test func `of a file that was cut off, what is whole is kept, and where the rest began is told`() {
    for (file, frames) in Self.all {
      for end in 0..<file.count {
        for pieces in [7, Int.max] {
          let (heard, fault) = Self.read(Array(file.prefix(end)), pieces: pieces)
          #expect(heard == Array(frames.prefix(heard.count)))
          // A file that ends between two records is whole.
          guard let fault else { continue }
          #expect(fault.kind == (end < 4 ? .noCapture : .truncated), "\(end)")
          #expect(fault.offset <= end)
          let (rest, second) = Self.read(Array(file.prefix(fault.offset)), pieces: pieces)
          #expect(fault.offset == 0 || (rest == heard && second == nil), "\(end): \(fault.offset)")
        }
      }
      let cuts = (0..<file.count).count { Self.read(Array(file.prefix($0))).fault == nil }
      // Behind each block but the last of the fourteen; behind the header of the older format, and its first record.
      #expect(cuts == (file.first == 0x0a ? 13 : 2))
    }
  }

  @Test func `what is neither format, or packed, is told at its beginning`() {
    let cases: [([UInt8], CaptureStream.Fault.Kind)] = [
      (Array("<html><body>".utf8), .noCapture), ([], .noCapture), ([0xa1, 0xb2], .noCapture),
      ([0x1f, 0x8b, 8, 0, 0, 0, 0, 0], .compressed), ([0x28, 0xb5, 0x2f, 0xfd, 0], .compressed),
      ([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0], .compressed), ([0x0a, 0x0d, 0x0d, 0x0a, 0, 0], .truncated),
    ]
    for (file, kind) in cases {
      for pieces in [1, Int.max] {
        #expect(Self.read(file, pieces: pieces).fault == CaptureStream.Fault(kind: kind, offset: 0), "\(file)")
      }
    }
  }

  @Test func `a block that contradicts itself ends the reading at its place, with what came before`() throws {
    let writer = Writer(isLittle: true)
    let start = writer.section + writer.interface(127) + writer.packet(0, time: 1, Self.frameA)
    var other = writer.packet(0, time: 2, Self.frameB)
    other[other.count - 4] ^= 4
    let huge = writer.u32(6) + writer.u32(0x4000_0000) + [UInt8](repeating: 0, count: 64)
    let bad: [(String, [UInt8])] = [
      ("two lengths", other), ("an interface that is not there", writer.packet(1, time: 2, Self.frameB)),
      ("a length that is no multiple of 4", writer.u32(6) + writer.u32(33) + [UInt8](repeating: 0, count: 64)),
      ("a length of no block", writer.u32(0x0bad) + writer.u32(8) + [UInt8](repeating: 0, count: 64)),
      ("a packet of a gibioctet", huge),
      (
        "more octets than the block has",
        writer.block(6, writer.u32(0) + [UInt8](repeating: 0, count: 8) + writer.u32(9) + writer.u32(9) + [1, 2, 3, 4])
      ),
      (
        "a section of version 2",
        writer.block(0x0a0d_0d0a, writer.u32(0x1a2b_3c4d) + writer.u16(2) + [UInt8](repeating: 0, count: 10))
      ),
      ("a section of no byte order", writer.block(0x0a0d_0d0a, [UInt8](repeating: 0, count: 16))),
    ]
    for (name, block) in bad {
      for pieces in [1, Int.max] {
        let (heard, fault) = Self.read(start + block, pieces: pieces)
        #expect(heard.map(\.octets) == [Self.frameA], "\(name)")
        #expect(fault == CaptureStream.Fault(kind: .malformed, offset: start.count), "\(name)")
      }
    }
    // The same again, if somebody reads on.
    var stream = CaptureStream()
    let first = #expect(throws: CaptureStream.Fault.self) { try stream.feed(start + other) { _, _ in } }
    let second = #expect(throws: CaptureStream.Fault.self) {
      try stream.feed(start) { _, _ in Issue.record("a frame behind a fault") }
    }
    #expect(first == second)
  }

  @Test func `an unknown block of any size is passed over and not held`() {
    let writer = Writer(isLittle: false)
    let start = writer.section + writer.interface(127)
    let size = 40 << 20
    var stream = CaptureStream()
    var heard: [[UInt8]] = []
    let take = { (frame: CaptureStream.Frame, octets: Span<UInt8>) in heard.append(octets.indices.map { octets[$0] }) }
    #expect(throws: Never.self) {
      try stream.feed(start + writer.u32(0x0bad) + writer.u32(UInt32(size)), take)
      let piece = [UInt8](repeating: 0x0a, count: 1 << 20)
      for _ in 0..<39 { try stream.feed(piece, take) }
      try stream.feed(Array(piece.prefix((1 << 20) - 8)) + writer.packet(0, time: 0, Self.frameB), take)
      try stream.finish()
    }
    #expect(heard == [Self.frameB])
  }
}
