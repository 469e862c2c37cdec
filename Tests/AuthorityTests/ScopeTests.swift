import Addressing
import LabSupport
import Records
import Testing

@testable import Authority

struct ScopeTests {
  private func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }

  @Test func `what the scope names is allowed by each technique it names`() throws {
    let scope = try Sample.scope()
    for technique in Sample.allowed {
      for text in ["192.168.10.0", "192.168.10.1", "192.168.10.255"] {
        #expect(scope.refusal(of: try address(text), for: technique, at: Sample.noon) == nil)
      }
    }
  }

  @Test(arguments: ["192.168.9.255", "192.168.11.0", "10.0.0.1", "0.0.0.0", "255.255.255.255", "127.0.0.1"])
  func `what the scope does not name is refused with the networks it names`(text: String) throws {
    let scope = try Sample.scope()
    let refusal = scope.refusal(of: try address(text), for: .tcpSYN, at: Sample.noon)
    #expect(refusal?.rule == .outsideNetworks(scope.networks))
    #expect(refusal?.description.contains(text) == true)
    #expect(refusal?.description.contains("192.168.10.0/24") == true)
  }

  @Test func `a scope without networks allows nothing`() throws {
    let scope = try Sample.scope(networks: [])
    let refusal = scope.refusal(of: try address("192.168.10.1"), for: .arpDiscovery, at: Sample.noon)
    #expect(refusal?.rule == .outsideNetworks([]))
  }

  @Test func `an exclusion inside a network wins, with its reason in the message`() throws {
    let exclusion = try Sample.excluding("192.168.10.64/28", reason: "infusion pumps")
    let scope = try Sample.scope(exclude: [exclusion])
    for text in ["192.168.10.64", "192.168.10.70", "192.168.10.79"] {
      let refusal = scope.refusal(of: try address(text), for: .arpDiscovery, at: Sample.noon)
      #expect(refusal?.rule == .excluded(exclusion))
      #expect(refusal?.description.contains("infusion pumps") == true)
    }
    for text in ["192.168.10.63", "192.168.10.80"] {
      #expect(scope.refusal(of: try address(text), for: .arpDiscovery, at: Sample.noon) == nil)
    }
  }

  @Test func `an exclusion wider than the network leaves nothing of it`() throws {
    let scope = try Sample.scope(exclude: [try Sample.excluding("192.168.0.0/16")])
    for text in ["192.168.10.0", "192.168.10.128", "192.168.10.255"] {
      #expect(scope.refusal(of: try address(text), for: .tcpSYN, at: Sample.noon) != nil)
    }
  }

  @Test func `an address that is listed and excluded at once is refused`() throws {
    let scope = try Sample.scope(
      networks: ["192.168.10.0/24", "192.168.10.5"], exclude: [try Sample.excluding("192.168.10.5")])
    #expect(scope.refusal(of: try address("192.168.10.5"), for: .tcpSYN, at: Sample.noon) != nil)
  }

  @Test func `an excluded device is refused under whatever address it has`() throws {
    let mac = MACAddress(rawValue: 0x0011_2233_4455)
    let scope = try Sample.scope(exclude: [Scope.Exclusion(target: .device(mac), reason: "PLC")])
    for text in ["192.168.10.1", "192.168.10.200"] {
      let refusal = scope.refusal(of: try address(text), mac: mac, for: .tcpSYN, at: Sample.noon)
      #expect(refusal?.description.contains("00:11:22:33:44:55 (PLC)") == true)
      #expect(
        scope.refusal(of: try address(text), mac: MACAddress(rawValue: 1), for: .tcpSYN, at: Sample.noon) == nil)
    }
    #expect(
      TransmissionGate(scope: scope).refusal(
        ofConnectionTo: try address("192.168.10.1"), port: 80, mac: mac, at: Sample.noon) != nil)
  }

  @Test(arguments: Technique.known)
  func `a technique that is not named is refused`(technique: Technique) throws {
    let scope = try Sample.scope(techniques: Set(Technique.known).subtracting([technique]))
    let target = try address("192.168.10.1")
    for other in Technique.known where other != technique {
      #expect(scope.refusal(of: target, for: other, at: Sample.noon) == nil)
    }
    let refusal = scope.refusal(of: target, for: technique, at: Sample.noon)
    #expect(refusal?.rule == .techniqueNotAllowed(technique))
    #expect(refusal?.description.contains(technique.rawValue) == true)
  }

  @Test func `a connection needs service identification, not the SYN technique`() throws {
    let gate = TransmissionGate(scope: try Sample.scope(techniques: [.arpDiscovery, .tcpSYN]))
    let refusal = gate.refusal(
      ofConnectionTo: try address("192.168.10.1"), port: 80, mac: MACAddress(rawValue: 2), at: Sample.noon)
    #expect(refusal?.rule == .techniqueNotAllowed(.serviceQuestions))
  }

  @Test func `the window holds its first moment and not its last`() throws {
    let scope = try Sample.scope()
    let target = try address("192.168.10.1")
    func rule(_ moment: Timestamp) -> Refusal.Rule? { scope.refusal(of: target, for: .tcpSYN, at: moment)?.rule }
    #expect(rule(Sample.from + .nanoseconds(-1)) == .notYetValid(from: Sample.from))
    #expect(rule(Sample.from) == nil)
    #expect(rule(Sample.until + .nanoseconds(-1)) == nil)
    #expect(rule(Sample.until) == .expired(at: Sample.until))
    #expect(rule(Sample.until + .seconds(1)) == .expired(at: Sample.until))
    #expect(scope.validityRefusal(at: Sample.noon) == nil)
    #expect(scope.validityRefusal(at: Sample.until)?.description.contains("2026-11-20T17:00:00") == true)
  }

  @Test func `an exclusion is the reason given even when everything else refuses too`() throws {
    let exclusion = try Sample.excluding("10.0.0.0/8")
    let scope = try Sample.scope(exclude: [exclusion], techniques: [.arpDiscovery])
    #expect(scope.refusal(of: try address("10.1.2.3"), for: .tcpSYN, at: Sample.until)?.rule == .excluded(exclusion))
  }

  @Test func `two hundred thousand random questions are never answered more freely than by a naive model`() throws {
    var random = SeededRandom(seed: 14_02)
    var allowed = 0
    var compared = 0
    for _ in 0..<2_000 {
      let sample = RandomScope(using: &random)
      let scope = try sample.scope()
      for _ in 0..<100 {
        let question = RandomScope.Question(sample, using: &random)
        let refusal = scope.refusal(
          of: IPAddress(IPv4Address(rawValue: question.address)), mac: question.mac.map(MACAddress.init(rawValue:)),
          for: question.technique, at: question.moment)
        let modelAllows = sample.allows(question)
        compared += 1
        if modelAllows { allowed += 1 }
        if (refusal == nil) != modelAllows { Issue.record("\(question) in \(sample): \(String(describing: refusal))") }
      }
    }
    #expect(compared == 200_000)
    // The questions must reach both answers, or the comparison says nothing.
    #expect((20_000...180_000).contains(allowed), "\(allowed) allowed")
  }
}

