public import Addressing
public import Records
internal import Wire

/// Stands below every raw frame and every socket. It believes the octets, not the code above it:
/// the destination is read from the frame that is about to leave.
public struct TransmissionGate: Sendable {
  public let scope: Scope
  private let otPorts: PortSet
  private let neverWritePorts: PortSet
  /// What the scope says about each technique, looked up once: a frame costs no hashing of names.
  private let allows: Permissions
  private let allNodesRefusal: Refusal?

  private struct Permissions: Sendable {
    let arpDiscovery, tcpSYN, udpProbe, icmpEcho, ipv6Discovery, serviceQuestions, otIdentify: Bool

    init(_ techniques: Set<Technique>) {
      arpDiscovery = techniques.contains(.arpDiscovery)
      tcpSYN = techniques.contains(.tcpSYN)
      udpProbe = techniques.contains(.udpProbe)
      icmpEcho = techniques.contains(.icmpEcho)
      ipv6Discovery = techniques.contains(.ipv6Discovery)
      serviceQuestions = techniques.contains(.serviceQuestions)
      otIdentify = techniques.contains(.otIdentify)
    }
  }

  /// - Parameters:
  ///   - otPorts: ports of industrial control protocols, TCP and UDP alike (Profiles/ports/ot.yaml).
  ///     Nothing goes to them, not even a SYN, unless the scope allows ``Technique/otIdentify``.
  ///   - neverWritePorts: ports that get no octet of payload (Profiles/ports/never-write.yaml),
  ///     whatever the scope says.
  public init(scope: Scope, otPorts: Set<UInt16> = [], neverWritePorts: Set<UInt16> = []) {
    self.scope = scope
    self.otPorts = PortSet(otPorts)
    self.neverWritePorts = PortSet(neverWritePorts)
    allows = Permissions(scope.techniques)
    allNodesRefusal = scope.allNodesRefusal
  }

  /// Judges a raw Ethernet frame.
  ///
  /// Every frame goes to one device, but for three: an ARP question and a neighbour solicitation are
  /// judged by the address they ask about; an echo request or a multicast-listener query to ff02::1
  /// needs all of fe80::/10 in scope.
  /// - Returns: nil when it may leave. A frame whose destination cannot be read may not.
  public func refusal(ofFrame frame: Span<UInt8>, at moment: Timestamp) -> Refusal? {
    let mac: MACAddress?
    let destination: FrameDestination
    do throws(WireError) {
      let station = try EthernetHeader(parsing: frame).destination
      mac = station.isGroup ? nil : station
      destination = try FrameDestination(of: frame)
    } catch {
      return Refusal(target: "a frame of \(frame.count) octets", rule: .unreadableDestination)
    }
    switch destination {
    case .arp(let address):
      return scope.refusal(
        of: IPAddress(address), mac: mac, for: .arpDiscovery, allowed: allows.arpDiscovery, at: moment)
    case .neighbourSolicitation(let target):
      guard !target.isMulticast, !target.isUnspecified else { return Self.group(IPAddress(target)) }
      return scope.refusal(
        of: IPAddress(target), mac: mac, for: .ipv6Discovery, allowed: allows.ipv6Discovery, at: moment)
    case .tcp(let address, let port):
      if neverWritePorts.contains(port), Self.carriesTCPPayload(frame) {
        return Refusal(target: "\(address)", rule: .neverWrite(port))
      }
      return unicastRefusal(of: address, mac, for: .tcpSYN, allows.tcpSYN, at: moment) ?? otRefusal(of: address, port)
    case .udp(let address, let port):
      if neverWritePorts.contains(port) { return Refusal(target: "\(address)", rule: .neverWrite(port)) }
      return unicastRefusal(of: address, mac, for: .udpProbe, allows.udpProbe, at: moment)
        ?? otRefusal(of: address, port)
    case .echo(let address):
      if address == Self.allNodes { return allNodesRefusal(at: moment) }
      return unicastRefusal(of: address, mac, for: .icmpEcho, allows.icmpEcho, at: moment)
    case .listenerQuery(let group):
      return group == .allNodes ? allNodesRefusal(at: moment) : Self.group(IPAddress(group))
    }
  }

