import Addressing
import LabSupport
import Records
import Testing

@testable import Authority

/// What may be written to ordinary sockets.
struct GatePayloadTests {
  private static let v4 = IPAddress(IPv4Address(rawValue: 0xc0a8_0a07))
  private static let v6 = IPAddress(IPv6Address(high: 0x2001_0db8_0000_0000, low: 7))
  private static let device = MACAddress(rawValue: 0x0200_0000_0007)

  private func gate(
    exclude: [Scope.Exclusion] = [], techniques: Set<Technique> = Set(Technique.known)
  ) throws -> TransmissionGate {
    TransmissionGate(
      scope: try Sample.scope(
        networks: ["192.168.10.0/24", "2001:db8::/64"], exclude: exclude, techniques: techniques),
      otPorts: [502, 47_808], neverWritePorts: [515, 9100])
  }

  private func tcp(
    _ gate: TransmissionGate, _ address: IPAddress = v4, port: UInt16 = 80, mac: MACAddress? = nil,
    for technique: Technique = .serviceQuestions, at moment: Timestamp = Sample.noon
  ) -> Refusal.Rule? {
    gate.refusal(ofPayloadTo: address, port: port, mac: mac, technique: technique, at: moment)?.rule
  }

  private func udp(
    _ gate: TransmissionGate, _ address: IPAddress = v4, port: UInt16 = 161, octets: Int? = 1, mac: MACAddress? = nil,
    for technique: Technique = .udpProbe, at moment: Timestamp = Sample.noon
  ) -> Refusal.Rule? {
    gate.refusal(ofDatagram: octets, to: address, port: port, mac: mac, technique: technique, at: moment)?.rule
  }

  @Test func `a print port gets no payload, whatever the scope says`() throws {
    let gate = try gate()
    for address in [Self.v4, Self.v6] {
      for port in [515, 9100] as [UInt16] {
        #expect(tcp(gate, address, port: port) == .neverWrite(port))
        #expect(udp(gate, address, port: port) == .neverWrite(port))
        #expect(udp(gate, address, port: port, octets: nil) == .neverWrite(port))
        #expect(gate.refusal(ofConnectionTo: address, port: port, mac: nil, at: Sample.noon) == nil)
      }
      #expect(tcp(gate, address, port: 9101) == nil)
      #expect(udp(gate, address, port: 9101) == nil)
    }
  }

  @Test func `no datagram is empty`() throws {
    let gate = try gate()
    #expect(udp(gate, octets: 0) == .emptyDatagram)
    #expect(udp(gate, octets: 1) == nil)
  }

  @Test func `a controller's port needs the technique for controllers`() throws {
    let without = try gate(techniques: [.serviceQuestions, .udpProbe])
    #expect(tcp(without, port: 502) == .industrialPort(502))
    #expect(udp(without, port: 47_808) == .industrialPort(47_808))
    let with = try gate()
    #expect(tcp(with, port: 502, for: .otIdentify) == nil)
    #expect(udp(with, port: 47_808, for: .otIdentify) == nil)
  }

  /// A question to a controller may be asked on any port, and is what it is wherever it goes.
  @Test func `the technique of the question is asked for on every port`() throws {
    let gate = try gate(techniques: [.serviceQuestions, .udpProbe])
    #expect(tcp(gate, for: .otIdentify) == .techniqueNotAllowed(.otIdentify))
    #expect(udp(gate, for: .otIdentify) == .techniqueNotAllowed(.otIdentify))
    #expect(tcp(gate) == nil)
    #expect(udp(gate) == nil)
  }

  @Test func `the way it is sent needs its own technique too`() throws {
    let gate = try gate(techniques: [.otIdentify])
    #expect(tcp(gate, for: .otIdentify) == .techniqueNotAllowed(.serviceQuestions))
    #expect(udp(gate, for: .otIdentify) == .techniqueNotAllowed(.udpProbe))
  }

  /// An open connection outlives the window it was made in.
  @Test func `nothing is written outside the window`() throws {
    let gate = try gate()
    #expect(tcp(gate, at: Sample.until) == .expired(at: Sample.until))
    #expect(udp(gate, at: Sample.until) == .expired(at: Sample.until))
    #expect(tcp(gate, at: Sample.from + .seconds(-1)) == .notYetValid(from: Sample.from))
  }

  @Test func `what is excluded, outside, or no single device gets nothing`() throws {
    let exclusion = Scope.Exclusion(target: .device(Self.device))
    let gate = try gate(exclude: [exclusion])
    #expect(tcp(gate, mac: Self.device) == .excluded(exclusion))
    #expect(udp(gate, mac: Self.device) == .excluded(exclusion))
    let outside = IPAddress(IPv4Address(rawValue: 0xc0a8_0b07))
    #expect(tcp(gate, outside) == .outsideNetworks(gate.scope.networks))
    #expect(udp(gate, outside) == .outsideNetworks(gate.scope.networks))
    for text in ["224.0.23.0", "255.255.255.255", "0.0.0.0", "ff02::1", "::"] {
      let group = try #require(IPAddress(text))
      #expect(tcp(gate, group) == .groupAddress)
      #expect(udp(gate, group) == .groupAddress)
    }
  }

  /// RFC 6520 §3 (24), RFC 5246 §7.1 (20), §7.4.7 (16), and an empty Certificate (§7.4.6) in front of it.
  @Test(
    arguments: [
      [24, 3, 3, 0, 3, 1, 0, 48], [20, 3, 3, 0, 1, 1], [22, 3, 1, 1, 6, 16, 0, 1, 2],
      [22, 3, 3, 1, 13, 11, 0, 0, 3, 0, 0, 0, 16, 0, 1, 2],
    ] as [[UInt8]])
  func `what provokes a fault of TLS needs its technique, whoever sends it`(octets: [UInt8]) throws {
    let technique = TransmissionGate.technique(of: octets)
    #expect(technique == .tlsVulnerability)
    #expect(tcp(try gate(techniques: [.serviceQuestions]), for: technique) == .techniqueNotAllowed(.tlsVulnerability))
    #expect(tcp(try gate(techniques: [.serviceQuestions, .tlsVulnerability]), for: technique) == nil)
    #expect(tcp(try gate(techniques: [.tlsVulnerability]), for: technique) == .techniqueNotAllowed(.serviceQuestions))
  }

  /// A ClientHello, the end of a handshake of TLS 1.3 (RFC 8446 §D.4), other protocols, and too little.
  @Test(
    arguments: [
      [22, 3, 1, 0, 60, 1, 0, 0, 56], [20, 3, 3, 0, 1, 1, 23, 3, 3, 0, 53], Array("GET / HTTP/1.0\r\n".utf8), [24, 3],
      [],
      [24, 0, 0, 0, 0, 16, 1], [22, 3, 3, 0, 4, 11, 0, 0, 0],
    ] as [[UInt8]])
  func `everything else is a question`(octets: [UInt8]) {
    #expect(TransmissionGate.technique(of: octets) == .serviceQuestions)
  }
}
