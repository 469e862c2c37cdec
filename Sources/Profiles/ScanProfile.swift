public import Records

/// How hard a run may press: a file of Profiles/scans.
///
/// Rates are whole frames or questions a second, and 0 lifts the ceiling. The numbers can be changed
/// in place, so that the command line and the scope can lower (or, where allowed, lift) them.
public struct ScanProfile: Hashable, Sendable {
  /// What one device gets (engine.md §6.6, §6.8), beside one ordinary connection at a time.
  public struct DeviceLimits: Hashable, Sendable {
    /// Frames a second; 0 = no ceiling.
    public var rate: Int
    /// Probes without an answer at one moment, half-open connections included; 0 = no ceiling.
    public var inFlight: Int

    public init(rate: Int, inFlight: Int) {
      self.rate = rate
      self.inFlight = inFlight
    }
  }

  /// What lies between the auditor and the devices of a segment.
  public enum LinkKind: String, Hashable, Sendable, CaseIterable {
    case wired
    /// Broadcasts are unacknowledged, slow, and kept back for sleeping stations (RFC 9119 §3).
    case wifi
    /// A switch that shuts the auditor's port when it hears too much ARP (dynamic ARP inspection).
    case managedSwitch = "managed-switch"
  }

  /// How addresses of the own segment are asked for.
  public struct ARPPacing: Hashable, Sendable {
    /// Questions a second on the interface, sweeps, unicast re-probes and heartbeats together.
    public var rate: Int
    /// Waiting time after each round of questions; as many rounds as elements.
    public var rounds: [Duration]

    public init(rate: Int, rounds: [Duration]) {
      self.rate = rate
      self.rounds = rounds
    }
  }

  /// How often a silent port is asked.
  public struct Tries: Hashable, Sendable {
    /// Even without any measured loss.
    public var least: Int
    /// Whatever the loss.
    public var most: Int
    /// Tries are added until the measured loss, to the power of tries, is at most this.
    public var missBound: Double

    public init(least: Int, most: Int, missBound: Double) {
      self.least = least
      self.most = most
      self.missBound = missBound
    }
  }

  /// How a device's health is watched (engine.md §6.7).
  public struct Health: Hashable, Sendable {
    /// Between two questions whether the device is still there.
    public var heartbeat: Duration
    /// After which a question counts as missed.
    public var heartbeatTimeout: Duration
    /// How long a frozen device is given to come back before it counts as lost.
    public var recoveryWait: Duration

    public init(heartbeat: Duration, heartbeatTimeout: Duration, recoveryWait: Duration) {
      self.heartbeat = heartbeat
      self.heartbeatTimeout = heartbeatTimeout
      self.recoveryWait = recoveryWait
    }
  }

  /// When a `normal` device may be treated as `robust`: after this many valid answers over at least
  /// this time, without one loss, reset limit, slow answer or missed heartbeat.
  public struct Promotion: Hashable, Sendable {
    public var answers: Int
    public var after: Duration

    public init(answers: Int, after: Duration) {
      self.answers = answers
      self.after = after
    }
  }

  /// The file's name without its extension.
  public let id: String
  public let title: LocalizedText
  /// What it is for, in a sentence.
  public let summary: LocalizedText
  /// False when nothing at all may be sent, not even an ARP question.
  public var probes: Bool
  public var fragile: DeviceLimits
  public var normal: DeviceLimits
  public var robust: DeviceLimits
  /// Frames a second through the interface; 0 = no ceiling.
  public var totalRate: Int
  /// Frames a second through one gateway or relay; 0 = no ceiling.
  public var segmentRate: Int
  public var wired: ARPPacing
  public var wifi: ARPPacing
  public var managedSwitch: ARPPacing
  public var tries: Tries
  public var health: Health
  /// UDP probes are sent.
  public var udp: Bool
  /// UDP probes a second for one device until its limit of ICMP answers has been measured.
  public var udpRate: Int
  /// nil when no device is promoted.
  public var promotion: Promotion?

  /// What a device of this class gets.
  public func limits(for deviceClass: DeviceClass) -> DeviceLimits {
    switch deviceClass {
    case .fragile: fragile
    case .normal: normal
    case .robust: robust
    }
  }

  /// How addresses are asked for on a link of this kind.
  public func arp(on link: LinkKind) -> ARPPacing {
    switch link {
    case .wired: wired
    case .wifi: wifi
    case .managedSwitch: managedSwitch
    }
  }
}
