internal import Addressing
internal import Audit
internal import Foundation
internal import Profiles
internal import Records
internal import Reports

/// Writes what single services showed to standard output: for each a paragraph, or a line of JSON.
final class ServiceWriter {
  private let json: Bool
  private let language: Language
  private let guidelines: GuidelineChoice?
  private var hosts: [HostReport] = []
  private var observations: [Observation] = []

  init(json: Bool, language: Language, guidelines: GuidelineChoice? = nil) {
    self.json = json
    self.language = language
    self.guidelines = guidelines
  }

  func settle(_ host: HostReport) { hosts.append(host) }
  func observe(_ seen: [Observation]) { observations = seen }

  func finish(_ result: AuditResult, _ place: ServiceEndpoint) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    for host in hosts.sorted(by: { $0.coverage.address < $1.coverage.address }) {
      let subject = Observation.Subject.service(host.device.id, place)
      let facts = observations.filter { $0.subject == subject }.map(\.fact)
      let findings = result.findings.filter { $0.device.id == host.device.id && $0.service == place }
      let open = place.transport == .udp ? host.openUDP : host.open
      let report = ServiceReport(
        address: host.coverage.address, place, isOpen: open.contains(place.port),
        isUnreachable: (host.coverage.udp?.closed ?? 0) > 0, facts: facts, findings: findings, against: guidelines)
      if json {
        if let data = try? encoder.encode(report) { put(String(decoding: data, as: UTF8.self) + "\n") }
      } else {
        put(report.text(language) + "\n")
      }
    }
    // Who else is heard on the link is nobody's question here.
    for row in result.coverage.omitted where row.reason != .outOfScope {
      put("- \(row.addresses): \(row.detail.text(language))\n", toError: json)
    }
    let silent = result.coverage.addressesAsked - result.coverage.addressesAnswered
    guard silent > 0 else { return }
    put(
      language == .ja
        ? "応答のなかったアドレス: \(silent)(サービスがないことを意味しません)。\n"
        : "Addresses that gave no answer: \(silent), which does not mean that nothing is there.\n", toError: json)
  }

  /// A reader that has gone away (`| head`) is no failure.
  private func put(_ text: String, toError: Bool = false) {
    let file = toError ? FileHandle.standardError : FileHandle.standardOutput
    try? file.write(contentsOf: Data(text.utf8))
  }
}

/// What one service showed.
struct ServiceReport: Encodable {
  struct FindingLine: Encodable {
    let check: String
    let severity: Severity
    let detail: LocalizedText
  }

  let address: IPAddress
  let port: UInt16
  /// `udp`; nil for TCP.
  let transport: String?
  /// The port took connections, or answered.
  let isOpen: Bool
  /// A message of ICMP said that nobody listens there.
  private let isUnreachable: Bool
  let tls: TLSCapture?
  let ssh: SSHCapture?
  let findings: [FindingLine]
  /// What was asked and not found, or not settled.
  let verdicts: [ProbeVerdict]
  /// nil where no TLS was seen.
  let guidelines: [GuidelineReport]?
  private let comparisons: [TLSComparison]
  private let tellsAllRows: Bool

  private enum CodingKeys: String, CodingKey {
    case address, port, transport, isOpen, tls, ssh, findings, verdicts, guidelines
  }

  init(
    address: IPAddress, _ place: ServiceEndpoint, isOpen: Bool, isUnreachable: Bool, facts: [Observation.Fact],
    findings: [Finding], against choice: GuidelineChoice? = nil
  ) {
    self.address = address
    port = place.port
    transport = place.transport == .udp ? "udp" : nil
    self.isOpen = isOpen
    self.isUnreachable = isUnreachable
    tls = facts.compactMap { if case .tls(let capture) = $0 { capture } else { nil } }.last
    ssh = facts.compactMap { if case .ssh(let capture) = $0 { capture } else { nil } }.last
    comparisons = tls.map { capture in (choice?.guidelines ?? []).compactMap { TLSComparison.of(capture, $0) } } ?? []
    guidelines = comparisons.isEmpty ? nil : comparisons.map(GuidelineReport.init)
    tellsAllRows = choice?.tellsAll == true
    verdicts = facts.compactMap { if case .probed(let verdict) = $0 { verdict } else { nil } }
    self.findings = findings.sorted { ($1.severity, $0.check) < ($0.severity, $1.check) }.map {
      FindingLine(check: $0.check, severity: $0.severity, detail: $0.detail)
    }
  }

  private var whyNot: LocalizedText {
    if transport == nil { return LocalizedText(ja: "ポートは接続を受け付けませんでした。", en: "The port took no connection.") }
    return isUnreachable
      ? LocalizedText(ja: "ポートは閉じています(ICMP)。", en: "The port is closed (ICMP).")
      : LocalizedText(
        ja: "DTLSのClientHelloに応答がありませんでした。サービスがないことを意味しません。",
        en: "No ClientHello of DTLS was answered, which does not mean that nothing is there.")
  }

  func text(_ language: Language) -> String {
    let place = (address.v4 == nil ? "[\(address)]:\(port)" : "\(address):\(port)") + (transport == nil ? "" : "/udp")
    guard isOpen else { return "\(place)  \(whyNot.text(language))" }
    var rows: [(String, String)] = []
    if let tls { rows += TLSText(tls, language).rows }
    if let ssh { rows += SSHText(ssh, language).rows }
    rows += findings.map { ("\($0.severity.rawValue)", "\($0.check): \(inert($0.detail.text(language)))") }
    for verdict in verdicts {
      guard case .inconclusive(let reason) = verdict.result else { continue }
      rows.append((language == .ja ? "未確定" : "not settled", "\(verdict.question) (\(reason))"))
    }
    rows += comparisons.flatMap { GuidelineText($0, language).rows(all: tellsAllRows) }
    if rows.isEmpty {
      rows = [("-", language == .ja ? "判断できる応答はありませんでした。" : "Nothing came that decides anything.")]
    }
    let width = rows.map { DisplayWidth.columns($0.0) }.max() ?? 0
    return ([place] + rows.map { "  \(DisplayWidth.fit($0.0, to: width))  \($0.1)" }).joined(separator: "\n")
  }
}
