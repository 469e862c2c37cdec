public import Addressing
public import Records

extension ChangeFacts {
  /// What a run came to, as far as another one is compared with it.
  public struct Snapshot: Sendable {
    public let id: String
    public let at: Timestamp
    public let devices: [DeviceFacts]
    /// TCP ports one by one, where they are known.
    public let ports: [DeviceID: PortRecord]
    /// Whether the run asked an address to the end.
    public let looked: @Sendable (IPAddress) -> Bool

    public init(
      id: String, at: Timestamp, devices: [DeviceFacts], ports: [DeviceID: PortRecord] = [:],
      looked: @escaping @Sendable (IPAddress) -> Bool
    ) {
      self.id = id
      self.at = at
      self.devices = devices
      self.ports = ports
      self.looked = looked
    }
  }

  /// Holds a run against an earlier one.
  ///
  /// What one of them did not look at is no difference: a port is closed, and a weakness is mended, only where the later run asked again
  /// and got another answer.
  public init(earlier: Snapshot, later: Snapshot) {
    let before = Dictionary(earlier.devices.map { ($0.device.id, $0) }) { first, _ in first }
    let after = Dictionary(later.devices.map { ($0.device.id, $0) }) { first, _ in first }
    var changes: [Change] = []
    var compared: Set<DeviceID> = []
    for id in after.keys.sorted() {
      guard let now = after[id] else { continue }
      if let then = before[id] {
        compared.insert(id)
        changes += Self.differences(then, now, earlier, later)
      } else if now.device.addresses.contains(where: earlier.looked) {
        compared.insert(id)
        changes.append(Change(.deviceNew, of: id, after: Self.addresses(now), evidence: [PackPath.ports(id)]))
      }
    }
    for id in before.keys.sorted() where after[id] == nil {
      guard let then = before[id], then.device.addresses.contains(where: later.looked) else { continue }
      changes.append(Change(.deviceGone, of: id, before: Self.addresses(then)))
    }
    self.init(runs: [(earlier.id, earlier.at)], changes: changes, compared: compared)
  }

  private static func addresses(_ facts: DeviceFacts) -> String {
    facts.device.addresses.map(\.description).joined(separator: " ")
  }

  private static func differences(
    _ then: DeviceFacts, _ now: DeviceFacts, _ earlier: Snapshot, _ later: Snapshot
  ) -> [Change] {
    let id = now.device.id
    var found = ports(then, now, earlier, later)
    if let old = then.device.firmware?.name, let new = now.device.firmware?.name, old != new {
      found.append(Change(.firmware, of: id, before: old, after: new, evidence: now.evidence))
    }
    found += keyed(.hostKey, hostKeys(then), hostKeys(now), id)
    found += keyed(.certificate, certificates(then), certificates(now), id)
    return found + findings(then, now, later)
  }

  // MARK: Ports

  private static func ports(
    _ then: DeviceFacts, _ now: DeviceFacts, _ earlier: Snapshot, _ later: Snapshot
  ) -> [Change] {
    let (old, new) = (Set(then.openServices.map(\.endpoint)), Set(now.openServices.map(\.endpoint)))
    let id = now.device.id
    let evidence = [PackPath.ports(id)]
    let opened = new.subtracting(old).filter { then.asked($0) }
    let closed = old.subtracting(new).filter { now.found($0, closedIn: later.ports[id]) }
    return opened.sorted().map { Change(.portOpened, of: id, service: $0, evidence: evidence) }
      + closed.sorted().map { Change(.portClosed, of: id, service: $0, evidence: evidence) }
  }

  // MARK: Keys

  /// What stands at a service under a name: a key's type, `certificate`.
  private struct Place: Hashable, Comparable {
    let service: ServiceEndpoint
    let name: String

    static func < (left: Self, right: Self) -> Bool { (left.service, left.name) < (right.service, right.name) }
  }

  private typealias Keys = [Place: (value: String, evidence: [String])]

  /// Only what both runs saw.
  private static func keyed(_ kind: Kind, _ then: Keys, _ now: Keys, _ id: DeviceID) -> [Change] {
    now.keys.sorted().compactMap { place in
      guard let old = then[place], let new = now[place], old.value != new.value else { return nil }
      return Change(
        kind, of: id, service: place.service, before: "\(place.name) \(old.value)", after: "\(place.name) \(new.value)",
        evidence: new.evidence)
    }
  }

