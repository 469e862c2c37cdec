public import Addressing
public import Records

/// A device on a ``VirtualSegment``: what it does, and what reached it.
public final class VirtualDevice {
  public enum Port: Hashable, Sendable {
    case open, closed, silent
    /// A filter answers with ICMP "administratively prohibited".
    case prohibited
    /// A SYN-ACK that acknowledges a number nobody sent.
    case forged
  }

  /// A port of one of its addresses.
  public struct Place: Hashable, Sendable {
    public let address: IPAddress
    public let port: UInt16

    public init(address: IPAddress, port: UInt16) {
      self.address = address
      self.port = port
    }
  }

  /// What a UDP question brings.
  public enum DatagramAnswer: Hashable, Sendable {
    /// ICMP "port unreachable".
    case closed
    case silent
    /// Octets, from another port than the one that was asked when one is given (RFC 1350 §4).
    case octets([UInt8], from: UInt16? = nil)
  }

  public struct Datagram: Hashable, Sendable {
    public let at: MonotonicInstant
    public let address: IPAddress
    public let port: UInt16
    public let payload: [UInt8]
  }

  /// Where frames for it go: its own MAC address, or the gateway's when it is off the link.
  public let mac: MACAddress
  public let address: IPAddress
  /// Further addresses of the same interface. To be set before the segment is made.
  public var aliases: [IPAddress] = []
  /// No question of the link (ARP, neighbour solicitation) reaches it.
  public var isOffLink = false
  public var answersLinkQuestions = true
  public var answersEcho = true
  public var timeToLive: UInt8 = 64
  public var window: UInt16 = 29_200

  /// From the end of a question to its answer.
  public var roundTrip = Duration.microseconds(400)
  /// Up to so much more, evenly distributed.
  public var jitter = Duration.zero
  /// From a moment on the round trip is another one.
  public var slow: (from: MonotonicInstant, roundTrip: Duration)?
  /// Of 1000 frames so many are lost, in each direction.
  public var lossPerMille: UInt64 = 0

  /// Nothing is answered from this moment on.
  public var diesAt: MonotonicInstant?
  /// Nothing is answered after so many SYN frames.
  public var diesAfterSYNs: Int?
  /// Time for which nothing is answered.
  public var sleeps: Range<MonotonicInstant>?
  /// It tells everybody its address when it comes back, as a stack that starts does (RFC 5227 §2.3).
  public var announcesReturn = false

  public var ports: (UInt16) -> Port
  public var datagrams: (UInt16, [UInt8]) -> DatagramAnswer = { _, _ in .closed }
  public var resetLimit: AnswerLimit?
  public var unreachableLimit: AnswerLimit?
  /// What a service says first; a service without an entry says nothing.
  public var greetings: [UInt16: [UInt8]] = [:]
  /// What a service answers to octets that are sent to it, by port; nil for nothing.
  public var replies: [UInt16: ([UInt8]) -> [UInt8]?] = [:]
  /// Services that close right after their greeting.
  public var closing: Set<UInt16> = []
  /// Keeps the octets of every frame the program sent to it.
  public var keepsFrames = false

  // What reached its cable, counted here and not by the code under test.

  /// Every frame sent to this device alone: probes, questions, the kernel's frames.
  public internal(set) var unicast: [MonotonicInstant] = []
  /// SYN frames by port, in the order in which they came, whatever the address.
  public internal(set) var probes: [UInt16: [MonotonicInstant]] = [:]
  public internal(set) var firstProbes: [UInt16] = []
  public internal(set) var probeCount = 0
  /// How many SYN frames each port of each address got.
  public internal(set) var probesByAddress: [IPAddress: [UInt16: Int]] = [:]
  /// Octets of data in TCP frames.
  public internal(set) var payloadOctets = 0
  public internal(set) var received: [Datagram] = []
  public internal(set) var frames: [(at: MonotonicInstant, octets: [UInt8])] = []
  /// Unicast ARP questions and neighbour solicitations.
  public internal(set) var linkPolls = 0
  public internal(set) var echoRequests = 0
  public internal(set) var connections: [UInt16] = []
  /// When each of them was begun.
  public internal(set) var connectionsAt: [MonotonicInstant] = []
  /// The octets that were sent to each service, all connections together.
  public internal(set) var heard: [UInt16: [UInt8]] = [:]
  public internal(set) var openNow = 0
  public internal(set) var mostOpen = 0
  /// The most probes whose answer had not yet reached the auditor at one moment.
  public internal(set) var mostPending = 0
  /// The most connections half open at one moment: SYN-ACK sent, no reset received.
  public internal(set) var mostHalfOpen = 0
  /// Connections that are half open now, with the sequence number that is expected next.
  public internal(set) var halfOpen: [Place: UInt32] = [:]
  /// RST frames by port.
  public internal(set) var resets: [Place: [MonotonicInstant]] = [:]
  var pending = 0
  var isExhausted = false

  public init(mac: String, address: String, ports: @escaping (UInt16) -> Port = { _ in .closed }) {
    guard let mac = MACAddress(mac), let address = IPAddress(address) else { preconditionFailure("bad address") }
    self.mac = mac
    self.address = address
    self.ports = ports
  }

  public init(mac: MACAddress, address: IPAddress, ports: @escaping (UInt16) -> Port = { _ in .closed }) {
    self.mac = mac
    self.address = address
    self.ports = ports
  }

  /// Opens `open`, closes every other port.
  public convenience init(mac: String, address: String, open: Set<UInt16>) {
    self.init(mac: mac, address: address) { open.contains($0) ? .open : .closed }
  }

  /// Counts a datagram from an ordinary socket of the auditor's.
  func take(datagram payload: [UInt8], to port: UInt16, at now: MonotonicInstant) {
    unicast.append(now)
    received.append(Datagram(at: now, address: address, port: port, payload: payload))
  }

  public var addresses: [IPAddress] { [address] + aliases }

  func owns(_ wanted: IPAddress) -> Bool { wanted == address || aliases.contains(wanted) }

  /// It is well at a moment.
  public func answers(at now: MonotonicInstant) -> Bool {
    if isExhausted { return false }
    if let diesAt, now >= diesAt { return false }
    return sleeps?.contains(now) != true
  }

  func roundTrip(at now: MonotonicInstant) -> Duration {
    if let slow, now >= slow.from { return slow.roundTrip }
    return roundTrip
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
