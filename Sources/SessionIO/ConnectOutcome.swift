public import Addressing
public import Authority

/// The immediate outcome of ``ConnectScanner/start(_:zone:port:)``.
public enum ConnectStart: Hashable, Sendable {
  /// The outcome under this number comes with ``ConnectScanner/poll(now:)``.
  case started(Int)
  /// Not permitted; nothing was sent.
  case refused(Refusal)
  /// As many connections as allowed are under way; offer the probe again.
  case full
  /// This host could not begin. Nothing was learnt about the device; offer the probe again.
  case local(errno: Int32, text: String)
}

/// What one probe by connect() came to.
public struct ConnectOutcome: Hashable, Sendable {
  public enum Result: Hashable, Sendable {
    /// The handshake was completed.
    case open
    /// A RST came (RFC 9293 §3.10.7.3).
    case closed
    /// No answer within the time-out.
    case silent
    /// Nobody answered this host's ARP question or neighbour solicitation, so nothing was sent.
    case unresolved
    /// An ICMP message from elsewhere said no, with this code of ICMP type 3 or ICMPv6 type 1; the text
    /// says which error.
    case unreachable(code: UInt8, String)
    /// This host failed. Nothing was learnt about the device; offer the probe again.
    case local(errno: Int32, text: String)
  }

  /// As returned by ``ConnectScanner/start(_:zone:port:)``.
  public let number: Int
  public let address: IPAddress
  public let port: UInt16
  public let result: Result
  /// Segments that left for the device beyond the SYN until the outcome was noticed.
  public let segments: Int
  /// From connect() to the moment at which the outcome was noticed.
  public let elapsed: Duration
}

/// Segments that this host's kernel sent to a device on a connection, beyond those told before.
public struct Departure: Hashable, Sendable {
  public let address: IPAddress
  public let port: UInt16
  public let segments: Int
}
