public import Addressing
public import Records

extension SegmentScan {
  /// One address that is being probed.
  public struct Target: Sendable {
    public let address: IPv4Address
    public let mac: MACAddress
    public internal(set) var scan: PortScan
    var check: LivenessCheck?
    var reportedFinished = false
    /// The device is there although it does not answer probes.
    var silenceExplained = false
    /// Our own unicast ARP questions that the capture has not shown yet.
    var ownARP = 0

    /// It answered before, and now a whole series of probes has brought nothing.
    var isSuspiciouslySilent: Bool {
      scan.answers > 0 && scan.sentSinceAnswer >= SegmentScan.silenceBeforeCheck && !silenceExplained
    }

    init(address: IPv4Address, mac: MACAddress, scan: PortScan) {
      self.address = address
      self.mac = mac
      self.scan = scan
    }
  }

  struct LivenessCheck: Sendable {
    enum Purpose: Sendable { case requested, silence }

    static let tries = 3
    static let interval = Duration.milliseconds(300)

    let purpose: Purpose
    var sent = 0
    var nextAt: MonotonicInstant

    init(purpose: Purpose, now: MonotonicInstant) {
      self.purpose = purpose
      nextAt = now
    }
  }

  /// The target with this address, when it is being probed.
  public func target(_ address: IPv4Address) -> Target? { positions[address].map { list[$0] } }

  /// Keeps part of the device's budget free for an ordinary connection.
  public mutating func reserveSession(_ address: IPv4Address) {
    if let index = positions[address] { inSession.insert(list[index].mac) }
  }

  /// Gives the reserved part back.
  public mutating func releaseSession(_ address: IPv4Address) {
    if let index = positions[address] { inSession.remove(list[index].mac) }
  }

  /// Whether a connection's handshake and close fit the device's budget now.
  public mutating func sessionFits(_ address: IPv4Address, now: MonotonicInstant) -> Bool {
    guard let index = positions[address] else { return false }
    let free = budgets[list[index].mac]?.headroom(now: now) ?? 0
    return free >= min(Self.sessionReserve - Self.reserve, configuration.deviceRate)
  }

  /// The most frames that left for the device of `address` within one second, and all of them.
  public func frames(to address: IPv4Address) -> (peak: Int, total: Int) {
    guard let index = positions[address], let budget = budgets[list[index].mac] else { return (0, 0) }
    return (budget.peak, budget.total)
  }
}
