public import Addressing
public import Records

extension SegmentScan {
  /// What one device gets (engine.md §6.8).
  public struct Limits: Hashable, Sendable {
    /// Frames a second; 0 = no ceiling.
    public var rate: Int
    /// Probes on their way at one moment; 0 = as many as the device's answers allow.
    public var inFlight: Int

    public init(rate: Int, inFlight: Int) {
      self.rate = rate
      self.inFlight = inFlight
    }
  }

  /// One address that is being probed.
  public struct Target: Sendable {
    public let address: IPAddress
    /// Where frames for it go: the device itself, or the gateway before it.
    public let nextHop: MACAddress
    public internal(set) var scan: PortScan
    public internal(set) var datagrams: DatagramScan
    /// The device accepts every port, so no open port means anything.
    public internal(set) var answersEverything = false
    var device: Int
    var control: ControlProbes?
    var check: LivenessCheck?
    var reportedFinished = false
    /// Nothing more is to be sent, not even heartbeats.
    var isReleased = false
    var reportedStack = false
    /// Silent ports at the last checkpoint.
    var silentTold = 0
    /// The same of UDP questions that were not answered.
    var datagramsTold = 0
    let prepared: ProbeCookie.Prepared

    init(
      address: IPAddress, nextHop: MACAddress, device: Int, scan: PortScan, datagrams: DatagramScan,
      prepared: ProbeCookie.Prepared
    ) {
      self.address = address
      self.nextHop = nextHop
      self.device = device
      self.scan = scan
      self.datagrams = datagrams
      self.prepared = prepared
    }

    var isFinished: Bool { scan.isFinished && datagrams.isFinished }

    /// Lets go of what takes room.
    mutating func clear() {
      scan = PortScan()
      datagrams = DatagramScan(count: 0, rate: 1)
      control = nil
    }
  }

  /// One device: the owner of a budget, whatever the number of its addresses.
  struct Device: Sendable {
    var targets: [Int]
    /// Addresses that the device has had beyond its first.
    var addressesSeen = 0
    var turn = 0
    var limits: Limits
    var budget: DeviceBudget
    var health: HealthGuard
    var ceiling = AnswerCeiling()
    /// What the ceiling allows.
    var pace = Pacer(rate: 0)
    var loss = LossEstimate()
    var recent = RecentFrames()
    /// Probes on their way that are borne at one moment when no limit is given; grows with answers,
    /// shrinks with losses.
    var window = SegmentScan.firstWindow
    /// An ordinary connection is open.
    var session = Session.none
    /// Our own unicast ARP questions that the capture has not shown yet.
    var ownARP = 0
    /// An answer may make the next probe possible.
    var waitsForAnswers = false
    /// It stands in the line of a pace that it shares with others.
    var isInLine = false
    /// The gateway or relay before the device, when there is one.
    var relay: Int?
    /// Frames of the kernel's connections that the device will still get for ports that were found open.
    var owed = 0
    /// What ends the half-open connections of ports that answered.
    var resets = ResetLine()
    var frozenAt: MonotonicInstant?
    var lastAnswerBeforeFreeze: MonotonicInstant?
    /// The last frames before it.
    var framesBeforeFreeze: [SentFrame] = []
    /// Behind a gateway, where no ARP question reaches it.
    let isOffLink: Bool

    init(limits: Limits, health: HealthGuard, isOffLink: Bool, relay: Int?) {
      targets = []
      self.limits = limits
      budget = DeviceBudget(limit: limits.rate)
      self.health = health
      self.isOffLink = isOffLink
      self.relay = relay
    }

    /// Lets go of what takes room.
    mutating func clear() {
      targets = []
      recent = RecentFrames()
    }

    var inFlightLimit: Int { limits.inFlight > 0 ? limits.inFlight : window }
  }

  /// A gateway, access point or proxy that answers for several devices: it has a ceiling of its own.
  struct Relay: Sendable {
    let mac: MACAddress
    var pacer: Pacer
    var line = WaitingLine()
  }

