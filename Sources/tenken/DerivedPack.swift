internal import Addressing
internal import Audit
internal import Evidence
internal import Foundation
internal import LinkIO
internal import Profiles
internal import Records
internal import Redaction
internal import Reports
internal import RunComparison
internal import Wire

/// For whom a copy is made.
enum CopyAudience: String, CaseIterable {
  /// The maker of some devices: their findings with the octets that show them.
  case vendor
  /// Anybody: findings without octets, addresses or numbers that tell one device from another.
  case `public`

  var showsOctets: Bool { self == .vendor }

  var name: LocalizedText {
    switch self {
    case .vendor: LocalizedText(ja: "製造者・販売者", en: "a vendor")
    case .public: LocalizedText(ja: "公開", en: "the public")
    }
  }
}

/// A pack made from another for somebody who is not to see all of it.
struct DerivedPack {
  static let audienceLabel = "Tenken-Redacted-For"

  let parent: FinishedPack
  let audience: CopyAudience
  let devices: [Device]
  let language: Language
  let hidesAddresses: Bool
  private let reader: PackReader
  private let redactor: Redactor
  private let rules: RedactionRules
  private let identities: IdentityMask

  /// - Parameter devices: those that the copy is about.
  init(
    _ parent: FinishedPack, for audience: CopyAudience, devices: [Device], hidesAddresses: Bool,
    _ rules: RedactionRules,
    _ language: Language
  ) throws {
    self.parent = parent
    self.audience = audience
    self.devices = devices
    self.hidesAddresses = hidesAddresses
    self.language = language
    self.rules = rules
    reader = PackReader(parent.path)
    // Who holds the parent can make the key anew and prove the relation; its digest in a signature is not enough.
    let manifest = try contents(of: "\(parent.path)/manifest-sha256.txt", what: "the manifest")
    let key = SHA256.digest(of: Array("tenken copy of a pack\n".utf8) + manifest)
    redactor = Redactor(rules, key: key)
    let (shown, all) = Self.remembered(devices, parent.inventory.devices, try RunPast(in: reader))
    var identities = IdentityMask(
      shown: shown, all: all,
      vantages: parent.coverage.devices.map { $0.vantage.address },
      redactor, hidesShown: hidesAddresses)
    if audience == .public { identities.addNumbers(of: devices) }
    self.identities = identities
  }

  /// With the addresses and devices that only earlier runs know: texts about changes may name them.
  private static func remembered(
    _ shown: [Device], _ all: [Device], _ past: RunPast?
  ) -> (shown: [Device], all: [Device]) {
    let states = past?.records.flatMap(\.devices) ?? []
    let known = Dictionary(grouping: states, by: \.id)
    func adding(_ device: Device) -> Device {
      var device = device
      let before = Set(known[device.id, default: []].flatMap(\.addresses))
      device.addresses += before.subtracting(device.addresses).sorted()
      return device
    }
    let here = Set(all.map(\.id))
    let gone = states.filter { !here.contains($0.id) }.compactMap { state in
      state.mac.map { Device(mac: $0, addresses: state.addresses) } ?? state.addresses.first.map { Device(address: $0) }
    }
    return (shown.map(adding), all.map(adding) + gone)
  }

  /// What changed since the run before, of the devices that the copy is about: a vendor sees what was mended. What a public copy would
  /// tell by it, certificates and keys among them, tells one device from another.
  private func difference() throws -> DifferenceDocument? {
    guard audience.showsOctets, let whole = try parent.difference() else { return nil }
    let ids = ids
    let own = whole.entries.filter { ids.contains($0.device) && !(hidesAddresses && $0.aspect == .address) }
    return try masked(
      DifferenceDocument(
        earlier: whole.earlier, later: whole.later, compared: Set(own.map(\.device)).count, entries: own))
  }

