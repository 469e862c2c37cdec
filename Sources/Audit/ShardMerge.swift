public import Addressing
public import Authority
internal import Checklist
public import Declarations
public import Inventory
public import Profiles
public import Records

/// What one shard of a site came to, read from its pack.
public struct ShardResult: Sendable {
  public let name: String
  public let plan: RunPlan
  public let run: RunSummary
  public let inventory: Records.Inventory
  public let findings: [Finding]
  public let coverage: Coverage
  public let observations: [Observation]
  /// Files of the pack, relative to `data/`.
  public let files: [String]
  /// SHA-256 of those that the owner gave (ledger, declarations, …), which stand in ``givenFolder``.
  public let given: [String: String]

  public static let givenFolder = "reference/"

  public init(
    name: String, plan: RunPlan, run: RunSummary, inventory: Records.Inventory, findings: [Finding], coverage: Coverage,
    observations: [Observation], files: [String], given: [String: String] = [:]
  ) {
    self.given = given
    self.name = name
    self.plan = plan
    self.run = run
    self.inventory = inventory
    self.findings = findings
    self.coverage = coverage
    self.observations = observations
    self.files = files
  }
}

/// Why packs do not belong together.
public struct MergeRefusal: Error, Hashable, Sendable, CustomStringConvertible {
  public let description: String
}

/// The shards of one site joined to one result: a pure function of their packs.
public struct ShardMerge: Sendable {
  /// A file of a shard and where it stands in the joined pack; both relative to `data/`.
  public struct Copy: Hashable, Sendable {
    public let from: String
    public let to: String
  }

  /// One shard in the joined pack: everything under its new number.
  public struct Part: Sendable {
    public let source: ShardResult
    public let shard: Shard
    public internal(set) var observations: [Observation] = []
    /// With the number that each had in its own pack.
    public internal(set) var findings: [(old: String, finding: Finding)] = []
    public internal(set) var copies: [Copy] = []
  }

  /// By number.
  public let parts: [Part]
  /// Shards that were not given.
  public let missing: [Shard]

  /// - Throws: ``MergeRefusal`` when the packs are not shards of one engagement, or overlap.
  public init(_ shards: [ShardResult]) throws(MergeRefusal) {
    var numbered: [Int: (ShardResult, Shard)] = [:]
    guard let first = shards.first else { throw MergeRefusal(description: "no pack was named") }
    for result in shards {
      guard let shard = result.plan.shard.flatMap({ Shard($0) }) else {
        throw MergeRefusal(description: "\(result.name) is no shard: it was not made with --shard")
      }
      if let difference = Self.difference(result.plan, first.plan) {
        throw MergeRefusal(description: "\(result.name) and \(first.name) differ in \(difference)")
      }
      if let difference = Self.difference(result.given, first.given) {
        throw MergeRefusal(
          description: "\(result.name) and \(first.name) were held against different data of the owner (\(difference))")
      }
      if let (other, _) = numbered[shard.number] {
        throw MergeRefusal(description: "\(result.name) and \(other.name) are both shard \(shard)")
      }
      numbered[shard.number] = (result, shard)
    }
    let sorted = numbered.sorted { $0.key < $1.key }.map(\.value)
    try Self.refuseOverlap(sorted.map(\.0))
    parts = Self.renumbered(sorted)
    let count = sorted.first?.1.count ?? 1
    missing = (1...count).filter { numbered[$0] == nil }.compactMap { Shard("\($0)/\(count)") }
  }

  /// What two shards of one run have in common; nil when they do.
  private static func difference(_ one: RunPlan, _ other: RunPlan) -> String? {
    if one.format != other.format { return "the format of their journals" }
    if one.purpose != other.purpose { return "their command (\(one.purpose.rawValue), \(other.purpose.rawValue))" }
    if one.scopeDigest != other.scopeDigest { return "their scope file" }
    if one.rulesDigest != other.rulesDigest { return "their rule data" }
    if one.targets != other.targets { return "their targets" }
    if one.ports != other.ports { return "their ports (\(one.ports), \(other.ports))" }
    if one.profile != other.profile { return "their profile (\(one.profile), \(other.profile))" }
    if one.shard.flatMap({ Shard($0) })?.count != other.shard.flatMap({ Shard($0) })?.count {
      return "the number of shards (\(one.shard ?? ""), \(other.shard ?? ""))"
    }
    if one.seedWasGiven != other.seedWasGiven { return "their seeds: one was given, the other was drawn" }
    if one.seedWasGiven, one.seed != other.seed { return "the seed that was given" }
    return nil
  }

