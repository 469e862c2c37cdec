import Addressing
import Audit
import Engine
import LabSupport
import Records
import Testing

struct PortJournalTests {
  private static let space = ProbeSpace(priority: [], rest: Array(1...65_535), seed: ScanSeed(high: 7, low: 8))

  /// Ports by their places, as the engine would hand them over, in the order of their answers.
  private func sample() throws -> SettledPorts {
    let ports = Self.space.ports
    var settled = SettledPorts(
      address: try #require(IPAddress("10.0.0.5")), mac: MACAddress(rawValue: 0x0011_2233_4455))
    settled.open = [ports[4]]
    settled.closed = [3, 2, 0, 1, 7, 65_534, 64, 63, 65].map { ports[$0] }
    settled.silent = [ports[5]]
    settled.datagramsClosed = [0, 1, 2, 5]
    settled.datagramsSilent = [3]
    settled.figures.sent = 11
    settled.figures.frames = 1_234_567
    settled.figures.lost = 3
    return settled
  }

  @Test func `a line names places in runs and the counts`() throws {
    let settled = try sample()
    let expected = """
      {"address":"10.0.0.5","device":"dev-001122334455","closed":"0-3,7,63-65,65534","silent":"5",\
      "udpClosed":"0-2,5","udpSilent":"3","figures":[11,0,0,0,0,0,0,3,0,1234567]}

      """
    #expect(String(decoding: PortJournal.line(settled, space: Self.space), as: UTF8.self) == expected)
  }

  @Test func `a line is read back, and no part of it is`() throws {
    let settled = try sample()
    let octets = PortJournal.line(settled, space: Self.space).dropLast()
    let line = try #require(PortJournal.parse(octets[...]))
    #expect(line.address == settled.address && line.device == DeviceID(rawValue: "dev-001122334455"))
    #expect(line.closed == [0...3, 7...7, 63...65, 65_534...65_534])
    #expect(line.silent == [5...5] && line.datagramsClosed == [0...2, 5...5] && line.datagramsSilent == [3...3])
    #expect(line.figures == settled.figures)
    for length in octets.indices { #expect(PortJournal.parse(octets[..<length]) == nil) }
  }

  @Test(arguments: [
    "\"1-0\"", "\"-1\"", "\"1,1\"", "\"2,1\"", "\"65536\"", "\"1-\"", "\"1,\"", "\"\"", "\"1 \"", "1",
    "\"99999999999999999999\"",
  ])
  func `runs in another form are refused`(runs: String) {
    let text = "{\"address\":\"10.0.0.5\",\"device\":\"d\",\"closed\":\(runs),\"figures\":[0,0,0,0,0,0,0,0,0,0]}"
    #expect(PortJournal.parse(Array(text.utf8)[...]) == nil)
    let good = text.replacing("\"closed\":\(runs)", with: "\"closed\":\"1\"")
    #expect(PortJournal.parse(Array(good.utf8)[...]) != nil)
  }

  @Test func `changed octets are refused or give places in order`() throws {
    let settled = try sample()
    let line = Array(PortJournal.line(settled, space: Self.space).dropLast())
    var random = SeededRandom(seed: 41)
    for _ in 0..<20_000 {
      var octets = line
      for _ in 0...(random.next() % 3) { octets[Int(random.next() % UInt64(line.count))] = UInt8(random.next() & 0xff) }
      guard let read = PortJournal.parse(octets[...]) else { continue }
      for runs in [read.closed, read.silent] {
        #expect(zip(runs, runs.dropFirst()).allSatisfy { $0.upperBound < $1.lowerBound })
        #expect(runs.allSatisfy { (0...65_535).contains($0.lowerBound) && $0.upperBound <= 65_535 })
      }
    }
  }

  /// The size is what the file was made for: a whole /24 with all ports at 100 ports a second and device.
  @Test func `answers that come in about their order take a few octets`() throws {
    var random = SeededRandom(seed: 5)
    var octets = 0
    for second in 0..<100 {
      var settled = SettledPorts(address: try #require(IPAddress("10.0.0.5")))
      // Each port with one in fifty held back to the next second.
      settled.closed = (second * 100..<second * 100 + 100).filter { _ in random.next() % 50 > 0 }.map {
        Self.space.ports[$0]
      }
      octets += PortJournal.line(settled, space: Self.space).count
    }
    #expect(octets < 100 * 160)
  }
}
