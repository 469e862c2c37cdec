public import Addressing

/// What was looked at on one device, and what answered. Every verdict rests on one of these.
public struct DeviceCoverage: Hashable, Sendable, Codable {
  /// TCP ports by what their probes came to. `sent` counts frames, the others ports.
  public struct TCP: Hashable, Sendable, Codable {
    /// The ports that were to be probed, as a canonical expression such as `1-65535`.
    public var requested: String
    public var requestedCount: Int
    /// SYN frames sent, retries included.
    public var sent: Int
    public var open: Int
    public var closed: Int
    /// Ports that gave no answer to any try.
    public var silent: Int
    /// Ports that never reached a final state: the run or the device stopped first.
    public var unresolved: Int
    /// The requested range was the whole of 1–65535 and every port of it reached a final state.
    /// `silent` says how many of these states are silence.
    public var complete: Bool

    public init(requested: String, requestedCount: Int) {
      self.requested = requested
      self.requestedCount = requestedCount
      sent = 0
      open = 0
      closed = 0
      silent = 0
      unresolved = requestedCount
      complete = false
    }
  }

  public let device: DeviceID
  public let address: IPAddress
  public var tcp: TCP
  /// The device answered an ARP request before the first probe.
  public var aliveBefore: Bool
  /// The device answered an ARP request after the last probe; nil when it was not asked.
  public var aliveAfter: Bool?
  /// The most frames that left for this device within any one second, counted on the auditor's
  /// interface, the kernel's own frames included.
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
    case device, address, tcp, aliveBefore, aliveAfter, peakFramesPerSecond, framesSent, from, to, vantage, stopped
  }

  // By hand so that "not asked" and "not stopped" are written as null.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(device, forKey: .device)
    try container.encode(address, forKey: .address)
    try container.encode(tcp, forKey: .tcp)
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

/// From where was looked.
public struct Vantage: Hashable, Sendable, Codable {
  public let interface: String
  public let address: IPAddress

  public init(interface: String, address: IPAddress) {
    self.interface = interface
    self.address = address
  }
}

/// `coverage.json`: what was looked at, and what was not.
public struct Coverage: Hashable, Sendable, Codable {
  /// An address that was not probed, and the reason.
  public struct Omission: Hashable, Sendable, Codable {
    public let addresses: String
    public let reason: NotTestedReason
    public let detail: LocalizedText

    public init(addresses: String, reason: NotTestedReason, detail: LocalizedText) {
      self.addresses = addresses
      self.reason = reason
      self.detail = detail
    }
  }

  public var devices: [DeviceCoverage]
  /// Addresses asked by ARP.
  public var addressesAsked: Int
  public var addressesAnswered: Int
  public var omitted: [Omission]
  /// Frames that the kernel dropped before this program read them; 0 or the figures above are suspect.
  public var receiveDrops: Int
  /// The run was interrupted.
  public var partial: Bool

  public init(
    devices: [DeviceCoverage], addressesAsked: Int, addressesAnswered: Int, omitted: [Omission],
    receiveDrops: Int, partial: Bool
  ) {
    self.devices = devices
    self.addressesAsked = addressesAsked
    self.addressesAnswered = addressesAnswered
    self.omitted = omitted
    self.receiveDrops = receiveDrops
    self.partial = partial
  }
}