/// A scope as plain numbers, judged by nothing but comparisons and bits.
private struct RandomScope {
  enum Part {
    case block(base: UInt32, length: Int)
    case span(UInt32, UInt32)
  }

  struct Question {
    var address: UInt32
    var mac: UInt64?
    var technique: Technique
    var moment: Timestamp

    init(_ scope: RandomScope, using random: inout SeededRandom) {
      // Near an edge of some part more often than not; there the mistakes are.
      let edges = (scope.networks + scope.excluded).flatMap { part -> [UInt32] in
        switch part {
        case .block(let base, let length):
          return [base, base &+ UInt32(truncatingIfNeeded: UInt64(1) << (32 - length))]
        case .span(let low, let high): return [low, high]
        }
      }
      let near = edges.randomElement(using: &random) ?? 0
      address = near &+ UInt32.random(in: 0...6, using: &random) &- 3
      if Int.random(in: 0..<4, using: &random) == 0 { address = RandomScope.address(using: &random) }
      mac = Bool.random(using: &random) ? UInt64.random(in: 1...6, using: &random) : nil
      technique = Int.random(in: 0..<8, using: &random) == 0 ? .otIdentify : .tcpSYN
      let offsets: [Int64] = [-1, 0, 1, 3600, 28_799, 28_799, 28_800, 28_801, 7_200, 7_200, 7_200, 7_200]
      moment = Sample.from + .seconds(offsets.randomElement(using: &random) ?? 0)
    }
  }

  var networks: [Part] = []
  var excluded: [Part] = []
  var excludedMACs: [UInt64] = []

  init(using random: inout SeededRandom) {
    for _ in 0..<Int.random(in: 1...3, using: &random) { networks.append(Self.part(using: &random)) }
    for _ in 0..<Int.random(in: 0...2, using: &random) { excluded.append(Self.part(using: &random)) }
    for _ in 0..<Int.random(in: 0...2, using: &random) { excludedMACs.append(UInt64.random(in: 1...6, using: &random)) }
  }

  func scope() throws -> Scope {
    var exclusions = try excluded.map { try Sample.excluding(Self.text($0)) }
    exclusions += excludedMACs.map { Scope.Exclusion(target: .device(MACAddress(rawValue: $0))) }
    return try Sample.scope(networks: networks.map(Self.text), exclude: exclusions, techniques: [.tcpSYN])
  }

  func allows(_ question: Question) -> Bool {
    if excluded.contains(where: { Self.holds($0, question.address) }) { return false }
    if let mac = question.mac, excludedMACs.contains(mac) { return false }
    if question.technique != .tcpSYN { return false }
    let second = (question.moment.nanoseconds - Sample.from.nanoseconds) / 1_000_000_000
    let early = question.moment.nanoseconds < Sample.from.nanoseconds
    if early || second >= 28_800 { return false }
    return networks.contains { Self.holds($0, question.address) }
  }

  private static func holds(_ part: Part, _ address: UInt32) -> Bool {
    switch part {
    // The first bits are the same: no mask, no upper end.
    case .block(let base, let length): return length == 0 || (base ^ address).leadingZeroBitCount >= length
    case .span(let low, let high): return !(address < low) && !(address > high)
    }
  }

  private static func part(using random: inout SeededRandom) -> Part {
    let base = address(using: &random)
    if Bool.random(using: &random) {
      let length = Int.random(in: 20...32, using: &random)
      return .block(base: length == 32 ? base : (base >> (32 - length)) << (32 - length), length: length)
    }
    return .span(base, base + UInt32.random(in: 0...600, using: &random))
  }

  /// A small corner of the address space, so that parts overlap.
  private static func address(using random: inout SeededRandom) -> UInt32 {
    0xc0a8_0000 + UInt32.random(in: 0..<0x2000, using: &random)
  }

  private static func text(_ part: Part) -> String {
    func dotted(_ value: UInt32) -> String {
      "\(value >> 24).\(value >> 16 & 255).\(value >> 8 & 255).\(value & 255)"
    }
    switch part {
    case .block(let base, let length): return "\(dotted(base))/\(length)"
    case .span(let low, let high): return "\(dotted(low))-\(dotted(high))"
    }
  }
}
