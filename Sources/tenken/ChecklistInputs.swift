internal import Addressing
internal import ArgumentParser
internal import Audit
internal import Authority
internal import Checklist
internal import Declarations
internal import Documents
internal import Evidence
internal import Foundation
internal import Inventory
internal import Profiles
internal import Records
internal import ScopeFile
internal import Traffic
internal import Wire

/// Where commands about the check sheet take the facts of a site from.
struct ChecklistInputOptions: ParsableArguments {
  @Option(help: "Pack of tenken wifi --output / 無線点検の証跡パック") var wifi: String?
  @Option(help: "Pack of an earlier run; may be repeated / 前回の証跡パック(複数可)") var earlier: [String] = []
  @Flag(help: "Take earlier runs from the history, instead of what the pack keeps of them / 履歴の過去の検査と比べる")
  var fromHistory = false
  @Option(
    help: ArgumentHelp(
      "Pack of the run of the day on which devices were introduced; may be repeated / 導入時の証跡パック(複数可)",
      discussion: "Instead of the runs that tenken history commission marked."))
  var commissioning: [String] = []
  @OptionGroup var place: HistoryPlace
  @Option(help: "Capture of the devices' own traffic, pcap or pcapng; may be repeated / 機器の通信のキャプチャー(複数可)")
  var capture: [String] = []
  @Option(help: "The owner's ledger, CSV (default: the one in the pack) / 機器台帳") var ledger: String?
  @Option(help: "Column map of the ledger (YAML) / 台帳の列の対応表") var map: String?
  @Option(help: "What the owner declares, YAML (default: the one in the pack) / 所有者の宣言") var declarations: String?
  @Option(help: "Advisories, support periods, latest firmware (YAML) / 脆弱性情報・サポート期間・最新版の一覧")
  var references: String?
  @Option(help: "Folder of rule data (default: beside the program) / ルールデータ") var profiles: String?

  func validate() throws {
    guard map == nil || ledger != nil else { throw ValidationError("--map belongs to --ledger.") }
    guard earlier.isEmpty || !usesHistory else {
      throw ValidationError("--earlier names the earlier runs, --history takes them from the history: use one of them.")
    }
  }
}

extension ChecklistInputOptions {
  /// Naming a history asks for it.
  var usesHistory: Bool { fromHistory || place.history != nil }
}

/// The facts of a site, rebuilt from finished packs and what else was named.
struct ChecklistInputs {
  let site: SiteFacts
  let context: ChecklistContext
  let store: ProfileStore
  let packs: [FinishedPack]
  /// What the captures held.
  let capture: TrafficReader.Count?

  var verdicts: [Verdict] { Checklist.verdicts(site, in: context) }

  /// - Throws: ``CommandFailure`` for a pack that does not verify, or a file that is not understood.
  static func load(_ paths: [String], _ options: ChecklistInputOptions) throws -> ChecklistInputs {
    let store = try RunOptions.loadProfiles(options.profiles)
    // The newest first: of a device that several saw it says most.
    let packs = try FinishedPack.read(paths).sorted { $0.run.started > $1.run.started }
    guard let newest = packs.first else { throw CommandFailure(.usage, "no pack is named") }
    let runs = try packs.map { try PackFacts($0) }
    let references = try options.references.map { try readReferences($0) }
    var site = SiteFacts(
      at: packs.map(\.run.ended).max() ?? newest.run.ended,
      records: runs.flatMap(\.facts).map { $0.answering(references, store) },
      omitted: packs.flatMap(\.coverage.omitted), declarations: try declarations(options, newest))
    let devices = packs.rowsOfDevices
    site.ledger = try ledger(options, packs)
    site.lookups = references?.lookups(devices)
    site.support = references?.supports(devices)
    try EarlierRuns(options, runs).add(to: &site)
    site.radio = try options.wifi.map { try WiFiFacts($0, devices).facts }
    let capture = try readCaptures(options.capture, devices, packs)
    site.traffic = capture?.facts
    let allowed = try packs.contains { try $0.allows(.serviceQuestions) }
    return ChecklistInputs(
      site: site, context: ChecklistContext(profiles: store, serviceQuestionsAllowed: allowed), store: store,
      packs: packs, capture: capture?.count)
  }

  private static func readReferences(_ file: String) throws -> References {
    let octets = try contents(of: file, what: "the references")
    do throws(DocumentError) {
      return try References(parsing: octets, file: file)
    } catch {
      throw CommandFailure(.usage, "\(error)")
    }
  }

  private static func declarations(
    _ options: ChecklistInputOptions, _ pack: FinishedPack
  ) throws -> Declarations? {
    if let file = options.declarations { return try DeclarationsReference(file: file).declarations }
    return try DeclarationsReference(in: PackReader(pack.path))?.declarations
  }

