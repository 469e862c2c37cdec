internal import Addressing
internal import Audit
internal import Authority
internal import Engine
internal import LinkIO
internal import Records
internal import SessionIO
internal import Wire

// Segments that are looked at by ordinary connections.
extension SegmentSetup {
  /// Every target of such a segment counts as lying behind its next hop: the scan then asks for none by ARP
  /// and looks for each by single SYNs, which become connections.
  func connections(
    through link: LinkMessage, _ group: Group, linkLocal: IPv6Address?, _ unreachable: inout [Obstacle: [IPAddress]]
  ) throws -> SegmentPlan<RunLink> {
    let targets = group.addresses + Array(group.behind.keys)
    if let first = targets.min() { try checkTechniques(first, link.name) }
    let opened = ConnectLink(
      interface: link.name, index: link.index, gate: gate, limit: DescriptorLimit.raised(), log: log,
      monotonic: { SystemClock.monotonic }, wall: { SystemClock.wall })
    let watch = try LinkWatch(index: link.index, interface: link.name)
    var segment = SegmentPlan(
      link: RunLink(.connections(opened, watch)), interface: link.name, index: link.index,
      mac: Self.standIn(for: nil), source: group.source, linkLocal: group.source6 ?? linkLocal,
      sourcePort: Self.sourcePort, datagramPort: 0, captureFilter: "", addresses: [])
    for target in targets {
      let hasSource = target.isIPv4 ? group.source != nil : segment.linkLocal != nil
      if hasSource {
        segment.offLink[target] = Self.standIn(for: group.behind[target] ?? target)
      } else {
        unreachable[.noRoute, default: []].append(target)
      }
    }
    segment.backEnd = .connections
    segment.kind = kind(of: link)
    let (routes, behind, index) = (routes, group.behind, link.index)
    segment.neighbour = { behind[$0] == nil ? routes.neighbour($0, on: index) : nil }
    return segment
  }

  /// Stands in the frames that the scan and ``ConnectLink`` exchange; the kernel chooses the ports on the wire.
  private static var sourcePort: UInt16 { 1 }

  /// Stands for the MAC address of a next hop, which connections do not need: locally administered
  /// (IEEE 802 §8.2.2), and the same for all that lies behind one gateway, so that its ceiling is shared.
  private static func standIn(for nextHop: IPAddress?) -> MACAddress {
    MACAddress(rawValue: 0x0200_0000_0000 | (nextHop?.words.1 ?? 0) & 0xffff_ffff)
  }

  private func checkTechniques(_ address: IPAddress, _ interface: String) throws {
    // Port 80 is among those that devices are looked for by.
    guard let refusal = gate.refusal(ofConnectProbeTo: address, port: 80, mac: nil, at: SystemClock.wall) else {
      return
    }
    throw CommandFailure(
      .notPermitted,
      """
      \(refusal)
      Probing by ordinary connections (\(unprivileged ? "--unprivileged" : "\(interface) carries no Ethernet")) \
      completes the handshake with open ports, so the scope must allow both tcp-syn and service-questions. / \
      通常の接続による検査では、許可範囲にtcp-synとservice-questionsの両方が必要です。
      Nothing was sent.
      """)
  }

  // MARK: What is said about it

  static func note(connectionsThrough interface: String, isChosen: Bool) -> LocalizedText {
    LocalizedText(
      ja: (isChosen ? "--unprivilegedの指定により、" : "\(interface)はイーサネットではないため、")
        + "\(interface)の機器は通常のTCP接続で調べました。この方法ではARP、ICMP、UDP、IPv6の探索と、検査中の生存確認を行えません。"
        + "機器の有無は80・443・23番ポートへの接続で調べ、どれにも応答しない機器は見つかりません。MACアドレスはカーネルが知る範囲に限られ、"
        + "MACアドレスによる除外は応答を受けた後に効きます。フレーム数は接続ごとにカーネルが数えた値で、ARPを含みません。",
      en: (isChosen ? "As --unprivileged asks, " : "Because \(interface) carries no Ethernet, ")
        + "the devices on \(interface) were looked at by ordinary TCP connections. There is no ARP, ICMP, UDP or search "
        + "by IPv6 in that way, and nobody watches a device's health while it is probed. Devices were looked for by "
        + "connections to ports 80, 443 and 23; one that answers on none of them is not found. MAC addresses are "
        + "known as far as the kernel knows them, and an exclusion by MAC address takes effect once the device has "
        + "answered. Frames are counted by the kernel for each connection, without ARP.")
  }

  static func note(taken port: UInt16, _ titles: [LocalizedText]) -> LocalizedText {
    LocalizedText(
      ja: "このコンピューターのUDPポート\(port)を別のプログラムが使用しているため、\(titles.map(\.ja).joined(separator: "、"))は調べていません。",
      en:
        "Another program of this computer uses UDP port \(port), so \(titles.map(\.en).joined(separator: ", ")) was not asked."
    )
  }

  static func omission(ofSearchIn block: AddressRange) -> Coverage.Omission {
    Coverage.Omission(
      addresses: "\(block)", reason: .vantage,
      detail: LocalizedText(
        ja: "通常の接続ではIPv6機器の探索ができません。", en: "IPv6 devices cannot be searched for by ordinary connections."))
  }
}

extension SegmentSetup.Obstacle {
  func omission(_ addresses: [IPAddress]) -> Coverage.Omission {
    Coverage.Omission(addresses: TargetSelection.list(addresses), reason: .vantage, detail: detail)
  }

  private var detail: LocalizedText {
    switch self {
    case .ownAddress:
      LocalizedText(
        ja: "検査を行ったこのコンピューター自身のアドレスです。", en: "This is the address of the auditing computer itself.")
    case .unknownGateway(let gateway, let interface):
      LocalizedText(
        ja: "\(interface)のゲートウェイ\(gateway)の先にありますが、そのMACアドレスが分かりません。ゲートウェイの稼働を確認し、一度通信してから再実行してください。",
        en:
          "It lies behind the gateway \(gateway) on \(interface), whose MAC address is not known; see that the gateway is up, use it once (ping), then run again."
      )
    case .excludedGateway(let gateway, let interface):
      LocalizedText(
        ja: "\(interface)のゲートウェイ\(gateway)の先にあり、許可範囲がそのゲートウェイを除外しています。",
        en: "It lies behind the gateway \(gateway) on \(interface), which the scope excludes.")
    case .inaudible(let gateway, let interface):
      LocalizedText(
        ja: "\(interface)のゲートウェイ\(gateway)の先にあるため、受信のみの検査では通信が届きません。",
        en:
          "It lies behind the gateway \(gateway) on \(interface), and a run that only listens hears its own link alone."
      )
    case .cannotListen(let interface):
      LocalizedText(
        ja: "\(interface)はイーサネットではないため、受信だけの検査はできません。",
        en: "\(interface) carries no Ethernet, so there is nothing to listen to.")
    case .noRoute:
      LocalizedText(ja: "このコンピューターから到達する経路がありません。", en: "This computer has no route to it.")
    }
  }
}