  /// Judges an ordinary TCP connection, before its first octet.
  /// - Parameter mac: the device behind the address, when it is known.
  public func refusal(
    ofConnectionTo address: IPAddress, port: UInt16, mac: MACAddress?, at moment: Timestamp
  ) -> Refusal? {
    if Self.isNoSingleHost(address) { return Self.group(address) }
    return scope.refusal(
      of: address, mac: mac, for: .serviceQuestions, allowed: allows.serviceQuestions, at: moment)
      ?? otRefusal(of: address, port)
  }

  /// Judges a TCP connection that is opened only to see whether a port is open, and closed at once,
  /// where raw frames cannot be sent. On an open port it is completed, which ``Technique/tcpSYN``
  /// alone does not cover: ``Technique/serviceQuestions`` must be allowed too.
  public func refusal(
    ofConnectProbeTo address: IPAddress, port: UInt16, mac: MACAddress?, at moment: Timestamp
  ) -> Refusal? {
    if let refusal = refusal(ofConnectionTo: address, port: port, mac: mac, at: moment) { return refusal }
    return scope.refusal(of: address, mac: mac, for: .tcpSYN, allowed: allows.tcpSYN, at: moment)
  }

  /// Judges octets that are about to leave on an ordinary TCP connection. A scope's window may have closed since
  /// the connection was judged, so everything is asked again.
  /// - Parameter technique: what the octets are sent for. ``Technique/serviceQuestions`` must be allowed
  ///   beside it, since the connection already needs it.
  public func refusal(
    ofPayloadTo address: IPAddress, port: UInt16, mac: MACAddress?, technique: Technique, at moment: Timestamp
  ) -> Refusal? {
    if neverWritePorts.contains(port) { return Refusal(target: "\(address)", rule: .neverWrite(port)) }
    if let refusal = refusal(ofConnectionTo: address, port: port, mac: mac, at: moment) { return refusal }
    return scope.refusal(of: address, mac: mac, for: technique, at: moment)
  }

  /// What octets on a TCP connection are sent for, by what they are: three things that a client never sends which only asks what a
  /// TLS service agrees to are ``Technique/tlsVulnerability``. A heartbeat (RFC 6520), a ChangeCipherSpec alone, and a
  /// ClientKeyExchange, be it behind an empty Certificate (RFC 5246 §7.4.6, §7.4.7), in a record of TLS in clear text.
  public static func technique(of octets: some Collection<UInt8>) -> Technique {
    let head = Array(octets.prefix(13))
    guard head.count > 5, head[1] == 3, head[2] <= 4 else { return .serviceQuestions }
    switch head[0] {
    case 24: return .tlsVulnerability
    // A client of TLS 1.3 sends it in front of its encrypted Finished (RFC 8446 §D.4).
    case 20: return octets.count == 6 ? .tlsVulnerability : .serviceQuestions
    case 22:
      let isEmptyCertificate = head.count > 12 && head[5...].starts(with: [11, 0, 0, 3, 0, 0, 0])
      return head[5] == 16 || isEmptyCertificate ? .tlsVulnerability : .serviceQuestions
    default: return .serviceQuestions
    }
  }

  /// Judges a name or password that is about to be entered on a service: the port takes payload, the connection or the
  /// datagram is allowed, and the access administrator agreed.
  public func refusal(
    ofLoginTo address: IPAddress, service: ServiceEndpoint, mac: MACAddress?, technique: Technique, at moment: Timestamp
  ) -> Refusal? {
    let port = service.port
    if neverWritePorts.contains(port) { return Refusal(target: "\(address)", rule: .neverWrite(port)) }
    let refusal =
      switch service.transport {
      case .tcp: refusal(ofConnectionTo: address, port: port, mac: mac, at: moment)
      case .udp:
        refusal(ofDatagram: nil, to: address, port: port, mac: mac, technique: .udpProbe, at: moment)
      }
    return refusal ?? scope.refusal(ofLoginTo: address, mac: mac, technique: technique, at: moment)
  }