  private static func ledger(_ options: ChecklistInputOptions, _ packs: [FinishedPack]) throws -> LedgerFacts? {
    let named = try options.ledger.map { try LedgerReference(file: $0, map: options.map) }
    var kept = named
    for pack in packs where kept == nil { kept = try LedgerReference(in: PackReader(pack.path)) }
    guard let ledger = kept else { return nil }
    let rows = packs.rows
    let file = named.map { URL(fileURLWithPath: $0.ledger.file).lastPathComponent } ?? LedgerFacts.kept
    var facts = LedgerFacts(
      LedgerComparison(ledger.ledger, rows, bounds: packs.map(\.bounds)), ledger.ledger, rows: rows, evidence: [file])
    facts.file = file
    return facts
  }

  // MARK: Captures

  private static func readCaptures(
    _ files: [String], _ devices: [Device], _ packs: [FinishedPack]
  ) throws -> TrafficReader? {
    guard !files.isEmpty else { return nil }
    let auditors = packs.flatMap(\.coverage.devices).map(\.vantage.address)
    let own = Set(devices.flatMap(\.addresses))
    var reader = TrafficReader(
      devices.map { TrafficReader.Subject($0) }, auditors: Set(auditors).subtracting(own),
      authorities: AuthoritiesFile.read())
    for file in files {
      reader.begin(URL(fileURLWithPath: file).lastPathComponent)
      try CaptureOctets(file).read { frame, octets in
        reader.take(octets, linkType: frame.linkType, length: frame.length, at: frame.time)
      }
    }
    return reader
  }
}

/// What a pack says of each device, as the rules look at it.
struct PackFacts {
  let pack: FinishedPack
  let facts: [DeviceFacts]
  /// All that was seen, in order.
  let seen: [Observation]

  init(_ pack: FinishedPack) throws {
    self.pack = pack
    seen = try ResumedRun.journal(PackReader(pack.path), portCount: 0).observations
    let observations = Dictionary(grouping: seen) { $0.subject.deviceID }
    let findings = Dictionary(grouping: try pack.findings()) { $0.device.id }
    let devices = Dictionary(pack.inventory.devices.map { ($0.id, $0) }) { first, _ in first }
    facts = pack.coverage.devices.compactMap { coverage in
      devices[coverage.device].map {
        DeviceFacts(
          device: $0, coverage: coverage, findings: findings[$0.id] ?? [], observations: observations[$0.id] ?? [])
      }
    }
  }
}

extension DeviceFacts {
  /// With what a user's references say of its firmware, and the finding that this makes.
  fileprivate func answering(_ references: References?, _ store: ProfileStore) -> DeviceFacts {
    guard let verdict = references?.firmware(device), let check = store.check(verdict.question) else { return self }
    let observation = Observation(
      id: "REF-\(device.id.rawValue)", at: coverage.to, technique: .passive, subject: .device(device.id),
      fact: .probed(verdict), evidence: [references?.file].compactMap(\.self))
    let others = observations.filter { other in
      if case .probed(let old) = other.fact { old.question != verdict.question } else { true }
    }
    var found = findings.filter { $0.check != check.id }
    let maker = FindingMaker(checks: [check])
    if !maker.matches(observation).isEmpty {
      found.append(
        maker.finding(
          id: "F-REF", check: check, observation: observation, device: device, evidence: observation.evidence))
    }
    return DeviceFacts(
      device: device, coverage: coverage, findings: found, observations: others + [observation])
  }
}

extension Observation.Subject {
  fileprivate var deviceID: DeviceID {
    switch self {
    case .device(let id), .service(let id, _): id
    }
  }
}

extension FinishedPack {
  /// Whether the scope that the run was made with names the technique.
  fileprivate func allows(_ technique: Technique) throws -> Bool {
    guard let octets = try PackReader(path).octets(of: "scope/scope.yaml") else { return false }
    do throws(DocumentError) {
      return try Scope(parsing: octets, file: "\(path)/data/scope/scope.yaml").techniques.contains(technique)
    } catch {
      throw CommandFailure(.failed, "\(error)")
    }
  }
}

extension [FinishedPack] {
  /// Each device once, as the newest pack has it, with the addresses of all.
  fileprivate var rowsOfDevices: [Device] {
    var devices: [DeviceID: Device] = [:]
    for device in flatMap(\.inventory.devices) {
      guard var known = devices[device.id] else {
        devices[device.id] = device
        continue
      }
      known.addresses = [IPAddress](Set(known.addresses + device.addresses)).sorted()
      devices[device.id] = known
    }
    return devices.values.sorted { $0.id < $1.id }
  }
}
