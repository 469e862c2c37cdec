public import Addressing
public import Records

/// What came of handing octets to the kernel.
public enum SendOutcome: Hashable, Sendable {
  /// They leave now or as soon as the device takes them.
  case taken
  /// Not permitted, or the session is not open; nothing left.
  case refused(String)
}

/// The seam to UDP sockets, one for each exchange with a device. Implementations ask the authority gate
/// about every datagram.
public protocol DatagramExchanger: AnyObject {
  /// Makes a socket; nothing leaves yet.
  /// - Parameters:
  ///   - zone: as for ``SessionDialer/open(_:zone:mac:port:from:)``; `mac` and `source` too.
  ///   - localPort: the local port to use, nil for any.
  ///   - anySourcePort: take datagrams from every port of the address, not only from `port`.
  func open(
    _ address: IPAddress, zone: Int32?, mac: MACAddress?, port: UInt16, localPort: UInt16?, anySourcePort: Bool,
    from source: IPAddress?
  ) -> SessionOpening
  /// Sends one datagram; an empty one is refused.
  func send(_ session: Int, _ octets: [UInt8]) -> SendOutcome
  /// `received` (a datagram each) and `failed` (`port-unreachable`, …) since the last call; never waits.
  func poll() -> [SessionEvent]
  /// Closes the socket; its number means nothing any more, and no event follows.
  func close(_ session: Int)
}

/// The seam to HTTP: one exchange is one connection. Implementations ask the authority gate before a socket
/// is made and again before octets leave.
public protocol HTTPClient: AnyObject {
  /// Begins an exchange; `zone`, `mac` and `source` as for ``SessionDialer/open(_:zone:mac:port:from:)``.
  /// - Returns: a number that names the exchange in ``poll()``.
  func begin(
    _ request: HTTPRequest, to address: IPAddress, zone: Int32?, mac: MACAddress?, from source: IPAddress?
  ) -> SessionOpening
  /// As ``SessionDialer/pace(_:perSecond:)``.
  func pace(_ exchange: Int, perSecond segments: Int)
  /// The local port that an exchange's frames have; nil before its connection is begun and once it is over.
  func localPort(_ exchange: Int) -> UInt16?
  /// When ``poll()`` is to be called though no descriptor is ready; nil when there is no such moment.
  var wakeAt: MonotonicInstant? { get }
  /// Exchanges that are over since the last call; never waits. Each comes once, also those that failed.
  func poll() -> [(exchange: Int, result: HTTPExchange)]
  /// Ends an exchange at once; nothing more comes of it.
  func cancel(_ exchange: Int)
}

extension HTTPClient {
  /// For clients whose segments reach no device.
  public func pace(_ exchange: Int, perSecond segments: Int) {}
  public func localPort(_ exchange: Int) -> UInt16? { nil }
  public var wakeAt: MonotonicInstant? { nil }
}
