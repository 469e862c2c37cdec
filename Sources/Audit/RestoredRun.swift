public import Addressing
public import Engine
internal import Profiles
public import Records

/// What an interrupted run found out, read from its journal and its checkpoints.
///
/// Every prefix of a journal gives a consistent state. Observations and findings count from the line
/// that ends what they belong to (`port.open`, `session.closed`, …): what was cut off before that line is
/// done again, under new numbers.
public struct RestoredRun: Sendable {
  /// An address of a device. Another device at the same address is another entry.
  public struct Key: Hashable, Sendable {
    public let device: DeviceID
    public let address: IPAddress
  }

  /// What is known of an address.
  public struct Entry: Sendable {
    public let key: Key
    public let mac: MACAddress?
    public let from: Timestamp
    public internal(set) var to: Timestamp
    public internal(set) var deviceClass: DeviceClass
    /// In the order in which they answered.
    public internal(set) var open: [UInt16] = []
    /// Open ports that an ordinary connection was made to.
    public internal(set) var visited: Set<UInt16> = []
    /// Probes that are over, as ``ProbeTask/key(_:_:)``.
    public internal(set) var probed: Set<String> = []
    /// What the probes of TCP services were chosen by, in the order in which it was found out.
    public internal(set) var recognitions: [Recognition] = []
    /// How often probes were broken off because the device was in distress, by the same keys.
    public internal(set) var breaks: [String: Int] = [:]
    /// HTTP requests that the device got in conversations and probes that are over.
    public internal(set) var requests = 0
    /// UDP questions that were answered.
    public internal(set) var datagrams: [Datagram] = []
    public internal(set) var answersEverything = false
    public internal(set) var distress: [Distress] = []
    /// Closed and silent ports by their turn; open ones are in ``open``.
    public internal(set) var turns: CellTable
    public internal(set) var datagramsClosed: [ClosedRange<Int>] = []
    public internal(set) var datagramsSilent: [ClosedRange<Int>] = []
    public internal(set) var figures = SettledPorts.Figures()
    /// The figures of an address with which nothing is left to do.
    public internal(set) var coverage: DeviceCoverage?
    public internal(set) var isDone = false
  }

  public struct Datagram: Hashable, Sendable {
    public let port: UInt16
    public let probe: String
    public let isAnswer: Bool
    /// The path in the pack of what came back.
    public let said: String?
  }

  /// What a conversation with a TCP service came to.
  public struct Recognition: Hashable, Sendable {
    public let endpoint: ServiceEndpoint
    /// nil when nothing identified it.
    public let protocolName: ProtocolName?
    public let tls: Bool
    /// Questions that the conversation answered already.
    public let answered: Set<String>
    /// The path in the pack of what it said.
    public let said: String?

    /// - Returns: nil where what was found out is no statement about what the service speaks.
    init?(_ endpoint: ServiceEndpoint, _ observations: [Observation]) {
      var answered: Set<String> = []
      var found: (name: ProtocolName?, tls: Bool, said: String?)?
      for observation in observations {
        switch observation.fact {
        case .serviceIdentified(let name, let tls, _): found = (name, tls == true, observation.evidence.last)
        case .serviceUnidentified: found = (nil, false, observation.evidence.last)
        case .probed(let verdict): answered.insert(verdict.question)
        default: break
        }
      }
      guard let found else { return nil }
      self.endpoint = endpoint
      (protocolName, tls, said) = found
      self.answered = answered
    }
  }

  /// In the order in which they were found.
  public private(set) var entries: [Entry] = []
  public private(set) var devices: [DeviceID: Device] = [:]
  public private(set) var observations: [Observation] = []
  public private(set) var findings: [Finding] = []
  public private(set) var omitted: [Coverage.Omission] = []
  /// Who said something unasked, and under which address.
  public private(set) var sighted: [IPAddress: MACAddress] = [:]
  /// The highest numbers that were ever given, also to what does not count.
  public private(set) var lastObservation = 0
  public private(set) var lastFinding = 0
  public private(set) var lines = 0

