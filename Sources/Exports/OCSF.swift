internal import Addressing
internal import Records
internal import Reports

/// OCSF 1.8.0 events, one a line: Device Inventory Info (5001), Vulnerability Finding (2002), Compliance Finding (2003).
///
/// A bounded pass keeps its bounds in `status_detail`; what was not tested is `Unknown`, never `Pass`.
public enum OCSF {
  static let version = "1.8.0"

  public static func octets(_ source: ExportSource) throws -> [UInt8] {
    let events =
      source.result.inventory.devices.map { device($0, source) } + source.result.findings.map { finding($0, source) }
      + source.result.verdicts.map { verdict($0, source) }
    return try events.flatMap { try $0.octets(indented: false) }
  }

  private static func milliseconds(_ moment: Timestamp) -> JSONValue { .number(Int(moment.nanoseconds / 1_000_000)) }

  private static func metadata(_ source: ExportSource, _ uid: String) -> JSONValue {
    [
      "version": .text(version), "uid": .text(uid), "log_name": .text(source.result.run.runID),
      "product": ["name": "tenken", "vendor_name": "tenken", "version": .text(source.result.run.toolVersion)],
      "labels": .list([.text("tagmanifest-sha256:\(source.packDigest)")]),
    ]
  }

  private static func event(
    _ category: Int, _ kind: Int, _ activity: Int, at: Timestamp, severity: Int, _ members: [String: JSONValue]
  ) -> JSONValue {
    .object(
      members.merging([
        "category_uid": .number(category), "class_uid": .number(kind), "activity_id": .number(activity),
        "type_uid": .number(kind * 100 + activity), "time": milliseconds(at), "severity_id": .number(severity),
      ]) { first, _ in first })
  }

  private static func endpoint(_ device: Device) -> JSONValue {
    var members: [String: JSONValue] = ["uid": .text(device.id.rawValue), "type_id": 7, "type": "IOT"]
    if let address = device.addresses.first { members["ip"] = .text("\(address)") }
    if let mac = device.mac { members["mac"] = .text("\(mac)") }
    if let vendor = device.vendor { members["vendor_name"] = .text(inert(vendor.name)) }
    if let model = device.model { members["model"] = .text(inert(model.name)) }
    if let name = device.claims.first(where: { $0.kind == .host })?.value { members["hostname"] = .text(inert(name)) }
    return .object(members)
  }

  private static func device(_ device: Device, _ source: ExportSource) -> JSONValue {
    let run = source.result.run
    return event(
      5, 5001, 2, at: run.ended, severity: 1,
      [
        "metadata": metadata(source, NamedUUID.make(run.runID, "device", device.id.rawValue)),
        "device": endpoint(device),
      ])
  }

  private static func resource(_ id: DeviceID, _ source: ExportSource) -> JSONValue {
    ["uid": .text(id.rawValue), "name": .text(source.name(id)), "type": "device"]
  }

  private static func finding(_ finding: Finding, _ source: ExportSource) -> JSONValue {
    let severities: [Severity: Int] = [.info: 1, .low: 2, .medium: 3, .high: 4, .critical: 5]
    var weakness: [String: JSONValue] = [
      "title": .text(inert(source.words(finding.title))), "desc": .text(inert(source.words(finding.detail))),
      "remediation": ["desc": .text(inert(source.words(finding.remediation)))], "vendor_name": "tenken",
    ]
    if let number = source.weaknesses[finding.check]?.first {
      weakness["cwe"] = [
        "uid": .text("CWE-\(number)"), "src_url": .text("https://cwe.mitre.org/data/definitions/\(number).html"),
      ]
    }
    let run = source.result.run
    return event(
      2, 2002, 1, at: finding.at, severity: severities[finding.severity] ?? 0,
      [
        "metadata": metadata(source, NamedUUID.make(run.runID, "finding", finding.id)),
        "finding_info": [
          "uid": .text("\(run.runID)/\(finding.id)"), "title": .text(inert(source.words(finding.title))),
          "desc": .text(inert(source.words(finding.detail))), "created_time": milliseconds(finding.at),
          "types": .list([.text(finding.check)]),
        ],
        "vulnerabilities": .list([.object(weakness)]), "resources": .list([resource(finding.device.id, source)]),
        "message": .text(finding.evidence.joined(separator: " ")),
      ])
  }

  private static func verdict(_ verdict: Verdict, _ source: ExportSource) -> JSONValue {
    let ids: [VerdictStatus: Int] = [.pass: 1, .needsReview: 2, .fail: 3, .notTested: 0, .notApplicable: 99]
    let run = source.result.run
    let at = verdict.bounds.to ?? run.ended
    let id = NamedUUID.make(
      run.runID, verdict.item, verdict.device?.rawValue ?? "", verdict.service?.description ?? "",
      verdict.bounds.addresses ?? "", verdict.explanation.en)
    var compliance: [String: JSONValue] = [
      "standards": .list([.text(ExportSource.catalogue(verdict.item))]),
      "control": .text(ExportSource.row(verdict.item)),
      "status_id": .number(ids[verdict.status] ?? 0), "status": .text(verdict.status.rawValue),
      "desc": .text(inert(source.title(verdict.item))),
    ]
    let detail = [verdict.reason?.rawValue, source.bounds(verdict)].compactMap(\.self).filter { !$0.isEmpty }
    compliance["status_details"] = .list(detail.map { .text(inert($0)) })
    return event(
      2, 2003, 1, at: at, severity: 1,
      [
        "metadata": metadata(source, id),
        "finding_info": [
          "uid": .text(id), "title": .text(inert(source.title(verdict.item))),
          "desc": .text(inert(source.words(verdict.explanation))), "created_time": milliseconds(at),
        ],
        "compliance": .object(compliance),
        "resources": .list(verdict.device.map { [resource($0, source)] } ?? []),
        "message": .text(verdict.evidence.joined(separator: " ")),
      ])
  }
}
