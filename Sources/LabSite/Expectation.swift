/// What an audit at its default settings must find out about a device that is easily harmed, beside its open ports.
/// That it leaves every such device alive goes without saying.
public struct Expectation: Hashable, Sendable, Encodable {
  /// What the device bears less than; nil where it has no such limit.
  public struct Limits: Hashable, Sendable {
    /// From this many on, the device is harmed.
    public var halfOpen: Int?
    public var synsPerSecond: Int?
    /// As many connections as this are borne, half-open ones included.
    public var connections: Int?
    /// Answers it sends within a second at most.
    public var resetsPerSecond: Int?
    public var unreachablesPerSecond: Int?
  }

  public var weakness: String
  public var reachableBy: String
  /// Whether it answers an echo request to ff02::1; nil without IPv6.
  public var answersAllNodes: Bool?
  /// Every TCP port seems open, so that none of them is known to be.
  public var answersEverything: Bool
  /// The kind of distress that must be reported, although the audit did nothing wrong: `rebooted` or none.
  public var distress: String?
  public var limits: Limits
  /// Ports that print whatever they are sent: not one octet may go there.
  public var neverWrite: [UInt16]

  init(of device: Device, weakness: String) {
    let victim = device.victim
    self.weakness = weakness
    reachableBy = device.address == nil ? "ipv6-link-local" : "ipv4"
    answersAllNodes = device.speaksIPv6 ? device.answersAllNodes : nil
    answersEverything = victim?.answersEveryPort ?? false
    distress = victim?.restartsAfterProbes == nil ? nil : "rebooted"
    limits = Limits(
      halfOpen: victim?.synDeath?.halfOpen ?? victim?.backlog.map { $0 + 1 },
      synsPerSecond: victim?.synDeath?.perSecond,
      connections: victim?.pool?.size, resetsPerSecond: victim?.resetsPerSecond,
      unreachablesPerSecond: victim?.unreachablesPerSecond)
    neverWrite = device.services.filter { $0.daemon == .emulatedPrinting }.map(\.port)
  }

  private enum Key: String, CodingKey {
    case weakness, reachableBy, answersAllNodes, answersEverything, distress, limits, neverWrite
    case halfOpen, synsPerSecond, connections, resetsPerSecond, unreachablesPerSecond
  }

  /// By hand, because absent values must read `null`, not be left out.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(weakness, forKey: .weakness)
    try container.encode(reachableBy, forKey: .reachableBy)
    try container.encode(answersAllNodes, forKey: .answersAllNodes)
    try container.encode(answersEverything, forKey: .answersEverything)
    try container.encode(distress, forKey: .distress)
    try container.encode(neverWrite, forKey: .neverWrite)
    var inner = container.nestedContainer(keyedBy: Key.self, forKey: .limits)
    try inner.encode(limits.halfOpen, forKey: .halfOpen)
    try inner.encode(limits.synsPerSecond, forKey: .synsPerSecond)
    try inner.encode(limits.connections, forKey: .connections)
    try inner.encode(limits.resetsPerSecond, forKey: .resetsPerSecond)
    try inner.encode(limits.unreachablesPerSecond, forKey: .unreachablesPerSecond)
  }
}
