public import Addressing
internal import Records
internal import Wire

/// Finds the addresses of one interface: by ARP, IPv6 neighbour discovery, and echo and single SYNs
/// where a gateway lies between. It decides what is asked next; frames are made elsewhere.
public struct Discovery: Sendable {
  public struct Configuration: Sendable {
    /// Waiting times after each round of questions; as many rounds as elements. Where answers show loss, ARP has up
    /// to five.
    public var rounds: [Duration]
    /// Questions a second by ARP, neighbour solicitation and echo: each kind for itself; 0 = no ceiling.
    public var rate: Int
    /// IPv6 nodes are looked for: this host's addresses on the link, empty when they are not.
    public var sources6: [IPv6Address]
    /// IPv6 addresses asked for by name.
    public var addresses6: [IPv6Address]
    /// Addresses behind gateways.
    public var offLink: [IPAddress]
    /// Echo requests may be sent to single addresses.
    public var usesEcho: Bool
    /// MAC addresses that this host's kernel knows already.
    public var known: [IPv4Address: MACAddress]
    /// Devices that no question may be addressed to, whatever is learnt about their addresses.
    public var untouchable: Set<MACAddress>

    public init(rounds: [Duration] = [.milliseconds(400), .seconds(1), .milliseconds(1500)], rate: Int = 500) {
      self.rounds = rounds
      self.rate = rate
      sources6 = []
      addresses6 = []
      offLink = []
      usesEcho = false
      known = [:]
      untouchable = []
    }
  }

  /// What to send.
  enum Question: Hashable, Sendable {
    /// To everybody when `mac` is nil.
    case arp(IPv4Address, to: MACAddress?)
    case echoToAllNodes(from: IPv6Address, identifier: UInt16, sequence: UInt16)
    case listenerQuery
    case solicitation(IPv6Address, to: MACAddress?)
    case echo(IPAddress, identifier: UInt16, sequence: UInt16)
    case syn(IPAddress, port: UInt16, try: Int)
  }

  private enum Source { case arp, neighbours, echo, fallback }

  public private(set) var sweep: ARPSweep
  private var neighbours: NeighbourDiscovery?
  private var echo: EchoSweep?
  private var fallback: FallbackSweep?
  private var pacer: Pacer
  private let configuration: Configuration
  private var offered: Source?

  /// Rounds of unicast questions to addresses whose MAC is known and that stayed silent.
  private static let unicastRounds: [Duration] = [.milliseconds(300), .milliseconds(600)]
  /// Broadcast rounds in all where answers show loss: with 4 % of the exchanges lost, three miss 6 devices in
  /// 100,000, and five 1 in 10,000,000.
  private static let mostRounds = 5

  init(addresses: [IPv4Address], configuration: Configuration, seed: ScanSeed) {
    self.configuration = configuration
    pacer = Pacer(rate: configuration.rate)
    sweep = ARPSweep(
      addresses: addresses,
      rounds: ARPSweep.Rounds(
        broadcast: configuration.rounds, broadcastAfterLoss: max(0, Self.mostRounds - configuration.rounds.count),
        unicast: Self.unicastRounds))
    for (address, mac) in configuration.known where !configuration.untouchable.contains(mac) {
      sweep.know(address, as: mac)
    }
    if !configuration.sources6.isEmpty || !configuration.addresses6.isEmpty {
      var discovery = NeighbourDiscovery(
        configuration: NeighbourDiscovery.Configuration(
          sources: configuration.sources6, identifier: UInt16(truncatingIfNeeded: seed.low >> 32),
          groupWaits: configuration.rounds, listenerQueries: 1, solicitationWaits: configuration.rounds,
          rate: configuration.rate == 0 ? 500 : configuration.rate))
      for address in configuration.addresses6 { discovery.ask(for: address) }
      neighbours = discovery
    }
    guard !configuration.offLink.isEmpty else { return }
    if configuration.usesEcho {
      echo = EchoSweep(addresses: configuration.offLink, waits: configuration.rounds, seed: seed)
    } else {
      fallback = FallbackSweep(addresses: configuration.offLink, waits: configuration.rounds)
    }
  }

  /// Nothing is left to ask or to wait for.
  public var isFinished: Bool {
    sweep.isFinished && neighbours?.isFinished != false && echo?.isFinished != false && fallback?.isFinished != false
  }

  /// Addresses that were asked for one by one.
  public var askedCount: Int { sweep.count + configuration.offLink.count + configuration.addresses6.count }

