public import Addressing
public import Records
internal import Wire

/// Everything one interface does: finds devices, probes their ports, watches their health. No clock,
/// no I/O; it is told the time and offers frames.
///
/// Whose turn it is costs the same for one device and for 32,768. A device's budget covers every
/// frame it gets; the interface and each gateway have ceilings of their own (engine.md §6.6).
public struct SegmentScan: Sendable {
  public struct Configuration: Sendable {
    public var mac: MACAddress
    public var source: IPv4Address?
    /// This host's link-local address, nil where IPv6 is off.
    public var linkLocal: IPv6Address?
    /// Reserved on this host for the answers to raw frames.
    public var sourcePort: UInt16
    public var datagramPort: UInt16
    public var seed: ScanSeed
    public var space: ProbeSpace
    public var datagrams: [DatagramProbe] = []
    /// Addresses behind gateways, with the gateway's MAC address.
    public var offLink: [IPAddress: MACAddress] = [:]
    /// UDP questions a second for one device, until its own limit is known.
    public var datagramRate = 10
    public var tries = TryPolicy()
    /// Frames a second through the interface; 0 = no ceiling.
    public var totalRate: Int
    /// Frames a second through one gateway or relay; 0 = no ceiling.
    public var segmentRate = 0
    /// ARP questions in any second, whoever asks them; 0 = no ceiling. arp-scan's default is the same
    /// (engine.md §1).
    public var arpRate = 500
    /// Questions to a single device count against ``arpRate`` too: a switch that counts ARP counts
    /// them, the air and the other devices do not hear them.
    public var countsUnicastARP = true
    public var discovery = Discovery.Configuration()
    public var heartbeat = Heartbeat.neighbour
    /// Devices behind gateways may be asked by echo requests whether they are there.
    public var watchesByEcho = true
    /// Who sends and receives for this scan.
    public var backEnd = BackEnd.frames
    public var health = HealthGuard.Timing()
    /// What is settled is remembered until it is taken, for the pack's checkpoints.
    public var keepsChanges = false

    public init(
      mac: MACAddress, source: IPv4Address?, linkLocal: IPv6Address? = nil, sourcePort: UInt16,
      datagramPort: UInt16 = 0, seed: ScanSeed, space: ProbeSpace, totalRate: Int
    ) {
      self.mac = mac
      self.source = source
      self.linkLocal = linkLocal
      self.sourcePort = sourcePort
      self.datagramPort = datagramPort
      self.seed = seed
      self.space = space
      self.totalRate = totalRate
    }
  }

  /// What stands behind the frames of a scan.
  public enum BackEnd: Hashable, Sendable {
    /// An interface: each frame leaves as it is.
    case frames
    /// The kernel's connections: a SYN frame stands for one, and what comes back was made from the
    /// kernel's word. Answers have no time to live and no window of the device's own.
    case connections

    /// Frames that this host's kernel sends for a port that is found open, beside the SYN: acknowledgement, FIN and the
    /// acknowledgement of the device's FIN, or a reset in its place. Half-open connections it leaves alone.
    var framesOfKernel: Int { self == .frames ? 0 : 3 }
  }

  /// How a device of the own link is asked whether it is there. Behind a gateway it is an echo request, where
  /// ``Configuration/watchesByEcho`` permits it.
  public enum Heartbeat: Hashable, Sendable {
    /// ARP or neighbour solicitation, which no host can refuse.
    case neighbour
    /// An echo request, where ARP questions are few: on switches that count them.
    case echo
    /// Not at all while it is probed; after that by a SYN to a port that answered.
    case none
  }

  public enum Event: Hashable, Sendable {
    /// An address answered for the first time; with its MAC address, or that of the gateway before it.
    case found(IPAddress, MACAddress, isOffLink: Bool)
    /// Somebody was heard who was not asked, or showed a name or address that was not known.
    case sighted(PassiveSensor.Sighting)
    /// A device, or too many of them when nil, sends ARP replies without end; they are turned away.
    case storm(MACAddress?)
    /// Another device answers for an address that has an owner already.
    case conflict(IPAddress, MACAddress)
    /// A port accepts connections.
    case open(IPAddress, UInt16)
    /// The first SYN-ACK of an address: its IP time to live and TCP window, which tell stacks apart.
    case stack(IPAddress, timeToLive: UInt8, window: UInt16)
    /// A UDP service answered the question at a place of the configuration's list, or sent something else.
    case datagram(IPAddress, place: Int, isAnswer: Bool, octets: [UInt8])
    /// It accepts every port; nothing more is sent to it.
    case answersEverything(IPAddress)
    /// Nothing is left to send to the address.
    case finished(IPAddress)
    /// The device fell silent, or became far slower: nothing more is sent to it but heartbeats.
    case froze([IPAddress])
    case distress([IPAddress], Distress)
    /// It never answered a heartbeat, so its health could not be watched.
    case unwatchable(IPAddress)
    /// The answer to ``checkAlive(_:now:)``; nil when there was nothing to ask it by.
    case alive(IPAddress, Bool?)
  }

