import Addressing
import Authority
import Foundation
import LinkIO
import Probes
import Records
import SessionIO
import Testing

/// Exchanges with servers on loopback that are started for them.
struct CurlFixture {
  let loopback: IPAddress

  init() throws {
    loopback = try #require(IPAddress("127.0.0.1"))
    try run("ip", "link", "set", "lo", "up")
  }

  func client(_ gate: TransmissionGate, log: DepartureLog? = nil) -> CurlClient {
    CurlClient(
      gate: gate, agent: "tenken/test", log: log, monotonic: { SystemClock.monotonic }, wall: { SystemClock.wall })
  }

  struct NotBegun: Error { let opening: SessionOpening }

  /// The outcome of one exchange, and the local port it had.
  func exchange(
    _ client: CurlClient, _ request: HTTPRequest, to address: IPAddress? = nil, zone: Int32? = nil, pace: Int = 0,
    from source: IPAddress? = nil
  ) throws -> (result: HTTPExchange, localPort: UInt16?) {
    let opening = client.begin(request, to: address ?? loopback, zone: zone, mac: nil, from: source)
    guard case .started(let number) = opening else { throw NotBegun(opening: opening) }
    client.pace(number, perSecond: pace)
    var port: UInt16?
    let deadline = SystemClock.monotonic + .seconds(30)
    while SystemClock.monotonic < deadline {
      let results = client.poll()
      port = client.localPort(number) ?? port
      if let mine = results.first(where: { $0.exchange == number }) { return (mine.result, port) }
      SystemClock.wait(
        for: client.descriptors, until: min(client.wakeAt ?? deadline, SystemClock.monotonic + .milliseconds(20)))
    }
    client.cancel(number)
    throw NotBegun(opening: .localFailure("never over"))
  }

  /// A server whose `behaviour` says what happens on each connection `c`; `read()` takes a request's head, `q`
  /// keeps the octets of all requests, and `print` what is to be seen at the end.
  func withServer(
    _ behaviour: String, connections: Int = 1, address: String = "127.0.0.1", zone: Int32 = 0,
    _ body: (_ port: UInt16, _ printed: () -> String) throws -> Void
  ) throws {
    try withProgram(
      """
      v6 = ':' in '\(address)'
      s = socket.socket(socket.AF_INET6 if v6 else socket.AF_INET)
      s.bind(('\(address)', 0, 0, \(zone)) if v6 else ('\(address)', 0)); s.listen(8)
      print(s.getsockname()[1], flush=True)
      s.settimeout(4); q = b''
      def read():
          global q
          r = b''
          while b'\\r\\n\\r\\n' not in r:
              d = c.recv(4096)
              if not d: break
              r += d
          q += r
          return r
      for _ in range(\(connections)):
          try: c, a = s.accept()
          except TimeoutError: break
          try:
              \(behaviour)
          except OSError as e: pass
          c.close()
      """, body)
  }
}

/// An address that is not optional, where an optional one is taken too.
func target(_ text: String) throws -> IPAddress {
  let address: IPAddress = try #require(IPAddress(text))
  return address
}
