import Probes
import Records
import Testing

@testable import Audit

/// The slice of a finding has to hold what its response holds, however late the capture hands a frame over.
@Suite struct VisitTests {
  private let ended = MonotonicInstant(nanoseconds: 1_000_000_000)

  private func visit(received: Int, captured: Int) -> Visit {
    let visit = Visit(ProbeTask(endpoint: ServiceEndpoint(transport: .udp, port: 3610), probe: RedisProbe(port: 3610)))
    var channel = Visit.Channel(number: 0, carrier: .datagrams, port: 3610, session: 1)
    channel.received = [UInt8](repeating: 7, count: received)
    visit.channels = [channel]
    visit.capturedOctets = captured
    return visit
  }

  private func isCaptured(received: Int, captured: Int, after milliseconds: Int) -> Bool {
    visit(received: received, captured: captured).isCaptured(at: ended + .milliseconds(milliseconds), since: ended)
  }

  @Test func `frames that still lie in the ring are waited for, within bounds`() {
    #expect(!isCaptured(received: 28, captured: 14, after: 30))
    #expect(!isCaptured(received: 28, captured: 14, after: 499))
    #expect(isCaptured(received: 28, captured: 14, after: 500))
  }

  @Test func `once every connection's goodbye was captured nothing is waited for`() {
    let visit = visit(received: 28, captured: 28)
    visit.channels[0] = Visit.Channel(number: 0, carrier: .stream, port: 3610, session: 1)
    visit.channels[0].received = [UInt8](repeating: 7, count: 28)
    visit.channels.append(Visit.Channel(number: 1, carrier: .stream, port: 3610, session: 2))
    visit.capturedEnds = [50_001]
    #expect(!visit.isCaptured(at: ended + .milliseconds(29), since: ended))
    visit.capturedEnds = [50_001, 50_002]
    #expect(visit.isCaptured(at: ended, since: ended))
    visit.capturedOctets = 27
    #expect(!visit.isCaptured(at: ended, since: ended))
  }

  @Test func `what was captured whole, or by nobody, waits for the last goodbye only`() {
    for captured in [0, 28, 40] {
      #expect(!isCaptured(received: 28, captured: captured, after: 29))
      #expect(isCaptured(received: 28, captured: captured, after: 30))
    }
    #expect(isCaptured(received: 0, captured: 0, after: 0))
  }
}
