import Addressing
import LabSupport
import Records
import Testing

@testable import Probes

struct DTLSAuditProbeTests {
  private static let target = ProbeTarget(
    address: IPAddress(IPv4Address(rawValue: 0xc000_0201)), endpoint: ServiceEndpoint(transport: .udp, port: 5684),
    protocolName: .dtls, seed: 11, moment: ManualClock.startOfDay)

  private static func audit(_ server: SimulatedDTLSServer) -> (ProbeBench<DTLSAuditProbe>, TLSCapture?) {
    var server = server
    return audit(&server)
  }

  private static func audit(_ server: inout SimulatedDTLSServer) -> (ProbeBench<DTLSAuditProbe>, TLSCapture?) {
    var bench = ProbeBench(DTLSAuditProbe(target))
    bench.converse(with: &server)
    let capture = bench.probe.report?.facts.compactMap { if case .tls(let capture) = $0 { capture } else { nil } }.first
    return (bench, capture)
  }

  /// DTLS 1.2 with nothing weak.
  private static let modern = SimulatedDTLSServer([0xfefd: [0xc02f, 0xc030]])
  private static let old = SimulatedDTLSServer([
    0xfefd: [0xc02f, 0x0033, 0x0034, 0x0001, 0x000a], 0xfeff: [0xc013, 0x002f],
  ])
  private static let families = ["tls.null", "tls.anon", "tls.export", "tls.des", "tls.rc4", "tls.3des"]
  /// What is not asked of DTLS.
  private static let elsewhere = ["tls.sslv2", "tls.sslv3", "tls.1.0", "tls.1.1", "tls.compression"]

