public import Addressing
public import Authority
internal import CHTTP
internal import CLinux
public import Probes
public import Records

/// HTTP by libcurl: one exchange is one connection, to an address that the gate has permitted and to no other
/// (CHTTP makes the socket and compares). Nothing is looked up, followed, remembered or confessed to: no DNS, proxy,
/// redirect or reused connection; no cookie or credential but in a login that has a permit.
///
/// TLS is spoken as old devices speak it, down to TLS 1.0 and any cipher, and certificates are collected instead of
/// checked: that is looking, not trusting. The gate is asked before each step that could send. Reading keeps to a
/// pace as ``SocketDialer`` does.
public final class CurlClient: HTTPClient {
  private struct Exchange {
    let number: Int32
    let request: HTTPRequest
    let address: IPAddress
    let mac: MACAddress?
    let begun: MonotonicInstant
    var deadline: MonotonicInstant { begun + request.timeout }
    var pace: SegmentPace
    /// Segments that the log has been told of, and those that the pace was charged with.
    var told = 0
    var charged = SegmentPace.handshake
  }

  /// A LAN device that does not complete the handshake in this time has no free slot for it.
  static let connectTimeout = Duration.seconds(4)
  /// Octets of a head that are kept; more ends the exchange.
  static let headLimit = 65_536
  static let mostBody = 16 * 1024 * 1024
  /// How often a connection that is being made is looked at: no descriptor tells.
  private static let connectingStep = Duration.milliseconds(5)

  let gate: TransmissionGate
  private let log: DepartureLog?
  private let agent: String
  private let monotonic: @Sendable () -> MonotonicInstant
  let wall: @Sendable () -> Timestamp
  private var exchanges: [Int: Exchange] = [:]
  private var nextNumber = 0

  /// - Parameters:
  ///   - agent: the User-Agent, by which the device's owner finds this program in its log.
  ///   - log: is told of every segment that leaves; nil where a capture sees them.
  public init(
    gate: TransmissionGate, agent: String = "tenken", log: DepartureLog? = nil,
    monotonic: @escaping @Sendable () -> MonotonicInstant, wall: @escaping @Sendable () -> Timestamp
  ) {
    self.gate = gate
    self.agent = agent
    self.log = log
    self.monotonic = monotonic
    self.wall = wall
  }

  deinit { for exchange in exchanges.values { CHTTP_end(exchange.number) } }

  /// The sockets that are waited for.
  public var descriptors: [CInt] {
    let now = monotonic()
    return exchanges.values.filter { $0.pace.next <= now }.map { CHTTP_descriptor($0.number) }.filter { $0 >= 0 }
  }

  public var wakeAt: MonotonicInstant? {
    let now = monotonic()
    return exchanges.values.map { exchange in
      // Until the request has left, it waits for the socket to take it.
      let isAsking = CHTTP_size(exchange.number, CInt(CHTTP_REQUEST)) == 0
      let next = isAsking ? now + Self.connectingStep : exchange.deadline
      return exchange.pace.next > now ? min(exchange.pace.next, exchange.deadline) : next
    }.min()
  }

  public func localPort(_ exchange: Int) -> UInt16? {
    guard let known = exchanges[exchange] else { return nil }
    let port = CHTTP_local_port(known.number)
    return port == 0 ? nil : port
  }

  public func begin(
    _ request: HTTPRequest, to address: IPAddress, zone: Int32?, mac: MACAddress?, from source: IPAddress?
  ) -> SessionOpening {
    begin(request, to: address, zone: zone, mac: mac, from: source, logsIn: false)
  }

  /// - Parameter logsIn: it may hold a credential or a session's cookie, which has been permitted.
  func begin(
    _ request: HTTPRequest, to address: IPAddress, zone: Int32?, mac: MACAddress?, from source: IPAddress?, logsIn: Bool
  ) -> SessionOpening {
    if let refusal = refusal(address, request.port, mac) { return .refused("\(refusal)") }
    let text: [UInt8]
    do throws(MalformedRequest) {
      text = try request.text(agent: agent, logsIn: logsIn)
    } catch {
      return .refused(error.reason)
    }
    if let source, source.isIPv4 != address.isIPv4 { return .localFailure("the source is of the other family") }
    let pace = SegmentPace(perSecond: SocketDialer.standardPace)
    let number = unsafe CHTTP_begin(
      settings(request, address, zone, source, pace), text, CInt(clamping: text.count))
    guard number >= 0 else { return .localFailure("no room for another exchange") }
    nextNumber += 1
    exchanges[nextNumber] = Exchange(
      number: number, request: request, address: address, mac: mac, begun: monotonic(),
      pace: pace)
    return .started(nextNumber)
  }

