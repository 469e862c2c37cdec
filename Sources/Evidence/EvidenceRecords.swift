internal import Addressing
internal import Foundation
internal import Records

/// Makes `data/evidence.jsonl` from what a run recorded and what it came to.
struct EvidenceRecords {
  private let result: AuditResult
  private let files: [String: WrittenFile]
  private let masked: [String: [String]]
  private let devices: [DeviceID: Device]
  private let coverage: [DeviceID: DeviceCoverage]
  /// Findings by the observations that they name.
  private let findings: [String: [Finding]]
  /// Verdicts by the files that they cite.
  private let verdicts: [String: [Verdict]]

  /// - Parameters:
  ///   - files: what the pack holds, by path.
  ///   - masked: rules by which something was masked, by the file's path.
  init(_ result: AuditResult, files: [String: WrittenFile], masked: [String: [String]] = [:]) {
    self.result = result
    self.files = files
    self.masked = masked
    devices = Dictionary(result.inventory.devices.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    coverage = Dictionary(result.coverage.devices.map { ($0.device, $0) }, uniquingKeysWith: { first, _ in first })
    findings = Dictionary(
      result.findings.flatMap { finding in finding.observations.map { ($0, [finding]) } }, uniquingKeysWith: +)
    verdicts = Dictionary(
      result.verdicts.flatMap { verdict in Set(verdict.evidence).map { ($0, [verdict]) } }, uniquingKeysWith: +)
  }

  /// What an event of `run.jsonl` has to be, to be evidence.
  private struct Recorded: Decodable {
    let type: String
    let seq: Int
  }

  /// The record of a line of `data/run.jsonl`, without its line feed; nil for events that are no observation.
  func line(of event: ArraySlice<UInt8>) throws(PackError) -> [UInt8]? {
    let data = Data(event)
    let decoder = JSONDecoder()
    guard let recorded = try? decoder.decode(Recorded.self, from: data), recorded.type == "observation" else {
      return nil
    }
    let observation: Observation
    do {
      observation = try decoder.decode(Observation.self, from: data)
    } catch {
      throw PackError(
        .read, path: "line \(recorded.seq) of \(PackWriter.eventsPath)", problem: "is unreadable: \(error)")
    }
    let digest = SHA256.hex(SHA256.digest(of: event))
    return try PackJSON.line(
      record(observation, sequence: recorded.seq, digest: digest), for: PackWriter.evidencePath)
  }

  func record(_ observation: Observation, sequence: Int, digest: String) -> EvidenceRecord {
    let id = observation.subject.device
    let device = devices[id]
    let about = findings[observation.id] ?? []
    return EvidenceRecord(
      observation: observation, run: result.run, coverage: coverage[id],
      target: EvidenceRecord.Target(
        mac: device?.mac?.description, addresses: device?.addresses.map(\.description) ?? [],
        service: observation.subject.service?.description),
      findings: about.map(\.id), checks: unique(about.map(\.check)), proposals: proposals(observation, about),
      files: observation.evidence.compactMap { path in
        files[path].map { EvidenceRecord.File(path: path, octets: $0.octets, sha256: $0.digest) }
      },
      masked: observation.evidence.compactMap { path in
        masked[path].map { "\(path): masked by \($0.joined(separator: ", "))" }
      }, sequence: sequence, sha256: digest)
  }

  /// The rows that rest on it, with the gravest of what is proposed there; a row that only a finding names has no proposal of
  /// its own and is that finding's: a fail.
  private func proposals(_ observation: Observation, _ about: [Finding]) -> [EvidenceRecord.Proposal] {
    var gravest: [String: VerdictStatus] = [:]
    let cited = observation.evidence.flatMap { verdicts[$0] ?? [] }
    let own = about.flatMap(\.evidence).flatMap { verdicts[$0] ?? [] }
    for verdict in cited + own where verdict.device == nil || verdict.device == observation.subject.device {
      let known = gravest[verdict.item].flatMap { Self.order.firstIndex(of: $0) } ?? Self.order.count
      if let rank = Self.order.firstIndex(of: verdict.status), rank < known { gravest[verdict.item] = verdict.status }
    }
    for item in about.flatMap(\.items) where gravest[item] == nil { gravest[item] = .fail }
    return gravest.sorted { $0.key < $1.key }.map { EvidenceRecord.Proposal(item: $0.key, status: $0.value) }
  }

  private static let order: [VerdictStatus] = [.fail, .needsReview, .notTested, .pass, .notApplicable]

  private func unique(_ texts: [String]) -> [String] {
    var seen: Set<String> = []
    return texts.filter { seen.insert($0).inserted }
  }
}
