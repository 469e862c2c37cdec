public import Addressing
public import Records

/// A talk with one service, without I/O: it is told what happened and says what to do next.
///
/// A conversation of this version never sends: it has no way to say so. That is the strongest form
/// of the promise that print ports get no payload.
public protocol Conversation: Sendable {
  /// Octets came.
  mutating func received(_ octets: [UInt8], at now: MonotonicInstant)
  /// The service closed, or the connection broke.
  mutating func ended(_ ending: ConversationEnding, at now: MonotonicInstant)
  /// When nothing more will come of waiting, unless octets come before.
  var deadline: MonotonicInstant { get }
  /// Enough is known, or ``deadline`` has passed.
  mutating func isOver(at now: MonotonicInstant) -> Bool
}

/// How the other side ended a connection.
public enum ConversationEnding: String, Hashable, Sendable, Codable {
  /// FIN.
  case closed
  /// RST after the connection was open.
  case reset
}

/// The seam to whatever opens connections. Implementations ask the authority gate first.
public protocol SessionDialer: AnyObject {
  /// Begins to connect. The outcome comes with ``poll()``.
  /// - Parameters:
  ///   - zone: the index of the interface that a link-local address belongs to (RFC 4007 §6); nil
  ///     leaves the choice to the routes.
  ///   - mac: the device behind the address; nil when it is not known, as behind a gateway.
  ///   - source: the local address to connect from, of the same family; nil leaves the choice to the kernel.
  /// - Returns: a number that names the session in later events.
  func open(
    _ address: IPAddress, zone: Int32?, mac: MACAddress?, port: UInt16, from source: IPAddress?
  ) -> SessionOpening
  /// Sends octets on an open connection. A port that must get no payload is refused below the caller.
  func send(_ session: Int, _ octets: [UInt8]) -> SendOutcome
  /// Sets how many segments a second a connection may cost its device from now on, 0 for no ceiling. The share
  /// is the caller's to choose: it knows the device's budget and what else takes from it.
  func pace(_ session: Int, perSecond segments: Int)
  /// What happened since the last call; never waits.
  func poll() -> [SessionEvent]
  /// When ``poll()`` is to be called though no descriptor is ready; nil when there is no such moment.
  var wakeAt: MonotonicInstant? { get }
  /// Says goodbye with FIN, reads what still comes for a moment, closes.
  func close(_ session: Int)
}

extension SessionDialer {
  /// For dialers whose segments reach no device.
  public func pace(_ session: Int, perSecond segments: Int) {}
  public var wakeAt: MonotonicInstant? { nil }
}

/// The immediate outcome of ``SessionDialer/open(_:zone:mac:port:from:)``.
public enum SessionOpening: Hashable, Sendable {
  case started(Int)
  /// Not permitted; nothing was sent.
  case refused(String)
  /// This host could not begin (out of descriptors or ports): no statement about the device.
  case localFailure(String)
}

public enum SessionEvent: Hashable, Sendable {
  /// Connected, from this local port.
  case opened(Int, localPort: UInt16)
  case received(Int, [UInt8])
  case ended(Int, ConversationEnding)
  /// Never connected: refused, unreachable or timed out.
  case failed(Int, reason: String)
  /// The closing talk is over; the session's number means nothing any more.
  /// - Parameter isReleased: the device has nothing left of the connection: it ended it after us, or reset it. Who ends first
  ///   keeps its block for a while (TIME-WAIT, RFC 9293 §3.6).
  case finished(Int, isReleased: Bool)
}