  /// The files that one has and the other has not, or has otherwise; nil when there are none.
  private static func difference(_ one: [String: String], _ other: [String: String]) -> String? {
    let names = Set(one.keys).union(other.keys).filter { one[$0] != other[$0] }.sorted()
    return names.isEmpty ? nil : names.joined(separator: ", ")
  }

  private static func refuseOverlap(_ shards: [ShardResult]) throws(MergeRefusal) {
    var owners: [IPAddress: String] = [:]
    for shard in shards {
      for address in Set(shard.coverage.devices.map(\.address)) {
        guard let owner = owners.updateValue(shard.name, forKey: address) else { continue }
        throw MergeRefusal(description: "\(address) stands in \(owner) and in \(shard.name)")
      }
    }
  }

  // MARK: Numbers and paths

  private static func renumbered(_ shards: [(ShardResult, Shard)]) -> [Part] {
    var taken: Set<String> = []
    var (lastObservation, lastFinding) = (0, 0)
    return shards.map { result, shard in
      var part = Part(source: result, shard: shard)
      var paths = paths(of: result, shard, isFirst: shard == shards.first?.1, &taken)
      var ids: [String: String] = [:]
      for finding in result.findings {
        lastFinding += 1
        let id = numbered("F-", lastFinding, digits: 4)
        ids[finding.id] = id
        for (old, new) in zip(PackPath.finding(finding.id), PackPath.finding(id)) { paths[old] = new }
      }
      for observation in result.observations {
        lastObservation += 1
        let id = numbered("EV-", lastObservation, digits: 6)
        ids[observation.id] = id
        part.observations.append(
          Observation(
            id: id, at: observation.at, technique: observation.technique, subject: observation.subject,
            fact: observation.fact, evidence: observation.evidence.map { paths[$0] ?? $0 }))
      }
      part.findings = result.findings.map { old in
        (
          old.id,
          old.renumbered {
            ids[$0] ?? $0
          } path: {
            paths[$0] ?? $0
          }
        )
      }
      let payload = PackPath.payload
      part.copies = result.files.sorted().compactMap { file in
        guard let new = paths[payload + file], !file.hasPrefix("findings/") else { return nil }
        return Copy(from: file, to: String(new.dropFirst(payload.count)))
      }
      return part
    }
  }

  /// Where the files of a shard go. Findings are written anew, results are made anew.
  private static func paths(
    of result: ShardResult, _ shard: Shard, isFirst: Bool, _ taken: inout Set<String>
  ) -> [String: String] {
    let mark = "\(shard.number)-of-\(shard.count)"
    var folders: [String: String] = [:]
    var paths: [String: String] = [:]
    for file in result.files {
      let parts = file.split(separator: "/").map(String.init)
      let to: String
      // The same in all of them.
      if result.given[file] != nil {
        if isFirst { paths[PackPath.payload + file] = PackPath.payload + file }
        continue
      }
      switch parts[0] {
      case "findings", "findings.json", "inventory.json", "coverage.json", "run.json", "checklist", "report", "scope":
        continue
      case "capture": to = "capture/\(mark)-" + parts.dropFirst().joined(separator: "-")
      case "ports", "services":
        // The same device may have addresses in two shards.
        let stem = parts[1].hasSuffix(".json") ? String(parts[1].dropLast(5)) : parts[1]
        let key = "\(parts[0])/\(stem)"
        let folder = folders[key] ?? (taken.contains(key) ? "\(key)-\(mark)" : key)
        folders[key] = folder
        to = folder + file.dropFirst(key.count)
      default: to = "shards/\(mark)/\(file)"
      }
      paths[PackPath.payload + file] = PackPath.payload + to
    }
    taken.formUnion(folders.values)
    return paths
  }

  // MARK: Result

