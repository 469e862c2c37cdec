internal import Evidence
internal import Foundation
internal import Profiles
internal import Records
internal import Reports

/// Loads what reports are made of from the rule data.
/// - Parameter notes: limitations of this run, which stand before those of every run.
/// - Throws: ``CommandFailure``, also when the rule set was read for single services only.
func reportInputs(_ profiles: ProfileStore, notes: [LocalizedText] = []) throws -> ReportInputs {
  guard profiles.reading == .everything else {
    throw CommandFailure(.failed, "the rules were read for single services only, without what a report is made of")
  }
  func text(_ name: String) throws -> [UInt8] {
    try contents(of: "\(profiles.directory)/report/\(name)", what: "the report's part")
  }
  var reasons: [NotTestedReason: LocalizedText] = [:]
  for reason in NotTestedReason.allCases { reasons[reason] = profiles.wording[reason].label }
  var remedies: [NotTestedReason: LocalizedText] = [:]
  for reason in NotTestedReason.allCases { remedies[reason] = profiles.wording[reason].remedy }
  var parts: [String: String] = [:]
  for name in ReportInputs.partNames {
    parts[name] = String(decoding: try text("parts/\(name).mustache"), as: UTF8.self)
  }
  var titles: [String: LocalizedText] = [:]
  for catalogue in profiles.catalogues {
    for item in catalogue.items { titles[catalogue.qualifiedID(of: item)] = item.title }
    for rule in catalogue.rules { titles["\(catalogue.id)/\(rule.id)"] = rule.title }
  }
  do {
    return try ReportInputs(
      template: String(decoding: try text("report.html.mustache"), as: UTF8.self), parts: parts,
      style: String(decoding: try text("report.css"), as: UTF8.self),
      labels: try ReportInputs.labels(parsing: try text("labels.json")),
      glossary: try ReportInputs.glossary(parsing: try text("glossary.json")), reasonLabels: reasons,
      reasonRemedies: remedies, limitations: notes + profiles.limitations.map(\.text), itemTitles: titles,
      checkTitles: Dictionary(profiles.checks.map { ($0.id, $0.title) }, uniquingKeysWith: { first, _ in first }),
      roleTitles: Dictionary(profiles.roles.map { ($0.id, $0.title) }, uniquingKeysWith: { first, _ in first }))
  } catch let error as ReportError {
    throw CommandFailure(.usage, "the report data in \(profiles.directory)/report is unusable: \(error)")
  }
}

/// SHA-256 over the rule data, so that a report can be tied to the rules it was made with.
/// - Parameter further: that of a folder of further fingerprints; nil without one.
func rulesDigest(_ profiles: ProfileStore, fingerprints further: String?) -> String {
  var hash = SHA256()
  for file in profiles.files {
    hash.update(Array("\(file.path)\n\(file.bytes.count)\n".utf8))
    hash.update(file.bytes)
  }
  if let further { hash.update(Array("fingerprints \(further)\n".utf8)) }
  return SHA256.hex(hash.finish())
}
