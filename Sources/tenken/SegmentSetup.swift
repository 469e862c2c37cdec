internal import Addressing
internal import Audit
internal import Authority
internal import LinkIO
internal import Profiles
internal import Records
internal import SessionIO
internal import Wire

/// Which interface and source address each target is reached through, as the kernel's routing
/// tables say, by which back-end, and what cannot be looked at from here.
struct SegmentSetup {
  /// What is reached through one interface from one address.
  struct Group {
    var source: IPv4Address?
    var source6: IPv6Address?
    var addresses: [IPAddress] = []
    /// Addresses behind a gateway, with the gateway's address.
    var behind: [IPAddress: IPAddress] = [:]

    var addresses4: [IPv4Address] { addresses.compactMap(\.v4) }
    var addresses6: [IPv6Address] { addresses.compactMap(\.v6) }
  }

  private(set) var segments: [SegmentPlan<RunLink>] = []
  private(set) var omitted: [Coverage.Omission] = []
  /// What the back-ends of this run cannot do, for the report.
  private(set) var notes: [LocalizedText] = []
  /// Ports of this host that UDP questions would have to leave from, and that another program uses.
  private(set) var takenPorts: Set<UInt16> = []
  /// What connections to services send, where no capture sees it.
  let log = DepartureLog()
  let routes: RouteTable
  let plan: AuditPlan
  let gate: TransmissionGate
  /// Only ordinary connections may be used.
  let unprivileged: Bool
  /// Detected where the command line does not say.
  let detectsKind: Bool
  let neighbours: [NeighbourEntry]
  private var linkLocals: [Int32: IPv6Address] = [:]

  /// - Throws: ``LinkError``; ``CommandFailure`` when the scope does not allow ordinary connections where
  ///   they are needed. Nothing was sent then.
  init(_ plan: AuditPlan, gate: TransmissionGate, unprivileged: Bool, detectsKind: Bool) throws {
    self.plan = plan
    self.gate = gate
    self.unprivileged = unprivileged
    self.detectsKind = detectsKind
    routes = try RouteTable()
    neighbours = try routes.neighbours()
    for message in try routes.addresses() where !message.isTentative {
      if let address = message.address.v6, address.isLinkLocal { linkLocals[message.interfaceIndex] = address }
    }
    var unreachable: [Obstacle: [IPAddress]] = [:]
    let groups = try groups(&unreachable)
    for index in groups.keys.sorted() {
      guard let group = groups[index] else { continue }
      try open(index, group, &unreachable)
    }
    omitted += unreachable.map { $0.omission($1) }.sorted { $0.addresses < $1.addresses }
    for port in takenPorts.sorted() { notes.append(Self.note(taken: port, plan.datagramTitles(from: port))) }
  }

  private mutating func groups(_ unreachable: inout [Obstacle: [IPAddress]]) throws -> [Int32: Group] {
    let selection = plan.selection
    var groups: [Int32: Group] = [:]
    for address in selection.addresses {
      do throws(Obstacle) {
        try place(address, &groups)
      } catch {
        unreachable[error, default: []].append(address)
      }
    }
    let searches = !selection.blocks.isEmpty && !unprivileged
    if groups.isEmpty, selection.addresses.contains(where: \.isLinkLocal) || searches {
      for index in try ethernetInterfaces() { groups[index] = Group() }
    }
    for address in selection.addresses where address.v6?.isLinkLocal == true {
      // Nobody says which link it is of, so each is asked.
      for index in groups.keys { groups[index]?.addresses.append(address) }
    }
    if unprivileged {
      for block in selection.blocks { omitted.append(Self.omission(ofSearchIn: block)) }
    }
    return groups
  }

  private func ethernetInterfaces() throws(LinkError) -> [Int32] {
    try routes.interfaces().filter { $0.isEthernet && $0.isRunning && linkLocals[$0.index] != nil }.map(\.index)
  }

  private func place(_ address: IPAddress, _ groups: inout [Int32: Group]) throws(Obstacle) {
    if address.v6?.isLinkLocal == true { return }  // later, when the interfaces are known
    guard let route = try? routes.route(to: address) else { throw .noRoute }
    if route.kind == .local { throw .ownAddress }
    guard let link = try? routes.link(route.interfaceIndex), route.kind == .unicast else { throw .noRoute }
    if let gateway = route.gateway {
      groups[link.index, default: Group()].behind[address] = gateway
    } else {
      groups[link.index, default: Group()].addresses.append(address)
    }
    if let source = route.source?.v4, groups[link.index]?.source == nil { groups[link.index]?.source = source }
    if let source = route.source?.v6, groups[link.index]?.source6 == nil { groups[link.index]?.source6 = source }
  }

