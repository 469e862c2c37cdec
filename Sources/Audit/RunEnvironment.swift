public import Records

/// The world around a run: clocks, waiting, and the wish to stop.
public struct RunEnvironment {
  public var monotonic: () -> MonotonicInstant
  public var wall: () -> Timestamp
  /// Returns when input waits or the time has come.
  public var wait: (MonotonicInstant) -> Void
  /// Why the run is to end before it is done; nil while it may go on.
  public var stopReason: () -> StopReason?
  public var progress: (AuditProgress) -> Void
  /// Called with each finding as soon as its evidence is written.
  public var announce: (Finding) -> Void
  /// Called with each address as soon as nothing is left to do on it.
  public var settled: (HostReport) -> Void

  public init(
    monotonic: @escaping () -> MonotonicInstant, wall: @escaping () -> Timestamp,
    wait: @escaping (MonotonicInstant) -> Void, stopReason: @escaping () -> StopReason?,
    progress: @escaping (AuditProgress) -> Void, announce: @escaping (Finding) -> Void = { _ in },
    settled: @escaping (HostReport) -> Void = { _ in }
  ) {
    self.monotonic = monotonic
    self.wall = wall
    self.wait = wait
    self.stopReason = stopReason
    self.progress = progress
    self.announce = announce
    self.settled = settled
  }
}

/// Why a run ends early. All of them leave a valid pack that can be resumed.
public enum StopReason: Hashable, Sendable {
  /// Ctrl-C or SIGTERM.
  case interrupted
  /// The maintenance window is over.
  case windowClosed

  var text: LocalizedText {
    switch self {
    case .interrupted: LocalizedText(ja: "検査が中断されました。", en: "The run was interrupted.")
    case .windowClosed:
      LocalizedText(ja: "作業時間枠が終わったため、検査を止めました。", en: "The run stopped because its window of time closed.")
    }
  }
}

/// What came out for one address.
public struct HostReport: Sendable {
  public let device: Device
  public let coverage: DeviceCoverage
  /// Ascending.
  public let open: [UInt16]
  public let openUDP: [UInt16]
  /// The port list of the coverage, with every port's state.
  public let ports: PortRecord

  /// The same of a device that says other things of itself, such as with names of people taken out.
  public func of(_ device: Device) -> HostReport {
    HostReport(device: device, coverage: coverage, open: open, openUDP: openUDP, ports: ports)
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