  @Test func `a sound service is refuted everywhere, in 20 datagrams or fewer`() throws {
    var server = Self.modern
    let (bench, capture) = Self.audit(&server)
    for question in Self.families + ["tls.dtls-1.0", "tls.no-forward-secrecy", "tls.weak-dh", "tls.renegotiation"] {
      #expect(bench.result(question) == .refuted, "\(question)")
    }
    for question in Self.elsewhere { #expect(bench.result(question) == nil, "\(question)") }
    #expect(bench.staysWithinSheet() && bench.sent.count <= 20, "\(bench.sent.count)")
    let seen = try #require(capture)
    #expect(seen.transport == "udp" && seen.compresses == nil && seen.honoursFallbackSCSV == nil)
    #expect(seen.preferred == TLSCapture.Choice(version: 0xfefd, suite: 0xc02f))
    #expect(seen.versions.map(\.number) == [0xfeff, 0xfefd])
    // Who would wait for us is told not to.
    #expect(server.goodbyes == bench.sent.count { $0[0] == 21 } && server.goodbyes > 0)
  }

  @Test func `DTLS 1_0 and what is weak are proven`() throws {
    let (bench, capture) = Self.audit(Self.old)
    for question in ["tls.dtls-1.0", "tls.null", "tls.anon", "tls.3des"] {
      #expect(bench.result(question) == .proven, "\(question)")
    }
    for question in ["tls.export", "tls.des", "tls.rc4"] { #expect(bench.result(question) == .refuted, "\(question)") }
    #expect(bench.staysWithinSheet())
    let basis = bench.probe.report?.verdicts.first { $0.question == "tls.dtls-1.0" }?.basis.en
    #expect(basis?.contains("DTLS 1.0, DTLS 1.2") == true)
    #expect(try #require(capture).dhGroup?.bits == 2048)
  }

  @Test func `a service of DTLS 1_0 alone is one`() throws {
    let (bench, capture) = Self.audit(SimulatedDTLSServer([0xfeff: [0x002f]]))
    #expect(bench.result("tls.dtls-1.0") == .proven && bench.result("tls.no-forward-secrecy") == .proven)
    #expect(try #require(capture).preferred?.version == 0xfeff)
  }

  @Test func `a small prime and a weak curve are found`() {
    var server = SimulatedDTLSServer([0xfefd: [0x0033]])
    server.server.prime = [UInt8](repeating: 0xff, count: 128)
    let (bench, capture) = Self.audit(server)
    #expect(bench.result("tls.weak-dh") == .proven && capture?.dhGroup?.bits == 1024)
    server = SimulatedDTLSServer([0xfefd: [0xc02f]])
    server.server.curves = [29, 19]
    let (other, seen) = Self.audit(server)
    #expect(other.result("tls.weak-dh") == .proven && seen?.curves.contains(19) == true)
  }

  /// TLS_PSK_WITH_AES_128_CCM_8 is what RFC 7252 §9.1.3.1 demands of CoAP.
  @Test func `a service with nothing but a known secret is read as far as it shows itself`() throws {
    var server = SimulatedDTLSServer([0xfefd: [0xc0a8]])
    server.server.certificates = []
    let (bench, capture) = Self.audit(server)
    #expect(try #require(capture).preferred == TLSCapture.Choice(version: 0xfefd, suite: 0xc0a8))
    #expect(bench.result("tls.dtls-1.0") == .refuted && bench.result("tls.null") == .refuted)
    #expect(bench.result("tls.no-forward-secrecy") == .proven)
    #expect(bench.result("tls.cert-self-signed")?.reason == "no-certificate")
  }

  /// A service that wants none of our suites is there, and nothing is known of it.
  @Test func `alerts to everything leave everything open`() throws {
    let (bench, capture) = Self.audit(SimulatedDTLSServer([:]))
    #expect(try #require(capture).versions.allSatisfy { $0.answer == .inconclusive(reason: "alert 40") })
    #expect(bench.probe.report?.verdicts.allSatisfy { $0.result.reason != nil } == true)
  }

  @Test func `a port that says nothing leaves everything open, in six datagrams`() {
    var server = Self.modern
    server.loses = { _ in true }
    let (bench, capture) = Self.audit(server)
    #expect(bench.probe.report?.verdicts.allSatisfy { $0.result.reason != nil } == true)
    // Two versions, each hello said three times.
    #expect(bench.sent.count == 6 && capture?.preferred == nil)
  }

  @Test func `a closed port leaves everything open`() {
    var bench = ProbeBench(DTLSAuditProbe(Self.target))
    bench.begin()
    for channel in 0..<40 where bench.probe.report == nil {
      bench.tell(.failed(channel, reason: "port-unreachable"))
      bench.wait()
    }
    #expect(bench.probe.report?.verdicts.allSatisfy { $0.result.reason != nil } == true && bench.staysWithinSheet())
  }

  /// One datagram lost at any place, either way, changes no verdict.
  @Test func `a datagram that is lost is no refusal`() {
    for server in [Self.modern, Self.old] {
      let (calm, _) = Self.audit(server)
      for place in 1...60 {
        var server = server
        server.loses = { $0 == place }
        let (bench, _) = Self.audit(server)
        for question in Self.families + ["tls.dtls-1.0", "tls.weak-dh"] {
          #expect(bench.result(question) == calm.result(question), "\(question), datagram \(place)")
        }
        #expect(bench.staysWithinSheet())
      }
    }
  }

  /// Whatever is lost, nothing that the service has is refuted, and nothing that it has not is proven.
  @Test(arguments: 2...9) func `on a path that loses every so many nothing false is said`(every: Int) {
    for offset in 0..<every {
      var server = Self.old
      server.loses = { ($0 + offset) % every == 0 }
      let (bench, _) = Self.audit(server)
      for question in ["tls.dtls-1.0", "tls.null", "tls.anon", "tls.3des"] {
        #expect(bench.result(question) != .refuted && bench.result(question) != nil, "\(question) \(offset)")
      }
      for question in ["tls.export", "tls.des", "tls.rc4"] { #expect(bench.result(question) != .proven) }
      #expect(bench.staysWithinSheet() && bench.probe.report != nil)
    }
  }

  /// Three hellos lost in a row look like a refusal; that others were lost and answered later tells them apart.
  @Test func `on a path that is known to lose, silence is no refusal`() {
    var server = Self.modern
    server.isMuteWhenDeclining = true
    server.loses = { $0 == 1 }
    let (bench, _) = Self.audit(server)
    for question in Self.families + ["tls.dtls-1.0", "tls.weak-dh"] {
      #expect(bench.result(question)?.reason != nil, "\(question)")
    }
    #expect(bench.result("tls.dtls-1.0") == .inconclusive(reason: "loss"))
  }

  @Test func `a service that declines by silence is refuted beside its control`() {
    var server = Self.modern
    server.isMuteWhenDeclining = true
    let (bench, _) = Self.audit(server)
    for question in Self.families + ["tls.dtls-1.0"] { #expect(bench.result(question) == .refuted, "\(question)") }
    #expect(bench.staysWithinSheet())
  }

  @Test(arguments: [1, 7, 60, 1400]) func `fragments of any size, and no cookie, change nothing`(fragment: Int) {
    for wantsCookie in [true, false] {
      var server = Self.old
      (server.fragment, server.wantsCookie) = (fragment, wantsCookie)
      let (bench, _) = Self.audit(server)
      #expect(bench.result("tls.dtls-1.0") == .proven && bench.result("tls.rc4") == .refuted)
    }
  }

  @Test func `a service that forgets its cookies is left`() {
    var server = Self.modern
    server.forgetsCookies = true
    let (bench, _) = Self.audit(server)
    #expect(bench.probe.report?.verdicts.allSatisfy { $0.result.reason != nil } == true)
    #expect(bench.staysWithinSheet())
  }

  @Test func `the number of datagrams ends it, and what was not asked stays open`() {
    var server = Self.old
    server.loses = { $0 > 12 && $0 % 3 != 0 }
    let (bench, _) = Self.audit(server)
    #expect(bench.staysWithinSheet() && bench.probe.report != nil)
  }

  /// RFC 6347 §4.2.4.1: the first after a second, then twice as long each time.
  @Test func `a hello is said again after one second, two and four`() throws {
    var bench = ProbeBench(DTLSAuditProbe(Self.target))
    bench.begin()
    let start = bench.now
    var times: [Duration] = []
    while bench.sent.count < 4 {
      let count = bench.sent.count
      bench.wait()
      if bench.sent.count > count { times.append(bench.now - start) }
    }
    #expect(times == [.seconds(1), .seconds(3), .seconds(7)])
    // The same hello, in records with other numbers.
    #expect(
      bench.sent[0].dropFirst(13) == bench.sent[1].dropFirst(13) && bench.sent[0][10] == 0 && bench.sent[1][10] == 1)
  }

  @Test func `no datagram would be fragmented on a link of 1280 octets`() {
    for server in [Self.modern, Self.old, SimulatedDTLSServer([0xfeff: [0x0033, 0xc013]])] {
      let (bench, _) = Self.audit(server)
      #expect(bench.sent.allSatisfy { $0.count <= 1280 - 48 })
    }
  }

  @Test func `hostile answers end the audit within its sheet`() {
    var random = SeededRandom(seed: 6)
    for _ in 0..<300 {
      var octets: [UInt8] = [
        22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 15, 3, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 3, 0xfe, 0xff, 0,
      ]
      for _ in 0..<Int.random(in: 0...6, using: &random) {
        octets[Int.random(in: 0..<octets.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      var server = Self.modern
      server.says = octets
      let (bench, _) = Self.audit(server)
      #expect(bench.probe.report != nil && bench.staysWithinSheet())
    }
  }
}
