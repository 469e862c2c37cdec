import Addressing
import Engine
import LabSupport
import Records
import Testing
import Wire

/// The scan over connections of the kernel instead of frames: what it must not offer, how it asks
/// whether a device is there, and what a connection costs the device.
struct ConnectionsBackEndTests {
  private func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }

  @Test func `a device without a heartbeat is asked by a port that answered`() throws {
    let wire = ConnectionWire(ports: [80: .open, 81: .closed, 82: .silent])
    wire.add(try address("10.0.0.9"), rate: 100)
    wire.run(for: .seconds(20))
    #expect(wire.events.contains(.finished(try address("10.0.0.9"))))
    let before = wire.syns
    wire.scan.checkAlive(try address("10.0.0.9"), now: wire.clock.now)
    wire.run(for: .seconds(3))
    #expect(
      wire.events.filter { if case .alive = $0 { true } else { false } } == [.alive(try address("10.0.0.9"), true)])
    // The closed port costs the device nothing beyond the SYN.
    #expect(wire.syns.count == before.count + 1 && wire.syns.last == 81)
    #expect(wire.foreign == 0, "no ARP question, no echo request")
    #expect(wire.events.contains(.unwatchable(try address("10.0.0.9"))))
    #expect(wire.scan.isFinished)
  }

  @Test func `a device that has gone meanwhile is not alive after three questions`() throws {
    let wire = ConnectionWire(ports: [80: .open])
    wire.add(try address("10.0.0.9"), rate: 100)
    wire.run(for: .seconds(5))
    let before = wire.syns.count
    wire.ports = [:]
    wire.scan.checkAlive(try address("10.0.0.9"), now: wire.clock.now)
    wire.run(for: .seconds(5))
    #expect(wire.events.last == .alive(try address("10.0.0.9"), false))
    #expect(wire.syns.dropFirst(before) == [80, 80, 80])
  }

  @Test func `without any answer there is nothing to ask by, and nobody claims to know`() throws {
    let wire = ConnectionWire(ports: [:])
    wire.add(try address("10.0.0.9"), rate: 100)
    wire.run(for: .seconds(20))
    let before = wire.syns.count
    wire.scan.checkAlive(try address("10.0.0.9"), now: wire.clock.now)
    wire.run(for: .seconds(3))
    #expect(wire.events.last == .alive(try address("10.0.0.9"), nil))
    #expect(wire.syns.count == before)
  }

  /// A late answer to a probe is no answer to the question whether the device is there.
  @Test func `only the port that was asked says that the device is there`() throws {
    let wire = ConnectionWire(ports: [80: .open, 81: .closed])
    let device = try address("10.0.0.9")
    wire.add(device, rate: 100)
    wire.run(for: .seconds(5))
    wire.ports = [:]
    wire.scan.checkAlive(device, now: wire.clock.now)
    wire.repeatAnswer(of: 80)
    wire.run(for: .milliseconds(200))
    #expect(!wire.events.contains(.alive(device, true)))
    wire.run(for: .seconds(3))
    #expect(wire.events.last == .alive(device, false))
  }

  @Test func `a filter of the device says nothing about its stack`() throws {
    let wire = ConnectionWire(ports: [80: .open])
    wire.add(try address("10.0.0.9"), rate: 100)
    wire.run(for: .seconds(5))
    #expect(wire.events.contains(.open(try address("10.0.0.9"), 80)))
    #expect(!wire.events.contains { if case .stack = $0 { true } else { false } })
  }

  /// Every second port is open and its service does not close by itself, so that each connection ends
  /// with a frame half a second late.
  @Test(arguments: [20, 100, 300])
  func `no second on the wire holds more frames than the device may get`(rate: Int) throws {
    let ports = (1...400).map { UInt16($0) }
    let wire = ConnectionWire(
      ports: Dictionary(uniqueKeysWithValues: ports.map { ($0, $0 % 2 == 0 ? .open : .closed) }))
    wire.add(try address("10.0.0.9"), rate: rate, inFlight: 8)
    wire.run(for: .seconds(200))
    #expect(wire.syns.count >= 40)
    #expect(mostInOneSecond(wire.frames) <= rate)
    // Each open port is four frames, a closed one a single one.
    let opens = wire.opened
    #expect(wire.frames.count == wire.syns.count + 3 * opens)
    let figures = try #require(wire.scan.figures(of: try address("10.0.0.9")))
    #expect(figures.peak <= rate)
    #expect(figures.frames >= wire.frames.count, "every frame was charged")
  }

  private func mostInOneSecond(_ moments: [MonotonicInstant]) -> Int {
    let sorted = moments.sorted()
    var (first, most) = (0, 0)
    for last in sorted.indices {
      while sorted[last] - sorted[first] >= .seconds(1) { first += 1 }
      most = max(most, last - first + 1)
    }
    return most
  }
}

