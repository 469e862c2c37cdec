internal import Foundation
public import Records

/// Everything a report needs besides the result itself. It is data (Profiles/), so that wording and
/// layout change without the program.
public struct ReportInputs: Sendable {
  /// The frame of the page, in Mustache; Profiles/report/report.html.mustache. It reaches label `x` as `{{l.x}}`.
  public let template: String
  /// The sections of the page by their names; Profiles/report/parts.
  public let parts: [String: String]
  /// The page's style sheet; Profiles/report/report.css.
  public let style: String
  /// Every word of the reports by its key; Profiles/report/labels.json.
  public let labels: [String: LocalizedText]
  /// Terms that readers ask about, in the order of printing; Profiles/report/glossary.json.
  public let glossary: [GlossaryTerm]
  public let reasonLabels: [NotTestedReason: LocalizedText]
  /// What a reader can do about what was not tested.
  public let reasonRemedies: [NotTestedReason: LocalizedText]
  /// What can never be concluded from where the audit was made, in the order of printing.
  public let limitations: [LocalizedText]
  /// Titles of checklist items by fully qualified id, such as `jssec-iot-v1/JSSEC-14.2.c`. An item
  /// without a title is shown by its id.
  public let itemTitles: [String: LocalizedText]
  /// Titles of checks by their ids, such as `telnet.enabled`. One without a title is shown by its id.
  public let checkTitles: [String: LocalizedText]
  /// What devices are for, by the word that claims use, such as `camera`.
  public let roleTitles: [String: LocalizedText]

  /// The sections that the page is made of.
  public static let partNames = [
    "cover", "scope", "management", "charts", "checklist", "findings", "guidelines", "wifi", "inventory", "coverage",
    "closing", "groups", "evidence", "history", "bands", "changes",
    "weaknesses", "difference",
  ]

