public import Addressing
public import Records
public import Wire

/// Learns from frames that nobody asked for which devices are there, and which of them have just started.
///
/// It sends nothing and keeps a bounded table, so that it can listen from the first second to the
/// last, also through a storm. Nothing that it hears is proof of identity: MAC addresses can be forged.
public struct PassiveSensor: Sendable {
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    case arp
    /// The sender announces its own address (RFC 5227 §3).
    case gratuitousARP = "gratuitous-arp"
    case dhcp, mdns, ssdp
    /// Neighbour or router discovery.
    case neighbourDiscovery = "nd"
    /// Multicast listener reports.
    case listenerReport = "mld"
    case lldp
    /// Anything else that was sent to everybody or to a group.
    case otherMulticast = "other-multicast"
  }

  public struct Sighting: Hashable, Sendable {
    public let mac: MACAddress
    /// The address that the device uses; nil when the frame shows none.
    public let address: IPAddress?
    public let kind: Kind
    /// The name that the device gives itself (DHCP option 12, mDNS), as it wrote it.
    public let name: String?
    /// DHCP option 60.
    public let vendorClass: String?
    public let at: MonotonicInstant
  }

  private struct Key: Hashable, Sendable {
    let mac: MACAddress
    let address: IPAddress?
    let kind: Kind
    let name: String?
  }

  private let own: MACAddress
  private let capacity: Int
  private var seen: RecentTable<Key, Bool>
  private var starts: StartDetector
  private var sightings: [Sighting] = []
  private var signs: [RebootSign] = []
  /// Sightings that found no room because nobody took the ones before.
  public private(set) var dropped = 0

  /// - Parameters:
  ///   - own: the interface's own MAC address, whose frames are none of a device.
  ///   - capacity: sightings and devices that are remembered at most; about 200 octets each.
  ///   - quiet: how long a device must have been silent before a sign of starting counts.
  public init(own: MACAddress, capacity: Int = 8192, quiet: Duration = .seconds(2)) {
    self.own = own
    self.capacity = capacity
    seen = RecentTable(capacity: capacity)
    starts = StartDetector(capacity: capacity, quiet: quiet)
  }

  /// Takes a frame that arrived.
  /// - Parameter octets: the frame that `frame` was read from.
  public mutating func receive(_ frame: InboundFrame, octets: Span<UInt8>, at now: MonotonicInstant) {
    let mac = frame.ethernet.source
    guard mac != own, !mac.isGroup else { return }
    starts.heard(mac, at: now)
    switch frame.content {
    case .tcp, .echoReply, .unreachable: return  // answers to us, which others read
    case .arp(let packet): receive(packet, at: now)
    case .udp(let header, let payload):
      guard let source = frame.source else { return }
      receive(header, octets.extracting(payload), frame, source, at: now)
    case .neighbourSolicitation(let message): receive(message, frame, at: now)
    case .neighbourAdvertisement(let message):
      note(message.targetMAC ?? mac, IPAddress(message.target), .neighbourDiscovery, at: now)
    case .routerSolicitation, .routerAdvertisement: note(mac, frame.source, .neighbourDiscovery, at: now)
    case .listenerReport: note(mac, frame.source, .listenerReport, at: now)
    case .other: receiveOther(frame, at: now)
    }
  }

  /// The sightings since the last call, each once.
  public mutating func takeSightings() -> [Sighting] {
    defer { sightings.removeAll(keepingCapacity: true) }
    return sightings
  }

  /// The signs of starting since the last call.
  public mutating func takeRebootSigns() -> [RebootSign] {
    defer { signs.removeAll(keepingCapacity: true) }
    return signs
  }

  private mutating func receive(_ packet: ARPPacket, at now: MonotonicInstant) {
    let mac = packet.senderMAC
    guard mac != own, !mac.isGroup, mac.rawValue != 0 else { return }
    if packet.sender.rawValue == 0 {
      // A probe whether an address is free (RFC 5227 §2.1): nobody's yet.
      if packet.operation == .request { note(mac, nil, .arp, at: now) }
      return sign(.addressProbe, mac, at: now)
    }
    let isAnnouncement = packet.sender == packet.target
    note(mac, IPAddress(packet.sender), isAnnouncement ? .gratuitousARP : .arp, at: now)
    if isAnnouncement { sign(.gratuitousARP, mac, at: now) }
  }

  private mutating func receive(
    _ header: UDPHeader, _ data: Span<UInt8>, _ frame: InboundFrame, _ source: IPAddress, at now: MonotonicInstant
  ) {
    let mac = frame.ethernet.source
    switch (header.sourcePort, header.destinationPort) {
    case (_, 67):
      guard let message = try? DHCPClientMessage(parsing: data), message.clientMAC != own else { return }
      note(
        message.clientMAC, message.address.map { IPAddress($0) }, .dhcp, name: message.hostName,
        vendorClass: message.vendorClass, at: now)
      if message.kind == .discover { sign(.dhcpDiscover, message.clientMAC, at: now) }
    case (5353, _):
      note(mac, source, .mdns, name: (try? MulticastDNSName.announced(in: data, by: source)) ?? nil, at: now)
    case (1900, _), (_, 1900): note(mac, source, .ssdp, at: now)
    default: receiveOther(frame, at: now)
    }
  }

  private mutating func receive(_ message: NeighbourSolicitation, _ frame: InboundFrame, at now: MonotonicInstant) {
    guard frame.source?.v6?.isUnspecified == true else {
      return note(message.sourceMAC ?? frame.ethernet.source, frame.source, .neighbourDiscovery, at: now)
    }
    // Whether its new address is free (RFC 4862 §5.4): its own in a moment, unless somebody objects.
    note(frame.ethernet.source, IPAddress(message.target), .neighbourDiscovery, at: now)
    sign(.duplicateDetection, frame.ethernet.source, at: now)
  }

  private mutating func receiveOther(_ frame: InboundFrame, at now: MonotonicInstant) {
    if frame.ethernet.etherType == .lldp {
      note(frame.ethernet.source, nil, .lldp, at: now)
    } else if frame.ethernet.destination.isGroup, frame.source != nil {
      note(frame.ethernet.source, frame.source, .otherMulticast, at: now)
    }
  }

  private mutating func sign(_ kind: RebootSign.Kind, _ mac: MACAddress, at now: MonotonicInstant) {
    guard let sign = starts.sign(kind, of: mac, at: now), signs.count < capacity else { return }
    signs.append(sign)
  }

  private mutating func note(
    _ mac: MACAddress, _ address: IPAddress?, _ kind: Kind, name: String? = nil, vendorClass: String? = nil,
    at now: MonotonicInstant
  ) {
    guard mac != own, !mac.isGroup else { return }
    let address = address.flatMap { $0.isUsable ? $0 : nil }
    let key = Key(mac: mac, address: address, kind: kind, name: name)
    let isNew = seen[key] == nil
    seen.set(true, for: key)
    guard isNew else { return }
    guard sightings.count < capacity else {
      dropped += 1
      return
    }
    sightings.append(
      Sighting(mac: mac, address: address, kind: kind, name: name, vendorClass: vendorClass, at: now))
  }
}

extension IPAddress {
  /// A host can have it: neither "no address yet" nor a group nor everybody.
  fileprivate var isUsable: Bool {
    if let v4 { return v4.rawValue >> 24 != 0 && v4.rawValue >> 28 < 0xe }
    return v6.map { !$0.isUnspecified && !$0.isMulticast } ?? false
  }
}