  private static func hostKeys(_ facts: DeviceFacts) -> Keys {
    var keys: Keys = [:]
    for observation in facts.observations {
      guard case .ssh(let capture) = observation.fact, case .service(_, let service) = observation.subject else {
        continue
      }
      for key in capture.hostKeys {
        keys[Place(service: service, name: key.type)] = (key.fingerprint, observation.evidence)
      }
    }
    return keys
  }

  private static func certificates(_ facts: DeviceFacts) -> Keys {
    var keys: Keys = [:]
    for observation in facts.observations {
      guard case .tls(let capture) = observation.fact, case .service(_, let service) = observation.subject,
        let first = capture.certificates.first
      else { continue }
      keys[Place(service: service, name: "sha256")] = (first.sha256, observation.evidence)
    }
    return keys
  }

  // MARK: Findings

  private static func findings(_ then: DeviceFacts, _ now: DeviceFacts, _ later: Snapshot) -> [Change] {
    struct Weakness: Hashable {
      let check: String
      let service: ServiceEndpoint?
    }
    var told: Set<Weakness> = []
    return then.findings.compactMap { old in
      guard told.insert(Weakness(check: old.check, service: old.service)).inserted else { return nil }
      if let new = now.findings.first(where: { $0.check == old.check && $0.service == old.service }) {
        return Change(.still, of: now.device.id, service: old.service, check: old.check, evidence: new.evidence)
      }
      guard let evidence = now.refutation(of: old, later.ports[now.device.id]) else { return nil }
      return Change(.mended, of: now.device.id, service: old.service, check: old.check, evidence: evidence)
    }
  }
}

extension DeviceFacts {
  /// The port was asked to the end, so that it was not open then.
  fileprivate func asked(_ endpoint: ServiceEndpoint) -> Bool {
    switch endpoint.transport {
    case .tcp:
      coverage.tcp.unresolved == 0 && coverage.stopped == nil
        && (coverage.tcp.complete || Self.contains(coverage.tcp.requested, endpoint.port))
    case .udp: coverage.udp.map { $0.unresolved == 0 && Self.contains($0.requested, endpoint.port) } ?? false
    }
  }

  /// The port answered that nobody listens; silence is no answer.
  fileprivate func found(_ endpoint: ServiceEndpoint, closedIn ports: PortRecord?) -> Bool {
    if device.services.contains(where: { $0.endpoint == endpoint && $0.state == .closed }) { return true }
    guard endpoint.transport == .tcp, asked(endpoint), !openServices.contains(where: { $0.endpoint == endpoint }) else {
      return false
    }
    if let ports { return ports.state(of: endpoint.port) == .closed }
    return coverage.tcp.silent == 0
  }

  /// What shows that a weakness of an earlier run was looked for again and is not there; nil where nobody looked.
  fileprivate func refutation(of finding: Finding, _ ports: PortRecord?) -> [String]? {
    if let service = finding.service, found(service, closedIn: ports) { return [PackPath.ports(device.id)] }
    for observation in observations {
      let service: ServiceEndpoint? =
        if case .service(_, let endpoint) = observation.subject { endpoint } else { nil }
      guard service == finding.service else { continue }
      switch observation.fact {
      case .probed(let verdict) where verdict.question == finding.check && verdict.result == .refuted:
        return observation.evidence.isEmpty ? evidence : observation.evidence
      // A rule about the protocol itself: another one speaks there now.
      case .serviceIdentified(let name, _, _)
      where finding.check.hasSuffix(".enabled") && !finding.check.hasPrefix(name.rawValue + "."):
        return observation.evidence.isEmpty ? evidence : observation.evidence
      default: continue
      }
    }
    return nil
  }

  /// Whether an expression such as `1-1024,8080` has the port.
  private static func contains(_ expression: String, _ port: UInt16) -> Bool {
    expression.split(separator: ",").contains { part in
      let ends = part.split(separator: "-").map { UInt16($0.drop { $0 == " " }) }
      guard let first = ends.first ?? nil, let last = ends.last ?? nil else { return false }
      return first <= port && port <= last
    }
  }
}
