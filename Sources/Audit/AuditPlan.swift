public import Addressing
public import Authority
public import Certificates
public import Declarations
public import Engine
public import Inventory
public import Probes
public import Profiles
public import Records

/// A protocol that somebody says a service speaks.
public struct PresumedService: Hashable, Sendable {
  public let name: ProtocolName
  /// It is spoken inside TLS, or is TLS.
  public let tls: Bool

  public init(_ name: ProtocolName, tls: Bool) {
    self.name = name
    self.tls = tls
  }
}

/// What a run is to do, decided before it starts.
public struct AuditPlan: Sendable {
  public var selection: TargetSelection
  /// The ports to probe, without those that nobody consented to.
  public var ports: PortSelection
  /// The ports that were asked for, as an expression.
  public var requestedPorts: String
  /// Industrial ports among them that are left out, because the scope does not name `ot-identify`.
  public var portsNotPermitted: Int
  public var scope: Scope
  public var seed: ScanSeed
  public var profiles: ProfileStore
  public var scanProfile: ScanProfile
  public var link: ScanProfile.LinkKind
  public var vendors: VendorRegistry?
  /// Frames a second for one device as the user asked: nil leaves it to the device's class, 0 lifts
  /// the ceiling. Devices known to be fragile keep theirs.
  public var deviceRate: Int?
  /// Frames a second in all; 0 = no ceiling.
  public var totalRate: Int
  /// Authorities that clients know, for the certificates of services; nil where nobody gave any.
  public var authorities: PublicAuthorities?
  /// From the end of one connection to a device to the beginning of the next, at least.
  public var connectionGap = Duration.zero
  /// Open ports are connected to, and what they say is judged.
  public var identifiesServices: Bool
  /// Only find out who is there.
  public var findsOnly: Bool
  /// What came out for an address is kept for the end of the run, beside being told at once.
  public var keepsResults = true
  /// How long a run listens whose profile sends nothing.
  public var listening = Duration.seconds(60)
  /// What the owner declared; nil without it. Devices to be handled with care are, from the first frame on.
  public var declarations: Declarations?
  /// What the devices are held against when everything was looked at.
  public var references: [any ReferenceCheck] = []
  /// The owner's ledger, against which the rows about it are judged at the end.
  public var ledger: Ledger?
  /// What judges what services showed, as soon as it was seen.
  public var judges: [any CaptureJudge] = []
  /// Which probes a service gets once it is known.
  public var registry = ProbeRegistry.standard
  /// What open TCP ports are taken for without being asked: somebody says that he knows. nil finds it out.
  public var presumed: PresumedService?
  /// A port that somebody says has a service over UDP: only the questions of its protocol are asked, and only there.
  public var presumedDatagrams: (name: ProtocolName, port: UInt16)?
  /// Ports of this host that another program uses: questions that must leave from them are not asked.
  public var takenPorts: Set<UInt16> = []

  public init(
    selection: TargetSelection, ports: PortSelection, scope: Scope, seed: ScanSeed, profiles: ProfileStore,
    scanProfile: ScanProfile, link: ScanProfile.LinkKind = .wired, vendors: VendorRegistry?, deviceRate: Int?,
    totalRate: Int, identifiesServices: Bool, findsOnly: Bool = false
  ) {
    self.selection = selection
    requestedPorts = ports.description
    let permitted = scope.techniques.contains(.otIdentify) ? ports : ports.removing(profiles.otPorts)
    self.ports = permitted
    portsNotPermitted = ports.count - permitted.count
    self.scope = scope
    self.seed = seed
    self.profiles = profiles
    self.scanProfile = scanProfile
    self.link = link
    self.vendors = vendors
    self.deviceRate = deviceRate
    self.totalRate = totalRate
    self.identifiesServices = identifiesServices
    self.findsOnly = findsOnly
  }

  /// The profile sends nothing at all: who is there shows only in what devices say unasked.
  var onlyListens: Bool { !scanProfile.probes }

  /// Each fact is an observation that verdicts rest on; a bare port scan gives only its figures.
  var keepsObservations: Bool { identifiesServices }

  /// Beside the scan's frames this host sends some of its own, which count too: those of connections, and on a
  /// switch that allows few ARP frames whatever else asks.
  func hearsOwnHost(on link: ScanProfile.LinkKind) -> Bool { identifiesServices || link == .managedSwitch }

  /// How long a service may stay silent before it is given up: some Telnet servers look the client's
  /// name up first (6 s were measured; protocols.md §4.2).
  func wait(for port: UInt16) -> Duration {
    profiles.telnetLikelyPorts.contains(port) ? .seconds(8) : .seconds(3)
  }

  /// Ordinary connections to a port are permitted: industrial control ports need their own consent.
  func mayConnect(to port: UInt16) -> Bool {
    identifiesServices && scope.techniques.contains(.serviceQuestions)
      && (!profiles.otPorts.contains(port) || scope.techniques.contains(.otIdentify))
  }

  /// Octets may be sent to a port by a question that fits any service: not where they would be printed, and not to
  /// controllers, which get only questions of their own protocol.
  func mayAsk(_ port: UInt16) -> Bool { !profiles.neverWritePorts.contains(port) && !profiles.otPorts.contains(port) }

  /// The scope allows the probe's technique, and the port is none that it must not touch.
  func permits(_ sheet: ProbeSheet, at endpoint: ServiceEndpoint) -> Bool {
    guard identifiesServices, scope.techniques.contains(sheet.technique),
      !profiles.neverWritePorts.contains(endpoint.port)
    else { return false }
    if profiles.otPorts.contains(endpoint.port) { return scope.techniques.contains(.otIdentify) }
    switch endpoint.transport {
    case .tcp: return scope.techniques.contains(.serviceQuestions)
    case .udp: return scope.techniques.contains(.udpProbe)
    }
  }

