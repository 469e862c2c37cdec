internal import Addressing
internal import Audit
internal import Authority
internal import LinkIO
internal import Records
internal import Wire

/// Which interface and source address each target is reached through, as the kernel's routing
/// tables say, and what cannot be looked at from here.
struct SegmentSetup {
  private struct Key: Hashable {
    let interface: Int32
    let source: IPv4Address
  }

  private(set) var segments: [SegmentPlan<EthernetLink>] = []
  private(set) var omitted: [Coverage.Omission] = []

  init(addresses: [IPv4Address], gate: TransmissionGate) throws(LinkError) {
    let routes = try RouteTable()
    var groups: [Key: [IPv4Address]] = [:]
    var order: [Key] = []
    var unreachable: [Obstacle: [IPv4Address]] = [:]
    for address in addresses {
      switch Self.way(to: address, routes) {
      case .success(let key):
        if groups[key] == nil { order.append(key) }
        groups[key, default: []].append(address)
      case .failure(let obstacle):
        unreachable[obstacle, default: []].append(address)
      }
    }
    for key in order {
      let link = try routes.link(key.interface)
      guard link.isEthernet, let mac = link.mac else {
        unreachable[.notEthernet(link.name), default: []] += groups[key] ?? []
        continue
      }
      guard link.isRunning else {
        throw LinkError(
          code: .interfaceDown, interface: link.name,
          message: "the interface has no link; connect the cable or the Wi-Fi network, then start again")
      }
      let opened = try EthernetLink(
        index: key.interface, interface: link.name, mac: mac, source: key.source, gate: gate)
      segments.append(
        SegmentPlan(
          link: opened, interface: link.name, mac: mac, source: key.source, sourcePort: opened.sourcePort,
          captureFilter: opened.captureFilter, addresses: groups[key] ?? []))
    }
    omitted = unreachable.map { $0.omission($1) }.sorted { $0.addresses < $1.addresses }
  }

  private enum Obstacle: Error, Hashable {
    case ownAddress
    case behindGateway(IPv4Address, String)
    case notEthernet(String)
    case noRoute

    func omission(_ addresses: [IPv4Address]) -> Coverage.Omission {
      let detail: LocalizedText
      switch self {
      case .ownAddress:
        detail = LocalizedText(
          ja: "検査を行ったこのコンピューター自身のアドレスです。", en: "This is the address of the auditing computer itself.")
      case .behindGateway(let gateway, let interface):
        detail = LocalizedText(
          ja: "\(interface)からゲートウェイ\(gateway)を経由する別のネットワークにあります。この版は接続中のセグメントだけを検査します。",
          en:
            "It lies behind the gateway \(gateway) on \(interface). This version looks only at segments this computer is attached to."
        )
      case .notEthernet(let interface):
        detail = LocalizedText(
          ja: "\(interface)はイーサネットではないため、この版では検査できません。",
          en: "\(interface) is no Ethernet interface; this version cannot look through it.")
      case .noRoute:
        detail = LocalizedText(
          ja: "このコンピューターから到達する経路がありません。", en: "This computer has no route to it.")
      }
      return Coverage.Omission(addresses: TargetSelection.list(addresses), reason: .vantage, detail: detail)
    }
  }

  private static func way(to address: IPv4Address, _ routes: RouteTable) -> Result<Key, Obstacle> {
    guard let route = try? routes.route(to: address) else { return .failure(.noRoute) }
    if route.kind == .local { return .failure(.ownAddress) }
    guard let link = try? routes.link(route.interfaceIndex), route.kind == .unicast, let source = route.source else {
      return .failure(.noRoute)
    }
    if let gateway = route.gateway { return .failure(.behindGateway(gateway, link.name)) }
    return .success(Key(interface: route.interfaceIndex, source: source))
  }
}
