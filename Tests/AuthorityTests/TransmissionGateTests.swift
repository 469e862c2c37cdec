import Addressing
import LabSupport
import Records
import Testing
import Wire

@testable import Authority

/// The frames are written out octet by octet from RFC 826, RFC 791 and RFC 9293; the last test
/// feeds what Wire builds.
struct TransmissionGateTests {
  private static let auditor = "020000000002"
  private static let device = "00112233aabb"
  private static let broadcast = "ffffffffffff"

  private static func octets(_ hex: String) -> [UInt8] {
    let digits = hex.utf8.filter { $0 != 0x20 }.map { UInt8($0 > 0x39 ? $0 - 0x57 : $0 - 0x30) }
    return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }

  /// Who has `target`, asked by 192.168.10.2.
  private static func arp(to destination: String = broadcast, target: String) -> [UInt8] {
    octets("\(destination) \(auditor) 0806 0001 0800 06 04 0001 \(auditor) c0a80a02 000000000000 \(target)")
  }

  /// A 20-octet IPv4 header and a 20-octet SYN from port 40000 to port 23; checksums are left 0.
  private static func syn(to mac: String = device, target: String, proto: String = "06", type: String = "0800")
    -> [UInt8]
  {
    octets(
      "\(mac) \(auditor) \(type) 45000028 00004000 40\(proto)0000 c0a80a02 \(target)"
        + " 9c40 0017 00000001 00000000 5002 faf0 0000 0000")
  }

  private let gate: TransmissionGate

  init() throws {
    gate = TransmissionGate(
      scope: try Sample.scope(exclude: [
        try Sample.excluding("192.168.10.5", reason: "pump"),
        Scope.Exclusion(target: .device(MACAddress(rawValue: 0x00de_adbe_ef01))),
      ]))
  }

  private func rule(_ frame: [UInt8], at moment: Timestamp = Sample.noon) -> Refusal.Rule? {
    gate.refusal(ofFrame: frame.span, at: moment)?.rule
  }