  /// Writes the copy.
  func write(to output: String, report: (AuditResult, [Observation]) throws -> String) throws {
    let result = try masked(result(), keeping: \.run)
    let observations = try self.observations()
    let pack = try PackWriter(creating: output, software: "tenken \(tenkenVersion)")
    try pack.append(
      RunEvent(
        type: "pack.derived", at: SystemClock.wall,
        fields: DerivedEvent(
          parent: parent.run.runID, tagManifestSHA256: parent.digest, for: audience.rawValue,
          devices: result.inventory.devices.map(\.id), hidesAddresses: hidesAddresses)))
    var entries = roles()
    for observation in observations {
      try pack.append(RunEvent(type: "observation", at: observation.at, fields: observation))
    }
    for (finding, original) in zip(result.findings, findings) {
      entries += try write(finding, original, to: pack)
      try pack.append(RunEvent(type: "finding", at: finding.at, fields: finding))
    }
    try pack.append(
      RunEvent(
        type: "run.ended", at: result.run.ended,
        fields: EndEvent(partial: result.run.partial, framesSent: result.run.framesSent, problem: nil)))
    if let difference = try difference() { try pack.writeJSON(difference, to: PastOfRun.difference) }
    try pack.write(Array(try report(result, observations).utf8), to: "report/report.html")
    try pack.writeJSON(
      RedactionList(
        key: LocalizedText(
          ja: "鍵は、原本のmanifest-sha256.txtから作られます。原本を持つ人だけが計算できます。",
          en: "The key is made from the parent's manifest-sha256.txt: only who holds the parent can make it."),
        rules, masked: entries, leftOut: try leftOut()), to: RedactionList.path)
    try pack.close(
      result: result,
      extras: [
        ("Tenken-Parent", "\(parent.run.runID) tagmanifest-sha256 \(parent.digest)"),
        (Self.audienceLabel, audience.rawValue),
      ])
    handOver(output)
  }

  private var ids: Set<DeviceID> { Set(devices.map(\.id)) }

  /// The findings of the devices, as they stand in the parent.
  private var findings: [Finding] { (try? parent.result().findings.filter { ids.contains($0.device.id) }) ?? [] }

  /// What the copy tells, before texts are masked.
  private func result() throws -> AuditResult {
    var result = try parent.result()
    let ids = ids
    result.inventory.devices = devices.map { device in
      var device = device
      if audience == .public { device.claims.removeAll { Self.telling.contains($0.kind) } }
      return device
    }
    result.findings = findings.map { $0.citing(kept($0.evidence)) }
    let folders = Set(result.findings.flatMap(\.evidence))
    result.verdicts = result.verdicts.filter { verdict in verdict.device.map(ids.contains) == true }.map { verdict in
      var bounds = verdict.bounds
      bounds.addresses = nil
      return Verdict(
        item: verdict.item, device: verdict.device, service: verdict.service, status: verdict.status,
        reason: verdict.reason, polarity: verdict.polarity, bounds: bounds, explanation: verdict.explanation,
        evidence: verdict.evidence.filter(folders.contains))
    }
    result.coverage.devices.removeAll { !ids.contains($0.device) }
    result.coverage.omitted = []
    result.coverage.neverResolved = ""
    result.coverage.addressesAsked = result.coverage.devices.count
    result.coverage.addressesAnswered = result.coverage.devices.count
    result.run.engagement = Engagement(
      id: "engagement", customer: "customer / 顧客", site: "site / 拠点", operator: "auditor / 監査者")
    result.run.host = "auditing host / 監査端末"
    result.run.targets = devices.flatMap(\.addresses).map { identities.replaced("\($0)").text }
    return result
  }

  /// What tells one device from all others of its kind.
  private static let telling: Set<Claim.Kind> = [.serial, .uuid, .mac, .name, .host, .certificate]

  private func kept(_ paths: [String]) -> [String] { audience.showsOctets ? paths : [] }

  private func observations() throws -> [Observation] {
    let paths = Set(findings.flatMap { kept($0.evidence) })
    let ids = ids
    let seen = try ResumedRun.journal(reader, portCount: 0).observations.filter { ids.contains($0.subject.deviceID) }
    return try masked(
      seen.compactMap { observation in
        var fact = observation.fact
        if audience == .public, case .claimed(let claims) = fact {
          let shown = claims.filter { !Self.telling.contains($0.kind) }
          guard !shown.isEmpty else { return nil }
          fact = .claimed(shown)
        }
        return Observation(
          id: observation.id, at: observation.at, technique: observation.technique, subject: observation.subject,
          fact: fact, evidence: observation.evidence.filter(paths.contains))
      })
  }