/// Behind the scan stands a kernel that connects: a wire with one device, and its own account of every frame.
private final class ConnectionWire {
  enum Port { case open, closed, silent }

  let clock = ManualClock()
  var scan: SegmentScan
  var ports: [UInt16: Port]
  private(set) var events: [SegmentScan.Event] = []
  /// Ports of the SYNs, in order.
  private(set) var syns: [UInt16] = []
  /// When each frame for the device left this host.
  private(set) var frames: [MonotonicInstant] = []
  private(set) var opened = 0
  /// Frames that are no SYN.
  private(set) var foreign = 0
  private var arrivals: [(at: MonotonicInstant, octets: [UInt8], outbound: Bool)] = []
  private var answers: [UInt16: [UInt8]] = [:]

  private static let host = MACAddress(rawValue: 0x0200_0000_0000)
  private static let source = IPv4Address(rawValue: 0x0a00_0002)

  init(ports: [UInt16: Port]) {
    self.ports = ports
    let seed = ScanSeed(high: 1, low: 2)
    var configuration = SegmentScan.Configuration(
      mac: Self.host, source: Self.source, sourcePort: 1, seed: seed,
      space: ProbeSpace(priority: ports.keys.sorted() + (ports.isEmpty ? [80] : []), rest: [], seed: seed),
      totalRate: 0)
    configuration.backEnd = .connections
    configuration.heartbeat = .none
    configuration.watchesByEcho = false
    scan = SegmentScan(addresses: [], configuration: configuration)
  }

  func add(_ address: IPAddress, rate: Int, inFlight: Int = 8) {
    scan.scan(
      address, nextHop: Self.host, limits: .init(rate: rate, inFlight: inFlight), isOffLink: true, now: clock.now)
  }

  func run(for duration: Duration) {
    let end = clock.now + duration
    while clock.now < end {
      deliver()
      let wake = scan.transmit(now: clock.now) { (batch: borrowing FrameBatch, first: Int) in
        for index in first..<batch.count { take(Array(batch.octets[batch.range(index)])) }
        return batch.count - first
      }
      events += scan.takeEvents()
      let next = min(wake, arrivals.map(\.at).min() ?? wake, end)
      clock.sleep(until: max(next, clock.now + .microseconds(20)))
    }
  }

  /// The device's answer of a port comes once more.
  func repeatAnswer(of port: UInt16) {
    guard let octets = answers[port] else { return }
    arrivals.append((clock.now + .milliseconds(1), octets, false))
  }

  private func deliver() {
    let due = arrivals.filter { $0.at <= clock.now }
    arrivals.removeAll { $0.at <= clock.now }
    for frame in due {
      guard let inbound = try? InboundFrame(parsing: frame.octets.span) else { continue }
      scan.receive(inbound, octets: frame.octets.span, outbound: frame.outbound, at: clock.now)
    }
  }

  /// IPv4 without options: TCP begins at octet 34 (RFC 791 §3.1, RFC 9293 §3.1).
  private func take(_ frame: [UInt8]) {
    func word(_ at: Int) -> UInt16 { UInt16(frame[at]) << 8 | UInt16(frame[at + 1]) }
    guard word(12) == 0x0800, frame[23] == 6, frame[47] == 0x02 else {
      foreign += 1
      return
    }
    let port = word(36)
    let sequence = UInt32(word(38)) << 16 | UInt32(word(40))
    let device = IPAddress(IPv4Address(rawValue: UInt32(word(30)) << 16 | UInt32(word(32))))
    syns.append(port)
    frames.append(clock.now)
    let host = IPAddress(Self.source)
    let back = VirtualFrames.Ends(from: Self.host, device, to: Self.host, host)
    let there = VirtualFrames.Ends(from: Self.host, host, to: Self.host, device)
    let at = clock.now + .milliseconds(1)
    switch ports[port] {
    case .open:
      opened += 1
      let answer = VirtualFrames.tcp(back, ports: (port, 1), acknowledging: sequence &+ 1, flags: 0x12, window: 9)
      answers[port] = answer
      arrivals.append((at, answer, false))
      // Acknowledgement and FIN at once, the reset of who waited for the device's FIN in vain later.
      for moment in [at, at, at + .milliseconds(500)] {
        frames.append(moment)
        arrivals.append(
          (moment, VirtualFrames.tcp(there, ports: (1, port), acknowledging: 0, flags: 0x10, window: 0), true))
      }
    case .closed:
      let answer = VirtualFrames.tcp(back, ports: (port, 1), acknowledging: sequence &+ 1, flags: 0x14, window: 0)
      answers[port] = answer
      arrivals.append((at, answer, false))
    case .silent, nil: break
    }
  }
}
