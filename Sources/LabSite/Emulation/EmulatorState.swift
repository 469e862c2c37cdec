/// What an emulated device knows about itself: whether it was harmed, and how near it came to it.
public struct EmulatorState: Hashable, Sendable, Codable {
  /// What first went wrong, and when by the machine's clock.
  public struct Harm: Hashable, Sendable, Codable {
    public var cause: String
    public var unixNanoseconds: Int64
  }

  public var alive = true
  /// Still there, but its service takes no more connections, or took none for too long.
  public var serviceLost = false
  public var restarts = 0
  public var harm: Harm?
  /// IP packets addressed to the device alone.
  public var probes = 0
  /// Frames with a wrong length or checksum.
  public var malformed = 0
  public var broadcastsMissed = 0
  public var syns = 0
  public var synPeakPerSecond = 0
  /// SYNs without an answer because there was no room.
  public var synsDropped = 0
  public var halfOpen = 0
  public var halfOpenPeak = 0
  /// Places taken at the same time, half-open and held ones included.
  public var connectionsPeak = 0
  /// Completed handshakes.
  public var connections = 0
  public var resetsSent = 0
  public var resetsWithheld = 0
  public var unreachablesSent = 0
  public var unreachablesWithheld = 0
  /// Octets that reached a printing port, by port and transport (`9100/tcp`). Every such port has its entry.
  public var printedOctets: [String: Int] = [:]

  public init() {}
}