  /// A value with its texts masked, and the addresses that are not to be named.
  private func masked<Value: Codable>(_ value: Value) throws -> Value {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var json = Array(try encoder.encode(value))
    json = redactor.masked(json: json)?.octets ?? json
    json = JSONStrings.mapped(json) { text in
      // A number of a record, whose digits may be those of a MAC address, names no device.
      guard text.wholeMatch(of: /EV-[0-9]{6,}/) == nil else { return nil }
      let replaced = identities.replaced(text)
      return replaced.count > 0 ? replaced.text : nil
    }
    return try JSONDecoder().decode(Value.self, from: Data(json))
  }

  private func masked(_ result: AuditResult, keeping part: WritableKeyPath<AuditResult, RunSummary>) throws
    -> AuditResult
  {
    var masked = try masked(result)
    masked[keyPath: part] = result[keyPath: part]
    return masked
  }

  /// Writes a finding's folder.
  /// - Returns: what was masked in it.
  private func write(_ finding: Finding, _ original: Finding, to pack: PackWriter) throws -> [RedactionList.Entry] {
    guard audience.showsOctets else {
      try pack.writeJSON(finding, to: "findings/\(finding.id)/finding.json")
      return []
    }
    guard var files = try FindingFiles(original.id, in: reader) else {
      try pack.writeJSON(finding, to: "findings/\(finding.id)/finding.json")
      return try writeLogins(original, finding, to: pack)
    }
    let folder = "data/findings/\(finding.id)"
    var entries: [RedactionList.Entry] = []
    files.request = mask(files.request, "\(folder)/request.bin", &entries)
    files.response = mask(files.response, "\(folder)/response.bin", &entries)
    var counts: [String: Int] = [:]
    var notes = hidesAddresses ? [:] : files.notes
    var stream = FrameRedactor(redactor)
    // Whose addresses are hidden is told by every head of a frame.
    let frames = (hidesAddresses ? [] : files.frames).enumerated().map { place, frame in
      guard let masked = combined(frame.octets, stream.masked(frame)) else { return frame }
      for (rule, count) in masked.counts { counts[rule, default: 0] += count }
      notes[place] = "masked; checksums are those of the frame as it was"
      return CapturedFrame(
        nanoseconds: frame.nanoseconds, octets: masked.octets, originalLength: frame.originalLength,
        outbound: frame.outbound)
    }
    try pack.write(
      finding: finding, stimulus: files.request, response: files.response, withheld: files.withheld, frames: frames,
      notes: notes, interface: files.interface)
    if hidesAddresses, !files.frames.isEmpty { counts["hidden-address"] = files.frames.count }
    let slice = "findings/\(finding.id)/slice.pcapng"
    let digest = try reader.octets(of: slice).map { redactor.digest(of: $0) }
    entries += counts.map { rule, count in
      var entry = RedactionList.Entry(path: "data/\(slice)", rule: rule, count: count, digest: nil)
      entry.original = digest
      return entry
    }
    return entries.map { copied($0, in: pack) }
  }

  private func writeLogins(
    _ original: Finding, _ finding: Finding, to pack: PackWriter
  ) throws -> [RedactionList.Entry] {
    var entries: [RedactionList.Entry] = []
    for (path, name) in zip(original.evidence, finding.evidence) where path.hasPrefix(PackPath.payload) {
      guard let octets = try reader.octets(of: String(path.dropFirst(PackPath.payload.count))) else { continue }
      let masked = mask(octets, name, &entries)
      try pack.write(masked, to: String(name.dropFirst(PackPath.payload.count)))
    }
    return entries.map { copied($0, in: pack) }
  }

  private func copied(_ entry: RedactionList.Entry, in pack: PackWriter) -> RedactionList.Entry {
    var entry = entry
    entry.copy = (try? SHA256.digest(ofFile: "\(pack.path)/\(entry.path)")).map { SHA256.hex($0) }
    return entry
  }