  /// An ordinary connection to a device, for which part of its budget is kept.
  enum Session: Sendable {
    case none
    /// It waits for room in the budget.
    case waiting
    case open
  }

  struct LivenessCheck: Sendable {
    static let tries = 3
    static let interval = Duration.milliseconds(300)

    var sent = 0
    var nextAt: MonotonicInstant
    /// Asked by a SYN; nil when it is a heartbeat.
    var port: UInt16?

    init(now: MonotonicInstant) { nextAt = now }
  }

  static let firstWindow = 512
  static let largestWindow = 4096
  static let smallestWindow = 32
  /// A MAC address that answers for more addresses than this is no device with many addresses but
  /// a relay: the devices behind it get a budget each (RFC 1027).
  public static let addressesOfOneDevice = 8

  /// The target with this address, when it is being probed.
  public func target(_ address: IPAddress) -> Target? { positions[address].map { targets[$0] } }

  /// The device's figures, shared by all addresses of it.
  public func figures(of address: IPAddress) -> Figures? {
    guard let index = positions[address] else { return nil }
    let device = devices[targets[index].device]
    return Figures(
      limits: device.limits, peak: device.budget.peak, frames: device.budget.total, loss: device.loss,
      answerLimit: device.ceiling.limit, isWatched: device.health.isWatched, distresses: device.health.distresses)
  }

  public struct Figures: Hashable, Sendable {
    public let limits: Limits
    /// The most frames that left for the device within one second, and all of them.
    public let peak: Int
    public let frames: Int
    public let loss: LossEstimate
    /// Answers a second that the device does not exceed, when that was found.
    public let answerLimit: Int?
    /// It answers heartbeats.
    public let isWatched: Bool
    /// How often it fell into distress.
    public let distresses: Int
  }

  /// Keeps part of the device's budget free for an ordinary connection.
  public mutating func reserveSession(_ address: IPAddress) {
    withDevice(of: address) { $0.session = .waiting }
  }

  /// Gives the reserved part back.
  public mutating func releaseSession(_ address: IPAddress) {
    withDevice(of: address) { $0.session = .none }
  }

  /// Whether a connection's handshake and close fit the device's budget now; if so it counts as open
  /// from now on. A device in distress gets none.
  public mutating func sessionFits(_ address: IPAddress, now: MonotonicInstant) -> Bool {
    guard let index = positions[address] else { return false }
    let number = targets[index].device
    guard devices[number].health.allowsProbes, devices[number].resets.isEmpty else { return false }
    let limit = devices[number].limits.rate
    let fits =
      limit == 0 || devices[number].budget.headroom(now: now) >= min(Self.sessionFrames, limit)
    if fits { devices[number].session = .open }
    return fits
  }

  /// Segments a second that an open connection may cost the device at this address, 0 for no ceiling; nil for no more
  /// than what every connection may. Once no port of the device is probed by TCP any more it is more: what then goes
  /// on waits for answers that devices hold back (RFC 1812 §4.3.2.8), and leaves that much free
  /// (``leftForSession(_:)``). The rest is for heartbeats, the handshake and the end.
  public func sessionShare(of address: IPAddress) -> Int? {
    guard let index = positions[address] else { return nil }
    let number = targets[index].device
    let rate = devices[number].limits.rate
    if targets[index].reportedFinished { return rate == 0 ? 0 : rate < 20 ? nil : rate * 6 / 10 }
    return share(beside: number)
  }

  /// Beside what is still asked by UDP.
  private func share(beside number: Int) -> Int? {
    let rate = devices[number].limits.rate
    guard devices[number].targets.allSatisfy({ targets[$0].scan.isFinished && targets[$0].control == nil })
    else { return nil }
    return rate < 50 ? nil : rate * 4 / 10
  }

