import Addressing
import Foundation
import LabSupport
import Testing
import Wire

/// A session that other people captured. The file stays where it is and is no part of the package.
struct CapturedTelnetTests {
  static let file = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("shared/data/captures/iot/telnet.pcap")

  /// The frames of a classic little-endian pcap file: 24 octets of header, then 16 before each frame.
  static func frames(_ octets: [UInt8]) -> [[UInt8]] {
    func number(_ offset: Int) -> Int { (0..<4).reduce(0) { $0 | Int(octets[offset + $1]) << (8 * $1) } }
    guard octets.count > 24, number(0) == 0xa1b2_c3d4, number(20) == 1 else { return [] }
    var frames: [[UInt8]] = []
    var offset = 24
    while offset + 16 <= octets.count {
      let length = number(offset + 8)
      guard offset + 16 + length <= octets.count else { break }
      frames.append(Array(octets[offset + 16..<offset + 16 + length]))
      offset += 16 + length
    }
    return frames
  }

  @Test func `a captured session is read frame by frame and as a stream`() throws {
    guard let data = try? Data(contentsOf: Self.file) else {
      print("skipped: \(Self.file.path) is not there; it comes with the project's shared data")
      return
    }
    let frames = Self.frames(Array(data))
    #expect(frames.count > 10)
    var stream = TelnetStream()
    var expected: UInt32?
    var data23 = 0
    for octets in frames {
      let frame = try inbound(octets)
      guard case .tcp(let header, let payload) = frame.content else { continue }
      #expect(header.sourcePort == 23 || header.destinationPort == 23)
      guard header.sourcePort == 23 else { continue }
      if header.flags.contains(.syn) { expected = header.sequence &+ 1 }
      guard !payload.isEmpty, header.sequence == expected else { continue }
      stream.receive(octets[payload])
      expected = header.sequence &+ UInt32(payload.count)
      data23 += payload.count
    }
    #expect(data23 > 0)
    #expect(stream.violations == 0)
    #expect(stream.beginsWithNegotiation)
    #expect(String(decoding: stream.text, as: UTF8.self).lowercased().contains("login"))
  }
}