  /// Those of them that never answered anything.
  public var silent: [IPAddress] {
    let behind = fallback?.silent ?? echo?.silent ?? []
    let named = configuration.addresses6.filter { neighbours?.neighbours[$0] == nil }
    return sweep.silent.map { IPAddress($0) } + named.map { IPAddress($0) } + behind
  }

  /// How often each address of the segment was asked so far.
  var questionsToEach: Int { sweep.questionsToEach }

  /// How often at most an address that has not answered before this moment was asked by a SYN.
  var questionsByPort: Int { fallback?.questionsToEach ?? 0 }

  /// Whether the address answered an echo request of the search.
  public func hasAnsweredEcho(_ address: IPAddress) -> Bool { echo?.hasAnswered(address) ?? false }

  /// What to ask now; nil when nothing is due, and ``wakeAt(now:arpAt:)`` says when to ask again.
  /// - Parameter arpAt: when the next ARP question may leave.
  mutating func next(now: MonotonicInstant, arpAt: MonotonicInstant) -> Question? {
    if arpAt <= now, let question = sweep.next(now: now) {
      return offer(.arp(question.address, to: question.mac), .arp)
    }
    guard pacer.earliest(now: now) <= now else { return nil }
    if let action = neighbours?.next(now: now) {
      switch action {
      case .echoToAllNodes(let source, let identifier, let sequence):
        return offer(.echoToAllNodes(from: source, identifier: identifier, sequence: sequence), .neighbours)
      case .listenerQuery: return offer(.listenerQuery, .neighbours)
      case .solicitation(let address, let mac): return offer(.solicitation(address, to: mac), .neighbours)
      }
    }
    if let question = echo?.next(now: now) {
      return offer(
        .echo(question.address, identifier: question.identifier, sequence: question.sequence), .echo)
    }
    beginFallback()
    guard let question = fallback?.next(now: now) else { return nil }
    return offer(.syn(question.address, port: question.port, try: question.try), .fallback)
  }

  private mutating func offer(_ question: Question, _ source: Source) -> Question {
    offered = source
    return question
  }

  /// What ignored every echo request gets single SYNs.
  private mutating func beginFallback() {
    guard fallback == nil, let echo, echo.isFinished, !echo.silent.isEmpty else { return }
    fallback = FallbackSweep(addresses: echo.silent, waits: configuration.rounds)
  }

  /// Counts the question that ``next(now:arpAt:)`` gave as asked.
  mutating func commit(at now: MonotonicInstant) {
    switch offered {
    case .arp: sweep.commit()
    case .neighbours: neighbours?.commit()
    case .echo: echo?.commit()
    case .fallback: fallback?.commit()
    case nil: return
    }
    if offered != .arp { pacer.charge(at: now) }
    offered = nil
  }

  /// When there may be something to ask again.
  func wakeAt(now: MonotonicInstant, arpAt: MonotonicInstant) -> MonotonicInstant {
    var wake = now + .milliseconds(250)
    if !sweep.isFinished { wake = min(wake, max(arpAt, sweep.waitingUntil ?? arpAt)) }
    let pace = pacer.earliest(now: now)
    if let neighbours, !neighbours.isFinished { wake = min(wake, max(pace, neighbours.waitingUntil ?? pace)) }
    if let echo, !echo.isFinished { wake = min(wake, max(pace, echo.waitingUntil ?? pace)) }
    if let fallback, !fallback.isFinished { wake = min(wake, max(pace, fallback.waitingUntil ?? pace)) }
    return wake
  }

  // MARK: Answers

  /// - Returns: whether this is the first answer of an address that was asked for.
  mutating func answered(_ address: IPv4Address, _ mac: MACAddress) -> Bool {
    learn(mac)
    return sweep.answer(from: address)
  }

  /// A device was heard of without having been asked.
  mutating func heard(_ mac: MACAddress, _ address: IPAddress?) {
    guard !configuration.untouchable.contains(mac) else { return }
    learn(mac)
    if let v4 = address?.v4 { sweep.know(v4, as: mac) }
  }

  /// Asks for the link-local address that a MAC address gives, where every node of the link may be asked.
  private mutating func learn(_ mac: MACAddress) {
    if !configuration.sources6.isEmpty { neighbours?.learn(mac) }
  }

  mutating func neighbour(in frame: InboundFrame) -> NeighbourDiscovery.Neighbour? { neighbours?.receive(frame) }

  mutating func echoed(_ address: IPAddress, identifier: UInt16, sequence: UInt16) -> Bool {
    echo?.answer(from: address, identifier: identifier, sequence: sequence) ?? false
  }

  /// A TCP answer with a valid cookie came from an address behind a gateway.
  mutating func answeredSYN(_ address: IPAddress) -> Bool { fallback?.answer(from: address) ?? false }
}