  /// How a device's distress ended, with the frames that came before it.
  public struct Distress: Hashable, Sendable {
    public let outcome: HealthGuard.Outcome
    public let lastAnswer: MonotonicInstant
    public let frozen: MonotonicInstant
    public let ended: MonotonicInstant
    /// The last frames sent before it, at most 64, in order.
    public let frames: [SentFrame]
  }

  public let configuration: Configuration
  public internal(set) var discovery: Discovery
  /// In the order in which they were found. Elements are changed in place: a copy of one would copy
  /// its cells.
  var targets: [Target] = []
  var positions: [IPAddress: Int] = [:] { didSet { lastAnswered = nil } }
  /// Who answered last. Devices get a few questions at a time, so the next answer mostly is the same one's.
  var lastAnswered: (address: IPAddress, index: Int)?
  var devices: [Device] = []
  var devicesByMAC: [MACAddress: Int] = [:]
  var relays: [Relay] = []
  var queue = DeviceQueue()
  /// Devices whose heartbeat waits for the pace of ARP questions.
  var arpLine = WaitingLine()
  /// Turns that devices got, useful or not: what whose-turn-it-is costs.
  var served = 0
  /// Devices that stand in a line.
  var standing = 0
  var lineHadTurn = false
  /// The device that was called from a line and may pass it.
  var called: Int?
  /// The last ARP question was one of the sweep, and heartbeats are waiting.
  var sweepHadTurn = false
  /// Who answered first for an address. Two answers to one question arrive together, before the
  /// address is a target.
  var owners: [IPAddress: MACAddress] = [:]
  var conflicts: [IPAddress: Set<MACAddress>] = [:]
  var pending: [Event] = []
  var pacer: Pacer
  var arpBudget: ARPBudget
  var sensor: PassiveSensor
  var storms: StormGuard
  var batch = FrameBatch()
  /// Frames of the batch that have left.
  var departed = 0
  var syn4: SYNFrame?
  var syn6: SYNFrame6?
  let cookie: ProbeCookie
  /// Frames that this host dropped on receipt so far.
  var receiveDrops = 0
  var released = 0
  var portsForgotten = 0
  var freeTargets: [Int] = []
  var cooling: Deque<Cooling> = Deque()
  var changes: [Change] = []
  /// Devices that are owed resets which nothing holds back yet.
  var owing = Deque<Int>()
  /// Resets that are to be sent before the run is over.
  var resetsOwed = 0
  /// What answered the search for devices, before it is a target.
  var searchResets = ResetLine()
  /// Answers of forgotten addresses, and what these get.
  var lateAnswers = Deque<LateAnswer>()
  var lateBudget = DeviceBudget(limit: lateRate)
  var offLink: [IPAddress: MACAddress] { configuration.offLink }

  /// Probes without any answer, on a device that answered before, after which it is asked at once
  /// whether it is still there.
  static let silenceBeforeCheck = 16
  /// Frames of a device's window that probes leave free: a heartbeat and resets then need not wait, and what the kernel
  /// asks or answers by ARP on its own account does no harm.
  static let reserve = 4
  /// Frames of an ordinary connection within its first second. Measured with a service that never stops talking: two of
  /// the handshake, eight acknowledgements before the pace is felt, two answers to window probes, and the FIN; one more
  /// is for ARP.
  static let sessionFrames = 14
  /// Those among them that no pace holds back: handshake, answers to window probes, FIN, ARP.
  static let sessionEnds = 6
  /// What probes leave free while one is open.
  static let sessionReserve = reserve + sessionFrames

  public init(addresses: [IPv4Address], configuration: Configuration) {
    self.configuration = configuration
    discovery = Discovery(addresses: addresses, configuration: configuration.discovery, seed: configuration.seed)
    sensor = PassiveSensor(own: configuration.mac)
    // Announcements of all addresses of a router that took over from another are no storm.
    storms = StormGuard(limit: 100)
    pacer = Pacer(rate: configuration.totalRate)
    arpBudget = ARPBudget(limit: configuration.arpRate)
    cookie = ProbeCookie(seed: configuration.seed)
    if let source = configuration.source {
      syn4 = SYNFrame(mac: configuration.mac, source: source, sourcePort: configuration.sourcePort)
    }
    if let source = configuration.linkLocal {
      syn6 = SYNFrame6(mac: configuration.mac, source: source, sourcePort: configuration.sourcePort)
    }
  }

  /// Nothing is left to send or to wait for.
  public var isFinished: Bool {
    discovery.isFinished && pending.isEmpty && released == targets.count && resetsOwed == 0
  }

