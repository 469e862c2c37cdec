import Foundation
import Records
import Testing
import Wire

@testable import Evidence

@Suite struct RingCaptureTests {
  private struct DroppedEvent: Decodable {
    let type: String
    let file: String?
    let octets: Int?
    let frames: Int?
    let sha256: String?
  }

  private static func frame(_ number: Int) -> CapturedFrame {
    // The number stands in the frame, so that it can be told which ones are left.
    let octets = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) } + [UInt8](repeating: 0, count: 996)
    return CapturedFrame(nanoseconds: SampleResult.start.nanoseconds + Int64(number), octets: octets, outbound: false)
  }

  private static func numbers(_ octets: [UInt8]) -> [Int] {
    PcapNG.read(octets).blocks.compactMap { block in
      guard case .packet(let packet) = block else { return nil }
      return packet.octets.prefix(4).reduce(0) { $0 << 8 | Int($1) }
    }
  }

  /// 20,000 frames of 1,000 octets are 20 MB; of 8 files of 1 MB the oldest must have given way.
  @Test func `the newest frames are kept without a gap, and what gave way is told with its digest`() throws {
    let folder = try TemporaryFolder()
    let writer = try PackWriter(creating: folder.path + "/pack", software: "tenken test")
    writer.captureEverything(octets: 8_000_000)
    for number in 0..<20_000 { try writer.appendToRing(Self.frame(number), interface: SamplePack.interface) }
    try writer.close(result: SampleResult.result)
    #expect(PackVerifier.verify(directory: writer.path).problems == [])
    let names = try FileManager.default.contentsOfDirectory(atPath: writer.path + "/data/capture").sorted()
    #expect(names.count == 8)
    let sizes = try names.map { try folder.octets("pack/data/capture/\($0)").count }
    // A file ends with the frame that reached its limit.
    #expect(sizes.allSatisfy { $0 <= (1 << 20) + 1_100 } && sizes.reduce(0, +) <= 8 * ((1 << 20) + 1_100))
    let kept = try names.flatMap { Self.numbers(try folder.octets("pack/data/capture/\($0)")) }
    #expect(kept.last == 19_999 && kept.count > 6_000)
    #expect(kept == Array((kept.first ?? 0)...19_999))
    let dropped = try folder.octets("pack/data/run.jsonl").split(separator: 0x0a).map {
      try JSONDecoder().decode(DroppedEvent.self, from: Data($0))
    }
    #expect(dropped.allSatisfy { $0.type == "capture.dropped" && $0.sha256?.count == 64 })
    #expect(dropped.compactMap(\.frames).reduce(0, +) == kept.first)
    #expect(
      dropped.map(\.file) == (1...dropped.count).map { "data/capture/everything-\(numbered("", $0, digits: 6)).pcapng" }
    )
  }

  @Test func `nothing is kept where nobody asked for it`() throws {
    let folder = try TemporaryFolder()
    let writer = try PackWriter(creating: folder.path + "/pack", software: "tenken test")
    try writer.appendToRing(Self.frame(1), interface: SamplePack.interface)
    try writer.close(result: SampleResult.result)
    #expect(!FileManager.default.fileExists(atPath: writer.path + "/data/capture"))
  }

  @Test func `a capture says how its clock was kept`() throws {
    let folder = try TemporaryFolder()
    let writer = try PackWriter(creating: folder.path + "/pack", software: "tenken test")
    writer.captureComment = "system clock, kept by no time service"
    try writer.appendFrame(Self.frame(1), interface: SamplePack.interface)
    try writer.close(result: SampleResult.result)
    let read = PcapNG.read(try folder.octets("pack/data/capture/conversations.pcapng"))
    guard case .section(let section) = read.blocks.first else {
      Issue.record("the first block is no section")
      return
    }
    #expect(section.comment == "system clock, kept by no time service")
  }
}
