internal import Addressing
internal import CLinux
internal import Glibc

/// A port that no other program of this host can use: bound, never read.
///
/// The kernel then has a socket for what answers raw frames, so that another program gets no stray
/// answer, and a device is not told that the port it answered to is closed: the kernel sends no ICMP for a datagram, and
/// for a SYN-ACK no RST, before which it would ask ARP and fill its neighbour table. Ending what a SYN-ACK left
/// half open is the scan's business. Whoever connects to the port is not answered either.
final class PortReservation {
  let port: UInt16
  private let sockets: [Socket]

  /// Finding one number that is free in both families takes one attempt, but for bad luck.
  private static let attempts = 16

  /// Any port that is free.
  /// - Parameters:
  ///   - stream: a TCP port, else a UDP port.
  ///   - source: reserves the port on this IPv4 address.
  ///   - ipv6: reserves the same number on every IPv6 address.
  convenience init(stream: Bool, source: IPv4Address?, ipv6: Bool, _ interface: String) throws(LinkError) {
    for _ in 0..<Self.attempts {
      var number: UInt16 = 0
      let v4 = try Self.bind(&number, stream: stream, to: source, wanted: source != nil, interface)
      let v6 = try Self.bind(&number, stream: stream, to: nil, wanted: ipv6, interface)
      guard case .held(let first) = v4, case .held(let second) = v6, number != 0 else { continue }
      self.init(number, [first, second])
      return
    }
    throw Self.failure(EADDRINUSE, interface)
  }

  /// The UDP port of this number.
  /// - Returns: nil when another program uses it in either family.
  convenience init?(datagrams number: UInt16, source: IPv4Address?, ipv6: Bool, _ interface: String) throws(LinkError) {
    var wanted = number
    let v4 = try Self.bind(&wanted, stream: false, to: source, wanted: source != nil, interface)
    let v6 = try Self.bind(&wanted, stream: false, to: nil, wanted: ipv6, interface)
    guard case .held(let first) = v4, case .held(let second) = v6 else { return nil }
    self.init(number, [first, second])
  }

  private init(_ port: UInt16, _ sockets: [Socket?]) {
    self.port = port
    self.sockets = sockets.compactMap { $0 }
  }

  /// A bound socket, closed with its last owner.
  private final class Socket {
    private let descriptor: OwnedDescriptor

    init(adopting descriptor: CInt) { self.descriptor = OwnedDescriptor(adopting: descriptor) }
  }

  private enum Binding {
    /// nil when the family is not wanted.
    case held(Socket?)
    case inUse
  }

  private static func bind(
    _ port: inout UInt16, stream: Bool, to source: IPv4Address?, wanted: Bool, _ interface: String
  ) throws(LinkError) -> Binding {
    guard wanted else { return .held(nil) }
    let descriptor: CInt
    if var address = source?.rawValue.bigEndian {
      descriptor = unsafe CLinux_reserve_port(stream ? 1 : 0, &address, &port)
    } else {
      descriptor = unsafe CLinux_reserve_port(stream ? 1 : 0, nil, &port)
    }
    if descriptor >= 0 { return .held(Socket(adopting: descriptor)) }
    guard descriptor == -EADDRINUSE else { throw failure(-descriptor, interface) }
    return .inUse
  }

  private static func failure(_ number: CInt, _ interface: String) -> LinkError {
    .system(number, interface, ja: "応答を受けるポートを予約できません", en: "cannot reserve a port for the answers")
  }
}