  /// The joined result.
  /// - Parameters:
  ///   - runID: the name of the joined pack.
  ///   - declarations: what the owner declared, the same for every shard.
  ///   - ledger: the owner's, where the shards took one along.
  ///   - past: is given what was seen, without verdicts, and says what is known of earlier runs.
  ///   - addresses: the addresses of a shard.
  public func result(
    runID: String, profiles: ProfileStore, scope: Scope, declarations: Declarations? = nil, ledger: Ledger? = nil,
    past: (AuditResult) -> PastOfRun? = { _ in nil }, addresses: (Shard) -> [IPAddress]
  ) -> AuditResult {
    let devices = mergedDevices()
    let coverages = parts.flatMap(\.source.coverage.devices).sorted { $0.address < $1.address }
    let omitted = rows(hasDevices: !coverages.isEmpty) + missing.map { omission($0, addresses($0)) }
    let findings = parts.flatMap { $0.findings.map(\.finding) }
    let findingsByDevice = Dictionary(grouping: findings) { $0.device.id }
    let observationsByDevice = Dictionary(grouping: parts.flatMap(\.observations)) { $0.subject.device }
    let byID = Dictionary(uniqueKeysWithValues: devices.map { ($0.id, $0) })
    let facts = coverages.compactMap { coverage in
      byID[coverage.device].map {
        DeviceFacts(
          device: $0, coverage: coverage, findings: findingsByDevice[$0.id] ?? [],
          observations: observationsByDevice[$0.id] ?? [])
      }
    }
    let context = ChecklistContext(
      profiles: profiles, serviceQuestionsAllowed: scope.techniques.contains(.serviceQuestions))
    let run = summary(runID)
    let coverage = Coverage(
      devices: coverages, addressesAsked: Self.sum(parts.map(\.source.coverage.addressesAsked)),
      addressesAnswered: Self.sum(parts.map(\.source.coverage.addressesAnswered)), omitted: omitted,
      receiveDrops: Self.sum(parts.map(\.source.coverage.receiveDrops)), partial: run.partial,
      neverResolved: Self.joined(parts.map(\.source.coverage.neverResolved)))
    var site = SiteFacts(at: run.ended, records: facts, omitted: omitted, declarations: declarations)
    site.ledger = ledger.map { LedgerFacts($0, devices, run, coverage, evidence: LedgerFacts.evidence(run)) }
    var result = AuditResult(
      run: run, inventory: Records.Inventory(devices: devices), findings: findings, verdicts: [], coverage: coverage)
    if let past = past(result) { site.add(past) }
    result.verdicts = Checklist.verdicts(site, in: context)
    return result
  }

  private func mergedDevices() -> [Device] {
    var devices: [DeviceID: Device] = [:]
    for device in parts.flatMap(\.source.inventory.devices) {
      guard var known = devices[device.id] else {
        devices[device.id] = device
        continue
      }
      known.addresses = Array(Set(known.addresses + device.addresses)).sorted()
      known.vendor = known.vendor ?? device.vendor
      for service in device.services {
        if let place = known.services.firstIndex(where: { $0.endpoint == service.endpoint }) {
          // What one shard did not recognise, another may have.
          if known.services[place].protocolName == nil { known.services[place] = service }
        } else {
          known.services.append(service)
        }
      }
      known.services.sort { $0.endpoint < $1.endpoint }
      known.claims += device.claims.filter { !known.claims.contains($0) }
      known.settle()
      devices[device.id] = known
    }
    return devices.values.sorted { one, other in
      guard let a = one.addresses.first, let b = other.addresses.first, a != b else { return one.id < other.id }
      return a < b
    }
  }

  /// What was left out for one reason is one row. A shard in which nobody answered is no row where
  /// somebody did in another.
  private func rows(hasDevices: Bool) -> [Coverage.Omission] {
    let silence = [Coverage.Omission.noAnswerToARP, Coverage.Omission.noAnswerToConnections]
    var rows = bystanders.map { [$0] } ?? []
    for row in parts.flatMap(\.source.coverage.omitted) where !hasDevices || !silence.contains(row.detail) {
      guard !isAboutBystanders(row) else { continue }
      guard let place = rows.firstIndex(where: { $0.reason == row.reason && $0.detail == row.detail }) else {
        rows.append(row)
        continue
      }
      rows[place] = Coverage.Omission(
        addresses: Self.joined([rows[place].addresses, row.addresses]), reason: row.reason, detail: row.detail)
    }
    return rows
  }

