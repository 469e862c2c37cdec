public import Records

/// One question, or a few that share a conversation, asked of one device: a state machine without I/O,
/// clock or thread.
///
/// The driver performs its actions one after the other and tells it what comes of them. What was sent and
/// what came back is written down by the driver; a probe keeps only what it needs to decide.
public protocol Probe: Sendable {
  /// What it does to the other side.
  static var sheet: ProbeSheet { get }
  /// Called once, when the device's budget has room for the first action.
  mutating func begin(at now: MonotonicInstant) -> [ProbeAction]
  mutating func handle(_ event: ProbeEvent, at now: MonotonicInstant) -> [ProbeAction]
  /// When ``ProbeEvent/timer`` is to be delivered; nil when it waits only for events. The driver knows when
  /// a connection or an exchange has failed; what a silence means is for the probe to say.
  var wakeAt: MonotonicInstant? { get }
  /// nil until it is done. After that no action may follow; channels still open are closed by the driver.
  var report: ProbeReport? { get }
}

/// A probe's own small number for a channel: a TCP connection, a datagram exchange or an HTTP exchange.
/// A number means one channel for the whole life of the probe.
public typealias ProbeChannel = Int

/// What a probe wants done. The gate is asked about each; what it refuses comes back as
/// ``ProbeEvent/failed(_:reason:)``, and so does what goes beyond the sheet.
public enum ProbeAction: Hashable, Sendable {
  /// Opens a TCP connection to `port` of the device. ``ProbeEvent/opened(_:)`` follows, or `failed`.
  case connect(ProbeChannel, port: UInt16)
  /// What the device says on this connection, which is about to be opened, may be what it should have kept to itself: of it the
  /// driver writes down how much it was and its SHA-256, and no frame. Follows its ``connect(_:port:)``.
  case withhold(ProbeChannel)
  /// Sends octets on an open connection.
  case send(ProbeChannel, [UInt8])
  /// Says goodbye with FIN. No event follows on this channel. The next connection to the device is made when
  /// this one is over.
  case close(ProbeChannel)
  /// Sends a UDP datagram; replies come as ``ProbeEvent/received(_:_:)`` until the channel is closed. Another
  /// datagram on the same channel, to the same ports, leaves from the same socket.
  case datagram(ProbeChannel, DatagramRequest)
  /// One HTTP exchange on a connection of its own; ``ProbeEvent/response(_:_:)`` follows.
  case fetch(ProbeChannel, HTTPRequest)
  /// Enters what the login at hand is permitted for on an open connection. A probe that is no login is refused it, and
  /// none ever sees what is entered.
  case enter(ProbeChannel, LoginMessage)
  /// The same in a UDP datagram, whose payload is the message; the request's own is not sent.
  case enterDatagram(ProbeChannel, DatagramRequest, LoginMessage)
  /// The same in an HTTP exchange on a connection of its own.
  case enterFetch(ProbeChannel, LoginRequest)
  /// Logs in by SSH on a connection of its own; what comes of it is told to the login, which is no ordinary probe.
  case enterShell(ProbeChannel, port: UInt16)
}

/// What came of an action, or the time.
public enum ProbeEvent: Hashable, Sendable {
  /// Connected.
  case opened(ProbeChannel)
  /// The next octets of a connection, or a whole datagram.
  case received(ProbeChannel, [UInt8])
  /// The device ended an open connection. The probe need not close it.
  case ended(ProbeChannel, ConversationEnding)
  /// Never connected, not permitted, or beyond a limit; for datagrams also `port-unreachable`, after which
  /// the channel is closed. Nothing more comes of this channel.
  case failed(ProbeChannel, reason: String)
  case response(ProbeChannel, HTTPExchange)
  /// ``Probe/wakeAt`` has come.
  case timer
}

/// A UDP datagram to the device under test; never to a group.
public struct DatagramRequest: Hashable, Sendable {
  public let port: UInt16
  /// 1 to 1472 octets: an empty datagram made TwinCAT's service stop (nmap PR #1862), and larger ones
  /// would be fragmented.
  public let payload: [UInt8]
  /// The local port, where the protocol asks for one (ECHONET Lite: 3610); nil leaves it to the kernel.
  public let localPort: UInt16?
  /// True where answers come from another port of the device than the question went to (TFTP, RFC 1350 §4).
  public let anySourcePort: Bool

  public init(port: UInt16, payload: [UInt8], localPort: UInt16? = nil, anySourcePort: Bool = false) {
    self.port = port
    self.payload = payload
    self.localPort = localPort
    self.anySourcePort = anySourcePort
  }
}

/// What a probe came to.
public struct ProbeReport: Hashable, Sendable {
  /// What a service turned out to be.
  public enum Identification: Hashable, Sendable {
    /// `tls`: what it speaks is spoken inside TLS.
    case identified(ProtocolName, tls: Bool, basis: LocalizedText)
    /// Nothing it said identifies it; `ended` says how the last attempt ended.
    case unidentified(ended: String)
    /// No connection came about.
    case unreachable(reason: String)
  }

  public var verdicts: [ProbeVerdict]
  public var claims: [Claim]
  /// What was seen, whole, for those who judge it together with what other devices showed.
  public var facts: [Observation.Fact]
  /// nil where the probe says nothing about the protocol.
  public var identification: Identification?

  public init(
    verdicts: [ProbeVerdict] = [], claims: [Claim] = [], facts: [Observation.Fact] = [],
    identification: Identification? = nil
  ) {
    self.verdicts = verdicts
    self.claims = claims
    self.facts = facts
    self.identification = identification
  }
}
