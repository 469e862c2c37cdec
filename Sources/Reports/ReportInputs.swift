internal import Foundation
public import Records

/// Everything a report needs besides the result itself. It is data (Profiles/), so that wording and
/// layout change without the program.
public struct ReportInputs: Sendable {
  /// The page, in Mustache; Profiles/report/report.html.mustache. It reaches label `x` as `{{l.x}}`.
  public let template: String
  /// The page's style sheet; Profiles/report/report.css.
  public let style: String
  /// Every word of the reports by its key; Profiles/report/labels.json.
  public let labels: [String: LocalizedText]
  public let reasonLabels: [NotTestedReason: LocalizedText]
  /// What can never be concluded from where the audit was made, in the order of printing.
  public let limitations: [LocalizedText]
  /// Titles of checklist items by fully qualified id, such as `jssec-iot-v1/JSSEC-14.2.c`. An item
  /// without a title is shown by its id.
  public let itemTitles: [String: LocalizedText]

  /// - Throws: ``ReportError`` when the program or the template uses a label that is missing.
  public init(
    template: String, style: String, labels: [String: LocalizedText],
    reasonLabels: [NotTestedReason: LocalizedText], limitations: [LocalizedText],
    itemTitles: [String: LocalizedText]
  ) throws(ReportError) {
    let used = Label.allCases.map(\.rawValue) + Self.labelsUsed(in: template)
    let missing = Set(used.filter { labels[$0] == nil })
    guard missing.isEmpty else { throw .missingLabels(missing.sorted()) }
    self.template = template
    self.style = style
    self.labels = labels
    self.reasonLabels = reasonLabels
    self.limitations = limitations
    self.itemTitles = itemTitles
  }

  /// Reads Profiles/report/labels.json: an object of `{"ja": …, "en": …}` by key.
  /// - Throws: ``ReportError/unreadableLabels(_:)``.
  public static func labels(parsing json: [UInt8]) throws(ReportError) -> [String: LocalizedText] {
    do {
      return try JSONDecoder().decode([String: LocalizedText].self, from: Data(json))
    } catch {
      throw .unreadableLabels("\(error)")
    }
  }

