public import Addressing
public import Engine
public import Records
internal import Wire

/// Drives a ``SegmentScan`` over a ``VirtualSegment`` the way a run does, without the run.
public struct VirtualScan {
  public var scan: SegmentScan
  public private(set) var events: [(at: MonotonicInstant, event: SegmentScan.Event)] = []
  private let segment: VirtualSegment

  public init(
    _ segment: VirtualSegment, asking addresses: [IPv4Address], priority: [UInt16], rest: [UInt16] = [],
    tries: Int = 3, deviceRate: Int = 100, totalRate: Int = 1000
  ) {
    self.segment = segment
    scan = SegmentScan(
      addresses: addresses,
      configuration: SegmentScan.Configuration(
        mac: segment.mac, source: segment.source, sourcePort: segment.sourcePort,
        seed: ScanSeed(high: 0x0123_4567_89ab_cdef, low: 42), priority: priority, rest: rest, tries: tries,
        deviceRate: deviceRate, totalRate: totalRate))
  }

  /// Runs until nothing is left, or for `limit`.
  public mutating func run(limit: Duration = .seconds(4000)) throws {
    let end = segment.clock.now + limit
    while !scan.isFinished, segment.clock.now < end { try step() }
  }

  /// One turn of the loop.
  public mutating func step() throws {
    let now = segment.clock.now
    try segment.receive(limit: 512) { frame, info in
      guard let inbound = try? InboundFrame(parsing: frame) else { return }
      scan.receive(inbound, outbound: info.outbound, at: now)
    }
    let wake = try scan.transmit(now: now) { (frame: Span<UInt8>) throws(VirtualSegment.Broken) -> Bool in
      try segment.transmit(frame)
    }
    for event in scan.takeEvents() {
      events.append((now, event))
      if case .found(let address, let mac) = event { scan.scan(address, mac: mac, now: now) }
    }
    segment.clock.sleep(until: min(wake, segment.nextArrival ?? wake))
  }

  /// The settled state of a port.
  public func cell(_ device: VirtualDevice, _ port: UInt16) -> PortStateTable.Cell {
    scan.target(device.address)?.scan.table[port] ?? .unknown
  }

  public func count(_ wanted: SegmentScan.Event) -> Int { events.count { $0.event == wanted } }
}
