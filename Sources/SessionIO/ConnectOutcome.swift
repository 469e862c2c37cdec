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
    /// An ICMP message said no, or nobody answered ARP or the neighbour solicitation; the text says which error.
    case unreachable(String)
    /// This host failed. Nothing was learnt about the device; offer the probe again.
    case local(errno: Int32, text: String)
  }

  /// As returned by ``ConnectScanner/start(_:zone:port:)``.
  public let number: Int
  public let address: IPAddress
  public let port: UInt16
  public let result: Result
  /// From connect() to the moment at which the outcome was noticed.
  public let elapsed: Duration
}