  private func mask(_ octets: [UInt8], _ path: String, _ entries: inout [RedactionList.Entry]) -> [UInt8] {
    guard let masked = maskedOctets(octets) else { return octets }
    for (rule, count) in masked.counts {
      var entry = RedactionList.Entry(path: path, rule: rule, count: count, digest: nil)
      entry.original = redactor.digest(of: octets)
      entries.append(entry)
    }
    return masked.octets
  }

  private func maskedOctets(_ octets: [UInt8]) -> (octets: [UInt8], counts: [String: Int])? {
    combined(octets, redactor.masked(octets))
  }

  /// With the addresses masked, too.
  private func combined(_ octets: [UInt8], _ first: Masked?) -> (octets: [UInt8], counts: [String: Int])? {
    let second = identities.masked(first?.octets ?? octets)
    guard first != nil || second != nil else { return nil }
    var counts: [String: Int] = [:]
    for redaction in first?.redactions ?? [] { counts[redaction.rule] = redaction.count }
    if let second { counts["hidden-address"] = second.count }
    return (second?.octets ?? first?.octets ?? octets, counts)
  }

  private func roles() -> [RedactionList.Entry] {
    [RedactionList.Entry(path: "data/run.json", rule: "role", count: 5, digest: nil)]
  }

  /// What the parent holds and the copy does not, by kind: paths would name other devices.
  private func leftOut() throws -> [RedactionList.Omission] {
    let shown = audience.showsOctets ? Set(findings.map(\.id)) : []
    var counts: [String: Int] = [:]
    for file in try reader.files() {
      let parts = file.split(separator: "/").map(String.init)
      guard let first = parts.first, parts.count > 1 else { continue }
      if first == "findings", parts.count > 2, shown.contains(parts[1]) { continue }
      if audience.showsOctets, file == PastOfRun.difference { continue }
      counts[first, default: 0] += 1
    }
    return counts.sorted { $0.key < $1.key }.map { what, files in
      RedactionList.Omission(what: what, why: Self.reasons[what] ?? Self.reason, files: files)
    }
  }

  private static let reason = LocalizedText(
    ja: "提供先に必要のない記録です。", en: "Whom the copy is for has no need of it.")
  private static let reasons: [String: LocalizedText] = [
    "scope": LocalizedText(ja: "顧客との取り決めと担当者名を含みます。", en: "It names the customer, and who allowed what."),
    "reference": LocalizedText(ja: "所有者の台帳と宣言です。", en: "The owner's ledger and declarations."),
    "inventory": LocalizedText(ja: "所有者の台帳との突き合わせです。", en: "The owner's ledger, held against what was seen."),
    "capture": LocalizedText(ja: "ほかの機器の通信を含みます。", en: "It holds the traffic of other devices."),
    "services": LocalizedText(ja: "検出事項の根拠ではない通信です。", en: "Conversations that no finding of the copy rests on."),
    "findings": LocalizedText(
      ja: "ほかの機器の検出事項、または公開しない通信です。", en: "Findings of other devices, or octets that are not published."),
    "history": LocalizedText(
      ja: "過去の検査の全機器の記録です。", en: "Records of earlier runs, with all devices of the site."),
    "report": LocalizedText(ja: "この写しのために作り直しました。", en: "Made anew for the copy."),
  ]
}

struct DerivedEvent: Encodable, Sendable {
  let parent: String
  let tagManifestSHA256: String
  let `for`: String
  let devices: [DeviceID]
  let hidesAddresses: Bool
}

extension Finding {
  /// The same finding with other paths.
  fileprivate func citing(_ evidence: [String]) -> Finding {
    Finding(
      id: id, check: check, severity: severity, device: device, service: service, title: title,
      remediation: remediation, detail: detail, observations: observations, items: items, at: at, evidence: evidence)
  }
}

extension Observation.Subject {
  fileprivate var deviceID: DeviceID {
    switch self {
    case .device(let device), .service(let device, _): device
    }
  }
}
