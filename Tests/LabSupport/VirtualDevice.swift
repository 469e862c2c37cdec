public import Addressing
public import Records

/// A device on a ``VirtualSegment``.
public final class VirtualDevice {
  public enum Port: Hashable, Sendable {
    case open, closed, silent
    /// A filter answers with ICMP type 3 code 13.
    case prohibited
    /// A SYN-ACK that acknowledges a number nobody sent.
    case forged
  }

  public let mac: MACAddress
  public let address: IPv4Address
  /// Further addresses of the same interface.
  public var aliases: [IPv4Address] = []
  /// From the end of a question to its answer.
  public var roundTrip = Duration.microseconds(400)
  /// Of 1000 frames so many are lost, in each direction.
  public var lossPerMille: UInt64 = 0
  /// Nothing is answered from this moment on.
  public var diesAt: MonotonicInstant?
  /// Time for which nothing is answered.
  public var sleeps: Range<MonotonicInstant>?
  /// It answers ARP for its addresses only.
  public var ports: (UInt16) -> Port
  /// What a service says first; a service without an entry says nothing.
  public var greetings: [UInt16: [UInt8]] = [:]
  /// Services that close right after their greeting.
  public var closing: Set<UInt16> = []

  // What reached its cable, counted here and not by the code under test.

  /// Every frame sent to this device alone: probes, ARP polls, the kernel's frames.
  public internal(set) var unicast: [MonotonicInstant] = []
  /// SYN frames by port, in the order in which they came.
  public internal(set) var probes: [UInt16: [MonotonicInstant]] = [:]
  public internal(set) var firstProbes: [UInt16] = []
  public internal(set) var arpPolls = 0
  public internal(set) var connections: [UInt16] = []
  public internal(set) var openNow = 0
  public internal(set) var mostOpen = 0

  public init(mac: String, address: String, ports: @escaping (UInt16) -> Port = { _ in .closed }) {
    guard let mac = MACAddress(mac), let address = IPv4Address(address) else { preconditionFailure("bad address") }
    self.mac = mac
    self.address = address
    self.ports = ports
  }

  /// Opens `open`, closes every other port.
  public convenience init(mac: String, address: String, open: Set<UInt16>) {
    self.init(mac: mac, address: address) { open.contains($0) ? .open : .closed }
  }

  public var probeCount: Int { probes.values.reduce(0) { $0 + $1.count } }

  func owns(_ wanted: IPv4Address) -> Bool { wanted == address || aliases.contains(wanted) }

  func answers(at now: MonotonicInstant) -> Bool {
    if let diesAt, now >= diesAt { return false }
    return sleeps?.contains(now) != true
  }

  /// The most frames within any window of one second, both ends included, found by trying the
  /// window that begins at each frame.
  public var peak: Int { mostWithinOneSecond(unicast) }
}

/// The most moments within any window of exactly one second, both ends included.
public func mostWithinOneSecond(_ moments: [MonotonicInstant]) -> Int {
  var most = 0
  var first = 0
  for (index, moment) in moments.enumerated() {
    while moment - moments[first] > .seconds(1) { first += 1 }
    most = max(most, index - first + 1)
  }
  return most
}