  private mutating func open(
    _ index: Int32, _ group: Group, _ unreachable: inout [Obstacle: [IPAddress]]
  ) throws {
    let link = try routes.link(index)
    guard link.isRunning else { throw LinkError.down(link.name) }
    if let mac = link.mac, link.isEthernet, !unprivileged {
      try openFrames(link, mac, group, &unreachable)
    } else if !plan.scanProfile.probes {
      unreachable[.cannotListen(link.name), default: []] += group.addresses + group.behind.keys
    } else {
      segments.append(try connections(through: link, group, linkLocal: linkLocals[index], &unreachable))
      notes.append(Self.note(connectionsThrough: link.name, isChosen: unprivileged))
    }
  }

  private mutating func openFrames(
    _ link: LinkMessage, _ mac: MACAddress, _ group: Group, _ unreachable: inout [Obstacle: [IPAddress]]
  ) throws {
    let opened = try EthernetLink(
      index: link.index, interface: link.name, mac: mac, source: group.source, linkLocal: linkLocals[link.index],
      fixedPorts: plan.datagramSourcePorts, sharesSending: plan.totalRate == 0 && plan.presumed == nil,
      isBrief: plan.presumed != nil && group.addresses.count + group.behind.count <= Self.few, gate: gate)
    takenPorts.formUnion(opened.takenPorts)
    let offLink = gateways(of: group, link, &unreachable)
    var segment = SegmentPlan(
      link: RunLink(.frames(opened)), interface: link.name, index: link.index, mac: mac, source: group.source,
      linkLocal: linkLocals[link.index], sourcePort: opened.sourcePort, datagramPort: opened.datagramPort,
      captureFilter: opened.captureFilter, addresses: group.addresses4, addresses6: group.addresses6,
      offLink: offLink)
    segment.fixedDatagramPorts = opened.fixedDatagramPorts
    segment.kind = kind(of: link)
    for entry in neighbours where entry.interfaceIndex == link.index {
      if let address = entry.address.v4, let mac = entry.mac { segment.known[address] = mac }
    }
    segments.append(segment)
  }

  /// So many services together are still heard without a ring.
  private static let few = 16

  /// What the interface says of itself, unless the user said.
  func kind(of link: LinkMessage) -> ScanProfile.LinkKind? {
    guard detectsKind else { return nil }
    return LinkKind.detected(of: link.name) == .wifi ? .wifi : .wired
  }

  /// The MAC addresses of the gateways, from the kernel, which is made to ask where it does not know.
  private func gateways(
    of group: Group, _ link: LinkMessage, _ unreachable: inout [Obstacle: [IPAddress]]
  ) -> [IPAddress: MACAddress] {
    guard plan.scanProfile.probes else {
      // Nor is the kernel made to ask for the gateway.
      for (address, gateway) in group.behind {
        unreachable[.inaudible(gateway, link.name), default: []].append(address)
      }
      return [:]
    }
    var known: [IPAddress: MACAddress] = [:]
    var result: [IPAddress: MACAddress] = [:]
    for gateway in Set(group.behind.values) where !isExcluded(gateway) {
      // A run that only listens makes nobody ask either.
      known[gateway] =
        plan.scanProfile.probes
        ? routes.resolve(gateway, on: link.index) : routes.neighbour(gateway, on: link.index)
    }
    for (address, gateway) in group.behind {
      if let mac = known[gateway] {
        result[address] = mac
      } else if isExcluded(gateway) {
        unreachable[.excludedGateway(gateway, link.name), default: []].append(address)
      } else {
        unreachable[.unknownGateway(gateway, link.name), default: []].append(address)
      }
    }
    return result
  }

  /// The scope names the gateway as one that gets nothing, not even a question about it.
  private func isExcluded(_ gateway: IPAddress) -> Bool {
    if case .excluded = gate.scope.refusal(of: gateway, for: .arpDiscovery, at: SystemClock.wall)?.rule { return true }
    return false
  }

  enum Obstacle: Error, Hashable {
    case ownAddress
    case unknownGateway(IPAddress, String)
    case excludedGateway(IPAddress, String)
    /// A run that only listens hears its own link alone.
    case inaudible(IPAddress, String)
    case cannotListen(String)
    case noRoute
  }
}
