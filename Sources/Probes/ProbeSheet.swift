public import Records

/// What a probe does to the other side. Its limits are kept by whoever drives it, so that a probe which
/// is wrong about itself is stopped rather than believed.
public struct ProbeSheet: Hashable, Sendable {
  /// Names the probe in files and in the record: `redis`. Lower case, digits and hyphens.
  public let id: String
  /// What a scope has to allow: ``Technique/serviceQuestions`` for connections,
  /// ``Technique/udpProbe`` for datagrams, ``Technique/otIdentify`` for controllers of plants,
  /// ``Technique/tlsVulnerability`` for provoking known faults of TLS.
  public let technique: Technique
  /// The question in words, without any judgement: "a PING command". It becomes part of the findings.
  public let sends: LocalizedText
  /// What it leaves behind on the device: log entries, processes, counters.
  public let leavesBehind: String
  /// The worst that a device is known to have done, with where that was seen.
  public let worstReaction: String
  /// TCP connections, one after the other.
  public let connections: Int
  public let datagrams: Int
  /// HTTP exchanges, which the device's ``HTTPAllowance`` bounds too.
  public let fetches: Int
  /// How long it may take from its first to its last action.
  public let duration: Duration

  public init(
    id: String, technique: Technique, sends: LocalizedText, leavesBehind: String, worstReaction: String,
    connections: Int = 0, datagrams: Int = 0, fetches: Int = 0, duration: Duration
  ) {
    self.id = id
    self.technique = technique
    self.sends = sends
    self.leavesBehind = leavesBehind
    self.worstReaction = worstReaction
    self.connections = connections
    self.datagrams = datagrams
    self.fetches = fetches
    self.duration = duration
  }
}
