public import Addressing
public import Records

/// What a capture showed of the devices' own traffic. Contents are never part of it.
public struct TrafficFacts: Hashable, Sendable {
  /// Who protected what was carried, as far as the octets show.
  public enum Protection: Hashable, Sendable {
    case none
    /// TLS or DTLS; the version on the wire, such as 0x0303.
    case tls(version: UInt16)
    /// Neither readable nor a known protection.
    case opaque
  }

  /// How the other side's certificate looked, where it could be seen.
  public enum PeerCertificate: Hashable, Sendable {
    case valid, expired, wrongName, selfSigned, privateAuthority
    /// TLS 1.3 does not show it.
    case hidden
  }

  /// Packets of one 5-tuple without the device's own port.
  public struct Flow: Hashable, Sendable {
    public let device: DeviceID
    public let peer: IPAddress
    public let transport: Transport
    public let port: UInt16
    /// The side of the device that answers, rather than asks.
    public var isIncoming = false
    public var protocolName: ProtocolName?
    public var protection: Protection
    /// The name asked for (SNI), or the question's name that led to the address.
    public var name: String?
    public var certificate: PeerCertificate?
    /// The device sent a certificate of its own.
    public var clientCertificate = false
    /// Application data followed the handshake.
    public var carriedData = true
    /// What was fetched is an update: its place says so (`.bin`, `/firmware/` …).
    public var isUpdate = false
    public var octetsOut = 0
    public var octetsIn = 0
    /// When traffic began after a pause, ascending.
    public var bursts: [Timestamp]
    /// Octets of each burst, in both directions; as many as ``bursts``, or none where they were not counted.
    public var burstOctets: [Int] = []
    public let evidence: [String]

    public init(
      device: DeviceID, peer: IPAddress, transport: Transport, port: UInt16, protection: Protection,
      bursts: [Timestamp] = [], evidence: [String] = []
    ) {
      self.device = device
      self.peer = peer
      self.transport = transport
      self.port = port
      self.protection = protection
      self.bursts = bursts
      self.evidence = evidence
    }
  }

  /// A record that a device sent to a collector.
  public struct LogRecord: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
      /// RFC 5424 §6.2.1: severity 0 … 7.
      case syslog(severity: Int)
      case trap
      /// Inside TLS or DTLS, or encrypted by SNMPv3: that something was sent is all that shows.
      case encrypted
    }

    public let device: DeviceID
    public let collector: IPAddress
    public let at: Timestamp
    public let kind: Kind
    /// False inside TLS.
    public let isClear: Bool
    /// By UDP, which anybody can send in the device's name.
    public var isDatagram = true
    /// Tells of a failed login.
    public var failedLogin = false
    /// Addresses that the record's text names: whom a failed login came from.
    public var named: [IPAddress] = []
    /// Something that looks like a password, token, session or personal identifier; which kind, never the value.
    public var sensitive: String?
    /// A person looked at ``sensitive`` and says that it is one.
    public var isConfirmed = false
    public let evidence: [String]

    public init(
      device: DeviceID, collector: IPAddress, at: Timestamp, kind: Kind, isClear: Bool, evidence: [String] = []
    ) {
      self.device = device
      self.collector = collector
      self.at = at
      self.kind = kind
      self.isClear = isClear
      self.evidence = evidence
    }
  }

  /// A failed login that was provoked with consent, to see whether it is written down.
  public struct Stimulus: Hashable, Sendable {
    public let device: DeviceID
    public let at: Timestamp
    /// Whom the device saw; nil where that is not known.
    public var source: IPAddress?

    public init(device: DeviceID, at: Timestamp, source: IPAddress? = nil) {
      self.device = device
      self.at = at
      self.source = source
    }
  }

  /// Watching that was seen: who polls or collects.
  public struct Watching: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable, CaseIterable {
      case snmpPolling = "SNMP"
      case flowExport = "NetFlow/IPFIX"
      case syslog
    }

    public let kind: Kind
    public let from: IPAddress

    public init(_ kind: Kind, from: IPAddress) {
      self.kind = kind
      self.from = from
    }
  }

  public var from: Timestamp
  public var to: Timestamp
  /// Where it was taken, in words: a file, a mirror port.
  public var place: String
  public var flows: [Flow]
  public var logs: [LogRecord]
  public var stimuli: [Stimulus]
  public var watching: [Watching]
  /// Devices seen in an 802.1X exchange that succeeded.
  public var admitted: Set<DeviceID>
  /// Devices whose own traffic (more than broadcasts) is in the capture; of others it says nothing.
  public var seen: Set<DeviceID>
  /// Packets that the capture lost.
  public var dropped: Int
  /// Flows and connections that were not followed, since there were too many of them.
  public var unfollowed = 0

  public init(from: Timestamp, to: Timestamp, place: String, seen: Set<DeviceID>) {
    self.from = from
    self.to = to
    self.place = place
    self.seen = seen
    flows = []
    logs = []
    stimuli = []
    watching = []
    admitted = []
    dropped = 0
  }

  func flows(of device: DeviceID) -> [Flow] { flows.filter { $0.device == device } }
  func logs(of device: DeviceID) -> [LogRecord] { logs.filter { $0.device == device } }
}