  /// Begins to probe an address that was found.
  /// - Parameters:
  ///   - nextHop: the device's own MAC address, or its gateway's when `isOffLink`.
  ///   - known: what an interrupted run found out already.
  public mutating func scan(
    _ address: IPAddress, nextHop: MACAddress, limits: Limits, isOffLink: Bool = false, known: SettledPorts? = nil,
    now: MonotonicInstant
  ) {
    guard positions[address] == nil, let source = source(for: address) else { return }
    if owners[address] == nil { owners[address] = nextHop }
    noteRate(limits.rate)
    let device = assignDevice(mac: nextHop, limits: limits, isOffLink: isOffLink, now: now)
    let scan = PortScan(space: configuration.space)
    let datagrams = DatagramScan(count: configuration.datagrams.count, rate: configuration.datagramRate)
    let index = place(
      Target(
        address: address, nextHop: nextHop, device: device, scan: scan, datagrams: datagrams,
        prepared: cookie.prepared(source: source, target: address, sourcePort: configuration.sourcePort)))
    positions[address] = index
    devices[device].targets.append(index)
    if let known { restore(known, target: index) }
    if !devices[device].health.isWatched { pending.append(.unwatchable(address)) }
    // The questions that it has had already are frames of its budget too.
    var asked = discovery.questionsToEach
    if configuration.backEnd == .connections {
      asked = discovery.questionsByPort + configuration.backEnd.framesOfKernel
    } else if isOffLink, discovery.questionsByPort > 0 {
      asked += 1  // the SYN that found it may have found a port open, which was reset
    }
    for _ in 0..<asked { devices[device].budget.charge(at: now) }
    queue.schedule(device, at: now, now: now)
  }

  /// This host's address of the target's family on the link.
  func source(for address: IPAddress) -> IPAddress? {
    address.isIPv4 ? configuration.source.map { IPAddress($0) } : configuration.linkLocal.map { IPAddress($0) }
  }

  /// Asks a device whether it is there; ``Event/alive(_:_:)`` is the answer. After it nothing more
  /// is sent to the address.
  ///
  /// Without a heartbeat a port that answered before is asked again, a closed one if there is any. When none
  /// answered, the question cannot be asked.
  public mutating func checkAlive(_ address: IPAddress, now: MonotonicInstant) {
    guard let index = positions[address] else { return }
    var check = LivenessCheck(now: now)
    if !devices[targets[index].device].health.isWatched {
      let cells = targets[index].scan.cells
      guard let place = cells.firstPlace(.closed) ?? cells.firstPlace(.open) else {
        return concludeLiveness(index, alive: nil)
      }
      check.port = configuration.space.ports[place]
    }
    targets[index].check = check
    queue.schedule(targets[index].device, at: now, now: now)
  }

  /// Sends nothing to an address, not even a heartbeat: that it answered is all that was asked.
  public mutating func dismiss(_ address: IPAddress) {
    guard let index = positions[address] else { return }
    targets[index].scan.abandon()
    targets[index].datagrams.abandon()
    targets[index].reportedFinished = true
    release(index)
  }

  /// Sends no more probes to an address; what is unknown stays unknown.
  public mutating func abandon(_ address: IPAddress, now: MonotonicInstant) {
    guard let index = positions[address] else { return }
    targets[index].scan.abandon()
    targets[index].datagrams.abandon()
    queue.schedule(targets[index].device, at: now, now: now)
  }

  /// Tells how many frames this host has dropped on receipt so far. Passes during which the number
  /// rose are repeated for the ports that stayed silent, and what is on its way at once is halved.
  public mutating func note(receiveDrops: Int) {
    guard receiveDrops > self.receiveDrops else { return }
    self.receiveDrops = receiveDrops
    for index in devices.indices { devices[index].window = max(Self.smallestWindow, devices[index].window / 2) }
  }

  /// The events since the last call.
  public mutating func takeEvents() -> [Event] {
    reportPassive()
    guard !pending.isEmpty else { return [] }
    defer { pending.removeAll(keepingCapacity: true) }
    return pending
  }

  /// Ports of all addresses that have reached a final state.
  public var portsSettled: Int {
    positions.values.reduce(portsForgotten) { $0 + configuration.space.count - targets[$1].scan.unresolved }
  }

  /// How long the slowest device takes at its rate if its other ports answer as those before did.
  public var timeLeft: Duration {
    var longest = 0.0
    for device in devices where device.limits.rate > 0 {
      let tries = configuration.tries.tries(for: device.loss)
      let probes = device.targets.reduce(0) {
        $0 + targets[$1].scan.probesLeft(in: configuration.space, tries: tries)
      }
      longest = max(longest, Double(probes) / Double(device.limits.rate))
    }
    return .nanoseconds(Int64(longest * 1e9))
  }

  mutating func release(_ index: Int) {
    guard !targets[index].isReleased else { return }
    targets[index].isReleased = true
    released += 1
  }
}
