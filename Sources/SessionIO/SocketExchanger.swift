public import Addressing
public import Authority
internal import CLinux
internal import Glibc
public import Probes
public import Records

/// UDP sockets, one for each exchange with a device, non-blocking.
///
/// The gate is asked before a socket is made and about every datagram. A datagram of another address is never
/// given to an exchange: the kernel keeps strangers out of a connected socket, and of one that takes any port
/// the sender is looked at here.
public final class SocketExchanger: DatagramExchanger {
  private struct Exchange: Sendable {
    let descriptor: CInt
    let address: IPAddress
    let zone: UInt32
    let mac: MACAddress?
    let port: UInt16
    /// 0 when the kernel chose it.
    let localPort: UInt16
    let anySourcePort: Bool
  }

  /// The longest payload of an unfragmented datagram over Ethernet: 1500 octets less the headers of IPv4 and UDP.
  static let mostOctets = 1472
  /// Octets of an answer that are kept.
  static let keptOctets = 2048
  /// Datagrams of one exchange that are taken at a time, so that a flood does not hold the loop up.
  static let mostAtOnce = 16

  let gate: TransmissionGate
  private let log: DepartureLog?
  let wall: @Sendable () -> Timestamp
  private var exchanges: [Int: Exchange] = [:]
  private var nextNumber = 0
  /// What sockets that were closed since held for other exchanges.
  private var waiting: [SessionEvent] = []

  /// - Parameter log: is told of every datagram that leaves; nil where a capture sees them.
  public init(gate: TransmissionGate, log: DepartureLog? = nil, wall: @escaping @Sendable () -> Timestamp) {
    self.gate = gate
    self.log = log
    self.wall = wall
  }

  deinit { for exchange in exchanges.values { _ = Glibc.close(exchange.descriptor) } }

  /// Readable when an answer or an ICMP error waits.
  public var descriptors: [CInt] { exchanges.values.map(\.descriptor) }

  public func open(
    _ address: IPAddress, zone: Int32?, mac: MACAddress?, port: UInt16, localPort: UInt16?, anySourcePort: Bool,
    from source: IPAddress?
  ) -> SessionOpening {
    if let refusal = gate.refusal(
      ofDatagram: nil, to: address, port: port, mac: mac, technique: .udpProbe, at: wall())
    {
      return .refused("\(refusal)")
    }
    if let source, source.isIPv4 != address.isIPv4 { return .localFailure(errorText(EAFNOSUPPORT)) }
    let zone = UInt32(bitPattern: zone ?? 0)
    let descriptor = CLinux_open_datagrams(
      CLinux_address(address), zone, port, CLinux_address(source ?? address), source != nil, localPort ?? 0,
      !anySourcePort)
    guard descriptor >= 0 else { return .localFailure(errorText(-descriptor)) }
    nextNumber += 1
    exchanges[nextNumber] = Exchange(
      descriptor: descriptor, address: address, zone: zone, mac: mac, port: port, localPort: localPort ?? 0,
      anySourcePort: anySourcePort)
    return .started(nextNumber)
  }

  public func send(_ session: Int, _ octets: [UInt8]) -> SendOutcome {
    guard let exchange = exchanges[session] else { return .refused("the socket is not open") }
    if let refusal = gate.refusal(
      ofDatagram: octets.count, to: exchange.address, port: exchange.port, mac: exchange.mac, technique: .udpProbe,
      at: wall())
    {
      return .refused("\(refusal)")
    }
    guard octets.count <= Self.mostOctets else { return .refused("\(octets.count) octets would be fragmented") }
    var result: CInt
    var tries = 0
    repeat {
      result = unsafe CLinux_send_datagram(
        exchange.descriptor, octets, CInt(octets.count), CLinux_address(exchange.address), exchange.zone, exchange.port)
      tries += 1
    } while result != 0 && tries < Self.mostAtOnce && Self.isOfOther(exchange)
    guard result == 0 else { return .refused(errorText(-result)) }
    log?.note(Departure(address: exchange.address, port: exchange.port, segments: 1))
    return .taken
  }

