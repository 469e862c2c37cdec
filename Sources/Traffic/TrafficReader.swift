public import Addressing
public import Certificates
public import Checklist
public import Records
internal import Wire

/// Reads what a capture shows of audited devices, frame by frame: heads, sizes, times, names. Contents are looked at and forgotten.
///
/// What it holds is bounded: what is beyond is counted and told. Frames of whoever audits are left out, so that an audit does not show
/// in the devices' own traffic.
public struct TrafficReader: Sendable {
  /// A device of the audit.
  public struct Subject: Hashable, Sendable {
    public let id: DeviceID
    public let macs: [MACAddress]
    public let addresses: [IPAddress]

    public init(id: DeviceID, macs: [MACAddress], addresses: [IPAddress]) {
      self.id = id
      self.macs = macs
      self.addresses = addresses
    }

    public init(_ device: Device) {
      self.init(id: device.id, macs: device.mac.map { [$0] } ?? [], addresses: device.addresses)
    }
  }

  /// What was read and what was not.
  public struct Count: Hashable, Sendable {
    public var frames = 0
    /// Frames of a link that is not read, without a time, or not whole.
    public var unread = 0
    /// Of and to whoever audits.
    public var own = 0
  }

  public static let mostConnections = 2048
  public static let mostLogs = 50_000
  private static let mostNames = 20_000
  /// A MAC address that more addresses of a family stand behind is a router's.
  private static let mostAddresses = 4

  struct Pair: Hashable {
    let client: IPAddress
    let clientPort: UInt16
    let server: IPAddress
    let serverPort: UInt16
  }

  struct NameKey: Hashable {
    let client: IPAddress
    let address: IPAddress
  }

  let subjects: [Subject]
  private let byAddress: [IPAddress: Int]
  private let byMAC: [MACAddress: Int]
  private let auditors: Set<IPAddress>
  let judge: PeerCertificateJudge

  public private(set) var count = Count()
  private var places: [String] = []
  private var place = ""
  private var number = 0
  private var first: Timestamp?
  private var last: Timestamp?

  var flows = FlowTable()
  var logs: [TrafficFacts.LogRecord] = []
  var conversations: [Pair: Conversation] = [:]
  var order: [Pair] = []
  /// Who opened, of packets that do not say so themselves.
  var serverPorts: [Pair: Bool] = [:]
  var names: [NameKey: String] = [:]
  var polls: [IPAddress: Int] = [:]
  var watching: Set<TrafficFacts.Watching> = []
  var unfollowed = 0
  private var seen: Set<Int> = []
  private var admitted: Set<Int> = []
  private var lastResponder: Int?
  private var behindMAC: [MACAddress: Set<IPAddress>] = [:]

  /// - Parameters:
  ///   - auditors: addresses from which the audit was made.
  ///   - authorities: whom clients trust; nil leaves certificates that lead to some authority undecided.
  public init(_ subjects: [Subject], auditors: Set<IPAddress> = [], authorities: PublicAuthorities? = nil) {
    self.subjects = subjects
    self.auditors = auditors
    judge = PeerCertificateJudge(authorities: authorities)
    var (byAddress, byMAC): ([IPAddress: Int], [MACAddress: Int]) = ([:], [:])
    for (index, subject) in subjects.enumerated() {
      for address in subject.addresses where byAddress[address] == nil { byAddress[address] = index }
      for mac in subject.macs where byMAC[mac] == nil { byMAC[mac] = index }
    }
    (self.byAddress, self.byMAC) = (byAddress, byMAC)
  }

  /// Says which file the next frames are from. Connections do not go on from one to the next.
  public mutating func begin(_ place: String) {
    self.place = place
    places.append(place)
    number = 0
    conversations = [:]
    order = []
  }

  /// `mirror.pcapng frame 17`
  var evidence: FramePlace { FramePlace(file: place, number: number) }

  /// - Parameter time: nanoseconds since 1970; a frame without a time says nothing here.
  public mutating func take(_ frame: Span<UInt8>, linkType: UInt16, length: Int, at time: Int64?) {
    count.frames += 1
    number += 1
    guard let link = TrafficPacket.LinkType(rawValue: linkType), let time,
      let packet = try? TrafficPacket(parsing: frame, link)
    else {
      count.unread += 1
      return
    }
    let moment = Timestamp(nanoseconds: time)
    first = min(first ?? moment, moment)
    last = max(last ?? moment, moment)
    if case .eapol(let range) = packet.content { return takeEAPOL(packet, frame.extracting(range)) }
    guard let source = packet.source, let destination = packet.destination else { return }
    guard !auditors.contains(source), !auditors.contains(destination) else {
      count.own += 1
      return
    }
    let from = subject(source, packet.sourceMAC)
    let to = packet.isToGroup ? nil : subject(destination, packet.destinationMAC)
    if let from, !packet.isToGroup { seen.insert(from.index) }
    let passage = Passage(
      packet: packet, source: source, destination: destination, from: from, to: to, length: length, at: moment)
    switch packet.content {
    case .udp(let header, let payload): takeUDP(passage, header, frame.extracting(payload))
    case .tcp(let header, let payload): takeTCP(passage, header, frame.extracting(payload))
    case .eapol, .other: break
    }
  }

