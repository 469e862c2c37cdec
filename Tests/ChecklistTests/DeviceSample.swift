import Addressing
import Foundation
import Profiles
import Records

@testable import Checklist

/// The shipped rule set.
enum RuleSet {
  static func store() throws -> ProfileStore {
    let repository = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    return try ProfileStore(directory: repository.appendingPathComponent("Profiles").path)
  }
}

/// A device as an auditor would tell of it, from which the facts of an audit are made.
struct DeviceSample: Sendable {
  /// What an ordinary connection to an open port came to.
  enum Heard: Hashable, Sendable {
    case telnet, ssh
    /// Another protocol, identified.
    case speaks(ProtocolName, tls: Bool = false)
    /// Connected; what it said, if anything, identifies nothing.
    case nothing
    /// The connection was not accepted.
    case failed
    /// Nobody connected.
    case notTried
  }

  var number: UInt64 = 1
  var requested = "1-65535"
  var requestedCount = 65_535
  var open: [UInt16: Heard] = [:]
  var silent = 0
  /// Ports without a final state.
  var unresolved = 0
  var aliveBefore = true
  var aliveAfter: Bool? = true
  var stopped: LocalizedText?
  var notPermitted = 0
  var receiveDrops = 0
  var answersEverything = false
  var distress: [Distress.Kind] = []
  var openUDP: [UInt16] = []
  /// What is known to speak on a UDP port of ``openUDP``.
  var speaksUDP: [UInt16: ProtocolName] = [:]
  var udp: DeviceCoverage.UDP?
  /// nil when the loss was not measured.
  var missBound: Double? = 0
  /// What probes found out.
  var asked: [Asked] = []
  /// What the device says of itself.
  var claims: [Claim] = []
  /// Beside 192.168.10.`number`.
  var moreAddresses: [IPAddress] = []
  /// What the first page of a web server answered, by port.
  var firstPages: [UInt16: Int] = [:]
  /// Whether SSH let somebody in who did not authenticate, by port, as far as it was audited.
  var opensSSH: [UInt16: Bool] = [:]
  /// The place of the network that it was looked at from.
  var vantage = IPAddress(IPv4Address(rawValue: 0xc0a8_0a02))

  /// `telnet.no-auth` of `tcp/23`: proven, refuted, or inconclusive with a reason.
  struct Asked: Hashable, Sendable {
    let question: String
    var service: ServiceEndpoint?
    let result: ProbeVerdict.Result

    static func proven(_ question: String, _ service: ServiceEndpoint? = nil) -> Self {
      Self(question: question, service: service, result: .proven)
    }
    static func refuted(_ question: String, _ service: ServiceEndpoint? = nil) -> Self {
      Self(question: question, service: service, result: .refuted)
    }
    static func unclear(_ question: String, _ service: ServiceEndpoint? = nil, _ reason: String = "no-answer") -> Self {
      Self(question: question, service: service, result: .inconclusive(reason: reason))
    }
  }

  static let moment = Timestamp(nanoseconds: 1_795_136_531_042_000_000)

  var device: Device {
    var device = Device(
      mac: MACAddress(rawValue: 0x0011_2200_0000 + number),
      addresses: [IPAddress(IPv4Address(rawValue: 0xc0a8_0a00 + UInt32(number)))] + moreAddresses,
      services: open.keys.sorted().map { port in
        let name: ProtocolName? =
          switch open[port] {
          case .telnet: .telnet
          case .ssh: .ssh
          case .speaks(let name, _): name
          case .nothing, .failed, .notTried, nil: nil
          }
        let isTLS = if case .speaks(_, tls: true) = open[port] { true } else { false }
        return Service(
          endpoint: ServiceEndpoint(transport: .tcp, port: port), state: .open, protocolName: name, tls: isTLS)
      }
        + openUDP.map {
          Service(
            endpoint: ServiceEndpoint(transport: .udp, port: $0), state: .open, protocolName: speaksUDP[$0])
        })
    device.claims = claims
    device.settle()
    return device
  }

