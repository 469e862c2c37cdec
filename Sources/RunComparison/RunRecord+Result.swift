public import Records

extension RunRecord {
  /// Of a finished run.
  /// - Parameters:
  ///   - observations: the run's, in order; of several of one kind the last counts.
  ///   - ports: the TCP ports of each device, one by one, where the pack has them.
  public init(
    _ result: AuditResult, observations: [Observation], ports: [DeviceID: PortRecord], pack: String?, packDigest: String
  ) {
    let coverage = result.coverage
    self.init(
      run: result.run, pack: pack, packDigest: packDigest, unanswered: coverage.neverResolved,
      omitted: coverage.omitted.map(\.addresses),
      devices: result.inventory.devices.map(DeviceState.init),
      looks: coverage.devices.map { Look($0, ports[$0.device], Self.closedUDP(of: $0.device, result)) },
      services: result.inventory.devices.flatMap { device in
        device.services.filter { $0.state == .open }.map {
          OpenService(
            device: device.id, endpoint: $0.endpoint, protocolName: $0.protocolName?.rawValue, tls: $0.tls)
        }
      },
      weaknesses: result.findings.map {
        Weakness(
          device: $0.device.id, service: $0.service, check: $0.check, severity: $0.severity, finding: $0.id,
          items: $0.items)
      },
      answers: Self.answers(observations), marks: Self.marks(observations),
      proposals: result.verdicts.map {
        Proposal(item: $0.item, device: $0.device, service: $0.service, status: $0.status, reason: $0.reason)
      })
  }

  private static func closedUDP(of device: DeviceID, _ result: AuditResult) -> String {
    let services = result.inventory.devices.first { $0.id == device }?.services ?? []
    let closed = services.filter { $0.endpoint.transport == .udp && $0.state == .closed }.map(\.endpoint.port)
    return PortRecord.expression(closed.sorted())
  }

  private static func answers(_ observations: [Observation]) -> [Answer] {
    struct Key: Hashable {
      let device: DeviceID
      let service: ServiceEndpoint?
      let question: String
    }
    var answers: [Key: Answer] = [:]
    for observation in observations {
      let (device, service) = observation.subject.parts
      switch observation.fact {
      case .probed(let verdict):
        answers[Key(device: device, service: service, question: verdict.question)] = Answer(
          device: device, service: service, question: verdict.question, result: verdict.result.word)
      // What speaks there is the answer to whether something else does.
      case .serviceIdentified(let name, _, _):
        answers[Key(device: device, service: service, question: Answer.identified)] = Answer(
          device: device, service: service, question: Answer.identified, result: name.rawValue)
      default: continue
      }
    }
    return Array(answers.values)
  }

  private static func marks(_ observations: [Observation]) -> [Mark] {
    struct Key: Hashable {
      let device: DeviceID
      let service: ServiceEndpoint
      let kind: Mark.Kind
      let name: String
    }
    var marks: [Key: String] = [:]
    for observation in observations {
      guard case .service(let device, let service) = observation.subject else { continue }
      func mark(_ kind: Mark.Kind, _ name: String, _ value: String) {
        marks[Key(device: device, service: service, kind: kind, name: name)] = value
      }
      switch observation.fact {
      case .tls(let capture):
        if let first = capture.certificates.first { mark(.certificate, "", first.sha256) }
      case .ssh(let capture):
        for key in capture.hostKeys { mark(.hostKey, key.type, key.fingerprint) }
      case .claimed(let claims):
        if let software = claims.filter({ $0.kind == .software }).min(by: Claim.isListedBefore) {
          mark(.software, "", software.value)
        }
      default: continue
      }
    }
    return marks.map {
      Mark(device: $0.key.device, service: $0.key.service, kind: $0.key.kind, name: $0.key.name, value: $0.value)
    }
  }
}

extension RunRecord.Answer {
  /// The question of what speaks at a service; its result is the protocol's name.
  static let identified = "identified"
}

extension Observation.Subject {
  fileprivate var parts: (DeviceID, ServiceEndpoint?) {
    switch self {
    case .device(let device): (device, nil)
    case .service(let device, let endpoint): (device, endpoint)
    }
  }
}

extension RunRecord.DeviceState {
  init(_ device: Device) {
    self.init(
      id: device.id, mac: device.mac, addresses: device.addresses, vendor: device.vendor?.name,
      deviceClass: device.deviceClass?.name, model: device.model?.name, firmware: device.firmware?.name)
  }
}

extension RunRecord.Look {
  init(_ coverage: DeviceCoverage, _ ports: PortRecord?, _ closedUDP: String) {
    let isFinished =
      coverage.tcp.unresolved == 0 && (coverage.udp?.unresolved ?? 0) == 0 && coverage.stopped == nil
    // Without a list of single ports, the figures still say when none was silent.
    let all = ports == nil && coverage.tcp.silent == 0 && coverage.tcp.notPermitted == 0 && !coverage.answersEverything
    self.init(
      device: coverage.device, address: coverage.address, from: coverage.from, to: coverage.to,
      tcp: coverage.tcp.requested, udp: coverage.udp?.requested, isFinished: isFinished,
      closed: ports?.closed.joined(separator: ",") ?? (all ? coverage.tcp.requested : ""),
      silent: ports?.silent.joined(separator: ",") ?? "",
      closedUDP: closedUDP, aliveAfter: coverage.aliveAfter)
  }
}