  /// Frames of the device's window that probes leave free while a connection is open or about to be.
  func leftForSession(_ number: Int) -> Int {
    guard let share = share(beside: number) else { return Self.sessionReserve }
    return max(Self.sessionReserve, Self.reserve + share + Self.sessionEnds)
  }

  /// Whether the device's budget has room for a few frames of an open session now: octets on a connection and the
  /// acknowledgement of the answer, or a datagram. A device in distress gets none.
  public mutating func framesFit(_ frames: Int, _ address: IPAddress, now: MonotonicInstant) -> Bool {
    guard let index = positions[address] else { return false }
    let number = targets[index].device
    guard devices[number].health.allowsProbes else { return false }
    let limit = devices[number].limits.rate
    return limit == 0 || devices[number].budget.headroom(now: now) >= min(frames, limit)
  }

  /// Counts a datagram that an ordinary socket of this host sent to the device: it is not captured.
  public mutating func noteDatagram(to address: IPAddress, now: MonotonicInstant) {
    guard let index = positions[address] else { return }
    let number = targets[index].device
    devices[number].budget.charge(at: now)
    devices[number].health.probed()
    let wake = devices[number].health.wakeAt
    if wake < Self.whenCalled { queue.schedule(number, at: wake, now: now) }
  }

  /// Changes what a device gets, when more is known about it.
  public mutating func setLimits(_ limits: Limits, of address: IPAddress) {
    noteRate(limits.rate)
    withDevice(of: address) { device in
      device.limits = limits
      device.budget.setLimit(limits.rate)
    }
  }

  private mutating func withDevice(of address: IPAddress, _ change: (inout Device) -> Void) {
    guard let index = positions[address] else { return }
    change(&devices[targets[index].device])
  }

  /// The device that owns a target's budget: the one with this MAC, one of its own behind a relay.
  mutating func assignDevice(mac: MACAddress, limits: Limits, isOffLink: Bool, now: MonotonicInstant) -> Int {
    if isOffLink { return makeDevice(limits, isOffLink: true, relay: relay(for: mac), now: now) }
    if let relay = relays.firstIndex(where: { $0.mac == mac }) {
      return makeDevice(limits, isOffLink: false, relay: relay, now: now)
    }
    guard let known = devicesByMAC[mac] else {
      let number = makeDevice(limits, isOffLink: false, relay: nil, now: now)
      devicesByMAC[mac] = number
      return number
    }
    devices[known].addressesSeen += 1
    if devices[known].addressesSeen < Self.addressesOfOneDevice { return known }
    let relay = relay(for: mac)
    // The addresses so far become devices of their own, too.
    for target in devices[known].targets.dropFirst() {
      let number = makeDevice(limits, isOffLink: false, relay: relay, now: now)
      devices[number].targets = [target]
      targets[target].device = number
      queue.schedule(number, at: now, now: now)
    }
    if devices[known].targets.count > 1 { devices[known].targets.removeSubrange(1...) }
    devices[known].relay = relay
    return makeDevice(limits, isOffLink: false, relay: relay, now: now)
  }

  /// Whether a device can be asked if it is there without touching its ports.
  func hasHeartbeat(isOffLink: Bool) -> Bool {
    isOffLink ? configuration.watchesByEcho : configuration.heartbeat != .none
  }

  private mutating func relay(for mac: MACAddress) -> Int {
    if let known = relays.firstIndex(where: { $0.mac == mac }) { return known }
    relays.append(Relay(mac: mac, pacer: Pacer(rate: configuration.segmentRate)))
    return relays.count - 1
  }

  private mutating func makeDevice(_ limits: Limits, isOffLink: Bool, relay: Int?, now: MonotonicInstant) -> Int {
    let device = Device(
      limits: limits,
      health: HealthGuard(timing: configuration.health, isWatched: hasHeartbeat(isOffLink: isOffLink), now: now),
      isOffLink: isOffLink, relay: relay)
    if let number = reusableDevice(now: now) {
      devices[number] = device
      return number
    }
    devices.append(device)
    return devices.count - 1
  }
}