  private let portCount: Int
  /// The entry that an address means now.
  private var current: [IPAddress: Int] = [:]
  private var places: [Key: Int] = [:]
  private var coverages: [Key: DeviceCoverage] = [:]
  private var open: (observations: [Observation], findings: [Finding]) = ([], [])
  private var framesToldAtEnds: Int?
  /// The pack was joined of others, or is a copy of one.
  private var isMade = false

  /// With which such packs begin.
  private static let beginnings: Set = ["run.merged", "pack.derived"]

  /// - Parameter portCount: how many TCP ports the run asks of each device.
  public init(portCount: Int) { self.portCount = portCount }

  /// Frames that left so far; a lower bound after a kill, because only the frames to devices are
  /// in the checkpoints.
  public var framesSent: Int { max(framesToldAtEnds ?? 0, entries.reduce(0) { $0 + $1.figures.frames }) }

  /// Observations and findings that the journal holds without the line that makes them count.
  public var discarded: [String] { open.observations.map(\.id) + open.findings.map(\.id) }

  /// Takes the next line of the run's record.
  public mutating func take(_ line: JournalLine) {
    lines += 1
    if Self.beginnings.contains(line.type) { isMade = true }
    switch line.content {
    // Whoever made a pack of others left out what did not count there.
    case .observation(let observation) where isMade:
      observations.append(observation)
      lastObservation = max(lastObservation, Self.number(observation.id))
      return
    case .finding(let finding) where isMade:
      findings.append(finding)
      lastFinding = max(lastFinding, Self.number(finding.id))
      return
    case .observation(let observation):
      if case .sighted = observation.fact {
        // Nothing else belongs to it.
        observations.append(observation)
        lastObservation = max(lastObservation, Self.number(observation.id))
        return
      }
      open.observations.append(observation)
      lastObservation = max(lastObservation, Self.number(observation.id))
      return
    case .finding(let finding):
      open.findings.append(finding)
      lastFinding = max(lastFinding, Self.number(finding.id))
      return
    default: break
    }
    let committed = Self.commits.contains(line.type) ? open : (observations: [], findings: [])
    observations += committed.observations
    findings += committed.findings
    open = ([], [])
    apply(line, committed.observations)
  }

  /// The lines that end what observations and findings before them belong to. They follow at once, so
  /// any other line says that something was cut off there.
  private static let commits: Set = [
    "device.found", "port.open", "session.closed", "session.failed", "datagram.answered", "device.distress",
    "probe.done", "references.consulted",
  ]

  /// - Parameter observations: those that the line makes count.
  private mutating func apply(_ line: JournalLine, _ observations: [Observation]) {
    switch line.content {
    case .found(let found): take(found, at: line.at)
    case .sighted(let address, let mac): if let address { sighted[address] = mac }
    case .deviceClass(let address, let deviceClass): change(address, line.at) { $0.deviceClass = deviceClass }
    case .open(let address, let port):
      change(address, line.at) { if !$0.open.contains(port) { $0.open.append(port) } }
      add(Service(endpoint: ServiceEndpoint(transport: .tcp, port: port), state: .open), address)
    case .visited(let address, let port):
      let recognition = Recognition(ServiceEndpoint(transport: .tcp, port: port), observations)
      change(address, line.at) {
        $0.visited.insert(port)
        if let recognition { $0.recognitions.append(recognition) }
        if recognition?.protocolName == .http, Self.hasRequest(observations) { $0.requests += 1 }
      }
    case .probed(let address, let endpoint, let probe, let requests):
      let recognition = Recognition(endpoint, observations)
      change(address, line.at) {
        $0.probed.insert(ProbeTask.key(endpoint, probe))
        if let recognition { $0.recognitions.append(recognition) }
        $0.requests += requests
      }
    case .brokenOff(let address, let endpoint, let probe, let requests):
      change(address, line.at) {
        $0.breaks[ProbeTask.key(endpoint, probe), default: 0] += 1
        $0.requests += requests
      }
    case .datagram(let address, let port, let probe, let isAnswer):
      let datagram = Datagram(port: port, probe: probe, isAnswer: isAnswer, said: observations.last?.evidence.last)
      change(address, line.at) { if !$0.datagrams.contains(datagram) { $0.datagrams.append(datagram) } }
      add(Service(endpoint: ServiceEndpoint(transport: .udp, port: port), state: .open), address)
    case .answersEverything(let address): change(address, line.at) { $0.answersEverything = true }
    case .distress(let addresses, let distress):
      for address in addresses { change(address, line.at) { $0.distress.append(distress) } }
    case .omitted(let omission): if !omitted.contains(omission) { omitted.append(omission) }
    case .coverage(let coverage): coverages[Key(device: coverage.device, address: coverage.address)] = coverage
    case .done(let address, let device): finish(Key(device: device, address: address), at: line.at)
    case .ended(let frames): framesToldAtEnds = frames
    case .observation, .finding, .other: break
    }
  }