  /// A packet with whom of the devices it concerns.
  struct Passage {
    let packet: TrafficPacket
    let source: IPAddress
    let destination: IPAddress
    let from: (index: Int, isByAddress: Bool)?
    let to: (index: Int, isByAddress: Bool)?
    let length: Int
    let at: Timestamp
  }

  /// By its address; by its MAC address where no device has the address, unless that is a router's, which shows at the end.
  private mutating func subject(_ address: IPAddress, _ mac: MACAddress?) -> (index: Int, isByAddress: Bool)? {
    if let index = byAddress[address] { return (index, true) }
    guard let mac, let index = byMAC[mac] else { return nil }
    if (behindMAC[mac]?.count ?? 0) <= 2 * Self.mostAddresses { behindMAC[mac, default: []].insert(address) }
    return isRouter(mac) ? nil : (index, false)
  }

  private func isRouter(_ mac: MACAddress) -> Bool {
    let behind = behindMAC[mac] ?? []
    return behind.count(where: \.isIPv4) > Self.mostAddresses || behind.count { !$0.isIPv4 } > Self.mostAddresses
  }

  /// Admission ends with a success (RFC 3748 §4.2) to the station, or to the group right after the station's answer.
  private mutating func takeEAPOL(_ packet: TrafficPacket, _ body: Span<UInt8>) {
    guard let frame = try? EAPOLFrame(parsing: body) else { return }
    switch frame.code {
    case .response: lastResponder = packet.sourceMAC.flatMap { byMAC[$0] }
    case .success:
      let direct = packet.destinationMAC.flatMap { byMAC[$0] }
      if let index = direct ?? (packet.destinationMAC?.isGroup == true ? lastResponder : nil) {
        admitted.insert(index)
      }
      lastResponder = nil
    case .failure: lastResponder = nil
    case .request, nil: break
    }
  }

  // MARK: Result

  /// What everything came to; nil where no frame had a time.
  public var facts: TrafficFacts? {
    guard let first, let last else { return nil }
    let routers = Set(byMAC.filter { isRouter($0.key) }.map(\.value))
    let kept = flows.states.filter { $0.value.isByAddress || !routers.contains($0.key.device) }
    // A router's own traffic is told from what it hands on by its address only.
    let sure = Set(kept.keys.map(\.device)).union(
      logs.compactMap { log in subjects.firstIndex { $0.id == log.device } })
    var facts = TrafficFacts(
      from: first, to: last, place: places.joined(separator: ", "),
      seen: Set(seen.filter { !routers.contains($0) || sure.contains($0) }.map { subjects[$0].id }))
    facts.flows = kept.map { flow($0.key, $0.value) }.sorted(by: Self.isListedBefore)
    facts.logs = logs
    facts.watching = watching.union(
      polls.filter { $0.value >= 2 }.map { TrafficFacts.Watching(.snmpPolling, from: $0.key) }
    ).sorted { ($0.kind.rawValue, $0.from) < ($1.kind.rawValue, $1.from) }
    facts.admitted = Set(admitted.map { subjects[$0].id })
    facts.unfollowed = unfollowed + flows.unfollowed
    return facts
  }

  private func flow(_ key: FlowTable.Key, _ state: FlowTable.State) -> TrafficFacts.Flow {
    var flow = TrafficFacts.Flow(
      device: subjects[key.device].id, peer: key.peer, transport: key.transport, port: key.port,
      protection: state.protection ?? .opaque, bursts: state.bursts, evidence: state.evidence)
    flow.isIncoming = key.isIncoming
    flow.protocolName = state.protocolName
    flow.name = state.name
    flow.certificate = state.certificate?.state
    flow.clientCertificate = state.clientCertificate
    flow.carriedData = state.certificate?.carriedData ?? state.carriedData
    flow.isUpdate = state.isUpdate
    flow.octetsOut = state.octetsOut
    flow.octetsIn = state.octetsIn
    flow.burstOctets = state.burstOctets
    return flow
  }

  private static func isListedBefore(_ left: TrafficFacts.Flow, _ right: TrafficFacts.Flow) -> Bool {
    if left.device != right.device { return left.device < right.device }
    if left.peer != right.peer { return left.peer < right.peer }
    return (left.transport, left.port, left.isIncoming ? 1 : 0) < (
      right.transport, right.port, right.isIncoming ? 1 : 0
    )
  }

  mutating func remember(_ name: String, of address: IPAddress, for client: IPAddress) {
    guard names.count < Self.mostNames || names[NameKey(client: client, address: address)] != nil else { return }
    names[NameKey(client: client, address: address)] = name
  }
}
