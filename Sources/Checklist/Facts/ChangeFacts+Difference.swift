internal import Addressing
public import Records
public import RunComparison

extension ChangeFacts {
  /// What a difference says, in the terms of the rules, with the evidence of the later run.
  ///
  /// A weakness that is new is the business of the rows that it breaks; another address is none of the device (DHCP gives them).
  /// - Parameters:
  ///   - runs: the earlier runs, oldest first.
  ///   - facts: of the later run.
  ///   - kept: where the comparison is kept; empty where it is nowhere.
  public init(
    _ difference: RunDifference, runs: [(id: String, at: Timestamp)], facts: [DeviceFacts], kept: [String] = []
  ) {
    let byID = Dictionary(facts.map { ($0.device.id, $0) }) { first, _ in first }
    var changes: [Change] = []
    var compared = difference.both
    for entry in difference.entries {
      let device = byID[entry.device]
      func change(_ kind: Kind, _ evidence: [String]?) -> Change {
        var (before, after) = (entry.before, entry.after)
        // Where it is, or was.
        if kind == .deviceNew { after = entry.address?.description }
        if kind == .deviceGone { before = entry.address?.description }
        return Change(
          kind, of: entry.device, service: entry.service, check: entry.check, before: before, after: after,
          evidence: (evidence ?? []) + kept)
      }
      let ports = [PackPath.ports(entry.device)]
      switch entry.state {
      case .still: changes.append(change(.still, device?.evidence(of: entry)))
      case .regressed: changes.append(change(.regressed, device?.evidence(of: entry)))
      case .fixed: changes.append(change(.mended, device?.refutation(of: entry) ?? ports))
      case .notRetested:
        // Whoever cut the device off would see just this; so would whoever looks at a device that is busy.
        guard let service = entry.service,
          difference.silenced.contains(.init(device: entry.device, service: service))
        else { continue }
        changes.append(change(.silent, ports))
      case .new: continue
      case .deviceNew:
        compared.insert(entry.device)
        changes.append(change(.deviceNew, ports))
      case .deviceGone: changes.append(change(.deviceGone, nil))
      case .changed:
        guard let kind = Kind(entry) else { continue }
        changes.append(change(kind, device?.evidence(of: entry, kind) ?? ports))
      }
    }
    for one in difference.silenced.sorted(by: { ($0.device.rawValue, $0.service) < ($1.device.rawValue, $1.service) }) {
      changes.append(
        Change(
          .portSilent, of: one.device, service: one.service, before: "open", after: "silent",
          evidence: [PackPath.ports(one.device)] + kept))
    }
    self.init(runs: runs, changes: changes, compared: compared)
    self.kept = kept
  }

  /// What is known of earlier runs; nil where there is none.
  public init?(_ past: RunPast, later: RunRecord, facts: [DeviceFacts], kept: [String] = []) {
    guard !past.earlier.isEmpty else { return nil }
    let runs = past.earlier.map { (id: $0.run, at: $0.started) }
    guard let difference = past.difference(to: later) else {
      self.init(runs: runs, changes: [], compared: [])
      return
    }
    self.init(difference, runs: runs, facts: facts, kept: kept)
    comparedRun = past.compared.map { ComparedRun(id: $0.run.runID, at: $0.run.started) }
  }
}

extension ChangeFacts.Kind {
  fileprivate init?(_ entry: RunDifference.Entry) {
    switch entry.aspect {
    case .port: self = entry.after == "open" ? .portOpened : .portClosed
    case .firmware: self = .firmware
    case .model: self = .model
    case .software: self = .software
    case .protocolName: self = .protocolName
    case .certificate: self = .certificate
    case .hostKey: self = .hostKey
    case .address, nil: return nil
    }
  }
}

extension DeviceFacts {
  /// Of the finding that the entry is about.
  fileprivate func evidence(of entry: RunDifference.Entry) -> [String] {
    findings.first { $0.check == entry.check && $0.service == entry.service }?.evidence ?? evidence
  }

  /// Of what shows the thing that changed.
  fileprivate func evidence(of entry: RunDifference.Entry, _ kind: ChangeFacts.Kind) -> [String] {
    guard let service = entry.service else { return evidence }
    let shown = observations.filter { observation in
      guard case .service(_, service) = observation.subject else { return false }
      switch (kind, observation.fact) {
      case (.certificate, .tls), (.hostKey, .ssh), (.software, .claimed), (.protocolName, .serviceIdentified):
        return true
      default: return false
      }
    }.flatMap(\.evidence)
    return shown.isEmpty ? [PackPath.ports(device.id)] : shown
  }

  /// What shows that a weakness of an earlier run was looked for again and is not there.
  fileprivate func refutation(of entry: RunDifference.Entry) -> [String] {
    for observation in observations {
      let service: ServiceEndpoint? =
        if case .service(_, let endpoint) = observation.subject { endpoint } else { nil }
      guard service == entry.service else { continue }
      switch observation.fact {
      case .probed(let verdict) where verdict.question == entry.check && verdict.result == .refuted:
        return observation.evidence.isEmpty ? evidence : observation.evidence
      // A rule about the protocol itself: another one speaks there now.
      case .serviceIdentified where entry.check?.hasSuffix(".enabled") == true:
        return observation.evidence.isEmpty ? evidence : observation.evidence
      default: continue
      }
    }
    return [PackPath.ports(device.id)]
  }
}
