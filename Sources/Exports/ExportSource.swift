internal import Addressing
public import Records

/// What an export is made from: one finished run, and the words for it.
public struct ExportSource: Sendable {
  public let result: AuditResult
  public let language: Language
  /// SHA-256 of `tagmanifest-sha256.txt`: which pack it is.
  public let packDigest: String
  /// CWE numbers by check.
  public let weaknesses: [String: [Int]]
  /// Titles of checklist rows by fully qualified id.
  public let titles: [String: LocalizedText]
  public let statusLabels: [VerdictStatus: LocalizedText]
  public let reasonLabels: [NotTestedReason: LocalizedText]
  /// What a reader can do about a row that was not tested.
  public let remedies: [NotTestedReason: LocalizedText]
  public let limitations: [LocalizedText]

  public init(
    result: AuditResult, language: Language, packDigest: String, weaknesses: [String: [Int]],
    titles: [String: LocalizedText], statusLabels: [VerdictStatus: LocalizedText],
    reasonLabels: [NotTestedReason: LocalizedText], remedies: [NotTestedReason: LocalizedText],
    limitations: [LocalizedText]
  ) {
    self.result = result
    self.language = language
    self.packDigest = packDigest
    self.weaknesses = weaknesses
    self.titles = titles
    self.statusLabels = statusLabels
    self.reasonLabels = reasonLabels
    self.remedies = remedies
    self.limitations = limitations
  }

  var offsetMinutes: Int { result.run.offsetMinutes }
  var software: String { "tenken \(result.run.toolVersion)" }

  func words(_ text: LocalizedText) -> String { text.text(language) }
  func title(_ item: String) -> String { titles[item].map(words) ?? item }
  func status(_ status: VerdictStatus) -> String { statusLabels[status].map(words) ?? status.rawValue }
  func label(_ reason: NotTestedReason) -> String { reasonLabels[reason].map(words) ?? reason.rawValue }
  func time(_ moment: Timestamp) -> String { moment.rfc3339(offsetMinutes: offsetMinutes) }

  /// `JSSEC-14.2.c` of `jssec-iot-v1/JSSEC-14.2.c`.
  static func row(_ item: String) -> String { item.split(separator: "/").last.map(String.init) ?? item }
  static func catalogue(_ item: String) -> String { item.split(separator: "/").first.map(String.init) ?? "" }

  /// A device's first address, or its id.
  func name(_ device: DeviceID) -> String {
    result.inventory.devices.first { $0.id == device }?.addresses.first?.description ?? device.rawValue
  }

  /// Inside which limits a verdict holds, in a line.
  func bounds(_ verdict: Verdict) -> String {
    let bounds = verdict.bounds
    var parts: [String] = []
    if let ports = bounds.tcpPorts {
      parts.append("TCP \(ports)" + (bounds.complete ? "" : language == .ja ? "(未完了)" : " (incomplete)"))
    }
    if let vantage = bounds.vantage { parts.append("\(vantage.interface) \(vantage.address)") }
    if let from = bounds.from, let to = bounds.to { parts.append("\(time(from)) – \(time(to))") }
    if let addresses = bounds.addresses { parts.append(addresses) }
    return parts.joined(separator: "; ")
  }
}

/// The forms in which a run can be handed on.
public enum ExportFormat: String, Hashable, Sendable, CaseIterable {
  case json, csv, markdown, ocsf, oscal, defectdojo
  case nmapXML = "nmap-xml"
  case cyclonedx
}
