public import Records

/// Which probes a service gets: a line each, in ``standard``.
public struct ProbeRegistry: Sendable {
  /// What makes a probe fit.
  public enum Trigger: Hashable, Sendable {
    /// A TCP service of one of these protocols; `tls` nil: inside TLS or not.
    case tcp([ProtocolName], tls: Bool? = nil)
    /// An open TCP port with one of these numbers that nothing identified: its protocol waits for a question that
    /// identification does not ask.
    case unidentifiedTCP([UInt16])
    /// A UDP service of one of these protocols, which has answered the scan's own question.
    case udp([ProtocolName])
  }

  public struct Line: Sendable {
    public let sheet: ProbeSheet
    public let trigger: Trigger
    let make: @Sendable (ProbeTarget) -> (any Probe)?

    /// - Parameter make: nil when what is known of the target already says that the question is idle.
    public init<P: Probe>(_ trigger: Trigger, _ make: @escaping @Sendable (ProbeTarget) -> P?) {
      sheet = P.sheet
      self.trigger = trigger
      self.make = make
    }
  }

  public let lines: [Line]

  public init(_ lines: [Line]) { self.lines = lines }

  /// The probes for a target, in the order of the lines.
  public func probes(for target: ProbeTarget) -> [any Probe] {
    lines.compactMap { $0.trigger.fits(target) ? $0.make(target) : nil }
  }
}

extension ProbeRegistry.Trigger {
  func fits(_ target: ProbeTarget) -> Bool {
    switch self {
    case .tcp(let names, let tls):
      target.endpoint.transport == .tcp && target.protocolName.map(names.contains) == true
        && (tls == nil || tls == target.tls)
    case .unidentifiedTCP(let ports):
      target.endpoint.transport == .tcp && target.protocolName == nil && ports.contains(target.endpoint.port)
    case .udp(let names):
      target.endpoint.transport == .udp && target.protocolName.map(names.contains) == true
    }
  }
}
