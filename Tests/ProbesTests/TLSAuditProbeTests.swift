import Addressing
import LabSupport
import Records
import Testing

@testable import Probes

struct TLSAuditProbeTests {
  private static func target(_ name: ProtocolName = .tls, tls: Bool = true) -> ProbeTarget {
    ProbeTarget(
      address: IPAddress(IPv4Address(rawValue: 0xc000_0201)), endpoint: ServiceEndpoint(transport: .tcp, port: 443),
      protocolName: name, tls: tls, seed: 11, moment: ManualClock.startOfDay)
  }

  private static func audit(_ server: SimulatedTLSServer) -> (ProbeBench<TLSAuditProbe>, TLSCapture?) {
    var server = server
    var bench = ProbeBench(TLSAuditProbe(target()))
    bench.converse(with: &server)
    let capture = bench.probe.report?.facts.compactMap { if case .tls(let capture) = $0 { capture } else { nil } }.first
    return (bench, capture)
  }

  /// TLS 1.2 and 1.3 with nothing weak, as a device of today has it.
  private static let modern = SimulatedTLSServer(suites: [0x0304: [0x1301, 0x1302], 0x0303: [0xc02f, 0xc030]])
  /// Everything from SSL 2 to TLS 1.3, and every weak family.
  private static let permissive = SimulatedTLSServer(
    suites: [
      0x0304: [0x1301], 0x0303: [0xc02f, 0x0033, 0x002f, 0x0001, 0x0034, 0x0005, 0x000a, 0x0009, 0x0003],
      0x0302: [0xc013, 0x0033, 0x002f, 0x0005], 0x0301: [0xc013, 0x002f, 0x0005, 0x0014],
      0x0300: [0x002f, 0x0005, 0x0003],
    ],
    ssl2: [0x010080])
  private static let weak = [
    "tls.sslv2", "tls.sslv3", "tls.1.0", "tls.1.1", "tls.null", "tls.anon", "tls.export", "tls.des", "tls.rc4",
    "tls.3des",
  ]

  @Test func `a sound service is refuted everywhere, in fewer than 25 connections`() throws {
    let (bench, capture) = Self.audit(Self.modern)
    for question in Self.weak + ["tls.no-forward-secrecy", "tls.weak-dh", "tls.compression", "tls.renegotiation"] {
      #expect(bench.result(question) == .refuted, "\(question)")
    }
    #expect(bench.staysWithinSheet())
    let seen = try #require(capture)
    #expect(seen.connections == bench.connections.count && seen.connections <= 22)
    #expect(seen.preferred == TLSCapture.Choice(version: 0x0304, suite: 0x1301))
    #expect(seen.versions.map(\.number) == [0x0002, 0x0300, 0x0301, 0x0302, 0x0303, 0x0304])
    #expect(seen.hasOwnOrder == true && seen.honoursFallbackSCSV == nil && seen.curves == [29])
  }