  /// The keys after `l.` in the tags of a template.
  static func labelsUsed(in template: String) -> [String] {
    template.matches(of: /\{\{\{?[#^\/&]?\s*l\.([A-Za-z0-9_-]+)/).map { String($0.1) }
  }
}

/// Why a report could not be made: something about its inputs, never about the result.
public enum ReportError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Labels that are used and not given.
  case missingLabels([String])
  case unreadableLabels(String)
  /// The template is no Mustache; the parser's reason.
  case unreadableTemplate(String)

  public var description: String {
    switch self {
    case .missingLabels(let keys): return "labels.json lacks \(keys.joined(separator: ", "))"
    case .unreadableLabels(let reason): return "labels.json cannot be read: \(reason)"
    case .unreadableTemplate(let reason): return "the report template cannot be read: \(reason)"
    }
  }
}

/// Labels that the program itself looks up; the template's own are found by reading it.
enum Label: String, CaseIterable {
  case severityCritical = "severity_critical"
  case severityHigh = "severity_high"
  case severityMedium = "severity_medium"
  case severityLow = "severity_low"
  case severityInfo = "severity_info"
  case statusFail = "status_fail"
  case statusPass = "status_pass"
  case statusNeedsReview = "status_needs_review"
  case statusNotApplicable = "status_not_applicable"
  case statusNotTested = "status_not_tested"
  case shortFail = "short_fail"
  case shortPass = "short_pass"
  case shortNeedsReview = "short_needs_review"
  case shortNotApplicable = "short_not_applicable"
  case shortNotTested = "short_not_tested"
  case polaritySupports = "polarity_supports"
  case polarityAgainst = "polarity_against"
  case polarityNeutral = "polarity_neutral"
  case yes, no, complete, incomplete, open, closed, silent, unresolved
  case notAsked = "not_asked"
  case notKnown = "not_known"
  case noDevice = "no_device"
  case partialYes = "partial_yes"
  case partialNo = "partial_no"
  case outcomeDeviates = "outcome_deviates"
  case outcomeNeedsReview = "outcome_needs_review"
  case outcomeNotDetermined = "outcome_not_determined"
  case outcomeMeets = "outcome_meets"
  case networkNameUnknown = "network_name_unknown"
  case aliveBefore = "alive_before"
  case aliveAfter = "alive_after"
  case classFragile = "class_fragile"
  case classNormal = "class_normal"
  case classRobust = "class_robust"
  case noCeiling = "no_ceiling"
  case lost
  case missBound = "miss_bound"
  case notMeasured = "not_measured"
  case rstLimit = "rst_limit"
  case icmpLimit = "icmp_limit"
  case answersEverything = "answers_everything"
  case industrialNotAsked = "industrial_not_asked"
  case drops = "drops_short"
  case distressRecovered = "distress_recovered"
  case distressRebooted = "distress_rebooted"
  case distressLost = "distress_lost"
  case distressSlow = "distress_slow"
  case frames
  case tableNotes = "table_notes"
  case openOrFiltered = "open_or_filtered"
  case ports, vantage, period, addresses, unidentified
  case countOf = "count_of"
  case tableDevice = "table_device"
  case tableVendor = "table_vendor"
  case tableOpen = "table_open"
  case tableTelnet = "table_telnet"
  case tableFindings = "table_findings"
  case tableChecklist = "table_checklist"
  case tablePartial = "table_partial"
  case tableNoneSeen = "table_none_seen"
  case tableNotDetermined = "table_not_determined"
}

/// The labels in one language.
struct Words {
  let inputs: ReportInputs
  let language: Language

  subscript(_ label: Label) -> String { inputs.labels[label.rawValue]?.text(language) ?? label.rawValue }

  func callAsFunction(_ text: LocalizedText) -> String { text.text(language) }

  func severity(_ severity: Severity) -> String {
    switch severity {
    case .info: return self[.severityInfo]
    case .low: return self[.severityLow]
    case .medium: return self[.severityMedium]
    case .high: return self[.severityHigh]
    case .critical: return self[.severityCritical]
    }
  }

  func status(_ status: VerdictStatus) -> String {
    switch status {
    case .fail: return self[.statusFail]
    case .pass: return self[.statusPass]
    case .needsReview: return self[.statusNeedsReview]
    case .notApplicable: return self[.statusNotApplicable]
    case .notTested: return self[.statusNotTested]
    }
  }

  func short(_ status: VerdictStatus) -> String {
    switch status {
    case .fail: return self[.shortFail]
    case .pass: return self[.shortPass]
    case .needsReview: return self[.shortNeedsReview]
    case .notApplicable: return self[.shortNotApplicable]
    case .notTested: return self[.shortNotTested]
    }
  }

  func polarity(_ polarity: Polarity) -> String {
    switch polarity {
    case .supports: return self[.polaritySupports]
    case .against: return self[.polarityAgainst]
    case .neutral: return self[.polarityNeutral]
    }
  }

  func distress(_ kind: Distress.Kind) -> String {
    switch kind {
    case .recovered: return self[.distressRecovered]
    case .rebooted: return self[.distressRebooted]
    case .lost: return self[.distressLost]
    case .slow: return self[.distressSlow]
    }
  }

  /// A class of devices by its name in the coverage; an unknown one as it is written there.
  func deviceClass(_ name: String) -> String {
    switch name {
    case "fragile": return self[.classFragile]
    case "normal": return self[.classNormal]
    case "robust": return self[.classRobust]
    default: return name
    }
  }

  func reason(_ reason: NotTestedReason) -> String { inputs.reasonLabels[reason].map { self($0) } ?? "" }

  func title(ofItem item: String) -> String { inputs.itemTitles[item].map { self($0) } ?? "" }

  /// Yes, no, or "not asked".
  func answer(_ answer: Bool?) -> String {
    guard let answer else { return self[.notAsked] }
    return answer ? self[.yes] : self[.no]
  }
}

/// Numbers and times as people read them.
enum Shown {
  /// `65,535`.
  static func number(_ number: Int) -> String {
    let digits = Array(String(number.magnitude))
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text += "," }
      text.append(digit)
    }
    return number < 0 ? "-" + text : text
  }

  /// `1.1e-4`: a small probability, rounded up, since it is a bound. No share of a hundred anywhere.
  static func probability(_ value: Double) -> String {
    guard value > 0 else { return "0" }
    guard value >= 1e-12 else { return "1e-12" }
    guard value < 1 else { return "1" }
    var (mantissa, exponent) = (value, 0)
    while mantissa < 0.999_999 {
      mantissa *= 10
      exponent += 1
    }
    // What doubles cannot hold exactly must not push a round figure up.
    let tenths = max(10, Int((mantissa * 10 - 1e-6).rounded(.up)))
    if tenths >= 100 { return exponent == 1 ? "1" : "1.0e-\(exponent - 1)" }
    return "\(tenths / 10).\(tenths % 10)e-\(exponent)"
  }

  /// `2026-11-20 10:02:11 +09:00`.
  static func time(_ time: Timestamp, offsetMinutes: Int) -> String {
    let text = time.rfc3339(offsetMinutes: offsetMinutes)
    let zone = offsetMinutes == 0 ? "UTC" : String(text.suffix(6))
    return "\(text.prefix(10)) \(text.dropFirst(11).prefix(8)) \(zone)"
  }

  /// `2026-11-20 10:02:11 – 10:19:40 +09:00`; the day again where it is another.
  static func period(_ from: Timestamp, _ to: Timestamp, offsetMinutes: Int) -> String {
    let (first, last) = (time(from, offsetMinutes: offsetMinutes), time(to, offsetMinutes: offsetMinutes))
    let sameDay = first.prefix(10) == last.prefix(10)
    return "\(first.prefix(19)) – \(sameDay ? last.dropFirst(11) : last[...])"
  }
}
