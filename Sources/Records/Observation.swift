public import Addressing

/// Something that was seen, by what means, when. Observations are never judged in place: checks
/// turn them into findings, the checklist turns findings and coverage into verdict proposals.
public struct Observation: Hashable, Sendable, Codable {
  /// `EV-000001`, unique in a run.
  public let id: String
  public let at: Timestamp
  public let technique: Technique
  public let subject: Subject
  public let fact: Fact
  /// Paths of the octets behind it, relative to the pack.
  public let evidence: [String]

  public init(
    id: String, at: Timestamp, technique: Technique, subject: Subject, fact: Fact, evidence: [String] = []
  ) {
    self.id = id
    self.at = at
    self.technique = technique
    self.subject = subject
    self.fact = fact
    self.evidence = evidence
  }

  /// What the observation is about. Wireless networks join here when they come.
  public enum Subject: Hashable, Sendable, Codable {
    case device(DeviceID)
    case service(DeviceID, ServiceEndpoint)
  }

  /// What was seen. Wireless elements join here when they come.
  public enum Fact: Hashable, Sendable, Codable {
    /// The device answered an ARP request.
    case answeredARP(address: IPAddress)
    /// The device answered a neighbour solicitation (RFC 4861 §4.4).
    case answeredNeighbourSolicitation(address: IPAddress)
    /// The device answered an ICMP or ICMPv6 echo request.
    case answeredEcho(address: IPAddress)
    /// The device answered a single SYN, or a connection in its place, of the search for devices; be it by a reset.
    case answeredSYN(address: IPAddress)
    /// A frame that the device sent on its own named the address; `by` says what kind of frame.
    case sighted(address: IPAddress, by: String)
    /// The TCP port's answer was settled.
    case port(PortState)
    /// The UDP port's answer was settled, by the payload of the probe of this name.
    case udp(PortState, probe: String)
    /// The device fell silent or slow while it was probed.
    case distress(Distress)
    /// The service said enough to be known; `tls` is true inside TLS and left out elsewhere, as in packs of versions
    /// that could not look there.
    case serviceIdentified(ProtocolName, tls: Bool? = nil, basis: LocalizedText)
    /// A connection was accepted and `octets` octets came, which identify nothing.
    case serviceUnidentified(octets: Int, ended: String)
    /// The ordinary connection was not accepted although the port had answered.
    case connectionFailed(reason: String)
    /// A probe asked its question.
    case probed(ProbeVerdict)
    /// What the device says of itself.
    case claimed([Claim])
    /// What a TLS service showed before encryption.
    case tls(TLSCapture)
    /// What an SSH service showed before encryption.
    case ssh(SSHCapture)
    /// What a web server answered to a `GET`.
    case page(WebPage)
  }
}

/// A way of looking, as the scope file names it. Each is consented to by name.
public struct Technique: RawRepresentable, Hashable, Sendable, Comparable {
  public let rawValue: String

  public init(rawValue: String) { self.rawValue = rawValue }

  /// ARP requests and their answers.
  public static let arpDiscovery = Technique(rawValue: "arp-discovery")
  /// TCP SYN frames; connections are never completed by it.
  public static let tcpSYN = Technique(rawValue: "tcp-syn")
  /// ICMP echo requests to single addresses.
  public static let icmpEcho = Technique(rawValue: "icmp-echo")
  /// Neighbour solicitations, and echo requests and multicast-listener queries to all nodes of the link.
  public static let ipv6Discovery = Technique(rawValue: "ipv6-discovery")
  /// UDP datagrams with the payload of a protocol's own harmless question.
  public static let udpProbe = Technique(rawValue: "udp-probe")
  /// Listening to what devices broadcast anyway; nothing is sent.
  public static let passive = Technique(rawValue: "passive")
  /// Ordinary TCP connections that wait for what the service says and, where it says nothing or more is to be known, ask
  /// it a question that changes nothing.
  public static let serviceQuestions = Technique(rawValue: "service-questions")
  /// Frames to the ports of industrial control protocols.
  public static let otIdentify = Technique(rawValue: "ot-identify")
  /// Provoking known faults of TLS implementations (Heartbleed, early ChangeCipherSpec, ROBOT, Ticketbleed, POODLE in TLS): small stacks
  /// may hang on it, so that it is consented to separately.
  public static let tlsVulnerability = Technique(rawValue: "tls-vulnerability")
  /// Logins with the few names and passwords that a device is known to have from its maker. Each group of devices needs
  /// the consent of its access administrator beside.
  public static let defaultCredentials = Technique(rawValue: "default-credentials")
  /// Logins with a bounded list of published pairs, such as malware carries, which a device that locks may answer by
  /// locking. Consented to separately.
  public static let credentialList = Technique(rawValue: "credential-list")
  /// Hearing Wi-Fi on an interface in monitor mode; nothing is sent.
  public static let wifiListen = Technique(rawValue: "wifi-listen")
  /// The kernel's own scan for Wi-Fi networks, in which it asks which are there (probe requests).
  public static let wifiScan = Technique(rawValue: "wifi-scan")

  /// Every technique that this version knows, in the order in which an audit uses them.
  public static let known: [Technique] = [
    .passive, .arpDiscovery, .ipv6Discovery, .icmpEcho, .tcpSYN, .udpProbe, .serviceQuestions, .otIdentify,
    .tlsVulnerability, .defaultCredentials, .credentialList, .wifiListen, .wifiScan,
  ]

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

extension Technique: Codable {
  public init(from decoder: any Decoder) throws {
    rawValue = try decoder.singleValueContainer().decode(String.self)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(rawValue)
  }
}
