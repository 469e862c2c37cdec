public import Addressing
public import Probes
public import Records

/// Datagrams to the devices of a ``VirtualSegment``: what a device answers is what it answers the scan.
public final class VirtualExchanger: DatagramExchanger {
  private struct Exchange {
    let device: VirtualDevice
    let port: UInt16
  }

  private let segment: VirtualSegment
  private var exchanges: [Int: Exchange] = [:]
  private var due: [(at: MonotonicInstant, event: SessionEvent, session: Int)] = []
  private var number = 0
  public private(set) var sent: [(port: UInt16, octets: [UInt8])] = []

  public init(segment: VirtualSegment) { self.segment = segment }

  public var openExchanges: Int { exchanges.count }
  public var nextEvent: MonotonicInstant? { due.map(\.at).min() }

  public func open(
    _ address: IPAddress, zone: Int32?, mac: MACAddress?, port: UInt16, localPort: UInt16?, anySourcePort: Bool,
    from source: IPAddress?
  ) -> SessionOpening {
    guard let device = segment.devices.first(where: { $0.owns(address) }) else { return .localFailure("no route") }
    number += 1
    exchanges[number] = Exchange(device: device, port: port)
    return .started(number)
  }

  public func send(_ session: Int, _ octets: [UInt8]) -> SendOutcome {
    guard let exchange = exchanges[session], !octets.isEmpty else { return .refused("not open, or empty") }
    let device = exchange.device
    device.take(datagram: octets, to: exchange.port, at: segment.clock.now)
    sent.append((exchange.port, octets))
    guard device.answers(at: segment.clock.now) else { return .taken }
    let at = segment.clock.now + device.roundTrip
    switch device.datagrams(exchange.port, octets) {
    case .closed: due.append((at, .failed(session, reason: "port-unreachable"), session))
    case .silent: break
    case .octets(let answer, _): due.append((at, .received(session, answer), session))
    }
    return .taken
  }

  public func poll() -> [SessionEvent] {
    let ready = due.filter { $0.at <= segment.clock.now && exchanges[$0.session] != nil }
    due.removeAll { $0.at <= segment.clock.now }
    return ready.map(\.event)
  }

  public func close(_ session: Int) { exchanges[session] = nil }
}

/// Answers HTTP requests at once, by what a test says.
public final class VirtualWeb: HTTPClient {
  private let answer: (HTTPRequest) -> HTTPExchange
  private var ready: [(exchange: Int, result: HTTPExchange)] = []
  public private(set) var requests: [HTTPRequest] = []

  public init(_ answer: @escaping (HTTPRequest) -> HTTPExchange) { self.answer = answer }

  public func begin(
    _ request: HTTPRequest, to address: IPAddress, zone: Int32?, mac: MACAddress?, from source: IPAddress?
  ) -> SessionOpening {
    requests.append(request)
    ready.append((requests.count, answer(request)))
    return .started(requests.count)
  }

  public func poll() -> [(exchange: Int, result: HTTPExchange)] {
    defer { ready = [] }
    return ready
  }

  public func cancel(_ exchange: Int) { ready.removeAll { $0.exchange == exchange } }
}
