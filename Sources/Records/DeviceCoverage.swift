public import Addressing

/// What was looked at on one device, and what answered. Every verdict rests on one of these.
public struct DeviceCoverage: Hashable, Sendable, Codable {
  /// TCP ports by what their probes came to. `sent`, `answered` and `retried` count frames, the
  /// others ports; `requestedCount` is the sum of open, closed, silent, unresolved and not permitted.
  public struct TCP: Hashable, Sendable, Codable {
    /// The ports that were to be probed, as a canonical expression such as `1-65535`.
    public var requested: String
    public var requestedCount: Int
    /// SYN frames sent, retries included.
    public var sent: Int
    /// Answers to them: SYN-ACK and RST with a valid cookie.
    public var answered: Int
    /// Of ``sent``, those that repeated the question to a port.
    public var retried: Int
    public var open: Int
    public var closed: Int
    /// Ports that no TCP segment came from, to any try.
    public var silent: Int
    /// Of ``silent``, the ports for which an ICMP message said no (RFC 1122 §3.2.2.1, RFC 4443 §3.1).
    public var filtered: Int
    /// Ports of industrial control protocols, left out because the scope does not allow
    /// ``Technique/otIdentify``.
    public var notPermitted: Int
    /// Ports that never reached a final state: the run or the device stopped first.
    public var unresolved: Int
    /// The requested range was the whole of 1–65535 and every port of it reached a final state.
    /// `silent` says how many of these states are silence.
    public var complete: Bool

    public init(requested: String, requestedCount: Int) {
      self.requested = requested
      self.requestedCount = requestedCount
      sent = 0
      answered = 0
      retried = 0
      open = 0
      closed = 0
      silent = 0
      filtered = 0
      notPermitted = 0
      unresolved = requestedCount
      complete = false
    }
  }

  /// UDP ports by what their probes came to. `sent` counts datagrams, the others ports.
  public struct UDP: Hashable, Sendable, Codable {
    /// The ports that were to be probed, as a canonical expression.
    public var requested: String
    public var requestedCount: Int
    /// Datagrams sent, retries included.
    public var sent: Int
    /// Ports whose service answered.
    public var open: Int
    /// Ports for which the device sent ICMP "port unreachable".
    public var closed: Int
    /// Ports that said nothing: a service that ignores the question looks like a filter.
    public var openOrFiltered: Int
    /// Which they are, ascending; nil in packs of earlier versions.
    public var silentPorts: [UInt16]?
    /// Ports that never reached a final state.
    public var unresolved: Int

    public init(requested: String, requestedCount: Int) {
      self.requested = requested
      self.requestedCount = requestedCount
      sent = 0
      open = 0
      closed = 0
      openOrFiltered = 0
      silentPorts = []
      unresolved = requestedCount
    }
  }

  /// How many frames the path to the device loses, measured on probes that were answered at a later try.
  public struct Loss: Hashable, Sendable, Codable {
    /// Probes whose fate is known.
    public var probes: Int
    /// Of these, the ones that an answer was due to and that got none. Resets that the device withholds, because it
    /// limits them, are not due.
    public var lost: Int
    /// The upper end of the one-sided 95 % confidence interval of the loss rate, 0 … 1.
    public var rateUpperBound: Double
    /// The probability, at that rate, that a given open port was missed by every try, 0 … 1.
    public var missBound: Double

    public init(probes: Int, lost: Int, rateUpperBound: Double, missBound: Double) {
      self.probes = probes
      self.lost = lost
      self.rateUpperBound = rateUpperBound
      self.missBound = missBound
    }
  }

  public let device: DeviceID
  public let address: IPAddress
  public var tcp: TCP
  /// nil when no UDP port was asked for.
  public var udp: UDP?
  /// `fragile`, `normal` or `robust`: how the device was treated in the end.
  public var deviceClass: String
  /// The most frames a second that it was to get; nil for no ceiling.
  public var rateCeiling: Int?
  /// nil when too little was answered to measure it.
  public var loss: Loss?
  /// Frames that the kernel dropped unread while this device was probed, and that were not made good
  /// by probing again.
  public var receiveDrops: Int
  /// RST a second beyond which the device stays silent, as measured; nil when no limit was seen.
  public var rstLimit: Int?
  /// ICMP errors a second beyond which it stays silent, as measured; nil when no limit was seen.
  public var icmpLimit: Int?
  /// Ports that nobody listens on were "open" too: something else answers in the device's place.
  public var answersEverything: Bool
  /// What the probing did to the device, in order.
  public var distress: [Distress]
  /// The device answered ARP, a neighbour solicitation or whatever it was found by before the first probe.
  public var aliveBefore: Bool
  /// It answered the same after the last probe; nil when it was not asked.
  public var aliveAfter: Bool?
  /// The most frames that left for this device within any one second, counted on the auditor's
  /// interface, the kernel's own frames included. Without a capture the kernel's count of each connection
  /// stands for them.
  public var peakFramesPerSecond: Int
  public var framesSent: Int
  public var from: Timestamp
  public var to: Timestamp
  public var vantage: Vantage
  /// Why probing ended early, when it did.
  public var stopped: LocalizedText?

  public init(
    device: DeviceID, address: IPAddress, tcp: TCP, aliveBefore: Bool, from: Timestamp, vantage: Vantage
  ) {
    self.device = device
    self.address = address
    self.tcp = tcp
    udp = nil
    deviceClass = "normal"
    rateCeiling = nil
    loss = nil
    receiveDrops = 0
    rstLimit = nil
    icmpLimit = nil
    answersEverything = false
    distress = []
    self.aliveBefore = aliveBefore
    aliveAfter = nil
    peakFramesPerSecond = 0
    framesSent = 0
    self.from = from
    to = from
    self.vantage = vantage
    stopped = nil
  }

  private enum CodingKeys: String, CodingKey {
    case device, address, tcp, udp, deviceClass, rateCeiling, loss, receiveDrops, rstLimit, icmpLimit
    case answersEverything, distress
    case aliveBefore, aliveAfter, peakFramesPerSecond, framesSent, from, to, vantage, stopped
  }

  // By hand so that what was not asked, not measured or not the case is written as null.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(device, forKey: .device)
    try container.encode(address, forKey: .address)
    try container.encode(tcp, forKey: .tcp)
    try container.encode(udp, forKey: .udp)
    try container.encode(deviceClass, forKey: .deviceClass)
    try container.encode(rateCeiling, forKey: .rateCeiling)
    try container.encode(loss, forKey: .loss)
    try container.encode(receiveDrops, forKey: .receiveDrops)
    try container.encode(rstLimit, forKey: .rstLimit)
    try container.encode(icmpLimit, forKey: .icmpLimit)
    try container.encode(answersEverything, forKey: .answersEverything)
    try container.encode(distress, forKey: .distress)
    try container.encode(aliveBefore, forKey: .aliveBefore)
    try container.encode(aliveAfter, forKey: .aliveAfter)
    try container.encode(peakFramesPerSecond, forKey: .peakFramesPerSecond)
    try container.encode(framesSent, forKey: .framesSent)
    try container.encode(from, forKey: .from)
    try container.encode(to, forKey: .to)
    try container.encode(vantage, forKey: .vantage)
    try container.encode(stopped, forKey: .stopped)
  }
}