  private func settings(
    _ request: HTTPRequest, _ address: IPAddress, _ zone: Int32?, _ source: IPAddress?, _ pace: SegmentPace
  ) -> CHTTP_request {
    let place = CLinux_address(address)
    let from = CLinux_address(source ?? address)
    var settings = CHTTP_request()
    (settings.high, settings.low, settings.is_ipv4) = (place.high, place.low, place.is_ipv4)
    (settings.source_high, settings.source_low, settings.has_source) = (from.high, from.low, source != nil)
    settings.zone = UInt32(bitPattern: zone ?? 0)
    settings.port = request.port
    settings.secure = request.secure
    settings.method = request.method.number
    settings.fields = CInt(clamping: request.lines.count)
    settings.head_limit = CInt(Self.headLimit)
    settings.body_limit = CInt(min(max(0, request.bodyLimit), Self.mostBody))
    settings.read_octets = CInt(pace.readOctets)
    settings.receive_octets = SocketDialer.receiveBuffer
    // libcurl's limits are seconds behind this side's, which knows the run's clock. Its limit for connecting
    // covers the TLS handshake, for which a small processor takes longer than for TCP's.
    let total = max(1, request.timeout.nanoseconds / 1_000_000) + 2000
    settings.total_milliseconds = CInt(clamping: total)
    settings.connect_milliseconds =
      request.secure ? CInt(clamping: total) : CInt(Self.connectTimeout.nanoseconds / 1_000_000)
    return settings
  }

  private func refusal(_ address: IPAddress, _ port: UInt16, _ mac: MACAddress?) -> Refusal? {
    gate.refusal(
      ofPayloadTo: address, port: port, mac: mac, technique: .serviceQuestions, at: wall())
  }

  public func pace(_ exchange: Int, perSecond segments: Int) { exchanges[exchange]?.pace.set(perSecond: segments) }

  public func poll() -> [(exchange: Int, result: HTTPExchange)] {
    let now = monotonic()
    var results: [(exchange: Int, result: HTTPExchange)] = []
    for number in exchanges.keys.sorted() {
      guard let exchange = exchanges[number], var result = advance(number, exchange, now) else { continue }
      result.elapsed = now - exchange.begun
      results.append((number, result))
      cancel(number)
    }
    return results
  }

  private func advance(_ number: Int, _ exchange: Exchange, _ now: MonotonicInstant) -> HTTPExchange? {
    if let refusal = refusal(exchange.address, exchange.request.port, exchange.mac) {
      return HTTPExchange(of: exchange.number, endedBecause: "\(refusal)")
    }
    if now >= exchange.deadline {
      return HTTPExchange(of: exchange.number, endedBecause: "not over within \(exchange.request.timeout)")
    }
    account(number, now)
    guard let next = exchanges[number]?.pace.next, next <= now else { return nil }
    let isOver = CHTTP_perform(exchange.number)
    account(number, now)
    return isOver ? HTTPExchange(of: exchange.number, endedBecause: nil) : nil
  }

  /// Charges the pace, and tells the log, of what has left.
  private func account(_ number: Int, _ now: MonotonicInstant) {
    guard let exchange = exchanges[number] else { return }
    let sent = Int(CHTTP_segments(exchange.number))
    if sent > exchange.charged {
      exchanges[number]?.pace.charge(sent - exchange.charged, at: now)
      exchanges[number]?.charged = sent
    }
    if let log, sent > exchange.told {
      log.note(Departure(address: exchange.address, port: exchange.request.port, segments: sent - exchange.told))
      exchanges[number]?.told = sent
    }
  }

  public func cancel(_ exchange: Int) {
    guard let known = exchanges.removeValue(forKey: exchange) else { return }
    // What is not seen any more: the last acknowledgement, or the FIN and RST that stop a device in its stride.
    let last = CHTTP_descriptor(known.number) >= 0 ? 2 : 1
    CHTTP_end(known.number)
    if known.told > 0 {
      log?.note(Departure(address: known.address, port: known.request.port, segments: last))
    }
  }
}