  func facts(checks: [Check]) -> DeviceFacts {
    let device = device
    var coverage = DeviceCoverage(
      device: device.id, address: device.addresses[0], tcp: .init(requested: requested, requestedCount: requestedCount),
      aliveBefore: aliveBefore, from: Self.moment,
      vantage: Vantage(interface: "eth0", address: vantage))
    coverage.tcp.open = open.count
    coverage.tcp.silent = silent
    coverage.tcp.unresolved = unresolved
    coverage.tcp.notPermitted = notPermitted
    coverage.tcp.closed = requestedCount - open.count - silent - unresolved - notPermitted
    coverage.tcp.complete = requested == "1-65535" && unresolved == 0 && notPermitted == 0
    coverage.receiveDrops = receiveDrops
    coverage.answersEverything = answersEverything
    coverage.udp = udp
    coverage.loss = missBound.map { .init(probes: 1_000, lost: 20, rateUpperBound: 0.03, missBound: $0) }
    coverage.distress = distress.map {
      Distress(kind: $0, lastAnswer: Self.moment, frozen: Self.moment + .seconds(1), ended: nil, frames: 40)
    }
    coverage.aliveAfter = aliveAfter
    coverage.stopped = stopped

    let maker = FindingMaker(checks: checks)
    var observations: [Observation] = []
    var findings: [Finding] = []
    func observe(_ subject: Observation.Subject, _ technique: Technique, _ fact: Observation.Fact, _ path: String) {
      let observation = Observation(
        id: "EV-\(observations.count + 1)", at: Self.moment, technique: technique, subject: subject, fact: fact,
        evidence: [path])
      observations.append(observation)
      for check in maker.matches(observation) {
        findings.append(
          maker.finding(
            id: "F-\(findings.count + 1)", check: check, observation: observation, device: device, evidence: [path]))
      }
    }
    for port in open.keys.sorted() {
      guard let fact = open[port]?.fact else { continue }
      observe(
        .service(device.id, ServiceEndpoint(transport: .tcp, port: port)), .serviceQuestions, fact,
        "evidence/\(device.id.rawValue)-tcp\(port).json")
    }
    for asked in asked {
      let verdict = ProbeVerdict(
        asked.question, asked.result,
        basis: LocalizedText(ja: "\(asked.question) の応答", en: "the answer to \(asked.question)"))
      observe(
        asked.service.map { .service(device.id, $0) } ?? .device(device.id), .serviceQuestions, .probed(verdict),
        "evidence/\(device.id.rawValue)-\(asked.question).json")
    }
    for (port, status) in firstPages.sorted(by: { $0.key < $1.key }) {
      observe(
        .service(device.id, ServiceEndpoint(transport: .tcp, port: port)), .serviceQuestions,
        .page(WebPage(path: "/", status: status)), "evidence/\(device.id.rawValue)-page\(port).json")
    }
    for (port, opens) in opensSSH.sorted(by: { $0.key < $1.key }) {
      var capture = SSHCapture(identification: "SSH-2.0-example")
      capture.opensWithoutAuthentication = opens
      observe(
        .service(device.id, ServiceEndpoint(transport: .tcp, port: port)), .serviceQuestions, .ssh(capture),
        "evidence/\(device.id.rawValue)-ssh\(port).json")
    }
    return DeviceFacts(device: device, coverage: coverage, findings: findings, observations: observations)
  }
}

extension DeviceSample.Heard {
  fileprivate var fact: Observation.Fact? {
    switch self {
    case .telnet:
      return .serviceIdentified(.telnet, basis: LocalizedText(ja: "login prompt: login:", en: "login prompt: login:"))
    case .ssh: return .serviceIdentified(.ssh, basis: LocalizedText(ja: "SSH-2.0-", en: "SSH-2.0-"))
    case .speaks(let name, let tls):
      return .serviceIdentified(name, tls: tls, basis: LocalizedText(ja: "応答", en: "its answer"))
    case .nothing: return .serviceUnidentified(octets: 0, ended: "silence")
    case .failed: return .connectionFailed(reason: "refused")
    case .notTried: return nil
    }
  }
}