  private func isTaken(_ port: UInt16?) -> Bool { port.map { takenPorts.contains($0) } ?? false }

  /// The ports of this host that UDP questions of this run must leave from.
  public var datagramSourcePorts: Set<UInt16> { Set(datagrams.compactMap(\.probe.sourcePort)) }

  /// The names of the UDP questions that must leave from a port of this host, in both languages.
  public func datagramTitles(from port: UInt16) -> [LocalizedText] {
    profiles.udpProbes.filter { $0.sourcePort == port }.map(\.title)
  }

  /// The UDP questions that profile and scope allow, one for each port of a probe. A run that only
  /// looks for devices asks none.
  var datagrams: [PlannedDatagram] {
    guard scanProfile.probes, scope.techniques.contains(.udpProbe), !findsOnly else { return [] }
    if let (name, port) = presumedDatagrams {
      return profiles.udpProbes.filter { $0.protocolName == name }.enumerated().map {
        PlannedDatagram(probe: $1, port: port, place: $0)
      }
    }
    guard scanProfile.udp else { return [] }
    return profiles.udpProbes.filter { scope.techniques.contains($0.technique) && !isTaken($0.sourcePort) }
      .flatMap { probe in probe.ports.map { (probe, $0) } }
      .enumerated().map { PlannedDatagram(probe: $1.0, port: $1.1, place: $0) }
  }

  /// What a device of this class gets in this run.
  func limits(for deviceClass: DeviceClass) -> SegmentScan.Limits {
    let own = scanProfile.limits(for: deviceClass)
    let ceiling = scope.rates.perDevice
    func bounded(_ rate: Int) -> Int {
      if ceiling == 0 { return rate }
      return rate == 0 ? ceiling : min(rate, ceiling)
    }
    guard let deviceRate, deviceClass != .fragile else {
      // What the user asked for can only lower a fragile device's pace.
      let asked = deviceRate.map { $0 == 0 ? own.rate : min($0, own.rate) }
      return SegmentScan.Limits(rate: bounded(asked ?? own.rate), inFlight: own.inFlight)
    }
    let rate = bounded(deviceRate)
    // As many on their way as the rate sends in a time-out; a silent port is waited for that long.
    let inFlight = rate == 0 ? 0 : max(own.inFlight, rate * 3 / 50 + 1)
    return SegmentScan.Limits(rate: rate, inFlight: inFlight)
  }
}

extension SegmentScan.Limits {
  /// The lower of both, where 0 is no limit: after a distress a device may have less than its class.
  func lowered(to other: SegmentScan.Limits) -> SegmentScan.Limits {
    func lower(_ one: Int, _ two: Int) -> Int { one == 0 || two == 0 ? max(one, two) : min(one, two) }
    return SegmentScan.Limits(rate: lower(rate, other.rate), inFlight: lower(inFlight, other.inFlight))
  }
}

/// A UDP probe and one of the ports it is sent to.
struct PlannedDatagram: Sendable {
  let probe: UDPProbe
  let port: UInt16
  /// Among all that are sent.
  let place: Int
}

/// An interface and the addresses that are reached through it.
public struct SegmentPlan<Link: FrameDevice> {
  public let link: Link
  public let interface: String
  /// The kernel's number of the interface, the zone of its link-local addresses.
  public let index: Int32
  public let mac: MACAddress
  public let source: IPv4Address?
  public let linkLocal: IPv6Address?
  public let sourcePort: UInt16
  public let datagramPort: UInt16
  public let captureFilter: String
  /// IPv4 addresses of the segment itself.
  public var addresses: [IPv4Address]
  /// IPv6 addresses that were asked for by name.
  public var addresses6: [IPv6Address]
  /// Addresses behind gateways, with the gateway's MAC address.
  public var offLink: [IPAddress: MACAddress]
  /// What this host's kernel knows of the segment's neighbours already.
  public var known: [IPv4Address: MACAddress] = [:]
  /// Whether `link` sends frames, or connects in their place.
  public var backEnd = SegmentScan.BackEnd.frames
  /// What kind of link it was found to be; nil leaves it to ``AuditPlan/link``.
  public var kind: ScanProfile.LinkKind?
  /// UDP ports of this host, beside `datagramPort`, that `link` holds for questions which must leave from them.
  public var fixedDatagramPorts: Set<UInt16> = []
  /// The MAC address of a neighbour that answered, from this host's kernel, where frames do not tell it;
  /// nil for what lies behind a gateway.
  public var neighbour: (IPAddress) -> MACAddress? = { _ in nil }

  public init(
    link: Link, interface: String, index: Int32, mac: MACAddress, source: IPv4Address?, linkLocal: IPv6Address?,
    sourcePort: UInt16, datagramPort: UInt16, captureFilter: String, addresses: [IPv4Address],
    addresses6: [IPv6Address] = [], offLink: [IPAddress: MACAddress] = [:]
  ) {
    self.link = link
    self.interface = interface
    self.index = index
    self.mac = mac
    self.source = source
    self.linkLocal = linkLocal
    self.sourcePort = sourcePort
    self.datagramPort = datagramPort
    self.captureFilter = captureFilter
    self.addresses = addresses
    self.addresses6 = addresses6
    self.offLink = offLink
  }
}
