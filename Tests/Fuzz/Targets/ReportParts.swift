internal import Addressing
internal import Authority
internal import Profiles
internal import Records
internal import Reports

/// What reports are made of besides the result: the shipped templates and labels, short stand-ins for wording.
enum ReportParts {
  static func inputs() throws -> ReportInputs {
    let profiles = try profiles()
    func text(_ name: String) -> String { String(decoding: Repository.octets("report/\(name)"), as: UTF8.self) }
    var reasons: [NotTestedReason: LocalizedText] = [:]
    for reason in NotTestedReason.allCases { reasons[reason] = profiles.wording[reason].label }
    let parts = ReportInputs.partNames.map { ($0, text("parts/\($0).mustache")) }
    return try ReportInputs(
      template: text("report.html.mustache"), parts: Dictionary(uniqueKeysWithValues: parts),
      style: text("report.css"), labels: try ReportInputs.labels(parsing: Repository.octets("report/labels.json")),
      glossary: try ReportInputs.glossary(parsing: Repository.octets("report/glossary.json")), reasonLabels: reasons,
      limitations: profiles.limitations.map(\.text), itemTitles: [:])
  }

  static func profiles() throws -> ProfileStore {
    try ProfileStore(directory: Repository.profiles, readingCases: false)
  }

  static let scope = Scope(
    engagement: Engagement(id: "E", customer: "c", site: "s", operator: "o"), validFrom: Timestamp(nanoseconds: 0),
    validUntil: Timestamp(nanoseconds: 1), networks: [], exclusions: [], techniques: [.serviceQuestions],
    rates: .init(perDevice: 100, total: 20_000), offsetMinutes: 540)
}