  /// - Throws: ``ReportError`` when a section is missing, or the program or a template uses a label that is.
  public init(
    template: String, parts: [String: String], style: String, labels: [String: LocalizedText],
    glossary: [GlossaryTerm] = [], reasonLabels: [NotTestedReason: LocalizedText],
    reasonRemedies: [NotTestedReason: LocalizedText] = [:], limitations: [LocalizedText],
    itemTitles: [String: LocalizedText], checkTitles: [String: LocalizedText] = [:],
    roleTitles: [String: LocalizedText] = [:]
  ) throws(ReportError) {
    let absent = Self.partNames.filter { parts[$0] == nil }
    guard absent.isEmpty else { throw .missingParts(absent) }
    let used = Self.labelsUsed(template: template, parts: parts)
    let missing = used.filter { labels[$0] == nil }
    guard missing.isEmpty else { throw .missingLabels(missing.sorted()) }
    self.template = template
    self.parts = parts
    self.style = style
    self.labels = labels
    self.glossary = glossary
    self.reasonLabels = reasonLabels
    self.reasonRemedies = reasonRemedies
    self.limitations = limitations
    self.itemTitles = itemTitles
    self.checkTitles = checkTitles
    self.roleTitles = roleTitles
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

  /// Reads Profiles/report/glossary.json: a list of terms.
  /// - Throws: ``ReportError/unreadableLabels(_:)``.
  public static func glossary(parsing json: [UInt8]) throws(ReportError) -> [GlossaryTerm] {
    do {
      return try JSONDecoder().decode([GlossaryTerm].self, from: Data(json))
    } catch {
      throw .unreadableLabels("glossary: \(error)")
    }
  }

  /// Every label that the program or a template asks for.
  static func labelsUsed(template: String, parts: [String: String]) -> Set<String> {
    let techniques = Technique.known.map { Words.key(of: $0.rawValue) }
    let audiences = Audience.allCases.flatMap { [Words.key(of: $0), Words.key(omittedFor: $0)] }
    return Set(
      Label.allCases.map(\.rawValue) + techniques + audiences + labelsUsed(in: template)
        + parts.values.flatMap(labelsUsed(in:)))
  }

  /// The keys after `l.` in the tags of a template.
  static func labelsUsed(in template: String) -> [String] {
    template.matches(of: /\{\{\{?[#^\/&]?\s*l\.([A-Za-z0-9_-]+)/).map { String($0.1) }
  }
}

/// A term and what is meant by it here.
public struct GlossaryTerm: Hashable, Sendable, Decodable {
  public let term: LocalizedText
  public let meaning: LocalizedText

  public init(term: LocalizedText, meaning: LocalizedText) {
    self.term = term
    self.meaning = meaning
  }
}

/// Why a report could not be made: something about its inputs, never about the result.
public enum ReportError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Labels that are used and not given.
  case missingLabels([String])
  case unreadableLabels(String)
  /// Sections of the page that are not given.
  case missingParts([String])
  /// The template is no Mustache; the parser's reason.
  case unreadableTemplate(String)

  public var description: String {
    switch self {
    case .missingLabels(let keys): return "labels.json lacks \(keys.joined(separator: ", "))"
    case .unreadableLabels(let reason): return "labels.json or glossary.json cannot be read: \(reason)"
    case .missingParts(let names): return "there is no parts/\(names.joined(separator: ".mustache, parts/")).mustache"
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
  case contents, scope, management, charts, checklist, findings, guidelines, wifi, inventory, coverage, limitations
  case method, glossary, summary
  case notTestedSection = "not_tested_section"
  case noCeiling0 = "rate_no_ceiling"
  case clockKept = "clock_kept"
  case clockNotKept = "clock_not_kept"
  case clockUnknown = "clock_unknown"
  case inPack = "in_pack"
  case notSigned = "not_signed"
  case seesDirect = "sees_direct"
  case seesPartial = "sees_partial"
  case seesNone = "sees_none"
  case headingRules = "heading_rules"
  case headingCustom = "heading_custom"
  case roleUnknown = "role_unknown"
  case mapFindings = "map_findings"
  case mapDrawn = "map_drawn"
  case mapGrouped = "map_grouped"
  case timelineDrawn = "timeline_drawn"
  case barsDrawn = "bars_drawn"
  case rowsOf = "rows_of"
  case moreRows = "more_rows"
  case devicesCount = "devices_count"
  case findingsCount = "findings_count"
  case boxesCount = "boxes_count"
  case moreKinds = "more_kinds"
  case evidenceFiles = "evidence_files"
  case markNone = "mark_none"
  case siteRow = "site_row"
  case otherPeople = "other_people"
  case history
  case historyFromPack = "history_from_pack"
  case historyFromFile = "history_from_file"
  case runOwnPack = "run_own_pack"
  case trendTooFew = "trend_too_few"
  case trendDevices = "trend_devices"
  case trendDrawn = "trend_drawn"
  case lifelinesDrawn = "lifelines_drawn"
  case lifeLater = "life_later"
  case lifeUnseen = "life_unseen"
  case diffEarlier = "diff_earlier"
  case diffLater = "diff_later"
  case diffMore = "diff_more"
  case diffClosed = "diff_closed"
  case diffRegressed = "diff_regressed"
  case diffNew = "diff_new"
  case diffStill = "diff_still"
  case diffFixed = "diff_fixed"
  case diffNotRetested = "diff_not_retested"
  case diffDeviceNew = "diff_device_new"
  case diffDeviceGone = "diff_device_gone"
  case diffChanged = "diff_changed"
  case meansRegressed = "means_regressed"
  case meansNew = "means_new"
  case meansStill = "means_still"
  case meansFixed = "means_fixed"
  case meansNotRetested = "means_not_retested"
  case meansDeviceNew = "means_device_new"
  case meansDeviceGone = "means_device_gone"
  case meansChanged = "means_changed"
  case aspectAddress = "aspect_address"
  case aspectFirmware = "aspect_firmware"
  case aspectModel = "aspect_model"
  case aspectPort = "aspect_port"
  case aspectCertificate = "aspect_certificate"
  case aspectHostKey = "aspect_host_key"
  case aspectSoftware = "aspect_software"
  case aspectProtocol = "aspect_protocol"
}

/// The labels in one language.
struct Words {
  let inputs: ReportInputs
  let language: Language

  subscript(_ label: Label) -> String { text(label.rawValue) }

  /// The text with a figure or a name in the place of `{n}`.
  func filled(_ label: Label, _ value: String) -> String { self[label].replacing("{n}", with: value) }

  private func text(_ key: String) -> String { inputs.labels[key]?.text(language) ?? key }

  static func key(of technique: String) -> String { "technique_" + technique }

  static func key(of audience: Audience) -> String { "for_" + audience.rawValue }

  static func key(omittedFor audience: Audience) -> String { "omitted_for_" + audience.rawValue }

  /// A technique by its name in scope files; an unknown one as it is written there.
  func technique(_ name: String) -> String {
    inputs.labels[Self.key(of: name)].map { self($0) } ?? name
  }

  func audience(_ audience: Audience) -> String { text(Self.key(of: audience)) }

  func omitted(for audience: Audience) -> String { text(Self.key(omittedFor: audience)) }

  func role(_ role: String) -> String { inputs.roleTitles[role].map { self($0) } ?? role }

  func remedy(_ reason: NotTestedReason) -> String { inputs.reasonRemedies[reason].map { self($0) } ?? "" }

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
