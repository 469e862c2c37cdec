public import Addressing

/// Ports of one address that reached a final state: what a run found out since it was last asked,
/// or what an interrupted run hands to its continuation.
public struct SettledPorts: Hashable, Sendable {
  public var address: IPAddress
  /// The device's own; nil behind a gateway.
  public var mac: MACAddress?
  public var open: [UInt16]
  public var closed: [UInt16]
  /// May repeat what was told before: silence is settled a section at a time.
  public var silent: [UInt16]
  /// The places of UDP questions that came to "unreachable", and to silence: all so far.
  public var datagramsClosed: [Int] = []
  public var datagramsSilent: [Int] = []
  /// The places of UDP questions that were answered. Only handed to a continuation.
  public var datagramsOpen: [Int] = []
  /// The device accepts every port. Only handed to a continuation.
  public var answersEverything = false
  /// How often the device fell into distress. Only handed to a continuation.
  public var distresses = 0
  public var figures = Figures()

  public init(
    address: IPAddress, mac: MACAddress? = nil, open: [UInt16] = [], closed: [UInt16] = [], silent: [UInt16] = []
  ) {
    self.address = address
    self.mac = mac
    self.open = open
    self.closed = closed
    self.silent = silent
  }

  /// What was counted for the address so far, and for its device.
  public struct Figures: Hashable, Sendable {
    public var sent = 0
    public var answered = 0
    public var retried = 0
    public var filtered = 0
    public var datagrams = 0
    /// The fewest tries of a port that is silent; 0 while none is.
    public var triesOfSilent = 0
    /// Frames of the device: probes whose end is known, the lost ones of them, the most within one
    /// second, and all.
    public var probes = 0
    public var lost = 0
    public var peak = 0
    public var frames = 0

    public init() {}
  }
}

extension SegmentScan {
  struct Change: Sendable {
    var target: Int32
    var port: UInt16
    var cell: CellTable.Cell
  }

  /// What was settled since the last call, in the order in which the addresses were found.
  ///
  /// Only kept when ``Configuration/keepsChanges`` says so.
  public mutating func takeSettled() -> [SettledPorts] {
    var settled: [Int: SettledPorts] = [:]
    for change in changes {
      let index = Int(change.target)
      switch change.cell {
      case .open: settled[index, default: blank(index)].open.append(change.port)
      case .closed: settled[index, default: blank(index)].closed.append(change.port)
      case .silent:
        settled[index, default: blank(index)].silent.append(change.port)
        targets[index].silentTold += 1
      case .unknown: break
      }
    }
    changes.removeAll(keepingCapacity: true)
    for index in targets.indices {
      let silent = targets[index].scan.cells.count(of: .silent)
      if silent != targets[index].silentTold {
        targets[index].silentTold = silent
        settled[index, default: blank(index)].silent = configuration.space.ports(
          .silent, in: targets[index].scan.cells)
      }
      let datagrams = targets[index].datagrams.cells
      let told = datagrams.count(of: .closed) + datagrams.count(of: .silent)
      guard told != targets[index].datagramsTold else { continue }
      targets[index].datagramsTold = told
      settled[index, default: blank(index)].datagramsClosed = datagrams.places(.closed)
      settled[index, default: blank(index)].datagramsSilent = datagrams.places(.silent)
    }
    return settled.sorted { $0.key < $1.key }.map(\.value)
  }

  private func blank(_ index: Int) -> SettledPorts {
    let target = targets[index]
    let device = devices[target.device]
    var settled = SettledPorts(address: target.address, mac: device.isOffLink ? nil : target.nextHop)
    settled.figures.sent = target.scan.sent
    settled.figures.answered = target.scan.answers
    settled.figures.retried = target.scan.retried
    settled.figures.filtered = target.scan.filtered
    settled.figures.datagrams = target.datagrams.sent
    settled.figures.triesOfSilent = target.scan.triesOfSilent ?? 0
    settled.figures.probes = device.loss.probes
    settled.figures.lost = device.loss.lost
    settled.figures.peak = device.budget.peak
    settled.figures.frames = device.budget.total
    return settled
  }

  /// Takes over what an earlier run found out about an address that is being scanned.
  mutating func restore(_ settled: SettledPorts, target index: Int) {
    let space = configuration.space
    targets[index].scan.restore(settled.open.compactMap(space.place), as: .open, space)
    targets[index].scan.restore(settled.closed.compactMap(space.place), as: .closed, space)
    targets[index].scan.restore(settled.silent.compactMap(space.place), as: .silent, space)
    targets[index].scan.restore(settled.figures)
    targets[index].silentTold = targets[index].scan.cells.count(of: .silent)
    restoreDatagrams(settled, target: index)
    let device = targets[index].device
    if devices[device].targets.count == 1 {
      devices[device].loss.restore(probes: settled.figures.probes, lost: settled.figures.lost)
      devices[device].budget.restore(total: settled.figures.frames, peak: settled.figures.peak)
      devices[device].health.restore(distresses: settled.distresses)
      if settled.distresses > 0 { slowDown(device) }
    }
    if settled.answersEverything {
      targets[index].answersEverything = true
      targets[index].scan.abandon()
    } else if targets[index].scan.cells.count(of: .open) >= ControlProbes.openPortsBeforeCheck {
      let (high, low) = settled.address.words
      targets[index].control = ControlProbes(seed: configuration.seed, tweak: high ^ low)
    }
  }

  private mutating func restoreDatagrams(_ settled: SettledPorts, target index: Int) {
    let states: [([Int], CellTable.Cell)] = [
      (settled.datagramsOpen, .open), (settled.datagramsClosed, .closed), (settled.datagramsSilent, .silent),
    ]
    for (places, cell) in states { targets[index].datagrams.restore(places, as: cell) }
    targets[index].datagrams.restore(sent: settled.figures.datagrams)
    let cells = targets[index].datagrams.cells
    targets[index].datagramsTold = cells.count(of: .closed) + cells.count(of: .silent)
  }
}
