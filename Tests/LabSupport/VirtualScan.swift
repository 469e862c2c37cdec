public import Addressing
public import Engine
public import Records
internal import Wire

/// Drives a ``SegmentScan`` over a ``VirtualSegment`` the way a run does, without the run.
public struct VirtualScan {
  public var scan: SegmentScan
  public private(set) var events: [(at: MonotonicInstant, event: SegmentScan.Event)] = []
  /// What each device gets that is found.
  public var limits: SegmentScan.Limits
  /// Wake-ups come up to so much late, evenly distributed.
  public var lateness = Duration.zero
  /// Turns of the loop.
  public private(set) var turns = 0
  private let segment: VirtualSegment
  private var started: Set<IPAddress> = []
  private var finished: Set<IPAddress> = []
  private var random = SeededRandom(seed: 77)

  /// The configuration for a segment; the seed is the same in every run.
  public static func configuration(
    _ segment: VirtualSegment, priority: [UInt16], rest: [UInt16] = [], totalRate: Int = 1000
  ) -> SegmentScan.Configuration {
    let seed = ScanSeed(high: 0x0123_4567_89ab_cdef, low: 42)
    return SegmentScan.Configuration(
      mac: segment.mac, source: segment.source, linkLocal: segment.linkLocal, sourcePort: segment.sourcePort,
      datagramPort: segment.datagramPort, seed: seed,
      space: ProbeSpace(priority: priority, rest: rest, seed: seed), totalRate: totalRate)
  }

  public init(
    _ segment: VirtualSegment, asking addresses: [IPv4Address] = [], configuration: SegmentScan.Configuration,
    limits: SegmentScan.Limits = SegmentScan.Limits(rate: 100, inFlight: 0)
  ) {
    self.segment = segment
    self.limits = limits
    scan = SegmentScan(addresses: addresses, configuration: configuration)
  }

  public init(
    _ segment: VirtualSegment, asking addresses: [IPv4Address] = [], priority: [UInt16], rest: [UInt16] = [],
    deviceRate: Int = 100, inFlight: Int = 0, totalRate: Int = 1000
  ) {
    self.init(
      segment, asking: addresses,
      configuration: Self.configuration(segment, priority: priority, rest: rest, totalRate: totalRate),
      limits: SegmentScan.Limits(rate: deviceRate, inFlight: inFlight))
  }

  /// Probes every address of a device, without looking for it first.
  public mutating func add(_ device: VirtualDevice) {
    for address in device.addresses { begin(address, device.mac, isOffLink: device.isOffLink) }
  }

  private mutating func begin(_ address: IPAddress, _ mac: MACAddress, isOffLink: Bool) {
    started.insert(address)
    scan.scan(address, nextHop: mac, limits: limits, isOffLink: isOffLink, now: segment.clock.now)
  }

  /// Nothing is left to find or to probe. Heartbeats may go on.
  public var isDone: Bool { scan.discovery.isFinished && finished.count == started.count }

  /// Runs until nothing is left, or for `limit`.
  public mutating func run(limit: Duration = .seconds(4000)) throws {
    let end = segment.clock.now + limit
    while !isDone, segment.clock.now < end { try step(until: end) }
  }

  /// Runs until an event has come, or for `limit`.
  public mutating func run(until isWanted: (SegmentScan.Event) -> Bool, limit: Duration = .seconds(4000)) throws {
    let end = segment.clock.now + limit
    var seen = events.count
    while segment.clock.now < end {
      if events[seen...].contains(where: { isWanted($0.event) }) { return }
      seen = events.count
      try step(until: end)
    }
  }

  /// One turn of the loop.
  public mutating func step(until end: MonotonicInstant? = nil) throws {
    turns += 1
    let now = segment.clock.now
    try segment.receive(limit: 512) { octets, info in
      guard let inbound = try? InboundFrame(parsing: octets) else { return }
      scan.receive(inbound, octets: octets, outbound: info.outbound, at: now)
      noteRestart(inbound, outbound: info.outbound)
    }
    scan.note(receiveDrops: segment.receiveDrops())
    let wake = try scan.transmit(now: now) {
      (batch: borrowing FrameBatch, first: Int) throws(VirtualSegment.Broken) -> Int in
      try segment.transmit(batch, from: first)
    }
    for event in scan.takeEvents() {
      events.append((now, event))
      if case .found(let address, let mac, let isOffLink) = event { begin(address, mac, isOffLink: isOffLink) }
      if case .finished(let address) = event { finished.insert(address) }
    }
    var next = min(wake, segment.nextArrival ?? wake)
    if lateness > .zero { next = next + .nanoseconds(Int64(random.next() % UInt64(lateness.nanoseconds + 1))) }
    segment.clock.sleep(until: min(next, end ?? next))
  }

  /// Who asks for, or announces, his own address has just got it (RFC 5227 §2.3).
  private mutating func noteRestart(_ frame: InboundFrame, outbound: Bool) {
    guard !outbound, case .arp(let packet) = frame.content, packet.sender == packet.target else { return }
    scan.rebootSign(of: packet.senderMAC)
  }

  /// The state of a port of the device's first address.
  public func cell(_ device: VirtualDevice, _ port: UInt16) -> CellTable.Cell { cell(device.address, port) }

  public func cell(_ address: IPAddress, _ port: UInt16) -> CellTable.Cell {
    guard let place = scan.configuration.space.place(of: port), let target = scan.target(address) else {
      return .unknown
    }
    return target.scan.cells[place]
  }

  /// How many ports of an address are in a state.
  public func ports(_ cell: CellTable.Cell, _ address: IPAddress) -> Int {
    scan.target(address)?.scan.cells.count(of: cell) ?? 0
  }

  /// The states of an address agree with what its device does.
  public func isExact(_ device: VirtualDevice) -> Bool {
    device.addresses.allSatisfy { address in
      scan.configuration.space.ports.allSatisfy { port in
        let expected: CellTable.Cell =
          switch device.ports(port) {
          case .open: .open
          case .closed: .closed
          case .silent, .prohibited, .forged: .silent
          }
        return cell(address, port) == expected
      }
    }
  }

  public func count(_ wanted: SegmentScan.Event) -> Int { events.count { $0.event == wanted } }

  public func first(_ isWanted: (SegmentScan.Event) -> Bool) -> MonotonicInstant? {
    events.first { isWanted($0.event) }?.at
  }

  /// The distresses of an address, in their order.
  public func distresses(_ address: IPAddress) -> [SegmentScan.Distress] {
    events.compactMap {
      guard case .distress(let addresses, let distress) = $0.event, addresses.contains(address) else { return nil }
      return distress
    }
  }
}
