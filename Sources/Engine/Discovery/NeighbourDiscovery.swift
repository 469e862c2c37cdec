public import Addressing
public import Records
public import Wire

/// Finds the IPv6 nodes of a link: everybody is asked by echo and by a multicast listener query, and single
/// addresses by neighbour solicitation. No clock, no I/O.
///
/// Devices that have no address but a link-local one are found like any other. Single addresses are those that
/// were asked for, and the link-local addresses that stateless configuration makes of the MAC
/// addresses found by ARP (RFC 4291 appendix A).
public struct NeighbourDiscovery: Sendable {
  public struct Configuration: Sendable {
    /// Our addresses on the link, the link-local one first. Each sends its own echo: a node
    /// answers with an address of the scope it was asked from (RFC 6724 §5), so that unique local addresses show.
    public var sources: [IPv6Address]
    /// The identifier of our echo requests.
    public var identifier: UInt16
    /// The waiting time after each question to everybody; as many questions as elements.
    public var groupWaits: [Duration]
    /// In how many of those rounds the listener query is sent too. See ``ListenerQuery`` for why few.
    public var listenerQueries: Int
    /// The waiting time after each solicitation for an address.
    public var solicitationWaits: [Duration]
    /// Solicitations a second, 0 for no ceiling.
    public var rate: Int
    /// More addresses than this are neither asked for nor remembered: MAC addresses can be made up.
    public var limit: Int

    public init(
      sources: [IPv6Address], identifier: UInt16, groupWaits: [Duration], listenerQueries: Int,
      solicitationWaits: [Duration], rate: Int, limit: Int = 8192
    ) {
      self.sources = sources
      self.identifier = identifier
      self.groupWaits = groupWaits
      self.listenerQueries = listenerQueries
      self.solicitationWaits = solicitationWaits
      self.rate = rate
      self.limit = limit
    }
  }

  public enum Action: Hashable, Sendable {
    /// An echo request to ff02::1.
    case echoToAllNodes(from: IPv6Address, identifier: UInt16, sequence: UInt16)
    /// The general listener query, from the link-local address.
    case listenerQuery
    /// A solicitation to the device's own MAC address, or to the solicited-node group when it is nil.
    case solicitation(IPv6Address, to: MACAddress?)
  }

  /// How a neighbour showed itself.
  public enum Means: Hashable, Sendable { case echo, advertisement, listenerReport }

  public struct Neighbour: Hashable, Sendable {
    public let address: IPv6Address
    public let mac: MACAddress
    public let means: Means
  }

  public let configuration: Configuration
  /// Who was found, by address.
  public private(set) var neighbours: [IPv6Address: MACAddress] = [:]
  /// Addresses that were not taken because ``Configuration/limit`` was reached.
  public private(set) var refused = 0

  private var group: QuestionRounds
  private var solicitations: SolicitationQueue
  private var offered: (action: Action, at: MonotonicInstant)?

  public init(configuration: Configuration) {
    self.configuration = configuration
    // The members of the group's rounds are the questions themselves; none of them is ever settled.
    let sources = configuration.sources.count
    group = QuestionRounds(count: sources == 0 ? 0 : sources + 1, waits: configuration.groupWaits)
    solicitations = SolicitationQueue(waits: configuration.solicitationWaits, rate: configuration.rate)
  }

  public var isFinished: Bool { group.isFinished && solicitations.isFinished }

  /// When ``next(now:)`` has something to do again; nil when nothing is waited for.
  public var waitingUntil: MonotonicInstant? {
    [group.isFinished ? nil : group.waitingUntil, solicitations.waitingUntil].compactMap { $0 }.min()
  }

  /// Asks for an address by its solicited-node group.
  public mutating func ask(for address: IPv6Address) {
    add(address, mac: nil)
  }

  /// Asks a device that ARP found for the link-local address that its MAC address gives.
  public mutating func learn(_ mac: MACAddress) {
    guard !mac.isGroup, mac.rawValue != 0 else { return }
    add(IPv6Address(linkLocalOf: mac), mac: mac)
  }

  private mutating func add(_ address: IPv6Address, mac: MACAddress?) {
    guard neighbours[address] == nil, !configuration.sources.contains(address), !address.isMulticast else { return }
    if solicitations.contains(address) { return }
    guard solicitations.count < configuration.limit else {
      refused += 1
      return
    }
    solicitations.add(address, mac: mac)
  }

  /// The next frame to send; nil when none is due now.
  public mutating func next(now: MonotonicInstant) -> Action? {
    offered = (groupQuestion(now: now) ?? solicitations.next(now: now)).map { ($0, now) }
    return offered?.action
  }

  private mutating func groupQuestion(now: MonotonicInstant) -> Action? {
    guard let source = configuration.sources.first else { return nil }
    while let member = group.next(now: now) {
      if member < configuration.sources.count {
        return .echoToAllNodes(
          from: configuration.sources[member], identifier: configuration.identifier,
          sequence: UInt16(truncatingIfNeeded: group.round))
      }
      if group.round < configuration.listenerQueries, source.isLinkLocal { return .listenerQuery }
      group.commit()
    }
    return nil
  }

  /// Counts the frame that ``next(now:)`` gave as sent.
  public mutating func commit() {
    guard let offered else { return }
    if case .solicitation = offered.action { solicitations.commit(at: offered.at) } else { group.commit() }
    self.offered = nil
  }

  /// Takes a frame that arrived.
  /// - Returns: the neighbour when the frame shows one that was not known.
  public mutating func receive(_ frame: InboundFrame) -> Neighbour? {
    switch frame.content {
    case .echoReply(let identifier, _) where identifier == configuration.identifier:
      note(frame.source?.v6, frame.ethernet.source, .echo)
    case .neighbourAdvertisement(let message):
      note(message.target, message.targetMAC ?? frame.ethernet.source, .advertisement)
    case .listenerReport: note(frame.source?.v6, frame.ethernet.source, .listenerReport)
    default: nil
    }
  }

  private mutating func note(_ address: IPv6Address?, _ mac: MACAddress, _ means: Means) -> Neighbour? {
    guard let address, !address.isMulticast, !address.isUnspecified, !mac.isGroup, neighbours[address] == nil,
      !configuration.sources.contains(address)
    else { return nil }
    solicitations.settle(address)
    guard neighbours.count < configuration.limit else {
      refused += 1
      return nil
    }
    neighbours[address] = mac
    return Neighbour(address: address, mac: mac, means: means)
  }
}