  private mutating func take(_ found: JournalLine.FoundLine, at moment: Timestamp) {
    let id = found.mac.map { DeviceID(mac: $0) } ?? DeviceID(address: found.address)
    let key = Key(device: id, address: found.address)
    if devices[id] == nil {
      devices[id] =
        found.mac.map { Device(mac: $0, addresses: [], vendor: found.attribution) } ?? Device(address: found.address)
    }
    if devices[id]?.addresses.contains(found.address) == false { devices[id]?.addresses.append(found.address) }
    if let known = places[key] {
      current[found.address] = known
      return
    }
    places[key] = entries.count
    current[found.address] = entries.count
    entries.append(
      Entry(
        key: key, mac: found.mac, from: moment, to: moment, deviceClass: found.deviceClass,
        turns: CellTable(count: portCount)))
  }

  private mutating func change(_ address: IPAddress, _ moment: Timestamp, _ change: (inout Entry) -> Void) {
    guard let place = current[address] else { return }
    change(&entries[place])
    entries[place].to = max(entries[place].to, moment)
  }

  private mutating func add(_ service: Service, _ address: IPAddress) {
    guard let place = current[address] else { return }
    let device = entries[place].key.device
    guard devices[device]?.services.contains(where: { $0.endpoint == service.endpoint }) == false else { return }
    devices[device]?.services.append(service)
  }

  private mutating func finish(_ key: Key, at moment: Timestamp) {
    guard let place = places[key], let coverage = coverages[key] else { return }
    entries[place].coverage = coverage
    entries[place].isDone = true
    entries[place].to = max(entries[place].to, moment)
  }

  /// Takes a line of the checkpoints. Those of addresses that the run's record does not know are left.
  public mutating func take(_ line: PortJournal.Line) {
    guard let place = places[Key(device: line.device, address: line.address)] else { return }
    for (runs, cell) in [(line.closed, CellTable.Cell.closed), (line.silent, .silent)] {
      for turn in runs.joined() where turn < portCount && entries[place].turns[turn] != .closed {
        entries[place].turns[turn] = cell
      }
    }
    if !line.datagramsClosed.isEmpty { entries[place].datagramsClosed = line.datagramsClosed }
    if !line.datagramsSilent.isEmpty { entries[place].datagramsSilent = line.datagramsSilent }
    entries[place].figures = line.figures
  }

  /// Whether something was sent before the service was identified.
  private static func hasRequest(_ observations: [Observation]) -> Bool {
    observations.contains { $0.evidence.contains { $0.hasSuffix("/request.bin") } }
  }

  /// `F-0012` → 12; 0 for what no run writes, so that the next number always has room.
  private static func number(_ id: String) -> Int {
    let number = id.split(separator: "-").last.flatMap { Int($0) } ?? 0
    return (0...999_999_999).contains(number) ? number : 0
  }
}

extension RestoredRun.Entry {
  /// What the engine takes over.
  func settled(space: ProbeSpace, datagrams planned: [PlannedDatagram]) -> SettledPorts {
    var settled = SettledPorts(address: key.address, mac: mac, open: open)
    settled.closed = turns.places(.closed).map { space.ports[$0] }
    settled.silent = turns.places(.silent).map { space.ports[$0] }
    settled.datagramsClosed = Array(datagramsClosed.joined())
    settled.datagramsSilent = Array(datagramsSilent.joined())
    settled.datagramsOpen = planned.indices.filter { place in
      datagrams.contains { $0.port == planned[place].port && $0.probe == planned[place].probe.id }
    }
    settled.answersEverything = answersEverything
    settled.distresses = distress.count
    settled.figures = figures
    return settled
  }
}
