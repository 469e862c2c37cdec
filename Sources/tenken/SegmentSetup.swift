internal import Addressing
internal import Audit
internal import Authority
internal import LinkIO
internal import Records
internal import Wire

/// Which interface and source address each target is reached through, as the kernel's routing
/// tables say, and what cannot be looked at from here.
struct SegmentSetup {
  /// What is reached through one interface from one address.
  private struct Group {
    var source: IPv4Address?
    var addresses: [IPv4Address] = []
    var addresses6: [IPv6Address] = []
    var offLink: [IPAddress: MACAddress] = [:]
  }

  private(set) var segments: [SegmentPlan<EthernetLink>] = []
  private(set) var omitted: [Coverage.Omission] = []
  private let routes: RouteTable
  private let neighbours: [NeighbourEntry]
  private var linkLocals: [Int32: IPv6Address] = [:]

  init(_ selection: TargetSelection, gate: TransmissionGate) throws(LinkError) {
    routes = try RouteTable()
    neighbours = try routes.neighbours()
    for message in try routes.addresses() where !message.isTentative {
      if let address = message.address.v6, address.isLinkLocal { linkLocals[message.interfaceIndex] = address }
    }
    var groups: [Int32: Group] = [:]
    var unreachable: [Obstacle: [IPAddress]] = [:]
    for address in selection.addresses {
      do throws(Obstacle) {
        try place(address, &groups)
      } catch {
        unreachable[error, default: []].append(address)
      }
    }
    if groups.isEmpty, selection.addresses.contains(where: \.isLinkLocal) || !selection.blocks.isEmpty {
      for index in try ethernetInterfaces() { groups[index] = Group() }
    }
    for address in selection.addresses where address.v6?.isLinkLocal == true {
      // Nobody says which link it is of, so each is asked.
      for index in groups.keys { groups[index]?.addresses6.append(contentsOf: [address.v6].compactMap { $0 }) }
    }
    for index in groups.keys.sorted() {
      guard let group = groups[index] else { continue }
      try open(index, group, gate, &unreachable)
    }
    omitted = unreachable.map { $0.omission($1) }.sorted { $0.addresses < $1.addresses }
  }

  private func ethernetInterfaces() throws(LinkError) -> [Int32] {
    try routes.interfaces().filter { $0.isEthernet && $0.isRunning && linkLocals[$0.index] != nil }.map(\.index)
  }

  private func place(_ address: IPAddress, _ groups: inout [Int32: Group]) throws(Obstacle) {
    if address.v6?.isLinkLocal == true { return }  // below, when the interfaces are known
    guard let route = try? routes.route(to: address) else { throw .noRoute }
    if route.kind == .local { throw .ownAddress }
    guard let link = try? routes.link(route.interfaceIndex), route.kind == .unicast else { throw .noRoute }
    if let gateway = route.gateway {
      guard let mac = neighbours.first(where: { $0.address == gateway && $0.interfaceIndex == link.index })?.mac else {
        throw .unknownGateway(gateway, link.name)
      }
      groups[link.index, default: Group()].offLink[address] = mac
    } else if let v4 = address.v4 {
      groups[link.index, default: Group()].addresses.append(v4)
    } else if let v6 = address.v6 {
      groups[link.index, default: Group()].addresses6.append(v6)
    }
    if let source = route.source?.v4, groups[link.index]?.source == nil { groups[link.index]?.source = source }
  }

  private mutating func open(
    _ index: Int32, _ group: Group, _ gate: TransmissionGate, _ unreachable: inout [Obstacle: [IPAddress]]
  ) throws(LinkError) {
    let link = try routes.link(index)
    guard link.isEthernet, let mac = link.mac else {
      unreachable[.notEthernet(link.name), default: []] += group.addresses.map { IPAddress($0) } + group.offLink.keys
      return
    }
    guard link.isRunning else { throw LinkError.down(link.name) }
    let opened = try EthernetLink(
      index: index, interface: link.name, mac: mac, source: group.source, linkLocal: linkLocals[index], gate: gate)
    var segment = SegmentPlan(
      link: opened, interface: link.name, index: index, mac: mac, source: group.source,
      linkLocal: linkLocals[index], sourcePort: opened.sourcePort, datagramPort: opened.datagramPort,
      captureFilter: opened.captureFilter, addresses: group.addresses, addresses6: group.addresses6,
      offLink: group.offLink)
    for entry in neighbours where entry.interfaceIndex == index {
      if let address = entry.address.v4, let mac = entry.mac { segment.known[address] = mac }
    }
    segments.append(segment)
  }

  private enum Obstacle: Error, Hashable {
    case ownAddress
    case unknownGateway(IPAddress, String)
    case notEthernet(String)
    case noRoute

    func omission(_ addresses: [IPAddress]) -> Coverage.Omission {
      let detail: LocalizedText
      switch self {
      case .ownAddress:
        detail = LocalizedText(
          ja: "検査を行ったこのコンピューター自身のアドレスです。", en: "This is the address of the auditing computer itself.")
      case .unknownGateway(let gateway, let interface):
        detail = LocalizedText(
          ja: "\(interface)のゲートウェイ\(gateway)の先にありますが、そのMACアドレスが分かりません。一度通信してから再実行してください。",
          en:
            "It lies behind the gateway \(gateway) on \(interface), whose MAC address is not known; use the gateway once (ping), then run again."
        )
      case .notEthernet(let interface):
        detail = LocalizedText(
          ja: "\(interface)はイーサネットではありません。--unprivilegedを使用してください。",
          en: "\(interface) is no Ethernet interface; use --unprivileged.")
      case .noRoute:
        detail = LocalizedText(
          ja: "このコンピューターから到達する経路がありません。", en: "This computer has no route to it.")
      }
      return Coverage.Omission(addresses: TargetSelection.list(addresses), reason: .vantage, detail: detail)
    }
  }
}