  @Test func `everything weak is proven, in 25 connections or fewer`() throws {
    let (bench, capture) = Self.audit(Self.permissive)
    for question in Self.weak { #expect(bench.result(question) == .proven, "\(question)") }
    #expect(bench.staysWithinSheet())
    let seen = try #require(capture)
    #expect(seen.versions.allSatisfy { $0.answer == .accepted })
    #expect(seen.honoursFallbackSCSV == true)
    #expect(seen.dhGroup?.bits == 2048 && seen.dhGroup?.isValueReused == true)
  }

  /// Each weakness alone, on a service that is otherwise sound.
  @Test(
    arguments: [
      ("tls.null", 0x0001), ("tls.anon", 0x0034), ("tls.export", 0x0014), ("tls.des", 0x0009), ("tls.rc4", 0x0005),
      ("tls.3des", 0x000a), ("tls.null", 0xc010), ("tls.anon", 0xc018), ("tls.rc4", 0xc011), ("tls.export", 0x0003),
    ] as [(String, UInt16)])
  func `one weak suite is found among sound ones`(question: String, suite: UInt16) {
    for hasOwnOrder in [true, false] {
      var server = Self.modern
      server.hasOwnOrder = hasOwnOrder
      server.suites[0x0303]?.append(suite)
      let (bench, _) = Self.audit(server)
      #expect(bench.result(question) == .proven)
      #expect(bench.result("tls.1.0") == .refuted && bench.result("tls.no-forward-secrecy") == .refuted)
    }
  }

  /// Who follows the client needs fewer questions: each refusal is followed by one that tells something.
  @Test func `a service that follows the client is settled in 12 connections`() throws {
    var server = Self.modern
    server.hasOwnOrder = false
    let (bench, capture) = Self.audit(server)
    for question in Self.weak + ["tls.no-forward-secrecy", "tls.weak-dh"] {
      #expect(bench.result(question) == .refuted, "\(question)")
    }
    #expect(try #require(capture).connections <= 12)
    server.suites[0x0303]?.append(0x0033)
    let (other, seen) = Self.audit(server)
    #expect(other.result("tls.weak-dh") == .refuted && seen?.dhGroup?.bits == 2048)
  }

  /// A suite that only the oldest version has.
  @Test func `a weak suite of the oldest version is found`() {
    let server = SimulatedTLSServer(suites: [0x0303: [0xc02f], 0x0302: [0xc013], 0x0301: [0xc013, 0x0005]])
    let (bench, _) = Self.audit(server)
    #expect(bench.result("tls.rc4") == .proven && bench.result("tls.des") == .refuted)
  }

  @Test func `what the ServerHello says is judged`() {
    var server = Self.modern
    server.suites = [0x0303: [0x009c, 0x0033]]
    server.announcesRenegotiation = false
    server.compresses = true
    // 1024 bits: Oakley group 2 begins and ends so (RFC 2409 §6.2); the middle does not matter here.
    server.prime = [UInt8](repeating: 0xff, count: 128)
    let (bench, capture) = Self.audit(server)
    #expect(bench.result("tls.renegotiation") == .proven && bench.result("tls.compression") == .proven)
    #expect(bench.result("tls.weak-dh") == .proven && bench.result("tls.no-forward-secrecy") == .proven)
    #expect(capture?.dhGroup?.bits == 1024 && capture?.dhGroup?.known == nil)
  }

  @Test func `a weak curve is found beside a strong one`() {
    var server = SimulatedTLSServer(suites: [0x0303: [0xc02f]])
    server.curves = [29, 19]
    let (bench, capture) = Self.audit(server)
    #expect(bench.result("tls.weak-dh") == .proven && capture?.curves == [29, 19])
  }

  @Test func `the client's order is told from the server's own`() {
    var server = SimulatedTLSServer(suites: [0x0303: [0xc02f, 0xc030, 0x002f]])
    #expect(Self.audit(server).1?.hasOwnOrder == true)
    server.hasOwnOrder = false
    #expect(Self.audit(server).1?.hasOwnOrder == false)
  }

  /// However a service declines: the control beside it makes it a refusal.
  @Test(arguments: [SimulatedTLSServer.Reply.reset, .closed, .silence, .octets([21, 3, 3, 0, 2, 2, 70])])
  func `a service declines in its own way`(how: SimulatedTLSServer.Reply) {
    var server = Self.modern
    server.decline = how
    let (bench, _) = Self.audit(server)
    #expect(bench.result("tls.sslv2") == .refuted && bench.result("tls.1.0") == .refuted)
    #expect(bench.result("tls.rc4") == .refuted)
    #expect(bench.staysWithinSheet())
  }

  /// One accident at any place changes no verdict.
  @Test(arguments: [SimulatedTLSServer.Reply.reset, .closed, .silence])
  func `an accident is no answer`(how: SimulatedTLSServer.Reply) {
    var following = Self.permissive
    following.hasOwnOrder = false
    for server in [Self.modern, Self.permissive, following] {
      let (calm, _) = Self.audit(server)
      for place in 0..<20 {
        var server = server
        server.accidents = [place: how]
        let (bench, _) = Self.audit(server)
        for question in Self.weak {
          let result = bench.result(question)
          if case .inconclusive(reason: "connection-limit")? = result { continue }
          #expect(result == calm.result(question), "\(question), connection \(place)")
        }
      }
    }
  }

  /// A service that answers nothing any more leaves open what was not settled, and refutes nothing from then on.
  @Test func `a service that dies is never clean`() {
    for place in 0..<20 {
      var server = Self.modern
      server.dies = place
      let (bench, _) = Self.audit(server)
      for question in Self.weak + ["tls.weak-dh"] {
        let result = bench.result(question)
        #expect(result != nil && result != .proven, "\(question), connection \(place)")
        // The weak families are asked for after six versions and their controls.
        if place <= 8, !["tls.sslv2", "tls.sslv3", "tls.1.0", "tls.1.1"].contains(question) {
          #expect(result != .refuted, "\(question), connection \(place)")
        }
      }
      #expect(bench.staysWithinSheet())
    }
  }

  @Test func `a port that answers nothing leaves everything open`() {
    for how in [
      SimulatedTLSServer.Reply.reset, .closed, .silence, .octets(Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8)),
    ] {
      let (bench, capture) = Self.audit(SimulatedTLSServer(decline: how))
      #expect(bench.probe.report?.verdicts.allSatisfy { $0.result.reason != nil } == true)
      #expect(capture?.preferred == nil)
      #expect(bench.staysWithinSheet())
    }
  }