  private func isAboutBystanders(_ row: Coverage.Omission) -> Bool {
    [true, false].contains { Coverage.Omission.bystanders([], more: $0).detail == row.detail }
  }

  /// A target of one shard is none of another, which may have heard it all the same.
  private var bystanders: Coverage.Omission? {
    let targets = parts.flatMap(\.source.plan.targets).compactMap { try? AddressRange(parsing: $0) }
    let rows = parts.flatMap(\.source.coverage.omitted).filter(isAboutBystanders)
    let listed = rows.flatMap { $0.addresses.split(separator: ",") }
      .compactMap { try? AddressRange(parsing: String($0.drop { $0 == " " })) }
    guard let all = Self.addresses(of: listed) else { return rows.first }
    let heard = all.filter { address in !targets.contains { $0.contains(address) } }
    let more = rows.contains { $0.detail == Coverage.Omission.bystanders([], more: true).detail }
    return heard.isEmpty ? nil : .bystanders(Array(Set(heard)), more: more)
  }

  private func omission(_ shard: Shard, _ addresses: [IPAddress]) -> Coverage.Omission {
    Coverage.Omission(
      addresses: addresses.isEmpty
        ? parts.first?.source.plan.targets.joined(separator: ", ") ?? "" : TargetSelection.list(addresses),
      reason: .incomplete,
      detail: LocalizedText(
        ja: "分割実行\(shard)の証跡パックが統合に含まれていません。",
        en: "The pack of shard \(shard) was not among those that were merged."))
  }

  /// Lists such as `10.0.0.1, 10.0.0.5-10.0.0.9` as one list; as they are where one is no such list.
  static func joined(_ lists: [String]) -> String {
    let texts = lists.filter { !$0.isEmpty }
    let items = texts.flatMap { $0.split(separator: ",") }
    let ranges = items.compactMap { try? AddressRange(parsing: String($0.drop { $0 == " " })) }
    guard ranges.count == items.count, let addresses = addresses(of: ranges) else {
      return texts.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }.joined(separator: ", ")
    }
    return TargetSelection.list(addresses)
  }

  /// Addresses that are walked through one by one at most: those of sixteen of the largest blocks that a run takes.
  private static let mostAddresses = 16 * TargetSelection.largest

  /// nil for more than a merge walks through; a pack is written by whoever sent it.
  private static func addresses(of ranges: [AddressRange]) -> [IPAddress]? {
    guard sum(ranges.map(\.count)) <= mostAddresses else { return nil }
    return ranges.flatMap(\.hosts)
  }

  /// The largest number there is when the sum is beyond it: counts in a pack may be anything.
  private static func sum(_ counts: [Int]) -> Int {
    counts.reduce(0) { sum, count in
      let (next, overflow) = sum.addingReportingOverflow(count)
      return overflow ? (count < 0 ? .min : .max) : next
    }
  }

  private func summary(_ runID: String) -> RunSummary {
    let runs = parts.map(\.source.run)
    var summary = runs[0]
    func all(_ member: (RunSummary) -> String) -> String {
      runs.map(member).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }.joined(separator: ", ")
    }
    summary.runID = runID
    summary.toolVersion = all(\.toolVersion)
    summary.host = all(\.host)
    summary.seed = all(\.seed)
    summary.started = runs.map(\.started).min() ?? summary.started
    summary.ended = runs.map(\.ended).max() ?? summary.ended
    summary.framesSent = Self.sum(runs.map(\.framesSent))
    summary.partial = !missing.isEmpty || runs.contains(where: \.partial)
    return summary
  }
}

extension Finding {
  fileprivate func renumbered(_ id: (String) -> String, path: (String) -> String) -> Finding {
    Finding(
      id: id(self.id), check: check, severity: severity, device: device, service: service, title: title,
      remediation: remediation, detail: detail, observations: observations.map(id), items: items, at: at,
      evidence: evidence.map(path))
  }
}
