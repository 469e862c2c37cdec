import Foundation
import Testing

/// Nothing that is sent to any service writes. Every octet that reached the lab's devices, where most services are open so
/// that probes go through their whole course, is judged by ``OperationJudge``; so are known writes, which it must not let pass.
@Suite(.needsLab, .serialized) struct ReadOnlyTests {
  private static let site: Result<[WireRecord.Frame], any Error> = Result {
    try WireRecord(SiteAudit.shared.get().folder, LabTruth.read()).frames(OperationJudge.fields)
  }
  private static let plant: Result<[WireRecord.Frame], any Error> = Result {
    try WireRecord(PlantAudit.shared.get().folder, PlantAudit.shared.get().truth).frames(OperationJudge.fields)
  }

  @Test func `no operation that was sent to a device may write`() throws {
    let frames = try Self.site.get() + Self.plant.get()
    let said = frames.filter { !$0.payload.isEmpty }
    #expect(said.count > 500)
    let objections = OperationJudge.objections(to: said)
    // tshark remembers what was said between two, and a device that echoes leads it astray: there, the same octets are known
    // from what was sent to others.
    let reading = Set(zip(said, objections).filter { $0.1 == nil }.map(\.0.payload))
    for (frame, objection) in zip(said, objections) {
      #expect(objection == nil || reading.contains(frame.payload), "\(frame.shown): \(objection ?? "")")
    }
  }

  /// A rule about what never happens would be no rule that was tried.
  @Test func `every protocol of the table was spoken`() throws {
    let spoken = Set(try (Self.site.get() + Self.plant.get()).flatMap(\.protocols))
    #expect(Set(OperationJudge.readings.map(\.protocol)).subtracting(spoken) == [])
  }

  @Test func `requests carry no command in their query`() throws {
    let paths = try Self.site.get().flatMap { $0.fields["http.request.uri"] ?? [] }
    #expect(paths.count > 30 && paths.allSatisfy { !$0.contains("?") }, "\(paths)")
  }

  /// Known writes, one for each protocol of the table at least, as a device would get them.
  @Test func `the judge lets no known write pass`() throws {
    let scratch = try Scratch()
    let capture = scratch.path + "/writes.pcap"
    try Data(KnownWrites.capture).write(to: URL(fileURLWithPath: capture))
    let record = WireRecord(
      capture: capture, keys: scratch.path + "/none", services: try LabTruth.read(with: ["ot-identify"]))
    let frames = try record.frames(OperationJudge.fields).filter { !$0.payload.isEmpty }
    for write in KnownWrites.all {
      // What is said before the write itself, such as a version, reads.
      let sent = frames.filter { $0.destination == write.device }
      try #require(sent.count == write.asked, "\(write.name): \(sent.map(\.shown))")
      let objections = sent.map { OperationJudge.objection(to: $0) }
      #expect(objections.last != .some(nil), "\(write.name) \(sent.last?.shown ?? "") \(sent.last?.fields ?? [:])")
      #expect(objections.dropLast().allSatisfy { $0 == nil }, "\(write.name): \(objections)")
      if let word = write.dissector {
        #expect(sent.last?.protocols.contains(word) == true, "\(write.name): \(sent.last?.protocols ?? [])")
      }
    }
    let tried = Set(KnownWrites.all.compactMap(\.dissector))
    // A TLS record, or a greeting of Remote Desktop, has nothing that writes: what follows has.
    #expect(Set(OperationJudge.readings.map(\.protocol)).subtracting(tried) == ["rdp"])
  }

  @Test func `a frame that is cut is malformed to tshark`() throws {
    let scratch = try Scratch()
    let capture = scratch.path + "/cut.pcap"
    try Data(KnownWrites.capture(of: [KnownWrites.cut])).write(to: URL(fileURLWithPath: capture))
    let record = WireRecord(capture: capture, keys: scratch.path + "/none", services: try LabTruth.read())
    #expect(try record.frames().map(\.isMalformed) == [true])
  }
}
