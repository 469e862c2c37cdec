internal import Addressing
internal import LabSupport
internal import Probes
internal import Records

extension FuzzTarget {
  /// Questions on connections of their own, greetings and identification among them. The first octet of an input
  /// chooses the probe, the rest is what the device does.
  static let streamProbes = probes(
    "stream-probes", ProbeCase.streams, reading: ["RedisReply", "GreetingRecogniser", "DVRIPReply"])
  /// Questions in datagrams.
  static let datagramProbes = probes(
    "datagram-probes", ProbeCase.datagrams, reading: ["SADPMatch", "TFTPAnswer", "DHIPDevice"])
  /// Questions by HTTP, and what datagrams tell of web addresses.
  static let webProbes = probes("web-probes", ProbeCase.web, reading: ["UPnPDescription", "DiscoveryMatch"])

  private static func probes(_ name: String, _ cases: [ProbeCase], reading types: [String]) -> FuzzTarget {
    FuzzTarget(name, cases.map(\.id) + types, longest: 20_480, seeds: ProbeSeeds.seeds(cases)) { octets in
      var input = Decisions(octets)
      let place = input.number(below: cases.count)
      let said = input.take(Int(input.octet()) << 8 | Int(input.octet()))
      guard let probe = cases[place].make(said) else { return }
      var drive = ProbeDrive(probe, input)
      guard let report = try drive.report() else { return }
      try ProbeReports.check(report, of: cases[place].id)
    }
  }
}

/// A probe as the registry makes it.
struct ProbeCase: Sendable {
  let id: String
  let sheet: ProbeSheet
  /// From what the service said when it was identified.
  let make: @Sendable ([UInt8]) -> (any Probe)?

  static let streams = all.filter { $0.sheet.fetches == 0 && $0.sheet.datagrams == 0 } + [identification, listening]
  static let datagrams = all.filter { $0.sheet.fetches == 0 && $0.sheet.datagrams > 0 }
  static let web = all.filter { $0.sheet.fetches > 0 }

  static let address = IPAddress(Golden.deviceAddress)
  static let seed: UInt64 = 42

  private static let all: [ProbeCase] = ProbeRegistry.standard.lines.map { line in
    ProbeCase(id: line.sheet.id, sheet: line.sheet) { said in
      ProbeRegistry([line]).probes(for: target(line, said)).first
    }
  }

  private static func target(_ line: ProbeRegistry.Line, _ said: [UInt8]) -> ProbeTarget {
    let port: UInt16 = line.sheet.id == "ipp" ? 631 : 8080
    switch line.trigger {
    case .tcp(let names, let tls):
      return ProbeTarget(
        address: address, endpoint: ServiceEndpoint(transport: .tcp, port: port), protocolName: names.first,
        tls: tls ?? false, said: said, seed: seed, moment: ManualClock.startOfDay)
    case .unidentifiedTCP(let ports):
      return ProbeTarget(
        address: address, endpoint: ServiceEndpoint(transport: .tcp, port: ports.first ?? port), protocolName: nil,
        said: said, seed: seed, moment: ManualClock.startOfDay)
    case .udp(let names):
      return ProbeTarget(
        address: address, endpoint: ServiceEndpoint(transport: .udp, port: port), protocolName: names.first,
        said: said, seed: seed, moment: ManualClock.startOfDay)
    }
  }

  private static let recogniser = GreetingRecogniser(promptStems: ["login", "username", "ユーザー名", "password"])

  /// Identification where it may ask; the port comes from the first octet said, so that each hint has its turn.
  private static let identification = ProbeCase(id: "identification", sheet: ServiceIdentification.sheet) { said in
    let ports: [UInt16] = [80, 443, 1883, 554, 6379, 5555, 445, 3389, 23, 21, 25, 40_000]
    return ServiceIdentification(
      port: ports[Int(said.first ?? 0) % ports.count], manner: .init(wait: .seconds(8), mayAsk: true),
      recogniser: recogniser, seed: seed)
  }

  /// Identification where it must only listen.
  private static let listening = ProbeCase(id: "listening", sheet: ServiceIdentification.sheet) { _ in
    ServiceIdentification(
      port: 9100, manner: .init(wait: .seconds(8), mayAsk: false), recogniser: recogniser, seed: seed)
  }
}

/// What every report keeps to, whatever the device said.
private enum ProbeReports {
  private static let longestBasis = 4096
  private static let mostClaims = 64

  static func check(_ report: ProbeReport, of id: String) throws {
    for verdict in report.verdicts {
      try check(verdict.basis, id)
      if case .inconclusive(let reason) = verdict.result {
        try promise(reason.utf8.count <= 64 && reason.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7f }, "\(id): a reason")
      }
    }
    if case .identified(_, _, let basis)? = report.identification { try check(basis, id) }
    try promise(report.claims.count <= mostClaims, "\(id) makes \(report.claims.count) claims")
    for claim in report.claims {
      try promise(!claim.value.isEmpty, "\(id): an empty claim")
      // Four octets a scalar of UTF-8 at most.
      try promise(claim.value.utf8.count <= 4 * Claim.valueLimit, "\(id): a claim of \(claim.value.utf8.count) octets")
      try promise(claim.source.utf8.count <= 256, "\(id): a source of \(claim.source.utf8.count) octets")
    }
  }

  private static func check(_ basis: LocalizedText, _ id: String) throws {
    for text in [basis.ja, basis.en] {
      try promise(!text.isEmpty && text.utf8.count <= longestBasis, "\(id): a basis of \(text.utf8.count) octets")
    }
  }
}
