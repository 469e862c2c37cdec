public import Profiles
public import Records

/// Everything a rule may look at for one device. Rules see facts and coverage, never the network.
public struct DeviceFacts: Sendable {
  public let device: Device
  public let coverage: DeviceCoverage
  public let findings: [Finding]
  public let observations: [Observation]

  public init(device: Device, coverage: DeviceCoverage, findings: [Finding], observations: [Observation]) {
    self.device = device
    self.coverage = coverage
    self.findings = findings
    self.observations = observations
  }

  /// Open TCP and UDP services.
  var openServices: [Service] { device.services.filter { $0.state == .open } }

  var openTCPServices: [Service] { openServices.filter { $0.endpoint.transport == .tcp } }

  /// Open TCP services that were listened to and said nothing that identifies them.
  var unidentified: [ServiceEndpoint] {
    openTCPServices.filter { $0.protocolName == nil }.map(\.endpoint).sorted()
  }

  /// Open TCP services that no ordinary connection reached: not permitted, refused, or no time.
  var unheard: [ServiceEndpoint] {
    openTCPServices.map(\.endpoint).filter { endpoint in
      !observations.contains { observation in
        guard case .service(_, endpoint) = observation.subject else { return false }
        switch observation.fact {
        case .serviceIdentified, .serviceUnidentified: return true
        case .answeredARP, .answeredNeighbourSolicitation, .answeredEcho, .answeredSYN, .sighted, .port, .udp,
          .distress, .connectionFailed, .probed, .claimed, .tls, .ssh,
          .page:
          return false
        }
      }
    }.sorted()
  }

  /// What probes found out about a question, with the service each asked.
  func verdicts(of questions: Set<String>) -> [(service: ServiceEndpoint?, verdict: ProbeVerdict)] {
    observations.compactMap { observation in
      guard case .probed(let verdict) = observation.fact, questions.contains(verdict.question) else { return nil }
      if case .service(_, let endpoint) = observation.subject { return (endpoint, verdict) }
      return (nil, verdict)
    }
  }

  /// The gravest thing that the probing did to the device: it is gone, or it restarted.
  var breakdown: Distress? {
    coverage.distress.first { $0.kind == .lost } ?? coverage.distress.first { $0.kind == .rebooted }
  }

  /// Paths of the octets behind everything said about the device.
  var evidence: [String] { Array(Set(observations.flatMap(\.evidence) + [PackPath.ports(device.id)])).sorted() }
}

/// What the rules need to know beside the facts.
public struct ChecklistContext: Sendable {
  public var telnetLikelyPorts: Set<UInt16>
  public var serviceQuestionsAllowed: Bool
  /// By fully qualified item id: what an answer to the item can never say.
  public var cannotConclude: [String: LocalizedText]
  /// The checks that probes answer, by id.
  public var probeChecks: [String: Check]
  /// Fully qualified ids of rows that ask for a decision (W).
  public var decisions: Set<String>

  public init(
    telnetLikelyPorts: Set<UInt16>, serviceQuestionsAllowed: Bool, cannotConclude: [String: LocalizedText],
    checks: [Check] = [], decisions: Set<String> = []
  ) {
    self.decisions = decisions
    probeChecks = Dictionary(checks.filter { $0.rule.question != nil }.map { ($0.id, $0) }) { first, _ in first }
    self.telnetLikelyPorts = telnetLikelyPorts
    self.serviceQuestionsAllowed = serviceQuestionsAllowed
    self.cannotConclude = cannotConclude
  }

  public init(profiles: ProfileStore, serviceQuestionsAllowed: Bool) {
    self.init(
      telnetLikelyPorts: profiles.telnetLikelyPorts, serviceQuestionsAllowed: serviceQuestionsAllowed,
      cannotConclude: profiles.cannotConclude, checks: profiles.checks,
      decisions: Set(
        profiles.catalogues.flatMap { catalogue in
          catalogue.items.filter { $0.verb == .decision }.map(catalogue.qualifiedID)
        }))
  }
}