  @Test func `a warning before the answer, and octets one by one, change nothing`() {
    var server = Self.permissive
    server.warnsFirst = true
    let (bench, _) = Self.audit(server)
    for question in Self.weak { #expect(bench.result(question) == .proven, "\(question)") }
  }

  @Test func `every suite of every version is listed, with few connections beside`() throws {
    var server = Self.permissive
    var bench = ProbeBench(TLSEnumerationProbe(Self.target()))
    bench.converse(with: &server)
    let report = try #require(bench.probe.report)
    guard case .tls(let capture)? = report.facts.first else {
      Issue.record("no capture")
      return
    }
    for (version, suites) in server.suites {
      let seen = capture.suites.first { $0.version == version }
      #expect(Set(seen?.accepted ?? []) == Set(suites.map(UInt32.init)), "\(version)")
      if case .declined? = seen?.end {} else { Issue.record("\(version) is not complete") }
    }
    let accepted = server.suites.values.reduce(0) { $0 + $1.count }
    #expect(bench.connections.count <= accepted + 4 * 6)
  }

  @Test func `hostile answers end the audit within its sheet`() {
    var random = SeededRandom(seed: 5)
    var calm = Self.modern
    guard case .octets(let sound) = calm.answer(TLSHelloOctets.usual) else {
      Issue.record("no answer")
      return
    }
    for _ in 0..<300 {
      var server = Self.modern
      for place in 0..<25 {
        var octets = sound
        for _ in 0..<Int.random(in: 0...3, using: &random) {
          octets[Int.random(in: 0..<octets.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
        }
        server.accidents[place] = .octets(octets)
      }
      let (bench, _) = Self.audit(server)
      #expect(bench.probe.report != nil && bench.staysWithinSheet())
    }
  }
}

/// A ClientHello of TLS 1.2, written by hand (RFC 5246 §7.4.1.2).
enum TLSHelloOctets {
  static let usual: [UInt8] =
    [22, 3, 1, 0, 45, 1, 0, 0, 41, 3, 3] + [UInt8](repeating: 1, count: 32) + [0, 0, 2, 0xc0, 0x2f, 1, 0]
}
