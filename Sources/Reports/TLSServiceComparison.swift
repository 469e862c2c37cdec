public import Profiles
public import Records

/// One TLS service held against every guideline, for the report.
public struct TLSServiceComparison: Hashable, Sendable {
  public let device: DeviceID
  public let endpoint: ServiceEndpoint
  public let comparisons: [TLSComparison]

  public init(device: DeviceID, endpoint: ServiceEndpoint, comparisons: [TLSComparison]) {
    self.device = device
    self.endpoint = endpoint
    self.comparisons = comparisons
  }

  /// The services whose TLS was observed, by device and port; the last observation of each counts.
  public static func list(_ observations: [Observation], _ guidelines: TLSGuidelines) -> [Self] {
    var captures: [Observation.Subject: TLSCapture] = [:]
    for observation in observations {
      if case .tls(let capture) = observation.fact { captures[observation.subject] = capture }
    }
    return captures.compactMap { subject, capture -> Self? in
      guard case .service(let device, let endpoint) = subject else { return nil }
      let comparisons = guidelines.all.compactMap { TLSComparison.of(capture, $0) }
      return comparisons.isEmpty ? nil : Self(device: device, endpoint: endpoint, comparisons: comparisons)
    }
    .sorted { ($0.device.rawValue, $0.endpoint) < ($1.device.rawValue, $1.endpoint) }
  }
}

extension ReportModel {
  /// The comparisons with guidelines: counts of each, and the rows that deviate or that somebody has to look at.
  var guidelines: [Page] {
    parts.services.sorted { left, right in
      let addresses = [left, right].map { devices[$0.device]?.addresses.first }
      if addresses[0] != addresses[1] { return isLower(addresses[0], addresses[1]) }
      return (left.device.rawValue, left.endpoint) < (right.device.rawValue, right.endpoint)
    }
    .map { service in
      [
        "device": name(of: service.device), "service": service.endpoint.description,
        "comparisons": service.comparisons.map(comparison),
      ]
    }
  }

  private func comparison(_ comparison: TLSComparison) -> Page {
    let told = comparison.rows.filter { $0.outcome.kind == .deviates || $0.outcome.kind == .needsReview }
    return [
      "id": comparison.guideline.id, "title": words(comparison.guideline.title),
      "edition": comparison.guideline.edition,
      "deviates": Shown.number(comparison.count(.deviates)), "review": Shown.number(comparison.count(.needsReview)),
      "open": Shown.number(comparison.count(.notDetermined)), "meets": Shown.number(comparison.count(.meets)),
      "rows": told.map(row),
    ]
  }

  private func row(_ compared: TLSComparison.Row) -> Page {
    var page: Page = [
      "key": compared.outcome.kind.rawValue, "outcome": words.outcome(compared.outcome.kind),
      "id": compared.row.id, "title": words(compared.row.title), "seen": words(compared.outcome.text),
      "term": compared.row.term, "source": compared.row.source,
    ]
    if case .needsReview(let kind, _) = compared.outcome { page["asWritten"] = words.outcome(kind) }
    return page
  }
}

extension Words {
  func outcome(_ kind: TLSComparison.Kind) -> String {
    switch kind {
    case .deviates: self[.outcomeDeviates]
    case .needsReview: self[.outcomeNeedsReview]
    case .notDetermined: self[.outcomeNotDetermined]
    case .meets: self[.outcomeMeets]
    }
  }
}