  func place(of session: Int) -> (address: IPAddress, port: UInt16, mac: MACAddress?)? {
    exchanges[session].map { ($0.address, $0.port, $0.mac) }
  }

  public func poll() -> [SessionEvent] {
    var events: [SessionEvent] = []
    // Closing a socket below may add to those that wait: they are given too.
    defer { waiting = [] }
    for number in exchanges.keys.sorted() {
      guard let exchange = exchanges[number] else { continue }
      receive: for _ in 0..<Self.mostAtOnce {
        switch take(exchange) {
        case .octets(let octets, let sender):
          if let owner = owner(of: sender, number, exchange) { events.append(.received(owner, octets)) }
        case .nothing: break receive
        case .failed(let reason):
          events.append(.failed(number, reason: reason))
          close(number)
          break receive
        }
      }
    }
    return waiting + events
  }

  private enum Taken {
    case octets([UInt8], from: IPAddress)
    case nothing
    case failed(String)
  }

  private func take(_ exchange: Exchange) -> Taken {
    var buffer = [UInt8](repeating: 0, count: Self.keptOctets)
    var sender = CLinux_address()
    let count = unsafe CLinux_take_datagram(exchange.descriptor, &buffer, CInt(buffer.count), &sender)
    if count >= 0 { return .octets(Array(buffer.prefix(Int(count))), from: IPAddress(sender)) }
    if [EAGAIN, EINTR].contains(-count) { return .nothing }
    return Self.reason(-count, exchange).map(Taken.failed) ?? .nothing
  }

  /// Sockets that share a local port and take any source port get each other's answers: the kernel knows only
  /// the port they are bound to.
  private func owner(of sender: IPAddress, _ number: Int, _ exchange: Exchange) -> Int? {
    if sender == exchange.address { return number }
    guard exchange.localPort != 0 else { return nil }
    return exchanges.filter {
      $0.value.address == sender && $0.value.localPort == exchange.localPort && $0.value.anySourcePort
    }.keys.min()
  }

  /// On a port that is shared, with other exchanges or with the scan's own questions, the kernel gives a socket the
  /// ICMP errors of every device that was asked from it.
  private static func isOfOther(_ exchange: Exchange) -> Bool {
    CLinux_take_icmp_error(exchange.descriptor, CLinux_address(exchange.address)).of_other
  }

  /// - Returns: nil for an error that another device's datagram brought.
  private static func reason(_ error: CInt, _ exchange: Exchange) -> String? {
    let icmp = CLinux_take_icmp_error(exchange.descriptor, CLinux_address(exchange.address))
    if icmp.of_other { return nil }
    // ICMP type 3 code 3 (RFC 792), ICMPv6 type 1 code 4 (RFC 4443 §3.1).
    if icmp.was_icmp, icmp.code == (exchange.address.isIPv4 ? 3 : 4), error == ECONNREFUSED {
      return "port-unreachable"
    }
    if icmp.from_self { return "no answer to the question for its MAC address" }
    return icmp.was_icmp ? "ICMP: \(errorText(error))" : errorText(error)
  }

  public func close(_ session: Int) {
    guard let exchange = exchanges.removeValue(forKey: session) else { return }
    if exchange.localPort != 0, exchange.anySourcePort { keepWhatIsOthers(session, exchange) }
    _ = Glibc.close(exchange.descriptor)
  }

  /// The kernel gives the datagrams of a shared port to the socket that was bound last; they must not go with it.
  private func keepWhatIsOthers(_ session: Int, _ exchange: Exchange) {
    for _ in 0..<Self.mostAtOnce {
      switch take(exchange) {
      case .octets(let octets, let sender):
        if let owner = owner(of: sender, session, exchange), owner != session {
          waiting.append(.received(owner, octets))
        }
      case .nothing: return
      case .failed: continue
      }
    }
  }
}