  /// Judges a UDP datagram that is about to leave through an ordinary socket; no octets, when the socket is
  /// only about to be made.
  /// - Parameters:
  ///   - octets: of payload; nil before there is any.
  ///   - technique: what it is sent for. ``Technique/udpProbe`` must be allowed beside it.
  public func refusal(
    ofDatagram octets: Int?, to address: IPAddress, port: UInt16, mac: MACAddress?, technique: Technique,
    at moment: Timestamp
  ) -> Refusal? {
    if neverWritePorts.contains(port) { return Refusal(target: "\(address)", rule: .neverWrite(port)) }
    if octets == 0 { return Refusal(target: "\(address)", rule: .emptyDatagram) }
    if Self.isNoSingleHost(address) { return Self.group(address) }
    return scope.refusal(of: address, mac: mac, for: .udpProbe, allowed: allows.udpProbe, at: moment)
      ?? scope.refusal(of: address, mac: mac, for: technique, at: moment) ?? otRefusal(of: address, port)
  }

  private static let allNodes = IPAddress(IPv6Address.allNodes)

  private func unicastRefusal(
    of address: IPAddress, _ mac: MACAddress?, for technique: Technique, _ allowed: Bool, at moment: Timestamp
  ) -> Refusal? {
    // A frame to a group of stations would reach excluded devices too, and no host may answer a SYN
    // that came so (RFC 1122 §4.2.3.10).
    guard mac != nil else { return Refusal(target: "\(address)", rule: .unreadableDestination) }
    if Self.isNoSingleHost(address) { return Self.group(address) }
    return scope.refusal(of: address, mac: mac, for: technique, allowed: allowed, at: moment)
  }

  private func otRefusal(of address: IPAddress, _ port: UInt16) -> Refusal? {
    guard otPorts.contains(port), !allows.otIdentify else { return nil }
    return Refusal(target: "\(address)", rule: .industrialPort(port))
  }

  private func allNodesRefusal(at moment: Timestamp) -> Refusal? {
    if let allNodesRefusal { return allNodesRefusal }
    guard allows.ipv6Discovery else {
      return Refusal(target: "\(Self.allNodes)", rule: .techniqueNotAllowed(.ipv6Discovery))
    }
    return scope.validityRefusal(at: moment, target: "\(Self.allNodes)")
  }

  private static func group(_ address: IPAddress) -> Refusal { Refusal(target: "\(address)", rule: .groupAddress) }

  /// 224.0.0.0/4 (RFC 5771), 240.0.0.0/4 with 255.255.255.255 (RFC 1112 §4, RFC 919), 0.0.0.0
  /// (RFC 1122 §3.2.1.3), ff00::/8 and :: (RFC 4291 §2.5.2, §2.7). The broadcast address of a
  /// subnet is no such address here: its frame goes to one station.
  private static func isNoSingleHost(_ address: IPAddress) -> Bool {
    if let v4 = address.v4 { return v4.rawValue >= 0xe000_0000 || v4.rawValue == 0 }
    let (high, low) = address.words
    return high >> 56 == 0xff || (high == 0 && low == 0)
  }

  /// Octets follow the TCP header. The frame is one whose destination was read: its IP header is
  /// whole, and IPv6 has no extension headers.
  private static func carriesTCPPayload(_ frame: Span<UInt8>) -> Bool {
    let start = EthernetHeader.length
    let isIPv4 = frame[start] >> 4 == 4
    let segment = isIPv4 ? start + Int(frame[start] & 0x0f) * 4 : start + 40
    guard frame.count > segment + 12 else { return true }
    let length = isIPv4 ? start + 2 : start + 4
    let announced = Int(frame[length]) << 8 | Int(frame[length + 1])
    let end = isIPv4 ? start + announced : segment + announced
    return end > segment + Int(frame[segment + 12] >> 4) * 4
  }
}
