public import Addressing
public import Authority
public import Engine
public import Profiles
public import Records

/// What a run is to do, decided before it starts.
public struct AuditPlan: Sendable {
  public var selection: TargetSelection
  public var ports: PortSelection
  public var scope: Scope
  public var seed: ScanSeed
  public var profiles: ProfileStore
  public var vendors: VendorRegistry?
  /// Frames a second for one device, at most the scope's.
  public var deviceRate: Int
  public var totalRate: Int

  public init(
    selection: TargetSelection, ports: PortSelection, scope: Scope, seed: ScanSeed, profiles: ProfileStore,
    vendors: VendorRegistry?, deviceRate: Int, totalRate: Int
  ) {
    self.selection = selection
    self.ports = ports
    self.scope = scope
    self.seed = seed
    self.profiles = profiles
    self.vendors = vendors
    self.deviceRate = deviceRate
    self.totalRate = totalRate
  }

  /// How long a service may stay silent before it is given up: some Telnet servers look the client's
  /// name up first (6 s were measured; protocols.md §4.2).
  func wait(for port: UInt16) -> Duration {
    profiles.telnetLikelyPorts.contains(port) ? .seconds(8) : .seconds(3)
  }

  /// Ordinary connections to a port are permitted: industrial control ports need their own consent.
  func mayConnect(to port: UInt16) -> Bool {
    scope.techniques.contains(.serviceIdentification)
      && (!profiles.otPorts.contains(port) || scope.techniques.contains(.otIdentify))
  }
}

/// An interface and the addresses that are reached through it.
public struct SegmentPlan<Link: FrameDevice> {
  public let link: Link
  public let interface: String
  public let mac: MACAddress
  public let source: IPv4Address
  public let sourcePort: UInt16
  public let captureFilter: String
  public let addresses: [IPv4Address]

  public init(
    link: Link, interface: String, mac: MACAddress, source: IPv4Address, sourcePort: UInt16, captureFilter: String,
    addresses: [IPv4Address]
  ) {
    self.link = link
    self.interface = interface
    self.mac = mac
    self.source = source
    self.sourcePort = sourcePort
    self.captureFilter = captureFilter
    self.addresses = addresses
  }
}

/// The world around a run: clocks, waiting, and the wish to stop.
public struct RunEnvironment {
  public var monotonic: () -> MonotonicInstant
  public var wall: () -> Timestamp
  /// Returns when input waits or the time has come.
  public var wait: (MonotonicInstant) -> Void
  public var shouldStop: () -> Bool
  public var progress: (AuditProgress) -> Void
  /// Called with each finding as soon as its evidence is written.
  public var announce: (Finding) -> Void

  public init(
    monotonic: @escaping () -> MonotonicInstant, wall: @escaping () -> Timestamp,
    wait: @escaping (MonotonicInstant) -> Void, shouldStop: @escaping () -> Bool,
    progress: @escaping (AuditProgress) -> Void, announce: @escaping (Finding) -> Void = { _ in }
  ) {
    self.monotonic = monotonic
    self.wall = wall
    self.wait = wait
    self.shouldStop = shouldStop
    self.progress = progress
    self.announce = announce
  }
}

/// Where a run stands.
public struct AuditProgress: Hashable, Sendable {
  public var devices = 0
  public var devicesDone = 0
  public var portsSettled = 0
  public var portsTotal = 0
  public var openPorts = 0
  public var findings = 0
  public var framesSent = 0
  public var elapsed = Duration.zero
  /// How long the slowest device takes at its rate if its other ports answer as those before did.
  public var left = Duration.zero
  public var sweeping = true

  public init() {}
}