  @Test func `a SYN to a device in scope may leave`() { #expect(rule(Self.syn(target: "c0a80a07")) == nil) }

  @Test func `a SYN outside the networks may not`() {
    #expect(rule(Self.syn(target: "c0a80b07")) == .outsideNetworks(gate.scope.networks))
    #expect(rule(Self.syn(target: "08080808")) == .outsideNetworks(gate.scope.networks))
  }

  @Test func `a SYN to an excluded address may not`() {
    guard case .excluded = rule(Self.syn(target: "c0a80a05")) else {
      Issue.record("it was allowed")
      return
    }
  }

  @Test func `a SYN to an excluded device may not, whatever address it names`() {
    guard case .excluded = rule(Self.syn(to: "00deadbeef01", target: "c0a80a07")) else {
      Issue.record("it was allowed")
      return
    }
    guard case .excluded = rule(Self.arp(to: "00deadbeef01", target: "c0a80a07")) else {
      Issue.record("it was allowed")
      return
    }
  }

  @Test func `a broadcast question about an address in scope may leave`() {
    #expect(rule(Self.arp(target: "c0a80a07")) == nil)
    #expect(rule(Self.arp(to: Self.device, target: "c0a80a07")) == nil)
  }

  @Test func `a broadcast question about any other address may not`() {
    #expect(rule(Self.arp(target: "c0a80b07")) == .outsideNetworks(gate.scope.networks))
    guard case .excluded = rule(Self.arp(target: "c0a80a05")) else {
      Issue.record("it was allowed")
      return
    }
  }

  @Test(arguments: ["ffffffffffff", "01005e000001", "333300000001"])
  func `a SYN to a group of stations may not leave, for excluded devices are among them`(mac: String) {
    #expect(rule(Self.syn(to: mac, target: "c0a80a07")) == .unreadableDestination)
  }

  /// 17 and 1 have tests of their own; the octets here are no echo request.
  @Test(arguments: ["01", "02", "2f", "84", "00", "ff"])
  func `no unknown protocol may leave`(proto: String) {
    #expect(rule(Self.syn(target: "c0a80a07", proto: proto)) == .unreadableDestination)
  }

  @Test(arguments: ["86dd", "8100", "88a8", "0801", "0000", "05dc", "88cc"])
  func `no unknown EtherType may leave`(type: String) {
    #expect(rule(Self.syn(target: "c0a80a07", type: type)) == .unreadableDestination)
  }

  @Test func `no shortened header may leave`() {
    let syn = Self.syn(target: "c0a80a07")
    for count in 0..<34 { #expect(rule(Array(syn.prefix(count))) == .unreadableDestination, "\(count) octets") }
    let question = Self.arp(target: "c0a80a07")
    for count in 0..<42 { #expect(rule(Array(question.prefix(count))) == .unreadableDestination, "\(count) octets") }
  }

  @Test func `an ARP packet of other hardware or protocol may not leave`() {
    let question = Self.arp(target: "c0a80a07")
    for (offset, octet) in [(15, 6), (16, 0x86), (18, 8), (19, 16)] as [(Int, UInt8)] {
      var frame = question
      frame[offset] = octet
      #expect(rule(frame) == .unreadableDestination, "offset \(offset)")
    }
  }

  @Test func `an IPv4 header that contradicts itself may not leave`() {
    for octet in [0x65, 0x44, 0x40, 0x4f] as [UInt8] {
      var frame = Self.syn(target: "c0a80a07")
      frame[14] = octet
      #expect(rule(frame) == .unreadableDestination)
    }
  }

  @Test func `nothing leaves outside the window or without its technique`() throws {
    #expect(rule(Self.syn(target: "c0a80a07"), at: Sample.until) == .expired(at: Sample.until))
    #expect(
      rule(Self.arp(target: "c0a80a07"), at: Sample.from + .nanoseconds(-1)) == .notYetValid(from: Sample.from))
    let quiet = TransmissionGate(scope: try Sample.scope(techniques: [.arpDiscovery]))
    let frame = Self.syn(target: "c0a80a07")
    #expect(quiet.refusal(ofFrame: frame.span, at: Sample.noon)?.rule == .techniqueNotAllowed(.tcpSYN))
    let loud = TransmissionGate(scope: try Sample.scope(techniques: [.tcpSYN]))
    let question = Self.arp(target: "c0a80a07")
    #expect(loud.refusal(ofFrame: question.span, at: Sample.noon)?.rule == .techniqueNotAllowed(.arpDiscovery))
  }

  @Test func `random octets never leave for an address that is not in scope`() {
    var random = SeededRandom(seed: 99)
    for _ in 0..<20_000 {
      var frame = (0..<Int.random(in: 0...80, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      // Most random frames fail at the EtherType; let half of them get further.
      if frame.count > 34, Bool.random(using: &random) {
        frame.replaceSubrange(12..<15, with: [0x08, 0x00, 0x45])
        frame[23] = 6
        frame[0] &= 0xfe
      }
      guard rule(frame) == nil else { continue }
      #expect(Array(frame[30..<33]) == [192, 168, 10] || Array(frame[38..<41]) == [192, 168, 10])
    }
  }

  @Test func `the frames that Wire builds are judged by where they point`() throws {
    let mac = MACAddress(rawValue: 0x0011_2233_aabb)
    let source = IPv4Address(rawValue: 0xc0a8_0a02)
    var syn = SYNFrame(mac: MACAddress(rawValue: 0x0200_0000_0002), source: source, sourcePort: 40_000)
    #expect(syn.withSpan { gate.refusal(ofFrame: $0, at: Sample.noon) } != nil, "it points nowhere yet")
    for last in 0...255 as ClosedRange<UInt32> {
      let target = IPv4Address(rawValue: 0xc0a8_0a00 | last)
      syn.aim(at: target, mac: mac, port: 23, sequence: 1)
      let refusal = syn.withSpan { gate.refusal(ofFrame: $0, at: Sample.noon) }
      #expect((refusal == nil) == (last != 5), "\(target)")
      let question = ARPPacket.request(for: target, from: mac, source)
      #expect((gate.refusal(ofFrame: question.span, at: Sample.noon) == nil) == (last != 5), "\(target)")
    }
  }
}
